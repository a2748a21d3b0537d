"""Targets and goals of a project's sheet: the year's against the term's, and both against what its text tells."""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.arithmetic import spot
from chengmai.disclosure.checking.checked_sheets import GOALS, CheckedSheet, SheetChecks
from chengmai.disclosure.checking.relations import shown
from chengmai.disclosure.checking.told_lists import told_lists
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import COUNTED, ITEM_NUMBER, MONEY, SHARE, TIME, numbers
from chengmai.disclosure.reading.sheets import FundSource, TargetIndicator, TargetSpan
from chengmai.disclosure.reading.targets import direction_of, quantity_of

_SAME_THING, _SURELY = 0.75, 0.85
_HALF_OF_A_NAME = 0.5
_AT_LEAST = re.compile(r"(?:至少|不少于|不低于|不小于)[^\d,，。；;]{0,4}$")
_AT_MOST = re.compile(r"(?:不超过|不多于|不高于|至多|最多)[^\d,，。；;]{0,4}$")
_NAME_NOISE = re.compile(r"(?:19|20)\d\d年?(?:度)?|[年全共各个完成的数量率]|时间|情况|标准|总长|面积数")


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure of the text that may be the target's: how alike its words are, and whether its item names its year."""

    passage: Passage
    mention: Mention
    alike: float
    own_year: bool


def check_targets(one: CheckedSheet, checks: SheetChecks) -> None:
    """All rules about a sheet's targets and goals."""
    terms = {name_key(target.name.value): target for target in one.sheet.indicators if target.span == TargetSpan.TERM}
    term_fund, year_fund = (one.sheet.fund(span, FundSource.TOTAL) for span in TargetSpan)
    one_year = term_fund is not None and term_fund == year_fund
    for target in one.sheet.indicators:
        if target.value is None or not target.name.value:
            continue
        term = terms.get(name_key(target.name.value))
        if target.span == TargetSpan.YEAR and term is not None:
            _check_term(term, target, one_year, checks)
        alone = term is None or direction_of(term.value) != direction_of(target.value)
        if target.span == TargetSpan.TERM or alone:
            _check_against_text(one, target, checks)
            _check_other_measure(one, target, checks)
            _check_listed(one, target, checks)
    _check_goals(one, checks)


def _check_term(term: TargetIndicator, year: TargetIndicator, one_year: bool, checks: SheetChecks) -> None:
    before, now = quantity_of(term.value), quantity_of(year.value)
    if before is None or now is None:
        return
    checks.cover(term.target.place, year.target.place)
    same = before.value == now.value and direction_of(term.value) == direction_of(year.value)
    more = now.value > before.value and before.dimension not in (SHARE, TIME)
    if same or (not one_year and not more):
        checks.holding += 1
        return
    checks.find(
        "disclosure.sheet.term",
        Severity.ERROR if more else Severity.WARNING,
        year.target.place,
        term.target.place,
        year.target.printed,
        term.target.printed,
        shown((now.value - before.value) / now.scale),
        name=year.name.value,
    )


def _check_against_text(one: CheckedSheet, target: TargetIndicator, checks: SheetChecks) -> None:
    quantity = quantity_of(target.value)
    if quantity is None or quantity.dimension in (SHARE, TIME, MONEY, ""):
        return
    name = target.name.value
    years = set(re.findall(r"(?:19|20)\d\d", name))
    told: list[_Told] = []
    same: list[_Told] = []
    for text in one.texts:
        if text.key in (*GOALS, "goal"):
            continue
        for found in text.mentions:
            if found.quantity.dimension != quantity.dimension or found.quantity.per:
                continue
            alike = max(_alike(name, found.before), _alike(name, f"{found.before}{found.after[:6]}"))
            item = _years_of_item(text.passage, found) if years and alike >= _SAME_THING else []
            here = _Told(text.passage, found, alike, bool(item) and item[0] in years)
            if found.quantity.value == quantity.value:
                same.append(here)
            elif alike >= _SAME_THING and (not years or years & (set(item) or years)):
                told.append(here)
    # The same figure of another year says nothing where the target's own year is told with another one.
    own = [here for here in told if here.own_year and here.alike >= _SURELY] if not quantity.per else []
    if same and not (own and not any(here.own_year for here in same)):
        if not quantity.per:
            checks.covered.add(spot(same[0].passage, same[0].mention.quantity))
            checks.cover(target.target.place)
            checks.holding += 1
        _check_operator(target, same[0].passage, same[0].mention, checks)
    elif told and not quantity.per:
        best = min(own or told, key=lambda here: (-here.alike, abs(here.mention.quantity.value - quantity.value)))
        passage, other = best.passage, best.mention.quantity
        checks.cover(target.target.place)
        checks.find(
            "disclosure.sheet.target_text",
            Severity.WARNING,
            target.target.place,
            passage.place(other.start, other.end),
            target.target.printed,
            other.printed,
            shown((quantity.value - other.value) / quantity.scale),
            name=name,
        )


def _check_other_measure(one: CheckedSheet, target: TargetIndicator, checks: SheetChecks) -> None:
    """每月报道至少3次 and ≤3条/月: the same number of one thing under another measure word, the other way round."""
    quantity = quantity_of(target.value)
    if quantity is None or quantity.dimension not in COUNTED or not direction_of(target.value):
        return
    core = _NAME_NOISE.sub("", name_key(target.name.value))
    for text in one.texts:
        if text.key in (*GOALS, "goal"):
            continue
        for found in text.mentions:
            other = found.quantity
            counted = other.dimension in COUNTED and other.dimension != quantity.dimension and not other.per
            if counted and other.number == quantity.number and _shared(core, found.before) >= _HALF_OF_A_NAME:
                _check_operator(target, text.passage, found, checks)
                return


def _shared(core: str, words: str) -> float:
    """How much of a name's characters stand in some words, in pieces of two and more."""
    blocks = SequenceMatcher(None, core, words, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size > 1) / len(core) if core else 0.0


def _check_operator(target: TargetIndicator, passage: Passage, told: Mention, checks: SheetChecks) -> None:
    """至少2条 cannot be ≤2条, and 20余件 is more than 20."""
    behind = passage.text[told.start : told.end + 1]
    least = _AT_LEAST.search(told.before) or "余" in behind
    most = _AT_MOST.search(told.before)
    direction = direction_of(target.value)
    if (least and direction == "≤") or (most and direction == "≥"):
        words = passage.text[max(0, told.start - 6) : told.end]
        checks.find(
            "disclosure.sheet.operator",
            Severity.WARNING,
            target.target.place,
            passage.place(told.start, told.end),
            target.target.printed,
            words.strip(),
            name=target.name.value,
        )


def _alike(name: str, words: str) -> float:
    """How far the words at a figure speak of what a target is named after: its noun, years and measures aside."""
    core = _NAME_NOISE.sub("", name_key(name))
    whole = _NAME_NOISE.sub("", name_key(words))
    other = whole[-len(core) - 2 :]
    if len(core) < 3:
        return 0.0
    if core in other:
        return 1.0
    # 基本污水处理量 and 基本处理水量 name one thing: the same characters, put in another order, one perhaps left out.
    signs = re.sub(r"[^\u4e00-\u9fff]", "", whole)
    bag = max(_common(core, signs[-size:]) for size in ((len(core), len(core) - 1) if len(core) > 5 else (len(core),)))
    ratio = SequenceMatcher(None, core, other, autojunk=False).ratio()
    return max(ratio, bag) if bag >= _SURELY else ratio


def _common(core: str, words: str) -> float:
    """The share of characters that two names have in common, whatever their order."""
    return 2 * (Counter(core) & Counter(words)).total() / (len(core) + len(words))


def _years_of_item(passage: Passage, one: Mention) -> list[str]:
    """The years told before a figure in its item of the list, in the order of print."""
    start = max((found.end() for found in ITEM_NUMBER.finditer(passage.text, 0, one.start)), default=0)
    start = max(start, passage.text.rfind("。", 0, one.start))
    return [
        year
        for date in passage.numbers.dates
        if start <= date.start < one.start and not _shut(passage, date.start, one.start)
        for year in re.findall(r"(?:19|20)\d\d", date.text)
    ]


def _shut(passage: Passage, offset: int, behind: int) -> bool:
    """Whether a place stands in brackets that are closed again before another one."""
    return any(start < offset < end < behind for start, end in passage.brackets)


def _check_listed(one: CheckedSheet, target: TargetIndicator, checks: SheetChecks) -> None:
    """大队办公用房面积 <4000平米, and the areas of 一大队, 二大队 … add up to more."""
    quantity = quantity_of(target.value)
    if quantity is None or direction_of(target.value) != "≤" or quantity.per or quantity.dimension in (SHARE, TIME, ""):
        return
    for text in one.texts_of("overview"):
        for told in told_lists(text.passage):
            parts = told.parts(quantity.dimension, own=True)
            if parts is None or told.noun not in target.name.value:
                continue
            whole = sum((part.quantity.value for part in parts), Decimal(0))
            if whole > quantity.value + quantity.half:
                checks.find(
                    "disclosure.sheet.listed",
                    Severity.WARNING,
                    target.target.place,
                    text.passage.place(parts[0].start, parts[-1].end),
                    target.target.printed,
                    f"{shown(whole / quantity.scale)}{quantity.unit}",
                    shown((quantity.value - whole) / quantity.scale),
                    name=target.name.value,
                )


def _check_goals(one: CheckedSheet, checks: SheetChecks) -> None:
    """Goals of term and year in the same sentence have the same figures."""
    term, year = (one.sheet.fields[key] for key in GOALS)
    left, right = numbers(term.value).quantities, numbers(year.value).quantities
    plain = [re.sub(r"\d+", "#", name_key(goal.value)) for goal in (term, year)]
    if plain[0] != plain[1] or len(left) != len(right):
        return
    for before, now in zip(left, right, strict=True):
        if before.value == now.value:
            checks.holding += 1
            continue
        checks.find(
            "disclosure.sheet.goal",
            Severity.ERROR,
            year.place,
            term.place,
            now.printed,
            before.printed,
            shown((now.value - before.value) / now.scale),
        )
