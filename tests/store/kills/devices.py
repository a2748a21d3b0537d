"""Devices of the kill harness: they keep what was not acknowledged and send it again, as real ones do."""

import http.client
import json
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

START = datetime(2026, 1, 1, tzinfo=UTC)
PAUSE_S = 0.01
"""Between two messages of a device: the kills are to fall between readings, not into a backlog."""
Reading = tuple[str, int, float]
"""Stream code, phenomenon time [ms since 1970], value."""


@dataclass(slots=True)
class Message:
    """One message: its bytes, the good readings in it, and the mark of its bad one if it has one."""

    payload: bytes
    readings: list[Reading]
    mark: str | None = None
    sends: int = 0


@dataclass
class Source:
    """Makes messages from a seed: fresh readings, repeats, corrections of acknowledged ones, and bad ones."""

    seed: int
    streams: list[str]
    dice: random.Random = field(init=False)
    minute: int = 0
    marks: int = 0
    acknowledged: list[Reading] = field(default_factory=list)
    corrected: set[tuple[str, int]] = field(default_factory=set)
    truth: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    """Identity -> values in the order in which they were told."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def message(self) -> Message:
        """The next message."""
        readings = [self._reading() for _ in range(self.dice.randint(1, 4))]
        mark = None
        observations: list[dict[str, Any]] = [_written(reading) for reading in readings]
        if self.dice.random() < 0.15:
            self.marks += 1
            mark = f"mark-{self.seed}-{self.marks}"
            observations.insert(self.dice.randint(0, len(observations)), {"stream": mark, "time": "x", "value": 1})
        return Message(json.dumps({"observations": observations}).encode(), readings, mark)

    def _reading(self) -> Reading:
        kind = self.dice.random()
        if self.acknowledged and kind < 0.1:
            return self._repeat(self.dice.choice(self.acknowledged))
        if self.acknowledged and kind < 0.2:
            stream, moment, value = self.dice.choice(self.acknowledged)
            if (stream, moment) not in self.corrected:
                self.corrected.add((stream, moment))
                return self._told((stream, moment, value + 0.5))
        self.minute += 1
        moment = int((START + timedelta(minutes=self.minute)).timestamp() * 1000)
        value = float(self.dice.randint(1000, 1100) if self.dice.random() < 0.02 else self.dice.randint(0, 99))
        return self._told((self.dice.choice(self.streams), moment, value))

    def _repeat(self, reading: Reading) -> Reading:
        """What is newest for the identity, told again."""
        stream, moment, _ = reading
        # Never corrected later: sent again after a kill, the repetition would come behind the correction.
        self.corrected.add((stream, moment))
        return stream, moment, self.truth[stream, moment][-1]

    def _told(self, reading: Reading) -> Reading:
        stream, moment, value = reading
        self.truth.setdefault((stream, moment), []).append(value)
        return reading


def _written(reading: Reading) -> dict[str, Any]:
    stream, moment, value = reading
    written = datetime.fromtimestamp(moment / 1000, UTC).isoformat().replace("+00:00", "Z")
    return {"stream": stream, "time": written, "value": value}


class Device:
    """Sends its source's messages in order; one that is not acknowledged is sent again before any later one."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.waiting: deque[Message] = deque()
        self.done: list[Message] = []

    def acknowledge(self, message: Message) -> None:
        """The other side promised to keep it."""
        self.done.append(message)
        self.source.acknowledged += message.readings


class HttpDevice(Device):
    """One request after the other."""

    def send_until(self, port: int, token: str, stop: threading.Event, most: int) -> None:
        """Send until told to stop, the other side is gone, or ``most`` messages are acknowledged."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {"Authorization": f"Bearer G:{token}", "Content-Type": "application/json"}
        try:
            for _ in range(most):
                if stop.is_set():
                    return
                if not self.waiting:
                    self.waiting.append(self.source.message())
                message = self.waiting[0]
                message.sends += 1
                connection.request("POST", "/api/v1/observations", message.payload, headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    time.sleep(0.02)
                    continue
                self.acknowledge(self.waiting.popleft())
                time.sleep(PAUSE_S)
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()


class MqttDevice(Device):
    """Up to ten unacknowledged messages at once."""

    window = 10

    def send_until(self, port: int, token: str, stop: threading.Event, most: int) -> None:
        """Send until told to stop, the other side is gone, or ``most`` messages are acknowledged."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"device-{self.source.seed}", clean_session=True)
        client.username_pw_set("G", token)
        client.max_inflight_messages_set(self.window)
        gone, ready = threading.Event(), threading.Event()
        # The client calls back while it holds its own locks, so the callback only notes the number.
        numbers: queue.SimpleQueue[int] = queue.SimpleQueue()
        client.on_publish = lambda client, userdata, mid, reason, properties: numbers.put(mid)
        client.on_connect = lambda client, userdata, flags, reason, properties: (
            ready.set() if reason.value == 0 else gone.set()
        )
        client.on_disconnect = lambda *rest: gone.set()
        try:
            client.connect("127.0.0.1", port)
        except OSError:
            return
        client.loop_start()
        try:
            while not ready.wait(0.01) and not gone.is_set() and not stop.is_set():
                pass
            self._send(client, numbers, lambda: gone.is_set() or stop.is_set(), most)
        finally:
            client.disconnect()
            client.loop_stop()

    def _send(
        self, client: mqtt.Client, numbers: "queue.SimpleQueue[int]", over: Callable[[], bool], most: int
    ) -> None:
        again, flying, taken = deque(self.waiting), deque[int](), set[int]()
        while not over():
            while not numbers.empty():
                taken.add(numbers.get())
            while flying and flying[0] in taken:
                flying.popleft()
                self.acknowledge(self.waiting.popleft())
            if len(flying) < self.window and (again or most > 0):
                if not again:
                    most -= 1
                    again.append(self.source.message())
                    self.waiting.append(again[0])
                message = again.popleft()
                message.sends += 1
                flying.append(client.publish("chengmai/v1/G/observations", message.payload, qos=1).mid)
                time.sleep(PAUSE_S)
            elif not flying:
                return
            else:
                time.sleep(0.002)
