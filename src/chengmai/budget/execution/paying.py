"""The purse of settlement: what is paid on contracts is booked on the rows of the present budget, or refused whole."""

from collections.abc import Sequence
from datetime import date

from chengmai.access.models import User
from chengmai.budget.execution.evidence import present_of
from chengmai.budget.execution.limits import bookings_of, spent
from chengmai.budget.execution.services import (
    Spending,
    book_spending,
    known_booking,
    reverse_booking,
    rows_to_spend,
)
from chengmai.budget.execution.terms import BookingSource
from chengmai.budget.models import ExecutionBooking
from chengmai.core.errors import Conflict, NotFound
from chengmai.core.money import told
from chengmai.settlement.purse import Draw, Drawn, LineRest
from chengmai.settlement.terms import Fund


class BudgetPurse:
    """Pays from the present budget of the owner's year; every function works inside the caller's transaction."""

    def rest(self, owner: str, year: int, fund: Fund, table: str, row: str) -> LineRest | None:
        """What is left of a row and of the source of money in it; None without a present budget or the row."""
        budget = present_of(owner, year)
        if budget is None:
            return None
        found = rows_to_spend(budget).get((table, row))
        if found is None:
            return None
        done = spent(bookings_of(budget)).get(found.spot, {})
        left, planned = found.planned - sum(done.values()), found.planned
        if found.by_fund:
            planned = found.by_fund.get(fund, 0)
            left = min(left, planned - done.get(fund, 0))
        return LineRest(found.name, planned, left)

    def draw(
        self, user: User | None, owner: str, on: date, voucher: str, note: str, draws: Sequence[Draw]
    ) -> list[Drawn]:
        """Book all or none. Raises Conflict naming line, rest and asked; NotFound without a present budget."""
        budget = present_of(owner, on.year)
        if budget is None:
            raise NotFound("execution.no_present", year=on.year)
        spendings = [Spending(one.table, one.row, one.amount_fen, on, voucher, one.fund, note) for one in draws]
        for one in spendings:
            if known_booking(budget, one) is not None:
                raise Conflict("execution.voucher_taken", voucher=voucher, amount=told(one.amount_fen))
        asked: dict[tuple[str, str, Fund], int] = {}
        for each in draws:
            key = (each.table, each.row, each.fund)
            asked[key] = asked.get(key, 0) + each.amount_fen
        for (table, row, fund), fen in asked.items():
            left = self.rest(owner, on.year, fund, table, row)
            if left is not None and fen > left.rest_fen:
                raise Conflict("settlement.over_line", line=left.row_name, rest=told(left.rest_fen), asked=told(fen))
        booked = book_spending(user, owner, on.year, spendings, BookingSource.SERVICE)
        return [Drawn(str(one.booking.pk), one.booking.row_name) for one in booked]

    def give_back(self, user: User, owner: str, bookings: Sequence[str], reason: str) -> None:
        """Take bookings out again; raises NotFound or Conflict."""
        for one in ExecutionBooking.objects.filter(pk__in=bookings, owner__code=owner).order_by("pk"):
            budget = present_of(owner, one.year)
            if budget is None:
                raise NotFound("execution.no_present", year=one.year)
            reverse_booking(user, budget.pk, one.pk, reason)
