"""The database itself refuses what would change the ledger or what is frozen: attacked by raw SQL, also at commit."""

from dataclasses import asdict
from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from chengmai.core.clock import now
from chengmai.settlement import ledger
from chengmai.settlement.ledger import Origin, Transfer, post
from chengmai.settlement.models import Posting, PostingEntry, PostingSeal
from chengmai.settlement.payments import pay_statement
from chengmai.settlement.terms import LedgerAccount, PostingSource
from tests.settling import JANUARY, Settling, approved, frozen, payment, settling

pytestmark = pytest.mark.django_db(transaction=True)
A = LedgerAccount


@pytest.fixture
def made() -> Settling:
    """A contract with a frozen month, an approved statement and a payment on it."""
    one = settling()
    frozen(one, JANUARY)
    pay_statement(one.clerk, approved(one, JANUARY).pk, payment(1000, 500))
    return one


def every_row() -> list[tuple[object, ...]]:
    """Everything the ledger and the closed months hold."""
    found: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for table in ("posting", "postingentry", "postingseal", "quantitysheet", "sheetquantity", "statement",
                      "statementline", "statementquantity", "statementsheet", "payment", "paymentpart",
                      "contractversion"):  # fmt: skip
            cursor.execute(f"SELECT * FROM settlement_{table} ORDER BY 1")
            found += cursor.fetchall()
    return found


ATTACKS = [
    "UPDATE settlement_postingentry SET amount_fen = amount_fen + 1",
    "UPDATE settlement_posting SET text = 'x'",
    "UPDATE settlement_postingseal SET hash = 'x'",
    "DELETE FROM settlement_postingentry",
    "DELETE FROM settlement_posting",
    "DELETE FROM settlement_postingseal",
    "UPDATE settlement_payment SET amount_fen = 1",
    "DELETE FROM settlement_paymentpart",
    "UPDATE settlement_contractversion SET text = 'x'",
    "UPDATE settlement_quantitysheet SET state = 'draft', frozen_at = NULL, seal = ''",
    "DELETE FROM settlement_quantitysheet",
    "UPDATE settlement_sheetquantity SET quantity_millionths = 1",
    "DELETE FROM settlement_sheetquantity",
    "INSERT INTO settlement_sheetquantity (id, sheet_id, input, unit, quantity_millionths, estimated_millionths,"
    " source, inputs, remarks, document, adjusts_id, seal) SELECT '{new}', sheet_id, 'other', unit, 1, 0, source,"
    " inputs, remarks, document, NULL, seal FROM settlement_sheetquantity",
    "UPDATE settlement_statement SET total_fen = 1",
    "UPDATE settlement_statement SET state = 'draft', seal = ''",
    "DELETE FROM settlement_statement",
    "UPDATE settlement_statementline SET amount_fen = 1",
    "DELETE FROM settlement_statementquantity",
    "DELETE FROM settlement_statementsheet",
]
REPLACED = [
    f"INSERT OR REPLACE INTO settlement_{table} SELECT * FROM settlement_{table}"
    for table in (
        "posting",
        "postingentry",
        "postingseal",
        "payment",
        "paymentpart",
        "contractversion",
        "quantitysheet",
        "sheetquantity",
        "statement",
        "statementline",
        "statementsheet",
        "statementquantity",
    )
]
TRUNCATED = [
    f"TRUNCATE settlement_{table} CASCADE"
    for table in ("posting", "postingentry", "postingseal", "payment", "quantitysheet", "sheetquantity", "statement")
]


def attacks() -> list[str]:
    """Those that this kind of database understands."""
    return [*ATTACKS, *(TRUNCATED if connection.vendor == "postgresql" else REPLACED)]


def test_nothing_that_is_posted_frozen_or_approved_is_changed_by_any_sentence(made: Settling) -> None:
    before = every_row()
    assert before
    survived = []
    for sentence in attacks():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sentence.format(new=uuid4().hex if connection.vendor == "sqlite" else uuid4()))
            survived.append(sentence)
        except DatabaseError:
            assert every_row() == before, sentence
    assert survived == []


def new_posting(made: Settling) -> Posting:
    """A posting as anybody could insert it, without entries and seal."""
    return Posting.objects.create(
        seal_id=uuid4(), contract=made.contract, source=PostingSource.PAYMENT, source_id=uuid4(), on=date(2025, 1, 1),
        text="forged",
    )  # fmt: skip


def forge(made: Settling, entries: tuple[tuple[LedgerAccount, int], ...], sealed: bool) -> None:
    """A posting with these entries, committed."""
    with transaction.atomic():
        posting = new_posting(made)
        for account, fen in entries:
            PostingEntry.objects.create(posting=posting, account=account, amount_fen=fen)
        if sealed:
            PostingSeal.objects.create(id=posting.pk, hash="-", sealed_at=now())


@pytest.mark.parametrize(
    ("entries", "sealed"),
    [
        ((), False),
        ((), True),
        (((A.SERVICES, 5),), True),
        (((A.SERVICES, 5), (A.PAYABLE, -4)), True),
        (((A.SERVICES, 5), (A.PAYABLE, -5)), False),
        (((A.SERVICES, 5), (A.PAYABLE, -5), (A.ADVANCES, 1)), True),
    ],
)
def test_a_posting_that_is_not_whole_and_balanced_is_not_committed(
    made: Settling, entries: tuple[tuple[LedgerAccount, int], ...], sealed: bool
) -> None:
    before = every_row()
    with pytest.raises(DatabaseError):
        forge(made, entries, sealed)
    assert every_row() == before


def test_a_sealed_posting_takes_no_entry_and_an_entry_has_a_posting(made: Settling) -> None:
    before = every_row()
    for posting_id in (Posting.objects.values_list("pk", flat=True)[0], uuid4()):
        with pytest.raises(DatabaseError), transaction.atomic():
            PostingEntry.objects.create(posting_id=posting_id, account=A.ADVANCES, amount_fen=7)
    assert every_row() == before


def test_a_statement_s_own_eyes_are_different_in_the_database_too(made: Settling) -> None:
    frozen(made, date(2025, 2, 1))
    one = approved(made, date(2025, 2, 1))
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(
            "INSERT INTO settlement_statement (id, code, contract_id, contract_version_id, first, last, state, version,"
            " total_fen, drafted_at, drafted_by_id, checked_by_id, approved_by_id, reason, seal) SELECT %s, 'X',"
            " contract_id, contract_version_id, first, last, 'draft', 1, 0, drafted_at, 1, 1, 1, '', '' FROM"
            " settlement_statement WHERE code = %s",
            [uuid4().hex if connection.vendor == "sqlite" else uuid4(), one.code],
        )


@pytest.mark.parametrize(
    "entries", [{}, {A.SERVICES: 5}, {A.SERVICES: 5, A.PAYABLE: -4}, {A.SERVICES: 0, A.PAYABLE: 0}]
)
def test_an_unbalanced_transfer_cannot_be_made(entries: dict[LedgerAccount, int]) -> None:
    with pytest.raises(ValueError, match="not balanced"):
        Transfer(entries)


def test_a_transfer_of_anything_but_whole_fen_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        Transfer({A.SERVICES: 0.5, A.PAYABLE: -0.5})  # type: ignore[dict-item]


def test_the_same_source_is_posted_once_and_not_otherwise(made: Settling) -> None:
    origin = Origin(made.contract, PostingSource.PAYMENT, uuid4(), date(2025, 5, 6), "advance")
    transfer = Transfer({A.ADVANCES: 500, A.FROM_GENERAL: -500})
    assert post(origin, transfer) == post(origin, transfer)
    assert ledger.balance(made.contract, A.ADVANCES) == 500
    with pytest.raises(ledger.Conflict):
        post(Origin(**{**asdict(origin), "contract": made.contract}), transfer.reversed())
    with pytest.raises(DatabaseError), transaction.atomic():
        Posting.objects.create(
            seal_id=uuid4(), contract=made.contract, source=origin.source, source_id=origin.source_id, on=origin.on
        )


def test_a_balanced_posting_is_committed_so_the_forger_s_failures_are_the_balance_s(made: Settling) -> None:
    forge(made, ((A.SERVICES, 5), (A.PAYABLE, -5)), sealed=True)
    assert Posting.objects.filter(text="forged").exists()
