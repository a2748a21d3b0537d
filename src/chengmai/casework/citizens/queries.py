"""Reads for citizens: classes to choose from, and their matter as the public sees it; and the reporter for the desk."""

from chengmai.casework.cases.states import CaseState
from chengmai.casework.citizens.course import course_of, last_of, public_state
from chengmai.casework.citizens.models import CitizenReport, ReportChannel, Satisfaction
from chengmai.casework.citizens.schemas import PublicClass, PublicStepOut, ReporterOut, ReportState
from chengmai.casework.classes.editions import present_classes
from chengmai.casework.models import Case, CaseClass, ClassKind


def open_classes() -> list[CaseClass]:
    """The classes a matter may be reported under: what holds here and is not retired."""
    return [row for row in present_classes().values() if not row.retired]


def public_classes() -> list[PublicClass]:
    """The same as the doors give them."""
    return [
        PublicClass(kind=ClassKind(row.kind), code=row.code, name_zh=row.name_zh, name_en=row.name_en)
        for row in open_classes()
    ]


def state_of(report: CitizenReport) -> ReportState:
    """A matter as its reporter sees it."""
    case = report.case
    last = last_of(case)
    return ReportState(
        code=case.code,
        state=public_state(case),
        name_zh=case.case_class.name_zh,
        name_en=case.case_class.name_en,
        words=case.description,
        address=report.address,
        filed_at=case.filed_at,
        due_at=last.due_at,
        department_zh=last.department.name_zh if last.department else "",
        department_en=last.department.name_en if last.department else "",
        steps=[PublicStepOut(at=step.at, word=step.word) for step in course_of(case)],
        photos=case.photos.filter(taken_by=None).count(),
        satisfaction=Satisfaction(report.satisfaction) if report.satisfaction else None,
        may_rate=case.state == CaseState.CLOSED,
    )


def reporter_of(case: Case) -> ReporterOut | None:
    """Who reported a case, with the number masked; None for a case that no citizen reported."""
    report = CitizenReport.objects.select_related("contact", "client").filter(case=case).first()
    if report is None:
        return None
    contact = report.contact
    return ReporterOut(
        channel=ReportChannel(report.channel),
        client=report.client.name if report.client else "",
        address=report.address,
        phone=contact.phone_masked if contact else "",
        reachable=contact is not None,
        media_url=report.media_url,
        attributes=report.attributes,
        satisfaction=Satisfaction(report.satisfaction) if report.satisfaction else None,
        rated_words=report.rated_words,
    )
