"""``python -m benchmarks.underground``: 20,000 pipes in space until the first image, beside a map without any."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.browser import LAUNCH_ARGUMENTS, obtain
from tests.platform_process import PlatformProcess, environment, running

from benchmarks.first_map import VIEW, log_in
from benchmarks.tables import Line, show

TIMES = 3
PIPES = 20_000
COLUMNS = 101
SPACING_M = 35.0
CODE = "BENCH"
SIZES_MM = (80, 100, 150, 200, 300, 400, 600)
PATIENCE_MS = 120_000
START_LIMIT_S = 300.0
NORTH, EAST = 3_929_000.0, 38_393_000.0


def survey() -> bytes:
    """A town of square blocks as survey tables: every street has a pipe, each at its own depth and of its own size."""
    lines = ["LineNo,S_Point,E_Point,S_Deep,E_Deep,Material,PSize"]
    used: set[int] = set()
    rows = PIPES // (2 * COLUMNS - 1) + 2
    ends = [
        (here, there)
        for row in range(rows)
        for column in range(COLUMNS)
        for here, there in _from(row, column)
        if there < rows * COLUMNS
    ][:PIPES]
    for i, (a, b) in enumerate(ends):
        used |= {a, b}
        lines.append(f"b{i},k{a},k{b},{0.8 + i % 13 / 10:.2f},{0.8 + i % 17 / 10:.2f},PE,{SIZES_MM[i % len(SIZES_MM)]}")
    points = ["Exp_No,X,Y,High"]
    for node in sorted(used):
        row, column = divmod(node, COLUMNS)
        points.append(f"k{node},{NORTH + row * SPACING_M:.2f},{EAST + column * SPACING_M:.2f},700")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as tables:
        tables.writestr("JSPoint.csv", "\n".join(points))
        tables.writestr("JSLine.csv", "\n".join(lines))
    return packed.getvalue()


def _from(row: int, column: int) -> list[tuple[int, int]]:
    """The pipes that begin at a crossing: to the east and to the north."""
    here = row * COLUMNS + column
    east = [(here, here + 1)] if column + 1 < COLUMNS else []
    return [*east, (here, here + COLUMNS)]


def import_town(folder: Path, platform: PlatformProcess, env: dict[str, str]) -> None:
    """Bring the town in beside the running demonstration."""
    file = folder / "town.zip"
    file.write_bytes(survey())
    program = Path(sys.executable).with_name("chengmai")
    command = [str(program), "network", "import", str(file), "--network", CODE, "--publish-anyway"]
    subprocess.run(command, env=env, check=True, capture_output=True)


def only(context: BrowserContext, address: str, codes: tuple[str, ...]) -> None:
    """Let the pages see these networks only; with none, no streets and cells either. Answered without the server."""
    told = context.request.get(f"{address}/api/v1/networks").json()
    kept = json.dumps([network for network in told if network["code"] in codes])
    context.route("**/api/v1/networks", lambda route: route.fulfill(body=kept, content_type="application/json"))
    if not codes:
        nothing = {"type": "FeatureCollection", "features": []}
        city = context.request.get(f"{address}/api/v1/city").json() | {"streets": nothing, "cells": nothing}
        bare = json.dumps(city)
        context.route("**/api/v1/city", lambda route: route.fulfill(body=bare, content_type="application/json"))


def first_image(page: Page, address: str, path: str, mark: str) -> float:
    """Seconds from asking for a page until its picture stood."""
    page.goto(address + path)
    shown = page.locator(mark)
    shown.wait_for(state="attached", timeout=PATIENCE_MS)
    return float(str(shown.get_attribute("data-first-image"))) / 1000


MAP = ("/underground/profile", "[data-first-image]:has(.maplibregl-canvas)")
SPACE = ("/underground", "[data-testid=underground]:not([data-first-image='0'])")


def once(browser: Browser, session: object, address: str, codes: tuple[str, ...], where: tuple[str, str]) -> float:
    """One look with an empty browser."""
    context = browser.new_context(viewport=VIEW, storage_state=session)  # type: ignore[arg-type]
    only(context, address, codes)
    try:
        return first_image(context.new_page(), address, *where)
    finally:
        context.unroute_all(behavior="ignoreErrors")
        context.close()


def main() -> None:
    """Measure and print."""
    empty, unread, full, demo = [], [], [], []
    with TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder)
        with running(env, "demo") as platform:
            platform.wait_ready(START_LIMIT_S)
            import_town(folder, platform, env)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=obtain(), args=list(LAUNCH_ARGUMENTS))
                context = browser.new_context(viewport=VIEW)
                log_in(context.new_page(), platform)
                session = context.storage_state()
                context.close()
                seven = ("JC-WATER", "JC-GAS", "JC-HEAT", "JC-STORM", "JC-SEWER", "JC-POWER", "JC-TELECOM")
                unread.append(once(browser, session, platform.address, (CODE,), SPACE))
                once(browser, session, platform.address, seven, SPACE)
                for _ in range(TIMES):
                    empty.append(once(browser, session, platform.address, (), MAP))
                    full.append(once(browser, session, platform.address, (CODE,), SPACE))
                    demo.append(once(browser, session, platform.address, seven, SPACE))
                browser.close()
            platform.stop()
    show(
        f"First image, empty browser; {PIPES:,} pipes",
        "s",
        [
            Line("a map with nothing on it", empty),
            Line(f"{PIPES:,} pipes in space", full),
            Line("the same, not yet in the server's memory", unread),
            Line("the demonstration's seven networks in space", demo),
        ],
    )


if __name__ == "__main__":
    main()
