"""``python -m benchmarks.live_clients``: 1,000 WebSocket clients at once hear 500 changes a second of 10,000 sensors.

Each has a session of its own; they belong to a bureau and four departments, each of which hears a part. What is timed
is the newest reading of a probe: from sent through MQTT to heard by every client. The server's time of a core stands
beside the same changes with nobody listening, in the same run. ``--plain`` has the clients ask for plain messages.
"""

import argparse
import asyncio
import os
import re
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.installation import Installation, installation, serving
from benchmarks.live_city import PROBES, Changes, lay
from benchmarks.people import add_person, session_of
from benchmarks.processes import core_seconds, family, resident_mb

DEPARTMENTS = 4
AT_ONCE = 50
"""Connections that are opened at the same time."""
SEQ = re.compile(rb'"seq":(\d+)')
PROBE = re.compile(rb'\["S\d",(\d+),')


@dataclass
class Heard:
    """What all clients heard; delays in ms."""

    delays: list[float] = field(default_factory=list)
    bytes: int = 0
    messages: int = 0
    gaps: int = 0
    lost: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    name: str
    cores: float
    memory_mb: float
    heard: Heard
    took: float


class Clients:
    """All clients in one loop of their own."""

    def __init__(self, made: Installation, cookies: list[str], packed: bool) -> None:
        self.heard = Heard()
        self._address = f"127.0.0.1:{made.settings.port}"
        self._cookies, self._packed = cookies, packed
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._stop = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @contextmanager
    def open(self) -> Iterator["Clients"]:
        """Listen while the block runs; the block begins when all have their snapshot."""
        self._thread.start()
        until = time.monotonic() + 300
        while self.heard.open < len(self._cookies):
            if time.monotonic() > until or self.heard.lost:
                raise RuntimeError(f"{self.heard.open} of {len(self._cookies)} clients came in")
            time.sleep(0.1)
        yield self
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def begin(self) -> None:
        """Count anew."""
        still = self.heard.open
        self.heard = Heard(open=still)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._all())

    async def _all(self) -> None:
        await asyncio.gather(*(self._one(cookie) for cookie in self._cookies))

    async def _one(self, cookie: str) -> None:
        headers = {"Cookie": f"chengmai_session={cookie}"}
        query = "?packed=1" if self._packed else ""
        async with self._gate:
            socket = await connect(
                f"ws://{self._address}/live{query}",
                additional_headers=headers,
                origin=f"http://{self._address}",  # type: ignore[arg-type]
                max_size=None,
                open_timeout=120,
            )
            first = await socket.recv()
        self.heard.open += 1
        listening = asyncio.ensure_future(self._listen(socket, self._seq(_text(first))))
        stop = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait([listening, stop], return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        stop.cancel()
        await socket.close()

    async def _listen(self, socket: ClientConnection, seq: int) -> None:
        try:
            async for message in socket:
                moment = 1000 * time.time()
                text = _text(message)
                if b'"type":"ping"' in text:
                    continue
                heard = self.heard
                heard.messages += 1
                heard.bytes += len(message)
                number = self._seq(text)
                heard.gaps += number != seq + 1
                seq = number
                heard.delays += [moment - int(sent) for sent in PROBE.findall(text)]
        except ConnectionClosed:
            self.heard.lost += 1

    @staticmethod
    def _seq(text: bytes) -> int:
        found = SEQ.search(text[:200]) or SEQ.search(text)
        if found is None:
            raise RuntimeError(f"no number in {text[:100]!r}")
        return int(found[1])


def _text(message: str | bytes) -> bytes:
    return zlib.decompress(message) if isinstance(message, bytes) else message.encode()


def lay_departments(clients: int) -> list[str]:
    """Give departments a part of the streams each; returns the cookie of every client's own session."""
    from chengmai.access.models import Organisation
    from chengmai.sensing.models import Datastream

    bureau = Organisation.objects.get(code="BENCH")
    owners = [bureau]
    for number in range(DEPARTMENTS):
        code = f"BENCH-{number}"
        owners.append(Organisation.objects.create(code=code, name_zh=code, name_en=code, kind="department"))
    streams = list(Datastream.objects.order_by("pk")[PROBES:])
    for place, stream in enumerate(streams):
        stream.owner = owners[place % len(owners)]
    Datastream.objects.bulk_update(streams, ["owner"], 500)
    probes = list(Datastream.objects.order_by("pk")[:PROBES])
    for probe, owner in zip(probes, owners[1:], strict=True):
        probe.owner = owner  # the bureau hears all of them, a department its own
        probe.save()
    people = [add_person(f"bench{place}", owner) for place, owner in enumerate(owners)]
    return [session_of(people[number % len(people)]) for number in range(clients)]


def measure(name: str, server: int, seconds: float, clients: Clients | None) -> Line:
    """What the server uses, and what clients hear, for some time."""
    time.sleep(3)
    pids = family(server)
    used, began = core_seconds(pids), time.monotonic()
    if clients is not None:
        clients.begin()
    time.sleep(seconds)
    took = time.monotonic() - began
    cores = (core_seconds(pids) - used) / took
    heard = clients.heard if clients is not None else Heard()
    return Line(name, cores, resident_mb(pids), heard, took)


def show(lines: list[Line], title: str) -> None:
    """One table; the ratio is the server's time of a core beside the first line's."""
    heads = ("server, cores", "times the first", "server [MB]", "heard, median [ms]", "p99", "bytes/s each")
    table = Table("", *heads, "messages missed", "lines lost", title=title)
    for line in lines:
        heard = line.heard
        cuts = quantiles(heard.delays, n=100, method="inclusive") if len(heard.delays) > 1 else []
        each = heard.bytes / line.took / max(1, heard.open)
        table.add_row(
            line.name,
            f"{line.cores:.2f}",
            f"{line.cores / lines[0].cores:.1f}",
            f"{line.memory_mb:.0f}",
            f"{median(heard.delays):.0f}" if cuts else "",
            f"{cuts[98]:.0f}" if cuts else "",
            f"{each:,.0f}" if heard.open else "",
            f"{heard.gaps} of {heard.messages}" if heard.open else "",
            f"{heard.lost} of {heard.open}" if heard.open else "",
        )
    Console(width=160).print(table)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=1000)
    options.add_argument("--sensors", type=int, default=10_000)
    options.add_argument("--rate", type=int, default=500, help="changes a second")
    options.add_argument("--seconds", type=int, default=30, help="how long each line is looked at")
    options.add_argument("--plain", action="store_true", help="ask for plain messages, not packed ones")
    told = options.parse_args()
    lines: list[Line] = []
    with installation(told.sensors, web_threads=4) as made:
        lay(made)
        cookies = lay_departments(told.clients)
        with serving(made) as process:
            Changes(made, 1, 0.0).fill()
            with Changes(made, told.rate, 0.02):
                lines.append(measure("changes, nobody listens", process.pid, told.seconds, None))
            began = time.monotonic()
            with Clients(made, cookies, not told.plain).open() as clients:
                came = time.monotonic() - began
                lines.append(measure(f"{told.clients} clients, no changes", process.pid, told.seconds, clients))
                with Changes(made, told.rate, 0.02):
                    lines.append(measure(f"{told.clients} clients, changes", process.pid, told.seconds, clients))
    form = "plain" if told.plain else "packed"
    load = os.getloadavg()[0]
    show(lines, f"{told.rate} changes/s, {form}; all had their snapshot after {came:.1f} s; load {load:.1f}")


if __name__ == "__main__":
    main()
