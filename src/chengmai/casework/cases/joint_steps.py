"""Steps that others take within a case: they stand in its history, and move neither its state nor its version."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.casework.cases import history, photos
from chengmai.casework.events import case_event
from chengmai.casework.models import Case, CaseEvent, Photo
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput

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

    Raises Conflict when the id was used for something else, InvalidInput for half a place,
    and whatever ``act`` raises.
    """
    if (step.longitude is None) != (step.latitude is None):
        raise InvalidInput("case.half_a_place")
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


def add_photo(
    user: User, step: JointStep, action: str, upload: bytes, find: Callable[[], tuple[Case, Mapping[str, Any]]]
) -> None:
    """Keep a photograph as a line of the case that ``find`` names, with its facts; sent again it is one photograph.

    Raises what ``find`` raises, InvalidInput (no picture, too large), Unavailable (disk), and what ``once`` does.
    """
    find()  # who may not add one decodes nothing here
    picture = photos.clean(upload)
    photos.store(picture)

    def act(fingerprint: str) -> None:
        case, facts = find()
        line = note_step(case, user, action, step, fingerprint, {**facts, "sha256": picture.sha256})
        Photo.objects.create(
            case=case,
            event=line,
            sha256=picture.sha256,
            width=picture.width,
            height=picture.height,
            taken_by=user,
            taken_at=now(),
        )
        record(user, f"case.{action}", "case", str(case.pk), after={**facts, "sha256": picture.sha256})

    once(user, step, action, {"upload": hashlib.sha256(upload).hexdigest(), **asdict(step)}, act)


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
