"""A finance clerk takes the documents of many units in, watches the checks, and opens a cell to its findings."""

import io
import zipfile

from playwright.sync_api import expect

from tests.e2e.people import Enter, FinanceClerk
from tests.published import PUBLISHED

LINES = PUBLISHED.read_text().splitlines()
SMALL = "\n".join([*LINES[:521], *LINES[3115:]])


def test_many_units_are_taken_in_checked_and_opened(enter: Enter) -> None:
    page = enter(FinanceClerk).page
    page.goto("/budget/units")
    page.get_by_test_id("units-start").click()
    page.get_by_test_id("units-name").fill("2025年集中检查")
    page.get_by_test_id("units-year").locator("input").fill("2025")
    page.get_by_test_id("units-begin").click()
    rows = ("101001,甲局,2999-01-01,", "101002,乙局,2025-02-20,2025-02-23", "101003,丙局,2025-02-20,")
    listed = "单位编码,单位名称,截止日期,报送日期\n" + "\n".join(rows)
    page.get_by_test_id("units-list").set_input_files(
        {"name": "units.csv", "mimeType": "text/csv", "buffer": listed.encode()}
    )
    expect(page.locator("[data-unit='101003'] [data-state='missing']")).to_be_visible()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("101001.txt", SMALL.replace("晋城市城市管理局", "甲局"))
        archive.writestr("101002.txt", SMALL.replace("晋城市城市管理局", "乙局").replace("28278.81", "28278.91", 1))
        archive.writestr("../evil.txt", "x")
    page.get_by_test_id("units-files").set_input_files(
        {"name": "all.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    )
    expect(page.get_by_test_id("units-told")).to_contain_text("接收 2 份，重复 0 份，未接收 1 份")
    expect(page.locator("[data-unit='101002'] [data-state='late']")).to_be_visible(timeout=60_000)
    expect(page.locator("[data-unit='101001'] [data-state='on_time']")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("units-totals")).to_contain_text("56,557.62")
    page.locator("[data-unit='101002'] .cell button.error").first.click()
    expect(page.get_by_test_id("units-findings").locator("li").first).to_contain_text("23,716.65")
    page.keyboard.press("Escape")
    page.get_by_test_id("units-chip-missing").click()
    expect(page.locator("tr[data-unit]")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_test_id("units-workbook").click()
    assert download.value.suggested_filename == "2025年集中检查.xlsx"
