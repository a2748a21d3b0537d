"""Taking the protection of released budgets aside, for tests that need a set in any state."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from chengmai.budget.release.protection import removal, statements


@contextmanager
def unprotected() -> Iterator[None]:
    """What somebody may do who owns the database and takes its triggers down first."""
    _execute(removal(connection.vendor))
    yield
    _execute(statements(connection.vendor))


def _execute(sql: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Triggers cannot change while checks of foreign keys wait for the end of the transaction.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in sql:
            cursor.execute(statement, None)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
