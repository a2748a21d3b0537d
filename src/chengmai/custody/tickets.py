"""Weigh tickets: taken in from scales, once each, with their message kept; voided, never removed.

A scale's message is acknowledged only after its ticket, or its refusal, is committed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, NotFound
from chengmai.core.identity import new_id
from chengmai.core.lineage import seal
from chengmai.custody.models import RefusedTicket, Scale, Ticket, TicketVoid
from chengmai.custody.parties import reason_of
from chengmai.custody.queries import visible_tickets
from chengmai.custody.terms import TicketRefusal, TicketSource
from chengmai.custody.ticket_reading import TicketWords, Unreadable, read_ticket_mapping
from chengmai.sensing.inbox import Delivered
from chengmai.sensing.models import Gateway
from chengmai.settings import current

TOPIC = "tickets"
"""A scale publishes on ``chengmai/v1/<its user>/tickets``."""
KEPT_CHARACTERS = 4096
"""How much of a refused message is kept."""


class TakenIn(StrEnum):
    """What became of a message; all of it is on disk."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


def take_in(messages: Sequence[Delivered]) -> list[TakenIn]:
    """Take scales' messages in, all of them committed when this returns; never raises for what a scale can send."""
    with transaction.atomic():
        take_turn()
        scales: dict[str, list[Scale]] = {}
        wanted = {message.gateway for message in messages}
        for scale in Scale.objects.filter(gateway__code__in=wanted, gateway__active=True).select_related("gateway"):
            if scale.gateway is not None:
                scales.setdefault(scale.gateway.code, []).append(scale)
        return [_take(message, scales.get(message.gateway, [])) for message in messages]


def _take(message: Delivered, scales: Sequence[Scale]) -> TakenIn:
    try:
        if len(message.payload) > current().max_message_bytes:
            raise Unreadable(TicketRefusal.OVERSIZED, f"{len(message.payload)} bytes")
        if len(scales) != 1:
            raise Unreadable(TicketRefusal.UNKNOWN_SCALE, message.gateway)
        scale = scales[0]
        words = read_ticket_mapping(scale.mapping).read(message.payload)
        ahead = message.received + timedelta(seconds=current().max_future_s)
        if max(words.gross_at, words.tare_at) > ahead:
            raise Unreadable(TicketRefusal.FAR_FUTURE, max(words.gross_at, words.tare_at).isoformat())
        known = Ticket.objects.filter(scale=scale, number=words.number).first()
        if known is not None:
            if known.hash != seal_of(scale, words):
                raise Unreadable(TicketRefusal.TOLD_OTHERWISE, f"{scale.code}/{words.number}")
            return TakenIn.DUPLICATE
    except Unreadable as unreadable:
        return _refuse(message, unreadable)
    accept(scale, words, TicketSource.SCALE, raw=message.payload)
    return TakenIn.ACCEPTED


def _refuse(message: Delivered, why: Unreadable) -> TakenIn:
    gateway = Gateway.objects.filter(code=message.gateway).first()
    RefusedTicket.objects.get_or_create(
        gateway=message.gateway,
        sha256=hashlib.sha256(message.payload).hexdigest(),
        defaults={
            "reason": why.reason,
            "detail": why.detail.replace("\0", "\ufffd"),
            "payload": message.payload[:KEPT_CHARACTERS].decode("utf-8", "replace").replace("\0", "\ufffd"),
            "size_bytes": len(message.payload),
            "received_at": message.received,
            "owner": gateway.owner if gateway else None,
        },
    )
    return TakenIn.QUARANTINED


def seal_of(scale: Scale, words: TicketWords) -> str:
    """The seal over what a ticket says."""
    return seal({"scale": scale.code, **asdict(words)})


def accept(
    scale: Scale,
    words: TicketWords,
    source: TicketSource,
    *,
    raw: bytes = b"",
    entered_by: User | None = None,
    confirmed_by: User | None = None,
) -> Ticket:
    """Write a ticket down for good; call it in a transaction that holds the turn."""
    made = Ticket.objects.create(
        id=new_id(),
        scale=scale,
        **{**asdict(words), "photos": list(words.photos)},
        source=source,
        raw=raw.decode("utf-8", "replace").replace("\0", "\ufffd"),
        raw_sha256=hashlib.sha256(raw).hexdigest() if raw else "",
        hash=seal_of(scale, words),
        accepted_at=now(),
        entered_by=entered_by,
        confirmed_by=confirmed_by,
    )
    after = {"scale": scale.code, "number": made.number, "net_kg": made.net_kg, "manifest": made.manifest_number}
    record(confirmed_by, "ticket.accept", "ticket", str(made.pk), after={**after, "hash": made.hash})
    return made


def void_ticket(user: User, ticket_id: UUID, reason: str) -> TicketVoid:
    """Let a ticket count no more; it stays readable. Raises NotFound, InvalidInput, or Conflict (void already)."""
    why = reason_of(reason)
    with transaction.atomic():
        take_turn()
        ticket = visible_tickets(user).filter(pk=ticket_id).first()
        if ticket is None:
            raise NotFound("custody.no_ticket", id=ticket_id)
        if TicketVoid.objects.filter(ticket=ticket).exists():
            raise Conflict("custody.void_already", number=ticket.number)
        made = TicketVoid.objects.create(ticket=ticket, reason=why[:255], at=now(), by=user)
        before = {"scale": ticket.scale.code, "number": ticket.number, "net_kg": ticket.net_kg}
        record(user, "ticket.void", "ticket", str(ticket.pk), before=before, after={"reason": made.reason})
    return made
