"""Targets and goals of a project's sheet: the year's against the term's, and both against what its text tells."""

import re
from difflib import SequenceMatcher

from chengmai.core.findings import Severity
from chengmai.disclosure.arithmetic import spot
from chengmai.disclosure.checked_sheets import GOALS, CheckedSheet, SheetChecks
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import ITEM_NUMBER, MONEY, SHARE, TIME, Quantity, numbers
from chengmai.disclosure.relations import shown
from chengmai.disclosure.sheets import FundSource, TargetIndicator, TargetSpan
from chengmai.disclosure.targets import direction_of, quantity_of

_SAME_THING = 0.75
_AT_LEAST = re.compile(r"(?:至少|不少于|不低于|不小于)[^\d,，。；;]{0,4}$")
_AT_MOST = re.compile(r"(?:不超过|不多于|不高于|至多|最多)[^\d,，。；;]{0,4}$")
_NAME_NOISE = re.compile(r"(?:19|20)\d\d年?(?:度)?|[年全共各个完成的数量率]|时间|情况|标准|总长|面积数")


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
    told: list[tuple[Passage, Quantity, float]] = []
    for text in one.texts:
        if text.key in (*GOALS, "goal"):
            continue
        passage = text.passage
        for found in text.mentions:
            if found.quantity.dimension != quantity.dimension or found.quantity.per:
                continue
            if found.quantity.value == quantity.value:
                if not quantity.per:
                    checks.covered.add(spot(passage, found.quantity))
                    checks.cover(target.target.place)
                    checks.holding += 1
                _check_operator(target, passage, found, checks)
                return
            alike = _alike(name, f"{found.before}{found.after[:6]}")
            if alike >= _SAME_THING and (not years or years & (_years_of_item(passage, found) or years)):
                told.append((passage, found.quantity, alike))
    if told and not quantity.per:
        passage, other, _ = min(told, key=lambda one: (-one[2], abs(one[1].value - quantity.value)))
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
    other = _NAME_NOISE.sub("", name_key(words))[-len(core) - 2 :]
    if len(core) < 3:
        return 0.0
    return 1.0 if core in other else SequenceMatcher(None, core, other, autojunk=False).ratio()


def _years_of_item(passage: Passage, one: Mention) -> set[str]:
    """The years told before a figure in its item of the list."""
    start = max((found.end() for found in ITEM_NUMBER.finditer(passage.text, 0, one.start)), default=0)
    start = max(start, passage.text.rfind("。", 0, one.start))
    return {
        year
        for date in passage.numbers.dates
        if start <= date.start < one.start and not _shut(passage, date.start, one.start)
        for year in re.findall(r"(?:19|20)\d\d", date.text)
    }


def _shut(passage: Passage, offset: int, behind: int) -> bool:
    """Whether a place stands in brackets that are closed again before another one."""
    return any(start < offset < end < behind for start, end in passage.brackets)


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
