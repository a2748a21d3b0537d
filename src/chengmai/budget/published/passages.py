"""A set's explanation, target sheets and catalogue: kept when it is loaded, copied to a draft, edited there."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.models import BudgetPassage, BudgetSet, BudgetTargetSheet
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.disclosure.printing.explanation import PLACES, ExplanationPassage, PassageKind

MOST_PASSAGES = 5000
LONGEST_PASSAGE = 20_000


def store_passages(budget: BudgetSet, passages: Iterable[ExplanationPassage]) -> None:
    """Keep the passages of a set in their order."""
    BudgetPassage.objects.bulk_create(
        (
            BudgetPassage(
                budget=budget,
                position=position,
                kind=one.kind.value,
                level=one.level,
                number=one.number[:16],
                text=one.text,
            )
            for position, one in enumerate(passages, 1)
        ),
        batch_size=500,
    )


def store_sheets(budget: BudgetSet, sheets: Iterable[Sequence[Sequence[str]]]) -> None:
    """Keep target sheets as the rows of their print."""
    BudgetTargetSheet.objects.bulk_create(
        BudgetTargetSheet(budget=budget, number=number, rows=[list(row) for row in rows])
        for number, rows in enumerate(sheets, 1)
    )


def passages_of(budget: BudgetSet) -> list[ExplanationPassage]:
    """The passages of a set in their order."""
    rows = budget.passages.order_by("position")
    return [ExplanationPassage(PassageKind(one.kind), one.level, one.number, one.text) for one in rows]


def copy_passages(basis: BudgetSet, draft: BudgetSet) -> None:
    """Give a draft the passages of its basis; one of the same year takes its sheets and catalogue too.

    Call it in the transaction that makes the draft.
    """
    store_passages(draft, passages_of(basis))
    if basis.year == draft.year:
        store_sheets(draft, [one.rows for one in basis.sheets.order_by("number")])
    if basis.catalogue_id is not None and draft.catalogue_id is None:
        draft.catalogue = basis.catalogue
        draft.save(update_fields=["catalogue"])


@transaction.atomic
def write_passages(user: User, budget: BudgetSet, passages: Sequence[ExplanationPassage]) -> None:
    """Replace all passages of a draft.

    Raises Conflict for a set that is no draft, InvalidInput for a heading without a level or too much text.
    """
    take_turn()
    held = BudgetSet.objects.select_for_update().get(pk=budget.pk)
    if held.state != BudgetSetState.DRAFT:
        raise Conflict("budget.not_a_draft", state=held.state)
    _demand_sound(passages)
    before = held.passages.count()
    held.passages.all().delete()
    store_passages(held, passages)
    after = {"passages": len(passages)}
    record(user, "budget.passages", "budget_set", str(held.pk), before={"passages": before}, after=after)


def _demand_sound(passages: Sequence[ExplanationPassage]) -> None:
    if len(passages) > MOST_PASSAGES:
        raise InvalidInput("budget.passages.too_many", most=MOST_PASSAGES)
    for position, one in enumerate(passages, 1):
        heading = one.kind == PassageKind.HEADING
        if heading != (1 <= one.level <= 4) or (heading and not one.number):
            raise InvalidInput("budget.passages.level", position=position, level=one.level)
        if len(one.text) > LONGEST_PASSAGE or (one.kind not in PLACES and not one.text.strip()):
            raise InvalidInput("budget.passages.text", position=position, most=LONGEST_PASSAGE)
    kinds = [one.kind for one in passages if one.kind in PLACES]
    if len(set(kinds)) != len(kinds):
        raise InvalidInput("budget.passages.place_twice")
