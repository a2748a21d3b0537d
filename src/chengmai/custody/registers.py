"""Writing the registers that trips are held against; whoever is registered does not write its own row."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.scope import reaches
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.custody.models import (
    ChelationTest,
    Licence,
    PlantIntake,
    Route,
    Scale,
    ScaleCalibration,
    ThresholdEdition,
    Vehicle,
)
from chengmai.custody.parties import demand_above, demand_own_named, named, plate_of, reason_of
from chengmai.custody.terms import LicenceKind, Material
from chengmai.custody.thresholds import read_thresholds
from chengmai.custody.ticket_reading import read_ticket_mapping
from chengmai.sensing.models import Gateway

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence as it is written; version 0 makes it."""

    kind: LicenceKind
    number: str
    organisation: str
    material: str
    valid_from: date
    valid_until: date
    version: int = 0


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A truck as it is written; version 0 makes it."""

    plate: str
    carrier: str
    capacity_kg: int
    tare_kg: int
    active: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """A scale as it is written; version 0 makes it."""

    code: str
    station: str
    owner: str
    gateway: str
    mapping: Mapping[str, Any]
    version: int = 0


def write_licence(user: User | None, row: LicenceRow) -> Licence:
    """Write a licence; raises NotFound, NotAllowed (one's own), InvalidInput, or Conflict (stale, taken)."""
    if row.valid_until < row.valid_from:
        raise InvalidInput("custody.validity_unfit", first=row.valid_from, last=row.valid_until)
    if not row.number.strip():
        raise InvalidInput("custody.number_missing")
    values = {
        "organisation": _registered(user, row.organisation),
        "material": row.material,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }
    key = {"kind": row.kind, "number": row.number.strip()}
    return _write(user, Licence, key, row.version, values, "licence")


def write_vehicle(user: User | None, row: VehicleRow) -> Vehicle:
    """Write a truck; raises as ``write_licence`` does."""
    if row.capacity_kg <= 0 or row.tare_kg <= 0:
        raise InvalidInput("custody.weight_unfit", value=min(row.capacity_kg, row.tare_kg), least=1, most=200_000)
    values = {
        "carrier": _registered(user, row.carrier),
        "capacity_kg": row.capacity_kg,
        "tare_kg": row.tare_kg,
        "active": row.active,
    }
    return _write(user, Vehicle, {"plate": plate_of(row.plate)}, row.version, values, "vehicle")


def write_scale(user: User | None, row: ScaleRow) -> Scale:
    """Write a scale; raises as ``write_licence`` does, and InvalidInput for a mapping that breaks a rule."""
    read_ticket_mapping(row.mapping)
    owner = _registered(user, row.owner)
    gateway = None
    if row.gateway:
        gateway = Gateway.objects.filter(code=row.gateway).select_related("owner").first()
        if gateway is None or not reaches(user, gateway.owner):
            raise NotFound("custody.no_gateway", code=row.gateway)
        if Scale.objects.filter(gateway=gateway).exclude(code=row.code).exists():
            raise Conflict("custody.gateway_taken", code=row.gateway)
    values = {"station": row.station.strip(), "owner": owner, "gateway": gateway, "mapping": dict(row.mapping)}
    return _write(user, Scale, {"code": row.code.strip()}, row.version, values, "scale")


def write_route(user: User | None, sender: str, receiver: str, distance_m: int, version: int) -> Route:
    """Write how far it is between two; raises as ``write_licence`` does."""
    key = {"sender": _registered(user, sender), "receiver": _registered(user, receiver)}
    return _write(user, Route, key, version, {"distance_m": distance_m}, "route")


def _registered(user: User | None, code: str) -> Any:
    organisation = named(code)
    if user is not None:
        demand_above(user, organisation)
    return organisation


def _write(
    user: User | None, table: type[Row], key: Mapping[str, Any], version: int, values: Mapping[str, Any], kind: str
) -> Row:
    with transaction.atomic():
        take_turn()
        rows = table._default_manager
        present = rows.filter(**key).first()
        told = getattr(present, "version", 0)
        if told != version:
            raise Conflict("version.stale", sent=version, present=told)
        if present is not None and user is not None:
            _demand_reach(user, present)
        try:
            with transaction.atomic():
                if present is None:
                    rows.create(**key, **values)
                else:
                    rows.filter(pk=present.pk).update(**values, version=version + 1)
        except IntegrityError as error:
            raise Conflict("version.stale", sent=version, present="?") from error
        made = rows.get(**key)
        record(user, f"custody.{kind}", kind, str(made.pk), after=_facts({**key, **values}))
    return made


def _demand_reach(user: User, row: models.Model) -> None:
    """A row of another's is not taken over by naming one's own."""
    for name in ("organisation", "carrier", "owner"):
        if hasattr(row, name) and not reaches(user, getattr(row, name)):
            raise NotFound("custody.no_organisation", code="?")


def _facts(values: Mapping[str, Any]) -> dict[str, object]:
    return {key: getattr(value, "code", value) for key, value in values.items()}


def calibrate_scale(user: User | None, code: str, on: date, valid_until: date, certificate: str) -> ScaleCalibration:
    """Note that a scale was verified; raises NotFound, NotAllowed, InvalidInput, or Conflict (noted already)."""
    if valid_until < on:
        raise InvalidInput("custody.validity_unfit", first=on, last=valid_until)
    scale = Scale.objects.select_related("owner").filter(code=code).first()
    if scale is None or not reaches(user, scale.owner):
        raise NotFound("custody.no_scale", code=code)
    if user is not None:
        demand_above(user, scale.owner)
    values = {"scale": scale, "on": on, "valid_until": valid_until, "certificate": reason_of(certificate)}
    return _append(user, ScaleCalibration, {**values, "noted_at": now(), "noted_by": user}, "calibration")


def note_chelation(
    user: User | None, sender: str, batch: str, report: str, passed: bool, tested_at: datetime
) -> ChelationTest:
    """Note a test of a batch of fly ash; raises as ``calibrate_scale`` does."""
    plant = _registered(user, sender)
    if tested_at > now():
        raise InvalidInput("custody.moment_to_come", moment=tested_at.isoformat())
    values = {"sender": plant, "batch": reason_of(batch), "report": reason_of(report), "passed": passed}
    return _append(
        user, ChelationTest, {**values, "tested_at": tested_at, "noted_at": now(), "noted_by": user}, "chelation_test"
    )


def tell_intake(user: User, receiver: str, material: Material, day: date, kg: int) -> PlantIntake:
    """A plant tells what its own book says it took in on a day; told again it is a revision. Raises NotFound."""
    plant = demand_own_named(user, receiver)
    with transaction.atomic():
        take_turn()
        known = PlantIntake.objects.filter(receiver=plant, material=material, day=day).order_by("-revision").first()
        if known is not None and known.kg == kg:
            return known
        revision = known.revision + 1 if known else 1
        key = {"receiver": plant, "material": material, "day": day, "revision": revision, "kg": kg}
        made = PlantIntake.objects.create(**key, told_at=now(), told_by=user)
        before = {"kg": known.kg} if known else None
        record(user, "custody.intake", "plant_intake", str(made.pk), before=before, after=_facts(key))
    return made


def _append(user: User | None, table: type[Row], values: Mapping[str, Any], kind: str) -> Row:
    with transaction.atomic():
        take_turn()
        try:
            with transaction.atomic():
                made = table._default_manager.create(**values)
        except IntegrityError as error:
            raise Conflict("custody.noted_already") from error
        told = {key: value for key, value in values.items() if key not in {"noted_at", "noted_by"}}
        record(user, f"custody.{kind}", kind, str(made.pk), after=_facts(told))
    return made


def set_thresholds(user: User, version: int, document: Mapping[str, int], reason: str) -> ThresholdEdition:
    """Set the thresholds of the whole city; raises NotAllowed, InvalidInput, or Conflict (stale)."""
    if not user.sees_whole_city:
        raise NotAllowed("custody.bureau_only")
    told, why = read_thresholds(dict(document)), reason_of(reason)
    with transaction.atomic():
        take_turn()
        last = ThresholdEdition.objects.order_by("-version").first()
        present = last.version if last else 0
        if version != present:
            raise Conflict("version.stale", sent=version, present=present)
        made = ThresholdEdition.objects.create(
            version=version + 1, document=told.as_dict(), reason=why[:255], set_at=now(), set_by=user
        )
        before = last.document if last else None
        record(user, "custody.thresholds", "thresholds", str(made.version), before=before, after=asdict(told))
    return made
