"""A citizen reads the public budget on a screen, a telephone and paper; a correction is released by four eyes."""

import pytest
from playwright.sync_api import Browser, Page, expect

from chengmai.access.roles import Role
from tests.e2e.people import Enter, FinanceClerk, Person
from tests.e2e.platform import Platform

CONTRAST = """() => {
  const light = (c) => { const v = c.match(/[\\d.]+/g).map(Number); const f = (x) => { x /= 255;
    return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(v[0]) + 0.7152 * f(v[1]) + 0.0722 * f(v[2]); };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!c.endsWith(', 0)') && c !== 'transparent') return c; } return 'rgb(255,255,255)'; };
  const poor = [];
  for (const e of document.querySelectorAll('p, a, th, td, li, h1, h2, h3, summary, caption b, .soft')) {
    if (!e.textContent.trim() || e.classList.contains('skip')) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(e.tagName + ' ' + e.textContent.slice(0, 20));
  }
  return poor.slice(0, 5);
}"""


class Corrector(FinanceClerk):
    """Prepares the bureau's budget."""

    def correct(self, present: str) -> str:
        """Begin a correction of a present version."""
        told = self.page.evaluate(
            """async (basis) => (await fetch('/api/v1/budget-drafts', { method: 'POST',
              headers: { 'Content-Type': 'application/json',
                'X-CSRFToken': document.cookie.match(/chengmai_csrf=([^;]+)/)[1] },
              body: JSON.stringify({ kind: 'correction', basis, reason: '更正公开表合计' }) })).json()""",
            present,
        )
        return str(told["draft"]["id"])


class Leader(Person):
    """Approves and releases it."""

    role = Role.FINANCE_LEADER


def first_budget(page: Page, platform: Platform) -> None:
    """From the log-in page to the budget, as a citizen finds it."""
    page.goto(f"{platform.url}/login")
    page.locator("a[href='/public/budgets']").click()
    page.locator("main a[href^='/public/budgets/']").first.click()
    expect(page.locator("h1")).to_contain_text("2025年度单位预算公开")


@pytest.mark.parametrize(("name", "width", "height"), [("desktop", 1280, 900), ("phone", 390, 844)])
def test_a_citizen_reads_the_budget_without_script(
    platform: Platform, browser: Browser, name: str, width: int, height: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    first_budget(page, platform)
    address = page.url
    page.close()
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=False)
    silent = context.new_page()
    silent.goto(address)
    expect(silent.locator("svg.flows")).to_have_count(1)
    assert context.cookies() == []
    context.close()
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out sideways"
    assert page.evaluate(CONTRAST) == []
    page.locator("main").locator("a", has_text="项目与绩效目标").first.click()
    expect(page.locator("svg.bar rect").first).to_be_visible()
    page.locator("tbody a").first.click()
    expect(page.locator("caption").first).to_contain_text("绩效目标表")
    page.close()


def test_on_paper_navigation_is_gone_and_every_table_is_whole(platform: Platform, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    first_budget(page, platform)
    page.emulate_media(media="print")
    expect(page.locator(".files")).to_be_hidden()
    wide = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert wide == 0, "no table is cut at the edge of the paper"
    page.close()


def test_a_correction_is_released_by_another_person_who_acknowledges_the_errors_it_takes_over(enter: Enter) -> None:
    clerk = enter(Corrector)
    clerk.page.goto("/budget")
    budgets = clerk.page.request.get("/api/v1/budgets").json()
    present = next(one["id"] for one in budgets if one["state"] == "present" and one["year"] == 2025)
    draft = clerk.correct(present)
    clerk.page.goto(f"/budget/release?set={draft}")
    clerk.page.get_by_test_id("release-submit").click()
    clerk.page.get_by_test_id("note-done").click()
    expect(clerk.page.get_by_test_id("release-known")).to_be_visible(timeout=60_000)
    expect(clerk.page.get_by_test_id("release-stopped")).to_have_count(0)
    expect(clerk.page.get_by_test_id("release-approve")).to_have_count(0)
    leader = enter(Leader).page
    leader.goto(f"/budget/release?set={draft}")
    for step, reason in (("approve", ""), ("acknowledge", "下次更正"), ("release", "")):
        leader.get_by_test_id(f"release-{step}").click()
        leader.get_by_test_id("note").fill(reason)
        leader.get_by_test_id("note-done").click()
        if step == "acknowledge":
            expect(leader.get_by_test_id("release-acknowledgement")).to_contain_text(reason)
    expect(leader.get_by_test_id("release-state")).to_contain_text("现行")
    leader.goto(f"/public/budgets/{present}")
    leader.locator(".notice a").first.click()
    expect(leader.locator(".notice").nth(1)).to_contain_text("下次更正")
