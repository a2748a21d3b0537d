"""Sources of evidence: an indicator bound to one is computed, dated, sealed, and opens to what it was computed from.

A source is a row in ``SOURCES``: which words of a subject it needs, in what unit it tells its value, and a function. A
part that comes later (weighing, payments) adds a row; nothing else changes.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.scope import reaches, subtree
from chengmai.budget import services
from chengmai.budget.construction.queries import sums_of
from chengmai.budget.construction.states import CostKind, QuantityKind
from chengmai.budget.execution.evidence import demand_row, present_of, rows_named
from chengmai.budget.execution.limits import bookings_of
from chengmai.budget.indicators import CLOSED, CLOSED_ON_TIME
from chengmai.budget.models import ConstructionProject, CostEntry, Delivery, PerformanceEvidence
from chengmai.budget.performance.register_evidence import REGISTER_SOURCES, demand_register
from chengmai.budget.performance.service_evidence import SERVICE_SOURCES, demand_service
from chengmai.budget.performance.sources import EvidenceInput, EvidenceSource, Found, Question, Subject
from chengmai.core.clock import month_span, now
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.lineage import seal
from chengmai.core.money import FEN_PER_YUAN, told
from chengmai.devices.models import Device
from chengmai.devices.states import PLACED
from chengmai.settings import current
from chengmai.warning.models import Warning

MICRO = 1_000_000


def _cases(code: str) -> Callable[[Question], Found]:
    def compute(asked: Question) -> Found:
        value = services.compute(code, asked.start, asked.end, asked.scope)
        # The indicator's own value keeps every case with its revision; it is cited, not copied.
        cited = EvidenceInput(
            "indicator_value",
            str(value.pk),
            f"{value.numerator} / {value.denominator}",
            True,
            f"/evidence/{value.pk}",
            {"numerator": value.numerator, "denominator": value.denominator, "lineage_hash": value.lineage_hash},
        )
        return Found(_percent(value.numerator, value.denominator), inputs=(cited,))

    return compute


def _percent(part: int, whole: int) -> Decimal | None:
    return None if whole == 0 else (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _warnings_lifted(asked: Question) -> Found:
    rows = Warning.objects.filter(issued_at__gte=asked.start, issued_at__lt=min(asked.end, now())).order_by("pk")
    if asked.scope:
        rows = rows.filter(owner__code__in=subtree(asked.scope))
    inputs = tuple(
        EvidenceInput(
            "warning",
            str(row.pk),
            row.code,
            row.lifted_at is not None,
            f"/warnings/{row.pk}",
            {
                "version": row.version,
                "level": row.level,
                "issued_at": _text(row.issued_at),
                "lifted_at": _text(row.lifted_at),
            },
        )
        for row in rows
    )
    return Found(_percent(sum(one.counted for one in inputs), len(inputs)), inputs=inputs)


def _lot_devices(asked: Question) -> Found:
    project = _project(asked)
    devices = Device.objects.filter(project=project.code, lot=asked.subject["lot"]).order_by("code")
    inputs = tuple(
        EvidenceInput(
            "device",
            row.code,
            row.code,
            row.state in PLACED,
            f"/devices/{row.code}",
            {"version": row.version, "state": row.state, "installed_on": _text(row.installed_on)},
        )
        for row in devices
    )
    return Found(Decimal(sum(one.counted for one in inputs)), inputs=inputs)


def _delivered(asked: Question) -> Found:
    rows = Delivery.objects.filter(quantity__lot__project=_project(asked), quantity__lot__code=asked.subject["lot"])
    rows = rows.exclude(quantity__kind=QuantityKind.DEVICE).order_by("noted_at", "pk")
    path = f"/projects/{asked.subject['project']}"
    inputs = tuple(
        EvidenceInput("delivery", str(row.pk), row.document, True, path, {"number": row.number, "on": _text(row.on)})
        for row in rows
    )
    return Found(Decimal(sum(row.number for row in rows)), inputs=inputs)


def _entries(project: ConstructionProject, heading: str) -> list[CostEntry]:
    rows = CostEntry.objects.filter(heading__project=project, heading__code=heading)
    return list(rows.order_by("booked_at", "pk"))


def _heading_committed(asked: Question) -> Found:
    project = _project(asked)
    heading = project.headings.filter(code=asked.subject["heading"]).first()
    if heading is None:
        raise NotFound("project.heading_unknown", heading=asked.subject["heading"])
    entries = _entries(project, heading.code)
    inputs = tuple(
        EvidenceInput(
            "cost",
            str(row.pk),
            row.document,
            row.kind == CostKind.CONTRACT or row.contract_id is None,
            f"/projects/{project.code}",
            {"kind": row.kind, "amount": told(row.amount_fen), "on": _text(row.on)},
        )
        for row in entries
    )
    wan = Decimal(sums_of(heading).committed) / (FEN_PER_YUAN * 10_000)
    # A cost of nothing is no saving: nothing was booked yet.
    return Found(wan if entries else None, inputs=inputs)


def _milestone(asked: Question) -> Found:
    project = _project(asked)
    row = project.milestones.filter(code=asked.subject["milestone"]).first()
    if row is None:
        raise NotFound("project.milestone_unknown", milestone=asked.subject["milestone"])
    facts = {"version": row.version, "on": _text(row.actual_on), "evidence": row.evidence}
    found = EvidenceInput(
        "milestone", row.code, row.name_zh, row.actual_on is not None, f"/projects/{project.code}", facts
    )
    return Found(on=row.actual_on, inputs=(found,))


def _execution_rate(asked: Question) -> Found:
    zone = current().zone
    budget = present_of(asked.subject["budget_owner"], asked.start.astimezone(zone).year)
    if budget is None:
        return Found()
    rows = rows_named(budget, asked.subject["budget_row"])
    spots, last = {row.spot for row in rows}, asked.end.astimezone(zone).date()
    path = f"/budget/execution/{budget.pk}"
    planned = [
        EvidenceInput(
            "budget_row", f"{row.table}.{row.key}", row.name, True, path,
            {"version": budget.version, "planned": told(row.planned), "original": told(row.original)},
        )
        for row in rows
    ]  # fmt: skip
    bookings = [
        EvidenceInput(
            "booking", str(one.pk), one.voucher, True, path,
            {"amount": told(one.amount_fen), "on": _text(one.on), "row": f"{one.table}.{one.row_key}"},
        )
        for one in bookings_of(budget)
        if (one.table, one.row_key) in spots and one.on < last
    ]  # fmt: skip
    spent = sum(one.amount_fen for one in bookings_of(budget) if (one.table, one.row_key) in spots and one.on < last)
    return Found(_percent(spent, sum(row.planned for row in rows)), inputs=(*planned, *bookings))


SOURCES: dict[str, EvidenceSource] = {
    one.code: one
    for one in (
        EvidenceSource(CLOSED_ON_TIME.code, CLOSED_ON_TIME.version, "%", (), _cases(CLOSED_ON_TIME.code)),
        EvidenceSource(CLOSED.code, CLOSED.version, "%", (), _cases(CLOSED.code)),
        EvidenceSource("warnings_lifted", 1, "%", (), _warnings_lifted),
        EvidenceSource("lot_devices", 1, "", ("project", "lot"), _lot_devices),
        EvidenceSource("lot_deliveries", 1, "", ("project", "lot"), _delivered),
        EvidenceSource("heading_committed", 1, "万元", ("project", "heading"), _heading_committed),
        EvidenceSource("execution_rate", 1, "%", ("budget_owner", "budget_row"), _execution_rate),
        EvidenceSource("milestone", 1, "", ("project", "milestone"), _milestone, tells_day=True),
        *REGISTER_SOURCES,
        *SERVICE_SOURCES,
    )
}
"""Every source by its code."""


def source(code: str) -> EvidenceSource:
    """The source of a code; raises NotFound."""
    if code not in SOURCES:
        raise NotFound("evidence.source_unknown", source=code)
    return SOURCES[code]


def demand_subject(user: User | None, wanted: EvidenceSource, subject: Subject) -> None:
    """Raise InvalidInput or NotFound unless a subject tells what a source needs, within the person's reach."""
    missing = [word for word in wanted.words if not subject.get(word)]
    if missing or set(subject) - set(wanted.words):
        raise InvalidInput("evidence.subject_unfit", words=", ".join(wanted.words))
    if "budget_owner" in wanted.words and not reaches(user, demand_row(subject["budget_owner"], subject["budget_row"])):
        raise NotFound("budget.no_owner", code=subject["budget_owner"])
    demand_register(subject)
    demand_service(subject)
    if "project" in wanted.words:
        start, end = year_span(now().astimezone(current().zone).year)
        project = _project(Question(subject, start, end))
        if not reaches(user, project.owner):
            raise NotFound("project.not_found", code=project.code)
        if "lot" in subject and not project.lots.filter(code=subject["lot"]).exists():
            raise NotFound("project.lot_unknown", lot=subject["lot"])
        wanted.compute(Question(subject, start, end))


def year_span(year: int, until_month: int = 12) -> tuple[datetime, datetime]:
    """The first moment of a local year, and of what follows its first months."""
    zone = current().zone
    return month_span(year, 1, zone)[0], month_span(year, until_month, zone)[1]


def gather(code: str, asked: Question, user: User | None = None) -> PerformanceEvidence:
    """Ask a source and keep its answer with all inputs; the same answer from the same inputs is one row."""
    wanted = source(code)
    found = wanted.compute(asked)
    facts = _facts(wanted, asked, found)
    lineage_hash = seal(facts)
    known = PerformanceEvidence.objects.filter(source=code, lineage_hash=lineage_hash).first()
    if known is not None:
        return known
    with transaction.atomic():
        take_turn()
        made, created = PerformanceEvidence.objects.get_or_create(
            source=code,
            lineage_hash=lineage_hash,
            defaults={
                "rule_version": wanted.version,
                "subject": dict(asked.subject),
                "scope": asked.scope,
                "span_start": asked.start,
                "span_end": asked.end,
                "value_micro": None if found.value is None else int(found.value * MICRO),
                "on": found.on,
                "unit": wanted.unit,
                "inputs": facts["inputs"],
                "computed_at": now(),
            },
        )
        if created:
            after = {"source": code, "subject": dict(asked.subject), "lineage_hash": lineage_hash}
            record(user, "evidence.compute", "evidence", str(made.pk), after=after)
    return made


def _facts(wanted: EvidenceSource, asked: Question, found: Found) -> dict[str, Any]:
    return {
        "source": wanted.code,
        "rule_version": wanted.version,
        "subject": dict(asked.subject),
        "scope": asked.scope,
        "span": [_text(asked.start), _text(asked.end)],
        "value_micro": None if found.value is None else int(found.value * MICRO),
        "on": _text(found.on),
        "inputs": [
            {
                "kind": one.kind,
                "id": one.id,
                "label": one.label,
                "counted": one.counted,
                "path": one.path,
                "facts": dict(one.facts),
            }
            for one in found.inputs
        ],
    }


def is_sealed(evidence: PerformanceEvidence) -> bool:
    """Whether a stored value and its inputs still have the hash they were sealed with."""
    facts = {
        "source": evidence.source,
        "rule_version": evidence.rule_version,
        "subject": evidence.subject,
        "scope": evidence.scope,
        "span": [_text(evidence.span_start), _text(evidence.span_end)],
        "value_micro": evidence.value_micro,
        "on": _text(evidence.on),
        "inputs": evidence.inputs,
    }
    return evidence.lineage_hash == seal(facts)


def _project(asked: Question) -> ConstructionProject:
    found = ConstructionProject.objects.select_related("owner").filter(code=asked.subject.get("project", "")).first()
    if found is None:
        raise NotFound("project.not_found", code=asked.subject.get("project", ""))
    return found


def _text(moment: date | datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
