"""Manifests: handed over by the sender, carried, received; each party tells its own part and no other's."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.core.lineage import seal
from chengmai.custody.models import Manifest, ManifestSerial, ManifestStep, Ticket
from chengmai.custody.parties import demand_own, demand_own_named, named, plate_of, reason_of
from chengmai.custody.queries import visible_manifest
from chengmai.custody.states import MANIFEST_TRANSITIONS
from chengmai.custody.terms import FLY_ASH_CODE, CustodyAction, ManifestState, Material
from chengmai.settings import current

MOST_SERIAL = 999_999
MOST_KG = 200_000
"""No truck carries more; what is told above it is a slip of the pen."""
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ManifestDraft:
    """What the sender tells; ``id`` is made by the client, sent again it is one manifest."""

    id: UUID
    sender: str
    sender_contact: str
    carrier: str
    receiver: str
    material: Material
    waste_name: str
    plate: str
    sent_kg: int
    handed_over_at: datetime
    waste_code: str = ""
    form: str = ""
    hazard: str = ""
    packing: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """What the carrier tells when it leaves."""

    started_at: datetime
    driver: str = ""
    permit: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the carrier tells when it is there."""

    arrived_at: datetime
    carried_kg: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receiver confirms."""

    received_kg: int
    major_difference: bool
    opinion: str
    disposal: str
    licence: str = ""
    moisture_permille: int | None = None


def issue(user: User | None, draft: ManifestDraft) -> Manifest:
    """Give a manifest its number; numbers of a year follow each other without gap.

    Raises NotFound (a party, or a sender out of reach), InvalidInput, or Conflict (the id was used otherwise).
    """
    fingerprint = seal(asdict(draft))
    with transaction.atomic():
        take_turn()
        known = Manifest.objects.filter(pk=draft.id).first()
        if known is not None:
            if known.fingerprint != fingerprint:
                raise Conflict("case.id_reused", id=draft.id)
            return known
        sender = named(draft.sender) if user is None else demand_own_named(user, draft.sender)
        carrier, receiver = named(draft.carrier), named(draft.receiver)
        _demand_sound(draft)
        values = {key: value for key, value in asdict(draft).items() if key not in {"sender", "carrier", "receiver"}}
        values["plate"] = plate_of(draft.plate)
        if draft.material is Material.FLY_ASH:
            values["waste_code"] = FLY_ASH_CODE
        made = Manifest.objects.create(
            **values,
            number=_next_number(draft.handed_over_at),
            state=ManifestState.HANDED_OVER,
            fingerprint=fingerprint,
            sender=sender,
            carrier=carrier,
            receiver=receiver,
        )
        _note(made, CustodyAction.HAND_OVER, user, {"sent_kg": made.sent_kg, "plate": made.plate})
    return made


def _demand_sound(draft: ManifestDraft) -> None:
    if draft.sender == draft.receiver:
        raise InvalidInput("custody.sender_is_receiver")
    if not draft.waste_name.strip():
        raise InvalidInput("custody.waste_name_missing")
    if draft.material is Material.FLY_ASH and not draft.batch.strip():
        raise InvalidInput("custody.batch_missing")
    _demand_kg(draft.sent_kg, least=1)
    _demand_past(draft.handed_over_at)


def _demand_kg(kg: int, least: int = 0) -> None:
    if not least <= kg <= MOST_KG:
        raise InvalidInput("custody.weight_unfit", value=kg, least=least, most=MOST_KG)


def _demand_past(moment: datetime) -> None:
    if moment > now() + _AHEAD:
        raise InvalidInput("custody.moment_to_come", moment=moment.isoformat())


def _next_number(handed_over_at: datetime) -> str:
    """The next of 14 digits: year 4, province 2, city 2, serial 6; rolled back with its manifest, so none is lost."""
    prefix = f"{handed_over_at.astimezone(current().zone).year}{current().division_code}"
    serial, _ = ManifestSerial.objects.select_for_update().get_or_create(prefix=prefix, defaults={"last": 0})
    if serial.last >= MOST_SERIAL:
        raise Conflict("custody.serials_used_up", prefix=prefix)
    serial.last += 1
    serial.save(update_fields=["last"])
    return f"{prefix}{serial.last:06d}"


def depart(user: User, manifest_id: UUID, version: int, told: Departure) -> Manifest:
    """The carrier leaves; raises NotFound, NotAllowed (another party), InvalidInput, or Conflict."""
    _demand_past(told.started_at)
    return _move(user, manifest_id, version, CustodyAction.DEPART, asdict(told))


def arrive(user: User, manifest_id: UUID, version: int, told: Arrival) -> Manifest:
    """The carrier is there; raises as ``depart`` does."""
    _demand_past(told.arrived_at)
    _demand_kg(told.carried_kg)
    return _move(user, manifest_id, version, CustodyAction.ARRIVE, asdict(told))


def confirm(user: User, manifest_id: UUID, version: int, told: Receipt) -> Manifest:
    """The receiver confirms, now; raises as ``depart`` does."""
    _demand_kg(told.received_kg)
    if told.moisture_permille is not None and not 0 <= told.moisture_permille <= 1000:
        raise InvalidInput("custody.moisture_unfit", value=told.moisture_permille)
    return _move(user, manifest_id, version, CustodyAction.CONFIRM, asdict(told))


def void_manifest(user: User, manifest_id: UUID, version: int, reason: str) -> Manifest:
    """Take a manifest back whose load nobody weighed; its number is not given again. Raises as ``depart`` does."""
    return _move(user, manifest_id, version, CustodyAction.VOID, {"reason": reason_of(reason)})


def _move(user: User, manifest_id: UUID, version: int, action: CustodyAction, told: Mapping[str, object]) -> Manifest:
    with transaction.atomic():
        take_turn()
        manifest = visible_manifest(user, manifest_id)
        demand_own(user, who_tells(manifest, action))
        done = manifest.steps.filter(action=action).first()
        if done is not None and seal(done.told) == seal(_plain(told)):
            return manifest
        following = MANIFEST_TRANSITIONS.get((ManifestState(manifest.state), action))
        if following is None:
            raise Conflict("custody.action_forbidden", action=action.value, state=manifest.state)
        if action is CustodyAction.VOID and Ticket.objects.filter(manifest_number=manifest.number, void=None).exists():
            raise Conflict("custody.weighed_already", number=manifest.number)
        values = dict(told) if action is not CustodyAction.VOID else {}
        if action is CustodyAction.CONFIRM:
            values["confirmed_at"] = now()
        moved = Manifest.objects.filter(pk=manifest.pk, version=version).update(
            **values, state=following, version=version + 1
        )
        if not moved:
            raise Conflict("version.stale", sent=version, present=manifest.version)
        manifest.refresh_from_db()
        _note(manifest, action, user, told)
    return visible_manifest(user, manifest_id)


def who_tells(manifest: Manifest, action: CustodyAction) -> Organisation:
    """The party whose part a step is."""
    if action is CustodyAction.CONFIRM:
        return manifest.receiver
    return manifest.sender if action is CustodyAction.VOID else manifest.carrier


def _plain(told: Mapping[str, object]) -> dict[str, object]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in told.items()}


def _note(manifest: Manifest, action: CustodyAction, user: User | None, told: Mapping[str, object]) -> None:
    ManifestStep.objects.create(manifest=manifest, action=action, told=_plain(told), at=now(), by=user)
    after = {"number": manifest.number, "state": manifest.state, **_plain(told)}
    record(user, f"manifest.{action.value}", "manifest", str(manifest.pk), after=after)


def by_number(user: User, number: str) -> Manifest:
    """The manifest of a number within reach; raises NotFound."""
    found = Manifest.objects.filter(number=number).first()
    if found is None:
        raise NotFound("custody.no_manifest", id=number)
    return visible_manifest(user, found.pk)
