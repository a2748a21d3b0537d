"""A published document as text: lines as printed, what each is, parts and sections, paragraphs, tables found in it."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from chengmai.core.findings import Severity
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import fold, name_key

WATERMARKS = ("仅供内部审核", "内部审核", "内部资料", "仅供参考", "征求意见稿", "草稿", "样稿", "送审稿")
"""Lines that are stamped over a page and belong to no text; a released document should carry none of them."""
_PAGE_NUMBER = re.compile(r"[-—–~·]?\s*\d{1,4}\s*[-—–~·]?|第\s*\d{1,4}\s*页(?:[,，/ ]*共\s*\d{1,4}\s*页)?|-{3,}[\s-]*")
_HEADINGS = (
    (1, re.compile(r"第([一二三四五六七八九十]{1,3})部分\s*(.*)")),
    (2, re.compile(r"([一二三四五六七八九十]{1,3})、\s*(.+)")),
    (3, re.compile(r"\(([一二三四五六七八九十]{1,3})\)\s*(.+)")),
    (4, re.compile(r"(\d{1,2})[、.]\s*(\D.*)")),
)
_MOST_OF_A_HEADING = 40
_MOST_OF_A_CAPTION = 8
_PAIRS = (("《", "》"), ("“", "”"), ("(", ")"), ("〔", "〕"))
_SENTENCE_END = "。；;：:！？!?"
_NO_HEADING = re.compile(r"[。；;]|[，,].*[，,]")


class LineKind(StrEnum):
    """What a line of a document is: a ``row`` holds tabs, ``noise`` is a watermark or a page number."""

    BLANK = "blank"
    NOISE = "noise"
    ROW = "row"
    HEADING = "heading"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line as printed; ``folded`` is as long as ``printed``, so that an offset is good for both."""

    number: int
    printed: str
    folded: str
    kind: LineKind

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a row, as printed."""
        return tuple(self.printed.split("\t"))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 is 第一部分, 2 一、, 3 （一）, 4 1、; it holds until the next of its level or above."""

    line: int
    level: int
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; lines that a page broke apart are one. ``starts`` are the offsets at which its ``lines`` begin."""

    number: int
    text: str
    lines: tuple[int, ...]
    starts: tuple[int, ...]

    @property
    def folded(self) -> str:
        """The text with full-width signs folded; offsets are those of ``text``."""
        return fold(self.text)

    def place(self, start: int, end: int) -> DocumentPlace:
        """Where a piece of the paragraph is printed, by the line in which it begins."""
        index = bisect_right(self.starts, start) - 1
        return DocumentPlace(self.lines[index], start=start - self.starts[index], end=end - self.starts[index])


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One row of a table as printed: its line, and its cells between tabs."""

    line: int
    cells: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The cells without spaces and with half-width signs, to compare them by."""
        return tuple(name_key(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Consecutive rows; blank lines and noise between them, as at a page's end, are ``skipped`` but kept.

    ``caption`` are the lines of text above it, the nearest last; ``note`` those right below, up to the next table.
    """

    number: int
    rows: tuple[BlockRow, ...]
    caption: tuple[DocumentLine, ...]
    skipped: tuple[int, ...]
    note: tuple[DocumentLine, ...] = ()

    @property
    def first_line(self) -> int:
        """Where the table begins."""
        return self.rows[0].line

    @property
    def last_line(self) -> int:
        """Where the table ends."""
        return self.rows[-1].line

    def place(self, row: int, column: int | None = None, table: str = "") -> DocumentPlace:
        """Where row and column (both from 1) are printed."""
        return DocumentPlace(self.rows[row - 1].line, table or f"#{self.number}", row, column)


@dataclass(frozen=True)
class Document:
    """A document by its lines; everything else is found in them once it is asked for."""

    source: str
    lines: tuple[DocumentLine, ...]
    found: tuple[DocumentFinding, ...] = field(default=())
    """What was wrong with the file itself."""
    origins: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    """For a workbook the sheet and row of each line; empty for a text."""

    def row_of(self, line: int) -> int:
        """The row of its sheet that a line stands for; the line itself in a text."""
        return self.origins[line][1] if line in self.origins else line

    def located(self, finding: DocumentFinding) -> DocumentFinding:
        """The finding with the sheets and rows of its places, where the document was a workbook."""
        if not self.origins:
            return finding
        other = None if finding.other is None else self.placed(finding.other)
        return replace(finding, place=self.placed(finding.place), other=other)

    def placed(self, place: DocumentPlace) -> DocumentPlace:
        """The place with its sheet and row, where the document was a workbook."""
        if place.sheet or place.line not in self.origins:
            return place
        sheet, row = self.origins[place.line]
        return replace(place, sheet=sheet, row=row)

    def line(self, number: int) -> DocumentLine:
        """The line of a number, from 1."""
        return self.lines[number - 1]

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """All headings in the order of print; a table of contents has none."""
        return tuple(
            heading for line in self.lines if line.kind == LineKind.HEADING and (heading := _heading(line)) is not None
        )

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """All text outside tables, headings among it; a sentence that a page broke is one paragraph."""
        return tuple(_paragraphs(self.lines))

    @cached_property
    def blocks(self) -> tuple[TableBlock, ...]:
        """All tables, in the order of print."""
        return tuple(_blocks(self.lines))

    def section(self, line: int) -> tuple[Heading, ...]:
        """The headings over a line, from the part down."""
        path: list[Heading] = []
        for heading in self.headings[: bisect_right(self.headings, line, key=lambda one: one.line)]:
            while path and path[-1].level >= heading.level:
                path.pop()
            path.append(heading)
        return tuple(path)

    @cached_property
    def watermarks(self) -> tuple[DocumentLine, ...]:
        """Lines that are stamped over a page."""
        return tuple(line for line in self.lines if line.kind == LineKind.NOISE and _is_watermark(line.folded))


def read_document(source: str, data: bytes | str) -> Document:
    """A document of its text; bytes are UTF-8 or else GB 18030. Never raises on their content."""
    found: list[DocumentFinding] = []
    text = data if isinstance(data, str) else decode_text(data, found)
    numbered = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n"), 1)
    lines = [line_of(number, printed) for number, printed in numbered]
    if lines and not lines[-1].printed:
        lines.pop()
    document = Document(source, tuple(lines), tuple(found))
    if document.watermarks:
        found.append(_watermarked(document.watermarks))
    return Document(source, document.lines, tuple(found))


def line_of(number: int, printed: str) -> DocumentLine:
    """A line with what it is."""
    folded = fold(printed)
    return DocumentLine(number, printed, folded, _kind(folded))


def decode_text(data: bytes, found: list[DocumentFinding]) -> str:
    """The text of bytes in UTF-8 or else GB 18030; what is neither is a finding."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    found.append(DocumentFinding(rule="disclosure.undecodable", severity=Severity.ERROR, place=DocumentPlace(1)))
    return data.decode("utf-8", errors="replace")


def _watermarked(lines: tuple[DocumentLine, ...]) -> DocumentFinding:
    first = lines[0]
    return DocumentFinding(
        rule="disclosure.watermark",
        severity=Severity.WARNING,
        place=DocumentPlace(first.number),
        value=first.printed.strip(),
        detail=(("times", str(len(lines))), ("lines", " ".join(str(line.number) for line in lines[:50]))),
    )


def _is_watermark(folded: str) -> bool:
    return name_key(folded) in WATERMARKS


def _kind(folded: str) -> LineKind:
    stripped = folded.strip()
    if not stripped:
        return LineKind.BLANK if "\t" not in folded else LineKind.NOISE
    if _is_watermark(stripped) or _PAGE_NUMBER.fullmatch(stripped):
        return LineKind.NOISE
    if "\t" in folded:
        return LineKind.ROW
    return LineKind.HEADING if _is_heading(stripped) else LineKind.TEXT


def _is_heading(stripped: str) -> bool:
    if len(stripped) > _MOST_OF_A_HEADING or _NO_HEADING.search(stripped) or _is_open(stripped):
        return False
    return _heading_of(stripped) is not None


def _heading_of(stripped: str) -> tuple[int, str, str] | None:
    for level, pattern in _HEADINGS:
        found = pattern.fullmatch(stripped)
        if found:
            return level, found[1], found[2].strip()
    return None


def _heading(line: DocumentLine) -> Heading | None:
    found = _heading_of(line.folded.strip())
    return None if found is None else Heading(line.number, *found)


def _paragraphs(lines: tuple[DocumentLine, ...]) -> list[Paragraph]:
    groups: list[list[DocumentLine]] = []
    broken = False
    for line in lines:
        if line.kind in (LineKind.BLANK, LineKind.NOISE):
            continue
        if line.kind != LineKind.TEXT:
            broken = False
            if line.kind == LineKind.HEADING:
                groups.append([line])
            continue
        if broken and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
        broken = _is_broken(line.folded.strip())
    return [_joined(number, group) for number, group in enumerate(groups, 1)]


def _is_broken(stripped: str) -> bool:
    """Whether a line goes on below: a long one that ends without a full stop, or inside brackets or quotes."""
    if stripped[-1] in _SENTENCE_END:
        return False
    return _is_open(stripped) or (len(stripped) > _MOST_OF_A_HEADING and stripped[-1] not in ")”》】")


def _is_open(stripped: str) -> bool:
    """Whether a bracket or quote that the line opens is closed further down."""
    return any(stripped.count(left) > stripped.count(right) for left, right in _PAIRS)


def _joined(number: int, group: list[DocumentLine]) -> Paragraph:
    text, starts = "", []
    for line in group:
        starts.append(len(text))
        text += line.printed.rstrip()
    return Paragraph(number, text, tuple(line.number for line in group), tuple(starts))


def _blocks(lines: tuple[DocumentLine, ...]) -> list[TableBlock]:
    blocks: list[TableBlock] = []
    rows: list[BlockRow] = []
    between: list[int] = []
    skipped: list[int] = []
    above: list[DocumentLine] = []
    caption: tuple[DocumentLine, ...] = ()

    def close() -> None:
        if rows:
            blocks.append(TableBlock(len(blocks) + 1, tuple(rows), caption, tuple(skipped)))
        rows.clear()
        skipped.clear()
        between.clear()

    for line in lines:
        if line.kind == LineKind.ROW:
            if rows:
                skipped.extend(between)
            else:
                caption, above = tuple(above[-_MOST_OF_A_CAPTION:]), []
            between.clear()
            rows.append(BlockRow(line.number, line.cells))
        elif line.kind in (LineKind.BLANK, LineKind.NOISE):
            between.append(line.number)
        else:
            close()
            above.append(line)
    close()
    return _with_notes(blocks, above)


def _with_notes(blocks: list[TableBlock], after_last: list[DocumentLine]) -> list[TableBlock]:
    """Each table with the text below it: what is the caption of the next may be the note of this one."""
    below = [*(block.caption for block in blocks[1:]), tuple(after_last)]
    return [
        TableBlock(block.number, block.rows, block.caption, block.skipped, note)
        for block, note in zip(blocks, below[: len(blocks)], strict=True)
    ]
