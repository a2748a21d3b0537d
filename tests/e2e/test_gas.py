"""What takes minutes to be found, in a real browser: a gas leak disposed of jointly, heat that leaves people cold."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from chengmai.access.roles import Role
from tests.e2e.browsers import Browsers
from tests.e2e.people import LEAKING, Enter, GasDispatcher, Operator, Person, ShiftLeader, people_of
from tests.e2e.platform import Platform

FOUND_WITHIN_S = 240.0
"""From the hole on, where these tests run alone."""


def leak_alarm(person: Person) -> dict[str, Any] | None:
    """The gravest open alarm that is told to be a leak."""
    for found in person.told("/alarms?open=true&limit=200")["items"]:
        if found["kind"] == "methane":
            alarm: dict[str, Any] = person.told(f"/alarms/{found['id']}")
            if alarm["facts"]["verdict"] == "leak" and alarm["elements"]:
                return alarm
    return None


@pytest.fixture(scope="module")
def alarm(platform: Platform, browsers: Browsers) -> Iterator[dict[str, Any]]:
    """The alarm of the leak that runs since the first test; mended when this file's tests are over."""
    with people_of(platform, browsers) as enter:
        operator = enter(Operator)
        operator.watch()
        operator.waits_until(lambda: leak_alarm(operator) is not None, FOUND_WITHIN_S)
        found = leak_alarm(operator)
        assert found is not None
        yield found
        operator.watch()
        operator.repair_pipe(LEAKING)


def test_a_leak_is_told_with_its_likely_pipes_and_how_far_harm_reaches(enter: Enter, alarm: dict[str, Any]) -> None:
    operator = enter(Operator, maps=True)
    operator.visit(f"/alarms/{alarm['id']}")
    expect(operator.part("methane-verdict")).to_have_attribute("data-verdict", "leak")
    ranking = operator.page.locator(".ranking li")
    assert LEAKING in [ranking.nth(place).locator(".code").inner_text() for place in range(min(3, ranking.count()))]
    expect(operator.page.locator(".reach tr")).to_have_count(3)
    expect(operator.part("legend-reach")).to_have_count(3)
    assert operator.page.locator(".frame canvas").count() == 1

    operator.watch()
    expect(operator.part("legend-reach")).to_have_count(0)
    operator.page.locator(f"[data-alarm='{alarm['id']}']").click()
    expect(operator.part("legend-reach")).to_have_count(3)


def test_the_gas_company_sees_its_own_and_nothing_of_the_water_company(enter: Enter, alarm: dict[str, Any]) -> None:
    company = enter(GasDispatcher)
    company.watch()
    expect(company.page.locator(f"[data-alarm='{alarm['id']}']")).to_be_visible()
    expect(company.part("layer-gas")).to_be_visible()
    expect(company.part("layer-water")).to_have_count(0)
    assert {network["code"] for network in company.told("/networks")} == {"JC-GAS"}
    hung = {stream["element"] for stream in company.told("/datastreams") if stream["quantity"] == "methane"}
    assert {chamber["code"] for chamber in company.told("/sensed-chambers")} == hung
    company.visit("/company/valves")
    expect(company.part("layer-water")).to_have_count(0)
    company.visit(f"/alarms/{alarm['id']}")
    expect(company.part("methane-verdict")).to_have_attribute("data-verdict", "leak")


def test_a_warning_is_disposed_of_jointly_checked_again_lifted_and_printed(enter: Enter, alarm: dict[str, Any]) -> None:
    operator = enter(Operator)
    operator.visit(f"/alarms/{alarm['id']}")
    operator.acknowledge()
    warning = operator.issue_warning("red")
    place = operator.place
    operator.part("plan-start").click()
    steps = operator.part("plan-step")
    expect(steps.first).to_be_visible()
    operator.part("step-do").first.click()
    expect(steps.first).to_have_attribute("data-state", "done")
    by_phone = operator.part("party").filter(has_text="119")
    by_phone.get_by_test_id("party-sign").click()
    operator.part("party-spoken-to").fill("消防值班室")
    operator.part("party-save").click()
    expect(by_phone).to_have_attribute("data-signed", "true")

    company = enter(GasDispatcher)
    company.visit(place)
    company.part("party-sign").click()
    company.part("party-save").click()
    expect(company.part("party-sign")).to_have_count(0)

    operator.visit(place)
    operator.part("check-note").fill("复测为零")
    operator.part("check-pass").click()
    expect(operator.part("check")).to_have_count(1)
    leader = enter(ShiftLeader)
    leader.lift(warning, "演练结束，其余步骤转日常处置")
    told = leader.story()
    for step in ("party notify", "party sign_by_phone", "party sign", "plan start", "plan do", "check pass"):
        assert step in told
    leader.part("report-zh-CN").click()
    printed = leader.part("report-made").first
    expect(printed).to_have_attribute("href", re.compile("/reports/"))
    answer = leader.context.request.get(str(printed.get_attribute("href")))
    assert answer.body().startswith(b"%PDF-")


class WaterDispatcher(Person):
    """At the water company's desk."""

    role = Role.UTILITY_DISPATCHER


def test_the_water_company_hears_nothing_of_the_leak(enter: Enter, alarm: dict[str, Any]) -> None:
    stranger = enter(WaterDispatcher)
    assert alarm["id"] not in {found["id"] for found in stranger.told("/alarms?open=true&limit=200")["items"]}
    assert stranger.told("/sensed-chambers") == []


def test_a_burst_of_a_heat_pipe_tells_who_grows_cold_and_how_fast(enter: Enter, alarm: dict[str, Any]) -> None:
    operator = enter(Operator)

    def bursts() -> list[dict[str, Any]]:
        return [one for one in operator.told("/alarms?open=true&limit=200")["items"] if one["kind"] == "heat_burst"]

    operator.watch()
    operator.waits_until(lambda: bool(bursts()), FOUND_WITHIN_S)
    operator.visit(f"/alarms/{bursts()[0]['id']}")
    expect(operator.part("affected-stations")).to_have_text(re.compile("[1-9]"))
    expect(operator.part("affected-users")).to_have_text(re.compile("[1-9]"))
    expect(operator.part("outage-table").locator("tbody tr").first).to_contain_text(re.compile("[0-9]"))
