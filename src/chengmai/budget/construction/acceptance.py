"""The acceptance of a lot: applied for, defects found and mended, passed or failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.construction.counts import ABSENT, devices_by_lot
from chengmai.budget.construction.queries import paper_of, visible_projects
from chengmai.budget.construction.rules import present
from chengmai.budget.construction.services import delivered, today
from chengmai.budget.construction.states import (
    ACCEPTANCE_TRANSITIONS,
    AcceptanceAction,
    AcceptanceState,
    QuantityKind,
)
from chengmai.budget.models import Acceptance, AcceptanceDefect, AcceptanceStep, ConstructionProject, ProjectLot
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound

HELD = frozenset({AcceptanceAction.FIND_DEFECTS, AcceptanceAction.PASS, AcceptanceAction.FAIL})
"""Steps that tell what came out when it was held: they need its day and who held it."""


@dataclass(frozen=True, slots=True)
class AcceptanceAct:
    """One step of an acceptance as it was sent; ``id`` is made by the client."""

    id: UUID
    action: AcceptanceAction
    version: int
    note: str = ""
    held_on: date | None = None
    members: str = ""
    defects: Sequence[str] = ()
    paper: UUID | None = None


def installed_in(lot: ProjectLot) -> dict[str, tuple[int, int]]:
    """What a lot promises and what is there, by kind: (planned, there); devices as their register counts them."""
    counted = devices_by_lot(lot.project.code).get(lot.code, {})
    there = {
        one.kind: present(counted, ABSENT) if one.kind == QuantityKind.DEVICE else delivered(one)
        for one in lot.quantities.all()
    }
    return {one.kind: (one.planned, there[one.kind]) for one in lot.quantities.all()}


def apply_for(user: User, project: ConstructionProject, lot_code: str, note: str) -> Acceptance:
    """Apply for the acceptance of a lot; raises NotFound, or Conflict while one stands."""
    lot = project.lots.filter(code=lot_code).first()
    if lot is None:
        raise NotFound("project.lot_unknown", lot=lot_code)
    try:
        with transaction.atomic():
            take_turn()
            made = Acceptance.objects.create(lot=lot, applied_at=now(), applied_by=user)
            AcceptanceStep.objects.create(
                acceptance=made, at=now(), actor=user, action="apply", to_state=made.state, note=note.strip()
            )
            after = {"lot": lot_code, "acceptance": str(made.pk), "note": note.strip()}
            record(user, "acceptance.apply", "project", project.code, after=after)
    except IntegrityError as error:
        raise Conflict("acceptance.standing", lot=lot_code) from error
    return made


def visible_acceptance(user: User, acceptance_id: UUID) -> Acceptance:
    """An acceptance of a project within the person's scope; raises NotFound."""
    rows = Acceptance.objects.select_related("lot__project").filter(lot__project__in=visible_projects(user))
    found = rows.filter(pk=acceptance_id).first()
    if found is None:
        raise NotFound("acceptance.not_found", id=acceptance_id)
    return found


@transaction.atomic
def act_on_acceptance(user: User, acceptance_id: UUID, act: AcceptanceAct) -> Acceptance:
    """Take one step; the same id again is one step.

    Raises NotFound, Conflict (stale, state, id reused) or InvalidInput: no defects told, no day, nobody named, a lot
    that is not complete passed without a word.
    """
    take_turn()
    acceptance = visible_acceptance(user, acceptance_id)
    known = AcceptanceStep.objects.filter(pk=act.id).first()
    if known is not None:
        if (known.acceptance_id, known.action, known.note) != (acceptance.pk, act.action, act.note.strip()):
            raise Conflict("case.id_reused", id=act.id)
        return acceptance
    following = ACCEPTANCE_TRANSITIONS.get((AcceptanceState(acceptance.state), act.action))
    if acceptance.version != act.version:
        raise Conflict("version.stale", sent=act.version, present=acceptance.version)
    if following is None:
        raise Conflict("acceptance.action_forbidden", action=act.action.value, state=acceptance.state)
    facts = _facts(acceptance, act)
    values: dict[str, Any] = {"state": following.value, "version": act.version + 1}
    if act.action in HELD:
        values |= {"held_on": act.held_on, "members": act.members.strip(), "result": act.note.strip()}
        values["paper"] = paper_of(acceptance.lot.project, act.paper)
    before = acceptance.state
    Acceptance.objects.filter(pk=acceptance.pk).update(**values)
    _write_defects(acceptance, act)
    AcceptanceStep.objects.create(
        id=act.id,
        acceptance=acceptance,
        at=now(),
        actor=user,
        action=act.action.value,
        from_state=before,
        to_state=following.value,
        note=act.note.strip(),
        facts=facts,
    )
    after = {"acceptance": str(acceptance.pk), "lot": acceptance.lot.code, "state": following.value, **facts}
    record(
        user,
        f"acceptance.{act.action}",
        "project",
        acceptance.lot.project.code,
        before={"state": before},
        after={**after, "note": act.note.strip()},
    )
    acceptance.refresh_from_db()
    return acceptance


def _facts(acceptance: Acceptance, act: AcceptanceAct) -> dict[str, Any]:
    """Check what the step needs and tell what it rests on."""
    facts: dict[str, Any] = {}
    if act.action in HELD:
        if act.held_on is None or not act.members.strip():
            raise InvalidInput("acceptance.day_and_members")
        if act.held_on > today():
            raise InvalidInput("project.day_to_come", day=act.held_on.isoformat())
        facts = {"held_on": act.held_on.isoformat(), "members": act.members.strip()}
        facts["counted"] = {kind: list(pair) for kind, pair in installed_in(acceptance.lot).items()}
    if act.action is AcceptanceAction.FIND_DEFECTS:
        facts["defects"] = [text.strip() for text in act.defects if text.strip()]
        if not facts["defects"]:
            raise InvalidInput("acceptance.defects_missing")
    elif act.action is AcceptanceAction.PASS:
        missing = {kind: planned - there for kind, (planned, there) in installed_in(acceptance.lot).items()}
        if any(number > 0 for number in missing.values()) and not act.note.strip():
            told = ", ".join(f"{kind} {number}" for kind, number in missing.items() if number > 0)
            raise InvalidInput("acceptance.lot_incomplete", missing=told)
    elif not act.note.strip():
        raise InvalidInput("project.reason_missing")
    return facts


def _write_defects(acceptance: Acceptance, act: AcceptanceAct) -> None:
    if act.action is AcceptanceAction.FIND_DEFECTS and act.held_on is not None:
        AcceptanceDefect.objects.bulk_create(
            AcceptanceDefect(acceptance=acceptance, text=text.strip()[:500], found_on=act.held_on)
            for text in act.defects
            if text.strip()
        )
    elif act.action is AcceptanceAction.MEND:
        acceptance.defects.filter(mended_at=None).update(mended_at=now(), mended_note=act.note.strip())
