"""Formulas printed in a text, "(1233.13+2298.87)*70%=2472.40": found, read with their units, worked out again."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation

from chengmai.disclosure.checking.relations import Relation, Verdict, factor, factor_slack, judge
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import PLAIN, SHARE, TIME, Quantity

FORMULA = "disclosure.equation.formula"
_GAP = re.compile(r"\s*[)\]]*\s*(?P<sign>[+\-*/=≈xX]|\*{2})\s*[(\[]*\s*")
_WORDY_GAP = re.compile(r"\s*[)\]]*\s*[\u4e00-\u9fff]{0,8}\s*(?P<sign>[+*=≈])\s*[\u4e00-\u9fff]{0,8}\s*[(\[]*\s*")
_NEAR = Decimal("0.3")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class _Value:
    """A value worked out, and how far rounding may have put it off; ``share`` while it is a bare percentage."""

    value: Decimal
    off: Decimal
    share: bool = False


class _Unreadable(Exception):
    """The formula cannot be worked out; the argument is the catalogue code of why."""


Sign = str | Quantity


def formulas(passage: Passage) -> Iterator[Relation]:
    """Every formula of a passage: those that hold, are broken, or cannot be decided."""
    for run, signs in _runs(passage):
        head = _head(passage, run)
        quantities = tuple(one.quantity for one in run)
        # Two numbers with a stroke between them are a share or a range as often as a formula.
        if len(run) < 3 and "=" not in signs and head is None:
            continue
        yield _work_out(passage, quantities, signs, head)


def _runs(passage: Passage) -> Iterator[tuple[list[Mention], list[Sign]]]:
    mentions, text = passage.mentions, passage.text
    index = 0
    while index < len(mentions):
        end = index
        signs: list[str] = []
        while end + 1 < len(mentions) and len(signs) < _LONGEST:
            gap = text[mentions[end].end : mentions[end + 1].start]
            found = _GAP.fullmatch(gap) or _WORDY_GAP.fullmatch(gap)
            if found is None or (mentions[end].quantity.about and found["sign"] == "-"):
                break
            signs.append(gap)
            end += 1
        if end > index:
            run = list(mentions[index : end + 1])
            yield run, _signs(text, run)
        index = end + 1


def _signs(text: str, run: list[Mention]) -> list[Sign]:
    """Numbers, signs, and those brackets that have a partner inside the run."""
    signs: list[Sign] = []
    opening = re.search(r"[(\[]*\s*$", text[: run[0].start])
    signs += ["("] * (opening[0].count("(") + opening[0].count("[") if opening else 0)
    for left, right in zip(run, [*run[1:], None], strict=True):
        signs.append(left.quantity)
        gap = text[left.end : right.start if right else left.end + 4]
        if right is None:
            gap = re.match(r"\s*[)\]]*", gap)[0]  # type: ignore[index]
        for sign in gap:
            if sign in "([":
                signs.append("(")
            elif sign in ")]":
                signs.append(")")
            elif sign in "+-*/=≈xX":
                signs.append({"≈": "=", "x": "*", "X": "*"}.get(sign, sign))
    return _paired(signs)


def _paired(signs: list[Sign]) -> list[Sign]:
    waiting: list[int] = []
    kept = set(range(len(signs)))
    for index, sign in enumerate(signs):
        if sign == "(":
            waiting.append(index)
        elif sign == ")":
            if waiting:
                waiting.pop()
            else:
                kept.discard(index)
    kept -= set(waiting)
    return _bared([sign for index, sign in enumerate(signs) if index in kept])


def _bared(signs: list[Sign]) -> list[Sign]:
    """Without a pair of brackets around the whole."""
    depth = 0
    for index, sign in enumerate(signs):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and (sign != ")" or index < len(signs) - 1):
            return signs
    return _bared(signs[1:-1]) if signs and signs[0] == "(" else signs


def _head(passage: Passage, run: list[Mention]) -> Quantity | None:
    """The amount right before a bracket that holds nothing but the formula: "4958.46万元(50.63+4907.83)"."""
    first = run[0]
    if not first.bracket or first.index == 0 or first.bracket != run[-1].bracket:
        return None
    opening, closing = passage.brackets[first.bracket - 1]
    inside = passage.text[opening + 1 : first.start].strip(" (（")
    behind = passage.text[run[-1].end : closing].strip(" )）")
    before = passage.mentions[first.index - 1]
    if inside or behind or passage.text[before.end : opening].strip() or not before.is_money:
        return None
    return before.quantity


def _work_out(passage: Passage, quantities: tuple[Quantity, ...], signs: list[Sign], head: Quantity | None) -> Relation:
    told = passage.text[quantities[0].start : quantities[-1].end]
    last = quantities[-1]
    try:
        sides = _sides(signs)
        if len(sides) == 1 and head is not None:
            relation = _compare(passage, sides[0], head, told)
            if relation.verdict == Verdict.HOLDS or "-" not in signs:
                return relation
        if len(sides) > 1:
            relation = _chain(passage, sides, told)
            if relation.verdict == Verdict.HOLDS or "-" not in signs:
                return relation
            return _with_dashes(passage, signs, told) or relation
        dashed = _with_dashes(passage, signs, told)
        if dashed is not None:
            return dashed
        return _last_dash(passage, signs, quantities, told)
    except _Unreadable as why:
        return Relation(FORMULA, passage, last, quantities, Verdict.UNDECIDED, why=str(why), shown=told)
    except (InvalidOperation, DivisionByZero):
        return Relation(
            FORMULA, passage, last, quantities, Verdict.UNDECIDED, why="disclosure.why.no_value", shown=told
        )


def _sides(signs: list[Sign]) -> list[list[Sign]]:
    sides: list[list[Sign]] = [[]]
    for sign in signs:
        if sign == "=":
            sides.append([])
        else:
            sides[-1].append(sign)
    return [_paired(side) for side in sides if side]


def _chain(passage: Passage, sides: list[list[Sign]], told: str) -> Relation:
    """a = b = c: each side against the next; a side that is a formula itself counts as its value."""
    result: Relation | None = None
    for left, right in itertools.pairwise(sides):
        target = next((sign for sign in right if isinstance(sign, Quantity)), None)
        if target is None:
            continue
        if len(right) == 1:
            result = _compare(passage, left, target, told)
        else:
            single = next((sign for sign in left if isinstance(sign, Quantity)), None)
            if len(left) != 1 or single is None:
                raise _Unreadable("disclosure.why.no_result")
            result = _compare(passage, right, single, told)
        if result.verdict != Verdict.HOLDS:
            return result
    if result is None:
        raise _Unreadable("disclosure.why.no_result")
    return result


def _with_dashes(passage: Passage, signs: list[Sign], told: str) -> Relation | None:
    """The formula with a dash read as an equals sign, if it holds then: scans print one for the other."""
    depth, dashes = 0, []
    for index, sign in enumerate(signs):
        depth += (sign == "(") - (sign == ")")
        if sign == "-" and depth == 0:
            dashes.append(index)
    for index in reversed(dashes[-4:]):
        sides = _sides([*signs[:index], "=", *signs[index + 1 :]])
        if len(sides) < 2:
            continue
        try:
            relation = _linked(passage, sides, told)
        except (_Unreadable, InvalidOperation, DivisionByZero):
            continue
        if relation is not None:
            return relation
    return None


def _linked(passage: Passage, sides: list[list[Sign]], told: str) -> Relation | None:
    """ "a+b+c = d*50% = e": d is the sum of what stands before it, and e what comes of d."""
    if all(len(side) == 1 for side in sides[1:]):
        relation = _chain(passage, sides, told)
        return relation if relation.verdict == Verdict.HOLDS else None
    first = sides[1][0]
    if len(sides) != 3 or not isinstance(first, Quantity) or len(sides[2]) != 1:
        return None
    left = _compare(passage, sides[0], first, told)
    right = _chain(passage, sides[1:], told)
    return right if Verdict.HOLDS == left.verdict == right.verdict else None


def _last_dash(passage: Passage, signs: list[Sign], quantities: tuple[Quantity, ...], told: str) -> Relation:
    """A formula without a result: its last dash stands for the equals sign when what comes out is near what follows."""
    if len(signs) < 4 or signs[-2] != "-" or not isinstance(signs[-1], Quantity):
        _Reader(signs, False).read()
        raise _Unreadable("disclosure.why.no_result")
    relation = _compare(passage, signs[:-2], signs[-1], told)
    printed = relation.total.number
    if printed and abs(relation.computed - printed) <= _NEAR * printed:
        return relation
    raise _Unreadable("disclosure.why.no_result")


def _compare(passage: Passage, side: list[Sign], total: Quantity, told: str) -> Relation:
    terms = tuple(sign for sign in side if isinstance(sign, Quantity))
    with_units = any(term.dimension not in (PLAIN, SHARE) for term in terms)
    all_units = with_units and all(term.dimension != PLAIN for term in (*terms, total))
    readings = [(True, total.scale), (False, Decimal(1))] if with_units else [(False, Decimal(1)), (True, total.scale)]
    results = []
    # Where every factor and the result tell their unit, the figures without them are no reading.
    for units, scale in readings[:1] if all_units else readings:
        value = _Reader(side, units).read()
        result_off = _result_slack(terms, total) / total.scale
        computed = value.value / scale
        verdict = judge(computed, total.number, value.off / scale + result_off)
        results.append((verdict, computed))
        if verdict == Verdict.HOLDS:
            return Relation(FORMULA, passage, total, terms, verdict, computed, shown=told)
    verdict, computed = results[0]
    detail: tuple[tuple[str, str], ...] = ()
    # A factor of exactly ten thousand is no wrong figure but a wrong or missing unit.
    for power in (4, 8, -4, -8):
        if total.number and abs(computed.scaleb(power) - total.number) <= total.half / total.scale:
            return Relation("disclosure.equation.unit", passage, total, terms, Verdict.BROKEN, computed, shown=told)
    return Relation(FORMULA, passage, total, terms, Verdict.BROKEN, computed, shown=told, detail=detail)


def _result_slack(terms: tuple[Quantity, ...], total: Quantity) -> Decimal:
    if total.decimals or any(term.decimals for term in terms) or any(term.dimension == SHARE for term in terms):
        return total.half
    coarser = any(term.scale < total.scale and term.dimension == total.dimension for term in terms)
    return total.half if coarser and total.decimals else Decimal(0)


class _Reader:
    """Works a list of signs out: brackets, then products and quotients, then sums and differences."""

    def __init__(self, signs: list[Sign], units: bool) -> None:
        self._signs = signs
        self._units = units
        self._at = 0

    def read(self) -> _Value:
        value = self._sum()
        if self._at < len(self._signs):
            raise _Unreadable("disclosure.why.signs_missing")
        return value

    def _peek(self) -> Sign | None:
        return self._signs[self._at] if self._at < len(self._signs) else None

    def _sum(self) -> _Value:
        left = self._product()
        while (sign := self._peek()) in ("+", "-"):
            self._at += 1
            right = self._product()
            if left.share != right.share:
                raise _Unreadable("disclosure.why.share_added")
            value = left.value + right.value if sign == "+" else left.value - right.value
            left = _Value(value, left.off + right.off, left.share)
        return left

    def _product(self) -> _Value:
        left = self._single()
        while (sign := self._peek()) in ("*", "/"):
            self._at += 1
            right = self._single()
            if sign == "*":
                off = abs(left.value) * right.off + abs(right.value) * left.off
                left = _Value(left.value * right.value, off, left.share and right.share)
            elif right.value:
                quotient = left.value / right.value
                off = (left.off + abs(quotient) * right.off) / abs(right.value)
                left = _Value(quotient, off)
            else:
                raise _Unreadable("disclosure.why.no_value")
        return left

    def _single(self) -> _Value:
        sign = self._peek()
        self._at += 1
        if sign == "(":
            value = self._sum()
            if self._peek() != ")":
                raise _Unreadable("disclosure.why.signs_missing")
            self._at += 1
            return value
        if not isinstance(sign, Quantity):
            raise _Unreadable("disclosure.why.signs_missing")
        if self._units or sign.dimension in (SHARE, TIME):
            return _Value(factor(sign), factor_slack(sign), sign.dimension == SHARE)
        off = Decimal(5).scaleb(-sign.decimals - 1) if sign.decimals else Decimal(0)
        return _Value(sign.number, off)
