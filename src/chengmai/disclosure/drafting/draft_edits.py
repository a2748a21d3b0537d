"""Steps of typing in a draft's table: cells, pasted rectangles, rows; all of them or none, each with its way back."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from chengmai.disclosure.amounts import Amount, parse_amount
from chengmai.disclosure.drafting.draft_rows import (
    NewRow,
    RowRefused,
    checked_name,
    label_column,
    place_for,
    rows_for,
)
from chengmai.disclosure.drafting.draft_tables import (
    FEN_PER_WAN,
    GridRow,
    GridTable,
    in_wan,
    indexed,
    money_columns,
    side_of,
    text_columns,
)
from chengmai.disclosure.drafting.totalling import Sums, sums_of, totalled
from chengmai.disclosure.folding import name_key, squeeze
from chengmai.disclosure.layouts import ColumnKind, RowKind
from chengmai.disclosure.reading.recognition import is_total
from chengmai.disclosure.reading.tables import TOTALS

MOST_FEN = 10**15
"""Ten thousand billion yuan: what is typed above it is a slip."""
MOST_PASTED_ROWS = 2000
_NAMED = (RowKind.PROJECTS, RowKind.UNITS)
_ENDINGS = TOTALS | {"carried"}


@dataclass(frozen=True, slots=True)
class SetCell:
    """Type into one cell: an amount in ten thousand yuan, or the name of a project or unit."""

    row: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class PasteCells:
    """Paste what was copied from a sheet, its rows by lines and its cells by tabs, from a cell on.

    From a cell of money on rows stay where they are; from a code or name on they are found by it, and added.
    """

    row: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class AddRow:
    """Add a row by its code or name; ``amounts`` are as typed, ``before`` is the key of the row it shall precede."""

    row: NewRow
    amounts: tuple[tuple[str, str], ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class RemoveRow:
    """Remove a row and those below it in the classification."""

    row: str
    side: str = ""


Step = SetCell | PasteCells | AddRow | RemoveRow


@dataclass(frozen=True, slots=True)
class EditRefusal:
    """Why a step is refused, or what came out otherwise than it was pasted: a cell, its value, the rule."""

    row: str
    column: str
    value: str
    rule: str
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """A table after its steps; ``undo`` leads back. With anything refused the table is as it was."""

    table: GridTable
    undo: tuple[Step, ...] = ()
    refused: tuple[EditRefusal, ...] = ()
    differing: tuple[EditRefusal, ...] = ()


def apply(table: GridTable, steps: Sequence[Step], year: int) -> Edited:
    """Take all steps, then work out every sum anew; what print had rounded in a sum stays in it."""
    work = _Work(table, year)
    for step in steps:
        work.take(step)
    if work.refused:
        return Edited(table, refused=tuple(work.refused))
    done = totalled(replace(table, rows=indexed(table.form, work.rows)), table)
    differing = tuple(
        replace(one, told=(("computed", in_wan(done.fen(one.row, one.column)) or "0.00"),))
        for one, pasted in work.pasted_sums
        if not _shows(pasted, done.fen(one.row, one.column))
    )
    return Edited(done, tuple(reversed(work.undo)), (), differing)


def _shows(pasted: Amount, fen: int) -> bool:
    """Whether a pasted figure is a sum as far as its decimals go, rounded half up as sheets do."""
    exact = Decimal(fen) / FEN_PER_WAN
    return exact.quantize(Decimal(1).scaleb(-pasted.decimals), ROUND_HALF_UP) == pasted.value


@dataclass
class _Work:
    """A table while steps are taken on it."""

    table: GridTable
    year: int
    rows: list[GridRow] = field(init=False)
    undo: list[Step] = field(default_factory=list)
    refused: list[EditRefusal] = field(default_factory=list)
    pasted_sums: list[tuple[EditRefusal, Amount]] = field(default_factory=list)
    _sums: Sums | None = None

    def __post_init__(self) -> None:
        self.rows = [replace(row, texts=dict(row.texts), fen=dict(row.fen)) for row in self.table.rows]

    def take(self, step: Step) -> None:
        """Take one step, or keep why it is refused."""
        match step:
            case SetCell():
                self._set(step.row, step.column, step.text)
            case PasteCells():
                self._paste(step)
            case AddRow():
                self._add(step)
            case RemoveRow():
                self._remove(step)

    def refuse(self, row: str, column: str, value: str, rule: str, **told: str) -> None:
        """Keep why something is refused."""
        self.refused.append(EditRefusal(row, column, value[:80], rule, tuple(told.items())))

    @property
    def sums(self) -> Sums:
        """Which cells are sums, by the rows there are now."""
        if self._sums is None:
            self._sums = sums_of(self.table.form, self.rows)
        return self._sums

    def _at(self, key: str, side: str) -> int | None:
        return next((at for at, row in enumerate(self.rows) if row.key == key and row.side == side), None)

    def _set(self, key: str, column: str, text: str) -> None:
        side = side_of(self.table.form, column)
        at = self._at(key, side)
        kind = next((one.kind for one in self.table.form.columns if one.key == column), None)
        if at is None or kind is None:
            self.refuse(key, column, text, "draft.no_cell")
        elif kind != ColumnKind.MONEY:
            self._rename(at, column, text)
        elif (key, column) in self.sums:
            self.refuse(key, column, text, "draft.computed")
        else:
            fen = self._amount(key, column, text)
            if fen is not None:
                self._put(at, column, fen)

    def _put(self, at: int, column: str, fen: int) -> None:
        row = self.rows[at]
        before = row.fen.get(column, 0)
        if before != fen:
            self.undo.append(SetCell(row.key, column, in_wan(before)))
            self.rows[at] = replace(row, fen={**row.fen, column: fen})

    def _rename(self, at: int, column: str, text: str) -> None:
        row = self.rows[at]
        if self.table.form.rows not in _NAMED or row.level == 0:
            self.refuse(row.key, column, text, "draft.text_fixed")
            return
        try:
            name = checked_name(text)
        except RowRefused as refusal:
            self.refuse(row.key, column, text, refusal.rule, **refusal.told)
            return
        if name != row.texts.get(column):
            self.undo.append(SetCell(row.key, column, row.texts.get(column, "")))
            self.rows[at] = replace(row, name=name, texts={**row.texts, column: name})

    def _amount(self, key: str, column: str, text: str) -> int | None:
        """Fen of what was typed; None, and refused, for what is no amount a table may hold."""
        amount = parse_amount(text)
        if amount is None:
            self.refuse(key, column, text, "draft.no_amount")
            return None
        fen = amount.value * FEN_PER_WAN
        if fen != fen.to_integral_value():
            self.refuse(key, column, text, "draft.too_fine")
        elif fen < 0:
            self.refuse(key, column, text, "draft.below_zero")
        elif fen > MOST_FEN:
            self.refuse(key, column, text, "draft.too_large")
        else:
            return int(fen)
        return None

    def _add(self, step: AddRow) -> GridRow | None:
        try:
            made = rows_for(self.table.form, self.rows, step.row, self.year)
        except RowRefused as refusal:
            self.refuse(step.row.code or step.row.name, "", refusal.value, refusal.rule, **refusal.told)
            return None
        for row in made:
            self._insert(row, step.before if row is made[-1] else "")
        row = made[-1]
        for column, text in step.amounts:
            self._set(row.key, column, text)
        return row

    def _insert(self, row: GridRow, before: str) -> None:
        """Put a row in; the first one below a row that had money takes that over, for now it is a sum."""
        wanted = self._at(before, row.side) if before and self.table.form.rows in _NAMED else None
        at = place_for(self.table.form, self.rows, row) if wanted is None else wanted
        was = self.sums
        self.rows.insert(at, row)
        self._sums = None
        moved = {
            parts[0][1]: (cell, self._fen(cell))
            for cell, parts in self.sums.items()
            if cell not in was and parts == ((row.key, cell[1]),) and self._fen(cell)
        }
        self.undo.append(RemoveRow(row.key, row.side))
        if moved:
            # Back means: first the row goes, then what was above it gets its money again.
            back = [SetCell(cell[0], column, in_wan(fen)) for column, (cell, fen) in moved.items()]
            self.undo[-1:] = [*back, RemoveRow(row.key, row.side)]
            self.rows[at] = replace(row, fen={**row.fen, **{column: fen for column, (_, fen) in moved.items()}})

    def _fen(self, cell: tuple[str, str]) -> int:
        at = self._at(cell[0], side_of(self.table.form, cell[1]))
        return 0 if at is None else self.rows[at].fen.get(cell[1], 0)

    def _remove(self, step: RemoveRow) -> None:
        form = self.table.form
        at = self._at(step.row, step.side)
        if at is None:
            self.refuse(step.row, "", step.row, "draft.no_cell")
            return
        if form.rows == RowKind.ITEMS or step.row in _ENDINGS:
            self.refuse(step.row, "", self.rows[at].name, "draft.rows_fixed")
            return
        with_codes = form.rows not in _NAMED
        was = self.sums
        for row in reversed(list(self.rows)):
            below = with_codes and row.level > 0 and row.key.startswith(step.row)
            if row.side == step.side and (row.key == step.row or below):
                self._take_out(row, was)
        self._sums = None
        for index, row in enumerate(self.rows):
            # What has nothing below it any more is typed again, from nothing on.
            freed = {column: 0 for column in row.fen if (row.key, column) in was and (row.key, column) not in self.sums}
            if freed:
                self.rows[index] = replace(row, fen={**row.fen, **freed})

    def _take_out(self, row: GridRow, sums: Sums) -> None:
        at = next(at for at, one in enumerate(self.rows) if one is row)
        behind = self.rows[at + 1] if at + 1 < len(self.rows) and self.rows[at + 1].side == row.side else None
        amounts = tuple(
            (column.key, in_wan(row.fen[column.key]))
            for column in money_columns(self.table.form, row.side)
            if row.fen.get(column.key) and (row.key, column.key) not in sums
        )
        self.undo.append(AddRow(self._told(row), amounts, "" if behind is None else behind.key))
        del self.rows[at]

    def _told(self, row: GridRow) -> NewRow:
        """The row as a person would tell it, to add it again."""
        texts = [row.texts.get(column.key, "") for column in text_columns(self.table.form, row.side)]
        match self.table.form.rows:
            case RowKind.PROJECTS:
                return NewRow(row.side, name=row.name, key=row.key)
            case RowKind.UNITS:
                return NewRow(row.side, name=row.name)
            case RowKind.ECONOMIC:
                return NewRow(row.side, row.key, beside=texts[1])
        return NewRow(row.side, row.key, row.name)

    def _paste(self, step: PasteCells) -> None:
        side = side_of(self.table.form, step.column)
        start = self._at(step.row, side)
        columns = [one for one in self.table.form.columns if one.side == side]
        first = next((at for at, one in enumerate(columns) if one.key == step.column), None)
        if first is None or (start is None and step.row):
            self.refuse(step.row, step.column, "", "draft.no_cell")
            return
        lines = clipboard_rows(step.text)
        if len(lines) > MOST_PASTED_ROWS:
            self.refuse(step.row, step.column, str(len(lines)), "draft.too_many_rows", most=str(MOST_PASTED_ROWS))
            return
        keys = [column.key for column in columns[first:]]
        if columns[first].kind == ColumnKind.MONEY:
            beside = [row.key for row in self.rows if row.side == side]
            targets: list[str | None] = list(beside[beside.index(step.row) :]) if start is not None else []
            targets = targets[: len(lines)] + [None] * (len(lines) - len(targets))
        else:
            targets = self._targets(lines, side, step.row)
        for number, (line, target) in enumerate(zip(lines, targets, strict=True), 1):
            self._paste_line(line, target, keys, number)

    def _paste_line(self, line: list[str], target: str | None, keys: list[str], number: int) -> None:
        if target is None:
            if any(cell.strip() for cell in line):
                self.refuse(
                    "", keys[0], next(cell for cell in line if cell.strip()), "draft.beyond_rows", line=str(number)
                )
            return
        if any(cell.strip() for cell in line[len(keys) :]):
            beyond = next(cell for cell in line[len(keys) :] if cell.strip())
            self.refuse(target, keys[-1], beyond, "draft.beyond_columns", line=str(number))
        kinds = {column.key: column.kind for column in self.table.form.columns}
        for column, text in zip(keys, line, strict=False):
            if kinds[column] != ColumnKind.MONEY:
                continue
            if (target, column) in self.sums:
                self._paste_sum(target, column, text)
            else:
                self._set(target, column, text)

    def _paste_sum(self, key: str, column: str, text: str) -> None:
        """A pasted cell that is a sum here is not taken; what it says is held against the sum."""
        if not text.strip():
            return
        amount = parse_amount(text)
        if amount is None:
            self.refuse(key, column, text, "draft.no_amount")
            return
        self.pasted_sums.append((EditRefusal(key, column, text[:80], "draft.sum_differs"), amount))

    def _targets(self, lines: list[list[str]], side: str, start: str) -> list[str | None]:
        """The row of each line that begins with a code or name; rows that are not there yet are added first."""
        kind = self.table.form.rows
        waiting = self._following(start, side) if kind in _NAMED else []
        targets: list[str | None] = []
        for line in lines:
            told = [cell.strip() for cell in line[:2]] + ["", ""]
            if not any(cell.strip() for cell in line):
                targets.append(None)
            elif kind in _NAMED:
                targets.append(self._named_target(told[0], side, waiting))
            elif kind == RowKind.ITEMS:
                targets.append(self._item_target(told[0], side))
            else:
                targets.append(self._coded_target(told[0], told[1], side))
        return targets

    def _following(self, start: str, side: str) -> list[str]:
        """Keys of the rows with names of their own, from the one a paste begins at."""
        beside = [row for row in self.rows if row.side == side]
        first = next((at for at, row in enumerate(beside) if row.key == start), len(beside))
        return [row.key for row in beside[first:] if row.level > 0]

    def _named_target(self, name: str, side: str, waiting: list[str]) -> str | None:
        totals = {name_key(row.name): row.key for row in self.rows if row.side == side and row.level == 0}
        if name_key(name) in totals or is_total(name):
            return totals.get(name_key(name), "total")
        if waiting:
            key = waiting.pop(0)
            self._set(key, label_column(self.table.form, side), name)
            return key
        made = self._add(AddRow(NewRow(side, name=name)))
        return None if made is None else made.key

    def _item_target(self, name: str, side: str) -> str | None:
        bare = _bare(name)
        found = [row.key for row in self.rows if row.side == side and _bare(row.name) == bare]
        if not found:
            self.refuse("", label_column(self.table.form, side), name, "draft.no_row")
        return found[0] if found else None

    def _coded_target(self, code: str, name: str, side: str) -> str | None:
        if is_total(code) or (not code and is_total(name)):
            return "total"
        economic = self.table.form.rows == RowKind.ECONOMIC
        told = NewRow(side, name=code, beside=name) if economic else NewRow(side, code, name)
        key = squeeze(code) if not economic else self._economic_key(code, name)
        if key and self._at(key, side) is not None:
            return key
        made = self._add(AddRow(told))
        return None if made is None else made.key

    def _economic_key(self, name: str, government: str) -> str:
        """The row of an economic class by its name; a class has no name of government beside it."""
        level = 2 if government.strip() else 1
        found = [row.key for row in self.rows if name_key(row.name) == name_key(name) and row.level == level]
        return found[0] if found else ""


def _bare(text: str) -> str:
    """A printed label without its numbering."""
    return name_key(text).rpartition("、")[2].lstrip("①②③④⑤⑥⑦⑧⑨⑩")


def clipboard_rows(text: str) -> list[list[str]]:
    """What a spreadsheet puts on the clipboard: lines of cells with tabs between; quoted where one holds a break."""
    if not text:
        return []
    rows = list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter="\t"))
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return [[" ".join(cell.split()) for cell in row] or [""] for row in rows]
