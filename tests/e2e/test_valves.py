"""Valves to close in a real browser: planned by the operator, confirmed on the company's phone, searched anew."""

from typing import ClassVar

from playwright.sync_api import expect

from chengmai.access.roles import Role
from chengmai.core.identity import new_id
from tests.e2e.people import Enter, Operator, Person

PIPE = "p208"


class Dispatcher(Person):
    """Somebody of the water company with a phone."""

    role = Role.UTILITY_DISPATCHER
    phone: ClassVar[bool] = True

    def steps(self, state: str) -> list[str]:
        """Elements of the steps of the plan that lies open, by their state."""
        rows = self.page.locator(f"[data-testid=valve-step][data-state={state}]").all()
        return [str(row.get_attribute("data-element")) for row in rows]


class Clerk(Person):
    """Files cases that people report."""

    role = Role.INTAKE_CLERK

    def file(self) -> str:
        """A case without a place; its id."""
        told = self.page.evaluate(
            """async (id) => {
                const csrf = document.cookie.match(/chengmai_csrf=([^;]+)/)[1];
                const headers = {"Content-Type": "application/json", "X-CSRFToken": csrf};
                const body = JSON.stringify({id, case_class: "0481", title: "water on the road"});
                const sent = await fetch("/api/v1/cases", {method: "POST", headers, body});
                return sent.ok ? id : sent.status;
            }""",
            str(new_id()),
        )
        return str(told)


def test_the_company_closes_what_the_operator_plans_and_a_failure_is_searched_around(enter: Enter) -> None:
    case = enter(Clerk).file()
    operator, company = enter(Operator), enter(Dispatcher)
    operator.visit(f"/cases/{case}")
    operator.part("valves-network").select_option("JC-WATER")
    operator.part("valves-code").fill(PIPE)
    operator.part("valves-make").click()
    expect(operator.part("valve-plan")).to_have_attribute("data-state", "closing")
    expect(operator.part("valve-confirm")).to_have_count(0)

    company.visit("/field/valves")
    expect(company.part("valve-plan")).to_have_count(1)
    assert company.page.evaluate("document.documentElement.scrollWidth") <= 390
    first, second, *_ = company.steps("waiting")
    company.page.evaluate("() => navigator.serviceWorker.ready")
    company.context.set_offline(True)
    company.page.locator(f"[data-element={first}]").get_by_test_id("valve-confirm").click()
    held = company.page.locator(f"[data-element={first}]").get_by_test_id("valve-held")
    expect(held).to_have_attribute("data-state", "waiting")
    company.page.reload()
    expect(held).to_have_attribute("data-state", "waiting")
    company.context.set_offline(False)
    expect(company.page.locator(f"[data-element={first}]")).to_have_attribute("data-state", "done")
    company.page.locator(f"[data-element={second}]").get_by_test_id("valve-fail").click()
    company.part("valve-fail-note").fill("the spindle turns and nothing moves")
    company.part("valve-fail-send").click()
    expect(company.page.locator(f"[data-element={second}]")).to_have_attribute("data-state", "failed")
    assert company.steps("done") == [first]

    # The operator's page follows by itself: the plan, and what was said in the case's history.
    expect(operator.page.locator(f"[data-element={second}]")).to_have_attribute("data-state", "failed")
    expect(operator.page.locator("[data-testid=case-step][data-action=valve_failed]")).to_contain_text(second)
    closing = company.page.locator("[data-kind=close_valve][data-state=waiting]")
    while left := closing.count():
        closing.first.get_by_test_id("valve-confirm").click()
        expect(closing).to_have_count(left - 1)
    expect(operator.part("valve-plan")).to_have_attribute("data-state", "isolated")

    # A second break within the cut-off part counts on the same valves: they are opened only for a reason.
    cut_off = operator.told(f"/networks/JC-WATER/isolation?element={PIPE}")["segment"]
    operator.part("valves-code").fill(next(line["code"] for line in cut_off if line["code"] != PIPE))
    operator.part("valves-make").click()
    expect(operator.part("valve-plan")).to_have_count(2)
    operator.part("valves-open_again").click()
    operator.part("valves-reason").fill("第二处已先行修复")
    operator.part("valves-reason-send").click()
    expect(operator.page.locator("[data-testid=valve-plan][data-state=opening]")).to_have_count(1)
    expect(operator.page.locator("[data-testid=case-step][data-action=valve_opening]")).to_contain_text(
        "第二处已先行修复"
    )
