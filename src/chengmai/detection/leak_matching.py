"""Found leaks beside known ones: which is which, what was missed, what was false, how long it took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from scipy.optimize import linear_sum_assignment

NEAR = timedelta(days=3)
"""How far the dated onset may lie from the true start of a sudden leak."""
GROWN = 0.02
"""Share of its peak flow a growing leak must have reached to be findable; it grows with the square of time."""
EARLY = timedelta(days=7)
"""How far before its start a growing leak's onset may be dated; the latest is ``NEAR`` after its peak."""


@dataclass(frozen=True, slots=True)
class KnownLeak:
    """A leak as published; times are aware UTC, ``areas`` the balances it lies in (empty: not known)."""

    pipe: str
    start: datetime
    end: datetime
    kind: str
    peak: datetime
    areas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FoundLeak:
    """A leak as found: dated onset, moment of finding, and end if it was seen to end; times are aware UTC."""

    number: int
    area: str
    onset: datetime
    found: datetime
    end: datetime | None
    size_m3h: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """Found beside known. ``before`` are known leaks that began before the record and cannot be dated from it."""

    hits: tuple[tuple[KnownLeak, FoundLeak], ...]
    missed: tuple[KnownLeak, ...]
    false: tuple[FoundLeak, ...]
    before: tuple[KnownLeak, ...]
    unjudged: tuple[FoundLeak, ...]
    """Found after the last moment up to which the known leaks are complete."""


def in_areas(known: Sequence[KnownLeak], inside: Mapping[str, frozenset[str]]) -> list[KnownLeak]:
    """Known leaks with the areas in which their pipes lie; ``inside`` gives each area's links."""
    return [
        replace(leak, areas=frozenset(area for area, links in inside.items() if leak.pipe in links)) for leak in known
    ]


def fits(known: KnownLeak, found: FoundLeak) -> bool:
    """Whether a found leak can be the known one: seen while it ran, in its area, with a credible onset."""
    if known.areas and found.area not in known.areas:
        return False
    if not known.start <= found.found <= known.end:
        return False
    if known.kind == "abrupt":
        return abs(found.onset - known.start) <= NEAR
    time = (found.found - known.start) / max(known.peak - known.start, timedelta(minutes=5))
    return known.start - EARLY <= found.onset <= known.peak + NEAR and min(time, 1.0) ** 2 >= GROWN


def _distance(known: KnownLeak, found: FoundLeak) -> float:
    """Days between the onsets; a sudden leak also claims the find that came soonest after it."""
    days = abs(found.onset - known.start) / timedelta(days=1)
    return days + (found.found - known.start) / timedelta(days=1) if known.kind == "abrupt" else days


def compare(
    known: Sequence[KnownLeak], found: Sequence[FoundLeak], first: datetime, complete_until: datetime
) -> Outcome:
    """Match one to one, as many as possible, the nearest onsets first.

    ``first`` is the record's first moment; a leak found after ``complete_until`` without a match is not judged,
    because what happened then is not known.
    """
    before = tuple(leak for leak in known if leak.start < first)
    inside = [leak for leak in known if leak.start >= first]
    cost = np.full((len(inside), len(found)), 1e6)
    for row, leak in enumerate(inside):
        for column, one in enumerate(found):
            if fits(leak, one):
                cost[row, column] = _distance(leak, one)
    pairs = [(int(r), int(c)) for r, c in zip(*linear_sum_assignment(cost), strict=True) if cost[r, c] < 1e6]
    matched, taken = {row for row, _ in pairs}, {column for _, column in pairs}
    rest = [one for column, one in enumerate(found) if column not in taken]
    return Outcome(
        hits=tuple((inside[row], found[column]) for row, column in sorted(pairs)),
        missed=tuple(leak for row, leak in enumerate(inside) if row not in matched),
        false=tuple(one for one in rest if one.found <= complete_until),
        before=before,
        unjudged=tuple(one for one in rest if one.found > complete_until),
    )
