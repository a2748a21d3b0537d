"""Statements: what a contract's text makes of frozen quantities, checked and approved by different people, posted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.contracts.evaluation import fen_payable
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.core.lineage import seal
from chengmai.core.money import told
from chengmai.settlement import accounts, ledger
from chengmai.settlement.models import (
    Payment,
    QuantitySheet,
    ServiceContract,
    SheetQuantity,
    Statement,
    StatementLine,
    StatementQuantity,
    StatementSheet,
)
from chengmai.settlement.months import first_day, last_day, months
from chengmai.settlement.queries import payer_statement
from chengmai.settlement.states import (
    LIVE,
    STATEMENT_PERMISSIONS,
    STATEMENT_TRANSITIONS,
    SheetState,
    StatementAction,
    StatementState,
)
from chengmai.settlement.terms import BY_HAND, LedgerAccount, OverMonths, PostingSource, StatementLineKind
from chengmai.settlement.today import today
from chengmai.settlement.versions import period_of, text_of, version_of

MOST_MONTHS = 36
_A, _S = StatementAction, StatementState


@dataclass(frozen=True, slots=True)
class LineByHand:
    """A deduction, a supplement or the offset of an advance; the amount is above zero, its kind gives the sign."""

    kind: StatementLineKind
    amount_fen: int
    reason: str
    document: str


def draft_statement(user: User | None, contract: ServiceContract, first: date, last: date) -> Statement:
    """Work out what is owed for some months, all frozen; corrections of earlier months come with it as lines.

    Raises Conflict (a month that is not frozen, stated already, or out of order) or InvalidInput: what the contract's
    text refuses, with its line.
    """
    first, last = first_day(first), last_day(last)
    wanted = list(months(first, last))
    if not wanted or len(wanted) > MOST_MONTHS:
        raise InvalidInput("settlement.months_unfit", most=MOST_MONTHS)
    with transaction.atomic():
        take_turn()
        sheets = _frozen(contract, wanted)
        _demand_order(contract, first)
        version = version_of(contract, first, last)
        statement = Statement.objects.create(
            code=_code(contract, first, last),
            contract=contract,
            contract_version=version,
            first=first,
            last=last,
            total_fen=0,
            drafted_at=now(),
            drafted_by=user,
        )
        StatementSheet.objects.bulk_create(StatementSheet(statement=statement, sheet=sheet) for sheet in sheets)
        own = SheetQuantity.objects.filter(sheet__in=sheets).select_related("sheet", "adjusts__sheet")
        _write_computed(statement, [row for row in own if row.adjusts is None], wanted)
        _write_adjustments(statement, [row for row in own if row.adjusts is not None])
        _sum_up(statement)
        record(user, "settlement.draft_statement", "statement", str(statement.pk), after=facts_of(statement))
    return statement


def add_line(user: User, statement_id: UUID, version: int, line: LineByHand) -> Statement:
    """Write a line by hand on a draft.

    Raises NotFound, NotAllowed, Conflict (stale, no draft, over the advance) or InvalidInput.
    """
    with transaction.atomic():
        take_turn()
        statement = payer_statement(user, statement_id)
        _demand(statement, version, _S.DRAFT)
        if line.kind not in BY_HAND or line.amount_fen <= 0:
            raise InvalidInput("settlement.line_unfit", amount=told(line.amount_fen))
        if not line.reason.strip() or not line.document.strip():
            raise InvalidInput("settlement.document_missing")
        before = facts_of(statement)
        amount = line.amount_fen if line.kind is StatementLineKind.SUPPLEMENT else -line.amount_fen
        if line.kind is StatementLineKind.ADVANCE:
            _demand_advance(statement, line.amount_fen)
        _new_line(statement, line.kind, amount, reason=line.reason.strip()[:500], document=line.document.strip()[:255])
        statement.drafted_by, statement.drafted_at = user, now()
        _sum_up(statement)
        _save(statement)
        record(user, "settlement.add_line", "statement", str(statement.pk), before=before, after=facts_of(statement))
    return statement


def act_on_statement(
    user: User, statement_id: UUID, version: int, action: StatementAction, reason: str = ""
) -> Statement:
    """Take one step with a statement; approving posts it, reversing posts the negative.

    Raises NotFound, NotAllowed (permission, one's own work), Conflict (stale, forbidden, paid, followed by a later
    statement) or InvalidInput without a reason where one is due.
    """
    permission = STATEMENT_PERMISSIONS[action]
    if permission not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=permission.value)
    with transaction.atomic():
        take_turn()
        statement = payer_statement(user, statement_id)
        following = STATEMENT_TRANSITIONS.get((_S(statement.state), action))
        if statement.version != version:
            raise Conflict("version.stale", sent=version, present=statement.version)
        if following is None:
            raise Conflict("settlement.action_forbidden", action=action.value, state=statement.state)
        if action not in (_A.CHECK, _A.APPROVE) and not reason.strip():
            raise InvalidInput("settlement.reason_missing")
        before = facts_of(statement)
        statement.state, statement.reason = following, reason.strip()[:500]
        _STEPS[action](statement, user)
        _save(statement)
        _POSTED.get(action, _nothing)(statement)
        name = f"settlement.statement_{action}"
        record(user, name, "statement", str(statement.pk), before=before, after=facts_of(statement))
    return statement


def paid_fen(statement: Statement) -> int:
    """What was paid on a statement, reversals taken off [fen]."""
    return int(Payment.objects.filter(statement=statement).aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def statement_seal(statement: Statement) -> str:
    """The hash an approved statement must carry, over the contract's text, its lines, and every quantity they cite."""
    lines: list[list[Any]] = []
    for line in statement.lines.order_by("position"):
        cited = line.quantities.select_related("quantity").order_by("quantity_id")
        lines.append(
            [
                *(line.position, line.kind, line.amount_fen, line.reason, line.document, str(line.about_id or "")),
                line.account,
                [[str(one.quantity_id), one.quantity.seal] for one in cited],
            ]
        )
    months_ = [str(one.sheet_id) for one in statement.months.order_by("sheet__month")]
    told_ = {"code": statement.code, "text": statement.contract_version.text_hash, "total": statement.total_fen}
    return seal({**told_, "months": months_, "lines": lines})


def facts_of(statement: Statement) -> dict[str, object]:
    """What the audit trail keeps of a statement."""
    lines = [f"{line.kind} {told(line.amount_fen)}" for line in statement.lines.order_by("position")]
    names = ("code", "state", "version", "reason", "seal")
    return {name: getattr(statement, name) for name in names} | {"total": told(statement.total_fen), "lines": lines}


def _frozen(contract: ServiceContract, wanted: Sequence[date]) -> list[QuantitySheet]:
    found = {sheet.month: sheet for sheet in contract.sheets.filter(month__in=wanted, state=SheetState.FROZEN)}
    for month in wanted:
        if month not in found:
            raise Conflict("settlement.month_not_frozen", month=f"{month:%Y-%m}")
    stated = StatementSheet.objects.filter(sheet__in=found.values(), statement__state__in=LIVE)
    known = stated.select_related("statement", "sheet").order_by("sheet__month").first()
    if known is not None:
        shown = f"{known.sheet.month:%Y-%m}"
        raise Conflict("settlement.month_stated", month=shown, code=known.statement.code)
    return [found[month] for month in wanted]


def _demand_order(contract: ServiceContract, first: date) -> None:
    """Months are settled in their order, so that a correction always follows what it corrects."""
    later = contract.statements.filter(state__in=LIVE, last__gte=first).order_by("-last").first()
    if later is not None:
        raise Conflict("settlement.later_statement", code=later.code)
    stated = StatementSheet.objects.filter(statement__state__in=LIVE).values("sheet")
    left = contract.sheets.filter(state=SheetState.FROZEN, month__lt=first).exclude(pk__in=stated).order_by("month")
    if (open_ := left.first()) is not None:
        raise Conflict("settlement.months_in_order", month=f"{open_.month:%Y-%m}")


def _code(contract: ServiceContract, first: date, last: date) -> str:
    number = contract.statements.filter(first=first, last=last).count() + 1
    return f"{contract.code}-{first:%Y%m}-{last:%Y%m}-{number}"


def _over(contract: ServiceContract) -> dict[str, OverMonths]:
    return {one.input: OverMonths(one.over_months) for one in contract.bindings.all()}


def _work_out(
    statement: Statement, rows: Iterable[SheetQuantity], wanted: Sequence[date]
) -> tuple[int, dict[str, Any]]:
    """What is owed [fen] by the text of a statement for some quantities, with the account of it."""
    version = statement.contract_version
    read = text_of(version)
    told_ = accounts.inputs_of(read, rows, wanted, _over(statement.contract))
    account = accounts.account_of(read, told_, period_of(version, statement.first, statement.last))
    return fen_payable(account), accounts.document_of(account)


def _write_computed(statement: Statement, rows: Sequence[SheetQuantity], wanted: Sequence[date]) -> None:
    """The line of the statement's own months, with adjustments that came before it was drafted."""
    free = SheetQuantity.objects.filter(adjusts__in=rows, sheet__state=SheetState.FROZEN).exclude(
        cited_in__line__statement__state__in=LIVE
    )
    rows = [*rows, *free.select_related("sheet", "adjusts__sheet")]
    fen, account = _work_out(statement, rows, wanted)
    _new_line(statement, StatementLineKind.COMPUTED, fen, rows, account=account)


def _write_adjustments(statement: Statement, rows: Sequence[SheetQuantity]) -> None:
    """A line for each earlier statement that these quantities correct: worked out anew, less what was stated."""
    by_statement: dict[UUID, list[SheetQuantity]] = {}
    for row in rows:
        if StatementQuantity.objects.filter(quantity=row, line__statement__state__in=LIVE).exists():
            continue
        stated = StatementSheet.objects.filter(sheet__quantities=row.adjusts_id, statement__state__in=LIVE).first()
        if stated is not None and stated.statement_id != statement.pk:
            by_statement.setdefault(stated.statement_id, []).append(row)
    earlier = Statement.objects.filter(pk__in=by_statement).select_related("contract", "contract_version")
    for about in earlier.order_by("first"):
        of_about = StatementLine.objects.filter(
            kind=StatementLineKind.COMPUTED, statement=about
        ) | StatementLine.objects.filter(about=about, statement__state__in=LIVE)
        cited = StatementQuantity.objects.filter(line__in=of_about)
        known = [one.quantity for one in cited.select_related("quantity__sheet", "quantity__adjusts__sheet")]
        new = by_statement[about.pk]
        fen, account = _work_out(about, [*known, *new], list(months(about.first, about.last)))
        stated_fen = sum(line.amount_fen for line in of_about)
        account |= {"stated": told(stated_fen), "corrected": told(fen), "statement": about.code}
        _new_line(statement, StatementLineKind.ADJUSTMENT, fen - stated_fen, new, account=account, about=about)


def _new_line(
    statement: Statement, kind: StatementLineKind, fen: int, rows: Iterable[SheetQuantity] = (), **more: Any
) -> StatementLine:
    line = StatementLine.objects.create(
        statement=statement, position=statement.lines.count() + 1, kind=kind, amount_fen=fen, **more
    )
    StatementQuantity.objects.bulk_create(StatementQuantity(line=line, quantity=row) for row in rows)
    return line


def _sum_up(statement: Statement) -> None:
    statement.total_fen = int(statement.lines.aggregate(sum=Sum("amount_fen"))["sum"] or 0)
    Statement.objects.filter(pk=statement.pk).update(total_fen=statement.total_fen)


def _demand(statement: Statement, version: int, state: StatementState) -> None:
    if statement.version != version:
        raise Conflict("version.stale", sent=version, present=statement.version)
    if statement.state != state:
        raise Conflict("settlement.not_a_draft", state=statement.state)


def _save(statement: Statement) -> None:
    """Compare and set: nobody else moved the statement since it was read."""
    seen, statement.version = statement.version, statement.version + 1
    names = (
        *("state", "version", "drafted_at", "drafted_by", "checked_at", "checked_by", "approved_at", "approved_by"),
        *("ended_at", "ended_by", "reason", "seal"),
    )
    values = {name: getattr(statement, name) for name in names}
    if not Statement.objects.filter(pk=statement.pk, version=seen).update(**values):
        raise Conflict("version.stale", sent=seen, present=statement.version)


def _demand_advance(statement: Statement, more_fen: int) -> None:
    """Raise Conflict when more is offset than was paid in advance and not offset yet, drafts among it."""
    paid = ledger.balance(statement.contract, LedgerAccount.ADVANCES)
    waiting = StatementLine.objects.filter(
        statement__contract=statement.contract,
        statement__state__in=(_S.DRAFT, _S.CHECKED),
        kind=StatementLineKind.ADVANCE,
    ).aggregate(sum=Sum("amount_fen"))["sum"]
    rest = paid + int(waiting or 0)
    if more_fen > rest:
        raise Conflict("settlement.over_advance", rest=told(rest), asked=told(more_fen))


def _check(statement: Statement, user: User) -> None:
    if statement.drafted_by_id == user.pk:
        raise NotAllowed("settlement.four_eyes")
    if statement.total_fen < 0:
        raise Conflict("settlement.total_negative", total=told(statement.total_fen))
    statement.checked_by, statement.checked_at = user, now()


def _send_back(statement: Statement, user: User) -> None:
    statement.checked_by = statement.checked_at = None


def _approve(statement: Statement, user: User) -> None:
    if user.pk in (statement.drafted_by_id, statement.checked_by_id):
        raise NotAllowed("settlement.four_eyes")
    statement.approved_by, statement.approved_at = user, now()
    statement.seal = statement_seal(statement)


def _end(statement: Statement, user: User) -> None:
    if statement.state == _S.REVERSED:
        paid = paid_fen(statement)
        if paid:
            raise Conflict("settlement.paid_already", paid=told(paid))
    later = statement.contract.statements.filter(state__in=LIVE, first__gt=statement.last).order_by("first").first()
    if later is not None:
        raise Conflict("settlement.later_statement", code=later.code)
    statement.ended_by, statement.ended_at = user, now()


_STEPS: dict[StatementAction, Callable[[Statement, User], None]] = {
    _A.CHECK: _check,
    _A.SEND_BACK: _send_back,
    _A.APPROVE: _approve,
    _A.REVERSE: _end,
    _A.DISCARD: _end,
}


def _nothing(statement: Statement) -> None:
    """Steps that move no money post nothing."""


def _post(statement: Statement) -> None:
    offset = -sum(line.amount_fen for line in statement.lines.filter(kind=StatementLineKind.ADVANCE))
    owed = statement.total_fen + offset
    day, text = today(), f"{statement.contract.title} {statement.code}"
    for source, fen, debit, credit in (
        (PostingSource.STATEMENT, owed, LedgerAccount.SERVICES, LedgerAccount.PAYABLE),
        (PostingSource.OFFSET, offset, LedgerAccount.PAYABLE, LedgerAccount.ADVANCES),
    ):
        if fen:
            origin = ledger.Origin(statement.contract, source, statement.pk, day, text)
            ledger.post(origin, ledger.Transfer({debit: fen, credit: -fen}))


def _unpost(statement: Statement) -> None:
    text = f"{statement.code} {statement.reason}"
    for source, reversal in (
        (PostingSource.OFFSET, PostingSource.OFFSET_REVERSAL),
        (PostingSource.STATEMENT, PostingSource.STATEMENT_REVERSAL),
    ):
        ledger.take_back(ledger.Origin(statement.contract, reversal, statement.pk, today(), text), source, statement.pk)


_POSTED: dict[StatementAction, Callable[[Statement], None]] = {_A.APPROVE: _post, _A.REVERSE: _unpost}
