"""A finance clerk keeps the registers of a budget and has its explanation drafted from them."""

import json
from typing import Any

from playwright.sync_api import expect

from tests.e2e.people import Enter, FinanceClerk


class Writer(FinanceClerk):
    """Writes the explanation of a budget."""

    def asks(self, path: str, body: str = "null") -> Any:
        """What a door answers; it is sent ``body``, an expression of the page, unless that is null."""
        return self.page.evaluate(
            """async ([path, body]) => (await fetch('/api/v1' + path, body === null ? {} : { method: 'POST',
                headers: { 'Content-Type': 'application/json',
                  'X-CSRFToken': document.cookie.match(/chengmai_csrf=([^;]+)/)[1] },
                body })).json()""",
            [path, None if body == "null" else body],
        )

    def correct(self) -> str:
        """Begin a correction of the present budget."""
        present = next(one["id"] for one in self.asks("/budgets") if one["state"] == "present")
        told = self.asks("/budget-drafts", json.dumps({"kind": "correction", "basis": present, "reason": "重写说明"}))
        return str(told["draft"]["id"])

    def gives_up(self, draft: str) -> None:
        """Give a correction up, so that others may begin theirs."""
        revision = self.asks(f"/budgets/{draft}/draft")["revision"]
        self.asks(f"/budgets/{draft}/discarding", json.dumps({"revision": revision, "reason": "改用新稿"}))

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
    draft = clerk.correct()
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
    totals, bought = (page.locator(f"[data-section={key}]") for key in ("totals", "procurement"))
    expect(bought.locator("[data-standing]")).to_have_attribute("data-standing", "own")
    expect(bought.locator(".missing").first).to_be_visible()
    clerk.part("explanation-draft").click()
    clerk.part("over-all").click()
    clerk.part("draft-do").click()
    expect(bought.locator("[data-standing]")).to_have_attribute("data-standing", "same")
    expect(bought.locator(".missing")).to_have_count(0)
    assert "总额1,060.50万元" in bought.locator("textarea >> visible=true").last.input_value()
    assert "主要原因是上年结转减少；" in totals.locator("textarea >> visible=true").last.input_value()
    left = int("".join(sign for sign in clerk.part("explanation-marks").inner_text() if sign.isdigit()))
    clerk.part("explanation-marks").click()
    page.keyboard.type("项目增加")
    clerk.part("explanation-save").click()
    expect(clerk.part("explanation-marks")).to_contain_text(str(left - 1))
    general = page.locator("[data-section=general]")
    expect(general.locator("[data-standing]")).to_have_attribute("data-standing", "own")
    assert "主要原因是项目增加。" in general.locator("textarea >> visible=true").nth(2).input_value()
    clerk.gives_up(draft)
