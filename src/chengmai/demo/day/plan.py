"""What happens on a day, drawn from a seed: who reports what, where, and what becomes of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import hypot

import numpy as np

Place = tuple[float, float]
"""Longitude and latitude [degrees]."""


class Fate(StrEnum):
    """What becomes of a report beside being handled, verified and closed."""

    PLAIN = "plain"
    VOID = "void"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    RETURNED = "returned"
    EXTENDED = "extended"
    SENT_BACK = "sent_back"
    URGED = "urged"


SHARES = {
    Fate.PLAIN: 0.80,
    Fate.VOID: 0.03,
    Fate.CONFIRMED: 0.04,
    Fate.DENIED: 0.01,
    Fate.RETURNED: 0.02,
    Fate.EXTENDED: 0.04,
    Fate.SENT_BACK: 0.03,
    Fate.URGED: 0.03,
}
"""Share of reports with each fate."""
PHOTOGRAPHED = 0.3
"""Share of reports with a photograph."""
WORDS = (
    "占道约三米，行人绕行",
    "气味较大，周边居民反映",
    "面积约两平方米",
    "已持续两天",
    "位于路口东北角",
    "靠近公交站",
    "影响非机动车通行",
    "",
)


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """One report of a collector."""

    number: int
    collector: int
    case_class: str
    words: str
    place: Place
    fate: Fate
    photographed: bool


def plan_reports(
    seed: int, many: int, collectors: int, classes: Sequence[str], streets: Sequence[Sequence[Place]]
) -> list[PlannedReport]:
    """So many reports along the streets; the first classes of the list come most often."""
    random = np.random.default_rng(seed)
    weights = 1 / np.arange(2, len(classes) + 2)
    drawn = random.choice(len(classes), size=many, p=weights / weights.sum())
    places = on_streets(random, many, streets)
    fates = random.choice(np.array(list(SHARES)), size=many, p=np.array(list(SHARES.values())))
    return [
        PlannedReport(
            number=number,
            collector=int(random.integers(collectors)),
            case_class=classes[drawn[number]],
            words=WORDS[int(random.integers(len(WORDS)))],
            place=places[number],
            fate=Fate(fates[number]),
            photographed=bool(random.random() < PHOTOGRAPHED),
        )
        for number in range(many)
    ]


def on_streets(random: np.random.Generator, many: int, streets: Sequence[Sequence[Place]]) -> list[Place]:
    """So many places on the streets, each metre as likely as any other."""
    lengths = np.array([max(1e-9, _length(street)) for street in streets])
    along = random.choice(len(streets), size=many, p=lengths / lengths.sum())
    return [_on(streets[street], float(random.random())) for street in along]


def _length(street: Sequence[Place]) -> float:
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(street))


def _on(street: Sequence[Place], share: float) -> Place:
    """The place after a share of a street's length."""
    left = share * _length(street)
    for a, b in pairwise(street):
        step = hypot(b[0] - a[0], b[1] - a[1])
        if step >= left and step > 0:
            part = left / step
            return (round(a[0] + part * (b[0] - a[0]), 7), round(a[1] + part * (b[1] - a[1]), 7))
        left -= step
    return street[-1]
