"""An installation for benchmarks: its own folder and ports, one gateway, some streams, the whole platform running."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.ports import free_port

from chengmai.settings import Settings

GATEWAY = "BENCH"
TOPIC = f"chengmai/v1/{GATEWAY}/observations"
START_S = 120.0


@dataclass(frozen=True, slots=True)
class Installation:
    """A prepared data folder, its settings, and what a device and a person need to come in."""

    settings: Settings
    token: str
    streams: list[str]


@contextmanager
def installation(streams: int, **changes: Any) -> Iterator[Installation]:
    """Make one; this process's environment names it afterwards, so that a child finds it."""
    with TemporaryDirectory(prefix="chengmai-bench-") as folder:
        ports = {"port": free_port(), "mqtt_port": free_port(), "nats_port": free_port()}
        settings = replace(Settings(), data_dir=Path(folder), **{**ports, **changes})
        for name in ("data_dir", *ports, *changes):
            os.environ[f"CHENGMAI_{name.upper()}"] = str(getattr(settings, name))
        os.environ["DJANGO_SETTINGS_MODULE"] = "chengmai.django_settings"
        yield Installation(settings, *_fill(streams))


def _fill(streams: int) -> tuple[str, list[str]]:
    import django

    django.setup()
    from chengmai.access.models import Organisation
    from chengmai.portal.database import prepare_database
    from chengmai.sensing.models import Datastream, Gateway
    from chengmai.sensing.tokens import hash_token

    prepare_database()
    token = secrets.token_urlsafe(32)
    owner = Organisation.objects.create(code="BENCH", name_zh="基准", name_en="Bench", kind="bureau")
    gateway = Gateway.objects.create(code=GATEWAY, name=GATEWAY, owner=owner, token_hash=hash_token(token))
    codes = [f"S{number}" for number in range(streams)]
    Datastream.objects.bulk_create(
        Datastream(code=code, name=code, gateway=gateway, owner=owner, quantity="pressure_head") for code in codes
    )
    return token, codes


@contextmanager
def serving(made: Installation) -> Iterator[subprocess.Popen[bytes]]:
    """The platform, as ``chengmai serve`` starts it, until the block ends."""
    log = made.settings.data_dir / "serve.log"
    with log.open("wb") as file:
        command = [str(Path(sys.executable).parent / "chengmai"), "serve"]
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + START_S
        while not _answers(made.settings.port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the platform did not start: {log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()


def _answers(port: int) -> bool:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/v1/session")
        return connection.getresponse().status == 401
    except OSError:
        return False
    finally:
        connection.close()
