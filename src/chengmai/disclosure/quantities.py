"""Every number of a Chinese text with unit, dimension, precision and place; dates and document numbers apart."""

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from chengmai.disclosure.folding import fold

MONEY, MASS, AREA, LENGTH, VOLUME, TIME, SHARE, POINTS, PLAIN = (
    "money",
    "mass",
    "area",
    "length",
    "volume",
    "time",
    "share",
    "points",
    "",
)
"""Dimensions; a counted thing (人, 辆, 项) has its own measure word for a dimension."""

_ONE = Decimal(1)
_UNITS: dict[str, tuple[str, Decimal]] = {
    "元": (MONEY, _ONE),
    "角": (MONEY, Decimal("0.1")),
    "分": (MONEY, Decimal("0.01")),
    "吨": (MASS, _ONE),
    "公斤": (MASS, Decimal("0.001")),
    "千克": (MASS, Decimal("0.001")),
    "平方米": (AREA, _ONE),
    "平方公里": (AREA, Decimal(1_000_000)),
    "平米": (AREA, _ONE),
    "㎡": (AREA, _ONE),
    "m²": (AREA, _ONE),
    "亩": (AREA, Decimal(2000) / Decimal(3)),
    "公顷": (AREA, Decimal(10_000)),
    "立方米": (VOLUME, _ONE),
    "m³": (VOLUME, _ONE),
    "公里": (LENGTH, Decimal(1000)),
    "千米": (LENGTH, Decimal(1000)),
    "米": (LENGTH, _ONE),
    "厘米": (LENGTH, Decimal("0.01")),
    "工日": ("工日", _ONE),
    "工时": ("工时", _ONE),
    "年": (TIME, Decimal(12)),
    "个月": (TIME, _ONE),
    "月": (TIME, _ONE),
    "%": (SHARE, Decimal("0.01")),
    "‰": (SHARE, Decimal("0.001")),
    "个百分点": (POINTS, Decimal("0.01")),
    "百分点": (POINTS, Decimal("0.01")),
}
_COUNTED = "人名位辆台套个项处条件份种次家座户起支批栋层期场篇幅块盏株棵根所间张只头册部"
COUNTED = frozenset(_COUNTED)
"""Measure words of things that are counted."""
_SAME_COUNT = {"名": "人", "位": "人"}
_TENS = {"亿": Decimal(10) ** 8, "万": Decimal(10) ** 4, "千": Decimal(1000), "百": Decimal(100), "": _ONE}
_ABOUT_BEFORE = re.compile(r"(?:约|约为|近|大约|将近|超过|逾|不足|左右)\s*$")
_ABOUT_AFTER = re.compile(r"\s*(?:左右|以上|以下|余|多)")

_BASE = "|".join(
    sorted((re.escape(unit) for unit in _UNITS if unit not in ("角", "分", "年", "月")), key=len, reverse=True)
)
_PER = rf"(?:\s*/\s*(?:{_BASE}|年|月|日|天|季度|工日|公里|[{_COUNTED}]))*"
_NUMBER = re.compile(
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?P<more>余|多|几)?\s?"
    rf"(?P<tens>亿|万(?!\s?亿)|千(?=元|克|米|吨)|百(?=元|万元))?(?P<more2>余|多)?\s?"
    rf"(?P<unit>{_BASE}|[{_COUNTED}]|年(?!度)|月(?!\d))?(?P<per>{_PER})"
)
_WORDS = re.compile(
    r"(?P<words>[一二三四五六七八九十百千两零]{1,7})(?P<tens>亿|万)?(?P<unit>元|吨|亩|公里|平方米|人|名|辆)(?!次|员|以|们)"
)
_PERCENT_WORDS = re.compile(
    r"百分之(?P<words>[一二三四五六七八九十百零]{1,5})(?:点(?P<fraction>[一二三四五六七八九零]{1,3}))?"
)
_PRICE_BEFORE = re.compile(
    rf"每((?:{_BASE}|人|名|套|辆|户|项|件|个|台|次|年|月|日|工日|车|份|条|处|栋|平)(?:每[年月日])?)[^\d，。；;、:：()]{{0,8}}$"
)
_RANGE_GAP = re.compile(r"\s*(?:-|~|—|–|至|到)\s*")

_YEAR = r"(?:19|20)\d\d"
_DATES = re.compile(
    rf"(?P<stamp>(?<!\d){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{{6}})?(?!\d))"
    rf"|(?<!\d){_YEAR}-\d{{1,2}}-\d{{1,2}}(?!\d)"
    rf"|(?<!\d){_YEAR}年?\s*(?:-|—|~|至|到|、)\s*{_YEAR}\s*年(?:度)?(?:\d{{1,2}}月)?"
    rf"|(?<![\d.]){_YEAR}\s*年(?:度)?(?:\s*\d{{1,2}}\s*(?:[-—~至、]\s*\d{{1,2}}\s*)?月(?:份)?(?:\s*\d{{1,2}}\s*日)?)?"
    r"(?:\s*[-—~至]\s*(?:\d{4}\s*年)?\s*\d{1,2}\s*月(?:份)?(?:\s*\d{1,2}\s*日)?)?"
    r"|(?<![\d.])\d{2,4}[.]\d{1,2}(?:[.]\d{1,2})?\s*[-—~至]\s*(?:\d{2,4}[.])?\d{1,2}[.]\d{1,2}(?:[.]\d{1,2})?日?(?![\d万元吨%])"
    r"|(?<![\d.])\d{1,2}[.]\d{1,2}\s*[-—~至]\s*\d{1,2}[.]\d{1,2}日"
    r"|(?<![\d.])[12]\d年(?:\s*(?:\d{1,2}\s*[-—~至]\s*)?\d{1,2}\s*月(?:份)?(?:\d{1,2}日)?)?(?!期)"
    r"|(?<![\d.])[12]\d\s*[-—~至]\s*[12]\d\s*年"
    r"|(?<![\d.*×])\d{1,2}\s*(?:[-—~至、]\s*\d{1,2}\s*)?月(?:份|底|初|末|前|中旬)?(?:\s*\d{1,2}\s*日)?(?![/])"
    r"|(?<![\d.])\d{1,2}日(?!均)"
)
_NO_AMOUNT = re.compile(
    rf"[〔\[【(]\s*{_YEAR}\s*[〕\]】)][^\d，。；;]{{0,6}}\d{{1,5}}\s*[号次]?|第\s*\d+\s*[次届条章页号部]?|\d+\s*号(?:楼)?"
    rf"|[A-Za-z][A-Za-z]*\s?-?\d[\d/.\-]*(?![万元])|(?<!\d)\d{{1,3}}-(?=[\u4e00-\u9fff])"
    rf"|[(]\d{{1,2}}[)]|(?<![\d.])1\d{{10}}(?!\d)|\d+/\d+-\d+"
)
ITEM_NUMBER = re.compile(rf"(?:^|(?<=[。；;：:,，)(、\s\"“”]))\d{{1,2}}[.、](?=\s?(?:[^\d\s.]|{_YEAR}\s*年))")
"""The number of an item of a list, "2." or "3、"; "2.2022年" is the second item, about 2022."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A printed number with its unit; ``start`` and ``end`` are offsets into the text it was found in.

    ``number`` is as printed, ``scale`` tells how many base units (元, 吨, 平方米, 米, 月, 1) the printed unit has;
    ``per`` names what a price is for. ``about`` marks 约, 余, 左右 and numbers that are an end of a range.
    """

    number: Decimal
    unit: str
    scale: Decimal
    dimension: str
    start: int
    end: int
    per: tuple[str, ...] = ()
    about: bool = False

    @property
    def value(self) -> Decimal:
        """The number in base units."""
        return self.number * self.scale

    @property
    def decimals(self) -> int:
        """How many decimals are printed."""
        exponent = self.number.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def half(self) -> Decimal:
        """Half of the last printed digit, in base units."""
        return Decimal(5).scaleb(-self.decimals - 1) * self.scale

    @property
    def printed(self) -> str:
        """The number and its unit, without what separates thousands."""
        return f"{self.number}{self.unit}"


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date or a span of time as printed, with its year, month and day as far as they are told."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a text holds: its quantities in order, its dates, and the spans of numbers that are neither (号, codes)."""

    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    others: tuple[tuple[int, int], ...]


def numbers(text: str) -> Numbers:
    """All numbers of a text; offsets are those of the text as given. Never raises."""
    folded = fold(text)
    if not any("0" <= sign <= "9" for sign in folded) and not _WORDS.search(folded) and "百分之" not in folded:
        return Numbers((), (), ())
    items = [found.span() for found in ITEM_NUMBER.finditer(folded)]
    masked = _masked(folded, items)
    dates = [DateMention(found.start(), found.end(), found[0]) for found in _DATES.finditer(masked)]
    hidden = [(date.start, date.end) for date in dates]
    masked = _masked(masked, hidden)
    others = [found.span() for found in _NO_AMOUNT.finditer(masked)]
    masked = _masked(masked, others)
    found = [*_figures(masked, folded), *_words(masked)]
    found.sort(key=lambda one: one.start)
    return Numbers(tuple(_ranges(found, folded)), tuple(dates), tuple(sorted([*others, *items])))


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], "\x00" * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def _figures(masked: str, folded: str) -> list[Quantity]:
    result = []
    for found in _NUMBER.finditer(masked):
        unit, tens, per = found["unit"] or "", found["tens"] or "", found["per"] or ""
        dimension, scale = measure(unit, tens)
        before = folded[max(0, found.start() - 16) : found.start()]
        named = tuple(part.strip() for part in per.split("/")[1:])
        if dimension == MONEY and not named and (price := _PRICE_BEFORE.search(before)):
            named = tuple(price[1].split("每"))
        about = bool(found["more"] or found["more2"] or _ABOUT_BEFORE.search(before))
        about = about or bool(_ABOUT_AFTER.match(folded[found.end() : found.end() + 4]))
        number = Decimal(found["number"].replace(",", ""))
        end = found.end() - (len(found[0]) - len(found[0].rstrip()))
        result.append(
            Quantity(
                number, f"{tens}{unit}{per}", scale / _per_scale(named), dimension, found.start(), end, named, about
            )
        )
    return result


@cache
def measure(unit: str, tens: str = "") -> tuple[str, Decimal]:
    """A unit's dimension and size in base units; 万 without a unit is money, as these documents print it."""
    if not unit:
        return (MONEY, _TENS[tens]) if tens in ("万", "亿") else (PLAIN, _TENS[tens])
    dimension, size = _UNITS.get(unit, (_SAME_COUNT.get(unit, unit), _ONE))
    return dimension, size * _TENS[tens]


def _per_scale(named: tuple[str, ...]) -> Decimal:
    scale = _ONE
    for unit in named:
        dimension, size = measure(unit.removeprefix("全"))
        if dimension in (MASS, AREA, LENGTH, VOLUME):
            scale *= size
    return scale


def _words(masked: str) -> list[Quantity]:
    result = []
    for found in _WORDS.finditer(masked):
        number = _chinese_number(found["words"])
        # A single 一 or 两 before a measure word is language, not a figure.
        if number is None or (number < 10 and not found["tens"] and found["unit"] != "元"):
            continue
        unit, tens = found["unit"], found["tens"] or ""
        dimension, scale = measure(unit, tens)
        result.append(Quantity(Decimal(number), f"{tens}{unit}", scale, dimension, *found.span()))
    for found in _PERCENT_WORDS.finditer(masked):
        number = _chinese_number(found["words"])
        if number is not None:
            fraction = "".join(str("零一二三四五六七八九".index(sign)) for sign in found["fraction"] or "")
            value = Decimal(f"{number}.{fraction}" if fraction else number)
            result.append(Quantity(value, "%", Decimal("0.01"), SHARE, *found.span()))
    return result


def _chinese_number(words: str) -> int | None:
    total = current = 0
    for sign in words:
        if sign in "十百千":
            total += (current or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            current = 0
        else:
            current = "零一二三四五六七八九".find(sign.replace("两", "二"))
    return total + current or None


def _ranges(found: list[Quantity], folded: str) -> list[Quantity]:
    """Numbers that are the ends of one range ("50-60万元") are marked; the first takes the unit of the second."""
    result = list(found)
    for index, (left, right) in enumerate(itertools.pairwise(found)):
        gap = folded[left.end : right.start]
        same = left.dimension in (PLAIN, right.dimension) and right.dimension != PLAIN and left.number < right.number
        before = folded[left.start - 1] if left.start else ""
        span = "-" not in gap or (left.decimals == right.decimals == 0 and before not in tuple("+-*×=("))
        if _RANGE_GAP.fullmatch(gap) and same and span and not right.per and left.dimension == PLAIN:
            result[index] = Quantity(
                left.number, right.unit, right.scale, right.dimension, left.start, left.end, right.per, True
            )
            result[index + 1] = Quantity(
                right.number, right.unit, right.scale, right.dimension, right.start, right.end, right.per, True
            )
    return result
