"""The desk of what does not reconcile: what a person sees of it, and how it is resolved."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reach
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.custody.book import Book, Discrepancy, Setting, Told
from chengmai.custody.loading import DaySpan, load_book
from chengmai.custody.models import Manifest, Resolution, Ticket
from chengmai.custody.parties import reason_of
from chengmai.custody.present import present_setting
from chengmai.custody.queries import reasons_against
from chengmai.custody.rules import reconcile
from chengmai.custody.terms import CustodyRule, Decision
from chengmai.custody.tickets import void_ticket

HIDDEN = "—"
"""What a company is shown instead of another company's trip."""


@dataclass(frozen=True, slots=True)
class DeskDay:
    """The facts of some days with every discrepancy in them, and what was decided by fingerprint."""

    book: Book
    setting: Setting
    found: Sequence[Discrepancy]
    decided: dict[str, Resolution]

    def open(self) -> list[Discrepancy]:
        """What nobody accepted."""
        return [one for one in self.found if one.fingerprint not in self.decided]

    def against(self) -> dict[str, set[str]]:
        """Identity of a trip or a ticket -> the rules that hold it."""
        return reasons_against(self.open())


def desk_of(span: DaySpan, receivers: Iterable[str] | None = None) -> DeskDay:
    """What does not reconcile on some days, resolved or not, whoever asks."""
    setting = present_setting()
    book = load_book(span, setting, receivers)
    found = [one for one in reconcile(book, setting) if one.day in span]
    accepted = Resolution.objects.filter(decision=Decision.ACCEPT, day__gte=span.first, day__lte=span.last)
    decided = {one.fingerprint: one for one in accepted.select_related("by")}
    return DeskDay(book, setting, found, decided)


def seen_by(user: User, day: DeskDay) -> list[tuple[Discrepancy, Discrepancy]]:
    """Discrepancies within a person's reach, each beside what of it that person may read.

    A company sees those of its own trips and scales; where another's trip is the other side, only that there is one.
    """
    codes = reach(user)
    if codes is None:
        return [(one, one) for one in day.found]
    own_trips = {trip.id: trip.number for trip in day.book.trips if {trip.sender, trip.carrier, trip.receiver} & codes}
    names = {trip.id: trip.number for trip in day.book.trips}
    tickets = {ticket.id: (ticket, trip.id) for trip in day.book.trips for ticket in trip.tickets}
    tickets |= {ticket.id: (ticket, "") for ticket in day.book.loose}
    own_tickets = {key for key, (ticket, trip) in tickets.items() if ticket.owner in codes or trip in own_trips}
    shown = []
    for one in day.found:
        trips = [key for key in one.manifests if key in own_trips]
        held = [key for key in one.tickets if key in own_tickets]
        if (one.rule is CustodyRule.INTAKE_TOTAL and one.plant not in codes) or not (trips or held):
            continue
        secret = {names[key] for key in one.manifests if key not in own_trips}
        secret |= {tickets[key][0].subject for key in one.tickets if key not in own_tickets}
        own_name = own_trips[trips[0]] if trips else tickets[held[0]][0].subject
        shown.append((one, _veiled(one, secret, own_name, trips, held, codes)))
    return shown


def _veiled(
    one: Discrepancy, secret: set[str], own_name: str, trips: list[str], held: list[str], codes: frozenset[str]
) -> Discrepancy:
    if not secret:
        return one
    first, second = (
        Told(told.party, HIDDEN if told.value in secret else told.value) for told in (one.first, one.second)
    )
    return replace(
        one,
        subject=own_name if one.subject in secret else one.subject,
        plant=one.plant if one.plant in codes else HIDDEN,
        first=first,
        second=second,
        manifests=tuple(trips),
        tickets=tuple(held),
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """How a discrepancy is to be resolved: accepted as it is, or a ticket voided, alone or for a further one."""

    day: date
    plant: str
    decision: Decision
    reason: str
    ticket: UUID | None = None


def resolve(user: User, fingerprint: str, wish: Wish) -> Resolution:
    """Decide on a discrepancy; a second decision on the same one is refused.

    Raises NotFound (none such now, or out of reach), NotAllowed (of a party to it), InvalidInput, or Conflict.
    """
    reason = reason_of(wish.reason)
    with transaction.atomic():
        take_turn()
        day = desk_of(DaySpan(wish.day, wish.day), [wish.plant])
        one = next((one for one, _ in seen_by(user, day) if one.fingerprint == fingerprint), None)
        if one is None:
            raise NotFound("custody.no_discrepancy")
        if fingerprint in day.decided:
            raise Conflict("custody.decided_already")
        _demand_outsider(user, one, day.book)
        if wish.decision is not Decision.ACCEPT:
            _void(user, one, wish, reason)
        made = Resolution.objects.create(
            fingerprint=fingerprint,
            rule=one.rule,
            subject=one.subject,
            day=one.day,
            plant=Organisation.objects.get(code=one.plant),
            document=one.document(),
            decision=wish.decision,
            reason=reason[:255],
            at=now(),
            by=user,
        )
        after = {"decision": made.decision, "reason": made.reason, **one.document()}
        record(user, "custody.resolve", "discrepancy", fingerprint, after=after)
    return made


def _demand_outsider(user: User, one: Discrepancy, book: Book) -> None:
    parties = {one.plant}
    for trip in book.trips:
        if trip.id in one.manifests:
            parties |= {trip.sender, trip.carrier, trip.receiver}
    if user.organisation.code in parties:
        raise NotAllowed("custody.own_discrepancy")


def _void(user: User, one: Discrepancy, wish: Wish, reason: str) -> None:
    found = Ticket.objects.filter(pk=wish.ticket).first() if wish.ticket else None
    if found is None or not (str(found.pk) in one.tickets or _is_of(found, one.manifests)):
        raise InvalidInput("custody.ticket_unfit")
    if wish.decision is Decision.FURTHER_TICKET:
        others = Ticket.objects.filter(manifest_number=found.manifest_number, void=None, scale=found.scale)
        if not found.manifest_number or not others.filter(accepted_at__gt=found.accepted_at).exists():
            raise Conflict("custody.no_further_ticket", number=found.number)
    void_ticket(user, found.pk, reason)


def _is_of(ticket: Ticket, manifests: Sequence[str]) -> bool:
    return Manifest.objects.filter(pk__in=manifests, number=ticket.manifest_number).exists()


def resolutions(user: User, span: DaySpan) -> QuerySet[Resolution]:
    """What was decided on discrepancies of some days at plants within reach."""
    codes = reach(user)
    rows = Resolution.objects.filter(day__gte=span.first, day__lte=span.last).select_related("by", "plant")
    return rows if codes is None else rows.filter(Q(plant__code__in=codes))


def counts(found: Iterable[Discrepancy]) -> dict[str, dict[str, int]]:
    """How many there are by rule, by day and by plant."""
    told: dict[str, dict[str, int]] = {name: defaultdict(int) for name in ("rule", "day", "plant")}
    for one in found:
        told["rule"][one.rule.value] += 1
        told["day"][one.day.isoformat()] += 1
        told["plant"][one.plant] += 1
    return told
