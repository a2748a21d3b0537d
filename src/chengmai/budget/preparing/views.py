"""What the doors answer at which a budget is prepared."""

from collections import Counter
from collections.abc import Sequence

from chengmai.budget.models import BudgetSet
from chengmai.budget.preparing import schemas
from chengmai.budget.preparing.services import DraftEdit, StartedDraft
from chengmai.budget.preparing.store import grids_of, same_rows
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.findings import Severity
from chengmai.core.messages import message
from chengmai.disclosure.drafting.draft_edits import AddRow, EditRefusal, RemoveRow, SetCell, Step
from chengmai.disclosure.drafting.draft_findings import BrokenTie, broken_ties
from chengmai.disclosure.drafting.draft_rows import NewRow
from chengmai.disclosure.drafting.draft_tables import GridRow, Grids, GridTable, in_wan, side_of
from chengmai.disclosure.drafting.totalling import sums_of
from chengmai.disclosure.layouts import layout_for


def draft_out(budget: BudgetSet, language: str, grids: Grids | None = None) -> schemas.DraftOut:
    """A set as it is prepared."""
    known = grids_of(budget) if grids is None else grids
    ties = broken_ties(known)
    basis = budget.basis
    return schemas.DraftOut(
        id=budget.pk,
        unit_name=budget.unit_name,
        year=budget.year,
        version=budget.version,
        state=BudgetSetState(budget.state),
        editable=budget.state == BudgetSetState.DRAFT,
        revision=budget.revision,
        reason=budget.reason,
        basis=None if basis is None else basis.pk,
        basis_told="" if basis is None else f"{basis.year} v{basis.version}",
        changed_by="" if budget.changed_by is None else budget.changed_by.name,
        changed_at=budget.changed_at,
        tables=heads(budget, known, ties),
        ties=[tie_out(one, language) for one in ties],
    )


def heads(budget: BudgetSet, grids: Grids, ties: Sequence[BrokenTie]) -> list[schemas.DraftTableHead]:
    """The tables of a set with how many rules do not hold at each."""
    counts = Counter((one.finding.place.table, one.severity) for one in ties)
    return [
        schemas.DraftTableHead(
            key=key,
            number=grid.form.number,
            title=grid.form.title.replace("{year}", str(budget.year)),
            errors=counts[key, Severity.ERROR],
            warnings=counts[key, Severity.WARNING],
            notes=counts[key, Severity.NOTE],
        )
        for key, grid in sorted(grids.items(), key=lambda one: one[1].form.number)
    ]


def tie_out(tie: BrokenTie, language: str) -> schemas.TieOut:
    """A rule that does not hold, in words."""
    finding = tie.finding
    told = dict(finding.params)
    told["name"] = (
        message(told["name"], language, {})
        if told.get("name", "").startswith("disclosure.tie.")
        else told.get("name", "")
    )
    return schemas.TieOut(
        rule=finding.rule,
        severity=tie.severity,
        table=finding.place.table,
        row=tie.row,
        column=tie.column,
        other_table=tie.other_table,
        other_row=tie.other_row,
        other_column=tie.other_column,
        sentence=message(f"finding.{finding.rule}", language, told),
    )


def started_out(started: StartedDraft, language: str) -> schemas.StartedDraftOut:
    """A draft as it begins, with what was summed anew."""
    grids = grids_of(started.budget)
    recomputed = [
        schemas.RecomputedOut(
            table=table,
            row=row,
            column=column,
            name=cell_name(grids[table], row, column, language),
            printed=in_wan(was),
            computed=in_wan(is_now),
        )
        for table, row, column, was, is_now in started.recomputed
    ]
    return schemas.StartedDraftOut(draft=draft_out(started.budget, language, grids), recomputed=recomputed)


def cell_name(table: GridTable, row: str, column: str, language: str) -> str:
    """A cell as people call it: its table's number, its row's name, the last word over its column."""
    labels = {one.key: one.label.rpartition("/")[2] for one in table.form.columns}
    side = side_of(table.form, column)
    name = next((_row_name(one) for one in table.rows if (one.key, one.side) == (row, side)), row)
    number = message("draft.table", language, {"number": table.form.number})
    label = labels.get(column, "").replace("{year}年", "").replace("{year}", "")
    return " · ".join(part for part in (number, name, label) if part)


def _row_name(row: GridRow) -> str:
    """What a row is called; one of totals is by the word where its code would stand."""
    return row.name or next((text for text in row.texts.values() if text), row.key)


def grid_out(budget: BudgetSet, grid: GridTable) -> schemas.GridOut:
    """A table to type in."""
    form, sums = grid.form, sums_of(grid.form, grid.rows)
    rows = {(row.side, row.index): row for row in grid.rows}
    lines = []
    for index in sorted({row.index for row in grid.rows}):
        cells: list[schemas.GridCell | None] = []
        levels = []
        for column in form.columns:
            row = rows.get((column.side, index))
            if row is None:
                cells.append(None)
                continue
            levels.append(row.level)
            text = in_wan(row.fen[column.key]) if column.key in row.fen else row.texts.get(column.key, "")
            cells.append(schemas.GridCell(row=row.key, text=text, computed=(row.key, column.key) in sums))
        lines.append(schemas.GridLine(index=index, level=min(levels, default=1), cells=cells))
    year = str(budget.year)
    return schemas.GridOut(
        key=form.key,
        number=form.number,
        title=form.title.replace("{year}", year),
        unit=layout_for(budget.year).unit,
        rows=form.rows,
        header=[[cell.replace("{year}", year) for cell in row] for row in form.header],
        columns=[
            schemas.GridColumn(
                key=column.key, label=column.label.replace("{year}", year), kind=column.kind, side=column.side
            )
            for column in form.columns
        ],
        lines=lines,
    )


def edit_out(done: DraftEdit, language: str) -> schemas.EditOut:
    """What was stored of typing."""
    budget, before, after = done.budget, done.before, done.edited.table
    ties = broken_ties(done.grids)
    moved = not same_rows(before, after)
    return schemas.EditOut(
        revision=budget.revision,
        changed_at=budget.changed_at,
        changed=[] if moved else _changed(before, after),
        grid=grid_out(budget, after) if moved else None,
        undo=[step_out(step) for step in done.edited.undo],
        differing=[refusal_sentence(after, one, language) for one in done.edited.differing],
        tables=heads(budget, done.grids, ties),
        ties=[tie_out(one, language) for one in ties],
    )


def _changed(before: GridTable, after: GridTable) -> list[schemas.ChangedCell]:
    found = []
    for was, row in zip(before.rows, after.rows, strict=True):
        for column, fen in row.fen.items():
            if fen != was.fen.get(column):
                found.append(schemas.ChangedCell(row=row.key, column=column, text=in_wan(fen)))
        for column, text in row.texts.items():
            if text != was.texts.get(column):
                found.append(schemas.ChangedCell(row=row.key, column=column, text=text))
    return found


def step_out(step: Step) -> schemas.StepShape:
    """A step as it is sent."""
    match step:
        case SetCell():
            return schemas.StepShape(kind="set", row=step.row, column=step.column, text=step.text)
        case AddRow():
            row = step.row
            return schemas.StepShape(
                kind="add",
                row=row.key,
                side=row.side,
                code=row.code,
                name=row.name,
                beside=row.beside,
                amounts=dict(step.amounts),
                before=step.before,
            )
        case RemoveRow():
            return schemas.StepShape(kind="remove", row=step.row, side=step.side)
    return schemas.StepShape(kind="paste", row=step.row, column=step.column, text=step.text)


def new_row(told: schemas.StepShape) -> NewRow:
    """A row as it was sent."""
    return NewRow(told.side, told.code, told.name, told.beside, told.row)


def refusal_sentence(table: GridTable, refusal: EditRefusal, language: str) -> str:
    """Why a cell was refused, or what came out otherwise: which cell, which value, which rule."""
    labels = {column.key: column.label.rpartition("/")[2] for column in table.form.columns}
    row = next((one.name or one.key for one in table.rows if one.key == refusal.row), refusal.row)
    why = message(f"finding.{refusal.rule}", language, {"value": refusal.value, **dict(refusal.told)})
    place = " · ".join(part for part in (row, labels.get(refusal.column, "")) if part)
    return f"{place}: {why}" if place else why


def refused(table: GridTable, refusals: Sequence[EditRefusal], language: str) -> list[dict[str, str]]:
    """Every refused cell with its rule, for the parameters of an error."""
    return [
        {
            "row": one.row,
            "column": one.column,
            "value": one.value,
            "rule": one.rule,
            "sentence": refusal_sentence(table, one, language),
        }
        for one in refusals
    ]
