"""A device goes through its life on the pages of the register: told, placed, in service, cared for, counted."""

import re

from playwright.sync_api import expect

from chengmai.access.roles import Role
from tests.e2e.people import Enter, Person

CODE, NODE = "SY-PROBE-1", "n54"


class Engineer(Person):
    """Keeps the register of devices."""

    role = Role.NETWORK_ENGINEER

    def choose(self, part: str, name: str) -> None:
        """Choose from a list of the form that lies open."""
        self.part(part).click()
        self.page.get_by_role("option", name=name).first.click()

    def fill(self, name: str, text: str) -> None:
        """Fill a field of the form that lies open."""
        self.page.locator(f"[role=dialog] input[name={name}]").fill(text)

    def register(self) -> None:
        """Tell of a spare pressure logger that lies at a node of the water network."""
        self.page.goto("/devices")
        self.part("device-add").click()
        self.fill("code", CODE)
        self.choose("device-type", "供水压力记录仪")
        self.choose("device-owner", "供水公司")
        self.choose("device-network", "城区供水管网")
        self.fill("element", NODE)
        self.part("device-save").click()
        expect(self.part("device-state")).to_have_attribute("data-state", "in_stock")

    def take(self, action: str, state: str, note: str = "") -> None:
        """Take a step of the life of the device that lies open."""
        self.part(f"device-{action}").click()
        if note:
            self.part("note").fill(note)
            self.part("note-done").click()
        expect(self.part("device-state")).to_have_attribute("data-state", state)

    def calibrate(self) -> None:
        """Note that the device that lies open was calibrated."""
        self.part("calibrate").click()
        self.fill("by", "市计量所")
        self.choose("calibrated-quantity", "压力水头")
        for name, figure in (("reference", "50"), ("before-error", "0.9"), ("after-error", "0.2")):
            self.part(f"calibrated-{name}").locator("input").fill(figure)
        self.part("calibration-save").click()
        expect(self.part("calibration")).to_have_count(1)

    def order(self, cause: str) -> None:
        """Open an order for the device that lies open."""
        self.part("order-open").click()
        self.part("order-cause").fill(cause)
        self.part("order-save").click()
        expect(self.part("order").filter(has_text=cause)).to_be_visible()


def test_a_device_lives_on_its_pages_and_the_report_counts_those_in_service(enter: Enter) -> None:
    engineer = enter(Engineer)
    engineer.register()
    expect(engineer.page.locator(".where")).to_be_visible()
    engineer.take("install", "installed")
    engineer.calibrate()
    expect(engineer.part("calibration")).to_contain_text("合格")
    engineer.order("外壳松动")
    engineer.part("order-assign").click()
    engineer.part("order-finish").click()
    engineer.part("note").fill("已紧固")
    engineer.part("note-done").click()
    expect(engineer.part("order")).to_contain_text("已紧固")
    engineer.take("remove", "in_stock", "备件收回")
    assert [row.split("\n")[0] for row in engineer.part("device-step").locator("b").all_inner_texts()] == [
        "拆除",
        "安装",
        "登记",
    ]

    engineer.visit("/devices/report")
    expect(engineer.part("report-row").first).to_be_visible()
    assert float(engineer.part("report-completeness").inner_text().removesuffix("%")) > 90
    engineer.visit("/devices/orders")
    expect(engineer.part("care").first).to_contain_text(re.compile("[0-9]"))
