"""Quantities times unit prices as a text tells them: 4318吨, 478元/吨, 2064004元."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.relations import Relation, Verdict, factor_slack, judge, shown
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import AREA, LENGTH, MASS, MONEY, VOLUME, Quantity, measure
from chengmai.disclosure.wording import is_change, is_sum

PRICE = "disclosure.equation.price"
_MEASURED = (MASS, AREA, LENGTH, VOLUME)
_CHARGE = re.compile(r"费|金额|款|资金|价|应付|结算|差额")
_SAME_DIGITS, _FAR = Decimal("0.01"), Decimal(14)
_BESIDE = 10
"""Signs between a price and its total."""
_FORMULA = re.compile(r"[*=+]")


@dataclass(frozen=True, slots=True)
class _Price:
    """A price, or the sum or difference of two, in yuan for one base unit."""

    value: Decimal
    off: Decimal
    shown: str
    terms: tuple[Quantity, ...]


def prices(passage: Passage, known: Sequence[Quantity] = ()) -> Iterator[Relation]:
    """Every quantity of a passage that has a unit price in it, or among ``known`` ones, and an amount that follows."""
    own = [one.quantity for one in passage.mentions if one.quantity.dimension == MONEY and one.quantity.per]
    if not own and not known:
        return
    for one in passage.mentions:
        quantity = one.quantity
        if quantity.about or quantity.per or _in_formula(passage, one):
            continue
        here = [price for price in own if _prices(price, quantity)]
        elsewhere = [price for price in known if _prices(price, quantity) and price not in here]
        if not here and not elsewhere:
            continue
        if quantity.dimension in _MEASURED:
            yield from _measured(passage, one, here, elsewhere)
        elif here:
            yield from _counted(passage, one, here)


def _prices(price: Quantity, quantity: Quantity) -> bool:
    return bool(price.per) and measure(price.per[0].removeprefix("全"))[0] == quantity.dimension


def _in_formula(passage: Passage, one: Mention) -> bool:
    around = passage.text[max(0, one.start - 1) : one.start] + passage.text[one.end : one.end + 1]
    return _FORMULA.search(around) is not None


def _measured(passage: Passage, one: Mention, here: list[Quantity], elsewhere: list[Quantity]) -> Iterator[Relation]:
    results = _results(passage, one)
    for place, result in enumerate(results[:2]):
        relation = _reached(passage, one.quantity, result.quantity, _ways([*here, *elsewhere]))
        if relation is not None:
            yield relation
        elif place == 0 and here and _next_to(passage, one, result):
            # A price that only stands elsewhere can confirm a product, but not accuse one.
            only = len({price.value for price in here}) == 1 and not elsewhere
            yield from _missed(passage, one.quantity, result.quantity, here, only)


def _results(passage: Passage, one: Mention) -> list[Mention]:
    found: list[Mention] = []
    for other in passage.mentions[one.index + 1 :]:
        if other.sentence != one.sentence or other.bracket != one.bracket or len(found) == 2:
            break
        if other.quantity.dimension == one.quantity.dimension:
            break
        if other.is_money and not is_change(other) and not other.quantity.about:
            found.append(other)
    return found


def _next_to(passage: Passage, one: Mention, result: Mention) -> bool:
    gap = passage.text[one.end : result.start]
    between = passage.mentions[one.index + 1 : result.index]
    near = len(gap) <= 24 and not re.search(r"[;；。()]", gap) and all(other.quantity.per for other in between)
    return near and _CHARGE.search(gap) is not None


def _ways(known: Sequence[Quantity]) -> Iterator[_Price]:
    singles = list(dict.fromkeys((price.value, price.unit) for price in known))
    by_value = {(price.value, price.unit): price for price in known}
    distinct = [by_value[key] for key in singles][:8]
    for price in distinct:
        yield _Price(price.value, factor_slack(price), price.printed, (price,))
    for left, right in combinations(distinct, 2):
        high, low = max(left, right, key=lambda one: one.value), min(left, right, key=lambda one: one.value)
        off = factor_slack(left) + factor_slack(right)
        yield _Price(high.value - low.value, off, f"({high.printed} - {low.printed})", (high, low))
        yield _Price(high.value + low.value, off, f"({high.printed} + {low.printed})", (high, low))


def _reached(passage: Passage, quantity: Quantity, total: Quantity, ways: Iterator[_Price]) -> Relation | None:
    for way in ways:
        computed = quantity.value * way.value / total.scale
        off = (abs(quantity.value) * way.off + way.value * factor_slack(quantity) + total.half) / total.scale
        if judge(computed, total.number, off) == Verdict.HOLDS:
            return _relation(passage, quantity, total, way, Verdict.HOLDS)
    return None


def _missed(
    passage: Passage, quantity: Quantity, total: Quantity, known: list[Quantity], only: bool
) -> Iterator[Relation]:
    best = min(_ways(known), key=lambda way: abs(quantity.value * way.value - total.value))
    computed = quantity.value * best.value
    if only and total.value and Decimal("0.5") <= computed / total.value <= 2:
        yield _relation(passage, quantity, total, best, Verdict.BROKEN)
    elif not only:
        yield _relation(passage, quantity, total, best, Verdict.BROKEN, Severity.WARNING)


def _counted(passage: Passage, one: Mention, here: list[Quantity]) -> Iterator[Relation]:
    """270名, 每人5136元, 共计138.65万元: people and pieces need a word that says it is their total."""
    for result in passage.mentions[one.index + 1 :]:
        if result.sentence != one.sentence:
            return
        if not result.is_money or result.quantity.about:
            continue
        relation = _reached(passage, one.quantity, result.quantity, _ways(here))
        if relation is not None:
            yield relation
            return
        if _digit_off(passage, one.quantity, result, here):
            way = next(_ways(here))
            yield _relation(passage, one.quantity, result.quantity, way, Verdict.BROKEN)
            return
        if is_sum(result) and len({price.value for price in here}) == 1:
            way = next(_ways(here))
            computed = one.quantity.value * way.value
            limit = _FAR if _told_at_once(passage, one, result) else Decimal("0.25")
            if result.quantity.value and abs(computed / result.quantity.value - 1) <= limit:
                yield _relation(passage, one.quantity, result.quantity, way, Verdict.BROKEN)
            return


def _told_at_once(passage: Passage, one: Mention, result: Mention) -> bool:
    """Whether quantity, price and total follow each other with nothing between, so that nothing else can be meant."""
    between = passage.mentions[one.index + 1 : result.index]
    return len(between) == 1 and bool(between[0].quantity.per) and result.start - between[0].end <= _BESIDE


def _digit_off(passage: Passage, quantity: Quantity, result: Mention, here: list[Quantity]) -> bool:
    """Whether the charge told next is a tenth or ten times the product: a nought too many or too few."""
    behind = [one for one in passage.mentions if one.start > quantity.start and one.is_money]
    charges = [one for one in behind if not one.quantity.about]
    only = len({price.value for price in here}) == 1
    if not only or charges[:1] != [result] or not _CHARGE.search(result.before) or not result.quantity.value:
        return False
    ratio = quantity.value * here[0].value / result.quantity.value
    return any(abs(ratio * tens - 1) <= _SAME_DIGITS for tens in (Decimal(10), Decimal("0.1")))


def _relation(
    passage: Passage,
    quantity: Quantity,
    total: Quantity,
    way: _Price,
    verdict: Verdict,
    severity: Severity = Severity.ERROR,
) -> Relation:
    computed = quantity.value * way.value / total.scale
    inside = tuple(term for term in way.terms if any(term is other.quantity for other in passage.mentions))
    told = f"{shown(quantity.number, quantity.decimals)}{quantity.unit} * {way.shown}"
    return Relation(PRICE, passage, total, (quantity, *inside), verdict, computed, severity, shown=told)
