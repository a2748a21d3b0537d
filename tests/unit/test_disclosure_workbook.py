"""The same tables out of a workbook or a CSV: equal to those of the text; what a sheet hides or computes is told."""

import csv
import io
from collections import Counter
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.document import read_document
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.published_tables import PublishedTables, read_tables
from chengmai.disclosure.reading.workbook import open_document
from tests.published import PUBLISHED


@pytest.fixture(scope="module")
def published() -> PublishedTables:
    """The tables of the bureau's own document."""
    return read_tables(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))


def as_workbook(tables: PublishedTables) -> Workbook:
    """A sheet for each table, as a finance clerk's workbook has them: a title, whose it is, figures as numbers."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for table in tables.tables.values():
        sheet = book.create_sheet(f"表{table.form.number}")
        sheet.append([table.caption.title])
        sheet.append([f"单位名称：{tables.unit_name}", *[None] * 3, "单位：万元"])
        for row in table.grid():
            sheet.append([_value(cell) for cell in row])
        for column in range(1, len(table.grid()[0]) + 1):
            for cells in sheet.iter_rows(min_row=3, min_col=column, max_col=column):
                if isinstance(cells[0].value, float):
                    cells[0].number_format = "0.00"
    return book


def _value(cell: str) -> object:
    amount = parse_amount(cell)
    if not cell or amount is None:
        return cell or None
    return float(amount.value) if amount.decimals else int(cell) if cell.isdigit() else cell


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def read(book: Workbook) -> Disclosure:
    """What a workbook discloses."""
    return read_disclosure(open_document("tables.xlsx", saved(book)))


def rules(disclosure: Disclosure) -> dict[str, int]:
    """How often each rule was broken."""
    return dict(Counter(finding.rule.removeprefix("disclosure.") for finding in disclosure.findings))


def figures(tables: PublishedTables) -> dict[tuple[str, str, str, str], Decimal]:
    """Every amount by table, side, row and column."""
    return {
        (table.key, row.side, row.key, cell.column): cell.amount.value
        for table, row, cell in tables.cells()
        if cell.amount is not None
    }


def test_a_workbook_of_the_thirteen_tables_has_every_figure_of_the_text(published: PublishedTables) -> None:
    disclosure = read(as_workbook(published))
    assert len(disclosure.tables.tables) == 13
    assert figures(disclosure.tables) == figures(published)
    assert (disclosure.tables.year, disclosure.tables.unit_name) == (published.year, published.unit_name)
    assert disclosure.findings == ()


def test_formulas_merged_cells_hidden_sheets_and_text_numbers_are_told(published: PublishedTables) -> None:
    book = as_workbook(published)
    sheet = book["表3"]
    sheet["C6"] = "1,234.50"
    sheet["D6"] = "=C6+1"
    sheet.merge_cells("A8:A9")
    sheet.row_dimensions[9].hidden = True
    book["表10"].sheet_state = "hidden"
    disclosure = read(book)
    found = rules(disclosure)
    assert {
        name: found.get(f"workbook.{name}") for name in ("formulas", "text_numbers", "hidden_rows", "hidden_sheet")
    } == {
        "formulas": 1,
        "text_numbers": 1,
        "hidden_rows": 1,
        "hidden_sheet": 1,
    }
    assert found["workbook.merged"] == found["table.missing"] == 1
    assert found["cell.no_amount"] == 1, "a formula without a saved result has no value"
    row = disclosure.tables.tables["expenditure"].row("208")
    assert row is not None
    total = row.amount("total")
    assert total is not None
    assert total.value == Decimal("1234.50")
    place = next(one.place for one in disclosure.findings if one.rule == "disclosure.cell.no_amount")
    assert (place.sheet, place.row) == ("表3", 6)


def test_a_csv_in_another_order_of_columns_is_read_by_its_labels(published: PublishedTables) -> None:
    table = published.tables["general"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([table.caption.title])
    writer.writerow([f"单位名称：{published.unit_name}", "单位：万元"])
    for index, row in enumerate(table.grid()):
        writer.writerow([row[0], row[1], *(row[2:] if index == 0 else row[:1:-1])])
    disclosure = read_disclosure(open_document("table.csv", text.getvalue().encode("gb18030")))
    wanted = {key: value for key, value in figures(published).items() if key[0] == "general"}
    assert figures(disclosure.tables) == wanted
    assert rules(disclosure) == {"column.order": 1, "table.missing": 12}


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", b""])
def test_what_cannot_be_opened_is_a_finding(data: bytes) -> None:
    disclosure = read_disclosure(open_document("x.xlsx", data))
    assert disclosure.tables.tables == {}
    assert rules(disclosure) == ({"workbook.unreadable": 1} if data else {})
