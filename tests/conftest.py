"""What every test stands on: a data folder of its own, made before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import hypothesis
import pytest

# The same examples in every run: a change is judged by what it does, not by what was drawn. To search for new ones:
# HYPOTHESIS_PROFILE=search.
hypothesis.settings.register_profile("repeatable", derandomize=True)
hypothesis.settings.register_profile("search", derandomize=False)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

DATA_DIR = Path(tempfile.mkdtemp(prefix="chengmai-tests-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
os.environ["CHENGMAI_DATA_DIR"] = str(DATA_DIR)
os.environ["DJANGO_SETTINGS_MODULE"] = "chengmai.django_settings"
django.setup()

from django.conf import settings  # noqa: E402 - only now are they read
from django.db import connection, transaction  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402

from chengmai.access import protection  # noqa: E402
from chengmai.secrets_file import load_secrets  # noqa: E402 - only now is the folder chosen
from chengmai.settings import current as current_settings  # noqa: E402

# In a worker of parallel tests settings may have been read from the folder of the process that started it.
load_secrets(DATA_DIR)
current_settings.cache_clear()
# Static files are looked for when they are asked for, not listed for each of the thousands of browsers that tests make.
settings.WHITENOISE_AUTOREFRESH = True
# Passwords are hashed fast; that the platform hashes them well is a test of its own (test_session).
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
OF_THE_MODELS = ("django_content_type", "auth_permission")
"""Tables whose rows are made from the models, not by tests."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Give every process of tests a database of its own, on SQLite a file: in memory it has neither WAL nor locks."""
    from django.db import connections

    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(DATA_DIR / "test.sqlite3")
    else:
        database["TEST"]["NAME"] = f"test_chengmai_{os.getpid()}"


@pytest.fixture(autouse=True)
def _no_cached_settings() -> Iterator[None]:
    """A test that changes the environment leaves no trace in the next one."""
    from chengmai.settings import current

    yield
    current.cache_clear()


@contextmanager
def _unguarded(cursor: CursorWrapper, vendor: str) -> Iterator[None]:
    """What refuses to be emptied steps aside until the end of the transaction."""
    if vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        return
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for _, statement in triggers:
        cursor.execute(statement)


def _empty_all(case: object) -> None:
    """Empty every table, whole or not at all; what the models themselves put there stays.

    Deleting takes no lock from a thread of the ended test that still reads, as truncating would, and a hundred tables
    with few rows are emptied by it in a fraction of the time.
    """
    with transaction.atomic(), connection.cursor() as cursor, _unguarded(cursor, connection.vendor):
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            if table not in OF_THE_MODELS:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        protection.begin_chain(connection)


@pytest.fixture(autouse=True, scope="session")
def _protected_tables_can_be_emptied() -> Iterator[None]:
    """Between tests that commit, tables are emptied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_all)
        yield
