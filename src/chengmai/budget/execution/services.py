"""Executing a budget: money spent is booked on its row by voucher, within what the budget allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.construction.services import today
from chengmai.budget.execution.adjustment import present_set
from chengmai.budget.execution.limits import (
    SpendingRow,
    Spot,
    adjusted,
    bookings_of,
    entries_of,
    overspent,
    spending_rows,
    spent,
)
from chengmai.budget.execution.terms import BY_CODE, BookingSource
from chengmai.budget.models import BudgetSet, ExecutionBooking
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.core.identity import new_id
from chengmai.core.money import told

FUNDS_OF_CODES = ("general", "fund", "state_capital", "special_account", "own")
LONGEST_VOUCHER = 64


@dataclass(frozen=True, slots=True)
class Spending:
    """Money spent as it is told: from which row and, where known, which source [fen]."""

    table: str
    row: str
    amount_fen: int
    on: date
    voucher: str
    fund: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class BookedSpending:
    """What booking came to; a voucher that was booked before is the booking it already is."""

    booking: ExecutionBooking
    created: bool


def book_spending(
    user: User | None, owner: str, year: int, spendings: Sequence[Spending], source: BookingSource
) -> list[BookedSpending]:
    """Book what was spent from the present budget of an organisation's year, all or none: the door of other parts.

    Idempotent by voucher, row and source of money. Raises NotFound without a present budget, InvalidInput, or Conflict:
    over what is allowed, or a voucher that was booked otherwise.
    """
    with transaction.atomic():
        take_turn()
        budget = BudgetSet.objects.filter(owner__code=owner, year=year, state=BudgetSetState.PRESENT).first()
        if budget is None:
            raise NotFound("execution.no_present", year=year)
        return _book_all(user, budget, spendings, source)


def book(user: User, budget_id: UUID, spending: Spending) -> BookedSpending:
    """Book by hand on a present budget within the person's reach; raises as ``book_spending`` does."""
    with transaction.atomic():
        take_turn()
        return _book_all(user, present_set(user, budget_id), [spending], BookingSource.HAND)[0]


def book_sheet(user: User, budget_id: UUID, spendings: Sequence[Spending]) -> list[BookedSpending]:
    """Book the rows of a sheet on a present budget, all or none."""
    with transaction.atomic():
        take_turn()
        return _book_all(user, present_set(user, budget_id), spendings, BookingSource.SHEET)


def rows_to_spend(budget: BudgetSet) -> dict[Spot, SpendingRow]:
    """The rows of a budget that money is spent from, after every adjustment."""
    before = grids_of(budget)
    return {row.spot: row for row in spending_rows(before, adjusted(before, entries_of(budget)))}


def _book_all(
    user: User | None, budget: BudgetSet, spendings: Sequence[Spending], source: BookingSource
) -> list[BookedSpending]:
    rows, done = rows_to_spend(budget), spent(bookings_of(budget))
    booked = []
    for one in spendings:
        demand_sound(budget, rows, one)
        known = known_booking(budget, one)
        if known is not None:
            booked.append(BookedSpending(known, False))
            continue
        row = rows[one.table, one.row]
        over = overspent(row, done[row.spot], one.fund, one.amount_fen)
        if over:
            raise Conflict("execution.over_budget", row=row.name, over=told(over))
        booked.append(BookedSpending(_create(user, budget, row, one, source), True))
        done[row.spot][one.fund] += one.amount_fen
    made = [one.booking for one in booked if one.created]
    if made:
        amounts = {f"{one.voucher} {one.table}.{one.row_key}": told(one.amount_fen) for one in made}
        after = {"source": source.value, "bookings": amounts}
        record(user, "budget.book", "budget_set", str(budget.pk), after=after)
    return booked


def demand_sound(budget: BudgetSet, rows: dict[Spot, SpendingRow], one: Spending) -> None:
    """Raise InvalidInput for what cannot be booked, whatever is left."""
    if (one.table, one.row) not in rows:
        raise InvalidInput("execution.no_row", row=one.row)
    if one.amount_fen <= 0:
        raise InvalidInput("execution.amount_not_positive", amount=told(one.amount_fen))
    if not one.voucher.strip() or len(one.voucher) > LONGEST_VOUCHER:
        raise InvalidInput("execution.voucher_missing")
    if one.on.year != budget.year or one.on > today():
        raise InvalidInput("execution.day_unfit", day=one.on.isoformat(), year=budget.year)
    funds = FUNDS_OF_CODES if one.table == BY_CODE else tuple(rows[one.table, one.row].by_fund)
    if one.fund and one.fund not in funds:
        raise InvalidInput("execution.fund_unknown", fund=one.fund)


def known_booking(budget: BudgetSet, one: Spending) -> ExecutionBooking | None:
    """The booking that a voucher already is on a row; raises Conflict when that was told otherwise, or reversed."""
    known = ExecutionBooking.objects.filter(
        owner=budget.owner,
        year=budget.year,
        voucher=one.voucher.strip(),
        table=one.table,
        row_key=one.row,
        fund=one.fund,
        reverses=None,
    ).first()
    if known is None:
        return None
    reversed_ = ExecutionBooking.objects.filter(reverses=known).exists()
    if reversed_ or (known.amount_fen, known.on) != (one.amount_fen, one.on):
        raise Conflict("execution.voucher_taken", voucher=known.voucher, amount=told(known.amount_fen))
    return known


def _create(
    user: User | None, budget: BudgetSet, row: SpendingRow, one: Spending, source: BookingSource
) -> ExecutionBooking:
    return ExecutionBooking.objects.create(
        id=new_id(),
        owner=budget.owner,
        year=budget.year,
        budget=budget,
        table=row.table,
        row_key=row.key,
        row_name=row.name[:255],
        fund=one.fund,
        amount_fen=one.amount_fen,
        on=one.on,
        voucher=one.voucher.strip(),
        note=one.note.strip()[:500],
        source=source,
        booked_at=now(),
        booked_by=user,
    )


def reverse_booking(user: User, budget_id: UUID, booking_id: UUID, reason: str) -> ExecutionBooking:
    """Take a booking out by its negative of the same day; raises NotFound, InvalidInput, or Conflict (done already)."""
    if not reason.strip():
        raise InvalidInput("execution.reason_missing")
    with transaction.atomic():
        take_turn()
        budget = present_set(user, budget_id)
        found = ExecutionBooking.objects.filter(pk=booking_id, owner=budget.owner, year=budget.year).first()
        if found is None:
            raise NotFound("execution.booking_not_found", id=booking_id)
        if found.reverses_id is not None or ExecutionBooking.objects.filter(reverses=found).exists():
            raise Conflict("execution.reversed_already")
        made = ExecutionBooking.objects.create(
            id=new_id(),
            owner=found.owner,
            year=found.year,
            budget=budget,
            table=found.table,
            row_key=found.row_key,
            row_name=found.row_name,
            fund=found.fund,
            amount_fen=-found.amount_fen,
            on=found.on,
            voucher=found.voucher,
            note=reason.strip()[:500],
            source=BookingSource.HAND,
            reverses=found,
            booked_at=now(),
            booked_by=user,
        )
        after = {"voucher": found.voucher, "amount": told(made.amount_fen), "reason": reason.strip()}
        record(user, "budget.book_reversed", "budget_set", str(budget.pk), after=after)
    return made
