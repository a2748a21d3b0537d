"""A target sheet's rows as tokens: what is in the cells that are not empty, remains of markup undone, labels known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chengmai.disclosure.document import BlockRow, TableBlock
from chengmai.disclosure.findings import DocumentPlace
from chengmai.disclosure.folding import squeeze
from chengmai.disclosure.reading.sheet_labels import sheet_labels

_TAG = re.compile(r"</?\s*(?:td|th|tr)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """What one cell holds: ``column`` counts from 0; ``label`` is (kind, key) where the text is a label of the sheet.

    ``mended`` says that remains of markup were taken off the text.
    """

    column: int
    text: str
    printed: str
    label: tuple[str, str] | None
    mended: bool = False

    def is_a(self, kind: str, *keys: str) -> bool:
        """Whether the token is a label of a kind, and one of the keys where any are given."""
        return self.label is not None and self.label[0] == kind and (not keys or self.label[1] in keys)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet: its number in the block from 1, its line, its tokens from left to right."""

    index: int
    line: int
    tokens: tuple[Token, ...]

    def place(self, column: int | None = None) -> DocumentPlace:
        """Where a column (from 0) of the row is printed."""
        return DocumentPlace(self.line, "sheet", self.index, None if column is None else column + 1)

    def has(self, kind: str, *keys: str) -> bool:
        """Whether any token is such a label."""
        return any(token.is_a(kind, *keys) for token in self.tokens)


def sheet_rows(block: TableBlock) -> list[SheetRow]:
    """All rows of a sheet as tokens."""
    return [SheetRow(index, row.line, tuple(_tokens(row))) for index, row in enumerate(block.rows, 1)]


def _tokens(row: BlockRow) -> list[Token]:
    tokens: list[Token] = []
    for column, cell in enumerate(row.cells):
        if "<" not in cell or not _TAG.search(cell):
            if cell.strip():
                tokens.extend(_split_label(column, cell))
            continue
        parts = [part.strip() for part in _TAG.split(cell) if part.strip()]
        following = [squeeze(after) for after in row.cells[column + 1 :] if after.strip() and not _TAG.search(after)]
        inner = parts[1:] if not _TAG.match(cell.strip()) else parts
        repeated = [squeeze(part) for part in inner] == following[: len(inner)]
        kept = parts[: len(parts) - len(inner)] if repeated else parts
        tokens.extend(Token(column, part, cell, sheet_labels().kind(part), mended=True) for part in kept)
    return tokens


def _split_label(column: int, cell: str) -> Sequence[Token]:
    """A cell is one token, but for a level's label and the name behind it that the scan put into one cell."""
    text = cell.strip()
    label = sheet_labels().kind(text)
    first, _, rest = text.partition(" ")
    if label is None and rest and len(first) <= 8 and (head := sheet_labels().kind(first)) and head[0] == "level2":
        return (Token(column, first, cell, head, mended=True), Token(column, rest.strip(), cell, None, mended=True))
    return (Token(column, text, cell, label),)
