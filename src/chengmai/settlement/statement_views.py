"""What the doors of settlement answer about statements: lines with their steps, payments, postings."""

from collections.abc import Iterable

from chengmai.access.models import User
from chengmai.access.scope import reaches
from chengmai.core.messages import message
from chengmai.core.money import told as yuan
from chengmai.settlement import ledger, schemas
from chengmai.settlement.models import Payment, Posting, SheetQuantity, Statement, StatementLine
from chengmai.settlement.statements import paid_fen, statement_seal
from chengmai.settlement.states import StatementState
from chengmai.settlement.terms import ACCOUNT_NAMES, Fund, LedgerAccount, StatementLineKind
from chengmai.settlement.versions import text_of
from chengmai.settlement.views import hand, lines_out, party, quantities_out


def statement_out(user: User, statement: Statement, language: str) -> schemas.StatementOut:
    """A statement with all that it rests on and all that was paid on it."""
    contract, version = statement.contract, statement.contract_version
    paid = paid_fen(statement)
    owed = statement.state == StatementState.APPROVED
    payments = list(statement.payments.order_by("paid_at", "pk"))
    own = user.pk in (statement.drafted_by_id, statement.checked_by_id)
    return schemas.StatementOut(
        id=statement.pk,
        code=statement.code,
        contract=contract.pk,
        contract_code=contract.code,
        title=contract.title,
        basis=text_of(version).basis,
        owner=party(contract.owner),
        contractor=party(contract.contractor),
        number=version.number,
        text_hash=version.text_hash,
        first=statement.first,
        last=statement.last,
        state=StatementState(statement.state),
        version=statement.version,
        total=yuan(statement.total_fen),
        paid=yuan(paid),
        rest=yuan(statement.total_fen - paid if owed else 0),
        drafted=hand(statement.drafted_by, statement.drafted_at),
        checked=hand(statement.checked_by, statement.checked_at),
        approved=hand(statement.approved_by, statement.approved_at),
        ended=hand(statement.ended_by, statement.ended_at),
        reason=statement.reason,
        seal=statement.seal,
        intact=not statement.seal or statement.seal == statement_seal(statement),
        lines=[_line(one, language) for one in statement.lines.select_related("about").order_by("position")],
        funds=lines_out(contract, statement.last.year),
        payments=payments_out(payments),
        postings=_postings(statement, payments, language),
        advance=yuan(ledger.balance(contract, LedgerAccount.ADVANCES)),
        writable=reaches(user, contract.owner),
        own_work=own,
    )


def _line(line: StatementLine, language: str) -> schemas.StatementLineOut:
    account = line.account or {}
    cited = SheetQuantity.objects.filter(cited_in__line=line).select_related("sheet__contract")
    return schemas.StatementLineOut(
        position=line.position,
        kind=StatementLineKind(line.kind),
        amount=yuan(line.amount_fen),
        reason=line.reason,
        document=line.document,
        about=line.about_id,
        about_code="" if line.about is None else line.about.code,
        stated=account.get("stated", ""),
        corrected=account.get("corrected", ""),
        terms=account.get("terms", {}),
        steps=[
            schemas.StatementStep(**{name: step[name] for name in schemas.StatementStep.model_fields})
            for step in account.get("steps", ())
        ],
        quantities=quantities_out(cited.order_by("sheet__month", "input"), language),
    )


def payments_out(payments: Iterable[Payment]) -> list[schemas.PaymentOut]:
    """Payments with their parts; one that was taken back says so."""
    rows = list(payments)
    reversed_ids = {one.reverses_id for one in rows if one.reverses_id}
    return [
        schemas.PaymentOut(
            id=one.pk,
            on=one.on,
            voucher=one.voucher,
            amount=yuan(one.amount_fen),
            note=one.note,
            by="" if one.paid_by is None else one.paid_by.name,
            parts=[
                schemas.PaymentPartOut(fund=Fund(part.fund), line=part.row_name, amount=yuan(part.amount_fen))
                for part in one.parts.order_by("-fund")
            ],
            reverses=one.reverses_id,
            reversed=one.pk in reversed_ids,
        )
        for one in rows
    ]


def _postings(statement: Statement, payments: Iterable[Payment], language: str) -> list[schemas.PostingOut]:
    rows = Posting.objects.filter(source_id__in=[statement.pk, *(one.pk for one in payments)])
    found = rows.select_related("seal", "contract").order_by("seal__sealed_at")
    return [_posting(one, language) for one in found]


def _posting(posting: Posting, language: str) -> schemas.PostingOut:
    entries = [
        schemas.PostingEntryOut(
            account=entry.account,
            name=message(ACCOUNT_NAMES[LedgerAccount(entry.account)], language, {}),
            debit=yuan(entry.amount_fen) if entry.amount_fen > 0 else "",
            credit=yuan(-entry.amount_fen) if entry.amount_fen < 0 else "",
        )
        for entry in posting.entries.order_by("-amount_fen")
    ]
    return schemas.PostingOut(
        id=posting.pk,
        on=posting.on,
        source=posting.source,
        text=posting.text,
        entries=entries,
        intact=ledger.is_sealed(posting),
    )
