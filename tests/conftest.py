"""What every test stands on: a data folder of its own, made before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

DATA_DIR = Path(tempfile.mkdtemp(prefix="chengmai-tests-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
os.environ["CHENGMAI_DATA_DIR"] = str(DATA_DIR)
os.environ["DJANGO_SETTINGS_MODULE"] = "chengmai.django_settings"
django.setup()

from django.conf import settings  # noqa: E402 - only now are they read

from chengmai.secrets_file import load_secrets  # noqa: E402 - only now is the folder chosen
from chengmai.settings import current as current_settings  # noqa: E402

# In a worker of parallel tests settings may have been read from the folder of the process that started it.
load_secrets(DATA_DIR)
current_settings.cache_clear()
# Static files are looked for when they are asked for, not listed for each of the thousands of browsers that tests make.
settings.WHITENOISE_AUTOREFRESH = True


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


TRIGGERS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT 'DROP TRIGGER ' || quote_ident(tgname) || ' ON ' || tgrelid::regclass, "
    "pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}
"""How to take each trigger down and how to put it up again."""


@pytest.fixture(autouse=True, scope="session")
def _protected_tables_can_be_emptied() -> Iterator[None]:
    """Between tests that commit, tables are emptied; triggers that refuse that step aside meanwhile."""
    from django.db import connection
    from django.test import TransactionTestCase

    from chengmai.access import protection

    empty = TransactionTestCase._fixture_teardown

    def empty_all(case: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute(TRIGGERS[connection.vendor])
            down, up = map(list, zip(*cursor.fetchall(), strict=True))
            for statement in down:
                cursor.execute(statement)
            empty(case)
            protection.begin_chain(connection)
            for statement in up:
                cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_all)
        yield
