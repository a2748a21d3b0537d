"""MQTT brokers that are not ours, started for tests: mosquitto where it is installed, and NATS' own MQTT listener."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from chengmai.sensing.broker import binary
from tests.ports import free_port

USER, PASSWORD = "plant", "p@ss/word:1"
TOPIC = "plant/+/readings"
CLIENT = "chengmai"
_NATS = """\
server_name: foreign
listen: "127.0.0.1:{own}"
jetstream {{ store_dir: "{folder}", sync_interval: always }}
mqtt {{ listen: "127.0.0.1:{port}", ack_wait: "1s" }}
authorization {{ users: [ {{ user: "{user}", password: "{password}" }} ] }}
"""
_MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
persistence true
persistence_location {folder}/
max_inflight_messages 1000
max_queued_messages 0
"""


def mosquitto() -> str | None:
    """mosquitto's program; None where it is not installed."""
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


class ForeignServer:
    """A broker with one user, which keeps sessions; ``start`` and ``stop`` as often as wanted, then ``stop``."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "foreign.conf"
        if kind == "nats":
            names = {"own": free_port(), "port": self.port, "folder": folder, "user": USER, "password": PASSWORD}
            text, self._command = _NATS.format(**names), [binary(), "-c", str(configuration)]
        else:
            program = mosquitto()
            assert program is not None
            text = _MOSQUITTO.format(port=self.port, folder=folder) + ("user root\n" if os.getuid() == 0 else "")
            passwords = folder / "passwords"
            subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), USER, PASSWORD], check=True)
            self._command = [program, "-c", str(configuration)]
        configuration.write_text(text)
        self._log = folder / "foreign.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address with user and password."""
        return f"mqtt://{USER}:p%40ss%2Fword%3A1@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < until, self._log.read_text()
                time.sleep(0.02)

    def stop(self) -> None:
        """End it regularly: what it keeps is on disk."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def open_session(self) -> None:
        """Subscribe once in the platform's name, so that the broker keeps what is published from now on."""
        talk(self.port, lambda client: client.subscribe(TOPIC, qos=1))


def wait_alone(port: int) -> None:
    """Wait until the broker has read all it was sent and nobody is connected: a successor would cut that off."""
    until = time.monotonic() + 20
    while any(
        row[1].endswith(f":{port:04X}") and row[3] in {"01", "08"}  # established, or closed by the other side only
        for row in (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    ):
        assert time.monotonic() < until, "somebody stays connected"
        time.sleep(0.02)


def talk(port: int, act: Callable[[mqtt.Client], object], linger_s: float = 0.0) -> None:
    """Connect in the platform's session, do one thing that is answered by SUBACK, stay a while, and leave."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=CLIENT, clean_session=False, manual_ack=True)
    client.username_pw_set(USER, PASSWORD)
    done: list[int] = []
    client.on_connect = lambda *rest: act(client)
    client.on_subscribe = lambda client, userdata, mid, reasons, properties: done.append(mid)
    client.connect("127.0.0.1", port)
    until = time.monotonic() + 20
    while not done:
        client.loop(0.05)
        assert time.monotonic() < until, "the broker did not answer"
    until = time.monotonic() + linger_s
    while time.monotonic() < until:
        client.loop(0.05)
    client.disconnect()
