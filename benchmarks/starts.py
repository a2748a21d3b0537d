"""``python -m benchmarks.starts``: from the command to the first answer, with an empty and a filled folder."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.platform_process import environment, running

from benchmarks.tables import Line, show

TIMES = 3


def seconds(folder: Path) -> float:
    """How long the demonstration takes until it answers; it is stopped again at once."""
    began = time.monotonic()
    with running(environment(folder), "demo") as platform:
        platform.wait_ready()
        took = time.monotonic() - began
        platform.stop()
    return took


def main() -> None:
    """Measure and print."""
    cold, warm = [], []
    for _ in range(TIMES):
        with TemporaryDirectory() as folder:
            cold.append(seconds(Path(folder)))
            warm.append(seconds(Path(folder)))
    show("Start of the demonstration", "s", [Line("first start (city loaded)", cold), Line("later start", warm)])


if __name__ == "__main__":
    main()
