"""``python -m benchmarks.latency``: from a reading sent to its alarm written, and to a browser's screen.

Readings come through MQTT at a steady rate for some time; once a second one of them breaks a limit of a stream of its
own. The screen is a WebSocket client that is logged in. All clocks are this machine's. ``--during-import 50000`` has
``chengmai network import`` load a network of about that many pipes meanwhile, into the same databases.
"""

import argparse
import asyncio
import contextlib
import json
import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import msgspec
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import connect

from benchmarks.installation import GATEWAY, TOPIC, Installation, installation, serving
from benchmarks.people import add_person, session_of

WATCHED = 200
"""Streams with a limit, one for every alarm."""


def add_rule_and_person(made: Installation) -> str:
    """A limit on the first streams, and the cookie of somebody who is logged in."""
    from chengmai.access.models import Organisation
    from chengmai.warning.models import Rule

    owner = Organisation.objects.get()
    parameters = {"streams": made.streams[:WATCHED], "high": 1000.0, "severity": "yellow"}
    Rule.objects.create(code="bench-limit", kind="limit", owner=owner, parameters=parameters)
    return session_of(add_person("bench", owner))


class Screen:
    """A browser that notes when it first heard of a value and of an alarm."""

    def __init__(self, made: Installation, cookie: str) -> None:
        self.heard: dict[tuple[str, int], float] = {}
        self._url = f"ws://127.0.0.1:{made.settings.port}/live"
        self._headers = {"Cookie": f"chengmai_session={cookie}"}
        self._origin = f"http://127.0.0.1:{made.settings.port}"
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True)
        self._ready = threading.Event()
        self._stop = False

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Listen while the block runs."""
        self._thread.start()
        if not self._ready.wait(30):
            raise RuntimeError("the live feed did not answer")
        yield
        self._stop = True
        self._thread.join(5)

    async def _listen(self) -> None:
        async with connect(self._url, additional_headers=self._headers, origin=self._origin) as socket:  # type: ignore[arg-type]
            while not self._stop:
                try:
                    message = json.loads(await asyncio.wait_for(socket.recv(), 1))
                except TimeoutError:
                    continue
                moment = time.time()
                self._ready.set()
                for code, time_ms, _, _ in message.get("values", ()):
                    self.heard.setdefault((code, time_ms), moment)


def send(made: Installation, rate: int, seconds: int, size: int) -> dict[tuple[str, int], float]:
    """Send at a steady rate; returns when each reading that matters was sent: (stream, time [ms]) -> our clock [s]."""
    from chengmai.sensing.publishing import Publisher

    sent: dict[tuple[str, int], float] = {}
    ordinary = made.streams[WATCHED:]
    per_second = max(1, rate // size)
    with Publisher("127.0.0.1", made.settings.mqtt_port, GATEWAY, made.token, "latency") as device:
        started = time.time()
        for number in range(per_second * seconds):
            due = started + number / per_second
            time.sleep(max(0.0, due - time.time()))
            moment = datetime.now(UTC)
            written = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            time_ms = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
            codes = [ordinary[(number * size + place) % len(ordinary)] for place in range(size)]
            readings = [{"stream": code, "time": written, "value": 1.0} for code in codes]
            if number % per_second == per_second // 2:
                watched = made.streams[number // per_second % WATCHED]
                readings[0] = {"stream": watched, "time": written, "value": 2000.0}
                sent[watched, time_ms] = time.time()
            device.send(TOPIC, msgspec.json.encode({"observations": readings}))
        device.drain()
    return sent


def alarms_written() -> dict[str, float]:
    """When each stream's alarm was written, by the platform's clock [s]."""
    from chengmai.warning.models import Alarm

    told = Alarm.objects.values_list("subject", "detected_at")
    return {subject.partition("#")[0]: detected_at.timestamp() for subject, detected_at in told}


def write_town(file: Path, pipes: int) -> None:
    """An EPANET file of a square grid of streets with about this many pipes."""
    side = math.isqrt(pipes // 2) + 1
    with file.open("w") as out:
        out.write("[JUNCTIONS]\n")
        out.writelines(f"J{row}-{column} 10 0.1\n" for row in range(side) for column in range(side))
        out.write("[RESERVOIRS]\nR 60\n[PIPES]\nP R J0-0 50 300 120 0 Open\n")
        for row in range(side):
            for column in range(side):
                if column + 1 < side:
                    out.write(f"E{row}-{column} J{row}-{column} J{row}-{column + 1} 100 100 120 0 Open\n")
                if row + 1 < side:
                    out.write(f"S{row}-{column} J{row}-{column} J{row + 1}-{column} 100 100 120 0 Open\n")
        out.write("[OPTIONS]\nUnits CMH\nHeadloss H-W\n[COORDINATES]\nR -1 0\n")
        out.writelines(f"J{row}-{column} {100 * column} {100 * row}\n" for row in range(side) for column in range(side))
        out.write("[END]\n")


@contextlib.contextmanager
def importing(made: Installation, pipes: int) -> Iterator[list[float]]:
    """Import a network beside what the block does; the list then holds how long that took [s], nothing if it failed."""
    took: list[float] = []
    if not pipes:
        yield took
        return
    file = made.settings.data_dir / "town.inp"
    write_town(file, pipes)
    command = [str(Path(sys.executable).parent / "chengmai"), "network", "import", str(file), "--network", "TOWN"]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def wait() -> None:
        if process.wait() == 0:
            took.append(time.monotonic() - started)

    waiting = threading.Thread(target=wait)
    waiting.start()
    yield took
    waiting.join()


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=int, default=1000, help="readings a second")
    options.add_argument("--seconds", type=int, default=30)
    options.add_argument("--message", type=int, default=10, help="readings in a message")
    options.add_argument("--broker-sync", default="always")
    options.add_argument("--during-import", type=int, default=0, metavar="PIPES", help="import so many pipes meanwhile")
    told = options.parse_args()
    with installation(WATCHED + 800, broker_sync=told.broker_sync) as made:
        screen = Screen(made, add_rule_and_person(made))
        with serving(made), screen.open():
            time.sleep(2)
            with importing(made, told.during_import) as took:
                sent = send(made, told.rate, told.seconds, told.message)
            time.sleep(5)
            alarms = alarms_written()
    title = f"{told.rate} readings/s, {told.seconds} s"
    if told.during_import:
        if not took:
            raise SystemExit("the import failed")
        title += f", an import of {told.during_import} pipes that took {took[0]:.0f} s"
    table = Table("", "count", "median [ms]", "p99 [ms]", "most [ms]", title=title)
    waits = {
        "reading sent -> alarm written": [alarms[code] - at for (code, _), at in sent.items() if code in alarms],
        "reading sent -> screen": [screen.heard[key] - at for key, at in sent.items() if key in screen.heard],
    }
    for name, found in waits.items():
        if len(found) < 2:
            raise SystemExit(f"{name}: {len(found)} of {len(sent)} arrived in time")
        cuts = quantiles(found, n=100, method="inclusive")
        figures = (cuts[49], cuts[98], max(found))
        table.add_row(name, f"{len(found)}/{len(sent)}", *(f"{1000 * figure:.0f}" for figure in figures))
    Console().print(table)


if __name__ == "__main__":
    main()
