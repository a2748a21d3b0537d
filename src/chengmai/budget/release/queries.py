"""Reading where sets stand on their way to the public: what they correct, what replaced them, what the public sees."""

from uuid import UUID

from chengmai.budget.models import BudgetSet
from chengmai.budget.published.states import PUBLIC, BudgetSetAction, BudgetSetState
from chengmai.budget.release.printed import printed_of
from chengmai.core.errors import NotFound
from chengmai.disclosure.printing.differences import BudgetDifference, differences
from chengmai.disclosure.printing.withheld import Masked, masked


def public_sets() -> list[BudgetSet]:
    """What anybody may see: versions that are present, and those that they replaced."""
    rows = BudgetSet.objects.filter(state__in=PUBLIC).select_related("owner", "catalogue")
    return list(rows.order_by("-year", "owner__code", "-version"))


def public_set(budget_id: UUID) -> BudgetSet:
    """One of them; raises NotFound, also for what is still prepared."""
    found = BudgetSet.objects.filter(pk=budget_id, state__in=PUBLIC).select_related("owner", "catalogue").first()
    if found is None:
        raise NotFound("budget.not_found", id=budget_id)
    return found


def shown(budget: BudgetSet) -> Masked:
    """A set as people outside see it: what is held back by rule is masked unless a person cleared it."""
    return masked(printed_of(budget), frozenset(budget.clearances.values_list("digest", flat=True)))


def corrected_by(budget: BudgetSet) -> BudgetSet | None:
    """The version that a set corrects: the one before it that was public; None for a first version."""
    before = BudgetSet.objects.filter(owner=budget.owner, year=budget.year, version__lt=budget.version)
    return before.filter(state__in=PUBLIC).order_by("-version").first()


def replaced_by(budget: BudgetSet) -> BudgetSet | None:
    """The version that replaced a set; None while it is present or was never public."""
    if budget.state != BudgetSetState.REPLACED:
        return None
    after = BudgetSet.objects.filter(owner=budget.owner, year=budget.year, version__gt=budget.version)
    return after.filter(state__in=PUBLIC).order_by("version").first()


def year_before(budget: BudgetSet) -> BudgetSet | None:
    """The present set of the same organisation for the year before; None when there is none."""
    return (
        BudgetSet.objects.filter(owner=budget.owner, year=budget.year - 1, state=BudgetSetState.PRESENT)
        .select_related("owner", "catalogue")
        .first()
    )


def differences_of(budget: BudgetSet) -> tuple[BudgetSet | None, list[BudgetDifference]]:
    """The version a set corrects, and every place in which the two differ, as people outside see them."""
    before = corrected_by(budget)
    return before, [] if before is None else differences(shown(before).budget, shown(budget).budget)


def was_released_here(budget: BudgetSet) -> bool:
    """Whether a set went through review here, and was not only loaded."""
    return budget.steps.filter(action=BudgetSetAction.RELEASE).exists()
