"""What a dispatcher is told before a case goes out: who handled such cases before, and whose hands are free."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from chengmai.access.models import Organisation, User
from chengmai.access.roles import PERMISSIONS, Permission
from chengmai.access.scope import reach
from chengmai.casework.cases.queries import suggested_department, visible_cases
from chengmai.casework.cases.states import IN_HAND, CaseState
from chengmai.casework.models import Case
from chengmai.core.clock import now

LOOK_BACK_DAYS = 90
LEAST_CASES = 3
"""Fewer cases of a class tell nothing of who usually handles it."""
Reason = tuple[str, dict[str, str]]
_HANDLING = [role.value for role, held in PERMISSIONS.items() if Permission.CASE_HANDLE in held]


def history_reason(case: Case, department: Organisation | None) -> Reason | None:
    """Whether cases of this class, near by if there are enough, were handled by the suggested department."""
    if case.state != CaseState.FILED or department is None:
        return None
    row = case.case_class
    since = now() - timedelta(days=LOOK_BACK_DAYS)
    same = Case.objects.filter(filed_at__gte=since, case_class__kind=row.kind, case_class__code=row.code)
    same = same.exclude(department=None).exclude(handled_at=None).exclude(pk=case.pk)
    candidates = [("suggestion.history", same)]
    if case.cell is not None:
        candidates.insert(0, ("suggestion.history_here", same.filter(cell=case.cell)))
    for word, found in candidates:
        counts = dict(found.values_list("department").annotate(count=Count("pk")))
        total = sum(counts.values())
        if total >= LEAST_CASES:
            own = counts.get(department.pk, 0)
            return word, {"days": str(LOOK_BACK_DAYS), "count": str(own), "total": str(total)}
    return None


@dataclass(frozen=True, slots=True)
class FreeHand:
    """Somebody a case may go to, with the open cases in hand."""

    person: User
    open_cases: int


def free_hands(user: User, case: Case, department: str) -> list[FreeHand]:
    """People of a department who handle cases, whoever has least in hand first; without one, of the suggested one.

    Nobody is told the people of an organisation beyond the own reach.
    """
    wanted = department or suggested_department(case).department_code
    codes = reach(user)
    if codes is not None and wanted not in codes:
        return []
    people = User.objects.filter(organisation__code=wanted, is_active=True)
    people = people.filter(role_assignments__role__in=_HANDLING).distinct().order_by("username")
    in_hand = visible_cases(user).filter(state__in=[*IN_HAND], handler__in=people)
    loads = dict(in_hand.order_by().values_list("handler").annotate(count=Count("pk")))
    return sorted((FreeHand(one, loads.get(one.pk, 0)) for one in people), key=lambda one: one.open_cases)
