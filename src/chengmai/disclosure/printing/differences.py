"""What a corrected version of a budget says otherwise than the one it replaces: cells, paragraphs, target sheets."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from chengmai.disclosure.explanation import PLACES, heading_line
from chengmai.disclosure.layouts import ColumnKind, column_paths
from chengmai.disclosure.printing.text import PrintedBudget, PrintedBudgetCell, PrintedBudgetTable

_NAMES = (ColumnKind.LABEL, ColumnKind.NAME, ColumnKind.CODE)


class DifferencePart(StrEnum):
    """In which part of a budget two versions differ."""

    TABLE = "table"
    TEXT = "text"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class BudgetDifference:
    """One place that differs; ``old`` or ``new`` is empty where only one version has it."""

    part: DifferencePart
    where: str
    row: str
    column: str
    old: str
    new: str


def differences(old: PrintedBudget, new: PrintedBudget) -> list[BudgetDifference]:
    """Every cell, paragraph and target sheet that two versions tell differently, in the order of print."""
    return [*_of_tables(old, new), *_of_text(old, new), *_of_sheets(old, new)]


_Key = tuple[str, str, str]


def _of_tables(old: PrintedBudget, new: PrintedBudget) -> Iterator[BudgetDifference]:
    keys = dict.fromkeys([table.key for table in (*new.tables, *old.tables)])
    for key in keys:
        before, after = old.table(key), new.table(key)
        was = {} if before is None else _cells(before)
        now = {} if after is None else _cells(after)
        table = after or before
        if table is None:
            continue
        columns = [path.replace("/", " · ").replace("{year}", str(new.year)) for path in column_paths(table.header)]
        for place in dict.fromkeys([*now, *was]):
            left, right = was.get(place), now.get(place)
            old_text = "" if before is None or left is None else before.shown(left[0])
            new_text = "" if after is None or right is None else after.shown(right[0])
            cell, name = right or left or (None, "")
            if cell is not None and old_text != new_text:
                column = columns[cell.position - 1] if cell.position <= len(columns) else ""
                yield BudgetDifference(DifferencePart.TABLE, table.title, name, column, old_text, new_text)


def _cells(table: PrintedBudgetTable) -> dict[_Key, tuple[PrintedBudgetCell, str]]:
    """Cells by side, row and column, each with the name of its row; a repeated row is told apart by its order."""
    found: dict[_Key, tuple[PrintedBudgetCell, str]] = {}
    for row in table.rows:
        names: dict[str, str] = {}
        for kind in _NAMES:
            for cell in row:
                if cell.text and table.kinds.get(cell.position) == kind:
                    names.setdefault(cell.side, cell.text)
        for cell in row:
            found[cell.side, cell.row_key, cell.column] = (cell, names.get(cell.side, cell.row_key))
    return found


def _of_text(old: PrintedBudget, new: PrintedBudget) -> Iterator[BudgetDifference]:
    """Paragraphs that changed, those that were added, those that are gone."""
    before, after = _paragraphs(old), _paragraphs(new)
    matcher = SequenceMatcher(None, [text for _, text in before], [text for _, text in after], autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        if kind == "equal":
            continue
        for index in range(max(end - start, stop - begin)):
            left = before[start + index] if start + index < end else ("", "")
            right = after[begin + index] if begin + index < stop else ("", "")
            yield BudgetDifference(DifferencePart.TEXT, right[0] or left[0], "", "", left[1], right[1])


def _paragraphs(budget: PrintedBudget) -> list[tuple[str, str]]:
    """Each paragraph with the heading it stands under."""
    found, heading = [], ""
    for one in budget.passages:
        if one.kind in PLACES:
            continue
        if one.level:
            heading = heading_line(one.level, one.number, one.text)
            found.append((heading, heading))
        else:
            found.append((heading, one.text))
    return found


def _of_sheets(old: PrintedBudget, new: PrintedBudget) -> Iterator[BudgetDifference]:
    for index in range(max(len(old.sheets), len(new.sheets))):
        before = old.sheets[index] if index < len(old.sheets) else None
        after = new.sheets[index] if index < len(new.sheets) else None
        name = (after or before or old.sheets[index]).read.name
        was = {} if before is None else dict(enumerate(before.rows))
        now = {} if after is None else dict(enumerate(after.rows))
        for row in sorted({*was, *now}):
            left, right = (" ".join(filter(None, rows.get(row, ()))) for rows in (was, now))
            if left != right:
                yield BudgetDifference(DifferencePart.SHEET, name, str(row + 1), "", left, right)
