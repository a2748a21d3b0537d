"""Quantities between tables and contracts: whole millionths of a unit, exact amounts, text; never a float. Pure."""

import re
from decimal import Decimal
from fractions import Fraction

from chengmai.contracts.measures import Measure, Unit, unit
from chengmai.core.errors import InvalidInput
from chengmai.settlement.terms import QUANTITY_SCALE, OverMonths

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
"""At most six decimals, no thousands marks; fits a 64-bit count of millionths."""
_STANDING = {"人", "户", "台", "套", "条", "座", "辆"}
"""What stands there through the months: fifty people for three months are fifty people."""


def millionths_of(number: str | Decimal) -> int:
    """Whole millionths of a number as told; raises InvalidInput for no number, or one too fine or too large."""
    text = f"{number:f}" if isinstance(number, Decimal) else number.strip().replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise InvalidInput("settlement.no_number", value=text[:40])
    return int(Decimal(text) * QUANTITY_SCALE)


def decimal_of(millionths: int) -> Decimal:
    """The number, without zeros at its end."""
    found = Decimal(millionths) / QUANTITY_SCALE
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()


def told(millionths: int) -> str:
    """The number as text: what doors send."""
    return f"{decimal_of(millionths):f}"


def measure_of(millionths: int, unit_name: str) -> Measure:
    """The exact amount of what is kept."""
    known = unit(unit_name)
    return Measure(Fraction(millionths, QUANTITY_SCALE) * known.scale, known.dimension)


def usual_over_months(known: Unit) -> OverMonths:
    """Months add up, but for rates and for what stands there; a binding may say otherwise."""
    standing = len(known.dimension) == 1 and known.dimension[0] in {(name, 1) for name in _STANDING}
    return OverMonths.SAME if standing or not known.dimension else OverMonths.SUM
