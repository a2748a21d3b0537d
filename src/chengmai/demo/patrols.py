"""Four weeks of patrols in the demonstration city: who walks which cells, shifts, what they visited, a day's tracks."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.assets.models import GridCell
from chengmai.casework.patrol.models import CellVisit, DutyCell, PatrolPosition, PatrolShift, PatrolTermsVersion
from chengmai.casework.patrol.rules import PatrolTerms
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.demo.people import COLLECTING_COMPANY
from chengmai.settings import current

DAYS = 26
"""Up to yesterday."""
ON_DUTY = 20
"""Collectors who have cells to walk, the first of their company."""
CELLS_EACH = 2
_SEED = 4711
_TRACK_MINUTES = 6


def ensure_patrols() -> None:
    """Make the past weeks of patrol when nobody has cells to walk yet."""
    if DutyCell.objects.exists():
        return
    with transaction.atomic():
        take_turn()
        company = Organisation.objects.get(code=COLLECTING_COMPANY)
        collectors = list(User.objects.filter(organisation=company).order_by("pk")[:ON_DUTY])
        cells = list(GridCell.objects.order_by("code"))
        if not collectors or not cells:
            return
        today = now().astimezone(current().zone).date()
        duties = {
            one.pk: [cells[(number * CELLS_EACH + step) % len(cells)] for step in range(CELLS_EACH)]
            for number, one in enumerate(collectors)
        }
        DutyCell.objects.bulk_create(
            DutyCell(collector=one, company=company, cell=cell, since=today - timedelta(days=DAYS))
            for one in collectors
            for cell in duties[one.pk]
        )
        random = Random(_SEED)  # noqa: S311 - a demonstration, always the same
        shifts: list[PatrolShift] = []
        visits: list[CellVisit] = []
        fixes: list[PatrolPosition] = []
        for back in range(DAYS, 0, -1):
            day = today - timedelta(days=back)
            for one in collectors:
                if random.random() < 0.07:
                    continue
                shift = _shift(random, one, company, day)
                walked = [cell for cell in duties[one.pk] if random.random() < 0.9]
                shifts.append(shift)
                visits += _visits(random, shift, walked)
                if back == 1 and walked:
                    fixes += list(_track(random, shift, walked))
        PatrolShift.objects.bulk_create(shifts)
        CellVisit.objects.bulk_create(visits)
        PatrolPosition.objects.bulk_create(fixes)
        leader = User.objects.filter(role_assignments__role=Role.SHIFT_LEADER).order_by("pk").first()
        if leader is not None:
            terms = PatrolTerms(reports_a_day=1)
            told = {"version": 1, "parameters": asdict(terms), "note": "演示城市案件较少", "changed_by": leader}
            PatrolTermsVersion.objects.create(**told, changed_at=now())
        after = {"shifts": len(shifts), "visits": len(visits), "from": "demonstration"}
        record(None, "patrol.past_made", "patrol_shift", "*", after=after)


def _shift(random: Random, collector: User, company: Organisation, day: date) -> PatrolShift:
    begun = datetime.combine(day, time(7, 30), current().zone) + timedelta(minutes=random.randrange(40))
    return PatrolShift(
        id=new_id(),
        collector=collector,
        company=company,
        day=day,
        started_at=begun,
        ended_at=begun + timedelta(minutes=random.randrange(420, 505)),
        distance_m=random.randrange(7_000, 16_000),
        positions=random.randrange(400, 900),
    )


def _visits(random: Random, shift: PatrolShift, walked: Sequence[GridCell]) -> Iterator[CellVisit]:
    at = shift.started_at
    for cell in walked:
        first = at + timedelta(minutes=random.randrange(3, 20))
        at = first + timedelta(minutes=random.randrange(40, 110))
        yield CellVisit(shift=shift, cell=cell, first_at=first, last_at=at, positions=random.randrange(60, 240))


def _track(random: Random, shift: PatrolShift, walked: Sequence[GridCell]) -> Iterator[PatrolPosition]:
    """A position each few minutes, wandering through the cells that were walked."""
    at, over = shift.started_at, shift.ended_at or shift.started_at
    steps = int((over - at).total_seconds() // (60 * _TRACK_MINUTES))
    for step in range(steps):
        cell = walked[step * len(walked) // steps]
        yield PatrolPosition(
            id=new_id(),
            shift=shift,
            at=at + timedelta(minutes=_TRACK_MINUTES * step),
            longitude=round(random.uniform(cell.west, cell.east), 6),
            latitude=round(random.uniform(cell.south, cell.north), 6),
            accuracy_m=float(random.randrange(4, 18)),
        )
