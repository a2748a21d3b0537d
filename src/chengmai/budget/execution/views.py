"""What the doors of a budget's year answer: adjustments, bookings, rates by row and by month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from chengmai.budget.execution import schemas
from chengmai.budget.execution.limits import (
    SpendingRow,
    adjusted,
    bookings_of,
    entries_of,
    spending_rows,
    spent,
)
from chengmai.budget.execution.terms import BookingSource
from chengmai.budget.models import AdjustmentEntry, BudgetAdjustment, BudgetSet, ExecutionBooking
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.money import told
from chengmai.disclosure.drafting.draft_tables import Grids
from chengmai.disclosure.layouts import layout_for

MONTHS = range(1, 13)
_MOST_BOOKINGS = 500


@dataclass(frozen=True, slots=True)
class YearOfBudget:
    """A budget with what happened to it in its year, read once."""

    budget: BudgetSet
    before: Grids
    after: Grids
    entries: Sequence[AdjustmentEntry]
    bookings: Sequence[ExecutionBooking]
    rows: Sequence[SpendingRow]


def year_of(budget: BudgetSet) -> YearOfBudget:
    """Read a budget's year."""
    before, entries = grids_of(budget), entries_of(budget)
    after = adjusted(before, entries)
    return YearOfBudget(budget, before, after, entries, bookings_of(budget), spending_rows(before, after))


def rate(part: int, whole: int) -> str | None:
    """Per cent with two decimals, half up; None of nothing."""
    if not whole:
        return None
    return f"{(Decimal(100 * part) / whole).quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


def execution_out(budget: BudgetSet) -> schemas.ExecutionOut:
    """The execution of a budget: in all, by month against the plan, and by row."""
    year = year_of(budget)
    done = {spot: sum(funds.values()) for spot, funds in spent(year.bookings).items()}
    planned = sum(row.planned for row in year.rows)
    known = {row.spot for row in year.rows}
    forms = {form.key: form.number for form in layout_for(budget.year).tables}
    rows = [
        schemas.ExecutionRow(
            table=row.table,
            number=forms.get(row.table, 0),
            row=row.key,
            name=row.name,
            original=told(row.original),
            planned=told(row.planned),
            spent=told(done.get(row.spot, 0)),
            left=told(row.planned - done.get(row.spot, 0)),
            rate=rate(done.get(row.spot, 0), row.planned),
            funds=[fund for fund, fen in row.by_fund.items() if fen],
        )
        for row in year.rows
    ]
    reversed_ids = {one.reverses_id for one in year.bookings if one.reverses_id}
    return schemas.ExecutionOut(
        editable=budget.state == BudgetSetState.PRESENT,
        planned=told(planned),
        spent=told(sum(done.values())),
        rate=rate(sum(done.values()), planned),
        loose=told(sum(fen for spot, fen in done.items() if spot not in known)),
        months=_months(year.bookings, planned),
        rows=rows,
        bookings=[_booking(one, reversed_ids) for one in reversed(year.bookings[-_MOST_BOOKINGS:])],
    )


def _months(bookings: Iterable[ExecutionBooking], planned: int) -> list[schemas.ExecutionMonth]:
    """Each month with what was spent until its end, and an even plan: a twelfth of the year for each month."""
    by_month = dict.fromkeys(MONTHS, 0)
    for one in bookings:
        by_month[one.on.month] += one.amount_fen
    found, until = [], 0
    for month in MONTHS:
        until += by_month[month]
        due = int((Decimal(planned) * month / 12).to_integral_value(ROUND_HALF_UP))
        found.append(
            schemas.ExecutionMonth(
                month=month,
                spent=told(by_month[month]),
                spent_until=told(until),
                planned_until=told(due),
                rate=rate(until, planned),
            )
        )
    return found


def _booking(one: ExecutionBooking, reversed_ids: set[UUID]) -> schemas.BookingOut:
    return schemas.BookingOut(
        id=one.pk,
        table=one.table,
        row=one.row_key,
        name=one.row_name,
        fund=one.fund,
        amount=told(one.amount_fen),
        on=one.on,
        voucher=one.voucher,
        note=one.note,
        source=BookingSource(one.source),
        booked_by="" if one.booked_by is None else one.booked_by.name,
        reverses=one.reverses_id,
        reversed=one.pk in reversed_ids,
    )


def adjustments_out(budget: BudgetSet) -> list[schemas.AdjustmentOut]:
    """Every adjustment of a budget's year, the newest first."""
    rows = BudgetAdjustment.objects.filter(owner=budget.owner, year=budget.year).select_related("made_by")
    found = list(rows.prefetch_related("entries").order_by("-made_at"))
    reversed_ids = {one.reverses_id for one in found if one.reverses_id}
    labels = _labels(budget)
    return [
        schemas.AdjustmentOut(
            id=one.pk,
            reason=one.reason,
            decided_on=one.decided_on,
            document=one.document,
            made_by="" if one.made_by is None else one.made_by.name,
            made_at=one.made_at,
            reverses=one.reverses_id,
            reversed=one.pk in reversed_ids,
            entries=[
                schemas.AdjustmentEntryOut(
                    table=entry.table,
                    number=labels.get((entry.table, ""), ("", 0))[1],
                    row=entry.row_key,
                    name=entry.row_name,
                    column=entry.column,
                    label=labels.get((entry.table, entry.column), (entry.column, 0))[0],
                    amount=told(entry.amount_fen),
                )
                for entry in one.entries.all()
            ],
        )
        for one in found
    ]


def _labels(budget: BudgetSet) -> Mapping[tuple[str, str], tuple[str, int]]:
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for form in layout_for(budget.year).tables:
        found[form.key, ""] = (form.title, form.number)
        for column in form.columns:
            found[form.key, column.key] = (column.label.rpartition("/")[2], form.number)
    return found
