"""The audit chain: whole under concurrency, and no SQL changes, removes or reorders an entry unnoticed."""

import threading
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chengmai.access import audit
from chengmai.access.models import AuditEntry, AuditHead
from chengmai.access.protection import protect, removal, statements, unprotect

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ATTACKS = (
    "UPDATE access_auditentry SET actor = 'nobody' WHERE sequence = 2",
    "DELETE FROM access_auditentry WHERE sequence = 2",
    "DELETE FROM access_auditentry WHERE sequence = 3",
    "UPDATE access_audithead SET sequence = 2",
    "UPDATE access_audithead SET sequence = sequence + 2",
    "DELETE FROM access_audithead",
    "INSERT INTO access_audithead (sequence, hash) VALUES (0, 'x')",
)


def write(count: int = 3) -> None:
    for number in range(count):
        audit.record(None, "case.closed", "case", str(number), before={"state": "handled"}, after={"state": "closed"})


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


class Unprotected:
    """What somebody may do who owns the database and takes its triggers down first."""

    def __enter__(self) -> None:
        for statement in removal(connection.vendor):
            execute(statement)

    def __exit__(self, *reason: object) -> None:
        for statement in statements(connection.vendor):
            execute(statement)


@pytest.mark.django_db
def test_a_chain_of_real_entries_is_intact() -> None:
    audit.record(
        None,
        "price.set",
        "contract",
        "7",
        after={"at": datetime(2026, 7, 1, tzinfo=UTC), "price": Decimal("1.10"), "id": UUID(int=7), "note": "a\x00b"},
    )
    write()
    found = audit.verify()
    assert (found.intact, found.entries, found.head_sequence) == (True, 4, 4)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example(before={"": -0.0})
@example(before={"\x00": "\x00"})
@example(before={"": 2**70})
@example(before={"": 1e300})
@given(before=st.dictionaries(st.text(max_size=5), VALUES, max_size=3))
@pytest.mark.django_db
def test_whatever_json_can_say_comes_back_from_the_database_with_the_same_hash(before: dict[str, object]) -> None:
    with transaction.atomic():
        audit.record(None, "x", "x", "x", before=before)
        assert audit.verify().intact
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_refuses(attack: str) -> None:
    write()
    with pytest.raises(DatabaseError), transaction.atomic():
        execute(attack)
    assert audit.verify().intact


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_empty_the_trail() -> None:
    write()
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError):
            execute("TRUNCATE access_auditentry CASCADE")
    else:
        with pytest.raises(DatabaseError):
            execute("DELETE FROM access_auditentry")
    assert audit.verify().entries == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("attack", "reason", "at"),
    [
        ("UPDATE access_auditentry SET actor = 'nobody' WHERE sequence = 2", "audit.entry_changed", 2),
        ("UPDATE access_auditentry SET result = 'failed' WHERE sequence = 3", "audit.entry_changed", 3),
        ("DELETE FROM access_auditentry WHERE sequence = 2", "audit.entry_missing", 2),
        ("DELETE FROM access_auditentry WHERE sequence = 1", "audit.entry_missing", 1),
        ("DELETE FROM access_auditentry WHERE sequence = 3", "audit.end_missing", 3),
        ("DELETE FROM access_audithead", "audit.head_missing", None),
        (
            "UPDATE access_audithead SET sequence = 2,"
            " hash = (SELECT hash FROM access_auditentry WHERE access_auditentry.sequence = 2)",
            "audit.beyond_end",
            3,
        ),
        ("UPDATE access_auditentry SET previous_hash = hash WHERE sequence = 2", "audit.link_broken", 2),
    ],
)
def test_what_was_done_without_the_triggers_is_found(attack: str, reason: str, at: int | None) -> None:
    write()
    with Unprotected():
        execute(attack)
    found = audit.verify()
    assert (found.intact, found.reason, found.broken_at) == (False, reason, at)


@pytest.mark.django_db(transaction=True)
def test_a_forger_without_the_key_cannot_make_a_chain_that_holds() -> None:
    write()
    key = audit._key
    with Unprotected():
        entry = AuditEntry.objects.get(sequence=3)
        entry.actor = "somebody_else"
        audit._key = lambda: b"a guess"  # type: ignore[assignment]
        entry.hash = audit.entry_hash(entry)
        audit._key = key
        entry.save()
        AuditHead.objects.update(hash=entry.hash)
    assert audit.verify().reason == "audit.entry_changed"


@pytest.mark.django_db(transaction=True)
def test_entries_of_many_threads_form_one_chain_and_a_change_that_fails_leaves_none() -> None:
    failures: list[DatabaseError] = []

    def work(number: int) -> None:
        try:
            for step in range(10):
                try:
                    with transaction.atomic():
                        audit.record(None, "step", "thread", str(number))
                        if step % 5 == 4:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    continue
        except DatabaseError as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = audit.verify()
    assert (found.intact, found.entries) == (True, 32)


@pytest.mark.django_db(transaction=True)
def test_the_command_tells_an_intact_chain_from_a_broken_one() -> None:
    from click.testing import CliRunner

    from chengmai.access.commands import audit as command

    write()
    head = AuditHead.objects.get()
    runner = CliRunner()
    assert runner.invoke(command, ["verify"]).exit_code == 0
    assert runner.invoke(command, ["verify", "--expect", f"{head.sequence}:{head.hash}"]).exit_code == 0
    assert runner.invoke(command, ["verify", "--expect", f"2:{head.hash}"]).exit_code == 1
    with Unprotected():
        execute("UPDATE access_auditentry SET object_id = '9' WHERE sequence = 1")
    assert runner.invoke(command, ["verify"]).exit_code == 1


@pytest.mark.django_db(transaction=True)
def test_the_protection_can_be_taken_back_and_put_up_again_as_migrations_do() -> None:
    with connection.schema_editor() as editor:
        unprotect(apps, editor)
    execute("DELETE FROM access_audithead")
    with connection.schema_editor() as editor:
        protect(apps, editor)
    write(1)
    with pytest.raises(DatabaseError):
        execute("DELETE FROM access_auditentry")
    assert audit.verify().intact
