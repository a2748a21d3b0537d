"""The real platform, started once, and people who use it in a real browser.

Fixtures live as long as this folder's tests: Playwright's loop must be gone before other tests touch the database.
"""

from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import obtain
from tests.e2e.browsers import Browsers
from tests.e2e.outside import Outside
from tests.e2e.people import BURST, HOLE_MM, LEAKING, LOST_M3H, Enter, Operator, people_of
from tests.e2e.platform import Platform, running_demo

expect.set_options(timeout=15_000)  # two cores may be busy with other tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder drive a browser; those of the gas leak come last, for gas takes minutes to be found."""
    here = Path(__file__).parent
    places = [place for place, item in enumerate(items) if here in item.path.parents]
    ours = sorted((items[place] for place in places), key=lambda item: item.path == here / "test_gas.py")
    for place, item in zip(places, ours, strict=True):
        items[place] = item
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A demonstration city on free ports with a data folder of its own."""
    with running_demo(tmp_path_factory.mktemp("city")) as running:
        yield running


@pytest.fixture(scope="package")
def outside() -> Iterator[Outside]:
    """The closed way out of the machine."""
    with Outside() as way:
        yield way


@pytest.fixture(scope="package")
def browsers(outside: Outside) -> Iterator[Browsers]:
    """Headless Chromium that reaches this machine and nothing else."""
    try:
        program = obtain()
    except (CalledProcessError, OSError) as error:
        pytest.skip(f"no Chromium here, and none could be fetched: {error}")
    with sync_playwright() as playwright:
        launched = Browsers(playwright.chromium, program, outside.address)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def browser(browsers: Browsers) -> Browser:
    """The browser of most people."""
    return browsers.mapless


@pytest.fixture(scope="package", autouse=True)
def leak(platform: Platform, browsers: Browsers) -> None:
    """A hole in a gas main and a burst of a heat pipe from the first test on: both need their time to be found."""
    with people_of(platform, browsers) as let_in:
        operator = let_in(Operator)
        operator.watch()
        operator.cause("gas_leak", LEAKING, HOLE_MM)
        operator.cause("heat_burst", BURST, LOST_M3H)


@pytest.fixture
def enter(platform: Platform, browsers: Browsers) -> Iterator[Enter]:
    """Lets people in: ``enter(Operator)`` opens a browser of theirs and logs in; all leave after the test."""
    with people_of(platform, browsers) as let_in:
        yield let_in
