"""Who sits at which seat of the hotline, and for how long people sat."""

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.casework.hotline.models import SeatSession
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.settings import current


def demand_seat_holder(user: User) -> None:
    """Raise NotAllowed unless a person of the bureau may answer calls."""
    if Permission.CALL_ANSWER not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.CALL_ANSWER.value)
    if not user.sees_whole_city:
        raise NotAllowed("casework.bureau_only")


def sit_down(user: User, seat: int) -> SeatSession:
    """Take a seat; whoever sat at another leaves it. Raises NotAllowed, InvalidInput, or Conflict (taken)."""
    demand_seat_holder(user)
    if not 1 <= seat <= current().hotline_seats:
        raise InvalidInput("seat.unknown", seat=seat, most=current().hotline_seats)
    try:
        with transaction.atomic():
            take_turn()
            running = SeatSession.objects.filter(person=user, ended_at=None).first()
            if running is not None and running.seat == seat:
                return running
            leave(user)
            made = SeatSession.objects.create(seat=seat, person=user, began_at=now())
            record(user, "seat.sit_down", "seat", str(seat))
    except IntegrityError as error:
        raise Conflict("seat.taken", seat=seat) from error
    return made


def leave(user: User) -> None:
    """Leave the seat, if the person sits at one."""
    with transaction.atomic():
        take_turn()
        running = SeatSession.objects.filter(person=user, ended_at=None).first()
        if running is not None:
            SeatSession.objects.filter(pk=running.pk, ended_at=None).update(ended_at=now())
            record(user, "seat.leave", "seat", str(running.seat))


def seat_of(user: User) -> SeatSession | None:
    """Where a person sits now."""
    return SeatSession.objects.filter(person=user, ended_at=None).first()


def session_ended(username: str, key: str | None, but: str | None) -> None:
    """Whoever logs out leaves the seat; called after every log-out and ended session."""
    running = SeatSession.objects.select_related("person").filter(person__username=username, ended_at=None).first()
    if running is not None and but is None:
        leave(running.person)
