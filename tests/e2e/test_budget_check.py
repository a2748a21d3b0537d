"""A clerk checks a published budget and walks its findings, each with its places marked in the text."""

from playwright.sync_api import expect

from tests.e2e.people import Enter, FinanceClerk
from tests.published import PUBLISHED


def test_a_clerk_walks_the_findings_beside_the_text(enter: Enter) -> None:
    page = enter(FinanceClerk).page
    page.goto("/budget/check")
    page.get_by_test_id("budget-file").set_input_files(PUBLISHED)
    page.get_by_test_id("budget-check").click()
    findings = page.get_by_test_id("budget-findings").get_by_role("option")
    expect(page.get_by_test_id("budget-summary")).to_be_visible()
    expect(findings.first).to_contain_text("23716.65")
    expect(page.get_by_test_id("place").first.locator("mark")).to_have_text("23,716.65万元")
    page.get_by_test_id("budget-findings").press("ArrowDown")
    expect(page.get_by_test_id("budget-sentence")).to_contain_text("138.65")
    with page.expect_download() as download:
        page.get_by_test_id("budget-workbook").click()
    assert download.value.suggested_filename == "jincheng-2025-检查结果.xlsx"
    marks = page.get_by_test_id("place").locator("mark")
    expect(marks).to_have_count(2)
    page.get_by_test_id("kind-error").click()
    expect(findings.first).not_to_contain_text("23716.65")
