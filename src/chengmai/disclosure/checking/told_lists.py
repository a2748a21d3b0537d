"""Totals far from their parts: a list told by ordinals and what it comes to, so many items, two years together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product
from math import comb, prod

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.relations import Relation, Verdict, judge, slack
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import ITEM_NUMBER, MONEY, Quantity
from chengmai.disclosure.wording import is_change

SUM = "disclosure.equation.sum"
_ORDINALS = "一二三四五六七八九十"
_MEMBER = re.compile(
    rf"(?:^|(?<=[:：；;,，。、\s]))(?P<number>[{_ORDINALS}]{{1,3}})(?P<noun>大队|中队|支队|标段|分局|片区|车间|小区|组|所|站|厂)(?=[:：,，、\s]|面积|\d)"
)
_NEXT_MEMBER = re.compile(r"\s*[\u4e00-\u9fff]{2,8}[:：]")
_COMES_TO = re.compile(r"(?:需|共|合计|总计|总额)[^\d,，。；;]{0,8}$")
_SO_MANY = re.compile(r"(?:共|合计)[^\d,，。；;]{0,8}([两二三四五六七八九])(?:项|笔)[^\d,，。；;]{0,10}$")
_TWO_YEARS = re.compile(r"((?:19|20)\d\d)年?[、和]((?:19|20)\d\d)年(?:共|合计)[^\d,，。；;]{0,10}$")
_LEAST_MEMBERS, _MOST_WAYS = 3, 2000
_NEAR, _VERY_NEAR = Decimal("0.1"), Decimal("0.002")
_ANY = Decimal(14)
"""Where nothing else can be meant, a total that lost its first digit is still one."""


@dataclass(frozen=True)
class ToldList:
    """Members of one kind in the order of their ordinals, 一大队 二大队 三大队, each with its figures.

    ``own`` counts those that bear an ordinal; what follows in the same form (车库：…) belongs to the list too.
    """

    noun: str
    members: tuple[tuple[Mention, ...], ...]
    own: int
    end: int

    def parts(self, dimension: str, *, own: bool = False) -> list[Mention] | None:
        """The first figure of a dimension of each member, outside brackets; None where one has none."""
        found = []
        for member in self.members[: self.own] if own else self.members:
            first = next((one for one in member if one.quantity.dimension == dimension and not one.depth), None)
            if first is None or first.quantity.per:
                return None
            found.append(first)
        return found


def told_totals(passage: Passage) -> Iterator[Relation]:
    """Every such total of a passage."""
    for told in told_lists(passage):
        yield from _list_total(passage, told)
    for one in passage.mentions:
        if one.is_money and not one.quantity.about and not is_change(one):
            yield from _so_many(passage, one)
            yield from _two_years(passage, one)


def told_lists(passage: Passage) -> Iterator[ToldList]:
    """Lists of three members and more; they begin with 一 and none is left out."""
    run: list[re.Match[str]] = []
    for found in [*_MEMBER.finditer(passage.text), None]:
        number = _number(found["number"]) if found is not None else 0
        if run and (found is None or number != len(run) + 1 or found["noun"] != run[0]["noun"]):
            if len(run) >= _LEAST_MEMBERS:
                yield _told_list(passage, run)
            run = []
        if found is not None and number == len(run) + 1:
            run.append(found)


def _number(printed: str) -> int:
    if len(printed) == 1:
        return _ORDINALS.index(printed) + 1
    return 10 + _ORDINALS.index(printed[-1]) + 1 if printed[0] == "十" else 0


def _told_list(passage: Passage, run: Sequence[re.Match[str]]) -> ToldList:
    text = passage.text
    starts = [found.start() for found in run]
    stop = text.find("。", starts[-1])
    stop = len(text) if stop < 0 else stop
    for cut in [found.start() for found in re.finditer("[；;]", text[:stop]) if found.start() > starts[-1]]:
        if passage_depth(passage, cut) == 0:
            if _NEXT_MEMBER.match(text, cut + 1) is None:
                stop = cut
                break
            starts.append(cut + 1)
    spans = zip(starts, [*starts[1:], stop], strict=True)
    members = tuple(tuple(one for one in passage.mentions if left <= one.start < right) for left, right in spans)
    return ToldList(run[0]["noun"], members, len(run), stop)


def passage_depth(passage: Passage, offset: int) -> int:
    """How many pairs of brackets are around an offset."""
    return sum(left < offset < right for left, right in passage.brackets)


def _list_total(passage: Passage, told: ToldList) -> Iterator[Relation]:
    parts = told.parts(MONEY)
    total = next(
        (one for one in passage.mentions if one.start >= told.end and one.is_money and _COMES_TO.search(one.before)),
        None,
    )
    if parts is not None and total is not None and not total.quantity.about:
        yield from _weighed(passage, total.quantity, [one.quantity for one in parts], _ANY)


def _so_many(passage: Passage, total: Mention) -> Iterator[Relation]:
    """2025年共申请三项赔偿款145.28万元: three of the amounts before it, or so near that nothing else is meant."""
    found = _SO_MANY.search(passage.text[max(0, total.start - 30) : total.start])
    if found is None:
        return
    count = "两二三四五六七八九".index(found[1])
    count = max(count, 1) + 1
    before = [one.quantity for one in passage.mentions[: total.index] if one.is_money and not is_change(one)]
    if len(before) < count or comb(len(before), count) > _MOST_WAYS:
        return
    ways = list(combinations(before, count))
    best = min(ways, key=lambda way: abs(_sum(way) - total.quantity.value))
    yield from _weighed(passage, total.quantity, best, _ANY if len(ways) == 1 else _VERY_NEAR)


def _two_years(passage: Passage, total: Mention) -> Iterator[Relation]:
    """2024、2025年共安排449.67万元: one amount of the item of each year."""
    found = _TWO_YEARS.search(passage.text[max(0, total.start - 30) : total.start])
    if found is None:
        return
    starts = [one.end() for one in ITEM_NUMBER.finditer(passage.text, 0, total.start)]
    choices = []
    for year in found.groups():
        start = next((at for at in starts if passage.text[at:].lstrip().startswith(year)), None)
        if start is None:
            return
        end = min([at for at in starts if at > start], default=passage.text.rfind("。", start, total.start))
        choices.append([one.quantity for one in passage.mentions if start <= one.start < end and one.is_money])
    if not all(choices) or prod(map(len, choices)) > _MOST_WAYS:
        return
    best = min(product(*choices), key=lambda way: abs(_sum(way) - total.quantity.value))
    yield from _weighed(passage, total.quantity, best, _ANY if all(len(one) == 1 for one in choices) else _NEAR)


def _sum(parts: Sequence[Quantity]) -> Decimal:
    return sum((part.value for part in parts), Decimal(0))


def _weighed(passage: Passage, total: Quantity, parts: Sequence[Quantity], near: Decimal) -> Iterator[Relation]:
    computed = _sum(parts)
    verdict = judge(computed, total.value, slack(parts, total))
    if verdict == Verdict.HOLDS or abs(computed - total.value) <= near * total.value:
        yield Relation(SUM, passage, total, tuple(parts), verdict, computed / total.scale, Severity.WARNING)
