"""Exact amounts with units: money, tonnes, days, people; what cannot be added is refused, nothing is ever a float."""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from chengmai.core.errors import InvalidInput

Dimension = tuple[tuple[str, int], ...]
"""Base units with their powers, sorted: money a tonne is (("吨", -1), ("元", 1)); a bare number is empty."""
BARE: Dimension = ()
MONEY: Dimension = (("元", 1),)

_UNITS: dict[str, tuple[str, Fraction]] = {
    **{name: ("元", Fraction(scale)) for name, scale in {"亿元": 10**8, "万元": 10**4, "千元": 1000, "元": 1}.items()},
    "角": ("元", Fraction(1, 10)),
    "分": ("元", Fraction(1, 100)),
    "亿吨": ("吨", Fraction(10**8)),
    "万吨": ("吨", Fraction(10**4)),
    "吨": ("吨", Fraction(1)),
    "千克": ("吨", Fraction(1, 1000)),
    "公斤": ("吨", Fraction(1, 1000)),
    "万立方米": ("立方米", Fraction(10**4)),
    "立方米": ("立方米", Fraction(1)),
    "平方公里": ("平方米", Fraction(10**6)),
    "万平方米": ("平方米", Fraction(10**4)),
    "亩": ("平方米", Fraction(2000, 3)),
    "平方米": ("平方米", Fraction(1)),
    "公里": ("米", Fraction(1000)),
    "米": ("米", Fraction(1)),
    "万千瓦时": ("千瓦时", Fraction(10**4)),
    "千瓦时": ("千瓦时", Fraction(1)),
    "度": ("千瓦时", Fraction(1)),
    "年": ("月", Fraction(12)),
    "个月": ("月", Fraction(1)),
    "月": ("月", Fraction(1)),
    "天": ("天", Fraction(1)),
    "日": ("天", Fraction(1)),
    "小时": ("小时", Fraction(1)),
    "万人": ("人", Fraction(10**4)),
    "人": ("人", Fraction(1)),
    **{name: (name, Fraction(1)) for name in ("户", "次", "件", "台", "套", "条", "座", "辆", "车")},
    "%": ("", Fraction(1, 100)),
    "‰": ("", Fraction(1, 1000)),
}
"""Unit as written -> base unit and how many of it; a year is twelve months, but no number of days."""
UNIT_NAMES = tuple(sorted(_UNITS, key=len, reverse=True))
_NUMBER = re.compile(r"-?\d+(,\d{3})*(\.\d+)?")


class Rounding(StrEnum):
    """How what is finer than the smallest step is cut; a clause names it, for the usual one is not everywhere usual."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.UP: ROUND_CEILING,
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written, ``元/吨``: its dimension, and how many of the base units it is."""

    name: str
    dimension: Dimension
    scale: Fraction


@dataclass(frozen=True, slots=True)
class Measure:
    """An exact amount in base units (yuan, tonnes, cubic metres, days, months, people ...) with its dimension."""

    amount: Fraction
    dimension: Dimension = BARE

    def __add__(self, other: "Measure") -> "Measure":
        """Raises InvalidInput unless both are of one dimension."""
        _same(self, other)
        return Measure(self.amount + other.amount, self.dimension)

    def __sub__(self, other: "Measure") -> "Measure":
        """Raises InvalidInput unless both are of one dimension."""
        _same(self, other)
        return Measure(self.amount - other.amount, self.dimension)

    def __mul__(self, other: "Measure") -> "Measure":
        return Measure(self.amount * other.amount, times(self.dimension, other.dimension, 1))

    def __truediv__(self, other: "Measure") -> "Measure":
        """Raises ZeroDivisionError."""
        return Measure(self.amount / other.amount, times(self.dimension, other.dimension, -1))

    def __neg__(self) -> "Measure":
        return Measure(-self.amount, self.dimension)

    def compared(self, other: "Measure") -> int:
        """-1, 0 or 1 as it is less, equal or more; raises InvalidInput unless both are of one dimension."""
        _same(self, other)
        return (self.amount > other.amount) - (self.amount < other.amount)

    def rounded(self, step: "Measure", mode: Rounding) -> "Measure":
        """To whole steps (0.01 万元); raises InvalidInput for a step of another dimension or none above zero."""
        _same(self, step)
        if step.amount <= 0:
            raise InvalidInput("contract.rounding_step", step=str(step.amount))
        steps = self.amount / step.amount
        return Measure(Fraction(_whole(steps, mode)) * step.amount, self.dimension)

    def told(self, unit: Unit, decimals: int = 2) -> str:
        """In a unit with at most that many decimals, a half going up; raises InvalidInput for a unit unfit."""
        if unit.dimension != self.dimension:
            raise InvalidInput("contract.unit_differs", left=dimension_told(self.dimension), right=unit.name)
        shown = Fraction(_whole(self.amount / unit.scale * 10**decimals, Rounding.HALF_UP), 10**decimals)
        return f"{Decimal(shown.numerator) / Decimal(shown.denominator):,.{decimals}f} {unit.name}"


def _whole(steps: Fraction, mode: Rounding) -> int:
    """The whole number of steps by the mode; exact, for the fraction is split before anything is cut."""
    whole, rest = divmod(abs(steps.numerator), steps.denominator)
    sign = -1 if steps < 0 else 1
    # Whatever lies strictly between two tenths rounds alike, so one digit and a trace of more stand for the rest.
    tenths, trace = divmod(rest * 10, steps.denominator)
    shown = Decimal(f"{whole}.{tenths}{1 if trace else 0}") * sign
    return int(shown.quantize(Decimal(1), rounding=_MODES[mode]))


def _same(left: Measure, right: Measure) -> None:
    if left.dimension != right.dimension:
        raise InvalidInput(
            "contract.unit_differs", left=dimension_told(left.dimension), right=dimension_told(right.dimension)
        )


def times(left: Dimension, right: Dimension, sign: int) -> Dimension:
    """The dimension of a product (``sign`` 1) or of a quotient (-1)."""
    powers = dict(left)
    for base, power in right:
        powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def unit(name: str) -> Unit:
    """A unit by its written name, ``元``, ``元/吨`` or ``元/人/月``; raises InvalidInput for one unknown."""
    dimension, scale = BARE, Fraction(1)
    for place, part in enumerate(name.replace(" ", "").split("/")):
        if part not in _UNITS:
            raise InvalidInput("contract.unit_unknown", unit=part)
        base, size = _UNITS[part]
        one: Dimension = ((base, 1),) if base else BARE
        dimension = times(dimension, one, -1 if place else 1)
        scale = scale / size if place else scale * size
    return Unit(name.replace(" ", ""), dimension, scale)


def measure(number: str, unit_name: str = "") -> Measure:
    """``1,016.63`` and ``万吨`` as an exact amount; raises InvalidInput for no number or an unknown unit."""
    if not _NUMBER.fullmatch(number):
        raise InvalidInput("contract.no_number", value=number[:40])
    amount = Fraction(number.replace(",", ""))
    if not unit_name:
        return Measure(amount)
    found = unit(unit_name)
    return Measure(amount * found.scale, found.dimension)


def dimension_told(dimension: Dimension) -> str:
    """A dimension for people, ``元/吨``; a bare number is ``1``."""
    upper = [_powered(base, power) for base, power in dimension if power > 0]
    lower = [_powered(base, -power) for base, power in dimension if power < 0]
    return "/".join(["·".join(upper) or "1", *lower])


def _powered(base: str, power: int) -> str:
    return base if power == 1 else f"{base}^{power}"
