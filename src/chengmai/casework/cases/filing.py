"""Opening cases: by an issued warning, or by a person."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.assets.components import nearest
from chengmai.assets.models import Component
from chengmai.assets.queries import cell_at
from chengmai.casework.cases import history
from chengmai.casework.classes.editions import class_of_rule, present_class
from chengmai.casework.clocks import stages, timing
from chengmai.casework.events import case_event
from chengmai.casework.models import Case, ClassKind
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput, NotAllowed, Unavailable
from chengmai.core.identity import new_id
from chengmai.events.models import OutboxEvent
from chengmai.network.utilities import Utility
from chengmai.warning.models import RuleKind, Warning
from chengmai.warning.numbering import CASE_PREFIX, next_code
from chengmai.warning.places import Places
from chengmai.warning.states import Severity

COMPONENT_WITHIN_M = 20.0
"""A case of a class of components is about the nearest one of that class within so many metres."""
FROM_WARNING = "warning"
FROM_PERSON = "person"
FROM_CITIZEN = "citizen"
FROM_HOTLINE = "hotline"


@dataclass(frozen=True, slots=True)
class Filing:
    """What a person files; ``id`` is made by the client, so that a repeated send opens one case."""

    id: UUID
    case_class: str
    title: str
    class_kind: ClassKind = ClassKind.EVENT
    component: str = ""
    """Code of the component it is about; without a place of its own the case lies where that stands."""
    description: str = ""
    level: Severity = Severity.BLUE
    longitude: float | None = None
    latitude: float | None = None
    reported_at: datetime | None = None
    """When it was reported, by the clock of whoever took the report; None where it is filed at once."""


def open_case_from_warning(event: OutboxEvent) -> None:
    """The reaction to ``warning.issued``: open its case; delivered again, it finds the case there and does nothing."""
    warning = Warning.objects.select_related("alarm", "alarm__rule__network", "owner").get(pk=event.payload["id"])
    with transaction.atomic():
        take_turn()
        if Case.objects.filter(source=FROM_WARNING, source_id=str(warning.pk)).exists():
            return
        rule = warning.alarm.rule
        wanted = class_of_rule(RuleKind(rule.kind), Utility(rule.network.utility) if rule.network else None)
        # A class that was retired still takes what the platform itself found: a burst is not left undone.
        case_class = present_class(wanted)
        if case_class is None:
            raise Unavailable("case.class_not_loaded", case_class=wanted)
        case = Case(
            case_class=case_class,
            source=FROM_WARNING,
            source_id=str(warning.pk),
            level=warning.level,
            title=Places([warning.alarm]).in_every_language(warning.alarm)[:255],
            description=warning.text,
            longitude=warning.alarm.longitude,
            latitude=warning.alarm.latitude,
        )
        _open(case, None, new_id(), "")


def file_case(user: User, filing: Filing) -> Case:
    """File a case by hand; raises NotAllowed, InvalidInput, or Conflict when the id was sent with other content."""
    if Permission.CASE_FILE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.CASE_FILE.value)
    fingerprint = history.fingerprint(user, "file", asdict(filing))
    try:
        with transaction.atomic():
            take_turn()
            repeated = history.repeated_step(filing.id, fingerprint)
            return repeated.case if repeated else file_within(user, filing, fingerprint)
    except IntegrityError:
        # The same send arrived twice at once; the other one is committed by now.
        repeated = history.repeated_step(filing.id, fingerprint)
        if repeated is None:
            raise
        return repeated.case


def file_within(user: User | None, filing: Filing, fingerprint: str, source: str = FROM_PERSON) -> Case:
    """File a case inside the caller's transaction, who has taken the turn and knows that it is no repeated send.

    Nobody files what a citizen told himself. Raises InvalidInput for what cannot be filed.
    """
    case_class = present_class(filing.case_class, filing.class_kind)
    if case_class is None:
        raise InvalidInput("case.class_unknown", case_class=filing.case_class)
    if case_class.retired:
        raise InvalidInput("case.class_retired", case_class=filing.case_class)
    if not filing.title.strip():
        raise InvalidInput("case.title_missing")
    if (filing.longitude is None) != (filing.latitude is None):
        raise InvalidInput("case.half_a_place")
    component = Component.objects.filter(code=filing.component).first() if filing.component else None
    if filing.component and component is None:
        raise InvalidInput("case.component_unknown", component=filing.component)
    longitude, latitude = filing.longitude, filing.latitude
    if component is not None and longitude is None:
        longitude, latitude = component.longitude, component.latitude
    case = Case(
        id=filing.id,
        case_class=case_class,
        source=source,
        level=filing.level.value,
        title=filing.title.strip(),
        description=filing.description.strip(),
        longitude=longitude,
        latitude=latitude,
        component=component,
        filed_by=user,
        reported_at=None if filing.reported_at is None else min(filing.reported_at, now()),
    )
    _open(case, user, filing.id, fingerprint)
    return case


def _open(case: Case, actor: User | None, step_id: UUID, fingerprint: str) -> None:
    case.filed_at = now()
    case.code = next_code(CASE_PREFIX, case.filed_at)
    timing.set_due(case)
    if case.longitude is not None and case.latitude is not None:
        case.cell = cell_at(case.longitude, case.latitude)
        if case.component is None and case.case_class.kind == ClassKind.COMPONENT:
            case.component = nearest(case.longitude, case.latitude, case.case_class.code, COMPONENT_WITHIN_M)
    case.save(force_insert=True)
    stages.follow(case, case.filed_at)
    history.write(case, actor, "file", "", step_id=step_id, fingerprint=fingerprint)
    record(actor, "case.file", "case", str(case.pk), after=history.facts(case))
    case_event("case.opened", case, "file")
