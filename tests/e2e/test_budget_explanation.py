"""A finance clerk keeps the registers of next year's budget and has its explanation drafted from them."""

from playwright.sync_api import expect

from tests.e2e.people import Enter, FinanceClerk


class Writer(FinanceClerk):
    """Writes the explanation of a budget."""

    def begin_next_year(self) -> str:
        """Begin the budget of next year from the present one."""
        told = self.page.evaluate(
            """async () => {
              const sets = await (await fetch('/api/v1/budgets')).json();
              const basis = sets.find((one) => one.state === 'present').id;
              const answer = await fetch('/api/v1/budget-drafts', { method: 'POST',
                headers: { 'Content-Type': 'application/json',
                  'X-CSRFToken': document.cookie.match(/chengmai_csrf=([^;]+)/)[1] },
                body: JSON.stringify({ kind: 'next_year', basis, with_amounts: true }) });
              return await answer.json();
            }"""
        )
        return str(told["draft"]["id"])

    def pastes(self, text: str) -> None:
        """Paste what a spreadsheet would have put on the clipboard."""
        self.page.locator(".page").evaluate(
            """(page, text) => {
                const data = new DataTransfer();
                data.setData("text/plain", text);
                page.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
            }""",
            text,
        )


def test_a_clerk_keeps_registers_and_has_the_explanation_drafted(enter: Enter) -> None:
    clerk = enter(Writer)
    page = clerk.page
    draft = clerk.begin_next_year()
    page.goto(f"/budget/prepare/{draft}/registers")
    expect(clerk.part("registers-save")).to_be_visible()
    clerk.pastes("货物\t服装\t\t\t城管服装采购项目\tabc\n")
    expect(clerk.part("register-faults")).to_contain_text("第 1 行")
    clerk.pastes("货物\t服装\t\t\t城管服装采购项目\t60\n工程\t修缮\t\t\t\t1,000.5\n")
    expect(clerk.part("procurement-row")).to_have_count(2)
    clerk.part("registers-save").click()
    expect(clerk.part("procurement-sum")).to_contain_text("合计 1060.50")
    expect(clerk.part("register-ties")).to_contain_text("多出 13.85 万元")
    clerk.part("register-compared").click()
    page.locator("[data-subject=income] textarea >> visible=true").first.fill("上年结转减少")
    clerk.part("registers-save").click()
    expect(clerk.part("registers-save")).to_be_disabled()
    page.goto(f"/budget/prepare/{draft}/explanation")
    section = page.locator("[data-section=totals]")
    expect(section.locator("[data-standing]")).to_have_text("沿用上年文字")
    expect(section.locator(".missing").first).to_be_visible()
    clerk.part("explanation-draft").click()
    clerk.part("draft-do").click()
    expect(section.locator("[data-standing]")).to_have_attribute("data-standing", "same")
    expect(section.locator(".missing")).to_have_count(0)
    text = section.locator("textarea >> visible=true").last
    assert "2026年度" in text.input_value()
    assert "主要原因是上年结转减少" in text.input_value()
    left = int("".join(sign for sign in clerk.part("explanation-marks").inner_text() if sign.isdigit()))
    clerk.part("explanation-marks").click()
    page.keyboard.type("上年结转减少")
    clerk.part("explanation-save").click()
    expect(clerk.part("explanation-marks")).to_contain_text(str(left - 1))
    expect(section.locator("[data-standing]")).to_have_attribute("data-standing", "own")
    assert "主要原因是【" not in text.input_value()
