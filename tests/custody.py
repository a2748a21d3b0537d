"""Trips and tickets of organisations in tests."""

from datetime import datetime, timedelta

from django.db import transaction

from chengmai.access.audit import take_turn
from chengmai.access.models import Organisation, User
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.custody.hand_tickets import type_ticket
from chengmai.custody.manifests import ManifestDraft, issue
from chengmai.custody.models import HandTicket, Manifest, Scale, Ticket
from chengmai.custody.terms import Material, TicketSource
from chengmai.custody.ticket_reading import TicketWords
from chengmai.custody.tickets import accept


def words(
    number: str, plate: str = "A1", manifest: str = "", at: datetime | None = None, net: int = 5000
) -> TicketWords:
    """What an orderly ticket says."""
    moment = (at or now() - timedelta(hours=2)).replace(microsecond=0)
    return TicketWords(
        number=number,
        plate=plate,
        material=Material.SLUDGE,
        gross_kg=net + 8000,
        tare_kg=8000,
        net_kg=net,
        gross_at=moment,
        tare_at=moment + timedelta(minutes=10),
        manifest_number=manifest,
    )


def draft(sender: str, carrier: str, receiver: str, plate: str = "A1", at: datetime | None = None) -> ManifestDraft:
    """What an orderly sender tells."""
    return ManifestDraft(
        id=new_id(),
        sender=sender,
        sender_contact="Li, 1",
        carrier=carrier,
        receiver=receiver,
        material=Material.SLUDGE,
        waste_name="污泥",
        plate=plate,
        sent_kg=5000,
        handed_over_at=(at or now() - timedelta(hours=3)).replace(microsecond=0),
    )


def accepted(scale: Scale, told: TicketWords) -> Ticket:
    """A ticket that a scale told."""
    with transaction.atomic():
        take_turn()
        return accept(scale, told, TicketSource.SCALE, raw=b"{}")


def carry(person: User, section: Organisation, mark: str) -> tuple[Manifest, Ticket, HandTicket]:
    """A trip of a company to the section above it, a ticket of its scale without a manifest, and one typed."""
    code = person.organisation.code
    scale = Scale.objects.create(code=f"{mark}-S", station=f"{mark} gate", owner=person.organisation)
    trip = issue(person, draft(code, code, section.code, plate=f"{mark}01"))
    loose = accepted(scale, words(f"{mark}-1", plate=f"{mark}02"))
    typed = type_ticket(person, new_id(), scale.code, words(f"{mark}-2", plate=f"{mark}03"), "line down")
    return trip, loose, typed
