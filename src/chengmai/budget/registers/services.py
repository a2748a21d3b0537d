"""Writing the registers of a unit's year: each replaced as a whole, what changed kept in the audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.models import (
    AssetHolding,
    BudgetSet,
    ComparedAmount,
    PlannedProcurement,
    ProjectClassing,
    RegisterBook,
)
from chengmai.budget.registers.queries import HUNDREDTHS, registers_in
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.money import told
from chengmai.disclosure.drafting.registers import (
    AssetKind,
    ComparedFigure,
    ProcurementLine,
    ProjectClass,
    Registers,
)
from chengmai.disclosure.folding import name_key

MOST_LINES = 2000
LONGEST_NAME, LONGEST_REASON = 255, 2000
MOST_FEN = 10**15


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """What is to be written; a register that is None stays as it is."""

    procurement: Sequence[ProcurementLine] | None = None
    assets: Mapping[AssetKind, Decimal] | None = None
    compared: Sequence[ComparedFigure] | None = None
    classes: Mapping[str, ProjectClass] | None = None


def write_registers(user: User | None, budget: BudgetSet, revision: int, change: RegisterChange) -> RegisterBook:
    """Write registers of a set's unit and year, all that are told or none.

    Raises InvalidInput for what cannot be, Conflict when somebody changed them since.
    """
    _demand_sound(change)
    with transaction.atomic():
        take_turn()
        book, _ = RegisterBook.objects.get_or_create(owner=budget.owner, year=budget.year)
        if book.revision != revision:
            who = "" if book.changed_by is None else book.changed_by.name
            raise Conflict("register.stale", who=who, sent=revision, present=book.revision)
        before = _audited(registers_in(book))
        _store(book, change)
        book.revision += 1
        book.changed_by, book.changed_at = user, now()
        book.save()
        after = _audited(registers_in(book))
        parts = [part for part in after if before[part] != after[part]]
        record(
            user,
            "budget.registers",
            "register_book",
            str(book.pk),
            before={part: before[part] for part in parts},
            after={"year": budget.year, "owner": budget.owner.code} | {part: after[part] for part in parts},
        )
    return book


def _store(book: RegisterBook, change: RegisterChange) -> None:
    if change.procurement is not None:
        book.procurement_told = True
        book.procurement.all().delete()
        PlannedProcurement.objects.bulk_create(
            PlannedProcurement(
                book=book,
                position=position,
                kind=one.kind,
                name=one.name.strip(),
                code=one.code.strip().upper(),
                service=one.service.strip(),
                project=one.project.strip(),
                **{f"{fund}_fen": fen for fund, fen in one.fen.items()},
            )
            for position, one in enumerate(change.procurement, 1)
        )
    if change.assets is not None:
        book.assets.all().delete()
        AssetHolding.objects.bulk_create(
            AssetHolding(book=book, kind=kind, hundredths=int(value / HUNDREDTHS))
            for kind, value in change.assets.items()
        )
    if change.compared is not None:
        book.compared.all().delete()
        ComparedAmount.objects.bulk_create(
            ComparedAmount(
                book=book, subject=one.subject, before_fen=one.before, now_fen=one.now, reason=one.reason.strip()
            )
            for one in change.compared
        )
    if change.classes is not None:
        book.classes.all().delete()
        named = {name_key(name): kind for name, kind in change.classes.items()}
        ProjectClassing.objects.bulk_create(
            ProjectClassing(book=book, name=name, project_class=kind) for name, kind in named.items()
        )


def _demand_sound(change: RegisterChange) -> None:
    for number, line in enumerate(change.procurement or (), 1):
        if not line.name.strip() or max(map(len, (line.name, line.service, line.project))) > LONGEST_NAME:
            raise InvalidInput("register.name", number=number, most=LONGEST_NAME)
        if len(line.code.strip()) > 8:
            raise InvalidInput("register.code", number=number, value=line.code[:20])
        if any(not 0 <= fen < MOST_FEN for fen in line.fen.values()):
            raise InvalidInput("register.amount", number=number)
        if not line.total:
            raise InvalidInput("register.nothing", number=number, name=line.name)
    for kind, value in (change.assets or {}).items():
        if not 0 <= value < 10**9 or value != value.quantize(HUNDREDTHS):
            raise InvalidInput("register.quantity", kind=kind.value, value=f"{value:f}"[:30])
    subjects = [one.subject for one in change.compared or ()]
    if len(set(subjects)) != len(subjects):
        raise InvalidInput("register.subject_twice")
    for figure in change.compared or ():
        amounts = [fen for fen in (figure.before, figure.now) if fen is not None]
        if any(not 0 <= fen < MOST_FEN for fen in amounts) or len(figure.reason) > LONGEST_REASON:
            raise InvalidInput("register.compared", subject=figure.subject.value, most=LONGEST_REASON)
    if max(len(change.procurement or ()), len(change.classes or ())) > MOST_LINES:
        raise InvalidInput("register.too_many", most=MOST_LINES)
    if any(not name.strip() or len(name) > LONGEST_NAME for name in change.classes or ()):
        raise InvalidInput("register.name", number=0, most=LONGEST_NAME)


def _audited(registers: Registers) -> dict[str, object]:
    """The registers as the audit keeps them: amounts in yuan."""
    lines = registers.procurement
    return {
        "procurement": None
        if lines is None
        else [
            [one.kind.value, one.name, one.code, one.project, {fund: told(fen) for fund, fen in one.fen.items() if fen}]
            for one in lines
        ],
        "assets": {kind.value: f"{value:f}" for kind, value in sorted(registers.assets.items())},
        "compared": {
            subject.value: [None if fen is None else told(fen) for fen in (one.before, one.now)] + [one.reason]
            for subject, one in sorted(registers.compared.items())
        },
        "classes": {name: kind.value for name, kind in sorted(registers.classes.items())},
    }
