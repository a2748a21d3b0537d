"""Side moves of a case: asking for time and getting it, suspending, urging, merging, rework. Each is part of a step."""

from chengmai.access.models import User
from chengmai.casework.cases import history
from chengmai.casework.cases.states import IN_HAND, CaseState
from chengmai.casework.clocks import timing
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.events import case_event
from chengmai.casework.models import Case, CaseRequest, ClockStop
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.identity import new_id

EXTENSION, SUSPENSION = "extension", "suspension"
LONGEST_EXTENSION = {LimitUnit.URGENT_HOURS: 24 * 90, LimitUnit.WORKING_HOURS: 8 * 60, LimitUnit.WORKING_DAYS: 60}
"""The most that one extension adds, in each unit."""


def ask(case: Case, user: User, kind: str, note: str, amount: int | None) -> None:
    """Ask the dispatcher for something; asked again before it is answered, the later words count.

    Raises InvalidInput for an extension without a sensible amount.
    """
    wanted = _amount(case, amount) if kind == EXTENSION else 0
    told = {"amount": wanted, "note": note.strip(), "asked_at": now(), "asked_by": user}
    CaseRequest.objects.update_or_create(case=case, kind=kind, answered_at=None, defaults=told)


def extend(case: Case, user: User, amount: int | None) -> None:
    """Give more time; raises InvalidInput without a sensible amount."""
    case.extra_amount += _amount(case, amount)
    timing.set_due(case, timing.stops_of(case))
    _answer(case, user, EXTENSION, granted=True)


def suspend(case: Case, user: User) -> None:
    """Stop the clock: what hinders the work is not the department's."""
    ClockStop.objects.create(case=case, started_at=now())
    _answer(case, user, SUSPENSION, granted=True)


def resume(case: Case) -> None:
    """Let the clock run again; who had it in hand signs anew."""
    end_stop(case)
    case.handler = None


def refuse(case: Case, user: User) -> None:
    """Refuse what was asked; raises Conflict when nothing is."""
    if not case.requests.filter(answered_at=None).exists():
        raise Conflict("case.nothing_asked", case=case.code)
    _answer(case, user, granted=False)


def urge(case: Case) -> None:
    """Count one more urging."""
    case.urged += 1


def rework(case: Case) -> None:
    """Take a closed case up again: between closing and now its clock stood still."""
    if case.closed_at is not None:
        ClockStop.objects.create(case=case, started_at=case.closed_at, ended_at=now())
    case.handled_at = case.closed_at = None
    case.handler = None
    case.reworked += 1
    timing.set_due(case, timing.stops_of(case))


def end_stop(case: Case) -> None:
    """End the stop that runs, if one does, and work out anew when the case is due."""
    if case.stops.filter(ended_at=None).update(ended_at=now()):
        timing.set_due(case, timing.stops_of(case))


def merge_target(case: Case, target: Case | None) -> Case:
    """The case another one is merged into; raises InvalidInput for none, itself, or one that is void or merged."""
    if target is None or target.pk == case.pk or target.state in (CaseState.VOID, CaseState.MERGED):
        raise InvalidInput("case.merge_target_unfit", case=case.code)
    return target


def tell_target(case: Case, target: Case, user: User) -> None:
    """Write into the other case's history what it took over."""
    history.write(
        target, user, "took_over", target.state, step_id=new_id(), fingerprint="", note=case.code, taken=case.code
    )
    case_event("case.noted", target, "took_over")


def drop_requests(case: Case, before: str) -> None:
    """What was asked is void once the department has the case in hand no more."""
    if before in IN_HAND and case.state not in IN_HAND:
        case.requests.filter(answered_at=None).update(answered_at=now(), granted=False)


def _answer(case: Case, user: User, kind: str | None = None, *, granted: bool) -> None:
    asked = case.requests.filter(answered_at=None)
    asked = asked.filter(kind=kind) if kind else asked
    asked.update(answered_at=now(), answered_by=user, granted=granted)


def _amount(case: Case, amount: int | None) -> int:
    most = LONGEST_EXTENSION[LimitUnit(case.case_class.limit_unit)]
    if amount is None or not 0 < amount <= most:
        raise InvalidInput("case.extension_unfit", amount=amount or 0, most=most)
    return amount
