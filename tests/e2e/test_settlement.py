"""Four people bring a month to its payment: told, checked, frozen, worked out, approved, paid within the line."""

from playwright.sync_api import expect

from chengmai.access.roles import Role
from tests.e2e.people import Enter, FinanceClerk, Person

CODE = "FLY-ASH"


class Checker(Person):
    """Checks what the clerk drafted."""

    role = Role.FINANCE
    account = "finance_2"


class Leader(Person):
    """Approves what was checked."""

    role = Role.FINANCE_LEADER


def test_a_month_is_told_frozen_settled_by_its_contract_s_text_and_paid_within_the_line(enter: Enter) -> None:
    clerk, checker, leader = (enter(kind).page for kind in (FinanceClerk, Checker, Leader))
    clerk.goto("/settlement")
    row = clerk.locator(f"[data-contract='{CODE}']")
    expect(row).to_contain_text("缺 1 项")
    row.get_by_role("link", name="编制中").click()
    clerk.get_by_test_id("number-飞灰量").fill("800")
    clerk.get_by_test_id("document-飞灰量").fill("2025 年 3 月计量确认单")
    clerk.get_by_test_id("save-quantities").click()
    expect(clerk.get_by_test_id("quantities")).to_contain_text("800 吨")
    expect(clerk.get_by_test_id("sheet-check")).to_be_disabled()
    checker.goto(clerk.url)
    checker.get_by_test_id("sheet-check").click()
    checker.get_by_test_id("sheet-freeze").click()
    expect(checker.get_by_test_id("sheet-state")).to_have_text("已冻结")
    clerk.goto("/settlement")
    clerk.locator(f"[data-contract='{CODE}'] a").first.click()
    clerk.get_by_test_id("draft-statement").click()
    clerk.get_by_test_id("statement-draft").click()
    expect(clerk.get_by_test_id("statement-total")).to_have_text("1,164,766.50")
    expect(clerk.get_by_test_id("steps")).to_contain_text("2,436.75 吨 × 478 元/吨 = 1,164,766.50 元")
    statement = clerk.url
    checker.goto(statement)
    checker.get_by_test_id("statement-check").click()
    expect(checker.get_by_test_id("statement-state")).to_have_text("已复核")
    leader.goto(statement)
    leader.get_by_test_id("statement-approve").click()
    expect(leader.get_by_test_id("postings")).to_contain_text("业务活动费用")
    clerk.goto(statement)
    clerk.get_by_test_id("pay").click()
    clerk.get_by_test_id("pay-general").fill("770000.01")
    clerk.get_by_test_id("pay-voucher").fill("E2E-1")
    clerk.get_by_test_id("pay-save").click()
    expect(clerk.get_by_text("余额 770000.00 元，不足支付 770000.01 元")).to_be_visible()
    expect(clerk.get_by_test_id("statement-paid")).to_have_text("0.00")
    clerk.get_by_test_id("pay-general").fill("770000")
    clerk.get_by_test_id("pay-fund").fill("394766.50")
    clerk.get_by_test_id("pay-save").click()
    expect(clerk.get_by_test_id("statement-rest")).to_have_text("0.00")
    expect(clerk.get_by_test_id("payments")).to_contain_text("394,766.50")
