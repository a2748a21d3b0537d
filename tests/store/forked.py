"""Processes to be killed: forked from a server that has libraries loaded, and nothing of ours, no thread, no file.

A kill and the start after it are those of a real process; only the second of reading the same libraries is spared.
"""

import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

LIBRARIES = (
    "numpy",
    "scipy.sparse.csgraph",
    "scipy.spatial",
    "shapely",
    "pyarrow",
    "clickhouse_connect.driver",
    "pydantic.networks",
    "msgspec",
    "uvicorn.protocols.http.h11_impl",
    "nats",
    "paho.mqtt.client",
    "django.db.models",
    "django.http",
    "django.test.signals",
    "django.core.management",
    "django.contrib.auth.hashers",
)
"""What the platform reads first, so long as it needs no settings."""
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["__main__", *LIBRARIES])


class ForkedProcess:
    """A process that runs ``main(arguments, say)`` of a module in an environment of its own."""

    def __init__(self, module: str, environment: Mapping[str, str], *arguments: str, log: Path | None = None) -> None:
        self._said, told = _forks.Pipe(duplex=False)
        work = (module, dict(environment), arguments, told, log)
        self._process = _forks.Process(target=_run, args=work, daemon=True)
        self._process.start()
        told.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def hear(self) -> list[str]:
        """The words of what it says next; none when it is gone."""
        try:
            return str(self._said.recv()).split()
        except EOFError:
            return []

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def wait(self, longest_s: float) -> int | None:
        """How it ended, as of a child of ours; None while it still runs."""
        self._process.join(longest_s)
        return self._process.exitcode

    def kill(self) -> None:
        """End it at once; nothing happens when it is gone."""
        self._process.kill()
        self._process.join()


def _run(
    module: str, environment: dict[str, str], arguments: tuple[str, ...], told: Connection, log: Path | None
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    if log is not None:
        with log.open("ab") as file:
            os.dup2(file.fileno(), sys.stderr.fileno())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    importlib.import_module(module).main(arguments, told.send)
