"""What the doors of custody's registers take and answer."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AwareDatetime, Field

from chengmai.custody.schemas import Code, Text
from chengmai.custody.terms import LicenceKind, Material

Kg = Annotated[int, Field(ge=0, le=2_000_000_000)]


class LicenceIn(Schema):
    """A licence to be written; version 0 makes it."""

    kind: LicenceKind
    number: Annotated[str, Field(min_length=1, max_length=64)]
    organisation: Code
    material: Material | None = None
    """What it is for; none: every material."""
    valid_from: date
    valid_until: date
    version: int = 0


class LicenceOut(LicenceIn):
    """A licence, and whether it holds today."""

    valid: bool


class VehicleIn(Schema):
    """A truck to be written; version 0 makes it."""

    plate: Annotated[str, Field(min_length=1, max_length=16)]
    carrier: Code
    capacity_kg: Annotated[int, Field(le=200_000)]
    tare_kg: Annotated[int, Field(le=200_000)]
    active: bool = True
    version: int = 0


class ScaleIn(Schema):
    """A scale to be written; version 0 makes it."""

    code: Code
    station: Annotated[str, Field(max_length=128)]
    owner: Code
    gateway: Annotated[str, Field(max_length=32)] = ""
    mapping: dict[str, Any] = {}
    version: int = 0


class ScaleOut(ScaleIn):
    """A scale, until when its calibration holds, and whether it does today."""

    calibrated_on: date | None
    valid_until: date | None
    valid: bool


class ScaleCalibrationIn(Schema):
    """A verification of a scale."""

    scale: Code
    on: date
    valid_until: date
    certificate: Annotated[str, Field(min_length=1, max_length=64)]


class RouteIn(Schema):
    """How far it is between two; version 0 makes it."""

    sender: Code
    receiver: Code
    distance_m: Annotated[int, Field(ge=0, le=1_000_000)]
    version: int = 0


class ChelationIn(Schema):
    """A test of a batch of fly ash."""

    sender: Code
    batch: Annotated[str, Field(min_length=1, max_length=32)]
    report: Annotated[str, Field(min_length=1, max_length=64)]
    passed: bool
    tested_at: AwareDatetime


class IntakeIn(Schema):
    """What a plant's own book says it took in on a day."""

    receiver: Code
    material: Material
    day: date
    kg: Kg


class IntakeOut(IntakeIn):
    """It with its revision."""

    revision: int


class ThresholdsIn(Schema):
    """The thresholds of reconciliation, by name; what is not told has its customary value."""

    version: int
    values: dict[str, int]
    reason: Text


class ThresholdsOut(Schema):
    """The thresholds in force, beside the customary ones."""

    version: int
    values: dict[str, int]
    customary: dict[str, int]
    reason: str
    set_by: str
    set_at: datetime | None


class CustodyRegisters(Schema):
    """Every register of custody as far as the caller sees it."""

    licences: list[LicenceOut]
    vehicles: list[VehicleIn]
    scales: list[ScaleOut]
    routes: list[RouteIn]
    tests: list[ChelationIn]
    intakes: list[IntakeOut]
    thresholds: ThresholdsOut
