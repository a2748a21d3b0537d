"""Adjusting a present budget in its year: entries that are decided and written down, never changed, only reversed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.construction.services import today
from chengmai.budget.execution.limits import adjusted, bookings_of, entries_of, spending_rows, spent
from chengmai.budget.models import AdjustmentEntry, BudgetAdjustment, BudgetSet
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.published.queries import visible_set
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.core.lineage import seal
from chengmai.core.money import told
from chengmai.disclosure.drafting.draft_tables import Grids
from chengmai.disclosure.drafting.totalling import sums_of

MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One cell an adjustment changes, by how much [fen]."""

    table: str
    row: str
    column: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class AdjustmentDraft:
    """An adjustment as it is decided; ``id`` is made by the client, sent again it is one."""

    id: UUID
    reason: str
    decided_on: date
    document: str
    entries: Sequence[EntryDraft]


def present_set(user: User, budget_id: UUID) -> BudgetSet:
    """A set that is present; raises NotFound, or Conflict for any other: only what is in force is adjusted or spent."""
    budget = visible_set(user, budget_id)
    if budget.state != BudgetSetState.PRESENT:
        raise Conflict("execution.not_present")
    return budget


def adjust(user: User, budget_id: UUID, draft: AdjustmentDraft) -> BudgetAdjustment:
    """Write an adjustment down; no cell falls below zero or below what was spent of it.

    Raises NotFound, InvalidInput (what is not told, a cell that is a sum), or Conflict.
    """
    fingerprint = seal({**asdict(draft), "budget": budget_id})
    with transaction.atomic():
        take_turn()
        known = BudgetAdjustment.objects.filter(pk=draft.id).first()
        if known is not None:
            return _repeated(known, fingerprint)
        budget = present_set(user, budget_id)
        _demand_sound(draft, grids_of(budget))
        made = _write(user, budget, draft, fingerprint, None)
        _demand_room(budget)
    return made


def reverse_adjustment(user: User, budget_id: UUID, adjustment_id: UUID, new_id: UUID, reason: str) -> BudgetAdjustment:
    """Take an adjustment back by a further one that is its negative; both stay readable. Raises as ``adjust`` does."""
    fingerprint = seal({"reverses": adjustment_id, "reason": reason, "budget": budget_id})
    with transaction.atomic():
        take_turn()
        known = BudgetAdjustment.objects.filter(pk=new_id).first()
        if known is not None:
            return _repeated(known, fingerprint)
        budget = present_set(user, budget_id)
        found = BudgetAdjustment.objects.filter(pk=adjustment_id, owner=budget.owner, year=budget.year).first()
        if found is None:
            raise NotFound("execution.adjustment_not_found", id=adjustment_id)
        if not reason.strip():
            raise InvalidInput("execution.reason_missing")
        if found.reverses_id is not None or BudgetAdjustment.objects.filter(reverses=found).exists():
            raise Conflict("execution.reversed_already")
        entries = [EntryDraft(one.table, one.row_key, one.column, -one.amount_fen) for one in found.entries.all()]
        draft = AdjustmentDraft(new_id, reason, today(), found.document, entries)
        made = _write(user, budget, draft, fingerprint, found)
        _demand_room(budget)
    return made


def _repeated(known: BudgetAdjustment, fingerprint: str) -> BudgetAdjustment:
    if known.fingerprint != fingerprint:
        raise Conflict("case.id_reused", id=known.pk)
    return known


def _demand_sound(draft: AdjustmentDraft, grids: Grids) -> None:
    if not draft.reason.strip() or not draft.document.strip():
        raise InvalidInput("execution.reason_missing")
    if draft.decided_on > today():
        raise InvalidInput("execution.day_to_come", day=draft.decided_on.isoformat())
    cells = [(one.table, one.row, one.column) for one in draft.entries]
    if not cells or len(cells) > MOST_ENTRIES or len(set(cells)) != len(cells):
        raise InvalidInput("execution.entries_unfit", most=MOST_ENTRIES)
    for one in draft.entries:
        table = grids.get(one.table)
        if table is None or not any(row.key == one.row and one.column in row.fen for row in table.rows):
            raise InvalidInput("execution.no_cell", table=one.table, row=one.row, column=one.column)
        if (one.row, one.column) in sums_of(table.form, table.rows):
            raise InvalidInput("execution.cell_is_sum", table=one.table, row=one.row, column=one.column)
        if not one.amount_fen:
            raise InvalidInput("execution.amount_missing")


def _write(
    user: User, budget: BudgetSet, draft: AdjustmentDraft, fingerprint: str, reverses: BudgetAdjustment | None
) -> BudgetAdjustment:
    made = BudgetAdjustment.objects.create(
        id=draft.id,
        owner=budget.owner,
        year=budget.year,
        budget=budget,
        reason=draft.reason.strip(),
        decided_on=draft.decided_on,
        document=draft.document.strip(),
        reverses=reverses,
        made_at=now(),
        made_by=user,
        fingerprint=fingerprint,
    )
    names = {(key, row.key): row.name for key, table in grids_of(budget).items() for row in table.rows}
    AdjustmentEntry.objects.bulk_create(
        AdjustmentEntry(
            adjustment=made,
            table=one.table,
            row_key=one.row,
            row_name=names.get((one.table, one.row), one.row)[:255],
            column=one.column,
            amount_fen=one.amount_fen,
        )
        for one in draft.entries
    )
    after: dict[str, object] = {"reason": made.reason, "document": made.document}
    after |= {
        "reverses": reverses and str(reverses.pk),
        "entries": {f"{one.table}.{one.row}.{one.column}": told(one.amount_fen) for one in draft.entries},
    }
    record(user, "budget.adjust", "budget_set", str(budget.pk), after=after)
    return made


def _demand_room(budget: BudgetSet) -> None:
    """Raise Conflict when a cell is below zero now, or less than was spent of it."""
    before, entries = grids_of(budget), entries_of(budget)
    after = adjusted(before, entries)
    for entry in entries:
        left = after[entry.table].fen(entry.row_key, entry.column) if entry.table in after else 0
        if left < 0:
            raise Conflict("execution.below_zero", row=entry.row_name, left=told(left))
    done = spent(bookings_of(budget))
    for row in spending_rows(before, after):
        of_row = done.get(row.spot, {})
        short = sum(of_row.values()) - row.planned
        short = max([short, *(of_row.get(fund, 0) - fen for fund, fen in row.by_fund.items())])
        if short > 0:
            raise Conflict("execution.below_spent", row=row.name, short=told(short))
