"""The reconciliation desk: a ticket told twice is opened and voided; a ticket by hand needs a second person."""

from playwright.sync_api import expect

from chengmai.access.roles import Role
from tests.e2e.people import Enter, Person


class Supervisor(Person):
    """Decides on what does not reconcile."""

    role = Role.CUSTODY_SUPERVISOR

    def choose_rule(self, name: str) -> None:
        """See only what one rule found."""
        self.page.goto("/custody")
        self.part("by-rule").filter(has_text=name).click()
        expect(self.part("discrepancy").filter(has_not_text=name)).to_have_count(0)

    def void_the_second(self, reason: str) -> None:
        """Void the later of the two tickets of the trip that lies open."""
        self.part("discrepancy").filter(has_text="重复磅单").get_by_test_id("resolve").click()
        self.page.get_by_role("radio", name="作废磅单").locator("xpath=..").click()
        self.part("ticket-choice").last.click()
        self.part("resolve-reason").fill(reason)
        self.part("resolve-done").click()


class SecondWeigher(Person):
    """Confirms what a colleague of the kitchen waste plant typed."""

    role = Role.CUSTODY_CLERK
    account = "kitchen_clerk_2"


class FirstWeigher(Person):
    """Typed a ticket while the scale's line was down."""

    role = Role.CUSTODY_CLERK
    account = "kitchen_clerk"


def test_a_ticket_told_twice_is_opened_with_its_three_legs_and_voided_with_a_reason(enter: Enter) -> None:
    supervisor = enter(Supervisor)
    supervisor.choose_rule("重复磅单")
    supervisor.part("discrepancy").get_by_role("link").first.click()
    expect(supervisor.part("trip-held")).to_contain_text("重复磅单")
    expect(supervisor.part("leg-weight")).to_have_count(4)
    expect(supervisor.part("ticket")).to_have_count(2)
    supervisor.void_the_second("同一次过磅打印两张")
    expect(supervisor.part("ticket").filter(has_text="同一次过磅打印两张")).to_have_count(1)
    expect(supervisor.part("discrepancy").filter(has_text="重复磅单")).to_have_count(0)


def test_what_one_typed_is_confirmed_by_another_and_counts_then(enter: Enter) -> None:
    first, second = enter(FirstWeigher), enter(SecondWeigher)
    first.page.goto("/custody/tickets")
    expect(first.part("typed").first).to_contain_text("须由第二人复核")
    expect(first.part("confirm-ticket")).to_have_count(0)
    second.page.goto("/custody/tickets")
    expect(second.part("refused")).to_have_count(1)
    second.part("confirm-ticket").click()
    expect(second.part("typed").first).to_contain_text("已复核")
