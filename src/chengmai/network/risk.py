"""How much risk each pipe of a network bears, by a table of factors: points, two scores, a product, a colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from chengmai.network.array_types import Codes, Flags, Floats
from chengmai.network.risk_table import MOST_POINTS, PipeFact, RiskFactor, RiskLevel, RiskSide, RiskTable

Points = npt.NDArray[np.int8]
LinkFacts = Mapping[PipeFact, Floats | Codes]
"""What is known of every link, arrays (n_links,): NaN, or no word, where it is not known."""


@dataclass(frozen=True, eq=False)
class RiskAssessment:
    """The risk of every link, arrays (n_links,), but ``points`` (n_factors, n_links).

    ``probability`` and ``consequence`` are 1 to 5, ``risk`` their product, ``level`` a position in ``RiskLevel``;
    ``scores`` are the products before rounding, which order links of one risk. ``known`` (n_factors, n_links) says
    where the fact was known.
    """

    table: RiskTable
    points: Points
    known: Flags
    probability: Points
    consequence: Points
    risk: Points
    scores: Floats
    level: Points

    @cached_property
    def levels(self) -> tuple[RiskLevel, ...]:
        """Each link's colour."""
        colours = list(RiskLevel)
        return tuple(colours[place] for place in self.level.tolist())

    def ranked(self) -> npt.NDArray[np.int64]:
        """Positions of the links, the riskiest first; the unrounded score orders equal ones."""
        return np.lexsort((np.arange(len(self.risk)), -self.scores, -self.risk.astype(np.int64)))


def assess_risk(table: RiskTable, facts: LinkFacts) -> RiskAssessment:
    """The risk of every link; a fact that is not given at all counts as unknown for all of them."""
    n = max((len(column) for column in facts.values()), default=0)
    points = np.empty((len(table.factors), n), dtype=np.int8)
    known = np.zeros((len(table.factors), n), dtype=np.bool_)
    for row, factor in enumerate(table.factors):
        column = facts.get(factor.fact)
        if column is None:
            points[row] = factor.unknown
        else:
            points[row], known[row] = _points_of(factor, column)
    scores = {side: _score(table, points, side) for side in RiskSide}
    # Half up: a mean of 2.5 is class 3, as one reads it from the matrix by hand.
    probability, consequence = (np.floor(scores[side] + 0.5).astype(np.int8) for side in RiskSide)
    risk = (probability * consequence).astype(np.int8)
    starts = np.array([start for start, _ in table.levels])
    level = (risk[:, None] < starts[None, :]).sum(axis=1).astype(np.int8)
    product = scores[RiskSide.PROBABILITY] * scores[RiskSide.CONSEQUENCE]
    return RiskAssessment(table, points, known, probability, consequence, risk, product, level)


def _points_of(factor: RiskFactor, column: Floats | Codes) -> tuple[Points, Flags]:
    if factor.fact.is_word:
        by_word = dict(factor.classes)
        words = [str(word) for word in column.tolist()]
        told = [by_word.get(word, factor.other) if word else factor.unknown for word in words]
        return np.array(told, dtype=np.int8), np.array([bool(word) for word in words], dtype=np.bool_)
    values = np.asarray(column, dtype=np.float64)
    known = ~np.isnan(values)
    ends = np.array([upto for upto, _ in factor.bands])
    given = np.array([points for _, points in factor.bands], dtype=np.int8)
    place = np.searchsorted(ends, np.where(known, values, 0.0), side="left")
    return np.where(known, given[place], factor.unknown).astype(np.int8), known


def _score(table: RiskTable, points: Points, side: RiskSide) -> Floats:
    rows = [row for row, factor in enumerate(table.factors) if factor.side is side]
    weights = np.array([table.factors[row].weight for row in rows])
    mean = weights @ points[rows].astype(np.float64) / weights.sum()
    return np.asarray(np.clip(mean, 1, MOST_POINTS), dtype=np.float64)
