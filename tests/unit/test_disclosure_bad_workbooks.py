"""A clerk's workbook as it comes: whatever is wrong with it is a finding with its sheet and row, never a failure."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from chengmai.budget.checking.sheet import as_workbook, place_in_words
from chengmai.disclosure.checking.checks import CheckReport, check_file
from chengmai.disclosure.document import read_document
from chengmai.disclosure.reading.published_tables import PublishedTables, read_tables
from tests.published import PUBLISHED
from tests.unit.test_disclosure_workbook import as_workbook as book_of
from tests.unit.test_disclosure_workbook import saved

Told = set[tuple[str, str, int]]


@pytest.fixture(scope="module")
def published() -> PublishedTables:
    """The tables of the bureau's own document."""
    return read_tables(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))


def told(report: CheckReport) -> Told:
    """Every finding by its rule, sheet and row."""
    return {(one.rule.removeprefix("disclosure."), one.place.sheet, one.place.row or 0) for one in report.findings}


def wrong_figure(book: Workbook) -> None:
    book["表3"]["D8"] = 1.23


def full_width(book: Workbook) -> None:
    for row in book["表5"].iter_rows(min_row=5):
        for cell in row[2:]:
            if isinstance(cell.value, float):
                cell.value = f"{cell.value:,.2f}".translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，"))


def dashes(book: Workbook) -> None:
    for row in book["表3"].iter_rows(min_row=5):
        for cell in row[2:]:
            cell.value = cell.value or "-"


def two_units(book: Workbook) -> None:
    title, _, *rest = book["表10"].iter_rows(values_only=True)
    sheet = book.create_sheet("另一家")
    for row in (title, ("单位名称：某某中心", None, None, "单位：万元"), *rest):
        sheet.append(row)


def in_yuan(book: Workbook) -> None:
    book["表8"]["E2"] = "单位：元"


def other_order(book: Workbook) -> None:
    for row in book["表5"].iter_rows(min_row=4):
        row[3].value, row[4].value = row[4].value, row[3].value


def unknown(book: Workbook) -> None:
    sheet = book.create_sheet("附")
    for row in (("附表",), ("序号", "车型", "排量"), (1, "轿车", "1.6"), (2, "货车", "2.0")):
        sheet.append(row)


def over_two_pages(book: Workbook) -> None:
    """The second page of a table with its header again, as a printout has it."""
    sheet = book["表12"]
    sheet.insert_rows(20, 2)
    for cell in sheet[3]:
        sheet.cell(21, cell.column, cell.value)


def tags(book: Workbook) -> None:
    cell = book["表3"]["C6"]
    cell.value = f"{cell.value} <td></td>"


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (wrong_figure, {("table.columns", "表3", 8), ("table.levels", "表3", 7)}),
        (full_width, {("workbook.text_numbers", "表5", 5)}),
        (dashes, set()),
        (two_units, {("table.second_unit", "另一家", 3)}),
        (in_yuan, {("table.other_unit", "表8", 1)}),
        (other_order, {("column.order", "表5", 3)}),
        (unknown, {("table.unknown", "附", 2)}),
        (over_two_pages, set()),
        (tags, {("cell.markup", "表3", 6)}),
    ],
)
def test_what_is_wrong_is_told_by_sheet_and_row(
    published: PublishedTables, spoil: Callable[[Workbook], None], expected: Told
) -> None:
    book = book_of(published)
    spoil(book)
    report = check_file("预算.xlsx", saved(book))
    assert expected <= told(report)
    assert report.holding > 0
    for language in ("zh-CN", "en"):
        shown = openpyxl.load_workbook(io.BytesIO(as_workbook(report, language)))
        assert len(list(shown.worksheets[0].iter_rows())) == 1 + len(report.decided)
    assert all(one.place.sheet in place_in_words(one.place, "en") for one in report.findings)
    assert expected or told(report) == {("table.empty", "表9", 6)}, (
        "the text's note below the table is not in the sheet"
    )
