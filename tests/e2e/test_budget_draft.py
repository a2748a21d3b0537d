"""A finance clerk corrects the present budget: types, pastes, takes back, sees sums move, gives the draft up."""

from playwright.sync_api import Locator, expect

from tests.e2e.people import Enter, FinanceClerk
from tests.published import PUBLISHED


class GridClerk(FinanceClerk):
    """Prepares the bureau's budget, in a grid."""

    def cell(self, row: str, column: str) -> Locator:
        """A cell of the open table."""
        return self.page.locator(f"[data-cell='{row} {column}']")

    def says(self, row: str, column: str) -> str:
        """What a cell says, also while one stands in it."""
        cell = self.cell(row, column)
        field = cell.locator("input")
        return field.input_value() if field.count() else cell.inner_text()

    def sees(self, row: str, column: str, text: str) -> None:
        """Wait until a cell says something and all is stored."""
        expect(self.part("prepare-stored")).to_have_attribute("data-state", "stored")
        self.waits_until(lambda: self.says(row, column) == text)

    def pastes(self, text: str) -> None:
        """Paste what a spreadsheet would have put on the clipboard."""
        self.page.evaluate(
            """text => {
                const data = new DataTransfer();
                data.setData("text/plain", text);
                const told = {clipboardData: data, bubbles: true, cancelable: true};
                document.activeElement.dispatchEvent(new ClipboardEvent("paste", told));
            }""",
            text,
        )


def test_a_clerk_types_pastes_takes_back_and_gives_a_correction_up(enter: Enter) -> None:
    clerk = enter(GridClerk)
    page = clerk.page
    page.goto("/budget")
    page.get_by_test_id("budget-file").set_input_files(PUBLISHED)
    page.get_by_test_id("budget-load").click()
    expect(page.get_by_test_id("printed-table")).to_contain_text("28278.81")
    page.goto("/budget/prepare")
    page.get_by_test_id("prepare-start").click()
    page.get_by_test_id("prepare-kind-correction").click()
    page.get_by_test_id("prepare-reason").fill("表5有误")
    page.get_by_test_id("prepare-begin").click()
    page.get_by_test_id("prepare-table-general").click()
    ties = int(clerk.part("tie-count").inner_text())
    clerk.cell("2120102", "basic").click()
    page.keyboard.type("1，000.5")
    page.keyboard.press("ArrowDown")
    clerk.sees("2120102", "basic", "1000.50")
    clerk.sees("total", "total", "14966.16")
    assert int(clerk.part("tie-count").inner_text()) > ties
    clerk.pastes("2\t1,685.94\r\n3\t2890.65\r\n")
    clerk.sees("2120104", "basic", "2.00")
    expect(clerk.part("prepare-notes")).to_contain_text("3")  # pasted over a sum: told, not taken
    page.keyboard.press("Control+z")
    clerk.sees("2120104", "basic", "")
    page.keyboard.press("Control+z")
    clerk.sees("total", "total", "13965.66")
    page.keyboard.press("Control+y")
    clerk.sees("total", "total", "14966.16")
    clerk.cell("2120102", "project").click()
    page.keyboard.type("一百")
    page.keyboard.press("Enter")
    expect(clerk.part("prepare-notes")).to_contain_text("一百")
    clerk.sees("2120102", "project", "546.26")
    clerk.part("prepare-discard").click()
    page.get_by_role("dialog").locator("textarea").fill("改用新稿")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(clerk.part("prepare-stored")).to_have_count(0)
    expect(clerk.part("prepare-state")).to_contain_text("已放弃")
