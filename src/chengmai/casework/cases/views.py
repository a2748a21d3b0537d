"""From stored cases to what the doors give."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.assets.models import Component
from chengmai.casework.cases import dispatching, queries
from chengmai.casework.cases.dispatching import FreeHand
from chengmai.casework.cases.moves import EXTENSION
from chengmai.casework.cases.schemas import (
    CaseClassOut,
    CaseDetail,
    CaseRequestOut,
    CaseStepOut,
    CaseSummary,
    ComponentRef,
    EscalationOut,
    FreeHandOut,
    PhotoOut,
    StageClockOut,
    SuggestionOut,
)
from chengmai.casework.classes import editions
from chengmai.casework.clocks import stages, timing
from chengmai.casework.clocks.calendar_years import present_calendar
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.clocks.stages import Stage
from chengmai.casework.models import (
    Case,
    CaseClass,
    CaseEvent,
    CaseRequest,
    ClassKind,
    EditionLevel,
    Escalation,
    StageClock,
)
from chengmai.core.clock import now
from chengmai.core.messages import choose_language, message
from chengmai.core.work_calendar import WorkCalendar
from chengmai.warning.models import Warning
from chengmai.warning.places import Places
from chengmai.warning.schemas import SentenceOut
from chengmai.warning.views import actor_ref, organisation_ref, person_ref


def class_out(row: CaseClass, by_trade: Mapping[str, Organisation]) -> CaseClassOut:
    """A class as the doors give it."""
    department = editions.department_of(row, by_trade)
    return CaseClassOut(
        kind=ClassKind(row.kind),
        code=row.code,
        edition=row.edition.code,
        level=EditionLevel(row.edition.level),
        revision=row.revision,
        name_zh=row.name_zh,
        name_en=row.name_en,
        limit_amount=row.limit_amount,
        limit_unit=LimitUnit(row.limit_unit),
        filing_condition=row.filing_condition,
        closing_condition=row.closing_condition,
        stage_minutes={stage: stages.minutes_of(row, stage) for stage in stages.DEFAULT_MINUTES},
        trade=row.trade,
        own_department=row.department.code if row.department else "",
        department=organisation_ref(department) if department else None,
        retired=row.retired,
    )


def case_summaries(cases: Sequence[Case], language: str) -> list[CaseSummary]:
    """Cases as lists show them."""
    sources = _sources(cases)
    known = _Known(now(), present_calendar(), editions.trades(), sources)
    return [CaseSummary(**_fields(case, language, known)) for case in cases]


def case_detail(case: Case, user: User, language: str) -> CaseDetail:
    """All of a case, for one user."""
    suggestion = queries.suggested_department(case)
    history = dispatching.history_reason(case, suggestion.department)
    sources = _sources([case])
    warning = sources.get(case.source_id)
    known = _Known(now(), present_calendar(), editions.trades(), sources)
    return CaseDetail(
        **_fields(case, language, known),
        description=case.description,
        filed_by=actor_ref(case.filed_by),
        alarm_id=warning.alarm_id if warning else None,
        requests=[_request(asked) for asked in case.requests.select_related("asked_by").order_by("-asked_at")],
        clocks=[clock_out(clock, known.at) for clock in case.clocks.order_by("started_at", "pk")],
        history=[step_out(step) for step in queries.history_of(case)],
        photos=[
            PhotoOut(
                id=photo.pk,
                sha256=photo.sha256,
                width=photo.width,
                height=photo.height,
                taken_at=photo.taken_at,
                taken_by=actor_ref(photo.taken_by),
            )
            for photo in case.photos.select_related("taken_by").order_by("taken_at")
        ],
        suggestion=SuggestionOut(
            department=organisation_ref(suggestion.department) if suggestion.department else None,
            reasons=[
                SentenceOut(code=code, params=params, message=message(code, language, params))
                for code, params in [*suggestion.reasons, *([history] if history else [])]
            ],
        ),
        allowed_actions=queries.allowed_actions(user, case),
        may_photograph=queries.may_photograph(user, case),
    )


def _request(asked: CaseRequest) -> CaseRequestOut:
    return CaseRequestOut(
        kind="extension" if asked.kind == EXTENSION else "suspension",
        amount=asked.amount,
        note=asked.note,
        asked_at=asked.asked_at,
        asked_by=person_ref(asked.asked_by),
        granted=asked.granted,
    )


def clock_out(clock: StageClock, at: datetime) -> StageClockOut:
    """A stage's clock as the doors give it."""
    return StageClockOut(
        stage=Stage(clock.stage),
        started_at=clock.started_at,
        due_at=clock.due_at,
        ended_at=clock.ended_at,
        light=stages.light_of(clock, at),
    )


def _component(told: Component) -> ComponentRef:
    owner, maintainer = (f"{code} {name}".strip() for code, name in _answering(told))
    return ComponentRef(code=told.code, name=told.name, owner=owner, maintainer=maintainer)


def _answering(told: Component) -> tuple[tuple[str, str], tuple[str, str]]:
    return (told.owner_code, told.owner_name), (told.maintainer_code, told.maintainer_name)


def _stage(case: Case, at: datetime) -> StageClockOut | None:
    """The stage that runs; handling has the light of the case, which its stops hold."""
    running = next((clock for clock in case.clocks.all() if clock.ended_at is None), None)
    if running is None:
        return None
    told = clock_out(running, at)
    return told.model_copy(update={"light": timing.light_of(case, at)}) if told.stage is Stage.HANDLE else told


def step_out(step: CaseEvent) -> CaseStepOut:
    """One step of a case as the doors give it."""
    return CaseStepOut(
        id=step.pk,
        at=step.at,
        claimed_at=step.claimed_at,
        actor=actor_ref(step.actor),
        action=step.action,
        from_state=step.from_state,
        to_state=step.to_state,
        note=step.note,
        longitude=step.longitude,
        latitude=step.latitude,
        facts=step.facts,
        photos=[photo.pk for photo in step.photos.all()],
    )


def title_of(case: Case, language: str, warning: Warning | None, places: Places) -> str:
    """What a case is called: a person's own words, or class and place where a warning opened it."""
    if warning is None:
        return case.title
    zh = choose_language(language) == "zh-CN"
    return f"{case.case_class.name_zh if zh else case.case_class.name_en} · {places.of(warning.alarm, language)}"


def escalations_out(rows: Sequence[Escalation], language: str) -> list[EscalationOut]:
    """Escalations as the desk shows them."""
    cases = {row.clock.case_id: row.clock.case for row in rows}
    sources = _sources(list(cases.values()))
    places, at = Places(warning.alarm for warning in sources.values()), now()
    return [
        EscalationOut(
            id=row.pk,
            case_id=row.clock.case_id,
            case_code=row.clock.case.code,
            title=title_of(row.clock.case, language, sources.get(row.clock.case.source_id), places),
            stage=clock_out(row.clock, at),
            share=row.share,
            role=Role(row.role),
            at=row.at,
        )
        for row in rows
    ]


def _sources(cases: Sequence[Case]) -> dict[str, Warning]:
    """The warnings behind cases as they are now: one may be revised, its alarm located, after its case was opened."""
    wanted = [case.source_id for case in cases if case.source == "warning"]
    return {str(held.pk): held for held in Warning.objects.select_related("alarm__rule").filter(pk__in=wanted)}


class _Known:
    """What all cases of one answer are shown with, read once."""

    def __init__(
        self,
        at: datetime,
        calendar: WorkCalendar,
        by_trade: Mapping[str, Organisation],
        sources: Mapping[str, Warning],
    ) -> None:
        self.at, self.calendar, self.by_trade, self.sources = at, calendar, by_trade, sources
        self.places = Places(warning.alarm for warning in sources.values())


def _fields(case: Case, language: str, known: _Known) -> dict[str, Any]:
    warning = known.sources.get(case.source_id)
    stops = timing.stops_of(case)
    return {
        "id": case.pk,
        "code": case.code,
        "case_class": class_out(case.case_class, known.by_trade),
        "source": case.source,
        "warning_id": UUID(case.source_id) if case.source == "warning" else None,
        "state": case.state,
        "level": warning.level if warning else case.level,
        "title": title_of(case, language, warning, known.places),
        "longitude": case.longitude,
        "latitude": case.latitude,
        "cell": case.cell.code if case.cell else None,
        "component": _component(case.component) if case.component else None,
        "department": organisation_ref(case.department) if case.department else None,
        "handler": actor_ref(case.handler),
        "filed_at": case.filed_at,
        "due_at": case.due_at,
        "handled_at": case.handled_at,
        "closed_at": case.closed_at,
        "known_until": known.calendar.known_until(known.at) if case.due_at is None else None,
        "left_s": timing.left_s(case, known.at, known.calendar),
        "light": timing.light_of(case, known.at),
        "stage": _stage(case, known.at),
        "clock_stopped": any(stop.end is None for stop in stops),
        "urged": case.urged,
        "reworked": case.reworked,
        "extra_amount": case.extra_amount,
        "merged_into": case.merged_into.code if case.merged_into else None,
        "version": case.version,
    }


def free_hand_out(one: FreeHand) -> FreeHandOut:
    """Somebody a case may go to, as the doors give it."""
    return FreeHandOut(person=person_ref(one.person), open_cases=one.open_cases)
