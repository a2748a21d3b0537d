"""The append-only history of a case, and how a repeated send is told from a new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chengmai.access.models import User
from chengmai.casework.models import Case, CaseEvent
from chengmai.core.clock import now
from chengmai.core.errors import Conflict
from chengmai.core.lineage import seal
from chengmai.settings import current


def fingerprint(user: User | None, action: str, sent: Mapping[str, object]) -> str:
    """The hash of what was sent: who (nobody: a citizen), what, and all but the version, which may have moved on."""
    return seal({**sent, "version": None, "actor": user.username if user else "", "action": action})


def repeated_step(step_id: UUID, expected: str) -> CaseEvent | None:
    """The step already taken under this id; None for a new one; raises Conflict when it was another message."""
    step = CaseEvent.objects.select_related("case").filter(pk=step_id).first()
    if step is not None and step.fingerprint != expected:
        raise Conflict("case.id_reused", id=step_id)
    return step


def write(
    case: Case,
    actor: User | None,
    action: str,
    from_state: str,
    *,
    step_id: UUID,
    fingerprint: str,
    note: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    claimed_at: datetime | None = None,
    **more: object,
) -> CaseEvent:
    """Append one step; ``more`` joins the facts the step set.

    Our clock counts. A client whose clock is ahead loses nothing it sends: the step is taken, and its facts say by how
    many seconds the clock is wrong (``claimed_ahead_s``), for whoever reads the history.
    """
    ahead_s = clock_ahead_s(claimed_at)
    if ahead_s:
        more["claimed_ahead_s"] = ahead_s
    return CaseEvent.objects.create(
        id=step_id,
        case=case,
        at=now(),
        actor=actor,
        action=action,
        from_state=from_state,
        to_state=case.state,
        note=note.strip(),
        longitude=longitude,
        latitude=latitude,
        claimed_at=claimed_at,
        fingerprint=fingerprint,
        facts={**facts(case), **more},
    )


def clock_ahead_s(claimed_at: datetime | None) -> int:
    """By how many seconds a client's clock is ahead of ours, 0 within what a clock may be off."""
    ahead = 0.0 if claimed_at is None else (claimed_at - now()).total_seconds()
    return round(ahead) if ahead > current().max_future_s else 0


def facts(case: Case) -> dict[str, Any]:
    """What a step may set, as audit and history keep it."""
    return {
        "state": str(case.state),
        "version": case.version,
        "department": case.department.code if case.department else None,
        "handler": case.handler.username if case.handler else None,
        "due_at": _text(case.due_at),
        "handled_at": _text(case.handled_at),
        "closed_at": _text(case.closed_at),
        "extra_amount": case.extra_amount,
        "merged_into": case.merged_into.code if case.merged_into else None,
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
