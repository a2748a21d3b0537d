"""The target of an indicator as printed: an operator, a figure and its unit; a date; a period; or a word."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.folding import fold
from chengmai.disclosure.quantities import Quantity, numbers
from chengmai.disclosure.reading.sheet_labels import sheet_labels

_OPERATORS = {
    "≥": "≥", ">=": "≥", "不少于": "≥", "不低于": "≥", "≤": "≤", "<=": "≤", "不超过": "≤", "不高于": "≤",
    ">": ">", "大于": ">", "高于": ">", "<": "<", "小于": "<", "低于": "<", "=": "=", "约": "≈", "≈": "≈",
}  # fmt: skip
_OPERATOR = "|".join(sorted(map(re.escape, _OPERATORS), key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?P<operator>{_OPERATOR})?\s*(?P<number>-?[\d,，]+(?:\.\d+)?)\s*(?P<unit>[^\d≥≤<>=\s][^\d≥≤<>=]*)?"
)
_DATE = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?:(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>[12]\d|3[01]|0?[1-9])日)?(?P<part>上旬|中旬|下旬|底|初)?)?"
    r"(?P<bound>之前|以前|前|后|之后)?"
)
_PERIOD = re.compile(
    r"每.{1,12}|(?:按|逐)?(?:季度|季|月|半年|年|日|天)|[前后上下]半年|全年|常年|长期|随时|实时|.{0,4}工作日"
)
_NAME_WITH_YEAR = re.compile(r"20\d\d年?[^\d前底]")
_MOST_OF_A_WORD = 12
_MOST_OF_A_UNIT = 8


class TargetKind(StrEnum):
    """What a target is: a figure, a date, a period, or a word that a person must judge."""

    FIGURE = "figure"
    DATE = "date"
    PERIOD = "period"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class TargetValue:
    """A target. ``operator`` is one of ≥ ≤ > < = ≈, "=" where none is printed; ``text`` is the whole, half-width.

    For a date ``until`` holds (year, month, day), zero where not told; ``bound`` says that it is a last day.
    """

    kind: TargetKind
    text: str
    operator: str = ""
    number: Decimal | None = None
    unit: str = ""
    until: tuple[tuple[int, int, int], ...] = ()
    bound: bool = False


def parse_target(printed: str) -> TargetValue | None:
    """The target a cell holds; None when it is empty or too long to be one."""
    text = fold(printed).strip()
    bare = re.sub(r"\s+", "", text)
    if not bare:
        return None
    dates = _dates(bare)
    if dates is not None:
        return dates
    if _PERIOD.fullmatch(bare):
        return TargetValue(TargetKind.PERIOD, bare)
    found = _FIGURE.fullmatch(text)
    if found is not None and (amount := parse_amount(found["number"])) is not None:
        operator, unit = _OPERATORS[found["operator"]] if found["operator"] else "=", (found["unit"] or "").strip()
        if len(unit) <= _MOST_OF_A_UNIT and not _NAME_WITH_YEAR.match(bare):
            return TargetValue(TargetKind.FIGURE, bare, operator, amount.value, unit)
    return TargetValue(TargetKind.WORD, bare) if len(bare) <= _MOST_OF_A_WORD else None


def quantity_of(target: TargetValue | None) -> Quantity | None:
    """The figure of a target with its unit's size; None for a date, a period, a word, or several figures."""
    return None if target is None or target.kind != TargetKind.FIGURE else _quantity(target.text)


@lru_cache(maxsize=4096)
def _quantity(text: str) -> Quantity | None:
    found = numbers(text)
    return found.quantities[0] if len(found.quantities) == 1 and not found.dates else None


def direction_of(target: TargetValue | None) -> str:
    """≤ or ≥ for a bound, < and > being printed for them; else nothing."""
    return {"<": "≤", "≤": "≤", ">": "≥", "≥": "≥"}.get(target.operator, "") if target is not None else ""


def looks_like_target(text: str, before: str = "") -> bool:
    """Whether a text is a target and no indicator's name; ``before`` is the text in front of it, mostly the name."""
    target = parse_target(text)
    if target is None:
        return False
    if target.kind != TargetKind.WORD:
        return True
    known = sheet_labels().words
    if before and len(target.text) <= 6 and target.text in re.sub(r"\s+", "", fold(before)):
        return True
    return len(target.text) <= 6 and any(
        target.text.startswith(word) and len(target.text) <= len(word) + 2 for word in known
    )


def _dates(bare: str) -> TargetValue | None:
    """One date or several in a list; a month or a year must be told."""
    until, bound = [], False
    for part in re.split(r"[、,，和]", bare):
        found = _DATE.fullmatch(part)
        if found is None or not (found["month"] or (found["year"] and found["bound"])):
            return None
        until.append(tuple(int(found[name] or 0) for name in ("year", "month", "day")))
        bound = bound or found["bound"] in ("前", "之前", "以前") or found["part"] == "底"
    return TargetValue(TargetKind.DATE, bare, until=tuple((one[0], one[1], one[2]) for one in until), bound=bound)
