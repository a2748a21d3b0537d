"""A collector reports without a network, and confirms on the spot what a citizen told."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.people import Collector, Dispatcher, Enter, ShiftLeader
from tests.pictures import picture


def test_a_report_without_a_network_becomes_one_case_and_another_case_is_confirmed(
    enter: Enter, tmp_path: Path
) -> None:
    photo = tmp_path / "stall.jpg"
    photo.write_bytes(picture())
    collector = enter(Collector)
    collector.page.goto("/field")
    collector.part("field-new").click()
    expect(collector.part("report-class-event-0101")).to_be_visible()
    collector.part("field-back").click()

    collector.context.set_offline(True)
    collector.report("0101", "东街口占道，约三米", photo)
    collector.part("field-tab-done").click()
    expect(collector.part("field-unsent")).to_have_attribute("class", "unsent waiting")
    collector.context.set_offline(False)
    expect(collector.part("field-sending")).to_have_attribute("data-unsent", "0")
    filed = collector.part("field-task").first
    expect(filed).to_be_visible()
    case = filed.locator(".code").inner_text()
    told = [one for one in collector.told("/cases?mine=true")["items"] if one["code"] == case]
    assert len(collector.told(f"/cases/{told[0]['id']}")["photos"]) == 1

    doubtful = enter(ShiftLeader).file_case("0481", "来电称路面积水")
    dispatcher = enter(Dispatcher)
    dispatcher.open_case(doubtful)
    dispatcher.take_step("ask_confirmation", "请到现场看一下")
    dispatcher.sees_state("to_confirm")
    collector.confirm(doubtful, "路面积水约十平方米")
    dispatcher.open_case(doubtful)
    assert dispatcher.history() == ["file", "ask_confirmation", "confirm"]
