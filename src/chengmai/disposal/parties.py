"""The parties of a warning: who is concerned by the table, and how each signs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import cos, hypot, radians
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.assets.queries import load_network
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.units import METRES_PER_DEGREE
from chengmai.disposal import timers
from chengmai.disposal.events import disposal_event
from chengmai.disposal.limits import limit_for
from chengmai.disposal.models import Party, PartyRow, Timer
from chengmai.disposal.states import PartyKind, TimerKind, TimerOutcome
from chengmai.events.models import OutboxEvent
from chengmai.network.customers import KEY_CATEGORIES
from chengmai.warning.models import Alarm, Warning
from chengmai.warning.queries import visible_warnings
from chengmai.warning.states import WarningState

NEAR_M = 500.0
"""Key users nearer to the alarm than this are told (default)."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whom a warning concerns, before it is written down."""

    key: str
    kind: PartyKind
    name_zh: str
    name_en: str
    organisation: Organisation | None = None
    phone: str = ""


def concerned(warning: Warning) -> list[Concerned]:
    """Who is concerned: the owner always, then by the table of parties; each once."""
    found: dict[str, Concerned] = {}
    for party in [_of(warning.owner, PartyKind.OWNER), *_by_table(warning)]:
        found.setdefault(party.key, party)
    return list(found.values())


def _by_table(warning: Warning) -> Iterator[Concerned]:
    network = warning.alarm.network
    for row in PartyRow.objects.select_related("organisation").filter(active=True).order_by("pk"):
        if row.utility and row.utility != timers.utility_of(warning.alarm):
            continue
        if row.network_id is not None and (network is None or row.network_id != network.pk):
            continue
        if row.levels and warning.level not in row.levels:
            continue
        yield from _of_row(row, warning)


def _of_row(row: PartyRow, warning: Warning) -> Iterator[Concerned]:
    match PartyKind(row.kind):
        case PartyKind.OWNER:
            yield _of(warning.owner, PartyKind.OWNER)
        case PartyKind.SECTION:
            if warning.owner.parent is not None:
                yield _of(warning.owner.parent, PartyKind.SECTION)
        case PartyKind.ORGANISATION:
            if row.organisation is not None:
                yield _of(row.organisation, PartyKind.ORGANISATION)
        case PartyKind.KEY_USER:
            yield from _key_users(warning.alarm)
        case kind:
            name_en = row.name_en or row.name_zh
            yield Concerned(f"external:{row.name_zh}"[:128], kind, row.name_zh, name_en, phone=row.phone)


def _key_users(alarm: Alarm) -> Iterator[Concerned]:
    """Hospitals, schools and heat stations that the alarm's network supplies near the alarm."""
    network = alarm.network
    if network is None or network.edition is None or alarm.longitude is None or alarm.latitude is None:
        return
    arrays = load_network(network)
    customers = arrays.customers
    shrink = cos(radians(alarm.latitude))
    for place in np.flatnonzero(np.isin(customers.category, list(KEY_CATEGORIES))).tolist():
        node = int(customers.node[place])
        east = (float(arrays.nodes.x[node]) - alarm.longitude) * shrink * METRES_PER_DEGREE
        north = (float(arrays.nodes.y[node]) - alarm.latitude) * METRES_PER_DEGREE
        if hypot(east, north) <= NEAR_M:
            name, code = str(customers.name[place]), str(customers.code[place])
            key, phone = f"user:{network.code}:{code}"[:128], customers.phone_of(place)
            yield Concerned(key, PartyKind.KEY_USER, name or code, name or code, phone=phone)


def _of(organisation: Organisation, kind: PartyKind) -> Concerned:
    return Concerned(f"org:{organisation.code}", kind, organisation.name_zh, organisation.name_en, organisation)


def notify(event: OutboxEvent) -> None:
    """The reaction to ``warning.issued`` and ``warning.revised``: write down who is concerned, start their timers.

    A raised level brings further parties and shorter times; who signed stays signed.
    """
    related = ("alarm__network__edition", "alarm__owner", "owner__parent")
    warning = Warning.objects.select_related(*related).get(pk=event.payload["id"])
    if warning.state != WarningState.ISSUED:
        return
    limit = limit_for(TimerKind.SIGNING, timers.utility_of(warning.alarm), warning.level)
    with transaction.atomic():
        take_turn()
        for who in concerned(warning):
            party, created = Party.objects.get_or_create(
                warning=warning,
                key=who.key,
                defaults={
                    "kind": who.kind.value,
                    "organisation": who.organisation,
                    "name_zh": who.name_zh,
                    "name_en": who.name_en,
                    "phone": who.phone,
                    "notified_at": event.happened_at,
                },
            )
            if created:
                after = {"warning": warning.code, "party": party.key}
                record(None, "party.notify", "party", str(party.pk), after=after)
            if limit is None or party.signed_at is not None:
                continue
            timer = timers.begin(
                TimerKind.SIGNING, f"party:{party.pk}", warning.alarm, warning, event.happened_at, limit
            )
            due = event.happened_at + timedelta(minutes=limit.minutes)
            Timer.objects.filter(pk=timer.pk, escalated_at=None, due_at__gt=due).update(due_at=due)


def parties_of(warning: Warning) -> QuerySet[Party]:
    """The parties of a warning in the order in which they were told."""
    return warning.parties.select_related("organisation", "signed_by").order_by("pk")


def may_sign(user: User, party: Party) -> bool:
    """Whether this person may sign for this party now: his own organisation's, or by telephone as the bureau's."""
    if Permission.WARNING_SIGN not in user.permissions or party.signed_at is not None:
        return False
    if party.organisation_id is None:
        return user.sees_whole_city
    return party.organisation_id == user.organisation_id


@transaction.atomic
def sign(party_id: UUID, user: User, version: int, spoken_to: str = "", note: str = "") -> Party:
    """Sign for a party; raises NotFound (scope), NotAllowed (other organisation), Conflict or InvalidInput.

    Parties outside the platform sign by a telephone call: who answered is written down.
    """
    take_turn()
    party = Party.objects.select_related("warning", "organisation").filter(pk=party_id).first()
    if party is None or not _reaches(user, party):
        raise NotFound("party.not_found", id=party_id)
    if Permission.WARNING_SIGN not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.WARNING_SIGN.value)
    if party.signed_at is not None:
        raise Conflict("party.signed_already")
    if not may_sign(user, party):
        raise NotAllowed("party.other_organisation", party=party.name_zh)
    if party.organisation_id is None and not spoken_to.strip():
        raise InvalidInput("party.who_answered")
    at = now()
    unsigned = Party.objects.filter(pk=party.pk, version=version, signed_at=None)
    values = {"signed_at": at, "signed_by": user, "spoken_to": spoken_to.strip(), "note": note.strip()}
    if not unsigned.update(**values, version=version + 1):
        raise Conflict("version.stale", sent=version, present=party.version)
    party.refresh_from_db()
    timers.end(Timer.objects.filter(subject=f"party:{party.pk}"), TimerOutcome.MET, at)
    after = {"warning": party.warning.code, "party": party.key, "spoken_to": party.spoken_to, "note": party.note}
    record(user, "party.sign", "party", str(party.pk), after=after)
    disposal_event("party.signed", party, party.warning.code, "sign", party.warning.owner.code)
    return party


def _reaches(user: User, party: Party) -> bool:
    """The owner's people see all parties of their warning; a party's own people see theirs also where they are not."""
    if visible_warnings(user).filter(pk=party.warning_id).exists():
        return True
    return party.organisation_id == user.organisation_id
