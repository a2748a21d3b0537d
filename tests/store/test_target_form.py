"""A target sheet as PDF and as a workbook: the same cells, merged as the usual form has them, never a formula."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.budget.models import TargetSheet
from chengmai.budget.performance.form import COLUMNS, parts_of
from chengmai.budget.performance.printing import export_sheet, print_sheet
from chengmai.demo import lifeline_project, lifeline_sheet
from tests.people import add_organisation, add_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    add_organisation("CG")
    lifeline_project.ensure_project("CG")
    lifeline_sheet.ensure_sheet()
    return add_person("clerk", Role.FINANCE)


def test_the_form_fills_its_grid_without_gaps_and_overlaps(clerk: User) -> None:
    (part,) = parts_of(TargetSheet.objects.get(), "zh-CN")
    cells = sum(cell.colspan * cell.rowspan for row in part.rows for cell in row)
    assert cells == COLUMNS * len(part.rows)


def test_the_workbook_tells_every_indicator_and_no_formula(clerk: User) -> None:
    TargetSheet.objects.update(overview="=HYPERLINK(A1)")
    book = load_workbook(BytesIO(export_sheet(TargetSheet.objects.get(), clerk, "zh-CN")))
    (page,) = book.worksheets
    told = {str(cell.value): cell for row in page.iter_rows() for cell in row if cell.value is not None}
    assert {"项目支出绩效目标表", "燃气专项硬件设备", "29项", "≤263.78万元", "数字化服务中心"} <= set(told)
    assert told["=HYPERLINK(A1)"].data_type == "s"
    assert told["26000000"].number_format == "#,##0.00"
    assert "A1:H1" in {str(merged) for merged in page.merged_cells.ranges}


def test_the_same_sheet_gives_the_same_pdf_and_printing_is_on_the_record(clerk: User) -> None:
    sheet = TargetSheet.objects.get()
    first, second = (print_sheet(sheet, clerk, "zh-CN") for _ in range(2))
    assert (first[:5], first == second) == (b"%PDF-", True)
    assert AuditEntry.objects.filter(action="performance.print", object_id=sheet.code).count() == 2
