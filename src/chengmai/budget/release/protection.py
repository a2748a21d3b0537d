"""What the database itself refuses: changing or removing what a released budget says, or taking its release back."""

from collections.abc import Iterator, Mapping

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SET = "budget_budgetset"
_PUBLIC = "('present', 'replaced')"
_WHY = "a released budget is immutable"
_OF_SET = f"SELECT 1 FROM {SET} s WHERE s.state IN {_PUBLIC} AND s.id = {{row}}.budget_id"  # noqa: S608
_OF_TABLE = (
    f"SELECT 1 FROM budget_budgettable t JOIN {SET} s ON s.id = t.budget_id "  # noqa: S608
    f"WHERE s.state IN {_PUBLIC} AND t.id = {{row}}.table_id"
)
PARTS: Mapping[str, str] = {
    "budget_budgettable": _OF_SET,
    "budget_budgetcell": _OF_TABLE,
    "budget_budgetpassage": _OF_SET,
    "budget_budgettargetsheet": _OF_SET,
}
"""Table of what a set says -> whether the set of a row is released."""
_KEPT = (
    "id", "owner_id", "unit_name", "year", "version", "basis_id", "reason", "source", "sha256", "lines", "counts",
    "findings", "catalogue_id", "loaded_by_id", "loaded_at", "revision", "changed_by_id", "changed_at",
)  # fmt: skip
"""Columns of a released set that never change again; its state moves from present to replaced and no further."""
_SAME_SET = (
    f"SELECT 1 FROM {SET} s WHERE s.state IN {_PUBLIC} AND (s.id = NEW.id OR (s.owner_id = NEW.owner_id "  # noqa: S608
    "AND ((s.year = NEW.year AND s.version = NEW.version) OR (s.sha256 <> '' AND s.sha256 = NEW.sha256) "
    "OR (s.year = NEW.year AND s.state = 'present' AND NEW.state = 'present'))))"
)
"""A released set that SQLite's ``OR REPLACE`` would remove without a word to any trigger on removal."""


def _moved(distinct: str) -> str:
    changed = " OR ".join(f"NEW.{column} {distinct} OLD.{column}" for column in _KEPT)
    return (
        f"NEW.state NOT IN (OLD.state, CASE OLD.state WHEN 'present' THEN 'replaced' ELSE OLD.state END) OR {changed}"
    )


def _sqlite() -> Iterator[tuple[str, str, str]]:
    refuse = f"SELECT RAISE(ABORT, '{_WHY}');"
    for table, public in PARTS.items():
        old, new = public.format(row="OLD"), public.format(row="NEW")
        other = f"SELECT 1 FROM {table} c WHERE c.id = NEW.id AND EXISTS ({public.format(row='c')})"  # noqa: S608
        whens = {
            "insert": f"EXISTS ({new}) OR EXISTS ({other})",
            "update": f"EXISTS ({old}) OR EXISTS ({new}) OR EXISTS ({other})",
            "delete": f"EXISTS ({old})",
        }
        for verb, when in whens.items():
            yield table, f"{table}_released_{verb}", f"BEFORE {verb.upper()} ON {table} WHEN {when} BEGIN {refuse} END"
    held = f"OLD.state IN {_PUBLIC}"
    whens = {
        "insert": f"EXISTS ({_SAME_SET})",
        "update": f"({held} AND ({_moved('IS NOT')})) OR (NOT {held} AND EXISTS ({_SAME_SET}))",
        "delete": held,
    }
    for verb, when in whens.items():
        yield SET, f"{SET}_released_{verb}", f"BEFORE {verb.upper()} ON {SET} WHEN {when} BEGIN {refuse} END"


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _functions() -> Iterator[str]:
    raised = f"RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'restrict_violation';"
    done = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    for table, public in PARTS.items():
        old, new = public.format(row="OLD"), public.format(row="NEW")
        body = (
            f"IF TG_OP <> 'INSERT' THEN IF EXISTS ({old}) THEN {raised} END IF; END IF; "
            f"IF TG_OP <> 'DELETE' THEN IF EXISTS ({new}) THEN {raised} END IF; END IF; {done}"
        )
        yield _function(f"{table}_released", body)
    moved = f"IF TG_OP = 'DELETE' THEN {raised} END IF; IF {_moved('IS DISTINCT FROM')} THEN {raised} END IF;"
    yield _function(f"{SET}_released", f"IF OLD.state IN {_PUBLIC} THEN {moved} END IF; {done}")
    yield _function("budget_released_whole", f"{raised} RETURN NULL;")


def _postgresql() -> Iterator[tuple[str, str, str]]:
    for table in (*PARTS, SET):
        verbs = "UPDATE OR DELETE" if table == SET else "INSERT OR UPDATE OR DELETE"
        when = f"BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_released()"
        yield table, f"{table}_released_row", when
        whole = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION budget_released_whole()"
        yield table, f"{table}_released_whole", whole


def statements(vendor: str) -> list[str]:
    """The SQL that puts the protection up on a kind of database."""
    triggers = list(_postgresql() if vendor == "postgresql" else _sqlite())
    functions = list(_functions()) if vendor == "postgresql" else []
    return [*functions, *(f"CREATE TRIGGER {name} {body}" for _, name, body in triggers)]


def removal(vendor: str) -> list[str]:
    """The SQL that takes it down; for the reverse of the migration and for tests that set states as they like."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER {name} ON {table}" for table, name, _ in _postgresql()]
    return [f"DROP TRIGGER {name}" for _, name, _ in _sqlite()]


def protect_released(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step: put the protection up."""
    for statement in statements(editor.connection.vendor):
        editor.execute(statement, None)  # no parameters: a bare % stays one


def unprotect_released(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step back."""
    for statement in removal(editor.connection.vendor):
        editor.execute(statement, None)
