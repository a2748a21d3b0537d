"""A project and a target sheet are written by hand, and come to what was typed."""

from typing import ClassVar

from playwright.sync_api import Locator, expect

from chengmai.access.roles import Role
from tests.e2e.people import Enter, Person


class Clerk(Person):
    """Keeps the money and its targets."""

    role: ClassVar[Role] = Role.FINANCE

    def fill(self, form: str, **fields: str) -> None:
        """Fill fields of the form that lies open by their names."""
        for name, text in fields.items():
            self.part(form).locator(f"[name={name}]").fill(text)

    def choose(self, list_: Locator, name: str) -> None:
        """Choose from a list."""
        list_.click()
        self.page.get_by_role("option", name=name, exact=True).locator("visible=true").first.click()

    def row(self, table: str, **cells: str) -> Locator:
        """Write one more row of a table of the form."""
        self.part(f"{table}-add").click()
        row = self.part(f"{table}-row").last
        for name, text in cells.items():
            row.locator(f"[data-cell={name}] input").fill(text)
        return row


class ProjectKeeper(Clerk):
    """Keeps construction projects."""

    role: ClassVar[Role] = Role.NETWORK_ENGINEER


def test_a_project_is_registered_and_changed_by_hand(enter: Enter) -> None:
    clerk = enter(ProjectKeeper)
    clerk.page.goto("/projects")
    clerk.part("project-add").click()
    clerk.fill("project-form", code="HAND", name_zh="手工项目", name_en="By hand", budget="1,200,000")
    clerk.choose(clerk.part("project-owner"), "城市管理局")
    clerk.row("project-headings", code="HW", name_zh="硬件", name_en="Hardware", ceiling="800000.50")
    lot = clerk.row("project-lots", code="gas", name_zh="燃气", name_en="Gas", device="29")
    clerk.choose(lot.locator("[data-cell=heading]"), "硬件")
    clerk.row("project-milestones", code="M1", name_zh="完成", name_en="Done", planned_on="2027-06-30").press("Enter")
    clerk.part("project-save").click()
    expect(clerk.part("project-devices")).to_have_text("0 / 29")
    told = clerk.told("/projects/HAND")
    assert (told["sums"]["budget"], told["headings"][0]["ceiling"], told["lots"][0]["heading"]) == (
        "1200000.00",
        "800000.50",
        "HW",
    )
    assert [(one["code"], one["planned_on"]) for one in told["milestones"]] == [("M1", "2027-06-30")]

    clerk.part("project-change").click()
    clerk.part("project-lots-row").locator("[data-cell=software] input").fill("3")
    clerk.part("project-save").click()
    expect(clerk.part("project-form")).to_have_count(0)
    (lot_told,) = clerk.told("/projects/HAND")["lots"]
    assert {one["kind"]: one["planned"] for one in lot_told["quantities"]} == {"device": 29, "software": 3}


def test_a_target_sheet_and_the_weights_are_written_by_hand(enter: Enter) -> None:
    clerk = enter(Clerk)
    clerk.page.goto("/performance")
    clerk.part("sheet-add").click()
    clerk.fill("sheet-form", code="2027-HAND", name="手工目标")
    clerk.choose(clerk.part("sheet-owner"), "城市管理局")
    clerk.row("sheet-funds", amount="500000")
    clerk.row("sheet-indicators", name="安装设备", value="29", unit="台")
    clerk.part("sheet-save").click()
    expect(clerk.part("sheet-name")).to_have_text("手工目标")
    told = clerk.told("/performance/2027-HAND")
    assert [(one["name"], one["value"], one["comparison"]) for one in told["indicators"]] == [
        ("安装设备", "29", "at_least")
    ]

    clerk.visit("/performance")
    clerk.part("scheme").click()
    output, benefit = (clerk.part(f"scheme-plain-{group}").locator("input") for group in ("output", "benefit"))
    output.fill("55")
    output.press("Tab")
    clerk.part("scheme-save").click()
    expect(clerk.part("scheme-failed")).to_be_visible()
    benefit.fill("25")
    benefit.press("Tab")
    clerk.part("scheme-save").click()
    expect(clerk.part("scheme-form")).to_have_count(0)
    assert clerk.told("/performance-scheme")["parameters"]["plain"] == {"output": 55, "benefit": 25, "satisfaction": 10}
