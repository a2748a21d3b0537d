"""The telemetry engine's client: one for each thread, and every failure under a code of ours."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.exceptions import ClickHouseError

from chengmai.core.errors import Unavailable
from chengmai.sensing.engine_lock import holder as process_holding

_FULL = ("NOT_ENOUGH_SPACE", "No space left", "CANNOT_WRITE_TO_FILE", "Disk quota", "CANNOT_FSYNC")


class TelemetryEngine:
    """chDB in this process or a ClickHouse server; whoever stores and reads builds on it."""

    def __init__(self, client_arguments: dict[str, Any], database: str, place: str) -> None:
        self._arguments = client_arguments
        self._database = database
        self._place = place
        self._local = threading.local()
        self._clients: list[Any] = []
        self._clients_lock = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Close every client; what was inserted stays."""
        with self._clients_lock:
            self._closed = True
            for client in self._clients:
                client.close()
            self._clients.clear()

    @contextmanager
    def _engine(self) -> Iterator[Any]:
        """This thread's client; every failure of the engine leaves as Unavailable with a code for its cause."""
        if self._closed:
            raise Unavailable("store.closed", place=self._place)
        try:
            client = getattr(self._local, "client", None)
            if client is None:
                client = clickhouse_connect.get_client(**self._arguments)
                self._local.client = client
                with self._clients_lock:
                    self._clients.append(client)
            yield client
        except (ClickHouseError, pa.ArrowException, OSError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> Unavailable:
        text = str(error)
        holder = process_holding(Path(self._place)) if "EmbeddedServer" in text else None
        if holder is not None:
            return Unavailable("store.locked", place=self._place, holder=holder)
        if any(word in text for word in _FULL):
            return Unavailable("store.disk_full", place=self._place)
        return Unavailable("store.failed", place=self._place, reason=text.strip().splitlines()[0][:300])
