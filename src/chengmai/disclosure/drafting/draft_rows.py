"""New rows of a draft's tables: known by code or name, held against the classification, put in their place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chengmai.disclosure.classes import LEVELS, Classification, class_codes, parent
from chengmai.disclosure.drafting.draft_tables import GridRow, money_columns, text_columns
from chengmai.disclosure.folding import name_key, squeeze
from chengmai.disclosure.layouts import ColumnKind, RowKind, TableForm
from chengmai.disclosure.reading.recognition import is_total

LONGEST_NAME = 120
_PROJECT = re.compile(r"p([1-9]\d{0,5})")


class RowRefused(Exception):
    """Why a row cannot be added: a rule of the catalogue, and what its sentence needs."""

    def __init__(self, rule: str, value: str = "", **told: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.value = value
        self.told = told


@dataclass(frozen=True, slots=True)
class NewRow:
    """What a person tells of a row: a class code, or a name where rows have none; ``beside`` is the other name."""

    side: str = ""
    code: str = ""
    name: str = ""
    beside: str = ""
    key: str = ""


def classification_of(form: TableForm, side: str) -> Classification:
    """The list of codes that rows of a side are known by."""
    if form.rows == RowKind.ECONOMIC:
        return Classification.DEPARTMENT
    return form.classes.get(side, Classification.FUNCTION)


def rows_for(form: TableForm, rows: Sequence[GridRow], told: NewRow, year: int) -> list[GridRow]:
    """The row that is told and those above it that lack, from the class down; without figures and not yet placed.

    Raises RowRefused.
    """
    match form.rows:
        case RowKind.CODES:
            return _coded(form, rows, told, year)
        case RowKind.ECONOMIC:
            return _economic(form, rows, told, year)
        case RowKind.PROJECTS | RowKind.UNITS:
            return [_named(form, rows, told)]
        case RowKind.ITEMS:
            raise RowRefused("draft.rows_fixed", told.name or told.code)


def _coded(form: TableForm, rows: Sequence[GridRow], told: NewRow, year: int) -> list[GridRow]:
    classification = classification_of(form, told.side)
    code, levels = squeeze(told.code), LEVELS[classification]
    if not code.isdecimal() or not code.isascii() or len(code) not in levels:
        raise RowRefused("draft.code_malformed", told.code, digits=", ".join(map(str, levels)))
    known = {row.key for row in rows if row.side == told.side}
    if code in known:
        raise RowRefused("draft.row_there", code)
    codes = class_codes(year)
    chain = [code]
    while (above := parent(classification, chain[0])) is not None and above not in known:
        chain.insert(0, above)
    made = []
    for one in chain:
        official = codes.name(classification, one)
        name = official or (_clean(told.name) if one == code else "")
        if not name:
            raise RowRefused("draft.code_unknown", one)
        made.append(_row(form, told.side, one, name, levels.index(len(one)) + 1, (one, name)))
    if "total" not in known:
        made.insert(0, _row(form, told.side, "total", "合计", 0, ("合计", "")))
    return made


def _economic(form: TableForm, rows: Sequence[GridRow], told: NewRow, year: int) -> list[GridRow]:
    codes, known = class_codes(year), {row.key for row in rows}
    code = squeeze(told.code) or _economic_code(told.name, known, year)
    name = codes.name(Classification.DEPARTMENT, code)
    if name is None:
        raise RowRefused("draft.code_unknown", told.code or told.name)
    if code in known:
        raise RowRefused("draft.row_there", f"{code} {name}")
    government = _government(told.beside, year) if len(code) > LEVELS[Classification.DEPARTMENT][0] else ""
    made = [
        _row(form, told.side, code, name, LEVELS[Classification.DEPARTMENT].index(len(code)) + 1, (name, government))
    ]
    above = parent(Classification.DEPARTMENT, code)
    if above is not None and above not in known:
        title = codes.name(Classification.DEPARTMENT, above)
        if title is None:
            raise RowRefused("draft.code_unknown", above)
        made.insert(0, _row(form, told.side, above, title, 1, (title, "")))
    return made


def _economic_code(name: str, known: set[str], year: int) -> str:
    """The code of a name; where several have it, one whose class is there already and that is not there itself."""
    found = class_codes(year).codes_named(Classification.DEPARTMENT, name)
    free = [code for code in found if code not in known] or found
    return next((code for code in free if code[:3] in known), free[0] if free else "")


def _government(told: str, year: int) -> str:
    """The name of a government class told by its code or name; "" when none is told."""
    if not squeeze(told):
        return ""
    codes = class_codes(year)
    by_code = codes.name(Classification.GOVERNMENT, squeeze(told))
    if by_code is None and not codes.codes_named(Classification.GOVERNMENT, told):
        raise RowRefused("draft.code_unknown", told)
    return by_code or _clean(told)


def _named(form: TableForm, rows: Sequence[GridRow], told: NewRow) -> GridRow:
    name = checked_name(told.name)
    keys = {row.key for row in rows}
    if form.rows == RowKind.UNITS:
        key = name_key(name)
        if key in keys:
            raise RowRefused("draft.row_there", name)
        return _row(form, told.side, key, name, 1, (name,))
    key = told.key or f"p{max([0, *map(_number, keys)]) + 1}"
    if not _PROJECT.fullmatch(key) or key in keys:
        raise RowRefused("draft.row_there", key)
    return _row(form, told.side, key, name, 1, (name,))


def _number(key: str) -> int:
    found = _PROJECT.match(key)
    return int(found[1]) if found else 0


def checked_name(told: str) -> str:
    """The name of a project or unit; raises RowRefused for none, one too long, or one that says it is a total."""
    name = _clean(told)
    if not name:
        raise RowRefused("draft.name_missing")
    if len(name) > LONGEST_NAME:
        raise RowRefused("draft.name_long", name[:20], most=str(LONGEST_NAME))
    if is_total(name):
        raise RowRefused("draft.name_total", name)
    return name


def _clean(text: str) -> str:
    return " ".join(text.split())


def _row(form: TableForm, side: str, key: str, name: str, level: int, texts: Sequence[str]) -> GridRow:
    columns = [column.key for column in text_columns(form, side)]
    told = dict.fromkeys(columns, "") | dict(zip(columns, texts, strict=False))
    fen = {column.key: 0 for column in money_columns(form, side)}
    return GridRow(key, name, side, level, 0, told, fen)


def place_for(form: TableForm, rows: Sequence[GridRow], row: GridRow) -> int:
    """Before which of the rows a new one belongs: by its code, or at the end of its side."""
    beside = [position for position, one in enumerate(rows) if one.side == row.side]
    if row.key == "total":
        return beside[0] if beside else len(rows)
    if form.rows in (RowKind.CODES, RowKind.ECONOMIC):
        behind = [at for at in beside if rows[at].level > 0 and rows[at].key > row.key]
        if behind:
            return behind[0]
    return beside[-1] + 1 if beside else len(rows)


def label_column(form: TableForm, side: str) -> str:
    """The column in which a row's own name is typed; "" where rows are known by codes."""
    return next((one.key for one in form.columns if one.side == side and one.kind == ColumnKind.LABEL), "")
