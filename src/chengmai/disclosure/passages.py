"""Running text as the checks read it: each number with its words, brackets, sentence and item."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from chengmai.disclosure.document import Document
from chengmai.disclosure.findings import DocumentPlace
from chengmai.disclosure.folding import fold
from chengmai.disclosure.quantities import MONEY, Numbers, Quantity, numbers

_SENTENCE = re.compile(r"[。！？!?\n]")
_ITEM = re.compile(r"[;；。！？!?\n]")
_WORD_BOUNDARY = re.compile(r"[,，;；。:：()\n]")
_OPEN, _CLOSE = "([{〔【", ")]}〕】"
_LEAST_CELL, _SENTENCE_CELL = 12, 40
"""A shorter cell holds a figure or a name and no sentence."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a passage: ``before`` are the words that lead to it, ``after`` those that follow, up to a stop.

    ``bracket`` numbers the innermost pair of brackets it stands in (0: none), ``depth`` how many there are around it;
    ``sentence`` ends at a full stop, ``item`` also at a semicolon.
    """

    index: int
    quantity: Quantity
    before: str
    after: str
    sentence: int
    item: int
    bracket: int
    depth: int

    @property
    def start(self) -> int:
        """Where the number begins."""
        return self.quantity.start

    @property
    def end(self) -> int:
        """Where the number with its unit ends."""
        return self.quantity.end

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money and no price."""
        return self.quantity.dimension == MONEY and not self.quantity.per


@dataclass(frozen=True)
class Passage:
    """A paragraph, or a cell of a table with a sentence in it; ``starts`` are the offsets at which ``lines`` begin.

    ``column`` and ``row`` name the cell; ``label`` is the first cell of its row, as 项目概况.
    """

    text: str
    lines: tuple[int, ...]
    starts: tuple[int, ...]
    table: str = ""
    row: int | None = None
    column: int | None = None
    label: str = ""

    def place(self, start: int, end: int) -> DocumentPlace:
        """Where a piece of the passage is printed."""
        index = bisect_right(self.starts, start) - 1
        base = self.starts[index]
        return DocumentPlace(self.lines[index], self.table, self.row, self.column, self.label, start - base, end - base)

    @cached_property
    def numbers(self) -> Numbers:
        """Its quantities, dates, and other numbers."""
        return numbers(self.text)

    @cached_property
    def brackets(self) -> tuple[tuple[int, int], ...]:
        """Pairs of brackets as (offset of the opening, offset of the closing one), in order of opening."""
        pairs, waiting = [], []
        for offset, sign in enumerate(self.text):
            if sign in _OPEN:
                waiting.append(offset)
            elif sign in _CLOSE and waiting:
                pairs.append((waiting.pop(), offset))
        return tuple(sorted(pairs))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Its numbers with their surroundings, in order."""
        sentence_ends = [found.start() for found in _SENTENCE.finditer(self.text) if not self._inside(found.start())]
        item_ends = [found.start() for found in _ITEM.finditer(self.text)]
        boundaries = [found.start() for found in _WORD_BOUNDARY.finditer(self.text)]
        found = []
        quantities = self.numbers.quantities
        for index, one in enumerate(quantities):
            at = bisect_right(boundaries, one.start - 1)
            left = max(boundaries[at - 1] + 1 if at else 0, quantities[index - 1].end if index else 0)
            right = boundaries[at] if at < len(boundaries) else len(self.text)
            if index + 1 < len(quantities):
                right = min(right, quantities[index + 1].start)
            around = [number for number, (start, end) in enumerate(self.brackets, 1) if start < one.start < end]
            found.append(
                Mention(
                    index,
                    one,
                    self.text[left : one.start].strip(),
                    self.text[one.end : max(right, one.end)].strip(),
                    bisect_right(sentence_ends, one.start),
                    bisect_right(item_ends, one.start),
                    around[-1] if around else 0,
                    len(around),
                )
            )
        return tuple(found)

    def within(self, bracket: int) -> tuple[Mention, ...]:
        """The numbers directly or indirectly inside a pair of brackets."""
        start, end = self.brackets[bracket - 1]
        return tuple(one for one in self.mentions if start < one.start < end)

    def bracket_after(self, offset: int) -> int:
        """The pair of brackets that opens right behind an offset; 0 when there is none."""
        for number, (start, _) in enumerate(self.brackets, 1):
            if start >= offset:
                return number if not self.text[offset:start].strip() else 0
        return 0

    def _inside(self, offset: int) -> bool:
        return any(start < offset < end for start, end in self.brackets)


def passages(document: Document) -> Iterator[Passage]:
    """All running text of a document: paragraphs, and the cells of tables that hold more than a figure."""
    yield from _from_paragraphs(document)
    for block in document.blocks:
        for index, row in enumerate(block.rows, 1):
            for column, cell in enumerate(row.cells, 1):
                if len(cell) >= _LEAST_CELL and (len(cell) >= _SENTENCE_CELL or any(sign.isdigit() for sign in cell)):
                    label = row.cells[0].strip() if column > 1 else ""
                    yield Passage(_folded(cell), (row.line,), (0,), f"#{block.number}", index, column, label)


def _from_paragraphs(document: Document) -> Iterator[Passage]:
    """Paragraphs; what ends in 其中： goes on below, and what begins with 其中 belongs to the one before."""
    text = ""
    lines: list[int] = []
    starts: list[int] = []
    for paragraph in document.paragraphs:
        folded = _folded(paragraph.text)
        if text and not (_goes_on(text, len(lines)) or folded.lstrip().startswith("其中")):
            yield Passage(text, tuple(lines), tuple(starts))
            text, lines, starts = "", [], []
        elif text:
            text += "\t"
        starts += [len(text) + start for start in paragraph.starts]
        lines += paragraph.lines
        text += folded
    if text:
        yield Passage(text, tuple(lines), tuple(starts))


def _goes_on(text: str, lines: int) -> bool:
    end = text.rstrip()[-1:]
    return (end in (":", "：") and "其中" in text[-6:]) or (lines > 1 and end in (";", "；"))


def _folded(text: str) -> str:
    return fold(text).replace("×", "*").replace("＊", "*").replace("÷", "/").replace("−", "-")
