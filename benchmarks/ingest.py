"""``python -m benchmarks.ingest``: points a second through MQTT and HTTP, beside the bare broker and the bare store.

All in one run on one machine. ``bare store`` inserts the same points as finished columns, in batches as large as the
platform's, into a table like its own; ``bare broker`` sends the same messages at QoS 1 to a consumer that only
acknowledges. The platform's own lines end when everything is stored.
"""

import argparse
import asyncio
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import nats
import numpy as np
from nats.js.api import AckPolicy, ConsumerConfig
from tests.ports import free_port

from benchmarks.installation import GATEWAY, TOPIC, Installation, installation, serving
from benchmarks.tables import Line, show
from chengmai.secrets_file import load_secrets
from chengmai.sensing.broker import INTERNAL_USER, Broker
from chengmai.sensing.columns import table_of
from chengmai.sensing.publishing import Publisher
from chengmai.sensing.store import open_store
from chengmai.sensing.tokens import hash_token

PASSWORD = "bench"  # of a broker that lives as long as one measurement
START = np.datetime64("2026-01-01T00:00:00", "ms")


def messages(made: Installation, points: int, size: int, offset_s: int) -> Iterator[bytes]:
    """Messages of ``size`` readings each, ``points`` in all; a later offset gives readings nobody has sent yet."""
    count = len(made.streams)
    for first in range(0, points, size):
        moment = START + np.timedelta64(offset_s, "s") + np.timedelta64(first // count, "s")
        yield msgspec.json.encode(
            {
                "observations": [
                    {
                        "stream": made.streams[(first + place) % count],
                        "time": f"{moment + np.timedelta64((first % count + place) // count, 's')}Z",
                        "value": (first + place) % 977 * 0.01,
                    }
                    for place in range(min(size, points - first))
                ]
            }
        )


def through_mqtt(made: Installation, told: list[bytes]) -> None:
    """Send all and wait until the consumer has acknowledged, which it does once stored."""
    _publish(made.settings.mqtt_port, made.token, told)
    asyncio.run(_consumed(made.settings.nats_port, load_secrets(made.settings.data_dir).broker_password))


def _publish(port: int, token: str, told: list[bytes], devices: int = 4) -> None:
    def one(number: int) -> None:
        with Publisher("127.0.0.1", port, GATEWAY, token, f"bench-{number}") as device:
            for message in told[number::devices]:
                device.send(TOPIC, message)
            device.drain()

    _all_at_once(one, devices)


def through_http(made: Installation, told: list[bytes], devices: int = 64) -> None:
    """Send all through many connections, each waiting for its answer, which comes once stored."""
    headers = {"Authorization": f"Bearer {GATEWAY}:{made.token}", "Content-Type": "application/json"}

    def one(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", made.settings.port, timeout=60)
        for message in told[number::devices]:
            connection.request("POST", "/api/v1/observations", message, headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(body.decode())
        connection.close()

    _all_at_once(one, devices)


def _all_at_once(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def _consumed(port: int, password: str) -> None:
    from chengmai.sensing.consumer import DURABLE, STREAM

    connection = await nats.connect(f"nats://127.0.0.1:{port}", user=INTERNAL_USER, password=password)
    while True:
        told = await connection.jetstream().consumer_info(STREAM, DURABLE)
        if not told.num_pending and not told.num_ack_pending:
            break
        await asyncio.sleep(0.01)
    await connection.close()


def bare_broker(made: Installation, told: list[bytes]) -> float:
    """Seconds in which a broker of the same configuration took the same messages and a consumer only acknowledged."""
    with TemporaryDirectory() as folder:
        settings = replace(made.settings, data_dir=Path(folder), mqtt_port=free_port(), nats_port=free_port())
        broker = Broker(settings, PASSWORD)
        broker.start()
        stop = threading.Event()
        ready = threading.Event()
        sink = threading.Thread(target=lambda: asyncio.run(_swallow(settings.nats_port, ready, stop)))
        sink.start()
        try:
            ready.wait()
            broker.admit({GATEWAY: hash_token(made.token)})
            time.sleep(1)
            started = time.perf_counter()
            _publish(settings.mqtt_port, made.token, told)
            asyncio.run(_consumed(settings.nats_port, PASSWORD))
            return time.perf_counter() - started
        finally:
            stop.set()
            sink.join()
            broker.stop()


async def _swallow(port: int, ready: threading.Event, stop: threading.Event) -> None:
    from chengmai.sensing.consumer import DURABLE, STREAM, SUBJECT

    connection = await nats.connect(f"nats://127.0.0.1:{port}", user=INTERNAL_USER, password=PASSWORD)
    stream = connection.jetstream()
    wanted = ConsumerConfig(
        durable_name=DURABLE, filter_subject=SUBJECT, ack_policy=AckPolicy.EXPLICIT, max_ack_pending=80_000
    )
    await stream.add_consumer(STREAM, wanted)
    subscription = await stream.pull_subscribe_bind(consumer=DURABLE, stream=STREAM)
    ready.set()
    while not stop.is_set():
        try:
            for message in await subscription.fetch(256, timeout=0.2):
                await message.ack()
        except TimeoutError:
            continue
    await connection.close()


def bare_store(made: Installation, points: int, batch: int) -> float:
    """Seconds in which the engine took the same points as finished columns, into a table like the platform's."""
    with TemporaryDirectory() as folder:
        store = open_store(replace(made.settings, data_dir=Path(folder)))
        place = np.arange(points)
        count = len(made.streams)
        started = time.perf_counter()
        for number, first in enumerate(range(0, points, batch)):
            rows = place[first : first + batch]
            columns = {
                "stream": (rows % count).astype(np.uint32),
                "time": START + (rows // count).astype("timedelta64[s]"),
                "value": rows % 977 * 0.01,
                "revision": np.zeros(len(rows), dtype=np.uint32),
                "batch": np.full(len(rows), number, dtype=np.uint64),
                "message": np.zeros(len(rows), dtype=np.uint64),
                "received": np.full(len(rows), START),
            }
            with store._engine() as client:
                client.insert_arrow("observations", table_of(columns), database="chengmai")
        taken = time.perf_counter() - started
        store.close()
        return taken


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=200_000, help="readings of one repetition")
    options.add_argument("--message", type=int, default=100, help="readings in a message")
    options.add_argument("--repetitions", type=int, default=3)
    options.add_argument("--broker-sync", default="always", help="when the broker syncs: always, or an interval")
    told = options.parse_args()
    found: dict[str, list[float]] = {"bare broker": [], "bare store": [], "through MQTT": [], "through HTTP": []}
    with installation(1000, broker_sync=told.broker_sync) as made:
        with serving(made):
            for number in range(told.repetitions):
                for place, (name, way) in enumerate((("through MQTT", through_mqtt), ("through HTTP", through_http))):
                    sent = list(messages(made, told.points, told.message, (2 * number + place) * told.points))
                    started = time.perf_counter()
                    way(made, sent)
                    found[name].append(told.points / (time.perf_counter() - started))
        for _ in range(told.repetitions):
            sent = list(messages(made, told.points, told.message, 0))
            found["bare broker"].append(told.points / bare_broker(made, sent))
            found["bare store"].append(told.points / bare_store(made, told.points, 10_000))
    title = f"{told.points} readings, {told.message} a message, broker syncs: {told.broker_sync}"
    show(title, "points/s", [Line(name, values) for name, values in found.items()])


if __name__ == "__main__":
    main()
