"""Tickets by hand, for a scale that cannot tell: one person types, a second one confirms or refuses."""

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.scope import reach, reaches
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.custody.manifests import MOST_KG
from chengmai.custody.models import HandTicket, Scale, Ticket
from chengmai.custody.parties import plate_of, reason_of
from chengmai.custody.terms import HandTicketState, Material, TicketSource
from chengmai.custody.ticket_reading import TicketWords
from chengmai.custody.tickets import accept

_AHEAD = timedelta(minutes=5)


def visible_hand_tickets(user: User) -> QuerySet[HandTicket]:
    """What was typed for scales within reach, the newest first."""
    codes = reach(user)
    rows = HandTicket.objects.select_related("scale", "scale__owner", "entered_by", "judged_by").order_by(
        "-entered_at", "number"
    )
    return rows if codes is None else rows.filter(scale__owner__code__in=codes)


def type_ticket(user: User, ticket_id: UUID, scale_code: str, words: TicketWords, why: str) -> HandTicket:
    """Keep a ticket for a second person; the same id again is the one it already is.

    Raises NotFound (the scale), InvalidInput (weights that cannot be, no reason), or Conflict (a number that is taken).
    """
    document = {"words": _plain(words), "why": reason_of(why)}
    with transaction.atomic():
        take_turn()
        scale = Scale.objects.filter(code=scale_code).select_related("owner").first()
        if scale is None or not reaches(user, scale.owner):
            raise NotFound("custody.no_scale", code=scale_code)
        known = HandTicket.objects.filter(pk=ticket_id).first()
        if known is not None:
            if (known.document, known.why, known.scale_id) != (document["words"], document["why"], scale.pk):
                raise Conflict("case.id_reused", id=ticket_id)
            return known
        _demand_sound(words)
        waiting = HandTicket.objects.filter(scale=scale, number=words.number, state=HandTicketState.WAITING)
        if waiting.exists() or Ticket.objects.filter(scale=scale, number=words.number).exists():
            raise Conflict("custody.number_taken", number=words.number)
        made = HandTicket.objects.create(
            id=ticket_id,
            scale=scale,
            number=words.number,
            document=document["words"],
            why=str(document["why"])[:255],
            state=HandTicketState.WAITING,
            entered_by=user,
            entered_at=now(),
        )
        record(user, "ticket.type", "hand_ticket", str(made.pk), after={"scale": scale.code, **made.document})
    return made


def judge_ticket(user: User, ticket_id: UUID, confirmed: bool, reason: str = "") -> HandTicket:
    """The second person's word; raises NotFound, NotAllowed (typed by oneself), InvalidInput, or Conflict (judged)."""
    with transaction.atomic():
        take_turn()
        typed = visible_hand_tickets(user).filter(pk=ticket_id).first()
        if typed is None:
            raise NotFound("custody.no_ticket", id=ticket_id)
        if typed.entered_by_id == user.pk:
            raise NotAllowed("custody.second_person")
        if typed.state != HandTicketState.WAITING:
            raise Conflict("custody.judged_already", number=typed.number)
        typed.judged_by, typed.judged_at = user, now()
        if confirmed:
            if Ticket.objects.filter(scale=typed.scale, number=typed.number).exists():
                raise Conflict("custody.number_taken", number=typed.number)
            typed.ticket = accept(
                typed.scale,
                words_of(typed.document),
                TicketSource.HAND,
                entered_by=typed.entered_by,
                confirmed_by=user,
            )
            typed.state = HandTicketState.CONFIRMED
        else:
            typed.refusal, typed.state = reason_of(reason)[:255], HandTicketState.REFUSED
            record(user, "ticket.refuse", "hand_ticket", str(typed.pk), after={"reason": typed.refusal})
        typed.save()
    return typed


def words_of(document: dict[str, object]) -> TicketWords:
    """What was typed, read back."""
    told = dict(document)
    told["material"] = Material(str(told["material"]))
    told["photos"] = ()
    for name in ("gross_at", "tare_at"):
        told[name] = datetime.fromisoformat(str(told[name]))
    return TicketWords(**told)  # type: ignore[arg-type]


def _plain(words: TicketWords) -> dict[str, object]:
    told = {**asdict(words), "plate": plate_of(words.plate)}
    del told["photos"]
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in told.items()}


def _demand_sound(words: TicketWords) -> None:
    """Nobody types what cannot be: a scale's word is kept whatever it is, a person's is refused."""
    if not words.number.strip():
        raise InvalidInput("custody.number_missing")
    for kg in (words.gross_kg, words.tare_kg, words.net_kg):
        if not 0 <= kg <= MOST_KG:
            raise InvalidInput("custody.weight_unfit", value=kg, least=0, most=MOST_KG)
    if words.net_kg != words.gross_kg - words.tare_kg:
        raise InvalidInput("custody.net_wrong", net=words.net_kg, found=words.gross_kg - words.tare_kg)
    if max(words.gross_at, words.tare_at) > now() + _AHEAD:
        raise InvalidInput("custody.moment_to_come", moment=max(words.gross_at, words.tare_at).isoformat())
