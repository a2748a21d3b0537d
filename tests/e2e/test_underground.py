"""Looking underground in a real browser with WebGL in software: pick, cut, isolate, draw a profile, check a pit."""

import re

from playwright.sync_api import expect

from tests.e2e.people import Enter, Operator

NETWORK, PIPE = "JC-WATER", "p134"


def place_of(operator: Operator) -> tuple[float, float]:
    """Where the pipe lies, as the platform says it."""
    facts = operator.context.request.get(f"/api/v1/networks/{NETWORK}/links/{PIPE}").json()
    return facts["longitude"], facts["latitude"]


def click_around(operator: Operator, *offsets: tuple[int, int]) -> None:
    """Click on the map at pixels from its middle."""
    box = operator.page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    for right, down in offsets:
        operator.page.mouse.click(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 + down)


def test_a_pipe_is_seen_in_space_cut_and_what_its_break_cuts_off_is_marked(enter: Enter) -> None:
    operator = enter(Operator, maps=True)
    operator.visit(f"/underground?network={NETWORK}&element={PIPE}")
    expect(operator.part("underground")).to_have_attribute("data-first-image", re.compile("[1-9]"))
    expect(operator.part("underground-facts")).to_contain_text("m")
    assert operator.page.locator("canvas").count() == 1

    operator.part("cut-across").click()
    marks = operator.part("section-mark")
    expect(marks.first).to_be_visible()
    utilities = marks.count()
    assert utilities >= 1
    operator.part("layer-water").click()
    expect(marks).to_have_count(utilities - 1)
    operator.part("layer-water").click()
    expect(marks).to_have_count(utilities)

    operator.part("isolate").click()
    expect(operator.part("isolated")).to_have_attribute("data-links", re.compile("[1-9]"))

    operator.page.locator(".view").focus()
    operator.page.keyboard.press("Escape")
    expect(operator.part("underground-facts")).to_have_count(0)
    operator.page.keyboard.press("Escape")
    expect(operator.part("section-figure")).to_have_count(0)


def test_a_route_is_drawn_and_a_pit_is_checked_on_the_map(enter: Enter) -> None:
    operator = enter(Operator, maps=True)
    longitude, latitude = place_of(operator)
    operator.visit(f"/underground/profile?at={longitude},{latitude}")
    operator.page.wait_for_timeout(1000)  # the map flies there
    click_around(operator, (-90, -90), (90, 90))
    expect(operator.part("crossing").first).to_be_visible()
    expect(operator.part("section-figure")).to_be_visible()

    operator.visit(f"/underground/excavation?at={longitude},{latitude}")
    operator.page.wait_for_timeout(1000)
    click_around(operator, (-30, -30), (30, -30), (30, 30), (-30, 30))
    operator.part("depth").fill("2.5")
    operator.part("check").click()
    expect(operator.part("verdict")).to_have_attribute("data-worst", "struck")
    expect(operator.part("pipe-met").filter(has_text=PIPE).first).to_be_visible()
    expect(operator.part("owner").first).to_contain_text("0356")
