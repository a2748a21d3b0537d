"""From a broken pipe to a lifted warning, by the people whose work it is, in real browsers on the real platform."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.outside import Outside, visit_pages
from tests.e2e.people import Dispatcher, Enter, Handler, Operator, ShiftLeader, Verifier, people_of
from tests.e2e.platform import Platform

PIPE = "p134"
SIZE_M3H = 60.0
ALARM_WITHIN_S = 90.0


@dataclass(frozen=True, slots=True)
class Happened:
    """What the people of one incident left behind: codes, the pages of each, and the story the warning's page tells."""

    alarm: str
    warning: str
    case: str
    pages: tuple[str, ...]
    story: list[str]


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture as a phone takes it: 12 megapixels."""
    path = tmp_path_factory.mktemp("camera") / "site.jpg"
    picture = Image.new("RGB", (4000, 3000), "#6b7a85")
    ImageDraw.Draw(picture).ellipse((900, 700, 3100, 2300), fill="#2f6f9f")
    picture.save(path, quality=80)
    return path


@pytest.fixture(scope="module")
def happened(platform: Platform, browsers: Browsers, photo: Path) -> Iterator[Happened]:
    """One incident, gone through once for the tests of this file."""
    with people_of(platform, browsers) as enter:
        yield go_the_whole_way(enter, photo)


def go_the_whole_way(enter: Enter, photo: Path) -> Happened:
    """Break a pipe by the button; find, warn, dispatch, repair, verify, close and lift."""
    operator = enter(Operator)
    operator.watch()
    known = operator.open_alarms()
    operator.break_pipe(PIPE, SIZE_M3H)
    alarm = operator.open_alarm(operator.sees_arrive("pressure_drop", known, ALARM_WITHIN_S))
    alarm_page = operator.place
    expect(operator.part("affected-users")).to_have_text(re.compile("[1-9]"))
    operator.acknowledge()
    warning = operator.issue_warning("orange")
    case, warning_page = operator.case_of_warning(), operator.place

    enter(Dispatcher).dispatch(case, "请尽快到场")
    handler = enter(Handler)
    handler.open_task(case)
    handler.sign()
    handler.arrive()
    handler.report("路面冒水，已围挡，关闭上游阀门", photo)
    handler.finish("更换破损管段，恢复供水")
    handler.everything_is_sent()

    verifier = enter(Verifier, maps=True)
    verifier.verify(case)
    verifier.close(case)
    verifier.sees_photo()
    verifier.sees_place()
    pages = (alarm_page, warning_page, verifier.place)

    leader = enter(ShiftLeader)
    leader.lift(warning, "现场已恢复")
    story = leader.story()
    operator.watch()
    operator.repair_pipe(PIPE)
    return Happened(alarm, warning, case, pages, story)


def test_a_broken_pipe_is_found_warned_of_repaired_and_told_on_one_page(happened: Happened) -> None:
    expected = [
        "alarm raise",
        "alarm acknowledge",
        "warning open",
        "warning issue",
        "case file",
        "case dispatch",
        "case sign",
        "case arrive",
        "case report",
        "photo photo",
        "case finish",
        "case verify",
        "case close",
        "warning lift",
    ]
    assert [step for step in happened.story if step in expected] == expected


def test_an_indicator_opens_down_to_the_very_observations(happened: Happened, enter: Enter) -> None:
    operator = enter(Operator)
    operator.visit("/indicators")
    operator.part("indicator-cases_closed_on_time").click()
    assert int(operator.part("indicator-numerator").inner_text()) >= 1
    operator.part("indicator-evidence").click()
    expect(operator.part("seal")).to_have_attribute("data-whole", "true")
    operator.page.get_by_role("link", name=happened.case).click()
    expect(operator.part("case-code")).to_have_text(happened.case)
    operator.part("case-warning").click()
    expect(operator.part("warning-code")).to_have_text(happened.warning)
    operator.part("warning-alarm").click()
    expect(operator.part("alarm-code")).to_have_text(happened.alarm)
    operator.part("evidence-readings").first.click()
    expect(operator.part("evidence-verdict")).to_have_attribute("data-whole", "true")
    cited = int(operator.part("evidence-rows").first.inner_text())
    assert cited > 0
    expect(operator.part("reading")).to_have_count(cited)


def test_no_request_leaves_the_machine_from_the_pages_of_an_incident(
    happened: Happened, enter: Enter, outside: Outside
) -> None:
    operator = enter(Operator, maps=True)
    operator.visit("/indicators/cases_closed_on_time")
    evidence = str(operator.part("indicator-evidence").get_attribute("href"))
    visit_pages(operator, outside, (*happened.pages, evidence))
    visit_pages(
        enter(Handler), outside, tuple(f"/field{page}" for page in happened.pages if page.startswith("/cases/"))
    )


def test_a_phone_without_network_keeps_its_steps_and_sends_each_once(enter: Enter, photo: Path) -> None:
    case = enter(ShiftLeader).file_case("0481", "阀门井渗水")
    dispatcher = enter(Dispatcher)
    dispatcher.dispatch(case)
    handler = enter(Handler)
    handler.open_task(case)
    handler.context.set_offline(True)
    handler.sign()
    handler.arrive()
    handler.report("井内积水", photo)
    assert handler.unsent() == 4
    handler.context.set_offline(False)
    handler.everything_is_sent()
    dispatcher.open_case(case)
    assert dispatcher.history() == ["file", "dispatch", "sign", "arrive", "report", "photo"]
