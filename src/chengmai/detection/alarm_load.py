"""How many alarms people are given, held against what people can take.

The figures follow ANSI/ISA-18.2-2016 (table of alarm performance metrics: per operating position about 150 a day and 1
in 10 minutes are very likely acceptable, 300 a day and 2 in 10 minutes the most that can be managed; under 1 % of
10-minute periods with more than 10 alarms, at most 10 in the worst, under 1 % of the time in flood; the ten most
frequent alarms under 1 to 5 % of all; no chattering alarm; fewer than 5 stale ones on a day; about 80/15/5 % low,
medium, high) and EEMUA 191 (fewer than 10 standing alarms). A flood begins with 10 alarms in 10 minutes at one
position and ends when fewer than 5 come in 10; a chattering alarm comes 3 times within a minute; a stale one stands
for a day.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PERIOD_S = 600
FLOOD_BEGINS, FLOOD_ENDS = 10, 5
CHATTER_TIMES, CHATTER_S = 3, 60.0
STALE_S = 86_400.0
WORST = 10

ACCEPTABLE_PER_PERIOD, MANAGEABLE_PER_PERIOD = 1.0, 2.0
ACCEPTABLE_PER_DAY, MANAGEABLE_PER_DAY = 150.0, 300.0
MOST_IN_PERIOD = 10
MOST_FLOOD_SHARE = 0.01
MOST_WORST_SHARE = 0.05
MOST_STANDING, MOST_STALE, MOST_CHATTERING = 10, 5, 0


@dataclass(frozen=True, slots=True)
class Call:
    """One moment at which an alarm called a person: which alarm (a rule at a subject), and how grave [s since 1970]."""

    at_s: float
    name: str
    severity: str


@dataclass(frozen=True, slots=True)
class Stay:
    """How long one alarm stood unresolved; ``end_s`` is None while it stands."""

    name: str
    begin_s: float
    end_s: float | None


@dataclass(frozen=True, slots=True)
class BadActor:
    """An alarm that came often, and its share of all calls."""

    name: str
    calls: int
    share: float


@dataclass(frozen=True, slots=True)
class AlarmLoad:
    """The figures of a span; ``periods`` are calls in each 10 minutes at one position, the first at ``start_s``."""

    start_s: float
    periods: list[float]
    calls: int
    per_period: float
    per_day: float
    peak: float
    flood_share: float
    flood_periods: list[bool]
    worst: list[BadActor]
    worst_share: float
    standing: int
    stale: list[str]
    chattering: list[str]
    severities: dict[str, int]


def alarm_load(
    calls: Sequence[Call], stays: Sequence[Stay], start_s: float, end_s: float, positions: int = 1
) -> AlarmLoad:
    """The figures of [start, end); ``positions`` people share the calls. Stays may reach out of the span."""
    inside = [call for call in calls if start_s <= call.at_s < end_s]
    number = max(1, int(np.ceil((end_s - start_s) / PERIOD_S)))
    at = np.array([(call.at_s - start_s) // PERIOD_S for call in inside], dtype=np.int64)
    counts = np.bincount(at, minlength=number)[:number] / positions
    flooded = _floods(counts)
    worst = Counter(call.name for call in inside).most_common(WORST)
    actors = [BadActor(name, times, times / len(inside)) for name, times in worst]
    days = (end_s - start_s) / 86_400
    return AlarmLoad(
        start_s=start_s,
        periods=counts.tolist(),
        calls=len(inside),
        per_period=float(counts.mean()),
        per_day=len(inside) / positions / days,
        peak=float(counts.max()),
        flood_share=float(flooded.mean()),
        flood_periods=flooded.tolist(),
        worst=actors,
        worst_share=sum(actor.share for actor in actors),
        standing=sum(stay.begin_s < end_s and (stay.end_s is None or stay.end_s >= end_s) for stay in stays),
        stale=sorted({stay.name for stay in stays if _stale(stay, start_s, end_s)}),
        chattering=_chattering(inside),
        severities=dict(Counter(call.severity for call in inside)),
    )


def _floods(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """The periods in flood: from one with enough calls until one with few enough, which is no longer in it."""
    flooded = np.zeros(len(counts), dtype=bool)
    within = False
    for place, count in enumerate(counts.tolist()):
        within = count >= FLOOD_ENDS if within else count >= FLOOD_BEGINS
        flooded[place] = within
    return flooded


def _stale(stay: Stay, start_s: float, end_s: float) -> bool:
    """Stood for a day without a break, and still did within the span."""
    end = end_s if stay.end_s is None else min(stay.end_s, end_s)
    return end > start_s and end - stay.begin_s >= STALE_S


def _chattering(calls: Sequence[Call]) -> list[str]:
    times: dict[str, list[float]] = {}
    for call in calls:
        times.setdefault(call.name, []).append(call.at_s)
    found = []
    for name, told in times.items():
        own = np.sort(np.array(told))
        if len(own) >= CHATTER_TIMES and (own[CHATTER_TIMES - 1 :] - own[: 1 - CHATTER_TIMES] <= CHATTER_S).any():
            found.append(name)
    return sorted(found)
