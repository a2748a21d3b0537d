"""A budget made from that of the year before, and what is carried over (结转) from it put where it belongs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from chengmai.disclosure.drafting.draft_edits import AddRow, EditRefusal, SetCell, Step, apply
from chengmai.disclosure.drafting.draft_rows import NewRow
from chengmai.disclosure.drafting.draft_tables import Address, GridRow, Grids, GridTable, in_wan, indexed
from chengmai.disclosure.drafting.totalling import sums_of, totalled
from chengmai.disclosure.layouts import RowKind

FUNDS = ("general", "fund", "state_capital")
"""Sources of which money may be carried over, by the columns of the table of carried projects."""
_OF_FUND = {"general": "general", "fund": "fund_expenditure", "state_capital": "state_capital"}
"""The table that tells this year's expenditure of a source by class."""
_CARRIED_COLUMNS = {"totals": {"carried"}, "income": {"carried"}}


@dataclass(frozen=True, slots=True)
class CarriedProject:
    """A project whose money is carried over: the class code it is spent under, fen by source."""

    name: str
    code: str
    fen: Mapping[str, int]

    @property
    def total(self) -> int:
        """All sources together [fen]."""
        return sum(self.fen.get(fund, 0) for fund in FUNDS)


def next_year(tables: Grids, with_amounts: bool) -> dict[str, GridTable]:
    """The tables as the next year begins: class rows and projects stay, what had been carried over is gone.

    Without amounts every figure is nothing. With them, expenditure is what it was without the part carried over.
    """
    bare = {key: _without_carried(table, tables) for key, table in tables.items()}
    if not with_amounts:
        bare = {key: _emptied(table) for key, table in bare.items()}
    done = {key: totalled(table) for key, table in bare.items()}
    if with_amounts and "appropriation" in done:
        done["appropriation"] = totalled(_appropriation_by_class(done["appropriation"], done))
    return done


def _emptied(table: GridTable) -> GridTable:
    return replace(table, rows=tuple(replace(row, fen=dict.fromkeys(row.fen, 0)) for row in table.rows))


def _without_carried(table: GridTable, tables: Grids) -> GridTable:
    if table.key == "projects_carried":
        return replace(table, rows=indexed(table.form, [row for row in table.rows if row.level == 0]))
    columns = _CARRIED_COLUMNS.get(table.key, set())
    rows = []
    for row in table.rows:
        fen = {column: 0 if column in columns else money for column, money in row.fen.items()}
        if row.side == "income" and row.key.startswith("carried"):
            fen = dict.fromkeys(fen, 0)
        if table.key == "expenditure" and "income" in tables:
            carried = tables["income"].fen(row.key, "carried")
            fen["project"] = max(0, fen.get("project", 0) - carried)
        rows.append(replace(row, fen=fen))
    return replace(table, rows=tuple(rows))


def _appropriation_by_class(table: GridTable, tables: Grids) -> GridTable:
    """Expenditure by class and source as the tables of the sources tell it for this year alone."""
    rows = []
    for row in table.rows:
        if row.side == "expenditure" and row.key.isdigit():
            fen = {fund: tables[of].fen(row.key, "total") for fund, of in _OF_FUND.items() if of in tables}
            row = replace(row, fen={**row.fen, **fen})
        rows.append(row)
    return replace(table, rows=tuple(rows))


@dataclass(frozen=True, slots=True)
class Carried:
    """The tables after carrying over; with anything refused they are as they were."""

    tables: Mapping[str, GridTable]
    refused: tuple[EditRefusal, ...] = ()


def carry_over(tables: Grids, carried: Iterable[CarriedProject], year: int) -> Carried:
    """Put what is carried over into the table of carried projects and into every carried column and total.

    All projects or none; a code that is no lowest row of its table is refused.
    """
    work = _Carrying(dict(tables), year)
    for project in carried:
        work.take(project)
    return Carried(tables if work.refused else work.tables, tuple(work.refused))


@dataclass
class _Carrying:
    """The tables while projects are carried over into them."""

    tables: dict[str, GridTable]
    year: int
    refused: list[EditRefusal] = field(default_factory=list)

    def take(self, project: CarriedProject) -> None:
        """Put one project where it belongs; tables that the layout does not have are passed over."""
        total, group = project.total, project.code[:3]
        amounts = tuple((fund, in_wan(project.fen[fund])) for fund in FUNDS if project.fen.get(fund))
        self._step("projects_carried", AddRow(NewRow(name=project.name), amounts))
        self._raise("income", (project.code, "carried"), total)
        self._raise("expenditure", (project.code, "project"), total)
        self._raise("totals", ("carried", "income"), total)
        self._raise("totals", (group, "carried"), total)
        table = self.tables.get("appropriation")
        by_source = table is not None and any(row.key.startswith("carried_") for row in table.rows)
        if not by_source:
            self._raise("appropriation", ("carried", "income"), total)
        for fund in FUNDS:
            if by_source:
                self._raise("appropriation", (f"carried_{fund}", "income"), project.fen.get(fund, 0))
            self._raise("appropriation", (group, fund), project.fen.get(fund, 0))

    def _raise(self, key: str, cell: Address, fen: int) -> None:
        """Add to a cell; a class row that lacks is added."""
        table = self.tables.get(key)
        if table is None or not fen:
            return
        if table.form.rows == RowKind.CODES and all(row.key != cell[0] for row in table.rows):
            self._step(key, AddRow(NewRow(code=cell[0])))
        self._step(key, SetCell(*cell, in_wan(self.tables[key].fen(*cell) + fen)))

    def _step(self, key: str, step: Step) -> None:
        if key in self.tables:
            edited = apply(self.tables[key], [step], self.year)
            self.refused += edited.refused
            self.tables[key] = edited.table


def typed_cells(table: GridTable) -> list[tuple[GridRow, str]]:
    """Cells that are typed, not summed: rows with the key of their column."""
    sums = sums_of(table.form, table.rows)
    return [(row, column) for row in table.rows for column in row.fen if (row.key, column) not in sums]
