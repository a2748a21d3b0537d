"""Slips that a sentence shows by itself: a unit its noun cannot have, a word twice, deeds in the wrong order."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from chengmai.core.findings import Severity
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.passages import Passage
from chengmai.disclosure.quantities import AREA, LENGTH, MASS, MONEY, VOLUME
from chengmai.disclosure.reading.service_catalogue import ServiceEntry

_LINKS = r"(?:共计|合计|总计|约为|约|为|共|达|是)?$"
_NOUNS = (
    (AREA, re.compile(rf"面积{_LINKS}")),
    (LENGTH, re.compile(rf"(?:长度|高度|宽度|距离|总长|总高){_LINKS}")),
    (MASS, re.compile(rf"(?:吨数|重量){_LINKS}")),
    (MONEY, re.compile(rf"(?:费用|金额|总投资|造价|价款){_LINKS}")),
)
_MEASURED = (AREA, LENGTH, MASS, VOLUME)
_TWICE = re.compile(r"([\u4e00-\u9fff]{2,6})\1")
_MEANT_TWICE = re.compile(r"[一每很越各逐层]|(.)\1|城市|育教")
"""One by one, again and again; and what two words make together: 某某市城市管理, 教育教学."""
_USUAL = 3
"""What a document prints so often is its own word and no slip."""
_DEEDS = (
    r"完成(?:政府)?采购|完成招标|签订合同",
    r"开工|动工|进场施工|开始施工|开始拆除",
    r"完工|竣工|建设完成|施工完成|完成施工|拆除完成",
    r"验收",
)
_DATED_DEED = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>[12]\d|3[01]|0?[1-9])日)?(?:底|初|中旬|上旬|下旬|份)?"
    rf"(?:前)?[^,，。；;\d]{{0,10}}?(?P<deed>{'|'.join(_DEEDS)})"
)
_FOUNDED = re.compile(
    r"关于(?:同意)?(?:成立|设立|组建)(?P<who>[^《》,，。；;()〔\[【]{3,30}?)的(?:通知|批复|函|决定)[^〔\[【。；;]{0,14}[〔\[【](?P<year>(?:19|20)\d\d)[〕\]】]"
)
_RENAMED = re.compile(
    r"关于(?:同意)?(?P<who>[^《》,，。；;()〔\[【]{3,30}?)(?:更名|改名|撤销|并入|划转)[^〔\[【。；;]{0,40}[〔\[【](?P<year>(?:19|20)\d\d)[〕\]】]"
)
_SAME_BODY = 0.6


def check_slips(passages: Sequence[Passage], entries: Iterable[ServiceEntry]) -> list[DocumentFinding]:
    """Every slip of a document's running text, and words printed twice in the catalogue."""
    found: list[DocumentFinding] = []
    for passage in passages:
        found += [*_units(passage), *_order(passage), *_founded(passage)]
    words = [(passage.place(*span), twice * 2, twice) for passage in passages for twice, span in _doubled(passage.text)]
    words += [(entry.place, entry.name, twice) for entry in entries for twice, _ in _doubled(entry.name)]
    count = Counter(twice for _, _, twice in words)
    for place, value, twice in words:
        if count[twice] < _USUAL:
            found.append(DocumentFinding("disclosure.text.word_twice", Severity.NOTE, place, None, value, twice))
    return found


def _units(passage: Passage) -> Iterator[DocumentFinding]:
    """单层面积约5米: an area is told in metres."""
    for one in passage.mentions:
        if one.quantity.dimension not in _MEASURED or one.quantity.per:
            continue
        for dimension, noun in _NOUNS:
            found = noun.search(one.before)
            if found is not None and one.quantity.dimension != dimension:
                words = passage.text[one.start - len(found[0]) : one.end]
                place = passage.place(one.start, one.end)
                yield DocumentFinding("disclosure.text.unit_of", Severity.WARNING, place, None, words)


def _doubled(text: str) -> list[tuple[str, tuple[int, int]]]:
    return [(found[1], found.span()) for found in _TWICE.finditer(text) if not _MEANT_TWICE.search(found[1])]


def _order(passage: Passage) -> Iterator[DocumentFinding]:
    """Opened in June, finished in March of the same year: a later deed with an earlier date in one sentence."""
    before: tuple[int, tuple[int, int, int], re.Match[str]] | None = None
    sentence, year = "", 0
    for found in _DATED_DEED.finditer(passage.text):
        start = max(passage.text.rfind(sign, 0, found.start()) for sign in "。；;")
        if sentence != str(start):
            sentence, before, year = str(start), None, 0
        year = int(found["year"] or year)
        rank = next(rank for rank, deed in enumerate(_DEEDS) if re.fullmatch(deed, found["deed"]))
        date = (year, int(found["month"]), int(found["day"] or 0))
        if before is not None and year and rank > before[0] and _earlier(date, before[1]):
            yield DocumentFinding(
                "disclosure.text.order",
                Severity.WARNING,
                passage.place(*found.span()),
                passage.place(*before[2].span()),
                found[0],
                before[2][0],
            )
        before = (rank, date, found)


def _earlier(date: tuple[int, int, int], before: tuple[int, int, int]) -> bool:
    """Whether a date lies before another, as far as both tell their day."""
    days = date[2] and before[2]
    return date < before if days else date[:2] < before[:2]


def _founded(passage: Passage) -> Iterator[DocumentFinding]:
    """A body renamed or closed by a letter that is older than the one that founded it."""
    for founded in _FOUNDED.finditer(passage.text):
        for renamed in _RENAMED.finditer(passage.text):
            left, right = name_key(founded["who"]), name_key(renamed["who"])
            alike = left in right or SequenceMatcher(None, left, right, autojunk=False).ratio() >= _SAME_BODY
            if alike and int(renamed["year"]) < int(founded["year"]):
                yield DocumentFinding(
                    "disclosure.text.founded",
                    Severity.WARNING,
                    passage.place(*renamed.span("year")),
                    passage.place(*founded.span("year")),
                    renamed["year"],
                    founded["year"],
                    detail=(("name", founded["who"]),),
                )
