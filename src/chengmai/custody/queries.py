"""What others read of custody: what was weighed in a span, and what of it is held; trips and tickets within reach."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from chengmai.access.models import Organisation, User
from chengmai.access.scope import reach
from chengmai.core.errors import NotFound
from chengmai.core.lineage import seal
from chengmai.custody.book import Book, Discrepancy, Setting, TicketFacts, TripFacts
from chengmai.custody.loading import DaySpan, load_book
from chengmai.custody.models import Manifest, Resolution, Ticket
from chengmai.custody.present import present_setting, thresholds_in_force
from chengmai.custody.rules import reconcile
from chengmai.custody.terms import Decision, Material

KG_PER_TONNE = 1000
AWAITING = "awaiting_confirmation"
"""Why a ticket is held that nothing speaks against: its receiver has not confirmed yet."""


@dataclass(frozen=True, slots=True)
class CountedTicket:
    """A ticket that counts: its identity, its seal and its net weight [kg]; water per mille where it is known."""

    id: UUID
    hash: str
    manifest: str
    day: date
    net_kg: int
    moisture_permille: int | None


@dataclass(frozen=True, slots=True)
class HeldTicket:
    """A ticket that does not count yet: by which rules, or ``awaiting_confirmation``."""

    id: UUID
    hash: str
    manifest: str
    day: date
    net_kg: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Tonnes that a receiver's scale weighed in a span, first and last day in it; nothing is rounded.

    ``dry_tonnes`` are of the tickets whose share of water is known (``dry_of_tonnes`` wet); None where none is.
    """

    receiver: str
    material: Material
    first: date
    last: date
    carrier: str
    tonnes: Decimal
    dry_tonnes: Decimal | None
    dry_of_tonnes: Decimal
    counted: tuple[CountedTicket, ...]
    held_tonnes: Decimal
    held: tuple[HeldTicket, ...]
    thresholds_version: int

    @property
    def hash(self) -> str:
        """Seal over every ticket counted and held, in order, and the thresholds under which they were judged."""
        return seal(
            {
                "asked": [self.receiver, self.material.value, self.first, self.last, self.carrier],
                "counted": [[one.id, one.hash, one.net_kg, one.moisture_permille] for one in self.counted],
                "held": [[one.id, one.hash, one.net_kg, list(one.reasons)] for one in self.held],
                "thresholds": self.thresholds_version,
            }
        )


def tonnes(kg: int) -> Decimal:
    """Tonnes of whole kilograms, exactly."""
    return Decimal(kg) / KG_PER_TONNE


def dry_tonnes(wet_kg: int, moisture_permille: int) -> Decimal:
    """Dry tonnes = wet x (1 - moisture), exactly (six decimals at most)."""
    return tonnes(wet_kg) * (1000 - moisture_permille) / 1000


def weighed(
    receiver: int, material: str, first: date, last: date, carrier: int | None = None, at: datetime | None = None
) -> Weighed:
    """What a receiver's scale weighed of a material on some days; organisations by their identity.

    A ticket counts when its trip is confirmed and nothing unresolved speaks against it; any other is held, with the
    reason, and never left out. ``at`` is the moment it is judged at, now without one. Raises NotFound.
    """
    plant, hauler = _code(receiver), _code(carrier) if carrier is not None else ""
    setting, span = present_setting(at), DaySpan(first, last)
    book = load_book(span, setting, [plant])
    speaking = reasons_against(open_discrepancies(reconcile(book, setting)))
    rows = [
        (trip, ticket)
        for trip, ticket in _receiver_tickets(book, plant, material)
        if setting.day(ticket.gross_at) in span and hauler in ("", trip.carrier if trip else "")
    ]
    seals = {
        str(key): (key, told)
        for key, told in Ticket.objects.filter(pk__in=[ticket.id for _, ticket in rows]).values_list("pk", "hash")
    }
    water = dict(
        Manifest.objects.filter(pk__in=[trip.id for trip, _ in rows if trip]).values_list("number", "moisture_permille")
    )
    counted: list[CountedTicket] = []
    held: list[HeldTicket] = []
    for trip, ticket in rows:
        key, told = seals[ticket.id]
        number, day = trip.number if trip else ticket.manifest, setting.day(ticket.gross_at)
        reasons = sorted(speaking.get(ticket.id, set()) | (speaking.get(trip.id, set()) if trip else set()))
        if not reasons and (trip is None or trip.confirmed_at is None):
            reasons = [AWAITING]
        if reasons:
            held.append(HeldTicket(key, told, number, day, ticket.net_kg, tuple(reasons)))
        else:
            counted.append(CountedTicket(key, told, number, day, ticket.net_kg, water.get(number)))
    known = [(one.net_kg, one.moisture_permille) for one in counted if one.moisture_permille is not None]
    return Weighed(
        plant,
        Material(material),
        first,
        last,
        hauler,
        tonnes(sum(one.net_kg for one in counted)),
        sum((dry_tonnes(kg, water_) for kg, water_ in known), Decimal(0)) if known else None,
        tonnes(sum(kg for kg, _ in known)),
        tuple(counted),
        tonnes(sum(one.net_kg for one in held)),
        tuple(held),
        thresholds_in_force()[1],
    )


def _code(organisation: int) -> str:
    found = Organisation.objects.filter(pk=organisation).values_list("code", flat=True).first()
    if found is None:
        raise NotFound("custody.no_organisation", code=organisation)
    return found


def _receiver_tickets(book: Book, plant: str, material: str) -> list[tuple[TripFacts | None, TicketFacts]]:
    """Every live ticket of a plant's scales for a material, with its trip; those without one too."""
    found: list[tuple[TripFacts | None, TicketFacts]] = []
    for trip in book.trips:
        if trip.receiver == plant and trip.material == material:
            found += [(trip, ticket) for ticket in trip.weighings(plant)]
    found += [(None, ticket) for ticket in book.loose if ticket.owner == plant and ticket.material == material]
    return sorted(found, key=lambda row: (row[1].gross_at, row[1].subject))


def open_discrepancies(found: Iterable[Discrepancy]) -> list[Discrepancy]:
    """Those of them that nobody accepted."""
    seen = list(found)
    accepted = accepted_fingerprints(seen)
    return [one for one in seen if one.fingerprint not in accepted]


def accepted_fingerprints(found: Iterable[Discrepancy]) -> set[str]:
    """Of these discrepancies, the fingerprints of those that were accepted as they are."""
    days = [one.day for one in found]
    if not days:
        return set()
    decided = Resolution.objects.filter(decision=Decision.ACCEPT, day__gte=min(days), day__lte=max(days))
    return set(decided.values_list("fingerprint", flat=True))


def reasons_against(found: Iterable[Discrepancy]) -> dict[str, set[str]]:
    """Identity of a trip or a ticket -> the rules that speak against it."""
    against: dict[str, set[str]] = defaultdict(set)
    for one in found:
        for identity in (*one.manifests, *one.tickets):
            against[identity].add(one.rule.value)
    return against


def discrepancies(span: DaySpan, setting: Setting, receivers: Iterable[str] | None = None) -> list[Discrepancy]:
    """Every discrepancy of some days, resolved or not."""
    return [one for one in reconcile(load_book(span, setting, receivers), setting) if one.day in span]


def visible_manifests(user: User) -> QuerySet[Manifest]:
    """Trips in which an organisation of the person's reach has a part."""
    codes = reach(user)
    rows = Manifest.objects.select_related("sender", "carrier", "receiver")
    if codes is None:
        return rows
    return rows.filter(Q(sender__code__in=codes) | Q(carrier__code__in=codes) | Q(receiver__code__in=codes))


def visible_manifest(user: User, manifest_id: UUID) -> Manifest:
    """One trip within reach; raises NotFound."""
    found = visible_manifests(user).filter(pk=manifest_id).first()
    if found is None:
        raise NotFound("custody.no_manifest", id=manifest_id)
    return found


def visible_tickets(user: User) -> QuerySet[Ticket]:
    """Tickets of scales within reach, and those that name a trip within reach."""
    codes = reach(user)
    rows = Ticket.objects.select_related("scale", "scale__owner", "void")
    if codes is None:
        return rows
    numbers = visible_manifests(user).values("number")
    return rows.filter(Q(scale__owner__code__in=codes) | Q(manifest_number__in=numbers))
