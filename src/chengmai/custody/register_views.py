"""What the doors of custody's registers answer."""

from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from chengmai.access.models import User
from chengmai.access.scope import reach
from chengmai.core.clock import now
from chengmai.custody import register_schemas as schemas
from chengmai.custody.models import ChelationTest, Licence, PlantIntake, Route, Scale, ThresholdEdition, Vehicle
from chengmai.custody.present import thresholds_in_force
from chengmai.custody.terms import LicenceKind, Material
from chengmai.custody.thresholds import DEFAULTS
from chengmai.settings import current

_INTAKE_DAYS = 62
Row = TypeVar("Row", bound=Model)


def _seen(rows: QuerySet[Row], user: User, *owners: str) -> QuerySet[Row]:
    codes = reach(user)
    if codes is None:
        return rows
    wanted = Q()
    for owner in owners:
        wanted |= Q(**{f"{owner}__code__in": codes})
    return rows.filter(wanted)


def registers_out(user: User) -> schemas.CustodyRegisters:
    """Every register as far as a person sees it."""
    today = now().astimezone(current().zone).date()
    known = Licence.objects.select_related("organisation").order_by("valid_until", "number")
    licences = _seen(known, user, "organisation")
    vehicles = _seen(Vehicle.objects.select_related("carrier").order_by("plate"), user, "carrier")
    scales = Scale.objects.select_related("owner", "gateway").prefetch_related("calibrations").order_by("code")
    routes = _seen(Route.objects.select_related("sender", "receiver").order_by("pk"), user, "sender", "receiver")
    tests = _seen(ChelationTest.objects.select_related("sender").order_by("-tested_at"), user, "sender")
    since = today - timedelta(days=_INTAKE_DAYS)
    told = PlantIntake.objects.filter(day__gte=since).select_related("receiver").order_by("-day", "pk")
    return schemas.CustodyRegisters(
        licences=[
            schemas.LicenceOut(
                kind=LicenceKind(one.kind),
                number=one.number,
                organisation=one.organisation.code,
                material=Material(one.material) if one.material else None,
                valid_from=one.valid_from,
                valid_until=one.valid_until,
                version=one.version,
                valid=one.valid_from <= today <= one.valid_until,
            )
            for one in licences
        ],
        vehicles=[
            schemas.VehicleIn(
                plate=one.plate,
                carrier=one.carrier.code,
                capacity_kg=one.capacity_kg,
                tare_kg=one.tare_kg,
                active=one.active,
                version=one.version,
            )
            for one in vehicles
        ],
        scales=[scale_out(one, today) for one in _seen(scales, user, "owner")],
        routes=[
            schemas.RouteIn(
                sender=one.sender.code, receiver=one.receiver.code, distance_m=one.distance_m, version=one.version
            )
            for one in routes
        ],
        tests=[
            schemas.ChelationIn(
                sender=one.sender.code, batch=one.batch, report=one.report, passed=one.passed, tested_at=one.tested_at
            )
            for one in tests[:100]
        ],
        intakes=[
            schemas.IntakeOut(
                receiver=one.receiver.code,
                material=Material(one.material),
                day=one.day,
                kg=one.kg,
                revision=one.revision,
            )
            for one in _seen(told, user, "receiver")
        ],
        thresholds=thresholds_out(),
    )


def scale_out(one: Scale, today: date) -> schemas.ScaleOut:
    """A scale with its last calibration."""
    last = max(one.calibrations.all(), key=lambda held: held.valid_until, default=None)
    held = [row for row in one.calibrations.all() if row.on <= today <= row.valid_until]
    return schemas.ScaleOut(
        code=one.code,
        station=one.station,
        owner=one.owner.code,
        gateway=one.gateway.code if one.gateway else "",
        mapping=one.mapping,
        version=one.version,
        calibrated_on=last.on if last else None,
        valid_until=last.valid_until if last else None,
        valid=bool(held),
    )


def thresholds_out() -> schemas.ThresholdsOut:
    """The thresholds in force."""
    values, version = thresholds_in_force()
    edition = ThresholdEdition.objects.filter(version=version).select_related("set_by").first()
    return schemas.ThresholdsOut(
        version=version,
        values=values.as_dict(),
        customary=DEFAULTS.as_dict(),
        reason=edition.reason if edition else "",
        set_by=edition.set_by.name if edition and edition.set_by else "",
        set_at=edition.set_at if edition else None,
    )
