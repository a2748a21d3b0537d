"""People at work, in the words of their work; which buttons that takes is known only here."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Geolocation, Locator, Page, ViewportSize, expect

from chengmai.access.roles import Role
from tests.e2e.browsers import Browsers
from tests.e2e.platform import Platform

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
EMPTY_PAGE = "/nothing-here"
"""The shell of the application around nothing."""
LEAKING, HOLE_MM = "gp6", 60.0
"""A gas main of medium pressure beside chambers with sensors, and a hole in it."""
BURST, LOST_M3H = "hp20", 60.0
"""A pair of heat pipes before some stations, and the water that is lost there."""
SLOW_ANSWERS_MS = int(os.environ.get("CHENGMAI_SLOW_ANSWERS_MS", "0"))
"""How long at most an answer of the platform is held back, by chance: what depends on their order shows."""
HOLD_BACK = """
const ask = window.fetch;
window.fetch = async (...wanted) => {
  const answer = await ask(...wanted);
  await new Promise((go) => setTimeout(go, Math.random() * %d));
  return answer;
};
"""
SITE: Geolocation = {"longitude": 112.8512, "latitude": 35.5021}


class Person:
    """Somebody with an account and a browser of their own."""

    role: ClassVar[Role]
    account: ClassVar[str] = ""
    """The account's name, where it is not that of the role."""
    phone: ClassVar[bool] = False

    def __init__(self, platform: Platform, browser: Browser) -> None:
        self.platform = platform
        self.context = browser.new_context(
            base_url=platform.url,
            viewport=PHONE if self.phone else DESK,
            has_touch=self.phone,
            permissions=["geolocation"],
            geolocation=SITE,
        )
        if SLOW_ANSWERS_MS:
            self.context.add_init_script(HOLD_BACK % SLOW_ANSWERS_MS)
        self.page: Page = self.context.new_page()
        self.failures: list[str] = []
        self.page.on("pageerror", lambda error: self.failures.append(str(error)))

    @property
    def user(self) -> tuple[str, str]:
        """Name and password of this person's account of the demonstration."""
        account = self.account or self.role.value
        return account, self.platform.accounts[account]

    def come_in(self) -> None:
        """Log in at the door and open an empty page: most people's work starts with a map, which is long in drawing."""
        door = self.platform.url + "/api/v1/session"
        self.context.request.get(door)
        token = next(cookie["value"] for cookie in self.context.cookies() if cookie.get("name") == "chengmai_csrf")
        username, password = self.user
        answer = self.context.request.post(
            door,
            data={"username": username, "password": password},
            headers={"X-CSRFToken": token, "Origin": self.platform.url},
        )
        assert answer.ok, answer.text()
        self.page.goto(EMPTY_PAGE)

    def log_in(self) -> None:
        """Log in on the page, and get to where this person's work starts."""
        self.page.goto("/login")
        username, password = self.user
        self.page.locator("input[name=username]").fill(username)
        self.page.locator("input[name=password]").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def leave(self) -> None:
        """Close the browser; a script error on any page this person saw is a failure."""
        self.context.close()
        assert self.failures == []

    def speak(self, language: str) -> None:
        """Switch to a language by the button."""
        if self.page.locator("html").get_attribute("lang") != language:
            self.page.locator(f"button[lang='{language}']").click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def visit(self, path: str) -> None:
        """Open a page by its address and wait until it has read what it shows."""
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(2 * SLOW_ANSWERS_MS)

    def told(self, path: str) -> Any:
        """What the platform answers this person's browser at a door."""
        answer = self.page.evaluate("async (path) => (await fetch('/api/v1' + path)).json()", path)
        assert "error" not in answer, answer
        return answer

    @property
    def place(self) -> str:
        """The address of the page that lies open, below the platform's."""
        return urlsplit(self.page.url).path

    def waits_until(self, holds: Callable[[], bool], within_s: float = 20.0) -> None:
        """Wait until something holds, while the browser goes on."""
        end = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < end, f"still not so after {within_s} s"
            self.page.wait_for_timeout(50)

    def part(self, name: str) -> Locator:
        """A part of the page by its test id."""
        return self.page.get_by_test_id(name)


class DeskWorker(Person):
    """Somebody at the duty desk."""

    def watch(self) -> None:
        """Sit down at the duty desk, with the live line up."""
        self.page.goto("/")
        expect(self.part("live-state")).to_have_attribute("data-state", "open")

    def open_alarms(self) -> set[str]:
        """Ids of the alarms the desk shows as open."""
        return {str(alarm.get_attribute("data-alarm")) for alarm in self.part("alarm").all()}

    def open_warning(self, warning: str) -> None:
        """Open a warning by its code from the list."""
        self.page.goto("/warnings")
        self.page.get_by_role("link", name=warning).first.click()
        expect(self.part("warning-code")).to_have_text(warning)

    def story(self) -> list[str]:
        """The whole story of the warning that lies open: ``"alarm raise"``, ``"case sign"``, oldest first."""
        expect(self.part("timeline-entry").first).to_be_visible()
        return [str(entry.get_attribute("data-step")) for entry in self.part("timeline-entry").all()]


class Operator(DeskWorker):
    """Watches alarms, assesses them and issues warnings."""

    role = Role.OPERATOR

    def break_pipe(self, pipe: str, size_m3h: float) -> None:
        """Break a pipe of the simulated network by the button."""
        self._unfold_simulator()
        self.part("simulator-pipe").fill(pipe)
        self.part("simulator-size").locator("input").fill(str(size_m3h))
        self.part("simulator-break").click()
        expect(self.page.locator(f"[data-testid=simulator-broken][data-pipe='{pipe}']")).to_be_visible()

    def repair_pipe(self, pipe: str) -> None:
        """Repair a pipe of the simulated network."""
        self._unfold_simulator()
        broken = self.page.locator(f"[data-testid=simulator-broken][data-pipe='{pipe}']")
        broken.get_by_role("button").click()
        expect(broken).to_have_count(0)

    def cause(self, kind: str, element: str, size: float) -> None:
        """Let something of the simulated city fail by the button, once the city has lived through its history."""
        self.waits_until(self._every_town_lives, 240)
        self._unfold_simulator()
        self.part("simulator-kind").click()
        self.page.locator(f"[role=option][data-fault={kind}]").click()
        self.part("simulator-pipe").fill(element)
        self.part("simulator-size").locator("input").fill(str(size))
        self.part("simulator-break").click()
        expect(self.page.locator(f"[data-testid=simulator-broken][data-pipe='{element}']")).to_be_visible()

    def sees_arrive(self, kind: str, known: set[str], within_s: float) -> str:
        """Wait, touching nothing, until an alarm of a kind that was not known arrives; its id."""
        unknown = "".join(f":not([data-alarm='{alarm}'])" for alarm in known)
        arrived = self.page.locator(f"[data-testid=alarm][data-kind={kind}]{unknown}").first
        expect(arrived).to_be_visible(timeout=within_s * 1000)
        return str(arrived.get_attribute("data-alarm"))

    def open_alarm(self, alarm: str) -> str:
        """Open an alarm from the list; its code."""
        self.page.locator(f"[data-alarm='{alarm}']").get_by_test_id("alarm-open").click()
        expect(self.part("alarm-code")).to_be_visible()
        return self.part("alarm-code").inner_text()

    def acknowledge(self) -> None:
        """Acknowledge the alarm that lies open."""
        self.part("alarm-acknowledge").click()
        expect(self.part("alarm-acknowledge")).to_have_count(0)

    def issue_warning(self, level: str) -> str:
        """Assess the alarm that lies open and issue its warning at a level; the warning's code."""
        self.part("alarm-assess").click()
        self.part(f"level-{level}").click()
        self.part("assess-issue").click()
        expect(self.part("warning-state")).to_have_attribute("data-state", "issued")
        return self.part("warning-code").inner_text()

    def case_of_warning(self) -> str:
        """Wait until the warning that lies open has opened its case; the case's code."""
        expect(self.part("warning-case")).to_have_count(1)
        return self.part("warning-case").inner_text()

    def _every_town_lives(self) -> bool:
        told = {town["kind"] for town in self.told("/simulator")["towns"] if town["history_done"]}
        return {"water", "gas", "heat"} <= told

    def _unfold_simulator(self) -> None:
        fold = self.part("simulator-fold")
        if fold.get_attribute("aria-expanded") == "false":
            fold.click()


class GasDispatcher(DeskWorker):
    """At the gas company's desk: sees and answers what is the company's, and nothing of others'."""

    role = Role.UTILITY_DISPATCHER
    account = "gas_dispatcher"


class ShiftLeader(DeskWorker):
    """Leads the shift; lifts warnings, files cases."""

    role = Role.SHIFT_LEADER

    def file_case(self, case_class: str, title: str) -> str:
        """File a case by hand; its code."""
        self.page.goto("/cases")
        self.part("case-file").click()
        self.part("file-class").click()
        self.page.get_by_role("option", name=case_class).click()
        self.part("file-title").fill(title)
        self.part("file-save").click()
        expect(self.part("case-code")).to_be_visible()
        return self.part("case-code").inner_text()

    def lift(self, warning: str, note: str = "") -> None:
        """Lift a warning whose work is done."""
        self.open_warning(warning)
        if note:
            self.part("warning-note").fill(note)
        self.part("warning-lift").click()
        expect(self.part("warning-state")).to_have_attribute("data-state", "lifted")


class CaseWorker(Person):
    """Somebody who moves cases on at a desk."""

    def open_case(self, case: str) -> None:
        """Open a case by its code from the list."""
        self.page.goto("/cases?state=every")
        self.part("case-row").filter(has_text=case).first.click()
        expect(self.part("case-code")).to_have_text(case)

    def take_step(self, action: str, note: str = "", department: str = "") -> None:
        """Take one step on the case that lies open."""
        self.part(f"case-action-{action}").click()
        if department:
            self.part("case-department").click()
            self.page.get_by_role("option", name=department).first.click()
        if note:
            self.part("case-note").fill(note)
        self.part("case-confirm").click()
        expect(self.part("case-confirm")).to_have_count(0)

    def sees_state(self, state: str) -> None:
        """Wait until the case that lies open stands so."""
        expect(self.part("case-state")).to_have_attribute("data-state", state)

    def sees_photo(self) -> None:
        """Wait until the first photograph of the case that lies open is drawn."""
        photo = self.part("case-photo").first
        photo.scroll_into_view_if_needed()
        self.waits_until(lambda: bool(photo.evaluate("image => image.complete && image.naturalWidth > 0")))

    def sees_place(self) -> None:
        """Wait until the map shows where the case that lies open is."""
        expect(self.part("case-map").locator("canvas")).to_be_visible()

    def history(self) -> list[str]:
        """The steps of the case that lies open, oldest first."""
        return [str(step.get_attribute("data-action")) for step in self.part("case-step").all()]


class Dispatcher(CaseWorker):
    """Sends cases to departments."""

    role = Role.DISPATCHER

    def dispatch(self, case: str, note: str = "") -> None:
        """Send a case to the department that the platform suggests."""
        self.open_case(case)
        self.take_step("dispatch", note)
        self.sees_state("dispatched")


class Verifier(CaseWorker):
    """Checks finished work and closes cases."""

    role = Role.VERIFIER

    def verify(self, case: str) -> None:
        """Find that the work was done."""
        self.open_case(case)
        self.take_step("verify", "现场恢复，供水正常")
        self.sees_state("verified")

    def send_back(self, case: str, note: str) -> None:
        """Find that the work was not done."""
        self.open_case(case)
        self.take_step("send_back", note)
        self.sees_state("signed")

    def close(self, case: str) -> None:
        """Close a verified case."""
        self.open_case(case)
        self.take_step("close")
        self.sees_state("closed")


class FinanceClerk(Person):
    """Prepares, checks and publishes the bureau's budget."""

    role = Role.FINANCE


class Collector(Person):
    """Goes about the city with a phone and reports what is not as it should be."""

    role = Role.COLLECTOR
    phone = True

    def report(self, case_class: str, words: str, photo: Path) -> None:
        """Report something of a class from where one stands."""
        self.part("field-new").click()
        expect(self.part("report-place")).to_have_attribute("data-state", "known")
        self.part("field-camera").set_input_files([photo])
        expect(self.page.locator(".photo img")).to_have_count(1)
        self.part("report-asked").fill(case_class)
        self.part(f"report-class-event-{case_class}").click()
        self.part("report-note").fill(words)
        self.part("report-send").click()
        expect(self.part("field-new")).to_be_visible()

    def confirm(self, case: str, words: str) -> None:
        """Say on the spot that something is as it was told."""
        self.page.goto("/field")
        self.part("field-task").filter(has_text=case).click()
        self.part("field-confirm").click()
        self.part("field-note").fill(words)
        self.part("field-send").click()
        expect(self.part("field-state")).to_have_attribute("data-state", "filed")


class Handler(Person):
    """A department's field worker with a phone."""

    role = Role.DEPARTMENT_HANDLER
    phone = True

    def open_task(self, case: str) -> None:
        """Open a task from the list."""
        self.page.goto("/field")
        self.part("field-task").filter(has_text=case).click()
        expect(self.part("field-state")).to_be_visible()

    def keeps_pages(self, case: str) -> None:
        """Open the list of tasks and wait until this phone holds the pages and the task."""
        self.page.goto("/field")
        expect(self.part("field-task").filter(has_text=case)).to_be_visible()
        self.page.evaluate("() => navigator.serviceWorker.ready")
        held = """async () => {
            const names = (await indexedDB.databases()).map(found => found.name);
            const database = await new Promise(done => {
                const request = indexedDB.open(names.find(name => name.startsWith("chengmai-field-")));
                request.onsuccess = () => done(request.result);
            });
            const codes = await new Promise(done => {
                const request = database.transaction("cases").objectStore("cases").getAll();
                request.onsuccess = () => done(request.result.map(one => one.code));
            });
            database.close();
            return codes;
        }"""
        self.waits_until(lambda: case in self.page.evaluate(held))

    def sign(self) -> None:
        """Sign for the task that lies open."""
        self._press("field-sign", "signed")

    def arrive(self) -> None:
        """Say that one is on site."""
        expect(self.part("field-position")).to_have_attribute("data-state", "known")
        self._press("field-arrive", "on_site")

    def report(self, note: str, *photos: Path) -> None:
        """Report what is there, with photographs."""
        self.part("field-report").click()
        self._say(note, *photos)
        expect(self.part("field-note")).to_have_count(0)

    def finish(self, note: str) -> None:
        """Say what was done and finish."""
        self.part("field-finish").click()
        self._say(note)
        expect(self.part("field-state")).to_have_attribute("data-state", "handled")

    def everything_is_sent(self) -> None:
        """Wait until the platform has every step taken on this phone."""
        expect(self.part("field-sending")).to_have_attribute("data-unsent", "0")
        expect(self.part("field-sending")).to_have_attribute("data-state", "sent")

    def unsent(self) -> int:
        """How many steps the phone says are not with the platform."""
        return int(self.part("field-sending").get_attribute("data-unsent") or "0")

    def _say(self, note: str, *photos: Path) -> None:
        self.part("field-note").fill(note)
        if photos:
            self.part("field-camera").set_input_files(list(photos))
            expect(self.page.locator(".photo img")).to_have_count(len(photos))
        self.part("field-send").click()

    def _press(self, button: str, state: str) -> None:
        self.part(button).click()
        expect(self.part("field-state")).to_have_attribute("data-state", state)


P = TypeVar("P", bound=Person)


class Enter(Protocol):
    """``enter(Operator)`` is an operator, logged in, in a browser of their own."""

    def __call__(self, kind: type[P], *, maps: bool = False) -> P:
        """Let a person in, with a browser that draws maps where the work is about them."""
        ...


@contextmanager
def people_of(platform: Platform, browsers: Browsers) -> Iterator[Enter]:
    """Lets people in and sees all of them out."""
    inside: list[Person] = []

    def let_in(kind: type[P], *, maps: bool = False) -> P:
        person = kind(platform, browsers.drawing if maps else browsers.mapless)
        inside.append(person)
        person.come_in()
        return person

    yield let_in
    for person in inside:
        person.leave()
