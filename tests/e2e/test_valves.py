"""Valves to close in a real browser: planned by the operator, confirmed by the company, searched anew on a failure."""

from playwright.sync_api import expect
from tests.e2e.people import Enter, Operator, Person

from chengmai.access.roles import Role

PIPE = "p208"


class Dispatcher(Person):
    """Dispatches the water company's own people."""

    role = Role.UTILITY_DISPATCHER

    def steps(self, state: str) -> list[str]:
        """Elements of the steps of the plan that lies open, by their state."""
        rows = self.page.locator(f"[data-testid=valve-step][data-state={state}]").all()
        return [str(row.get_attribute("data-element")) for row in rows]


class Clerk(Person):
    """Files cases that people report."""

    role = Role.INTAKE_CLERK

    def file_at(self, pipe: str) -> str:
        """A case at a pipe of the water network; its id."""
        told = self.page.evaluate(
            """async (pipe) => {
                const link = await (await fetch(`/api/v1/networks/JC-WATER/links/${pipe}`)).json();
                const csrf = document.cookie.match(/chengmai_csrf=([^;]+)/)[1];
                const id = "01990000-0000-7000-8000-0000000000f1";
                const body = {id, case_class: "0404", title: "water on the road",
                    longitude: link.longitude, latitude: link.latitude};
                const headers = {"Content-Type": "application/json", "X-CSRFToken": csrf};
                const sent = await fetch("/api/v1/cases", {method: "POST", headers, body: JSON.stringify(body)});
                return sent.ok ? id : sent.status;
            }""",
            pipe,
        )
        return str(told)


def test_the_company_closes_what_the_operator_plans_and_a_failure_is_searched_around(enter: Enter) -> None:
    case = enter(Clerk).file_at(PIPE)
    operator, company = enter(Operator), enter(Dispatcher)
    operator.visit(f"/cases/{case}")
    operator.speak("en")
    expect(operator.part("valves-element").locator("option").first).to_contain_text(PIPE)
    operator.part("valves-make").click()
    expect(operator.part("valve-plan")).to_have_attribute("data-state", "closing")
    expect(operator.part("valve-confirm")).to_have_count(0)

    company.visit("/company/valves")
    expect(company.part("valve-plan")).to_have_count(1)
    first, second, *_ = company.steps("waiting")
    company.page.locator(f"[data-element={first}]").get_by_test_id("valve-confirm").click()
    expect(company.page.locator(f"[data-element={first}]")).to_have_attribute("data-state", "done")
    company.page.locator(f"[data-element={second}]").get_by_test_id("valve-fail").click()
    company.part("valve-fail-note").fill("the spindle turns and nothing moves")
    company.part("valve-fail-send").click()
    expect(company.page.locator(f"[data-element={second}]")).to_have_attribute("data-state", "failed")
    expect(company.part("broken-valves")).to_contain_text(second)
    assert company.steps("done") == [first]

    # The operator's page follows by itself: the plan, and what was said in the case's history.
    expect(operator.page.locator(f"[data-element={second}]")).to_have_attribute("data-state", "failed")
    expect(operator.page.locator("[data-testid=case-step][data-action=valve_failed]")).to_contain_text(second)
    closing = company.page.locator("[data-kind=close_valve][data-state=waiting]")
    while closing.count():
        left = closing.count()
        closing.first.get_by_test_id("valve-confirm").click()
        expect(closing).to_have_count(left - 1)
    expect(operator.part("valve-plan")).to_have_attribute("data-state", "isolated")
