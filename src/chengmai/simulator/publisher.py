"""Readings to the platform's broker, as any gateway sends them: MQTT, QoS 1, kept until the broker has them."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

Reading = tuple[str, datetime, float]
"""Stream code, moment (aware), value in the stream's unit."""
_KEPT = 20_000
"""Messages kept while the broker is away; at one message in 5 s more than a day."""


class Publisher:
    """One gateway's connection; survives restarts of the broker, sending again what was not acknowledged."""

    def __init__(self, gateway: str, token: str, host: str, port: int) -> None:
        self._topic = f"chengmai/v1/{gateway}/observations"
        # Two counters, each written by one thread: a lock around publish would wait for the callback that waits for it.
        self._sent = 0
        self._acknowledged = 0
        self.connected = False
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=f"chengmai-{gateway.lower()}", clean_session=False)
        self._client.username_pw_set(gateway, token)
        self._client.max_queued_messages_set(_KEPT)
        self._client.reconnect_delay_set(1, 5)
        self._client.on_publish = self._published
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.connect_async(host, port, keepalive=30)
        self._client.loop_start()

    @property
    def pending(self) -> int:
        """Messages that the broker has not acknowledged yet."""
        return self._sent - self._acknowledged

    def send(self, readings: Sequence[Reading]) -> None:
        """Hand readings over as one message; it is sent as soon as the broker is there."""
        told = [
            {"stream": stream, "time": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"), "value": value}
            for stream, moment, value in readings
        ]
        self._sent += 1
        self._client.publish(self._topic, msgspec.json.encode({"observations": told}), qos=1)

    def flush(self) -> None:
        """Wait until the broker has acknowledged everything."""
        while self.pending:
            time.sleep(0.02)

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def _published(self, client: Client, data: Any, mid: int, reason: ReasonCode, properties: Properties) -> None:
        self._acknowledged += 1

    def _connected(
        self, client: Client, data: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self.connected = not reason.is_failure

    def _disconnected(
        self, client: Client, data: Any, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self.connected = False
