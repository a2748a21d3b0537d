"""What the database itself refuses: writing another ticket over an accepted one (SQLite's ``OR REPLACE``)."""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TICKET = "custody_ticket"
_NAME = f"{TICKET}_no_replace"
_SQLITE = (
    f"CREATE TRIGGER {_NAME} BEFORE INSERT ON {TICKET} WHEN EXISTS ("  # noqa: S608
    f"SELECT 1 FROM {TICKET} t WHERE t.id = NEW.id OR (t.scale_id = NEW.scale_id AND t.number = NEW.number)) "
    f"BEGIN SELECT RAISE(ABORT, '{TICKET} is append-only'); END"
)


def protect_tickets(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step: put the protection up; PostgreSQL has no ``OR REPLACE``, its ``ON CONFLICT`` is an update."""
    if editor.connection.vendor != "postgresql":
        editor.execute(_SQLITE, None)


def unprotect_tickets(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step back."""
    if editor.connection.vendor != "postgresql":
        editor.execute(f"DROP TRIGGER {_NAME}", None)
