"""A finance clerk loads the published budget, reads its tables as printed, and checks a purchase."""

from playwright.sync_api import expect

from tests.e2e.people import Enter, FinanceClerk
from tests.published import PUBLISHED


def test_the_published_budget_is_loaded_read_by_table_and_a_purchase_is_checked(enter: Enter) -> None:
    clerk = enter(FinanceClerk)
    page = clerk.page
    page.goto("/budget")
    page.get_by_test_id("budget-file").set_input_files(PUBLISHED)
    page.get_by_test_id("budget-read").click()
    expect(page.get_by_test_id("budget-outcome")).to_contain_text("13")
    page.get_by_test_id("budget-load").click()
    expect(page.get_by_test_id("budget-outcome")).to_contain_text("载入")
    expect(page.get_by_test_id("printed-table")).to_contain_text("28278.81")
    page.get_by_test_id("table-projects").click()
    expect(page.get_by_test_id("printed-table")).to_contain_text("北石店污水处理厂运营费")
    expect(page.get_by_test_id("printed-table").locator("tbody tr")).to_have_count(38)
    page.get_by_test_id("service-asked").fill("平台运行")
    page.get_by_test_id("service-search").click()
    page.get_by_test_id("service").click()
    page.get_by_test_id("purchase-check").click()
    expect(page.get_by_test_id("purchase-outcome")).to_have_class("el-alert el-alert--success is-light")
    page.get_by_test_id("purchase-code").fill("A110115")
    page.get_by_test_id("purchase-check").click()
    expect(page.get_by_test_id("purchase-outcome")).to_contain_text("A110111")
    page.reload()
    expect(page.get_by_test_id("printed-table")).to_contain_text("28278.81")
