"""Booking contracts and payments on a construction project, under the ceilings of its headings."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.construction.queries import booked, paper_of
from chengmai.budget.construction.rules import Booked, sums
from chengmai.budget.construction.services import today
from chengmai.budget.construction.states import CeilingRule, CostKind
from chengmai.budget.models import ConstructionProject, CostEntry, CostHeading, ProjectLot
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.core.lineage import seal
from chengmai.core.money import told


@dataclass(frozen=True, slots=True)
class Booking:
    """An entry as it was sent; ``id`` is made by the client, ``contract`` names what a payment fulfils."""

    id: UUID
    heading: str
    kind: CostKind
    amount_fen: int
    on: date
    document: str
    lot: str = ""
    contract: UUID | None = None
    payee: str = ""
    note: str = ""
    paper: UUID | None = None


def book(user: User | None, project: ConstructionProject, sent: Booking) -> CostEntry:
    """Book a contract or a payment; sent again under the same id it is one entry.

    Over the ceiling of its heading it is refused, or booked and marked with the difference, as the heading's rule says;
    a payment over what its contract has left is always refused. Raises InvalidInput, NotFound, or Conflict.
    """
    fingerprint = seal({**asdict(sent), "project": project.code})
    with transaction.atomic():
        take_turn()
        known = _repeated(sent.id, fingerprint)
        if known is not None:
            return known
        _demand_sound(sent)
        heading = project.headings.filter(code=sent.heading).first()
        if heading is None:
            raise NotFound("project.heading_unknown", heading=sent.heading)
        contract = _contract(project, heading, sent)
        over = _over(heading, Booked(sent.kind, sent.amount_fen, contract is not None))
        entry = CostEntry.objects.create(
            id=sent.id,
            heading=heading,
            lot=_lot(project, heading, sent.lot),
            kind=sent.kind,
            contract=contract,
            amount_fen=sent.amount_fen,
            on=sent.on,
            document=sent.document.strip(),
            payee=sent.payee.strip(),
            note=sent.note.strip(),
            paper=paper_of(project, sent.paper),
            over_ceiling_fen=over,
            booked_at=now(),
            booked_by=user,
            fingerprint=fingerprint,
        )
        after = {**asdict(sent), "amount": told(sent.amount_fen), "over_ceiling": told(over)}
        record(user, "project.cost", "project", project.code, after=after)
    return entry


def reverse(user: User, project: ConstructionProject, entry_id: UUID, new_id: UUID, reason: str) -> CostEntry:
    """Take an entry out again by one that is its negative; both stay readable.

    Raises NotFound, InvalidInput (no reason), or Conflict: reversed already, a reversal itself, or a contract on which
    payments still stand.
    """
    fingerprint = seal({"reverses": entry_id, "reason": reason, "project": project.code})
    with transaction.atomic():
        take_turn()
        known = _repeated(new_id, fingerprint)
        if known is not None:
            return known
        entry = CostEntry.objects.filter(heading__project=project, pk=entry_id).select_related("heading").first()
        if entry is None:
            raise NotFound("project.entry_not_found", id=entry_id)
        if not reason.strip():
            raise InvalidInput("project.reason_missing")
        if entry.reverses_id is not None or CostEntry.objects.filter(reverses=entry).exists():
            raise Conflict("project.entry_reversed")
        if paid_on(entry) > 0:
            raise Conflict("project.contract_paid_on", paid=told(paid_on(entry)))
        made = CostEntry.objects.create(
            id=new_id,
            heading=entry.heading,
            lot=entry.lot,
            kind=entry.kind,
            contract=entry.contract,
            reverses=entry,
            amount_fen=-entry.amount_fen,
            on=today(),
            document=entry.document,
            payee=entry.payee,
            note=reason.strip(),
            booked_at=now(),
            booked_by=user,
            fingerprint=fingerprint,
        )
        after = {"entry": str(entry.pk), "amount": told(entry.amount_fen), "reason": reason.strip()}
        record(user, "project.cost_reversed", "project", project.code, after=after)
    return made


def paid_on(contract: CostEntry) -> int:
    """What was paid on a contract so far, reversals taken out [fen]."""
    return sum(payment.amount_fen for payment in contract.payments.all())


def _repeated(entry_id: UUID, fingerprint: str) -> CostEntry | None:
    known = CostEntry.objects.filter(pk=entry_id).first()
    if known is not None and known.fingerprint != fingerprint:
        raise Conflict("case.id_reused", id=entry_id)
    return known


def _demand_sound(sent: Booking) -> None:
    if sent.amount_fen <= 0:
        raise InvalidInput("project.amount_not_positive", amount=told(sent.amount_fen))
    if not sent.document.strip():
        raise InvalidInput("project.document_missing")
    if sent.on > today():
        raise InvalidInput("project.day_to_come", day=sent.on.isoformat())
    if sent.contract is not None and sent.kind is not CostKind.PAYMENT:
        raise InvalidInput("project.contract_of_contract")


def _contract(project: ConstructionProject, heading: CostHeading, sent: Booking) -> CostEntry | None:
    if sent.contract is None:
        return None
    found = CostEntry.objects.filter(heading=heading, pk=sent.contract, kind=CostKind.CONTRACT, reverses=None).first()
    if found is None:
        raise NotFound("project.contract_not_found", id=sent.contract)
    if CostEntry.objects.filter(reverses=found).exists():
        raise Conflict("project.entry_reversed")
    left = found.amount_fen - paid_on(found)
    if sent.amount_fen > left:
        raise Conflict("project.over_contract", left=told(left), amount=told(sent.amount_fen))
    return found


def _lot(project: ConstructionProject, heading: CostHeading, code: str) -> ProjectLot | None:
    if not code:
        return None
    found = project.lots.filter(code=code).first()
    if found is None:
        raise NotFound("project.lot_unknown", lot=code)
    if found.heading_id not in (None, heading.pk):
        raise InvalidInput("project.lot_of_other_heading", lot=code, heading=heading.code)
    return found


def _over(heading: CostHeading, added: Booked) -> int:
    after = sums([*booked(list(heading.entries.all())), added])
    over = after.over(heading.ceiling_fen)
    if over > 0 and not added.of_contract and heading.rule == CeilingRule.REFUSE and heading.ceiling_fen is not None:
        raise Conflict("project.over_ceiling", heading=heading.code, ceiling=told(heading.ceiling_fen), over=told(over))
    return over
