"""Sources of evidence from registers and checklists: counts, rates, availability, days; each opens to its entries.

A source names a register and states by their codes; which they are is data. Every entry it looked at is an input with
its version, counted or not.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from chengmai.access.scope import subtree
from chengmai.budget.performance.sources import EvidenceInput, EvidenceSource, Found, Question, Subject
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.registers.checklists import percent_of
from chengmai.registers.definitions import KindDef
from chengmai.registers.kinds import kind_of
from chengmai.registers.models import ChecklistRun, EntryStep, RegisterEntry
from chengmai.registers.outages import availability_of, spans_of, title_of
from chengmai.registers.runs import checklist_row, standing
from chengmai.settings import current


def demand_register(subject: Subject) -> None:
    """Raise NotFound or InvalidInput unless a subject's register, states, field and checklist are there."""
    if subject.get("checklist"):
        checklist_row(subject["checklist"])
    if subject.get("outages"):
        spans_of(subject["outages"])
    if subject.get("register"):
        _, kind = kind_of(subject["register"])
        known = {one.code for one in kind.states}
        for state in _states(subject):
            if state not in known:
                raise InvalidInput("evidence.state_unknown", register=kind.code, state=state)
        if subject.get("field") and kind.field(subject["field"]) is None:
            raise InvalidInput("evidence.field_unknown", register=kind.code, field=subject["field"])


def _states(subject: Subject) -> frozenset[str]:
    return frozenset(one.strip() for one in subject.get("states", "").split(",") if one.strip())


def _entries(asked: Question) -> QuerySet[RegisterEntry]:
    rows = RegisterEntry.objects.select_related("kind")
    return rows.filter(owner__code__in=subtree(asked.scope)) if asked.scope else rows


def _day(moment: datetime) -> date:
    return moment.astimezone(current().zone).date()


def _dated(asked: Question, kind: KindDef, *, within: bool) -> list[tuple[RegisterEntry, str]]:
    """Entries that count for a day before the span's end (and in it, where ``within``), with their states then."""
    rows = _entries(asked).filter(kind__code=kind.code, on__lt=_day(asked.end)).order_by("code")
    rows = rows.filter(on__gte=_day(asked.start)) if within else rows
    found = list(rows)
    if asked.end >= now():
        return [(one, one.state) for one in found if one.state not in kind.void_states]
    states: dict[object, str] = {}
    steps = EntryStep.objects.filter(entry__in=rows).order_by("pk").values_list("entry_id", "at", "to_state")
    for entry_id, at, state in steps:
        # What was entered only after the span counts as it was entered.
        if entry_id not in states or at < asked.end:
            states[entry_id] = state
    told = [(one, states.get(one.pk, one.state)) for one in found]
    return [(one, state) for one, state in told if state not in kind.void_states]


def _input(kind: KindDef, entry: RegisterEntry, state: str, *, counted: bool) -> EvidenceInput:
    facts = {"version": entry.version, "state": state, "on": entry.on.isoformat()}
    label = f"{entry.code} {title_of(kind, entry)}".strip()
    return EvidenceInput("register_entry", str(entry.pk), label, counted, f"/registers/{kind.code}/{entry.pk}", facts)


def _inputs(kind: KindDef, rows: Iterable[tuple[RegisterEntry, str]], states: frozenset[str]) -> list[EvidenceInput]:
    return [_input(kind, one, state, counted=state in states) for one, state in rows]


def _count(asked: Question) -> Found:
    _, kind = kind_of(asked.subject["register"])
    inputs = _inputs(kind, _dated(asked, kind, within=False), _states(asked.subject))
    return Found(Decimal(sum(one.counted for one in inputs)), inputs=tuple(inputs))


def _distinct(asked: Question) -> Found:
    _, kind = kind_of(asked.subject["register"])
    rows, states = _dated(asked, kind, within=False), _states(asked.subject)
    told = {entry.facts.get(asked.subject["field"]) for entry, state in rows if state in states} - {None}
    return Found(Decimal(len(told)), inputs=tuple(_inputs(kind, rows, states)))


def _rate(asked: Question) -> Found:
    _, kind = kind_of(asked.subject["register"])
    inputs = _inputs(kind, _dated(asked, kind, within=True), _states(asked.subject))
    return Found(percent_of(sum(one.counted for one in inputs), len(inputs)), inputs=tuple(inputs))


def _first_day(asked: Question) -> Found:
    _, kind = kind_of(asked.subject["register"])
    rows, states = _dated(asked, kind, within=True), _states(asked.subject)
    days = [entry.on for entry, state in rows if state in states]
    return Found(on=min(days, default=None), inputs=tuple(_inputs(kind, rows, states)))


def _availability(asked: Question) -> Found:
    register = asked.subject["outages"]
    _, kind, _, _ = spans_of(register)
    found = availability_of(register, asked.start, asked.end, _entries(asked))
    inputs = []
    for row in found.rows:
        one = _input(found.kind, row.thing, row.thing.state, counted=True)
        lost = {"lost_s": int(row.found.lost.total_seconds()), "agreed_s": int(row.found.agreed.total_seconds())}
        inputs.append(EvidenceInput(one.kind, one.id, one.label, True, one.path, {**one.facts, **lost}))
        inputs += [_input(kind, outage, outage.state, counted=True) for outage in row.outages]
    return Found(found.percent, inputs=tuple(inputs))


def _planned_done(asked: Question) -> Found:
    row = checklist_row(asked.subject["checklist"])
    runs = ChecklistRun.objects.all()
    runs = runs.filter(owner__code__in=subtree(asked.scope)) if asked.scope else runs
    found = standing(row, _day(asked.start), _day(asked.end), runs, _entries(asked))
    planned = set(found.planned)
    inputs = tuple(
        EvidenceInput(
            "checklist_run",
            str(run.pk),
            f"{row.code} {run.on.isoformat()}",
            (run.period, run.subject_id) in planned,
            f"/checklists/{row.code}/{run.pk}",
            {"points": run.points, "most_points": run.most_points, "version": run.checklist_version},
        )
        for run in found.runs
    )
    missed = tuple(
        EvidenceInput("checklist_missed", str(period), f"{row.code} {period}", False, f"/checklists/{row.code}")
        for period, subject in found.planned
        if (period, subject) not in found.done
    )
    return Found(found.percent, inputs=inputs + missed)


REGISTER_SOURCES = (
    EvidenceSource("register_count", 1, "", ("register", "states"), _count),
    EvidenceSource("register_distinct", 1, "", ("register", "states", "field"), _distinct),
    EvidenceSource("register_rate", 1, "%", ("register", "states"), _rate),
    EvidenceSource("register_day", 1, "", ("register", "states"), _first_day, tells_day=True),
    EvidenceSource("availability", 1, "%", ("outages",), _availability),
    EvidenceSource("checklist_done", 1, "%", ("checklist",), _planned_done),
)
"""Sources of evidence from registers, in the order they are offered."""
