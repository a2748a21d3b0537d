"""A budget as a Fiscal Data Package: a descriptor and CSV files whose amounts are in yuan, one money cell a row."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from chengmai.core.money import FEN_PER_YUAN
from chengmai.disclosure.layouts import ColumnKind, column_paths
from chengmai.disclosure.printing.money_flows import FUNDS, amounts, projects_of, row_names
from chengmai.disclosure.printing.text import PrintedBudget
from chengmai.disclosure.reading.sheets import TargetSpan

DESCRIPTOR = "datapackage.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same budget gives the same bytes: no clock goes into the archive."""
_LEVELS = (3, 5, 7)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Row = list[str]
Field = dict[str, Any]


def _field(name: str, kind: str, title: str, column_type: str = "", **more: Any) -> Field:
    told = {"name": name, "type": kind, "title": title, **more}
    return told | ({"columnType": column_type} if column_type else {})


_HEAD = (
    _field("fiscal_year", "integer", "年度", "date:fiscal-year"),
    _field("unit", "string", "单位", "administrative-classification:generic:level1:label"),
)
_FUNCTION = tuple(
    _field(f"{name}_{part}", "string", f"{title}{word}", f"functional-classification:generic:level{level}:{tail}")
    for level, (name, title) in enumerate((("class", "类"), ("section", "款"), ("item", "项")), 1)
    for part, word, tail in (("code", "编码", "code:full"), ("name", "名称", "label"))
)
_VALUE = _field(
    "value", "number", "金额（元）", "value", decimalChar=".", bareNumber=True, constraints={"required": True}
)
_FUND = (
    _field("fund", "string", "资金来源", "fin-source:generic:code:full"),
    _field("fund_name", "string", "资金来源名称", "fin-source:generic:label"),
)


def _resources() -> dict[str, tuple[str, Sequence[Field], Callable[[PrintedBudget, dict[str, str]], Iterator[Row]]]]:
    """Name of a file -> its title, its columns, and its rows."""
    kind = _field("kind", "string", "基本支出或项目支出")
    return {
        "income": ("收入：按科目和资金来源", (*_HEAD, *_FUNCTION, *_FUND, _VALUE), _income),
        "expenditure": ("支出：按科目，分基本支出和项目支出", (*_HEAD, *_FUNCTION, kind, _VALUE), _expenditure),
        "projects": (
            "项目支出：按项目和资金来源",
            (
                *_HEAD,
                _field("number", "integer", "序号"),
                _field("project", "string", "项目", "activity:generic:project:label"),
                _field("carried_over", "boolean", "上年结转"),
                *_FUND,
                _VALUE,
            ),
            _projects,
        ),
        "targets": (
            "项目绩效目标",
            (
                *_HEAD,
                _field("sheet", "integer", "目标表序号"),
                _field("project", "string", "项目", "activity:generic:project:label"),
                _field("span", "string", "实施期或年度"),
                _field("level", "string", "二级指标"),
                _field("indicator", "string", "三级指标"),
                _field("target", "string", "指标值"),
            ),
            _targets,
        ),
        "tables": (
            "公开表各单元格",
            (
                *_HEAD,
                _field("table", "integer", "表号"),
                _field("table_title", "string", "表名"),
                _field("row", "integer", "行"),
                _field("column", "integer", "列"),
                _field("column_title", "string", "栏目"),
                _field("row_key", "string", "行代码"),
                _field("text", "string", "文字"),
                _field("value", "number", "金额（元）", "value", decimalChar=".", bareNumber=True),
            ),
            _tables,
        ),
    }


def _model() -> dict[str, Any]:
    """Measures and dimensions: which columns are money, and what it is classified by."""

    def levels(resource: str) -> dict[str, Any]:
        attributes = {}
        for above, name in (("", "class"), ("class", "section"), ("section", "item")):
            parent = {"parent": f"{above}_code"} if above else {}
            attributes[f"{name}_code"] = {"source": f"{name}_code", "resource": resource, **parent}
            label = {"source": f"{name}_name", "resource": resource, "labelfor": f"{name}_code"}
            attributes[f"{name}_name"] = label
        return attributes

    def measure(resource: str, direction: str) -> dict[str, str]:
        told = {"direction": direction, "phase": "approved"}
        return {"source": "value", "resource": resource, "currency": "CNY", **told}

    def plain(kind: str, key: str, source: str, resource: str, **more: str) -> dict[str, Any]:
        attributes = {key: {"source": source, "resource": resource}}
        return {"dimensionType": kind, "primaryKey": [key], "attributes": attributes, **more}

    functional = {"dimensionType": "classification", "classificationType": "functional", "primaryKey": ["class_code"]}
    return {
        "measures": {
            "income": measure("income", "revenue"),
            "expenditure": measure("expenditure", "expenditure"),
            "project_money": measure("projects", "expenditure"),
        },
        "dimensions": {
            "year": plain("datetime", "fiscal_year", "fiscal_year", "expenditure"),
            "unit": plain("classification", "unit", "unit", "expenditure", classificationType="administrative"),
            "function": {**functional, "attributes": levels("expenditure")},
            "income_function": {**functional, "attributes": levels("income")},
            "fund": plain("fact", "fund", "fund", "income"),
            "project": plain("activity", "project", "project", "projects"),
        },
    }


def descriptor(budget: PrintedBudget) -> dict[str, Any]:
    """The package's description."""
    return {
        # The published schema of the fiscal profile asks for the tabular one here, and so do those who validate.
        "profile": "tabular-data-package",
        "name": f"budget-{budget.year}-{budget.sha256[:8]}",
        "title": f"{budget.unit_name}{budget.year}年度单位预算",
        "countryCode": "CN",
        "granularity": "aggregated",
        "fiscalPeriod": {"start": f"{budget.year}-01-01", "end": f"{budget.year}-12-31"},
        "model": _model(),
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "title": title,
                "path": f"data/{name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": list(fields), "missingValues": [""]},
            }
            for name, (title, fields, _) in _resources().items()
        ],
    }


def data_file(budget: PrintedBudget, name: str, told: dict[str, str]) -> bytes | None:
    """One CSV file of the package; None for a name it does not have."""
    found = _resources().get(name)
    if found is None:
        return None
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([field["name"] for field in found[1]])
    numbers = {at for at, field in enumerate(found[1]) if field["type"] == "number"}
    for row in found[2](budget, told):
        writer.writerow(cell if at in numbers else _harmless(cell) for at, cell in enumerate(row))
    return text.getvalue().encode()


def archive(budget: PrintedBudget, told: dict[str, str]) -> bytes:
    """The whole package in one file."""
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as packed:
        packed.writestr(ZipInfo(DESCRIPTOR, _EPOCH), described(budget), ZIP_DEFLATED)
        for name in _resources():
            packed.writestr(ZipInfo(f"data/{name}.csv", _EPOCH), data_file(budget, name, told) or b"", ZIP_DEFLATED)
    return data.getvalue()


def described(budget: PrintedBudget) -> bytes:
    """The descriptor as JSON."""
    return json.dumps(descriptor(budget), ensure_ascii=False, indent=2).encode()


def _harmless(cell: str) -> str:
    """A text that a spreadsheet would run as a formula gets a quote in front."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / FEN_PER_YUAN:.2f}"


def _head(budget: PrintedBudget) -> Row:
    return [str(budget.year), budget.unit_name]


def _path(code: str, names: dict[str, str]) -> Row:
    """Code and name of each level above a code, itself the last; levels below it are empty."""
    cells: Row = []
    for digits in _LEVELS:
        part = code[:digits] if len(code) >= digits else ""
        cells += [part, names.get(part, "")]
    return cells


def _finest(names: dict[str, str]) -> list[str]:
    """Codes that no other code of the table goes on: their amounts add up to the total, each counted once."""
    codes = [key for key in names if key.isdigit()]
    return [code for code in codes if not any(other != code and other.startswith(code) for other in codes)]


def _income(budget: PrintedBudget, told: dict[str, str]) -> Iterator[Row]:
    table = budget.table("income")
    money, names = amounts(table), row_names(table, "name")
    for code in _finest(names):
        for fund in FUNDS:
            if fen := money.get(("", code, fund), 0):
                yield [*_head(budget), *_path(code, names), fund, told[fund], _yuan(fen)]


def _expenditure(budget: PrintedBudget, told: dict[str, str]) -> Iterator[Row]:
    table = budget.table("expenditure")
    money, names = amounts(table), row_names(table, "name")
    for code in _finest(names):
        for kind in ("basic", "project"):
            if fen := money.get(("", code, kind), 0):
                yield [*_head(budget), *_path(code, names), kind, _yuan(fen)]


def _projects(budget: PrintedBudget, told: dict[str, str]) -> Iterator[Row]:
    for one in projects_of(budget):
        for fund, fen in one.parts.items():
            if fen:
                carried = "true" if one.carried else "false"
                yield [*_head(budget), str(one.number), one.name, carried, fund, told[fund], _yuan(fen)]


def _targets(budget: PrintedBudget, told: dict[str, str]) -> Iterator[Row]:
    for sheet in budget.sheets:
        for one in sheet.read.indicators:
            span = told["whole_term"] if one.span == TargetSpan.TERM else told["budget_year"]
            level = told[f"level_{one.level2}"] if one.level2 else ""
            yield [*_head(budget), str(sheet.number), sheet.read.name, span, level, one.name.value, one.target.printed]


def _tables(budget: PrintedBudget, told: dict[str, str]) -> Iterator[Row]:
    for table in budget.tables:
        columns = [path.replace("{year}", str(budget.year)) for path in column_paths(table.header)]
        for cell in table.cells:
            money = table.kinds.get(cell.position) == ColumnKind.MONEY
            title = columns[cell.position - 1] if cell.position <= len(columns) else ""
            place = [str(table.number), table.title, str(cell.row), str(cell.position), title, cell.row_key]
            value = _yuan(cell.fen) if money and cell.fen is not None else ""
            yield [*_head(budget), *place, "" if money else cell.text, value]
