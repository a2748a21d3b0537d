"""Layouts of published tables, as data: one file a province and its years, shipped with the package."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from chengmai.disclosure.classes import Classification
from chengmai.disclosure.folding import name_key

_YEAR = "{year}"


class ColumnKind(StrEnum):
    """What a column holds: a row's own name, its code, a further name, or money."""

    LABEL = "label"
    CODE = "code"
    NAME = "name"
    MONEY = "money"


class RowKind(StrEnum):
    """How rows of a table are known: printed items, class codes, economic classes, units, or projects."""

    ITEMS = "items"
    CODES = "codes"
    ECONOMIC = "economic"
    UNITS = "units"
    PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its key, the path of header words over it, its kind, and the side of the table it stands on."""

    key: str
    label: str
    kind: ColumnKind
    side: str = ""


@dataclass(frozen=True, slots=True)
class TableForm:
    """How one table is laid out; ``header`` rows are as printed, {year} standing for the budget year.

    ``printed`` are the rows an empty table has, label after label for each side; {unit} stands for whose budget it is.

    ``items`` names, for each side, the list in which a row's printed label is looked up; ``classes`` the list of
    codes of a side that is not that of functions.
    """

    number: int
    key: str
    title: str
    rows: RowKind
    header: tuple[tuple[str, ...], ...]
    columns: tuple[TableColumn, ...]
    items: Mapping[str, str]
    classes: Mapping[str, Classification]
    printed: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> frozenset[str]:
        """Every word of the header, the year left open."""
        return frozenset(header_key(cell) for row in self.header for cell in row if cell)


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of one province for some years; ``items`` are lists of printed labels with their keys."""

    province: str
    years: tuple[int, ...]
    unit: str
    decimals: int
    tables: tuple[TableForm, ...]
    items: Mapping[str, Mapping[str, str]]

    def form(self, key: str) -> TableForm:
        """The table of a key."""
        return next(form for form in self.tables if form.key == key)


@lru_cache(maxsize=65536)
def header_key(text: str) -> str:
    """A header word or title without spaces, any year in it left open."""
    return re.sub(r"(?:19|20)\d\d|\{year\}", _YEAR, name_key(text))


def column_paths(header: Sequence[Sequence[str]]) -> list[str]:
    """For each column the header words over it, from above; a word over several columns stands in the first of them."""
    width = max((len(row) for row in header), default=0)
    levels: list[list[str]] = []
    for index, row in enumerate(header):
        keys = [header_key(cell) for cell in row] + [""] * (width - len(row))
        if index < len(header) - 1:
            keys = _spread(keys, levels[-1] if levels else None)
        levels.append(keys)
    return ["/".join(level[column] for level in levels if level[column]) for column in range(width)]


def _spread(keys: list[str], above: list[str] | None) -> list[str]:
    """Each word also over the empty columns to its right, as far as the group above it reaches."""
    spread: list[str] = []
    for column, key in enumerate(keys):
        same_group = column > 0 and (above is None or above[column] == above[column - 1])
        spread.append(key or (spread[-1] if same_group else ""))
    return spread


@cache
def layouts() -> tuple[Layout, ...]:
    """Every layout that ships, in the order of their files."""
    folder = files("chengmai.disclosure") / "data"
    names = sorted(file.name for file in folder.iterdir() if file.name.startswith("layout-"))
    return tuple(_layout(tomllib.loads((folder / name).read_text("utf-8"))) for name in names)


def layout_for(year: int) -> Layout:
    """The layout of a budget's year; the last there is when none is for it."""
    known = layouts()
    return next((layout for layout in known if year in layout.years), known[-1])


def _layout(told: dict[str, Any]) -> Layout:
    return Layout(
        province=told["province"],
        years=tuple(told["years"]),
        unit=told["unit"],
        decimals=told["decimals"],
        tables=tuple(_form(table) for table in told["tables"]),
        items={name: {name_key(label): key for label, key in labels.items()} for name, labels in told["items"].items()},
    )


def _form(told: dict[str, Any]) -> TableForm:
    header, columns = told["header"], told["columns"]
    items, classes = told.get("items", {}), told.get("classes", {})
    rows = tuple(tuple(str(cell) for cell in row) for row in header)
    paths = column_paths(rows)
    return TableForm(
        number=told["number"],
        key=told["key"],
        title=told["title"],
        rows=RowKind(told["rows"]),
        header=rows,
        columns=tuple(
            TableColumn(column["key"], path, ColumnKind(column["kind"]), column.get("side", ""))
            for column, path in zip(columns, paths, strict=True)
        ),
        items=items,
        classes={side: Classification(name) for side, name in classes.items()},
        printed=tuple(tuple(row) for row in told["printed"]),
    )
