"""What ``chengmai doctor`` looks at: everything the platform stands on, each with one sentence."""

import os
import resource
import shutil
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings as django
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from chengmai.access.models import AuditEntry
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError
from chengmai.portal.database import sqlite_file
from chengmai.portal.lock import Holder, InstanceLock
from chengmai.secrets_file import FILE_NAME
from chengmai.sensing.broker import binary
from chengmai.sensing.store import open_store
from chengmai.settings import Settings

LEAST_FILES = 1024


class Outcome(StrEnum):
    """How a check came out; a warning does not keep the platform from running."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at (``doctor.<subject>``) and what was found, as a catalogue code with parameters."""

    subject: str
    state: Outcome
    code: str
    params: dict[str, object]


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything, one after the other; a check that cannot be made is a failed one."""
    lock = InstanceLock(settings.data_dir)
    holder = lock.holder() if lock.is_held() else None
    looks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("data_dir", lambda: _data_dir(settings)),
        ("secrets", lambda: _secrets(settings)),
        ("disk", lambda: _disk(settings)),
        ("instance", lambda: _instance(holder)),
        ("web_port", lambda: _port("web_port", settings.host, settings.port, holder)),
        ("mqtt_port", lambda: _port("mqtt_port", settings.mqtt_host, settings.mqtt_port, holder)),
        ("broker_port", lambda: _port("broker_port", "127.0.0.1", settings.nats_port, holder)),
        ("broker", _broker),
        ("database", _database),
        ("store", lambda: _store(settings, holder)),
        ("clock", _clock),
        ("front_end", _front_end),
        ("files", _files),
    )
    for subject, look in looks:
        try:
            yield look()
        except ChengmaiError as error:
            yield Check(subject, Outcome.FAILED, error.code, error.params)
        except (OSError, DatabaseError) as error:
            yield Check(subject, Outcome.FAILED, "doctor.cannot_look", {"reason": str(error).strip()})


def _data_dir(settings: Settings) -> Check:
    path = Path(settings.data_dir).absolute()
    if not path.is_dir():
        return Check("data_dir", Outcome.OK, "doctor.data_dir_new", {"path": str(path)})
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return Check("data_dir", Outcome.FAILED, "doctor.data_dir_closed", {"path": str(path)})
    return Check("data_dir", Outcome.OK, "doctor.data_dir_ok", {"path": str(path)})


def _secrets(settings: Settings) -> Check:
    path = Path(settings.data_dir) / FILE_NAME
    rights = stat.S_IMODE(path.stat().st_mode)
    params: dict[str, object] = {"path": str(path), "rights": f"{rights:o}"}
    if rights & 0o077:
        return Check("secrets", Outcome.FAILED, "doctor.secrets_open", params)
    return Check("secrets", Outcome.OK, "doctor.secrets_ok", params)


def _disk(settings: Settings) -> Check:
    free, least = shutil.disk_usage(settings.data_dir).free, settings.least_free_bytes
    params: dict[str, object] = {
        "path": str(settings.data_dir),
        "free_mb": free // 1_000_000,
        "least_mb": least // 1_000_000,
    }
    if free < least:
        return Check("disk", Outcome.FAILED, "disk.low", params)
    return Check("disk", Outcome.OK if free > 10 * least else Outcome.WARNING, "doctor.disk_free", params)


def _instance(holder: Holder | None) -> Check:
    if holder is None:
        return Check("instance", Outcome.OK, "doctor.not_running", {})
    return Check("instance", Outcome.OK, "doctor.running", {"pid": holder.pid, "since": holder.since})


def _port(subject: str, host: str, port: int, holder: Holder | None) -> Check:
    params: dict[str, object] = {"host": host, "port": port}
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            if holder is not None:
                return Check(subject, Outcome.OK, "doctor.port_ours", params)
            return Check(subject, Outcome.FAILED, "serve.port_in_use", params)
    state = Outcome.OK if holder is None else Outcome.WARNING
    return Check(subject, state, "doctor.port_free", params)


def _broker() -> Check:
    program = binary()
    told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    return Check("broker", Outcome.OK, "doctor.broker_ok", {"program": program, "version": told.stdout.strip()})


def _database() -> Check:
    file = sqlite_file()
    if file is not None and not file.exists():
        return Check("database", Outcome.OK, "doctor.database_new", {"path": str(file)})
    with connection.cursor() as cursor:
        if file is not None:
            cursor.execute("PRAGMA quick_check(1)")
            found = str(cursor.fetchone()[0])
            if found != "ok":
                return Check("database", Outcome.FAILED, "doctor.database_damaged", {"reason": found})
        cursor.execute("SELECT sqlite_version()" if file is not None else "SHOW server_version")
        params: dict[str, object] = {"vendor": connection.vendor, "version": cursor.fetchone()[0]}
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return Check("database", Outcome.WARNING, "doctor.database_old", params | {"count": len(pending)})
    return Check("database", Outcome.OK, "doctor.database_ok", params)


def _store(settings: Settings, holder: Holder | None) -> Check:
    if holder is not None and not settings.telemetry_url:
        return Check("store", Outcome.OK, "doctor.store_in_use", {"pid": holder.pid})
    if not settings.telemetry_url and not (Path(settings.data_dir) / "telemetry").is_dir():
        return Check("store", Outcome.OK, "doctor.store_new", {})
    store = open_store(settings)
    try:
        return Check("store", Outcome.OK, "doctor.store_ok", {"batches": store.batch})
    finally:
        store.close()


def _clock() -> Check:
    """A clock that went back is seen by the audit trail, which is ahead of it then."""
    params: dict[str, object] = {"now": now().isoformat(timespec="seconds")}
    if "access_auditentry" in connection.introspection.table_names():
        last = AuditEntry.objects.order_by("-sequence").values_list("at", flat=True).first()
        if last is not None and last > now():
            return Check("clock", Outcome.FAILED, "doctor.clock_behind", params | {"last": last.isoformat()})
    return Check("clock", Outcome.OK, "doctor.clock_ok", params)


def _front_end() -> Check:
    page = Path(django.WHITENOISE_ROOT) / "index.html"
    if page.is_file():
        return Check("front_end", Outcome.OK, "doctor.front_end_ok", {"path": str(page.parent)})
    return Check("front_end", Outcome.FAILED, "front_end.missing", {})


def _files() -> Check:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    state = Outcome.OK if limit >= LEAST_FILES else Outcome.WARNING
    return Check("files", state, "doctor.files", {"limit": limit, "least": LEAST_FILES})
