"""Where money comes from, told from above: the budget hands in its purse when it is loaded.

Settlement may not import the budget, and a payment must be booked there in the very transaction in which it is made, or
be refused: an event that is answered later could be refused after the money was told to be paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chengmai.access.models import User
from chengmai.core.errors import Unavailable
from chengmai.settlement.terms import Fund


@dataclass(frozen=True, slots=True)
class Draw:
    """An amount [fen] to be paid from a line of the owner's budget."""

    fund: Fund
    table: str
    row: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """That it was booked: under which identity, and how the line is called."""

    booking: str
    row_name: str


@dataclass(frozen=True, slots=True)
class LineRest:
    """What a line of the budget allows in a year, and what is left of it [fen]."""

    row_name: str
    planned_fen: int
    rest_fen: int


class Purse(Protocol):
    """What settlement asks of the budget; every function works inside the caller's transaction."""

    def rest(self, owner: str, year: int, fund: Fund, table: str, row: str) -> LineRest | None:
        """What is left of a line; None when the year has no present budget, or not this line."""
        ...

    def draw(
        self, user: User | None, owner: str, on: date, voucher: str, note: str, draws: Sequence[Draw]
    ) -> list[Drawn]:
        """Book all or none; raises Conflict naming line, rest and what was asked, NotFound or InvalidInput."""
        ...

    def give_back(self, user: User, owner: str, bookings: Sequence[str], reason: str) -> None:
        """Take bookings out again; raises NotFound or Conflict."""
        ...


_purses: list[Purse] = []


def provide(purse: Purse) -> None:
    """Hand in the purse; the last one handed in pays."""
    _purses[:] = [purse]


def purse() -> Purse:
    """The purse; raises Unavailable when nobody handed one in."""
    if not _purses:
        raise Unavailable("settlement.no_purse")
    return _purses[0]
