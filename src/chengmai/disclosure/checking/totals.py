"""Totals told in words: 其中, 包括, 分别为, 合计, 共计, numbered items, and the parts in brackets behind an amount."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from math import prod

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.relations import Relation, Verdict, judge, slack
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import ITEM_NUMBER, MONEY, PLAIN, POINTS, SHARE, TIME, Quantity
from chengmai.disclosure.wording import is_change, is_paid, is_sum, is_total, is_unpaid

PARTS, CLOSING, ITEMS, DETAIL = (
    "disclosure.equation.parts",
    "disclosure.equation.sum",
    "disclosure.equation.items",
    "disclosure.equation.detail",
)
_MARK = re.compile(r"其中|包括|分别(?:为|是|用于|安排)?|主要用于|具体(?:为|是|内容)|包含|用于支付|支出为")
_CHAPTER = re.compile(r"(?:^|(?<=[。；;：:,，(\s]))[一二三四五六七八九十]{1,2}、")
_CIRCLED = re.compile(r"[①②③④⑤⑥⑦⑧⑨⑩]|(?:^|(?<=[。；;：:,，\s]))[(]\d{1,2}[)]")
_SENTENCE_END = re.compile(r"[。\n]")
_NOT_SUMMED = (SHARE, POINTS, TIME, PLAIN)
_MOST_WAYS = 3000
_Choice = Sequence[Sequence[Mention]]


def totals(passage: Passage) -> Iterator[Relation]:
    """Every total that the words of a passage tie to its parts; one relation for a total."""
    found: dict[tuple[int, str], Relation] = {}
    for search in (_marked, _closing, _outlined, _bracketed):
        for relation in search(passage):
            key = (relation.total.start, relation.total.unit)
            known = found.get(key)
            # The same total may be reached in two ways; if one of them holds, it is right.
            if known is None or (relation.verdict == Verdict.HOLDS and known.verdict != Verdict.HOLDS):
                found[key] = relation
    held = {(one.total.number, one.total.unit) for one in found.values() if one.verdict == Verdict.HOLDS}
    for relation in found.values():
        if relation.verdict != Verdict.UNDECIDED or (relation.total.number, relation.total.unit) not in held:
            yield relation


def _marked(passage: Passage) -> Iterator[Relation]:
    marks = list(_MARK.finditer(passage.text))
    last_head: dict[str, Mention] = {}
    for index, mark in enumerate(marks):
        bracket = max(
            (number for number, (start, end) in enumerate(passage.brackets, 1) if start < mark.start() < end), default=0
        )
        before = [one for one in passage.mentions if one.end <= mark.start() and _may_be_summed(one)]
        starts_sentence = _starts_sentence(passage.text, mark.start())
        heads = _heads(passage, before, mark.start(), bracket)
        if starts_sentence:
            heads += [head for head in last_head.values() if head not in heads]
        if not starts_sentence or not last_head:
            last_head |= {head.quantity.dimension: head for head in heads}
        end = _scope_end(passage, mark.end(), bracket)
        cut = _cut_before_next(passage.text, [one.start() for one in marks[index + 1 :]], mark.end(), end)
        done: set[str] = set()
        for head in heads:
            ends = [end] if cut is None else [cut, end]
            first_item = re.search("[；;]", passage.text[mark.end() : end])
            ends += [mark.end() + first_item.start()] if first_item else []
            relation = _weigh_scopes(passage, head, mark.end(), ends, bracket)
            if relation is None or head.quantity.dimension in done:
                continue
            others = [one for one in heads if one is not head and one.quantity.dimension == head.quantity.dimension]
            if relation.verdict != Verdict.HOLDS:
                second = (_weigh_scopes(passage, one, mark.end(), [end], bracket) for one in others)
                relation = next((one for one in second if one and one.verdict == Verdict.HOLDS), relation)
            done.add(head.quantity.dimension)
            yield relation


def _may_be_summed(one: Mention) -> bool:
    return one.quantity.dimension not in _NOT_SUMMED and not one.quantity.per and not is_change(one)


def _starts_sentence(text: str, offset: int) -> bool:
    before = text[:offset].rstrip(" :：,，支出收入主要")
    return not before or before[-1] in "。\n;；"


def _heads(passage: Passage, before: list[Mention], offset: int, bracket: int) -> list[Mention]:
    """The last amounts before the mark, one of each dimension: 37个, 23,716.65万元."""
    heads: list[Mention] = []
    opening = passage.brackets[bracket - 1][0] if bracket else None
    for one in reversed(before[-6:]):
        inside = bracket in {0} or one.start > passage.brackets[bracket - 1][0]
        if opening is not None and not inside and passage.text[one.end : opening].strip():
            continue
        if bracket == 0 and one.depth:
            continue
        near = len(re.sub(r"[\s,，:：。；;(]", "", passage.text[one.end : offset])) <= (30 if not heads else 40)
        if near and all(one.quantity.dimension != head.quantity.dimension for head in heads):
            heads.append(one)
    return heads


def _scope_end(passage: Passage, start: int, bracket: int) -> int:
    if bracket:
        return passage.brackets[bracket - 1][1]
    for found in _SENTENCE_END.finditer(passage.text, start):
        if not any(left < found.start() < right for left, right in passage.brackets):
            return found.start()
    return len(passage.text)


def _cut_before_next(text: str, marks: list[int], start: int, end: int) -> int | None:
    """Where a next 其中 begins its own sentence behind a semicolon, this one's parts end at that semicolon."""
    for mark in marks:
        if start < mark < end:
            cut = max(text.rfind("；", start, mark), text.rfind(";", start, mark))
            return cut if cut > 0 else None
    return None


def _weigh_scopes(passage: Passage, head: Mention, start: int, ends: list[int], bracket: int) -> Relation | None:
    first: Relation | None = None
    for end in ends:
        depth = _depth_of(passage, bracket, head)
        inside = [
            one
            for one in passage.mentions
            if start <= one.start < end and one.depth == depth and _fits(one, head) and one is not head
        ]
        at_once = re.sub(r"[\s,，:：。；;]", "", passage.text[head.end : start]) == "其中"
        open_list = _is_open_list(passage.text, inside, end)
        relation = _weigh(PARTS, passage, head, _choices(inside), open_list, at_once=at_once and not open_list)
        if relation is not None and relation.verdict == Verdict.HOLDS:
            return relation
        first = first or relation
    return first


def _depth_of(passage: Passage, bracket: int, head: Mention) -> int:
    if not bracket:
        return head.depth
    start, end = passage.brackets[bracket - 1]
    return 1 + sum(1 for left, right in passage.brackets if left < start and end < right)


def _fits(one: Mention, head: Mention) -> bool:
    return one.quantity.dimension == head.quantity.dimension and _may_be_summed(one) and not one.quantity.about


def _is_open_list(text: str, inside: list[Mention], end: int) -> bool:
    return bool(inside) and "等" in text[inside[-1].end : end][:6]


def _choices(inside: list[Mention]) -> list[list[Mention]]:
    """What each part may be: by semicolons when there are any, else every amount is a part."""
    items: dict[int, list[Mention]] = {}
    for one in inside:
        items.setdefault(one.item, []).append(one)
    if len(items) < 2:
        return [[one] for one in inside]
    return [_of_item(item) for item in items.values()]


def _of_item(item: list[Mention]) -> list[Mention]:
    sums = [one for one in item if is_sum(one)]
    return sums[:1] or item


def _weigh(
    rule: str,
    passage: Passage,
    head: Mention,
    choices: _Choice,
    open_list: bool = False,
    near: str = "0.5",
    at_once: bool = False,
) -> Relation | None:
    """Whether some choice of one amount from each part gives the head; without one the first of each is told.

    ``at_once`` says that nothing but 其中 stands between the head and its parts.
    """
    choices = [choice for choice in choices if choice]
    if len(choices) < 2:
        return None
    total = head.quantity
    ways = product(*choices) if prod(len(choice) for choice in choices) <= _MOST_WAYS else iter([])
    single = all(len(choice) == 1 for choice in choices)
    if single:
        # Behind the parts the sentence may go on with other amounts.
        ways = iter([tuple(choice[0] for choice in choices[:size]) for size in range(len(choices), 1, -1)])
    for way in ways:
        parts = [one.quantity for one in way]
        if judge(_sum(parts), total.value, slack(parts, total)) == Verdict.HOLDS:
            return _relation(rule, passage, total, parts, Verdict.HOLDS)
    parts = [choice[0].quantity for choice in choices]
    computed = _sum(parts)
    # Things that are counted are told with nothing else of their kind; amounts may belong to another sentence.
    limit = Decimal(near) if total.dimension == MONEY else Decimal(5)
    close = bool(total.value) and abs(computed - total.value) <= limit * total.value
    if close and not total.about:
        severity = Severity.ERROR if single and not open_list else Severity.WARNING
        return _relation(rule, passage, total, parts, Verdict.BROKEN, severity)
    wide = bool(total.value) and total.value <= computed * 15 and computed <= total.value * 15
    if wide and single and (rule != PARTS or at_once) and len(choices) >= 3 and not total.about:
        # Three parts or more, each its own, and a whole of another size: a digit was lost, or the sentence is misread.
        return _relation(rule, passage, total, parts, Verdict.BROKEN, Severity.WARNING)
    if total.about and close:
        return _relation(rule, passage, total, parts, Verdict.HOLDS) if _about(computed, total.value) else None
    if rule == PARTS and all(not is_paid(one) and not is_unpaid(one) for choice in choices for one in choice):
        return _relation(rule, passage, total, parts, Verdict.UNDECIDED, why="disclosure.why.parts_unclear")
    return None


def _about(computed: Decimal, printed: Decimal) -> bool:
    return abs(computed - printed) <= abs(printed) * Decimal("0.05")


def _sum(parts: Sequence[Quantity]) -> Decimal:
    return sum((part.value for part in parts), Decimal(0))


def _relation(
    rule: str,
    passage: Passage,
    total: Quantity,
    parts: Sequence[Quantity],
    verdict: Verdict,
    severity: Severity = Severity.ERROR,
    why: str = "",
) -> Relation:
    computed = _sum(parts) / total.scale
    return Relation(rule, passage, total, tuple(parts), verdict, computed, severity, why)


def _closing(passage: Passage) -> Iterator[Relation]:
    """合计 and 共计 behind their parts."""
    mentions = passage.mentions
    for index, one in enumerate(mentions):
        if not is_sum(one) or not _may_be_summed(one) or one.quantity.about:
            continue
        before = [
            other
            for other in mentions[:index]
            if _fits(other, one) and other.depth == one.depth and other.bracket == one.bracket and not is_paid(other)
        ]
        start = _item_start(passage, one.start)
        same = [other for other in before if other.start >= start and (other.sentence == one.sentence or other.bracket)]
        sums = [other for other in before if is_total(other)]
        relation = _suffix(passage, one, before) or _suffix(passage, one, sums)
        if relation is None and len(same) >= 2 and not any(map(is_total, same)):
            relation = _weigh(CLOSING, passage, one, [[other] for other in same])
        if relation is not None:
            yield relation


def _item_start(passage: Passage, offset: int) -> int:
    starts = [found.end() for found in ITEM_NUMBER.finditer(passage.text, 0, offset)]
    starts += [found.end() for found in _CHAPTER.finditer(passage.text, 0, offset)]
    return max(starts, default=0)


def _suffix(passage: Passage, head: Mention, before: list[Mention]) -> Relation | None:
    for size in range(2, min(len(before), 12) + 1):
        parts = [one.quantity for one in before[-size:]]
        if judge(_sum(parts), head.quantity.value, slack(parts, head.quantity)) == Verdict.HOLDS:
            return _relation(CLOSING, passage, head.quantity, parts, Verdict.HOLDS)
    return None


def _outlined(passage: Passage) -> Iterator[Relation]:
    """Numbered items, each with its amount, below an amount: 2713.49万元，包括：1.…；2.…."""
    for pattern in (_CHAPTER, ITEM_NUMBER, _CIRCLED):
        for head, starts, end in _lists(passage, pattern):
            choices = []
            for start, stop in zip(starts, [*starts[1:], end], strict=True):
                item = [
                    one
                    for one in passage.mentions
                    if start <= one.start < stop and one.depth == head.depth and _fits(one, head)
                ]
                choices.append(list(dict.fromkeys([*_of_item(item)[:1], *item[:1], *item[-1:]])))
            if all(choices):
                relation = _weigh(ITEMS, passage, head, choices, near="0.15")
                if relation is not None:
                    yield relation


def _lists(passage: Passage, pattern: re.Pattern[str]) -> Iterator[tuple[Mention, list[int], int]]:
    """Lists of one kind of numbering: the amount before the first item, where items begin, where the last one ends."""
    starts: list[int] = []
    previous = 0
    for found in [*pattern.finditer(passage.text), None]:
        number = _ordinal(found[0]) if found else 0
        if found is None or number != previous + 1:
            if len(starts) >= 2:
                yield from _headed(passage, starts, found.start() if found else len(passage.text))
            starts, previous = [], 0
        if found is not None and (number == previous + 1):
            starts.append(found.end())
            previous = number


def _ordinal(printed: str) -> int:
    digits = re.sub(r"\D", "", printed)
    if digits:
        return int(digits)
    sign = printed.strip("、 ")
    if sign in "①②③④⑤⑥⑦⑧⑨⑩":
        return "①②③④⑤⑥⑦⑧⑨⑩".index(sign) + 1
    ordinals = "一二三四五六七八九十"
    return 10 + ordinals.index(sign[1]) + 1 if len(sign) == 2 and sign[0] == "十" else ordinals.index(sign[0]) + 1


def _headed(passage: Passage, starts: list[int], limit: int) -> Iterator[tuple[Mention, list[int], int]]:
    before = [one for one in passage.mentions if one.end <= starts[0] and _may_be_summed(one) and one.is_money]
    if not before:
        return
    head = before[-1]
    between = passage.text[head.end : starts[0]]
    if len(between) > 40 or not re.search(r"[:：]|包括|其中|内容", between):
        return
    stop = _SENTENCE_END.search(passage.text, starts[-1])
    yield head, starts, min(limit, stop.start() if stop else len(passage.text))


def _bracketed(passage: Passage) -> Iterator[Relation]:
    """Parts in brackets right behind an amount, without a word that says so."""
    for one in passage.mentions:
        if not one.is_money or one.quantity.about or is_change(one):
            continue
        bracket = passage.bracket_after(one.end)
        if not bracket:
            continue
        inside = [
            other
            for other in passage.within(bracket)
            if _fits(other, one) and other.depth == one.depth + 1 and not _is_factor(passage, other)
        ]
        if any(is_paid(other) or is_unpaid(other) for other in inside) or _MARK.search(_inner(passage, bracket)):
            continue
        relation = _weigh(DETAIL, passage, one, _choices(inside), near="0.15" if len(inside) < 3 else "0.7")
        if relation is not None:
            yield relation


def _is_factor(passage: Passage, one: Mention) -> bool:
    """Whether a figure is multiplied or divided: then it is no part of a sum."""
    before, behind = passage.text[: one.start].rstrip()[-1:], passage.text[one.end :].lstrip()[:1]
    return before in ("*", "/") or behind in ("*", "/")


def _inner(passage: Passage, bracket: int) -> str:
    start, end = passage.brackets[bracket - 1]
    return passage.text[start:end]
