"""What a budget allows in its year: present amounts with every adjustment, what was spent of them, what is left."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from chengmai.budget.execution.terms import BASIC, BY_CODE, BY_PROJECT, SPENT_FROM
from chengmai.budget.models import AdjustmentEntry, BudgetSet, ExecutionBooking
from chengmai.budget.preparing.store import grids_of
from chengmai.disclosure.drafting.draft_tables import GridTable
from chengmai.disclosure.drafting.totalling import totalled
from chengmai.disclosure.reading.tables import TOTALS, rows_below

Spot = tuple[str, str]
"""A row money is spent from: the key of its table and its own."""


@dataclass(frozen=True, slots=True)
class SpendingRow:
    """A row money is spent from, with what is allowed in all and by source [fen]."""

    table: str
    key: str
    name: str
    planned: int
    by_fund: Mapping[str, int]
    original: int

    @property
    def spot(self) -> Spot:
        """Where it stands."""
        return (self.table, self.key)


def entries_of(budget: BudgetSet) -> list[AdjustmentEntry]:
    """Every entry of the budget's year, reversals among them, in the order they were written down."""
    rows = AdjustmentEntry.objects.filter(adjustment__owner=budget.owner, adjustment__year=budget.year)
    return list(rows.select_related("adjustment").order_by("adjustment__made_at", "pk"))


def bookings_of(budget: BudgetSet) -> list[ExecutionBooking]:
    """Every booking of the budget's year, reversals among them, by day."""
    rows = ExecutionBooking.objects.filter(owner=budget.owner, year=budget.year)
    return list(rows.select_related("booked_by").order_by("on", "booked_at", "pk"))


def adjusted(grids: Mapping[str, GridTable], entries: Iterable[AdjustmentEntry]) -> dict[str, GridTable]:
    """The tables with entries added to what they hold, sums move with it; one whose row is gone changes nothing."""
    changes: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        changes[entry.table][entry.row_key, entry.column] += entry.amount_fen
    done = dict(grids)
    for key, cells in changes.items():
        if key not in done:
            continue
        rows = []
        for row in done[key].rows:
            fen = {column: money + cells.get((row.key, column), 0) for column, money in row.fen.items()}
            rows.append(replace(row, fen=fen))
        done[key] = totalled(replace(done[key], rows=tuple(rows)), done[key])
    return done


def adjusted_grids(budget: BudgetSet) -> dict[str, GridTable]:
    """The tables of a set as they stand after every adjustment of its year."""
    return adjusted(grids_of(budget), entries_of(budget))


def spending_rows(before: Mapping[str, GridTable], after: Mapping[str, GridTable]) -> list[SpendingRow]:
    """The rows money is spent from: lowest class rows with their basic part, and projects of this year and carried."""
    found = []
    for key in SPENT_FROM:
        if key not in after:
            continue
        table = after[key]
        for row in table.rows:
            if row.level == 0 or row.key in TOTALS or rows_below(table.rows, row):
                continue
            column = BASIC if key == BY_CODE else "total"
            planned, original = row.fen.get(column, 0), before[key].fen(row.key, column) if key in before else 0
            if key == BY_CODE and not planned and not original:
                continue
            funds = {fund: fen for fund, fen in row.fen.items() if fund != "total"} if key in BY_PROJECT else {}
            found.append(SpendingRow(key, row.key, row.name, planned, funds, original))
    return found


def spent(bookings: Iterable[ExecutionBooking], until: date | None = None) -> dict[Spot, dict[str, int]]:
    """What was spent of each row by source, up to a day [fen]."""
    found: dict[Spot, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in bookings:
        if until is None or one.on <= until:
            found[one.table, one.row_key][one.fund] += one.amount_fen
    return found


def overspent(row: SpendingRow, of_row: Mapping[str, int], fund: str, more: int) -> int:
    """By how much a further amount would go over what the row, or its source, allows; 0 when it fits [fen]."""
    over = sum(of_row.values()) + more - row.planned
    if fund and row.by_fund:
        over = max(over, of_row.get(fund, 0) + more - row.by_fund.get(fund, 0))
    return max(0, over)
