"""One import of a network at a time: held by something that ends with its holder, so that no kill leaves it behind."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from chengmai.assets.models import Network
from chengmai.core.errors import Conflict
from chengmai.settings import current

_IMPORTS = 1_936_682_084
"""Sets our locks apart from whatever else locks by numbers in the same PostgreSQL database."""


@contextmanager
def import_lock(network: Network) -> Iterator[None]:
    """Hold the right to import into a network; raises Conflict while somebody else holds it.

    On PostgreSQL it is a lock of the session, on SQLite, which lies on one machine, one of the operating system.
    """
    hold = _in_postgresql if connection.vendor == "postgresql" else _in_file
    with hold(network) as held:
        if not held:
            raise Conflict("import.under_way", code=network.code)
        yield


@contextmanager
def _in_postgresql(network: Network) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_IMPORTS, network.pk])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_IMPORTS, network.pk])


@contextmanager
def _in_file(network: Network) -> Iterator[bool]:
    folder = current().data_dir / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{network.pk}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
