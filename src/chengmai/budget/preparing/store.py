"""A budget's stored cells as tables to work on, and back."""

from collections.abc import Iterable

from chengmai.budget.models import BudgetCell, BudgetSet, BudgetTable
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.drafting.draft_tables import GridRow, GridTable, in_wan, indexed, money_columns, sides
from chengmai.disclosure.layouts import ColumnKind, TableForm, layout_for

_BATCH = 500
_FIELDS = ("table__key", "row", "column", "row_key", "side", "level", "text", "fen")


def grids_of(budget: BudgetSet) -> dict[str, GridTable]:
    """Every stored table of a set that its year's layout knows, by key."""
    forms = {form.key: form for form in layout_for(budget.year).tables}
    cells: dict[str, list[tuple[int, str, str, str, int, str, int | None]]] = {}
    for key in budget.tables.values_list("key", flat=True):
        cells[key] = []
    rows = BudgetCell.objects.filter(table__budget=budget).order_by("table_id", "row", "position")
    for key, *cell in rows.values_list(*_FIELDS):
        cells[key].append(tuple(cell))
    return {key: _grid(forms[key], found) for key, found in cells.items() if key in forms}


def _grid(form: TableForm, cells: Iterable[tuple[int, str, str, str, int, str, int | None]]) -> GridTable:
    kinds = {column.key: column.kind for column in form.columns}
    labels = {column.key for column in form.columns if column.kind in (ColumnKind.LABEL, ColumnKind.NAME)}
    rows: dict[tuple[str, str], GridRow] = {}
    for index, column, key, side, level, text, fen in cells:
        row = rows.setdefault((side, key), GridRow(key, "", side, level, index, {}, {}))
        if kinds.get(column) == ColumnKind.MONEY:
            rows[side, key] = _with(row, fen={**row.fen, column: fen or 0})
        elif column in kinds:
            # The first label names the row; a name beside a code does, the government's class beside a label not.
            name = row.name or (text if column in labels else "")
            rows[side, key] = _with(row, name=name, texts={**row.texts, column: text})
    order = sides(form)
    found = sorted(rows.values(), key=lambda row: (order.index(row.side) if row.side in order else 0, row.index))
    return GridTable(form, indexed(form, found))


def _with(row: GridRow, **changed: object) -> GridRow:
    return GridRow(**{name: getattr(row, name) for name in GridRow.__slots__} | changed)


def create_tables(budget: BudgetSet, grids: Iterable[GridTable], titles: dict[str, str] | None = None) -> None:
    """Store the tables of a new set, each with the header of its year's layout."""
    for grid in grids:
        form = grid.form
        stored = BudgetTable.objects.create(
            budget=budget,
            number=form.number,
            key=form.key,
            title=(titles or {}).get(form.key, form.title).replace("{year}", str(budget.year))[:255],
            first_line=1,
            last_line=1,
            header=[[cell.replace("{year}", str(budget.year)) for cell in row] for row in form.header],
            columns=[
                {"key": column.key, "kind": column.kind.value, "position": position}
                for position, column in enumerate(form.columns, 1)
            ],
        )
        replace_cells(stored, grid)


def replace_cells(stored: BudgetTable, grid: GridTable) -> None:
    """Store all cells of a table anew."""
    stored.cells.all().delete()
    BudgetCell.objects.bulk_create(_cells(stored, grid), batch_size=_BATCH)
    last = max((row.index for row in grid.rows), default=1)
    BudgetTable.objects.filter(pk=stored.pk).update(last_line=last)


def _cells(stored: BudgetTable, grid: GridTable) -> Iterable[BudgetCell]:
    for row in grid.rows:
        for position, column in enumerate(grid.form.columns, 1):
            if column.side != row.side:
                continue
            money = column.kind == ColumnKind.MONEY
            fen = row.fen.get(column.key, 0) if money else None
            text = in_wan(fen or 0) if money else row.texts.get(column.key, "")
            yield BudgetCell(
                table=stored,
                row=row.index,
                line=row.index,
                position=position,
                column=column.key,
                row_key=row.key[:128],
                side=row.side,
                level=row.level,
                printed=text,
                text=text,
                fen=fen,
                fidelity=Fidelity.EXACT,
            )


def update_cells(stored: BudgetTable, before: GridTable, after: GridTable) -> None:
    """Store what changed in a table whose rows are the same."""
    old = {(row.side, row.key): row for row in before.rows}
    changed = []
    cells = {(cell.side, cell.row_key, cell.column): cell for cell in stored.cells.all()}
    for row in after.rows:
        was = old[row.side, row.key]
        for column in (*row.fen, *row.texts):
            if row.fen.get(column) == was.fen.get(column) and row.texts.get(column) == was.texts.get(column):
                continue
            cell = cells[row.side, row.key[:128], column]
            cell.fen = row.fen.get(column)
            cell.text = cell.printed = in_wan(row.fen[column]) if column in row.fen else row.texts[column]
            changed.append(cell)
    BudgetCell.objects.bulk_update(changed, ["fen", "text", "printed"], batch_size=_BATCH)


def same_rows(before: GridTable, after: GridTable) -> bool:
    """Whether two states of a table have the same rows in the same places."""
    return [(row.side, row.key, row.index) for row in before.rows] == [
        (row.side, row.key, row.index) for row in after.rows
    ]


def money_keys(grid: GridTable) -> set[str]:
    """Keys of every column of a table that holds money."""
    return {column.key for side in sides(grid.form) for column in money_columns(grid.form, side)}
