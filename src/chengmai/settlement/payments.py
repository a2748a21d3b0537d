"""Paying what is owed, in parts and from two funds: booked in the budget, posted in the ledger, all or nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.lineage import seal
from chengmai.core.money import told
from chengmai.settlement import ledger
from chengmai.settlement.models import Payment, PaymentPart, ServiceContract, Statement
from chengmai.settlement.purse import Draw, purse
from chengmai.settlement.queries import demand_payer, payer_contract, payer_statement, visible_payment
from chengmai.settlement.statements import paid_fen
from chengmai.settlement.states import StatementState
from chengmai.settlement.terms import FUND_ACCOUNTS, Fund, LedgerAccount, PostingSource
from chengmai.settlement.today import today

LONGEST_VOUCHER = 64


@dataclass(frozen=True, slots=True)
class PartDraft:
    """What of a payment comes from a fund [fen]."""

    fund: Fund
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """A payment as it is told; ``id`` is made by the client, sent again it is one."""

    id: UUID
    on: date
    voucher: str
    parts: Sequence[PartDraft]
    note: str = ""


def pay_statement(user: User, statement_id: UUID, draft: PaymentDraft) -> Payment:
    """Pay a part of an approved statement, or all of it.

    Raises NotFound, NotAllowed, InvalidInput, or Conflict: not approved, over what is owed, or over what a line of the
    budget has left (naming line, rest and what was asked); then nothing is booked and nothing posted.
    """
    with transaction.atomic():
        take_turn()
        statement = payer_statement(user, statement_id)
        fingerprint = seal({**asdict(draft), "statement": str(statement.pk)})
        known = _known(draft.id, fingerprint)
        if known is not None:
            return known
        if statement.state != StatementState.APPROVED:
            raise Conflict("settlement.not_approved", state=statement.state)
        amount = _demand_sound(draft)
        rest = statement.total_fen - paid_fen(statement)
        if amount > rest:
            raise Conflict("settlement.over_statement", code=statement.code, rest=told(rest), asked=told(amount))
        return _pay(user, statement.contract, statement, draft, fingerprint)


def pay_advance(user: User, contract_id: UUID, draft: PaymentDraft) -> Payment:
    """Pay in advance; it is offset on later statements. Raises as ``pay_statement`` does."""
    with transaction.atomic():
        take_turn()
        contract = payer_contract(user, contract_id)
        fingerprint = seal({**asdict(draft), "contract": str(contract.pk)})
        known = _known(draft.id, fingerprint)
        if known is not None:
            return known
        _demand_sound(draft)
        return _pay(user, contract, None, draft, fingerprint)


def reverse_payment(user: User, payment_id: UUID, new_id: UUID, reason: str) -> Payment:
    """Take a payment back by its negative, in the budget and in the ledger.

    Raises NotFound, NotAllowed, InvalidInput without a reason, or Conflict: done already, an advance that was offset.
    """
    with transaction.atomic():
        take_turn()
        found = visible_payment(user, payment_id)
        demand_payer(user, found.contract)
        fingerprint = seal({"reverses": str(found.pk), "reason": reason})
        known = _known(new_id, fingerprint)
        if known is not None:
            return known
        if not reason.strip():
            raise InvalidInput("settlement.reason_missing")
        if found.reverses_id is not None or Payment.objects.filter(reverses=found).exists():
            raise Conflict("settlement.reversed_already")
        if found.statement is None:
            rest = ledger.balance(found.contract, LedgerAccount.ADVANCES)
            if found.amount_fen > rest:
                raise Conflict("settlement.over_advance", rest=told(rest), asked=told(found.amount_fen))
        parts = list(found.parts.order_by("pk"))
        purse().give_back(user, found.contract.owner.code, [part.booking for part in parts], reason)
        made = Payment.objects.create(
            id=new_id,
            contract=found.contract,
            statement=found.statement,
            amount_fen=-found.amount_fen,
            on=found.on,
            voucher=found.voucher,
            note=reason.strip()[:500],
            reverses=found,
            paid_at=now(),
            paid_by=user,
            fingerprint=fingerprint,
        )
        PaymentPart.objects.bulk_create(
            PaymentPart(
                payment=made,
                fund=part.fund,
                table=part.table,
                row_key=part.row_key,
                row_name=part.row_name,
                amount_fen=-part.amount_fen,
                booking=part.booking,
            )
            for part in parts
        )
        text = f"{found.voucher} {reason}"
        origin = ledger.Origin(found.contract, PostingSource.PAYMENT_REVERSAL, made.pk, today(), text)
        ledger.take_back(origin, PostingSource.PAYMENT, found.pk)
        after = {"voucher": found.voucher, "amount": told(made.amount_fen), "reason": reason.strip()}
        record(user, "settlement.reverse_payment", "payment", str(made.pk), after=after)
    return made


def _known(payment_id: UUID, fingerprint: str) -> Payment | None:
    known = Payment.objects.filter(pk=payment_id).first()
    if known is not None and known.fingerprint != fingerprint:
        raise Conflict("case.id_reused", id=known.pk)
    return known


def _demand_sound(draft: PaymentDraft) -> int:
    if not draft.voucher.strip() or len(draft.voucher) > LONGEST_VOUCHER:
        raise InvalidInput("settlement.voucher_missing")
    if draft.on > today():
        raise InvalidInput("settlement.day_to_come", day=draft.on.isoformat())
    if not draft.parts or len({one.fund for one in draft.parts}) != len(draft.parts):
        raise InvalidInput("settlement.fund_twice")
    for one in draft.parts:
        if one.amount_fen <= 0:
            raise InvalidInput("settlement.amount_not_positive", amount=told(one.amount_fen))
    return sum(one.amount_fen for one in draft.parts)


def _pay(
    user: User, contract: ServiceContract, statement: Statement | None, draft: PaymentDraft, fingerprint: str
) -> Payment:
    lines = {Fund(one.fund): one for one in contract.lines.all()}
    draws = []
    for one in draft.parts:
        if one.fund not in lines:
            raise InvalidInput("settlement.no_line", fund=one.fund.value)
        draws.append(Draw(one.fund, lines[one.fund].table, lines[one.fund].row_key, one.amount_fen))
    note = draft.note.strip() or f"{contract.title} {statement.code if statement else ''}".strip()
    voucher = draft.voucher.strip()
    drawn = purse().draw(user, contract.owner.code, draft.on, voucher, note[:500], draws)
    reach("payment.booked")
    amount = sum(one.amount_fen for one in draws)
    payment = Payment.objects.create(
        id=draft.id,
        contract=contract,
        statement=statement,
        amount_fen=amount,
        on=draft.on,
        voucher=voucher,
        note=draft.note.strip()[:500],
        paid_at=now(),
        paid_by=user,
        fingerprint=fingerprint,
    )
    PaymentPart.objects.bulk_create(
        PaymentPart(
            payment=payment,
            fund=one.fund,
            table=one.table,
            row_key=one.row,
            row_name=booked.row_name[:255],
            amount_fen=one.amount_fen,
            booking=booked.booking,
        )
        for one, booked in zip(draws, drawn, strict=True)
    )
    debit = LedgerAccount.PAYABLE if statement else LedgerAccount.ADVANCES
    entries = {debit: amount} | {FUND_ACCOUNTS[one.fund]: -one.amount_fen for one in draws}
    origin = ledger.Origin(contract, PostingSource.PAYMENT, payment.pk, draft.on, f"{voucher} {note}")
    ledger.post(origin, ledger.Transfer(entries))
    after = {"voucher": voucher, "on": draft.on, "statement": statement.code if statement else None}
    after |= {"parts": {one.fund.value: told(one.amount_fen) for one in draws}}
    record(user, "settlement.pay", "payment", str(payment.pk), after=after)
    return payment
