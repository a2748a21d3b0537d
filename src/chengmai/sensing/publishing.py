"""Sending readings through MQTT at QoS 1, counting what the broker acknowledged."""

import threading
import time
from types import TracebackType
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from chengmai.core.errors import NotAuthenticated, Unavailable

WINDOW = 100
"""Messages that may be unacknowledged at once."""


class Publisher:
    """A connection that keeps what was not acknowledged and sends it again after a break; use it with ``with``."""

    def __init__(
        self, host: str, port: int, user: str, password: str, client_id: str, patience_s: float = 60.0
    ) -> None:
        self.acknowledged = 0
        self._address = (host, port)
        self._patience_s = patience_s
        self._free = threading.Semaphore(WINDOW)
        self._sent = 0
        self._answer: int | None = None
        self._answered = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, protocol=mqtt.MQTTv311
        )
        self._client.username_pw_set(user, password)
        self._client.max_inflight_messages_set(WINDOW)
        self._client.reconnect_delay_set(min_delay=1, max_delay=10)
        self._client.on_connect = self._connected
        self._client.on_publish = self._published

    def __enter__(self) -> Self:
        """Connect; raises Unavailable when nobody listens, NotAuthenticated when the broker refuses us."""
        host, port = self._address
        try:
            self._client.connect(host, port)
        except OSError as error:
            raise Unavailable("mqtt.unreachable", host=host, port=port, reason=str(error)) from error
        self._client.loop_start()
        if not self._answered.wait(self._patience_s) or self._answer != 0:
            self._client.loop_stop()
            if self._answer is None:
                raise Unavailable("mqtt.unreachable", host=host, port=port, reason="no answer")
            raise NotAuthenticated("mqtt.refused", host=host, port=port, answer=self._answer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect; what was not acknowledged stays unacknowledged."""
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, payload: bytes) -> None:
        """Send one message; waits while too many are unacknowledged, raises Unavailable when that takes too long."""
        if not self._free.acquire(timeout=self._patience_s):
            raise self._unanswered()
        self._sent += 1
        self._client.publish(topic, payload, qos=1)

    def drain(self) -> None:
        """Wait until everything is acknowledged; raises Unavailable when nothing comes for too long."""
        seen, since = self.acknowledged, time.monotonic()
        while self.acknowledged < self._sent:
            time.sleep(0.01)
            if self.acknowledged != seen:
                seen, since = self.acknowledged, time.monotonic()
            elif time.monotonic() - since > self._patience_s:
                raise self._unanswered()

    def _unanswered(self) -> Unavailable:
        return Unavailable("mqtt.unacknowledged", waiting=self._sent - self.acknowledged, seconds=self._patience_s)

    def _connected(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._answer = int(reason.value)
        self._answered.set()

    def _published(self, client: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
        self.acknowledged += 1
        self._free.release()
