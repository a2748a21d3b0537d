"""Shifts and positions of collectors: each sent once or many times, kept once; nothing is kept off shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.assets.models import GridCell
from chengmai.assets.queries import cells_at
from chengmai.casework.classes.changes import demand_manager
from chengmai.casework.patrol.models import CellVisit, DutyCell, PatrolPosition, PatrolShift
from chengmai.casework.patrol.rules import Fix, PatrolTerms, distance_m
from chengmai.casework.patrol.terms import present_terms
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.settings import current

LONGEST_SHIFT = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class SentPosition:
    """A position as a phone sent it, under an id of its own."""

    id: UUID
    fix: Fix


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch: kept now, kept before, refused because they lie outside the shift."""

    accepted: int
    duplicate: int
    refused: int


def tell_shift(user: User, shift_id: UUID, started_at: datetime, ended_at: datetime | None) -> PatrolShift:
    """Begin a shift, or end it; sent again it changes nothing.

    Raises NotAllowed (no collector), NotFound (somebody else's), Conflict (another shift runs, or it began at another
    time) or InvalidInput.
    """
    if Role.COLLECTOR not in user.roles:
        raise NotAllowed("patrol.no_collector")
    if PatrolShift.objects.filter(pk=shift_id).exclude(collector=user).exists():
        raise NotFound("patrol.shift_not_found", id=shift_id)
    latest = now() + timedelta(seconds=current().max_future_s)
    over = ended_at or started_at
    if not started_at <= over <= latest or over - started_at > LONGEST_SHIFT:
        raise InvalidInput("patrol.shift_times")
    with transaction.atomic():
        take_turn()
        forget_old_positions()
        shift = PatrolShift.objects.filter(pk=shift_id).first()
        if shift is not None and shift.started_at != started_at:
            raise Conflict("patrol.shift_reused", id=shift_id)
        if shift is None:
            if ended_at is None and PatrolShift.objects.filter(collector=user, ended_at=None).exists():
                raise Conflict("patrol.shift_running")
            shift = PatrolShift.objects.create(
                id=shift_id,
                collector=user,
                company=user.organisation,
                day=started_at.astimezone(current().zone).date(),
                started_at=started_at,
                ended_at=ended_at,
            )
            record(user, "patrol.shift_begun", "patrol_shift", str(shift.pk), after={"started_at": started_at})
        elif ended_at is not None and shift.ended_at is None:
            shift.ended_at = ended_at
            shift.save(update_fields=["ended_at"])
            record(user, "patrol.shift_ended", "patrol_shift", str(shift.pk), after={"ended_at": ended_at})
    return shift


def take_positions(user: User, shift_id: UUID, sent: Sequence[SentPosition]) -> Taken:
    """Keep the positions of one's own shift that lie within it; raises NotFound for a shift of somebody else."""
    with transaction.atomic():
        take_turn()
        shift = PatrolShift.objects.filter(pk=shift_id, collector=user).first()
        if shift is None:
            raise NotFound("patrol.shift_not_found", id=shift_id)
        unique = {one.id: one for one in sent}
        known = set(PatrolPosition.objects.filter(pk__in=unique).values_list("pk", flat=True))
        until = shift.ended_at or now() + timedelta(seconds=current().max_future_s)
        until = min(until, shift.started_at + LONGEST_SHIFT)
        fresh = [one for key, one in unique.items() if key not in known]
        kept = [one for one in fresh if shift.started_at <= one.fix.at <= until]
        if kept:
            _keep(shift, kept, present_terms()[1])
    return Taken(len(kept), len(sent) - len(fresh), len(fresh) - len(kept))


def _keep(shift: PatrolShift, kept: Sequence[SentPosition], terms: PatrolTerms) -> None:
    PatrolPosition.objects.bulk_create(
        PatrolPosition(
            id=one.id,
            shift=shift,
            at=one.fix.at,
            longitude=one.fix.longitude,
            latitude=one.fix.latitude,
            accuracy_m=one.fix.accuracy_m,
        )
        for one in kept
    )
    usable = [one.fix for one in kept if one.fix.accuracy_m <= terms.accuracy_m]
    _visit(shift, usable)
    every = shift.fixes.values_list("at", "longitude", "latitude", "accuracy_m")
    shift.distance_m = distance_m((Fix(*told) for told in every), terms)
    shift.positions += len(kept)
    shift.save(update_fields=["distance_m", "positions"])


def _visit(shift: PatrolShift, fixes: Sequence[Fix]) -> None:
    known = {visit.cell_id: visit for visit in shift.visits.all()}
    fresh: dict[int, CellVisit] = {}
    for fix, cell in zip(fixes, cells_at([(fix.longitude, fix.latitude) for fix in fixes]), strict=True):
        if cell is None:
            continue
        visit = known.get(cell.pk) or fresh.get(cell.pk)
        if visit is None:
            fresh[cell.pk] = CellVisit(shift=shift, cell=cell, first_at=fix.at, last_at=fix.at, positions=1)
            continue
        visit.first_at, visit.last_at = min(visit.first_at, fix.at), max(visit.last_at, fix.at)
        visit.positions += 1
    CellVisit.objects.bulk_update(known.values(), ["first_at", "last_at", "positions"])
    CellVisit.objects.bulk_create(fresh.values())


def forget_old_positions() -> int:
    """Delete positions older than they may be kept; what was visited stays. Returns how many went."""
    days = current().patrol_days
    old = PatrolPosition.objects.filter(at__lt=now() - timedelta(days=days))
    return old.delete()[0] if old.exists() else 0


@transaction.atomic
def give_duty(user: User, collector: str, cells: Sequence[str]) -> None:
    """Say which cells a collector has to walk from today on; raises NotAllowed or InvalidInput."""
    take_turn()
    demand_manager(user)
    person = User.objects.filter(username=collector, role_assignments__role=Role.COLLECTOR).first()
    if person is None:
        raise InvalidInput("patrol.collector_unknown", collector=collector)
    found = {cell.code: cell for cell in GridCell.objects.filter(code__in=cells)}
    unknown = next((code for code in cells if code not in found), None)
    if unknown is not None:
        raise InvalidInput("patrol.cell_unknown", cell=unknown)
    today = now().astimezone(current().zone).date()
    present = {duty.cell.code: duty for duty in person.duty_cells.filter(until=None).select_related("cell")}
    gone = [duty.pk for code, duty in present.items() if code not in found]
    DutyCell.objects.filter(pk__in=gone).update(until=today)
    DutyCell.objects.bulk_create(
        DutyCell(collector=person, company=person.organisation, cell=cell, since=today)
        for code, cell in found.items()
        if code not in present
    )
    before, after = {"cells": sorted(present)}, {"cells": sorted(found)}
    record(user, "patrol.duty", "user", person.username, before=before, after=after)
