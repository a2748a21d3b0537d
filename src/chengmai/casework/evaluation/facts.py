"""Which cases each count of the evaluation holds, told once as conditions: tables and lists of cases both read them.

A span is [start, end), seen at a moment: what lies after that is not known yet. "Due" always means: done within the
span, or over its limit by the end of it and not done by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from chengmai.access.models import RoleAssignment, User
from chengmai.access.roles import Role
from chengmai.access.scope import reach
from chengmai.casework.cases.states import CaseState
from chengmai.casework.clocks.stages import Stage
from chengmai.casework.evaluation.rules import CaseCount, Weighting
from chengmai.casework.models import Case, StageClock

CITIZEN_SOURCES = ("hotline", "citizen", "open311")
"""Sources through which citizens report; what an intake clerk files by hand is a citizen's report too."""
_C = CaseCount
_STAGES: Mapping[Stage, tuple[CaseCount, CaseCount]] = {
    Stage.CONFIRM: (_C.VERIFY_DUE, _C.VERIFY_ON_TIME),
    Stage.DISPATCH: (_C.DISPATCH_DUE, _C.DISPATCH_ON_TIME),
    Stage.CHECK: (_C.CHECK_DUE, _C.CHECK_ON_TIME),
    Stage.CLOSE: (_C.END_DUE, _C.END_ON_TIME),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A span [start, end) and the moment it is seen at."""

    start: datetime
    end: datetime
    at: datetime

    @property
    def until(self) -> datetime:
        """The end of what is known of the span."""
        return min(self.end, self.at)


@dataclass(frozen=True, slots=True)
class FactTable:
    """Rows of one table that a span concerns, and the condition that each count puts on them."""

    rows: QuerySet[Any]
    case: str
    """How a row's case is reached: nothing, or ``case__``."""
    counts: Mapping[CaseCount, Q]


def holders(role: Role) -> list[int]:
    """People who hold a role now."""
    return list(RoleAssignment.objects.filter(role=role.value).values_list("user_id", flat=True))


def fact_tables(user: User | None, seen: Seen, weighting: Weighting, within: str = "") -> Sequence[FactTable]:
    """All tables of a span, for what a person may see (None: the platform itself) within a region's digits."""
    return (
        _closing(seen, _narrowed(user, "", within)),
        _filing(seen, weighting, _narrowed(user, "", within)),
        _stages(seen, _narrowed(user, "case__", within)),
    )


def _narrowed(user: User | None, case: str, within: str) -> Q:
    found = Q()
    codes = None if user is None else reach(user)
    if user is not None and codes is not None:
        found &= Q(**{f"{case}department__code__in": codes}) | Q(**{f"{case}filed_by": user.pk})
    if within:
        found &= Q(**{f"{case}cell__code__startswith": within})
    return found


def due_by(done: str, seen: Seen) -> Q:
    """Done (``done`` names the moment's field) within the span, or over ``due_at`` and not done by the end of it."""
    # Three ranges of one index each, so that a database need not read the whole table.
    return (
        Q(**{f"{done}__gte": seen.start, f"{done}__lt": seen.until})
        | Q(**{f"{done}__isnull": True}, due_at__lt=seen.until)
        | Q(**{f"{done}__gte": seen.until}, due_at__lt=seen.until)
    )


def _closing(seen: Seen, narrowed: Q) -> FactTable:
    rows = Case.objects.filter(due_by("handled_at", seen), narrowed).exclude(
        state__in=(CaseState.VOID, CaseState.MERGED)
    )
    closed = Q(closed_at__isnull=False)
    counts = {
        _C.DUE: Q(pk__isnull=False),
        _C.CLOSED: closed & Q(handled_at__lt=seen.until),
        _C.CLOSED_ON_TIME: closed & (Q(due_at__isnull=True) | Q(closed_at__lte=F("due_at"))),
        _C.REWORKED: Q(reworked__gt=0),
    }
    return FactTable(rows, "", counts)


def _filing(seen: Seen, weighting: Weighting, narrowed: Q) -> FactTable:
    rows = Case.objects.filter(narrowed, filed_at__gte=seen.start, filed_at__lt=seen.until)
    collected = Q(filed_by__in=holders(Role.COLLECTOR)) & ~Q(source__in=CITIZEN_SOURCES)
    citizens = Q(source__in=CITIZEN_SOURCES) | Q(source="person", filed_by__in=holders(Role.INTAKE_CLERK))
    # Void or merged before any department had it: it never became work.
    valid = ~Q(state__in=(CaseState.VOID, CaseState.MERGED), department__isnull=True)
    filed = valid & ~Q(source="warning")
    limit = timedelta(minutes=weighting.filing_minutes)
    counts = {
        _C.REPORTED: collected,
        _C.VALID: collected & valid,
        _C.CITIZEN: citizens & valid,
        _C.FILED: filed,
        _C.FILED_ON_TIME: filed & (Q(reported_at__isnull=True) | Q(filed_at__lte=F("reported_at") + limit)),
        _C.FILED_RIGHTLY: filed & ~Q(state=CaseState.VOID),
    }
    return FactTable(rows, "", counts)


def _stages(seen: Seen, narrowed: Q) -> FactTable:
    rows = StageClock.objects.filter(due_by("ended_at", seen), narrowed, stage__in=[stage.value for stage in _STAGES])
    in_time = Q(ended_at__lt=seen.until) & (Q(due_at__isnull=True) | Q(ended_at__lte=F("due_at")))
    counts: dict[CaseCount, Q] = {}
    for stage, (due, on_time) in _STAGES.items():
        counts[due] = Q(stage=stage.value)
        counts[on_time] = Q(stage=stage.value) & in_time
    counts[_C.DISPATCH_RIGHT] = counts[_C.DISPATCH_ON_TIME] & Q(taken_back=False)
    return FactTable(rows, "case__", counts)
