"""A citizen reports on a phone without an account; a clerk handles two calls without the mouse."""

import re

from playwright.sync_api import expect

from tests.e2e.people import PHONE, Enter
from tests.e2e.test_pages import IntakeClerk

CODE = re.compile(r"AJ-\d{8}-\d{4}")


def test_a_citizen_s_report_and_a_call_about_the_same_are_one_case(enter: Enter) -> None:
    clerk = enter(IntakeClerk)
    # The citizen has no account: the browser is somebody else's, on the public pages only.
    citizen = clerk.page.context.browser.new_context(base_url=clerk.platform.url, viewport=PHONE, has_touch=True)  # type: ignore[union-attr]
    page = citizen.new_page()
    page.goto("/report")
    page.get_by_test_id("report-class").select_option("event 0102")
    page.get_by_test_id("report-words").fill("路口垃圾桶满了，垃圾散落一地")
    expect(page.get_by_test_id("report-send")).to_be_disabled()
    page.get_by_test_id("report-address").fill("文昌街口")
    page.get_by_test_id("report-send").click()
    expect(page.get_by_test_id("report-code")).to_have_text(CODE)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), "nothing is cut off"
    page.get_by_test_id("report-follow").click()
    expect(page.get_by_test_id("report-state")).to_have_attribute("data-state", "received")
    code = page.get_by_test_id("state-code").input_value()
    citizen.close()

    clerk.visit("/hotline")
    desk = clerk.page
    desk.get_by_test_id("seat-sit").click()
    desk.get_by_test_id("call-play").click()
    expect(desk.get_by_test_id("calls-ringing")).to_be_visible()
    desk.keyboard.press("F2")
    expect(desk.get_by_test_id("call-words")).to_be_focused()
    desk.keyboard.type("路口垃圾桶满了，垃圾散落一地，还没有清理")
    expect(desk.get_by_test_id("call-classes")).to_contain_text("暴露垃圾")
    desk.keyboard.press("Alt+1")
    expect(desk.get_by_test_id("call-class")).to_have_value("event 0102")
    expect(desk.get_by_test_id("call-duplicate").first).to_contain_text(code)
    desk.keyboard.press("F4")
    expect(desk.get_by_test_id("call-ended")).to_contain_text(code)
    desk.get_by_test_id("seat-leave").click()
    expect(desk.get_by_test_id("seat-sit")).to_be_visible()
