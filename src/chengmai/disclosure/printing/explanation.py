"""Reading the explanation of a published budget: its headings, paragraphs and places of tables, in their order."""

import re
from collections.abc import Iterable, Iterator, Sequence

from chengmai.disclosure.document import Document, DocumentLine, Heading, LineKind, Paragraph, TableBlock
from chengmai.disclosure.explanation import ExplanationPassage, PassageKind
from chengmai.disclosure.folding import name_key, squeeze
from chengmai.disclosure.reading.recognition import PlacedBlock, SortedBlocks

_CONTENTS_LINE = re.compile(r"[.…·．\s]{3,}\d{1,4}$")
"""How a line of a table of contents ends: leaders and a page number."""
_TABLE_NUMBER = re.compile(r"^(?:预算|部门|单位)?公开表\d+$|^表[一二三四五六七八九十]+$")
_UNIT_LINE = re.compile(r"^(?:(?:单位|部门)名称:|\(?(?:金额)?单位:)")
_NO_DATA = re.compile(r"^(?:注|备注|说明):|^本表无|^本表为空")
_SHEET_TITLE = "绩效目标表"
_SHEET_YEAR = re.compile(r"^\(?20\d\d年度?\)?$")


def read_explanation(document: Document, blocks: SortedBlocks) -> tuple[ExplanationPassage, ...]:
    """All passages behind the cover and the table of contents; what belongs to a table is left out.

    A block that is none of the tables is kept row by row, so that nothing of the text is lost.
    """
    begin = _first_line(document)
    owned = _owned_lines(blocks)
    found: list[tuple[int, ExplanationPassage]] = [*_places(blocks)]
    headings = {heading.line: heading for heading in document.headings}
    for paragraph in document.paragraphs:
        line = paragraph.lines[0]
        if line >= begin and line not in owned:
            found.append((line, _passage(document, paragraph, headings.get(line))))
    found += [(one.number, _row(one)) for one in _loose_rows(document.lines[begin - 1 :], owned)]
    return tuple(passage for _, passage in sorted(found, key=lambda one: one[0]))


def _first_line(document: Document) -> int:
    """Where the first part begins, the contents being behind us; the first line where no part is printed."""
    for heading in document.headings:
        if heading.level == 1 and not _CONTENTS_LINE.search(heading.title):
            return heading.line
    return 1


def _owned_lines(blocks: SortedBlocks) -> set[int]:
    """Lines that are a table, a sheet or the catalogue, with their titles, unit lines and notes."""
    owned: set[int] = set()
    for placed in blocks.tables:
        owned |= _lines_of(placed.block) | _caption_lines(placed) | _note_lines(placed.block)
    for sheet in blocks.sheets:
        owned |= _lines_of(sheet) | _sheet_title_lines(sheet)
    for catalogue in blocks.catalogues:
        owned |= _lines_of(catalogue) | {line.number for line in catalogue.caption[-1:]}
    return owned


def _lines_of(block: TableBlock) -> set[int]:
    return {row.line for row in block.rows}


def _caption_lines(placed: PlacedBlock) -> set[int]:
    first = placed.caption.title_line or placed.block.first_line
    return {
        line.number
        for line in placed.block.caption
        if line.number >= first or _TABLE_NUMBER.match(squeeze(line.printed)) or _UNIT_LINE.match(squeeze(line.printed))
    }


def _note_lines(block: TableBlock) -> set[int]:
    return {line.number for line in block.note[:1] if _NO_DATA.match(squeeze(line.printed))}


def _sheet_title_lines(sheet: TableBlock) -> set[int]:
    titles = [line.number for line in sheet.caption if _SHEET_TITLE in name_key(line.printed)]
    if titles:
        return {line.number for line in sheet.caption if line.number >= titles[-1]}
    return {line.number for line in sheet.caption if _SHEET_YEAR.match(squeeze(line.printed))}


def _places(blocks: SortedBlocks) -> Iterator[tuple[int, ExplanationPassage]]:
    """Where the first table, the first sheet and the catalogue begin."""
    kinds: Iterable[tuple[PassageKind, Sequence[TableBlock]]] = (
        (PassageKind.TABLES, sorted((one.block for one in blocks.tables), key=lambda block: block.first_line)),
        (PassageKind.SHEETS, blocks.sheets),
        (PassageKind.CATALOGUE, blocks.catalogues),
    )
    for kind, found in kinds:
        if found:
            yield found[0].first_line, ExplanationPassage(kind)


def _passage(document: Document, paragraph: Paragraph, heading: Heading | None) -> ExplanationPassage:
    if heading is None:
        return ExplanationPassage(PassageKind.TEXT, text=paragraph.text.strip())
    printed = document.line(heading.line).printed.strip()
    title = printed[len(printed) - len(heading.title) :] if heading.title else ""
    return ExplanationPassage(PassageKind.HEADING, heading.level, heading.number, title)


def _loose_rows(lines: Sequence[DocumentLine], owned: set[int]) -> Iterator[DocumentLine]:
    return (line for line in lines if line.kind == LineKind.ROW and line.number not in owned)


def _row(line: DocumentLine) -> ExplanationPassage:
    return ExplanationPassage(PassageKind.TEXT, text=line.printed.rstrip("\n"))
