"""What holds on every page: nothing leaves the machine, both languages are whole, the live line heals itself."""

import json
import re
import zlib
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, WebSocketRoute, expect

from chengmai.access.roles import Role
from tests.e2e.outside import Outside, visit_pages
from tests.e2e.people import Collector, Enter, FinanceClerk, Operator, Person, ShiftLeader
from tests.e2e.platform import Platform


class SecurityAdministrator(Person):
    """Assigns roles."""

    role = Role.SECURITY_ADMINISTRATOR


class SystemAdministrator(Person):
    """Keeps accounts and looks after events."""

    role = Role.SYSTEM_ADMINISTRATOR


class AuditAdministrator(Person):
    """Reads and verifies the audit trail."""

    role = Role.AUDIT_ADMINISTRATOR


class NetworkEngineer(Person):
    """Keeps networks, rules and the register of devices."""

    role = Role.NETWORK_ENGINEER


class CustodySupervisor(Person):
    """Decides on what does not reconcile."""

    role = Role.CUSTODY_SUPERVISOR


class IntakeClerk(Person):
    """Answers calls at a seat of the hotline."""

    role = Role.INTAKE_CLERK


class FieldWorker(Person):
    """A department's handler with a phone."""

    role = Role.DEPARTMENT_HANDLER
    phone: ClassVar[bool] = True


class CompanyDispatcher(Person):
    """Dispatches the water company's own people."""

    role = Role.UTILITY_DISPATCHER


PAGES: tuple[tuple[type[Person], tuple[str, ...]], ...] = (
    (
        Operator,
        (
            "/warnings",
            "/plans",
            "/duty-log",
            "/hand-over",
            "/rules",
            "/load",
            "/cases",
            "/cases/classes",
            "/cases/grid",
            "/indicators",
            "/indicators/cases_closed_on_time",
            "/budget/check",
            "/budget/units",
            "/networks",
            "/quality",
            "/registers",
            "/registers/vehicle",
            "/registers/line_outage/availability",
            "/checklists",
            "/checklists/weekly_inspection",
        ),
    ),
    (NetworkEngineer, ("/devices/orders", "/devices/report", "/devices/types", "/devices/sheet", "/devices/mappings")),
    (Operator, ("/projects", "/projects/LIFELINE", "/performance", "/performance/2025-LIFELINE", "/budget")),
    (CustodySupervisor, ("/custody", "/custody/trips", "/custody/tickets", "/custody/registers")),
    (ShiftLeader, ("/cases/evaluation",)),
    (FieldWorker, ("/field", "/cases")),
    (IntakeClerk, ("/hotline", "/report", "/report/state")),
    (Collector, ("/field", "/field/new")),
    (CompanyDispatcher, ("/field/valves",)),
    (FinanceClerk, ("/settlement",)),
    (SystemAdministrator, ("/users", "/events", "/cases/calendar")),
    (SecurityAdministrator, ("/users",)),
    (AuditAdministrator, ("/audit",)),
)
MAPS: tuple[tuple[type[Person], tuple[str, ...]], ...] = (
    (Operator, ("/", "/works", "/risk", "/underground", "/underground/profile", "/underground/excavation")),
    (NetworkEngineer, ("/devices", "/devices/RJ-ws1")),
    (CompanyDispatcher, ("/company/valves",)),
    (ShiftLeader, ("/cases/patrol",)),
)


@pytest.mark.parametrize(("kind", "paths"), PAGES, ids=[f"{kind.__name__} {paths[0]}" for kind, paths in PAGES])
def test_no_request_leaves_the_machine_and_every_page_speaks_both_languages(
    enter: Enter, outside: Outside, kind: type[Person], paths: tuple[str, ...]
) -> None:
    visit_pages(enter(kind), outside, paths)


@pytest.mark.parametrize(("kind", "paths"), MAPS, ids=[f"{kind.__name__} {paths[0]}" for kind, paths in MAPS])
def test_a_map_asks_for_nothing_outside_and_is_drawn(
    enter: Enter, outside: Outside, kind: type[Person], paths: tuple[str, ...]
) -> None:
    person = enter(kind, maps=True)
    for path in paths:
        visit_pages(person, outside, (path,))
        expect(person.page.locator("canvas").first).to_be_visible()


def test_a_request_that_leaves_would_be_blocked_and_counted(enter: Enter, outside: Outside) -> None:
    person = enter(AuditAdministrator)
    with pytest.raises(Error, match="ERR_HTTP_RESPONSE_CODE_FAILURE"):
        person.page.goto("http://tiles.example/1/2/3.png")
    assert [asked for asked in outside.left if "tiles.example" in asked]
    outside.asked.clear()


def test_the_language_chosen_follows_the_person(enter: Enter, platform: Platform, browser: Browser) -> None:
    enter(AuditAdministrator).speak("en")
    again = AuditAdministrator(platform, browser)
    again.log_in()
    expect(again.page.locator("html")).to_have_attribute("lang", "en")
    again.speak("zh-CN")
    again.visit("/audit")
    expect(again.page.locator("h1")).to_have_text("审计")
    again.leave()


def test_the_wall_shows_who_speaks_and_the_risk_of_every_network(enter: Enter) -> None:
    operator = enter(Operator, maps=True)
    operator.visit("/wall")
    expect(operator.part("wall-online").first).to_be_visible()
    expect(operator.part("wall-risk")).to_have_count(3)
    expect(operator.part("wall-alarms")).to_be_visible()
    assert operator.page.evaluate("() => document.documentElement.scrollHeight <= window.innerHeight"), "it fits"


class LiveLine:
    """The live line of a page with us in between: what it said, and a way to cut it."""

    def __init__(self, page: Page) -> None:
        self.connections: list[tuple[WebSocketRoute, list[str]]] = []
        page.route_web_socket("**/live**", self._relay)

    @property
    def url(self) -> str:
        """Address of the newest connection."""
        return self.connections[-1][0].url

    @property
    def heard(self) -> list[str]:
        """Kinds of the messages of the newest connection."""
        return self.connections[-1][1]

    def cut(self) -> None:
        """Drop the newest connection as a failing network does."""
        self.connections[-1][0].close(code=1012)

    def _relay(self, line: WebSocketRoute) -> None:
        kinds: list[str] = []
        self.connections.append((line, kinds))

        def forward(message: str | bytes) -> None:
            text = message if isinstance(message, str) else zlib.decompress(message)
            kinds.append(json.loads(text)["type"])
            line.send(message)

        line.connect_to_server().on_message(forward)


def test_the_live_line_resyncs_after_a_drop(enter: Enter) -> None:
    operator = enter(Operator)
    line = LiveLine(operator.page)
    operator.watch()
    operator.waits_until(lambda: line.heard[:1] == ["snapshot"] and "delta" in line.heard)
    before = len(line.connections)

    line.cut()
    operator.waits_until(lambda: len(line.connections) == before + 1 and "delta" in line.heard)

    place = parse_qs(urlsplit(line.url).query)["after"][0]
    assert re.fullmatch(r"[0-9a-f-]+:[0-9]+", place)
    assert "snapshot" not in line.heard
    expect(operator.part("live-state")).to_have_attribute("data-state", "open")


def test_a_desk_whose_browser_draws_no_maps_says_so_and_works(enter: Enter) -> None:
    operator = enter(Operator)
    operator.watch()
    expect(operator.part("map-missing")).to_have_text("此浏览器不能绘制地图（WebGL 不可用），列表等其他内容照常使用")
    expect(operator.part("layer-water")).to_be_visible()
