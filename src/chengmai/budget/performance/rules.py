"""How a target sheet is scored; pure: Decimal in, Decimal out, and what is open or odd said as a finding.

The customary form: 100 points = budget execution 10 + output 50 + benefit 30 + satisfaction 10; where costs are scored
apart, execution 10 + cost 20 + output 40 + benefit 20 + satisfaction 10. Weights and bounds of grades and lights can be
set (``Scheme``). Points are rounded once, for each indicator and for the execution, half up to two decimals; a total is
the sum of rounded points. Source: the ministry's forms of self-evaluation as departments use them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chengmai.budget.performance.terms import Chance, Comparison, Grade, Group, PerformanceLight

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
CENT = Decimal("0.01")
SHARE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How points are given; every figure of it can be set."""

    execution: int = 10
    plain: Mapping[Group, int] = field(
        default_factory=lambda: {Group.OUTPUT: 50, Group.BENEFIT: 30, Group.SATISFACTION: 10}
    )
    with_cost: Mapping[Group, int] = field(
        default_factory=lambda: {Group.OUTPUT: 40, Group.COST: 20, Group.BENEFIT: 20, Group.SATISFACTION: 10}
    )
    over_from: Decimal = Decimal("1.5")
    """From how many times its target on an indicator counts as far exceeded."""
    late_days: int = 180
    """How many days late a date is worth nothing; in between in proportion."""
    excellent: Decimal = Decimal(90)
    good: Decimal = Decimal(80)
    fair: Decimal = Decimal(60)
    green: Decimal = ONE
    """From what share of its target an indicator is green; below ``yellow`` it is red."""
    yellow: Decimal = Decimal("0.8")

    def weights(self, groups: Sequence[Group]) -> Mapping[Group, int]:
        """The weights for a sheet: those with cost where any indicator stands under it."""
        return self.with_cost if Group.COST in groups else self.plain


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached: a number, a word, or a day."""

    comparison: Comparison
    value: Decimal | None = None
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Actual:
    """What was reached; ``share`` is an assessor's judgement of a word (0 to 1, within its band)."""

    value: Decimal | None = None
    on: date | None = None
    share: Decimal | None = None
    target_was_low: bool = False


def ratio(target: Target, actual: Actual) -> Decimal | None:
    """How many times a numeric target was reached, unbounded; for a cap the cap over what was used; None otherwise."""
    if target.value is None or actual.value is None:
        return None
    caps = target.comparison in (Comparison.AT_MOST, Comparison.BELOW)
    over, under = (target.value, actual.value) if caps else (actual.value, target.value)
    if under == 0:
        return None if over == 0 else Decimal("Infinity") if over > 0 else ZERO
    return over / under


def is_met(target: Target, actual: Actual) -> bool:
    """Whether a target was reached; ``equal`` is reached by more too, as counts are printed without an operator."""
    if target.comparison is Comparison.WORD:
        return actual.share == ONE
    if target.comparison is Comparison.BY_DATE:
        return actual.on is not None and target.by is not None and actual.on <= target.by
    if target.value is None or actual.value is None:
        return False
    match target.comparison:
        case Comparison.AT_MOST:
            return actual.value <= target.value
        case Comparison.BELOW:
            return actual.value < target.value
        case Comparison.ABOVE:
            return actual.value > target.value
    return actual.value >= target.value


def is_far_over(target: Target, actual: Actual, scheme: Scheme) -> bool:
    """Whether a target to be exceeded was exceeded so far that it may have been set too low; a cap never is."""
    if target.comparison in (Comparison.AT_MOST, Comparison.BELOW):
        return False
    found = ratio(target, actual)
    return found is not None and found >= scheme.over_from


def achieved(target: Target, actual: Actual, scheme: Scheme) -> Decimal | None:
    """The share of its points an indicator earns, 0 to 1 in four decimals; None while nothing was told.

    Met is all, else in proportion. Far over a target that was set low loses in proportion to how far over it is. A
    strict bound that is just missed (">90" reached by 90) earns all but one part in ten thousand.
    """
    match target.comparison:
        case Comparison.WORD:
            return None if actual.share is None else actual.share.quantize(SHARE, ROUND_HALF_UP)
        case Comparison.BY_DATE:
            return _in_time(target, actual, scheme)
    if actual.value is None or target.value is None:
        return None
    found = ratio(target, actual)
    if is_met(target, actual):
        if actual.target_was_low and found is not None and is_far_over(target, actual, scheme):
            return ZERO if found.is_infinite() else (scheme.over_from / found).quantize(SHARE, ROUND_HALF_UP)
        return ONE
    part = ZERO if found is None else min(max(found, ZERO), ONE - SHARE)
    return part.quantize(SHARE, ROUND_HALF_UP)


def _in_time(target: Target, actual: Actual, scheme: Scheme) -> Decimal | None:
    if actual.on is None or target.by is None:
        return None if actual.share is None else actual.share.quantize(SHARE, ROUND_HALF_UP)
    late = (actual.on - target.by).days
    if late <= 0:
        return ONE
    return max(ZERO, ONE - Decimal(late) / scheme.late_days).quantize(SHARE, ROUND_HALF_UP)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number by weights so that the parts add up to it; what is left over goes to the largest rests."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    rests = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in rests[: total - sum(parts)]:
        parts[place] += 1
    return parts


@dataclass(frozen=True, slots=True)
class Weighted:
    """An indicator as points are given: its group, and the points the sheet gives it, if it does."""

    group: Group
    points: Decimal | None = None


def points_of(indicators: Sequence[Weighted], scheme: Scheme) -> list[Decimal]:
    """The full points of each indicator, two decimals; together they are 100 less those of the execution.

    What a group has not given out expressly is divided evenly among its others. A group without any indicator gives its
    points to the others by their weights. Points given expressly beyond a group's are cut to it in proportion.
    """
    groups = [one for one in Group if any(row.group is one for row in indicators)]
    weights = scheme.weights(groups)
    whole = (100 - scheme.execution) * 100
    of_group = dict(zip(groups, spread(whole, [weights.get(one, 0) for one in groups]), strict=True))
    found = [0] * len(indicators)
    for group, has in of_group.items():
        places = [place for place, row in enumerate(indicators) if row.group is group]
        given = {place: int((indicators[place].points or ZERO) * 100) for place in places}
        named = [place for place in places if indicators[place].points is not None]
        free = [place for place in places if indicators[place].points is None]
        said = sum(given[place] for place in named)
        if said > has or (not free and said != has):
            for place, part in zip(named, spread(has, [given[place] for place in named]), strict=True):
                found[place] = part
            continue
        for place in named:
            found[place] = given[place]
        for place, part in zip(free, spread(has - said, [1] * len(free)), strict=True):
            found[place] = part
    return [(Decimal(part) / 100).quantize(CENT) for part in found]


@dataclass(frozen=True, slots=True)
class Scored:
    """One indicator's result: full points, the share earned (None while open), points earned, its light."""

    full: Decimal
    share: Decimal | None
    points: Decimal
    light: PerformanceLight
    far_over: bool


@dataclass(frozen=True, slots=True)
class SheetScore:
    """A sheet's result; ``grade`` is None while any indicator or the execution is open."""

    execution_rate: Decimal | None
    execution_points: Decimal
    lines: tuple[Scored, ...]
    total: Decimal
    grade: Grade | None

    @property
    def complete(self) -> bool:
        """Whether nothing is open."""
        return self.execution_rate is not None and all(line.share is not None for line in self.lines)


def execution_rate(planned: Decimal, executed: Decimal | None) -> Decimal | None:
    """What was executed of the year's money, unbounded, four decimals; None without a plan or a figure."""
    if executed is None or planned <= 0:
        return None
    return (executed / planned).quantize(SHARE, ROUND_HALF_UP)


def evaluate(
    indicators: Sequence[tuple[Weighted, Target, Actual]], planned: Decimal, executed: Decimal | None, scheme: Scheme
) -> SheetScore:
    """Score a sheet: each indicator, the execution of its money, the total and the grade."""
    lines = []
    for full, (_, target, actual) in zip(points_of([row for row, _, _ in indicators], scheme), indicators, strict=True):
        share = achieved(target, actual, scheme)
        points = ZERO if share is None else (full * share).quantize(CENT, ROUND_HALF_UP)
        far = is_far_over(target, actual, scheme)
        lines.append(Scored(full, share, points, light_of_share(share, scheme), far))
    rate = execution_rate(planned, executed)
    earned = ZERO if rate is None else (min(ONE, max(ZERO, rate)) * scheme.execution).quantize(CENT, ROUND_HALF_UP)
    total = sum((line.points for line in lines), earned)
    found = SheetScore(rate, earned, tuple(lines), total, None)
    return SheetScore(rate, earned, tuple(lines), total, grade_of(total, scheme)) if found.complete else found


def grade_of(total: Decimal, scheme: Scheme) -> Grade:
    """The grade of a score; a bound belongs to the better grade."""
    bounds = ((scheme.excellent, Grade.EXCELLENT), (scheme.good, Grade.GOOD), (scheme.fair, Grade.FAIR))
    return next((grade for bound, grade in bounds if total >= bound), Grade.POOR)


def light_of_share(share: Decimal | None, scheme: Scheme) -> PerformanceLight:
    """The light of an indicator by the share of its target."""
    if share is None:
        return PerformanceLight.NONE
    if share >= scheme.green:
        return PerformanceLight.GREEN
    return PerformanceLight.YELLOW if share >= scheme.yellow else PerformanceLight.RED


def light_of_grade(grade: Grade | None) -> PerformanceLight:
    """The light of a scored sheet."""
    lights = {Grade.EXCELLENT: PerformanceLight.GREEN, Grade.GOOD: PerformanceLight.GREEN}
    lights |= {Grade.FAIR: PerformanceLight.YELLOW, Grade.POOR: PerformanceLight.RED}
    return PerformanceLight.NONE if grade is None else lights[grade]


def forecast_light(chance: Chance | None, share: Decimal | None, scheme: Scheme) -> PerformanceLight:
    """The light of an indicator in the monitoring: by the chance that was told, else by the forecast's share."""
    lights = {Chance.CERTAIN: PerformanceLight.GREEN, Chance.LIKELY: PerformanceLight.YELLOW}
    lights |= {Chance.IMPOSSIBLE: PerformanceLight.RED}
    return light_of_share(share, scheme) if chance is None else lights[chance]


def weighted_mean(scores: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The mean of scores by their money, half up to two decimals; plain where there is no money; None of nothing."""
    if not scores:
        return None
    whole = sum((money for _, money in scores), ZERO)
    rows = scores if whole > 0 else [(score, ONE) for score, _ in scores]
    weight = whole if whole > 0 else Decimal(len(rows))
    return (sum((score * money for score, money in rows), ZERO) / weight).quantize(CENT, ROUND_HALF_UP)


def worst(lights: Sequence[PerformanceLight]) -> PerformanceLight:
    """The gravest of some lights; none counts only where there is nothing else."""
    order = (PerformanceLight.RED, PerformanceLight.YELLOW, PerformanceLight.GREEN)
    return next((one for one in order if one in lights), PerformanceLight.NONE)
