"""A phone out of reach: it opens, works and is reloaded; back after its session ended, nothing is lost or doubled."""

import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.people import Dispatcher, Enter, Handler, ShiftLeader
from tests.pictures import picture


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photograph of the site."""
    path = tmp_path / "site.jpg"
    path.write_bytes(picture())
    return path


def end_session(person: Handler) -> None:
    """End a person's session at the platform, as an hour without a word from the phone would."""
    cookies = {cookie["name"]: cookie["value"] for cookie in person.context.cookies()}
    request = urllib.request.Request(
        f"{person.platform.url}/api/v1/session",
        method="DELETE",
        headers={
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["chengmai_csrf"],
            "Referer": person.platform.url,
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 204


def test_an_hour_without_network_a_reload_and_an_ended_session_lose_and_double_nothing(
    enter: Enter, photo: Path
) -> None:
    case = enter(ShiftLeader).file_case("0481", "阀门井渗水，附近无信号")
    dispatcher = enter(Dispatcher)
    dispatcher.dispatch(case)
    handler = enter(Handler)
    handler.keeps_pages(case)

    handler.context.set_offline(True)
    handler.page.reload()
    expect(handler.part("field-read-at")).to_be_visible()
    handler.part("field-task").filter(has_text=case).click()
    handler.sign()
    handler.arrive()
    handler.report("井内积水，已抽排", photo)
    dispatcher.open_case(case)
    dispatcher.take_step("dispatch", "催办：请尽快到场")
    end_session(handler)

    handler.page.reload()
    expect(handler.part("field-state")).to_have_attribute("data-state", "on_site")
    assert handler.unsent() == 4

    handler.context.set_offline(False)
    handler.page.wait_for_url("**/login**")
    handler.log_in()
    handler.everything_is_sent()
    dispatcher.open_case(case)
    assert dispatcher.history() == ["file", "dispatch", "dispatch", "sign", "arrive", "report", "photo"]


def test_a_step_on_a_task_that_was_taken_away_meanwhile_is_told_and_can_be_put_aside(enter: Enter) -> None:
    case = enter(ShiftLeader).file_case("0481", "误报的渗水")
    dispatcher = enter(Dispatcher)
    dispatcher.dispatch(case)
    handler = enter(Handler)
    handler.open_task(case)
    handler.context.set_offline(True)
    handler.sign()
    dispatcher.open_case(case)
    dispatcher.take_step("void", "重复件")
    handler.context.set_offline(False)
    expect(handler.part("field-sending")).to_have_attribute("data-state", "refused")
    refused = handler.page.get_by_role("alert")
    expect(refused).to_contain_text("不允许")
    handler.page.get_by_role("button", name="放弃").click()
    handler.everything_is_sent()
    assert dispatcher.history() == ["file", "dispatch", "void"]


def test_a_phone_whose_clock_is_wrong_tells_by_the_platform_s_clock_and_one_set_wrong_later_is_shown_to_be(
    enter: Enter,
) -> None:
    case = enter(ShiftLeader).file_case("0481", "时钟错误的手机")
    dispatcher = enter(Dispatcher)
    dispatcher.dispatch(case)
    handler = enter(Handler)
    wrong = datetime.now(UTC) + timedelta(hours=3)
    handler.page.clock.install(time=wrong)
    handler.page.goto("/field")
    handler.open_task(case)
    handler.sign()
    handler.everything_is_sent()
    # Out of reach, somebody sets the clock another two hours ahead: nobody can know before the platform is met again.
    handler.context.set_offline(True)
    handler.page.clock.set_system_time(wrong + timedelta(hours=2))
    handler.arrive()
    handler.context.set_offline(False)
    handler.everything_is_sent()
    dispatcher.open_case(case)
    assert dispatcher.history() == ["file", "dispatch", "sign", "arrive"]
    steps = dispatcher.told(f"/cases/{dispatcher.place.rpartition('/')[2]}")["history"]
    signed, arrived = steps[2], steps[3]
    apart = datetime.fromisoformat(signed["claimed_at"]) - datetime.fromisoformat(signed["at"])
    assert abs(apart) < timedelta(minutes=1)
    assert 6_900 < arrived["facts"]["claimed_ahead_s"] < 7_300
    assert datetime.fromisoformat(arrived["at"]) < datetime.now(UTC) + timedelta(minutes=1)
    expect(dispatcher.part("case-step").last).to_contain_text("120")
