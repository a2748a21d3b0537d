"""What the entries and counts of a construction project come to; pure: no clock, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chengmai.budget.construction.states import CostKind


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry as sums need it; ``of_contract`` tells a payment that fulfils a contract from one without."""

    kind: CostKind
    amount_fen: int
    of_contract: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """What entries come to [fen]: ``committed`` is contracts, and payments that no contract announced."""

    contracted: int
    paid: int
    committed: int

    def over(self, ceiling_fen: int | None) -> int:
        """By how much a ceiling is exceeded [fen]; 0 within it or without one."""
        return 0 if ceiling_fen is None else max(0, self.committed - ceiling_fen)


def sums(entries: Iterable[Booked]) -> Sums:
    """Add entries up; a reversal is negative and takes its entry out again."""
    contracted = paid = loose = 0
    for entry in entries:
        if entry.kind is CostKind.CONTRACT:
            contracted += entry.amount_fen
        else:
            paid += entry.amount_fen
            loose += 0 if entry.of_contract else entry.amount_fen
    return Sums(contracted, paid, contracted + loose)


class MilestoneLight(StrEnum):
    """How a milestone stands against its plan."""

    REACHED = "reached"
    REACHED_LATE = "reached_late"
    AHEAD = "ahead"
    OVERDUE = "overdue"


def light_of(planned: date, actual: date | None, today: date) -> MilestoneLight:
    """A milestone on its planned day is in time; one not reached is overdue from the day after."""
    if actual is not None:
        return MilestoneLight.REACHED if actual <= planned else MilestoneLight.REACHED_LATE
    return MilestoneLight.OVERDUE if today > planned else MilestoneLight.AHEAD


def present(states: Mapping[str, int], absent: frozenset[str]) -> int:
    """How many of a lot's devices are there: all but those in a state that means they are not, or no more."""
    return sum(number for state, number in states.items() if state not in absent)
