"""``python -m benchmarks.live_map``: 10,000 sensors live on the map in a real browser, at 500 changes a second.

The duty desk is looked at with the whole city in view; changes come through MQTT. What is timed is a probe's sign
getting another colour in the picture: pixels are read in the frame that drew them. Beside it, in the same run: the
same page while nothing changes, and with every change crossing a limit, which is more than any city does.
"""

import argparse
import base64
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from rich.console import Console
from rich.table import Table
from tests.browser import LAUNCH_ARGUMENTS, obtain

from benchmarks.installation import Installation, installation, serving
from benchmarks.live_city import Changes, lay, on_canvas
from benchmarks.people import add_person, session_of
from benchmarks.processes import core_seconds, family

VIEW = ViewportSize(width=1440, height=900)
WATCH = Path(__file__).parent / "watch_map.js"
COLOURS = [(63, 191, 134), (255, 139, 43), (16, 24, 31)]
"""The dark theme's: within limits, beyond the upper one, the ground."""
WITHIN, BEYOND = 0, 1
PATIENCE_MS = 120_000
ANEW = "() => Object.assign(window.__watch, {frames: 0, gaps: [], drawing: [], busyMs: 0, turns: []})"
"""Begins counting anew."""
CLOSE_UP = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """What one stretch of time looked like; delays and gaps in ms, the rest a second."""

    name: str
    delays: list[float]
    missed: int
    gaps: list[float]
    drawing: list[float]
    frames: float
    busy_ms: float
    bytes: float
    cores: float


class Desk:
    """The duty desk in a browser, watched."""

    def __init__(self, browser: Browser, made: Installation, cookie: str) -> None:
        address = f"http://127.0.0.1:{made.settings.port}"
        self._context = browser.new_context(viewport=VIEW, color_scheme="dark")
        self._context.add_cookies([{"name": "chengmai_session", "value": cookie, "url": address}])
        self._context.add_init_script(path=WATCH)
        self.page = self._context.new_page()
        self._bytes = 0
        line = self._context.new_cdp_session(self.page)
        line.send("Network.enable")
        line.on("Network.webSocketFrameReceived", self._received)
        self.page.goto(address)

    def _received(self, told: dict[str, Any]) -> None:
        frame = told["response"]
        packed = frame["opcode"] == 2
        self._bytes += len(base64.b64decode(frame["payloadData"]) if packed else frame["payloadData"].encode())

    def ready(self) -> float:
        """Wait until all sensors stand on the map; returns how long that took from asking for the page [s]."""
        canvas = self.page.locator(".maplibregl-canvas")
        canvas.wait_for(timeout=PATIENCE_MS)
        box = canvas.bounding_box()
        if box is None:
            raise RuntimeError("the map has no place")
        self.page.evaluate(
            "([probes, colours]) => { Object.assign(window.__watch, { probes, colours }) }",
            [on_canvas(box["width"], box["height"]), COLOURS],
        )
        self.page.wait_for_function(
            f"() => new Set(window.__watch.turns.filter(([, c]) => c === {WITHIN}).map(([p]) => p)).size === 4",
            timeout=PATIENCE_MS,
        )
        return float(self.page.evaluate("performance.now()")) / 1000

    def watch(self, name: str, seconds: float, changes: Changes | None) -> Seen:
        """Look for some time."""
        self.page.wait_for_timeout(3000)
        self.page.evaluate(ANEW)
        self._bytes, began = 0, time.time()
        browsers = [pid for pid in family(os.getpid()) if "chrom" in _name(pid)]
        used = core_seconds(browsers)
        self.page.wait_for_timeout(1000 * seconds)
        ended = time.time()
        used = core_seconds(browsers) - used
        told, received = self.page.evaluate("window.__watch"), self._bytes
        took = ended - began
        delays: list[float] = []
        probed = [one for one in changes.probed if began <= one[2] < ended - 3] if changes else []
        if probed:
            self.page.wait_for_timeout(2000)
            turns = self.page.evaluate("window.__watch.turns")
            found = [_delay(one, turns) for one in probed]
            delays = [delay for delay in found if delay is not None]
        return Seen(
            name,
            delays,
            len(probed) - len(delays),
            told["gaps"],
            told["drawing"],
            told["frames"] / took,
            told["busyMs"] / took,
            received / took,
            used / took,
        )

    def picture(self, file: Path) -> None:
        """Keep what it looks like."""
        self.page.screenshot(path=file)

    def close(self) -> None:
        """Leave."""
        self._context.close()


def _delay(probed: tuple[int, bool, float], turns: list[list[float]]) -> float | None:
    """From a probe's change sent to its sign's colour in the picture [ms]; None when it was not seen in 10 s."""
    probe, is_beyond, at = probed
    wanted = BEYOND if is_beyond else WITHIN
    after = [moment - 1000 * at for turned, colour, moment in turns if (turned, colour) == (probe, wanted)]
    return min((delay for delay in after if 0 <= delay < 10_000), default=None)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()[:200]
    except (FileNotFoundError, ProcessLookupError):
        return ""


@contextmanager
def city(streams: int) -> Iterator[tuple[Installation, str]]:
    """The platform running with so many sensors, each with a value; and the cookie of somebody at the desk."""
    with installation(streams) as made:
        from chengmai.access.models import Organisation

        lay(made)
        cookie = session_of(add_person("bench", Organisation.objects.get(code="BENCH")))
        with serving(made):
            Changes(made, 1, 0.0).fill()
            time.sleep(2)
            yield made, cookie


def show(rows: list[Seen], title: str) -> None:
    """One table; the ratio is the browser's time of a core beside the first line's."""
    delays = ("drawn, median [ms]", "p99", "missed")
    page = ("frame gap p99 [ms]", "a frame [ms]", "frames/s", "long tasks [ms/s]", "bytes/s", "browser, cores")
    table = Table("", *delays, *page, "times the first", title=title)
    for row in rows:
        cuts = quantiles(row.delays, n=100, method="inclusive") if len(row.delays) > 1 else []
        gaps = quantiles(row.gaps, n=100, method="inclusive") if len(row.gaps) > 1 else []
        table.add_row(
            row.name,
            f"{cuts[49]:.0f}" if cuts else "",
            f"{cuts[98]:.0f}" if cuts else "",
            f"{row.missed}/{row.missed + len(row.delays)}" if cuts else "",
            f"{gaps[98]:.0f}" if gaps else "",
            f"{median(row.drawing):.0f}" if row.drawing else "",
            f"{row.frames:.1f}",
            f"{row.busy_ms:.0f}",
            f"{row.bytes:,.0f}",
            f"{row.cores:.2f}",
            f"{row.cores / max(rows[0].cores, 0.001):.1f}",
        )
    Console(width=160).print(table)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sensors", type=int, default=10_000)
    options.add_argument("--rate", type=int, default=500, help="changes a second")
    options.add_argument("--seconds", type=int, default=30, help="how long each line is looked at")
    options.add_argument("--pictures", type=Path, help="a folder for a picture of each line")
    told = options.parse_args()
    rows: list[Seen] = []
    with city(told.sensors) as (made, cookie), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain(), args=list(LAUNCH_ARGUMENTS))
        desk = Desk(browser, made, cookie)
        stood = desk.ready()

        def look(name: str, changes: Changes | None) -> None:
            rows.append(desk.watch(name, told.seconds, changes))
            if told.pictures is not None:
                desk.picture(told.pictures / f"{len(rows)}.png")

        look("no changes", None)
        for name, beyond in (("2 % of changes cross a limit", 0.02), ("every change crosses a limit", 1.0)):
            with Changes(made, told.rate, beyond) as changes:
                look(name, changes)
        _close_up(desk.page)
        look("close up, no changes", None)
        with Changes(made, told.rate, 0.02) as changes:
            look("close up, values written", changes)
        desk.close()
        browser.close()
    load = os.getloadavg()[0]
    title = f"{told.sensors:,} sensors, {told.rate} changes/s; all on the map after {stood:.1f} s; load {load:.1f}"
    show(rows, title)


def _close_up(page: Page) -> None:
    """Go near, as with the wheel: values are written where there is room."""
    box = page.locator(".maplibregl-canvas").bounding_box()
    if box is None:
        raise RuntimeError("the map has no place")
    page.evaluate("window.__watch.probes = []")
    for _ in range(CLOSE_UP):
        page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(1500)


if __name__ == "__main__":
    main()
