"""Steps that others take within a case: they stand in its history, and move neither its state nor its version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import take_turn
from chengmai.access.models import User
from chengmai.casework import history
from chengmai.casework.events import case_event
from chengmai.casework.models import Case, CaseEvent
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.settings import current

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class JointStep:
    """What was sent: ``id`` is made by the client, ``at`` is its clock, the place in degrees."""

    id: UUID
    note: str = ""
    longitude: float | None = None
    latitude: float | None = None
    at: datetime | None = None


def once(
    user: User, step: JointStep, action: str, sent: Mapping[str, Any], act: Callable[[str], Answer]
) -> Answer | None:
    """Let ``act`` take a step in a transaction, given its fingerprint; None when it was taken before.

    Raises Conflict when the id was used for something else, InvalidInput for half a place or a claim in the future,
    and whatever ``act`` raises.
    """
    if (step.longitude is None) != (step.latitude is None):
        raise InvalidInput("case.half_a_place")
    if step.at is not None and step.at > now() + timedelta(seconds=current().max_future_s):
        raise InvalidInput("case.claimed_in_future", at=step.at.isoformat())
    fingerprint = history.fingerprint(user, action, sent)
    try:
        with transaction.atomic():
            take_turn()
            if history.repeated_step(step.id, fingerprint) is not None:
                return None
            return act(fingerprint)
    except (Conflict, IntegrityError):
        # Two equal sends at once: one took the step; the other sees it done as soon as that is committed.
        if history.repeated_step(step.id, fingerprint) is None:
            raise
        return None


def note_step(
    case: Case, actor: User, action: str, step: JointStep, fingerprint: str, facts: Mapping[str, Any]
) -> CaseEvent:
    """Write a line into the case's history and tell those who look at it; inside the caller's transaction."""
    line = history.write(
        case,
        actor,
        action,
        case.state,
        step_id=step.id,
        fingerprint=fingerprint,
        note=step.note,
        longitude=step.longitude,
        latitude=step.latitude,
        claimed_at=step.at,
        **facts,
    )
    case_event("case.noted", case, action)
    return line
