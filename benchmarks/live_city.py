"""A city full of sensors whose values change at a steady rate: what the benchmarks of the live feed look at.

The streams lie on an even grid over about 20 by 13 km; a few of them, the probes, lie alone on the middle line and are
what is timed. A change is a new value of a stream, sent through MQTT; a share of them crosses the stream's limits.
"""

import random
import threading
import time
from datetime import UTC, datetime
from math import atanh, ceil, pi, radians, sin, sqrt

import msgspec

from benchmarks.installation import GATEWAY, TOPIC, Installation

WEST, SOUTH, EAST, NORTH = 112.74, 35.44, 112.96, 35.56
PROBES = 4
ROOM_DEGREES = 0.006
"""No other sensor lies this near to a probe."""
LOW, HIGH = 0.0, 100.0
MESSAGE = 10
"""Readings in a message."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def probe_places() -> list[tuple[float, float]]:
    """Where the probes lie: longitude and latitude."""
    step = (EAST - WEST) / (PROBES + 1)
    return [(WEST + (number + 1) * step, (SOUTH + NORTH) / 2) for number in range(PROBES)]


def places(count: int) -> list[tuple[float, float]]:
    """Where so many streams lie, the probes first."""
    probes = probe_places()
    columns = round(sqrt(1.1 * count * (EAST - WEST) / (NORTH - SOUTH)))
    rows = ceil(1.1 * count / columns)
    found: list[tuple[float, float]] = list(probes)
    for place in range(columns * rows):
        row, column = divmod(place, columns)
        x = WEST + (column + 0.5) * (EAST - WEST) / columns
        y = SOUTH + (row + 0.5) * (NORTH - SOUTH) / rows
        far = all(abs(x - px) > ROOM_DEGREES or abs(y - py) > ROOM_DEGREES for px, py in probes)
        if far:
            found.append((x, y))
    return found[:count]


def lay(made: Installation) -> None:
    """Give the installation's streams their places and limits, and the city its frame."""
    from chengmai.access.models import Organisation
    from chengmai.assets.models import City, GridCell
    from chengmai.sensing.models import Datastream

    bureau = Organisation.objects.get(code="BENCH")
    City.objects.create(
        name_zh="基准", name_en="Bench", longitude=(WEST + EAST) / 2, latitude=(SOUTH + NORTH) / 2, district="140502"
    )
    ring = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]
    GridCell.objects.create(
        code="140502001001001", name="", organisation=bureau, ring=ring, west=WEST, south=SOUTH, east=EAST, north=NORTH
    )
    streams = list(Datastream.objects.order_by("pk"))
    where = places(len(streams))
    if len(where) < len(streams):
        raise RuntimeError(f"room for {len(where)} sensors only")
    for stream, (x, y) in zip(streams, where, strict=True):
        stream.longitude, stream.latitude, stream.low, stream.high = x, y, LOW, HIGH
    Datastream.objects.bulk_update(streams, ["longitude", "latitude", "low", "high"], 500)


def on_canvas(width: float, height: float) -> list[tuple[float, float]]:
    """Where the probes stand on a map of this size that was fitted to the city as the page fits it [pixels]."""
    left, right, top, bottom = 60, 60, 50, 40

    def mercator(longitude: float, latitude: float) -> tuple[float, float]:
        return radians(longitude), -atanh(sin(radians(latitude)))

    (x0, y0), (x1, y1) = mercator(WEST, NORTH), mercator(EAST, SOUTH)
    scale = min((width - left - right) / (x1 - x0), (height - top - bottom) / (y1 - y0), 512 * 2**17 / (2 * pi))
    middle = (left + (width - left - right) / 2, top + (height - top - bottom) / 2)
    found = []
    for place in probe_places():
        x, y = mercator(*place)
        found.append((middle[0] + (x - (x0 + x1) / 2) * scale, middle[1] + (y - (y0 + y1) / 2) * scale))
    return found


class Changes:
    """Sends changes at a steady rate from a thread of its own, and notes when it sent each of a probe."""

    def __init__(self, made: Installation, rate: int, beyond: float) -> None:
        self.probed: list[tuple[int, bool, float]] = []
        """Which probe, whether it went beyond its limit, when it was sent by our clock [s]."""
        self.sent = 0
        self._made, self._rate, self._beyond = made, rate, beyond
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def fill(self) -> None:
        """Give every stream a first value, in one go."""
        codes, now = self._made.streams, _written(time.time())
        with self._publisher("fill") as device:
            for first in range(0, len(codes), 500):
                told = [{"stream": code, "time": now, "value": 50.0} for code in codes[first : first + 500]]
                device.send(TOPIC, msgspec.json.encode({"observations": told}))
            device.drain()

    def __enter__(self) -> "Changes":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _publisher(self, name: str):  # type: ignore[no-untyped-def]
        from chengmai.sensing.publishing import Publisher

        return Publisher("127.0.0.1", self._made.settings.mqtt_port, GATEWAY, self._made.token, name)

    def _run(self) -> None:
        rng = random.Random(1)
        ordinary = self._made.streams[PROBES:]
        rng.shuffle(ordinary)
        is_beyond = [False] * len(self._made.streams)
        probe_out, each = False, max(1, self._rate // MESSAGE // 4)
        with self._publisher("changes") as device:
            started, number = time.time(), 0
            while not self._stop.is_set():
                due = started + number * MESSAGE / self._rate
                time.sleep(max(0.0, due - time.time()))
                moment = time.time()
                readings = []
                for place in range(MESSAGE):
                    index = (number * MESSAGE + place) % len(ordinary)
                    # A sensor beyond its limit comes back at its next change.
                    is_beyond[index] = not is_beyond[index] and rng.random() < self._beyond
                    value = rng.uniform(101, 150) if is_beyond[index] else rng.uniform(1, 99)
                    readings.append({"stream": ordinary[index], "time": _written(moment), "value": round(value, 2)})
                if number % each == 0:
                    turn = number // each
                    probe_out = turn // PROBES % 2 == 0
                    value = 150.0 if probe_out else 50.0
                    readings[0] = {
                        "stream": self._made.streams[turn % PROBES],
                        "time": _written(moment),
                        "value": value + number % 7,
                    }
                    self.probed.append((turn % PROBES, probe_out, moment))
                device.send(TOPIC, msgspec.json.encode({"observations": readings}))
                self.sent += len(readings)
                number += 1
            device.drain()


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
