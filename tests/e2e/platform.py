"""Starts and stops the platform as an operator would: one command, one address, accounts printed once."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_ports

START_LIMIT_S = 240
STOP_LIMIT_S = 30


@dataclass(frozen=True, slots=True)
class Platform:
    """A running platform: its address and the password of every demonstration account."""

    url: str
    accounts: dict[str, str]
    data_dir: Path


@contextmanager
def running_demo(folder: Path) -> Iterator[Platform]:
    """``chengmai demo`` on free ports with its data below ``folder``; stopped as Ctrl+C stops it."""
    web, mqtt, nats = free_ports(3)
    data_dir, log = folder / "data", folder / "demo.log"
    environment = os.environ | {
        "CHENGMAI_DATA_DIR": str(data_dir),
        "CHENGMAI_PORT": str(web),
        "CHENGMAI_MQTT_PORT": str(mqtt),
        "CHENGMAI_NATS_PORT": str(nats),
        "CHENGMAI_DATABASE_URL": "",
        "CHENGMAI_TELEMETRY_URL": "",
        "COLUMNS": "200",
        "PYTHONUNBUFFERED": "1",
    }
    command = [str(Path(sys.executable).with_name("chengmai")), "demo"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{web}"
        _wait_until_ready(url, process, log)
        yield Platform(url, _accounts(log), data_dir)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the last line of a start: the address."""
    end = time.monotonic() + START_LIMIT_S
    while url not in log.read_text():
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"the platform did not start:\n{log.read_text()}")
        time.sleep(0.2)


def _accounts(log: Path) -> dict[str, str]:
    """User names and passwords as the command printed them, once."""
    rows = re.findall(r"^\s+([a-z_0-9]+)\s+([a-z]{4}-[A-Z]{4}-\d{4}-[a-z]{4})\s", log.read_text(), re.MULTILINE)
    return dict(rows)
