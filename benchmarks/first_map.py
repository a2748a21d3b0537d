"""``python -m benchmarks.first_map``: opening the duty desk until its last pipe tile has come."""

import re
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, Page, Response, ViewportSize, sync_playwright
from tests.browser import LAUNCH_ARGUMENTS, obtain
from tests.platform_process import PlatformProcess, environment, running

from benchmarks.tables import Line, show

TIMES = 5
QUIET_S = 2.0
PATIENCE_S = 60.0
USER = "operator"
VIEW = ViewportSize(width=1440, height=900)


def log_in(page: Page, platform: PlatformProcess) -> None:
    """Log the operator in, with the password that the demonstration printed."""
    printed = re.search(rf"^\s*{USER}\s+(\S+)", platform.text, re.MULTILINE)
    if printed is None:
        raise RuntimeError("the demonstration printed no password")
    page.goto(f"{platform.address}/login")
    page.locator("input").first.fill(USER)
    page.locator("input[type=password]").fill(printed[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{platform.address}/")


def seconds(context: BrowserContext, address: str) -> float:
    """From asking for the page to the last tile."""
    page = context.new_page()
    tiles: list[float] = []

    def seen(response: Response) -> None:
        if "/api/v1/tiles/" in response.url:
            tiles.append(time.monotonic())

    page.on("response", seen)
    began = time.monotonic()
    page.goto(f"{address}/")
    while not tiles or time.monotonic() - tiles[-1] < QUIET_S:
        if time.monotonic() - began > PATIENCE_S:
            raise RuntimeError(f"the map is not there after {PATIENCE_S:.0f} s ({len(tiles)} tiles)")
        page.wait_for_timeout(50)
    page.close()
    return tiles[-1] - began


def main() -> None:
    """Measure and print."""
    cold, warm = [], []
    with TemporaryDirectory() as folder, running(environment(Path(folder)), "demo") as platform:
        platform.wait_ready()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=obtain(), args=list(LAUNCH_ARGUMENTS))
            first = browser.new_context(viewport=VIEW)
            log_in(first.new_page(), platform)
            session = first.storage_state()
            for _ in range(TIMES):
                fresh = browser.new_context(viewport=VIEW, storage_state=session)
                cold.append(seconds(fresh, platform.address))
                warm.append(seconds(fresh, platform.address))
                fresh.close()
            browser.close()
        platform.stop()
    show("First view of the map", "s", [Line("empty browser", cold), Line("warm browser", warm)])


if __name__ == "__main__":
    main()
