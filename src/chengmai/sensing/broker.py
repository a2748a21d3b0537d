"""The embedded broker: a NATS server as a child, with MQTT 3.1.1 for devices and JetStream for what they send.

Devices are let in only after the ingest has its durable consumer, so that no message is acknowledged that nobody keeps.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from chengmai.core.children import guarded
from chengmai.core.errors import Unavailable
from chengmai.sensing.tokens import hash_token
from chengmai.settings import Settings

INTERNAL_USER = "chengmai"
OBSERVATIONS = "observations"
_START_S = 20.0
_CONFIGURATION = """\
server_name: chengmai
listen: "127.0.0.1:{nats_port}"
max_payload: {max_payload}
log_file: "{folder}/broker.log"
log_size_limit: 20MB
max_traced_msg_len: 0
jetstream {{ store_dir: "{folder}", sync_interval: {sync} }}
mqtt {{ listen: "{mqtt_host}:{mqtt_port}" }}
authorization {{
  users: [
    {{ user: "chengmai", password: "{password}" }}
{gateways}
  ]
}}
"""
_GATEWAY = (
    '    {{ user: "{code}", password: "{token_hash}", permissions: '
    '{{ publish: [{topics}], subscribe: {{ deny: ">" }} }} }}'
)


def binary() -> str:
    """The broker's program: this environment's, else the one on PATH; raises Unavailable when there is none."""
    own = Path(sys.prefix) / "bin" / "nats-server"
    found = str(own) if own.exists() else shutil.which("nats-server")
    if found is None:
        raise Unavailable("broker.missing")
    return found


class Broker:
    """Start it, then ``admit`` the gateways; ``failure`` is set when the child ended by itself."""

    def __init__(self, settings: Settings, password: str, topics: Sequence[str] = (OBSERVATIONS,)) -> None:
        """``topics`` are those on which a gateway may publish, below its own name: somebody keeps each of them."""
        self._settings = settings
        self._topics = topics
        self._password = password
        self._password_hash = hash_token(password)
        self._folder = Path(settings.data_dir).absolute() / "broker"
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self.failure: Unavailable | None = None

    @property
    def pid(self) -> int | None:
        """The child's process number."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the child and wait until both listeners answer; raises Unavailable, saying which port is taken."""
        for name, host, port in (
            ("CHENGMAI_NATS_PORT", "127.0.0.1", self._settings.nats_port),
            ("CHENGMAI_MQTT_PORT", self._settings.mqtt_host, self._settings.mqtt_port),
        ):
            _demand_free(name, host, port)
        self._configure({})
        command = guarded([binary(), "-c", str(self._folder / "broker.conf")])
        try:
            # A session of its own: a Ctrl-C meant for us must not end the broker before we have stopped using it.
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            raise Unavailable("broker.failed", reason=str(error)) from error
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                reason = self._last_words()
                self.stop()
                raise Unavailable("broker.failed", reason=reason)
            time.sleep(0.02)
        threading.Thread(target=self._watch, name="broker-watch", daemon=True).start()

    def admit(self, gateways: Mapping[str, str]) -> None:
        """Let exactly these gateways in: code -> token hash. Those that are connected stay connected."""
        self._configure(gateways)
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """End the child; what it holds for us stays on disk."""
        self._stopping = True
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _configure(self, gateways: Mapping[str, str]) -> None:
        text = _CONFIGURATION.format(
            nats_port=self._settings.nats_port,
            mqtt_host=self._settings.mqtt_host,
            mqtt_port=self._settings.mqtt_port,
            # Larger than what we accept, so that an oversized message reaches the quarantine, not a closed connection.
            max_payload=max(2_000_000, 2 * self._settings.max_message_bytes),
            sync=self._settings.broker_sync,
            folder=self._folder,
            password=self._password_hash,
            gateways="\n".join(self._gateway(code, told) for code, told in sorted(gateways.items())),
        )
        path = self._folder / "broker.conf"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            fresh.replace(path)
        except OSError as error:
            raise Unavailable("broker.failed", reason=str(error)) from error

    def _gateway(self, code: str, token_hash: str) -> str:
        topics = ", ".join(f'"chengmai.v1.{code}.{topic}"' for topic in self._topics)
        return _GATEWAY.format(code=code, token_hash=token_hash, topics=topics)

    def _answers(self) -> bool:
        """True once a log-in over MQTT succeeds; it also makes the broker create its streams."""
        try:
            with socket.create_connection(("127.0.0.1", self._settings.nats_port), 1):
                pass
            with socket.create_connection((_reachable(self._settings.mqtt_host), self._settings.mqtt_port), 1) as mqtt:
                mqtt.settimeout(_START_S)
                mqtt.sendall(_connect_packet("chengmai-start", INTERNAL_USER, self._password))
                answer = mqtt.recv(4)
                mqtt.sendall(b"\xe0\x00")
                return answer == b"\x20\x02\x00\x00"
        except OSError:
            return False

    def _watch(self) -> None:
        process = self._process
        if process is None:
            return
        process.wait()
        if not self._stopping:
            self.failure = Unavailable("broker.died", reason=self._last_words())

    def _last_words(self) -> str:
        try:
            lines = (self._folder / "broker.log").read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return "-"
        told = [line for line in lines if "[FTL]" in line or "[ERR]" in line] or lines
        return told[-1] if told else "-"


def _connect_packet(client: str, user: str, password: str) -> bytes:
    """MQTT 3.1.1 CONNECT with a clean session and a 30 s keep-alive."""
    fields = b"".join(
        len(text).to_bytes(2, "big") + text for text in (client.encode(), user.encode(), password.encode())
    )
    body = b"\x00\x04MQTT\x04\xc2\x00\x1e" + fields
    return bytes([0x10, len(body)]) + body


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _demand_free(name: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable("broker.port_in_use", setting=name, host=host, port=port, reason=str(error)) from error
