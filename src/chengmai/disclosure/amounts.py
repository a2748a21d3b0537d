"""Amounts as printed: the value, the form it was printed in, and how far the two are apart."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chengmai.disclosure.folding import fold

_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?:[¥￥]\s*)?(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ '\u2019]\d{3})+|\d+)(?P<fraction>\.\d+)?"
)
_BRACKETS = re.compile(r"\((?P<inside>[^()]*)\)")
_NOTHING = {"-", "--", "—", "——", "–", "/", "无"}
_MOST_DIGITS = 24
YUAN_OF_UNIT = {"元": 1, "千元": 1000, "万元": 10_000, "亿元": 100_000_000}
"""Yuan in each unit that a table of money may be printed in."""


class Fidelity(StrEnum):
    """How a value stands to its print: the same, normalised with the printed form kept, or in doubt and found."""

    EXACT = "exact"
    NORMALISED = "normalised"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as printed. ``value`` has as many decimals as the print; an empty cell or a dash is zero.

    No unit is in it: that stands over the table or behind the number.
    """

    value: Decimal
    printed: str
    fidelity: Fidelity = Fidelity.EXACT

    @property
    def decimals(self) -> int:
        """Printed decimals; half of the last one is what a term may be off by rounding."""
        exponent = self.value.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def blank(self) -> bool:
        """Whether no figure is printed, so that zero is meant."""
        return not any(sign.isdigit() for sign in fold(self.printed))


def parse_amount(printed: str) -> Amount | None:
    """The amount a whole cell holds; None when it is no number. Nothing is guessed: 1.234,50 is none.

    Thousands may be set off by commas, spaces or apostrophes; brackets mean less than zero; full-width signs fold.
    """
    text = fold(printed).replace("，", ",").strip()
    if not text:
        return Amount(Decimal(0), printed)
    if text in _NOTHING:
        return Amount(Decimal(0), printed, Fidelity.NORMALISED)
    bracketed = _BRACKETS.fullmatch(text)
    found = _NUMBER.fullmatch(bracketed["inside"].strip() if bracketed else text)
    if found is None or len(text) > _MOST_DIGITS or (bracketed and found["sign"]):
        return None
    whole = re.sub(r"\D", "", found["whole"])
    sign = "-" if bracketed or found["sign"] == "-" else ""
    value = Decimal(f"{sign}{whole}{found['fraction'] or ''}")
    exact = _PLAIN.fullmatch(printed) is not None and str(value) == printed
    return Amount(value, printed, Fidelity.EXACT if exact else Fidelity.NORMALISED)


def reprint(value: Decimal, decimals: int = 2) -> str:
    """A figure as the tables print it: two decimals, nothing for zero, no thousands separators."""
    return f"{value:.{decimals}f}" if value else ""
