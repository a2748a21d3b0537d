"""What the database itself refuses: changing or removing audit entries, moving the chain's end anywhere but on."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ENTRY, HEAD = "access_auditentry", "access_audithead"
_SQLITE = {
    f"{ENTRY}_no_update": f"BEFORE UPDATE ON {ENTRY} BEGIN SELECT RAISE(ABORT, 'audit entries are immutable'); END",
    f"{ENTRY}_no_delete": f"BEFORE DELETE ON {ENTRY} BEGIN SELECT RAISE(ABORT, 'audit entries are immutable'); END",
    f"{HEAD}_moves_on": f"BEFORE UPDATE ON {HEAD} WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.id <> OLD.id "
    "BEGIN SELECT RAISE(ABORT, 'the end of the audit chain only moves on'); END",
    f"{HEAD}_no_delete": f"BEFORE DELETE ON {HEAD} "
    "BEGIN SELECT RAISE(ABORT, 'the end of the audit chain only moves on'); END",
    f"{HEAD}_one_row": f"BEFORE INSERT ON {HEAD} WHEN EXISTS (SELECT 1 FROM {HEAD}) "  # noqa: S608
    "BEGIN SELECT RAISE(ABORT, 'the audit chain has one end'); END",
}
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION access_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'access_audithead' AND TG_LEVEL = 'ROW' THEN
    IF NEW.sequence = OLD.sequence + 1 AND NEW.id = OLD.id THEN RETURN NEW; END IF;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT 1 FROM access_audithead) THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is immutable';
END $$
"""
_POSTGRESQL = {
    f"{ENTRY}_no_change": f"BEFORE UPDATE OR DELETE ON {ENTRY} FOR EACH ROW",
    f"{ENTRY}_no_truncate": f"BEFORE TRUNCATE ON {ENTRY} FOR EACH STATEMENT",
    f"{HEAD}_moves_on": f"BEFORE INSERT OR UPDATE OR DELETE ON {HEAD} FOR EACH ROW",
    f"{HEAD}_no_truncate": f"BEFORE TRUNCATE ON {HEAD} FOR EACH STATEMENT",
}


def statements(vendor: str) -> list[str]:
    """The SQL that puts the protection up on a kind of database."""
    if vendor == "postgresql":
        triggers = [
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION access_audit_guard()" for name, when in _POSTGRESQL.items()
        ]
        return [_POSTGRESQL_FUNCTION, *triggers]
    return [f"CREATE TRIGGER {name} {body}" for name, body in _SQLITE.items()]


def removal(vendor: str) -> list[str]:
    """The SQL that takes it down; for the reverse of the migration and for tests that empty tables."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER {name} ON {ENTRY if ENTRY in name else HEAD}" for name in _POSTGRESQL]
    return [f"DROP TRIGGER {name}" for name in _SQLITE]


def begin_chain(connection: BaseDatabaseWrapper) -> None:
    """Write the end of an empty chain."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {HEAD} (sequence, hash) VALUES (0, %s)", ["0" * 64])  # noqa: S608


def protect(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step: begin the chain and put the protection up."""
    begin_chain(schema_editor.connection)
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def unprotect(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step back."""
    for statement in removal(schema_editor.connection.vendor):
        schema_editor.execute(statement)
