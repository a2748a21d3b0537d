"""The platform as a process of its own: started with free ports and its own data folder, and always ended."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_ports

START_LIMIT_S = 90.0
BY_ITSELF_S = 120.0


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a platform on a data folder, with free ports."""
    web, mqtt, nats = map(str, free_ports(3))
    own = {"data_dir": str(data_dir), "port": web, "mqtt_port": mqtt, "nats_port": nats, "language": "en"} | settings
    kept = {name: value for name, value in os.environ.items() if name != "CHENGMAI_CRASH_AT"}
    return kept | {f"CHENGMAI_{name.upper()}": value for name, value in own.items()}


class PlatformProcess:
    """One run of a ``chengmai`` command."""

    def __init__(self, surroundings: Mapping[str, str], *command: str) -> None:
        self.environment = dict(surroundings)
        self.lines: list[str] = []
        self.address = ""
        self._ready = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chengmai", *(command or ("serve",))],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            found = re.search(r"running: (http://\S+)", line)
            if found:
                self.address = found[1]
                self._ready.set()
        self._ready.set()

    @property
    def text(self) -> str:
        """Everything it has printed."""
        return "\n".join(self.lines)

    def wait_ready(self, limit_s: float = START_LIMIT_S) -> "PlatformProcess":
        """Wait for its own word that it answers; raises RuntimeError with what it said when it does not."""
        if not self._ready.wait(limit_s) or not self.address:
            raise RuntimeError(f"the platform did not start:\n{self.text}")
        return self

    def wait_end(self, limit_s: float = BY_ITSELF_S) -> int:
        """Wait until it ended by itself; its exit code."""
        code = self.process.wait(limit_s)
        self._reader.join(limit_s)
        return code

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; its exit code."""
        self.process.send_signal(number)
        return self.wait_end()

    def children(self) -> list[int]:
        """Process ids of all its descendants."""
        found, todo = [], [self.process.pid]
        while todo:
            for task in Path(f"/proc/{todo.pop()}/task").glob("*/children"):
                pids = [int(pid) for pid in task.read_text().split()]
                found += pids
                todo += pids
        return found


@contextmanager
def running(surroundings: Mapping[str, str], *command: str) -> Iterator[PlatformProcess]:
    """A run that is killed at the end if it still lives."""
    run = PlatformProcess(surroundings, *command)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
        run.wait_end()


def gone(pids: list[int], limit_s: float = BY_ITSELF_S) -> bool:
    """True once none of the processes lives any more."""
    deadline = time.monotonic() + limit_s
    while any(_lives(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
