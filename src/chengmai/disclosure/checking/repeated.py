"""The same told twice and differently: documents by title and number, sentences of two sheets, spans of time."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.checked_sheets import CheckedSheet
from chengmai.disclosure.checking.relations import shown
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import MONEY, PLAIN, SHARE, TIME

_CITED = re.compile(
    r"《(?P<title>[^《》]{6,80})》\s*[(]?"
    r"(?P<number>[\u4e00-\u9fff]{2,12}\s*[〔\[【]\s*(?:19|20)\d\d\s*[〕\]】]\s*\d{1,5}\s*[号次])"
)
_SPAN = re.compile(
    r"(?<![\d.])(\d{2,4})\.(\d{1,2})(?:\.(\d{1,2}))?\s*[-—~至]\s*(\d{2,4})\.(\d{1,2})(?:\.(\d{1,2}))?(?![\d万元])"
)
_YEAR_SPAN = re.compile(r"((?:19|20)\d\d)年?\s*[-—~至]\s*((?:19|20)\d\d)年")
_PROVINCES = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾"
)
_PROVINCE = re.compile(rf"({_PROVINCES})省")
_FACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)年(?:度)?(?:项目|预计|全年)?(?P<noun>[\u4e00-\u9fff]{3,12}?)(?:为|约|预计)?$"
)
_PERIOD = re.compile(r"((?:19|20)\d\d)年?\s*[-—~至]\s*((?:19|20)\d\d)年?")
_BEHIND_A_PERIOD, _SHARED_PAIRS = 28, 3
_CONTEXT = 6
_MOST_SHOWN = 6


def check_repeated(passages: Sequence[Passage], sheets: Sequence[CheckedSheet]) -> list[DocumentFinding]:
    """Everything that a document tells in two ways."""
    return [
        *_documents(passages),
        *_sentences(sheets),
        *_facts(sheets),
        *_periods(sheets),
        *_backwards(passages),
        *_provinces(passages),
    ]


def _documents(passages: Sequence[Passage]) -> Iterator[DocumentFinding]:
    """One title with two numbers, or one number with two titles."""
    by_title: dict[str, tuple[str, Passage, re.Match[str]]] = {}
    by_number: dict[str, tuple[str, Passage, re.Match[str]]] = {}
    told: set[tuple[str, str]] = set()
    for passage in passages:
        for found in _CITED.finditer(passage.text):
            title, number = name_key(found["title"]), name_key(found["number"])
            for rule, known, key, value, kind in (
                ("disclosure.repeated.number", by_title, title, number, "number"),
                ("disclosure.repeated.title", by_number, number, title, "title"),
            ):
                before = known.setdefault(key, (value, passage, found))
                pair = (min(before[0], value), max(before[0], value))
                if before[0] != value and pair not in told:
                    told.add(pair)
                    yield DocumentFinding(
                        rule,
                        Severity.WARNING,
                        passage.place(*found.span(kind)),
                        before[1].place(*before[2].span(kind)),
                        found[kind],
                        before[2][kind],
                        detail=(("about", key),),
                    )


def _sentences(sheets: Sequence[CheckedSheet]) -> Iterator[DocumentFinding]:
    """Sheets of one project: where their sentences are the same but for a date, a number of a document, or a name."""
    for group in _by_name(sheets):
        for left, right in pairwise(group):
            for one in left.texts:
                for other in right.texts:
                    if one.key == other.key and len(one.passage.text) > 3 * _CONTEXT:
                        yield from _differences(one.passage, other.passage)


def _by_name(sheets: Sequence[CheckedSheet]) -> list[list[CheckedSheet]]:
    groups: dict[str, list[CheckedSheet]] = {}
    for one in sheets:
        if one.sheet.name:
            groups.setdefault(name_key(one.sheet.name), []).append(one)
    return list(groups.values())


def _differences(left: Passage, right: Passage) -> Iterator[DocumentFinding]:
    if left.text == right.text:
        return
    steps = SequenceMatcher(None, left.text, right.text, autojunk=False).get_opcodes()
    words: list[tuple[str, str]] = []
    first: tuple[int, int, int, int] | None = None
    for before, step, after in zip(steps, steps[1:], steps[2:], strict=False):
        kind, start, end, other_start, other_end = step
        if kind != "replace" or min(before[2] - before[1], after[2] - after[1]) < 2:
            continue
        span, other_span = _dated(left, start, end), _dated(right, other_start, other_end)
        kept = min(before[2] - before[1], after[2] - after[1])
        if span is not None and other_span is not None:
            yield DocumentFinding(
                "disclosure.repeated.date",
                Severity.WARNING,
                right.place(*other_span),
                left.place(*span),
                right.text[slice(*other_span)],
                left.text[slice(*span)],
            )
        elif kept >= _CONTEXT and _is_word(left.text[start:end]) and _is_word(right.text[other_start:other_end]):
            first = first or (start, end, other_start, other_end)
            words.append((left.text[start - 3 : end + 2], right.text[other_start - 3 : other_end + 2]))
    if first is not None:
        yield DocumentFinding(
            "disclosure.repeated.words",
            Severity.NOTE,
            right.place(first[2], first[3]),
            left.place(first[0], first[1]),
            " ".join(pair[1] for pair in words[:_MOST_SHOWN]),
            " ".join(pair[0] for pair in words[:_MOST_SHOWN]),
            str(len(words)),
        )


def _facts(sheets: Sequence[CheckedSheet]) -> Iterator[DocumentFinding]:
    """Sheets of one project that tell another quantity of one year: 2024年污水处理量1016.63万吨 and 995.08万吨."""
    for group in _by_name(sheets):
        known: dict[tuple[str, str, str], tuple[int, Passage, Mention]] = {}
        for number, sheet in enumerate(group if len(group) > 1 else []):
            for text in sheet.texts:
                passage = text.passage
                for one in passage.mentions:
                    fact = _fact(one)
                    if fact is None:
                        continue
                    before = known.setdefault(fact, (number, passage, one))
                    if before[0] == number or before[2].quantity.value == one.quantity.value:
                        continue
                    known[fact] = (number, passage, one)
                    yield DocumentFinding(
                        "disclosure.repeated.quantity",
                        Severity.WARNING,
                        passage.place(one.start, one.end),
                        before[1].place(before[2].start, before[2].end),
                        one.quantity.printed,
                        before[2].quantity.printed,
                        shown((one.quantity.value - before[2].quantity.value) / one.quantity.scale),
                        detail=(("about", f"{fact[0]}年{fact[1]}"),),
                    )


def _periods(sheets: Sequence[CheckedSheet]) -> Iterator[DocumentFinding]:
    """Fields of one sheet that tell the years of one work differently: 2022-2024年 and 2023-2025年."""
    for sheet in sheets:
        told: list[tuple[str, Passage, re.Match[str]]] = []
        for text in sheet.texts:
            for found in _PERIOD.finditer(text.passage.text):
                others = [(passage, before) for key, passage, before in told if key != text.key]
                told.append((text.key, text.passage, found))
                for passage, before in others:
                    if _shifted(found, before) and _of_one_work(text.passage, found, passage, before):
                        yield DocumentFinding(
                            "disclosure.repeated.period",
                            Severity.WARNING,
                            text.passage.place(*found.span()),
                            passage.place(*before.span()),
                            found[0],
                            before[0],
                        )
                        break


def _shifted(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two spans are as long as each other and overlap, but are not the same."""
    years, others = (int(one[1]), int(one[2])), (int(other[1]), int(other[2]))
    long = years[1] - years[0]
    return long == others[1] - others[0] and 0 < abs(years[0] - others[0]) <= long


def _of_one_work(left: Passage, one: re.Match[str], right: Passage, other: re.Match[str]) -> bool:
    """Whether what stands behind two spans shares its words: three pairs of characters at least."""
    pairs = []
    for passage, found in ((left, one), (right, other)):
        words = re.sub(r"[^\u4e00-\u9fff]", " ", passage.text[found.end() : found.end() + _BEHIND_A_PERIOD])
        pairs.append({words[at : at + 2] for at in range(len(words) - 1) if " " not in words[at : at + 2]})
    return len(pairs[0] & pairs[1]) >= _SHARED_PAIRS


def _fact(one: Mention) -> tuple[str, str, str] | None:
    """Year, noun and dimension of a quantity that is told as a fact of a year."""
    found = _FACT.search(one.before)
    if found is None or one.quantity.per or one.quantity.dimension in (SHARE, PLAIN, TIME, ""):
        return None
    noun = found["noun"].replace("处置", "处理")
    named_money = noun.endswith(("服务费", "中标价", "合同价", "总投资"))
    return (found["year"], noun, one.quantity.dimension) if one.quantity.dimension != MONEY or named_money else None


def _dated(passage: Passage, start: int, end: int) -> tuple[int, int] | None:
    """The date or the number of a document that a place in a passage is part of, if what is told there is a day."""
    for date in passage.numbers.dates:
        if date.start <= start and end <= date.end and "日" in date.text:
            return (date.start, date.end)
    for left, right in passage.numbers.others:
        if left <= start and end <= right and re.search(r"[号次]", passage.text[left:right]):
            return (left, right)
    return None


def _is_word(text: str) -> bool:
    return 0 < len(text) <= 4 and all("\u4e00" <= sign <= "\u9fff" or sign in "ⅠⅡⅢⅣⅤ" for sign in text)


def _backwards(passages: Sequence[Passage]) -> Iterator[DocumentFinding]:
    """24.11-24.3: a span of time that ends before it begins."""
    for passage in passages:
        for found in _SPAN.finditer(passage.text):
            begin = (int(found[1]), int(found[2]), int(found[3] or 0))
            end = (int(found[4]), int(found[5]), int(found[6] or 0))
            if not (1 <= begin[1] <= 12 and 1 <= end[1] <= 12) or not (15 <= begin[0] % 100 <= 45):
                continue
            if end[:2] < begin[:2]:
                yield _span(passage, found)
        for found in _YEAR_SPAN.finditer(passage.text):
            if found[2] < found[1]:
                yield _span(passage, found)


def _span(passage: Passage, found: re.Match[str]) -> DocumentFinding:
    return DocumentFinding("disclosure.repeated.span", Severity.ERROR, passage.place(*found.span()), value=found[0])


def _provinces(passages: Sequence[Passage]) -> Iterator[DocumentFinding]:
    """A document of one province that names another one once: a slip of the pen, or worth a look."""
    named = [(found[1], passage, found) for passage in passages for found in _PROVINCE.finditer(passage.text)]
    count = Counter(name for name, _, _ in named)
    if not count:
        return
    own, times = count.most_common(1)[0]
    for name, passage, found in named:
        if name != own and count[name] == 1 and times >= 5:
            yield DocumentFinding(
                "disclosure.repeated.province", Severity.NOTE, passage.place(*found.span()), None, found[0], f"{own}省"
            )
