"""A set's explanation, target sheets and catalogue: kept when it is loaded, copied to a draft, edited there."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.models import BudgetPassage, BudgetSet, BudgetTargetSheet
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.lineage import seal
from chengmai.disclosure.drafting.explanation_merging import KeptPassage
from chengmai.disclosure.explanation import PLACES, ExplanationPassage, PassageKind

MOST_PASSAGES = 5000
LONGEST_PASSAGE = 20_000
MOST_TOLD = 200
"""Passages that changed, as the audit keeps them; a whole new text is told by as many of its first."""


def store_passages(budget: BudgetSet, passages: Iterable[ExplanationPassage], drafted: Sequence[str] = ()) -> None:
    """Keep the passages of a set in their order; ``drafted`` is what was drafted for each, where a draft made them."""
    BudgetPassage.objects.bulk_create(
        (
            BudgetPassage(
                budget=budget,
                position=position,
                kind=one.kind.value,
                level=one.level,
                number=one.number[:16],
                text=one.text,
                drafted=drafted[position - 1] if drafted else "",
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


def kept_passages(budget: BudgetSet) -> list[KeptPassage]:
    """The passages of a set in their order, each with what was drafted for it."""
    rows = budget.passages.order_by("position")
    return [
        KeptPassage(ExplanationPassage(PassageKind(one.kind), one.level, one.number, one.text), one.drafted)
        for one in rows
    ]


def passages_seal(passages: Iterable[ExplanationPassage]) -> str:
    """Hash of an explanation: what a person saw must be the present one to change it."""
    return seal({"passages": [[one.kind.value, one.level, one.number, one.text] for one in passages]})


@transaction.atomic
def write_passages(
    user: User,
    budget: BudgetSet,
    passages: Sequence[ExplanationPassage],
    seen: str | None = None,
    drafted: Sequence[str] | None = None,
) -> None:
    """Replace all passages of a draft; one that says what was drafted for it stays known as drafted.

    ``seen`` is the seal of what the person saw, ``drafted`` what a draft wrote for each. Raises Conflict for a set that
    is no draft or was changed since, InvalidInput for a heading without a level or too much text.
    """
    take_turn()
    held = BudgetSet.objects.select_for_update().get(pk=budget.pk)
    if held.state != BudgetSetState.DRAFT:
        raise Conflict("budget.not_a_draft", state=held.state)
    _demand_sound(passages)
    before = kept_passages(held)
    if seen is not None and seen != passages_seal(one.passage for one in before):
        raise Conflict("budget.passages.stale")
    if drafted is None:
        known = {one.passage.text for one in before if not one.own}
        drafted = [one.text if one.text in known else "" for one in passages]
    held.passages.all().delete()
    store_passages(held, passages, drafted)
    was, is_now = Counter(one.passage.text for one in before), Counter(one.text for one in passages)
    told = {"passages": len(before), "taken": list((was - is_now).elements())[:MOST_TOLD]}
    after = {"passages": len(passages), "put": list((is_now - was).elements())[:MOST_TOLD]}
    record(user, "budget.passages", "budget_set", str(held.pk), before=told, after=after)


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
