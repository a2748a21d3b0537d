"""What the database itself refuses: changing the ledger, an unbalanced posting, and whatever is frozen or approved.

Where SQLite's ``OR REPLACE`` would remove a row without a word to any trigger on removal, the insertion is refused.
"""

from collections.abc import Iterator, Mapping

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chengmai.events import append_only

_P = "settlement_"
APPEND_ONLY: Mapping[str, tuple[tuple[str, ...], ...]] = {
    f"{_P}contractversion": (("id",), ("contract_id", "number"), ("contract_id", "valid_from")),
    f"{_P}payment": (("id",), ("reverses_id",)),
    f"{_P}paymentpart": (("id",), ("payment_id", "fund")),
    f"{_P}postingseal": (("id",),),
    f"{_P}posting": (("seal_id",), ("source", "source_id")),
    f"{_P}postingentry": (("id",), ("posting_id", "account")),
}
"""Histories that only grow, each with the keys by which a row could be replaced."""
_FROZEN = f"SELECT 1 FROM {_P}quantitysheet s WHERE s.state = 'frozen' AND s.id = {{row}}.sheet_id"  # noqa: S608
_APPROVED = f"SELECT 1 FROM {_P}statement s WHERE s.state IN ('approved', 'reversed') AND s.id = {{row}}.statement_id"  # noqa: S608
_CITED = (
    f"SELECT 1 FROM {_P}statementline l JOIN {_P}statement s ON s.id = l.statement_id "  # noqa: S608
    "WHERE s.state IN ('approved', 'reversed') AND l.id = {row}.line_id"
)
PARTS: Mapping[str, str] = {
    f"{_P}sheetquantity": _FROZEN,
    f"{_P}statementline": _APPROVED,
    f"{_P}statementsheet": _APPROVED,
    f"{_P}statementquantity": _CITED,
}
"""Table of what a sheet or a statement says -> whether that of a row is closed."""
_KEPT = ("id", "code", "contract_id", "contract_version_id", "first", "last", "total_fen", "drafted_at",
         "drafted_by_id", "checked_at", "checked_by_id", "approved_at", "approved_by_id", "seal")  # fmt: skip
"""Columns of an approved statement that never change again; it may be reversed, and that is all."""
_WHY_CLOSED = "what is frozen or approved is immutable"
_WHY_UNBALANCED = "a posting has two entries or more that add up to nothing"
_WHY_SEALED = "a sealed posting takes no further entry"
_UNBALANCED = (
    f"NOT EXISTS (SELECT 1 FROM {_P}posting p WHERE p.seal_id = NEW.id) OR "  # noqa: S608
    f"(SELECT COUNT(*) FROM {_P}postingentry e WHERE e.posting_id = NEW.id) < 2 OR "
    f"(SELECT SUM(e.amount_fen) FROM {_P}postingentry e WHERE e.posting_id = NEW.id) <> 0"
)
_SEALED = f"EXISTS (SELECT 1 FROM {_P}postingseal s WHERE s.id = NEW.posting_id)"  # noqa: S608


def _moved(distinct: str) -> str:
    changed = " OR ".join(f"NEW.{column} {distinct} OLD.{column}" for column in _KEPT)
    return f"NEW.state <> 'reversed' OR OLD.state <> 'approved' OR {changed}"


_SHEET, _STATEMENT = f"{_P}quantitysheet", f"{_P}statement"


def _sqlite() -> Iterator[tuple[str, str]]:
    def refuse(why: str) -> str:
        return f"BEGIN SELECT RAISE(ABORT, '{why}'); END"

    closed = refuse(_WHY_CLOSED)
    for table, keys in APPEND_ONLY.items():
        same = " OR ".join("(" + " AND ".join(f"r.{one} = NEW.{one}" for one in key) + ")" for key in keys)
        yield (
            f"{table}_no_replace",
            f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} r WHERE {same}) "  # noqa: S608
            + refuse(f"{table} is append-only"),
        )
    for table, shut in PARTS.items():
        old, new, other = (shut.format(row=row) for row in ("OLD", "NEW", "c"))
        again = f"SELECT 1 FROM {table} c WHERE c.id = NEW.id AND EXISTS ({other})"  # noqa: S608
        yield f"{table}_closed_insert", f"BEFORE INSERT ON {table} WHEN EXISTS ({new}) OR EXISTS ({again}) {closed}"
        yield f"{table}_closed_update", f"BEFORE UPDATE ON {table} WHEN EXISTS ({old}) OR EXISTS ({new}) {closed}"
        yield f"{table}_closed_delete", f"BEFORE DELETE ON {table} WHEN EXISTS ({old}) {closed}"
    again = f"SELECT 1 FROM {_SHEET} r WHERE r.state = 'frozen' AND (r.id = NEW.id OR (r.contract_id = NEW.contract_id AND r.month = NEW.month))"  # noqa: E501, S608
    yield f"{_SHEET}_closed_insert", f"BEFORE INSERT ON {_SHEET} WHEN EXISTS ({again}) {closed}"
    for verb in ("update", "delete"):
        yield f"{_SHEET}_closed_{verb}", f"BEFORE {verb.upper()} ON {_SHEET} WHEN OLD.state = 'frozen' {closed}"
    held = "OLD.state IN ('approved', 'reversed')"
    again = f"SELECT 1 FROM {_STATEMENT} r WHERE r.state IN ('approved', 'reversed') AND (r.id = NEW.id OR r.code = NEW.code)"  # noqa: E501, S608
    yield f"{_STATEMENT}_closed_insert", f"BEFORE INSERT ON {_STATEMENT} WHEN EXISTS ({again}) {closed}"
    yield f"{_STATEMENT}_closed_update", f"BEFORE UPDATE ON {_STATEMENT} WHEN {held} AND ({_moved('IS NOT')}) {closed}"
    yield f"{_STATEMENT}_closed_delete", f"BEFORE DELETE ON {_STATEMENT} WHEN {held} {closed}"
    yield f"{_P}unbalanced", f"BEFORE INSERT ON {_P}postingseal WHEN {_UNBALANCED} {refuse(_WHY_UNBALANCED)}"
    yield f"{_P}sealed", f"BEFORE INSERT ON {_P}postingentry WHEN {_SEALED} {refuse(_WHY_SEALED)}"


def _functions() -> Iterator[str]:
    def function(name: str, body: str) -> str:
        return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

    def refuse(why: str) -> str:
        return f"RAISE EXCEPTION '{why}' USING ERRCODE = 'restrict_violation';"

    closed, done = refuse(_WHY_CLOSED), "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    for table, shut in PARTS.items():
        old, new = shut.format(row="OLD"), shut.format(row="NEW")
        yield function(
            f"{table}_closed",
            f"IF TG_OP <> 'INSERT' THEN IF EXISTS ({old}) THEN {closed} END IF; END IF; "
            f"IF TG_OP <> 'DELETE' THEN IF EXISTS ({new}) THEN {closed} END IF; END IF; {done}",
        )
    yield function(f"{_SHEET}_closed", f"IF OLD.state = 'frozen' THEN {closed} END IF; {done}")
    moved = f"IF TG_OP = 'DELETE' THEN {closed} END IF; IF {_moved('IS DISTINCT FROM')} THEN {closed} END IF;"
    yield function(f"{_STATEMENT}_closed", f"IF OLD.state IN ('approved', 'reversed') THEN {moved} END IF; {done}")
    yield function(f"{_P}closed_whole", f"{closed} RETURN NULL;")
    yield function(f"{_P}unbalanced", f"IF {_UNBALANCED} THEN {refuse(_WHY_UNBALANCED)} END IF; RETURN NEW;")
    yield function(f"{_P}sealed", f"IF {_SEALED} THEN {refuse(_WHY_SEALED)} END IF; RETURN NEW;")


def _postgresql() -> Iterator[tuple[str, str]]:
    for table in (*PARTS, _SHEET, _STATEMENT):
        verbs = "INSERT OR UPDATE OR DELETE" if table in PARTS else "UPDATE OR DELETE"
        yield f"{table}_closed", f"BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_closed()"
        whole = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_P}closed_whole()"
        yield f"{table}_closed_whole", whole
    for name, table in (("unbalanced", "postingseal"), ("sealed", "postingentry")):
        yield f"{_P}{name}", f"BEFORE INSERT ON {_P}{table} FOR EACH ROW EXECUTE FUNCTION {_P}{name}()"


def protect_settlement(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step: put the protection up."""
    append_only.protect(*APPEND_ONLY)(apps, editor)
    postgresql = editor.connection.vendor == "postgresql"
    for statement in _functions() if postgresql else ():
        editor.execute(statement, None)  # no parameters: a bare % stays one
    for name, body in _postgresql() if postgresql else _sqlite():
        editor.execute(f"CREATE TRIGGER {name} {body}", None)


def unprotect_settlement(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step back."""
    postgresql = editor.connection.vendor == "postgresql"
    for name, body in _postgresql() if postgresql else _sqlite():
        table = body.partition(" ON ")[2].partition(" ")[0]
        editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
    append_only.release(*APPEND_ONLY)(apps, editor)
