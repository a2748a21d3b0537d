"""The two browsers people come with: nearly everybody's draws no maps, for in software that takes most of its time."""

from functools import cached_property
from pathlib import Path

from playwright.sync_api import Browser, BrowserType

from tests.browser import LAUNCH_ARGUMENTS, MAPLESS_ARGUMENTS


class Browsers:
    """Headless browsers, started when somebody comes with one; all they ask for outside goes to a closed door."""

    def __init__(self, chromium: BrowserType, program: Path, way_out: str) -> None:
        self._chromium = chromium
        self._program = program
        self._way_out = way_out
        self._launched: list[Browser] = []

    @cached_property
    def mapless(self) -> Browser:
        """Without WebGL."""
        return self._launch(MAPLESS_ARGUMENTS)

    @cached_property
    def drawing(self) -> Browser:
        """With WebGL in software."""
        return self._launch(LAUNCH_ARGUMENTS)

    def close(self) -> None:
        """Close those that were started."""
        for browser in self._launched:
            browser.close()

    def _launch(self, arguments: tuple[str, ...]) -> Browser:
        launched = self._chromium.launch(
            executable_path=str(self._program),
            args=list(arguments),
            proxy={"server": self._way_out, "bypass": "127.0.0.1"},
        )
        self._launched.append(launched)
        return launched
