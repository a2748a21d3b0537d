"""One connection to a foreign broker: what came over it is acknowledged over it, or not at all.

A broker may give another message the same number on the next connection, so numbers never outlive their connection.
"""

import select
import socket
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from chengmai.connectors.mqtt.address import Address
from chengmai.core.errors import ChengmaiError, NotAuthenticated, Unavailable

_KEEPALIVE_S = 60
_AT_LEAST_ONCE = 1


class Connection:
    """Use it in one thread. The broker keeps the session: it goes on where the last connection ended."""

    def __init__(self, address: Address) -> None:
        self.subscribed = False
        self._address = address
        self._fresh: list[mqtt.MQTTMessage] = []
        self._problem: ChengmaiError | None = None
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=address.client_id,
            clean_session=False,
            protocol=mqtt.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        if address.user:
            self._client.username_pw_set(address.user, address.password)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._answered
        self._client.on_message = lambda client, userdata, message: self._fresh.append(message)

    def open(self) -> None:
        """Connect; raises Unavailable when nobody listens there."""
        host, port = self._address.host, self._address.port
        try:
            self._client.connect(host, port, keepalive=_KEEPALIVE_S)
        except OSError as error:
            raise Unavailable("foreign_mqtt.unreachable", host=host, port=port, reason=str(error)) from error

    def turn(self, wait_s: float, wake: socket.socket, *, read: bool) -> list[mqtt.MQTTMessage]:
        """Let the connection work until something comes, at most ``wait_s``; raises when it has ended.

        Without ``read`` messages stay with the broker and in the network. A byte to ``wake`` ends the waiting.
        """
        line = self._client.socket()
        if line is not None:
            number = line.fileno()
            waiting = select.poll()  # select.select would fail above 1,024 open files
            waiting.register(wake, select.POLLIN)
            writing = select.POLLOUT if self._client.want_write() else 0
            waiting.register(number, (select.POLLIN if read else 0) | writing)
            ready = dict(waiting.poll(wait_s * 1000))
            if wake.fileno() in ready:
                wake.recv(4096)
            if ready.get(number, 0) & ~select.POLLOUT:
                self._client.loop_read()
            if ready.get(number, 0) & select.POLLOUT:
                self._client.loop_write()
            self._client.loop_misc()
        if self._problem is not None:
            raise self._problem
        if self._client.socket() is None:
            raise Unavailable("foreign_mqtt.lost", host=self._address.host, port=self._address.port)
        fresh, self._fresh = self._fresh, []
        return fresh

    def acknowledge(self, message: mqtt.MQTTMessage) -> None:
        """Tell the broker that the message is ours now."""
        self._client.ack(message.mid, message.qos)

    def close(self) -> None:
        """Take leave; what was not acknowledged stays with the broker."""
        self._client.disconnect()

    def _connected(self, client: mqtt.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        host, port = self._address.host, self._address.port
        if reason.is_failure:
            self._problem = NotAuthenticated("foreign_mqtt.refused", host=host, port=port, answer=str(reason))
        else:
            client.subscribe(self._address.topic, qos=_AT_LEAST_ONCE)

    def _answered(self, client: mqtt.Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        """A broker that grants less than QoS 1 would not keep what we did not acknowledge."""
        reason = reasons[0]
        if reason.is_failure or reason.value < _AT_LEAST_ONCE:
            self._problem = NotAuthenticated(
                "foreign_mqtt.topic_refused",
                host=self._address.host,
                port=self._address.port,
                topic=self._address.topic,
                answer=str(reason),
            )
        else:
            self.subscribed = True
