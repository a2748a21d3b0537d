"""Histories that only grow: triggers in the database itself, so that raw SQL is refused too."""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION chengmai_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRESQL_WHOLE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION chengmai_refuse_change()
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH ROW EXECUTE FUNCTION chengmai_refuse_change()
"""


def protect(*tables: str) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """A migration's function (for ``RunPython``) that makes the database refuse UPDATE and DELETE on tables."""

    def install(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        postgresql = editor.connection.vendor == "postgresql"
        if postgresql:
            editor.execute(_FUNCTION, None)  # no parameters: a bare % stays one
        for table in tables:
            for verb in ("update", "delete"):
                sentence = _POSTGRESQL if postgresql else _SQLITE
                editor.execute(sentence.format(table=table, verb=verb, VERB=verb.upper()))
            if postgresql:
                editor.execute(_POSTGRESQL_WHOLE.format(table=table))

    return install


def release(*tables: str) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """The reverse of ``protect``, for migrations backwards and for tests that empty their database."""

    def remove(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        postgresql = editor.connection.vendor == "postgresql"
        for table in tables:
            for verb in ("update", "delete", "truncate") if postgresql else ("update", "delete"):
                editor.execute(f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if postgresql else ""))

    return remove
