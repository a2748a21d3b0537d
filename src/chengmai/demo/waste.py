"""The demonstration's waste: plants, carriers and two days of trips with some mistakes, so that the desk has work."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, OrganisationKind, User
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.core.lineage import seal
from chengmai.custody.hand_tickets import type_ticket
from chengmai.custody.models import (
    ChelationTest,
    Licence,
    Manifest,
    ManifestSerial,
    ManifestStep,
    PlantIntake,
    Route,
    Scale,
    ScaleCalibration,
    Ticket,
    Vehicle,
)
from chengmai.custody.terms import FLY_ASH_CODE, CustodyAction, LicenceKind, ManifestState, Material, TicketSource
from chengmai.custody.ticket_reading import TicketWords
from chengmai.custody.tickets import seal_of, take_in
from chengmai.demo.people import KITCHEN, SANITATION, OrganisationRow
from chengmai.sensing.inbox import Delivered
from chengmai.sensing.models import Gateway
from chengmai.sensing.services import add_gateway
from chengmai.settings import current
from chengmai.simulator.waste_town import (
    CARRIERS,
    LANDFILL,
    LAPSED,
    LAPSED_CARRIER,
    LAPSED_MATERIAL,
    LINES,
    TRUCKS,
    Mistake,
    PlayedTicket,
    PlayedTrip,
    WasteDay,
    lapsed_scale_of,
    scale_of,
)
from chengmai.simulator.waste_trips import play

NAMES = {
    "JC-CANTEENS": ("餐饮收集站", "Canteens' collection"),
    KITCHEN: ("餐厨垃圾处理厂", "Kitchen waste plant"),
    "JC-SEWAGE": ("污水处理厂", "Sewage works"),
    "JC-SLUDGE": ("污泥处置厂", "Sludge plant"),
    "JC-TOILETS": ("公厕管理所", "Public toilets"),
    "JC-NIGHTSOIL": ("粪便处理厂", "Night soil plant"),
    "JC-TRANSFER": ("垃圾转运站", "Transfer station"),
    "JC-INCINERATION-CO": ("垃圾焚烧发电公司", "Incineration Company"),
    LANDFILL: ("填埋场运营公司", "Landfill Company"),
    CARRIERS[0]: ("洁运环卫公司", "Jieyun Haulage"),
    CARRIERS[1]: ("清源运输公司", "Qingyuan Haulage"),
    LAPSED_CARRIER: ("旧城运输队", "Old Town Haulage"),
}
"""Invented names by code."""
ORGANISATIONS = tuple(
    OrganisationRow(code, zh, en, OrganisationKind.CONTRACTOR, SANITATION) for code, (zh, en) in NAMES.items()
)
DAYS_BACK = (16, 1)
TRIPS = 60
SEED = 20_260
_LATER = frozenset({Mistake.LATE, Mistake.NO_TICKET})
"""Seen only when time has passed: no part of the youngest day."""


def ensure_waste() -> None:
    """Fill the registers, then play the days; nothing when there is a scale already."""
    if Scale.objects.exists():
        return
    with transaction.atomic():
        take_turn()
        homes = {one.code: one for one in Organisation.objects.filter(code__in=NAMES)}
        today = now().astimezone(current().zone).date()
        oldest = today - timedelta(days=max(DAYS_BACK))
        fill_registers(homes, oldest - LAPSED)
        made = 0
        for number, back in enumerate(DAYS_BACK):
            kinds = [kind for kind in Mistake if back > 1 or kind not in _LATER]
            wanted = dict.fromkeys(kinds if number == 0 else kinds[::3], 1)
            day = play(SEED + number, today - timedelta(days=back), current().zone, TRIPS, wanted, made + 1)
            _store(day, homes)
            made += TRIPS
        record(None, "custody.loaded", "manifest", "*", after={"trips": made})
    _gateways()
    _waiting()


def fill_registers(homes: Mapping[str, Organisation], lapsed_on: date) -> None:
    """Registers: everything holds for a year and more, but what has lapsed."""
    first, last = now().date() - timedelta(days=300), now().date() + timedelta(days=300)
    permit, licence = LicenceKind.CARRIER_PERMIT, LicenceKind.RECEIVER_LICENCE
    rows = [(permit, carrier, "", last) for carrier in CARRIERS]
    rows += [(permit, LAPSED_CARRIER, "", lapsed_on), (licence, LANDFILL, LAPSED_MATERIAL.value, lapsed_on)]
    rows += [(licence, line.receiver, line.material.value, last) for line in LINES]
    Licence.objects.bulk_create(
        Licence(
            kind=kind,
            number=f"晋环许{number:03d}",
            organisation=homes[code],
            material=material,
            valid_from=first,
            valid_until=until,
        )
        for number, (kind, code, material, until) in enumerate(rows, start=1)
    )
    Vehicle.objects.bulk_create(
        Vehicle(plate=one.plate, carrier=homes[one.carrier], capacity_kg=one.capacity_kg, tare_kg=one.tare_kg)
        for one in TRUCKS
    )
    Route.objects.bulk_create(
        Route(sender=homes[line.sender], receiver=homes[line.receiver], distance_m=line.distance_m) for line in LINES
    )
    receivers = dict.fromkeys(line.receiver for line in LINES)
    scales = [(scale_of(code), code, last) for code in receivers]
    scales += [(lapsed_scale_of(code), code, lapsed_on) for code in receivers]
    made = Scale.objects.bulk_create(
        Scale(code=code, station=f"{NAMES[owner][0]}{code[-1]}号地磅", owner=homes[owner]) for code, owner, _ in scales
    )
    ScaleCalibration.objects.bulk_create(
        ScaleCalibration(scale=scale, on=first, valid_until=until, certificate=f"JD-{scale.code}", noted_at=now())
        for scale, (_, _, until) in zip(made, scales, strict=True)
    )


def _store(day: WasteDay, homes: Mapping[str, Organisation]) -> None:
    scales = {one.code: one for one in Scale.objects.all()}
    trips = [trip for trip in day.trips if trip.manifest]
    numbers = dict(zip((trip.index for trip in trips), _numbers(day, len(trips)), strict=True))
    manifests = Manifest.objects.bulk_create(_manifest(trip, numbers[trip.index], homes) for trip in trips)
    ManifestStep.objects.bulk_create(
        step for one, trip in zip(manifests, trips, strict=True) for step in _steps(one, trip)
    )
    Ticket.objects.bulk_create(
        _ticket(scales[ticket.scale], trip, ticket, numbers.get(trip.index, ""))
        for trip in day.trips
        for ticket in trip.tickets
    )
    PlantIntake.objects.bulk_create(
        PlantIntake(receiver=homes[code], material=material, day=day.day, revision=1, kg=kg, told_at=now())
        for (code, material), kg in day.intakes.items()
    )
    note_test(day, homes)


def note_test(day: WasteDay, homes: Mapping[str, Organisation]) -> None:
    """The day's batch of fly ash has passed its test."""
    ash = next(line.sender for line in LINES if line.material is Material.FLY_ASH)
    ChelationTest.objects.create(
        sender=homes[ash],
        batch=day.tested_batch,
        report=f"JC-{day.day:%Y%m%d}",
        passed=True,
        tested_at=day.tested_at,
        noted_at=now(),
    )


def _numbers(day: WasteDay, count: int) -> Iterator[str]:
    prefix = f"{day.day.year}{current().division_code}"
    serial, _ = ManifestSerial.objects.get_or_create(prefix=prefix, defaults={"last": 0})
    first = serial.last + 1
    serial.last += count
    serial.save()
    return (f"{prefix}{number:06d}" for number in range(first, first + count))


def _manifest(trip: PlayedTrip, number: str, homes: Mapping[str, Organisation]) -> Manifest:
    line = trip.line
    state = ManifestState.CONFIRMED if trip.confirmed_at else ManifestState.ARRIVED
    return Manifest(
        number=number,
        state=state,
        version=4,
        fingerprint=seal({"number": number}),
        sender=homes[line.sender],
        sender_contact="值班室 0356-5550155",
        material=line.material,
        waste_name=line.waste_name,
        waste_code=FLY_ASH_CODE if line.material is Material.FLY_ASH else "",
        form="固态" if line.material is not Material.NIGHT_SOIL else "液态",
        packing="散装",
        batch=trip.batch,
        sent_kg=trip.sent_kg,
        handed_over_at=trip.handed_over_at,
        carrier=homes[trip.carrier],
        plate=trip.plate,
        started_at=trip.started_at,
        arrived_at=trip.arrived_at,
        carried_kg=trip.carried_kg,
        receiver=homes[line.receiver],
        received_kg=trip.received_kg,
        major_difference=None if trip.confirmed_at is None else False,
        moisture_permille=trip.moisture_permille if trip.confirmed_at else None,
        confirmed_at=trip.confirmed_at,
    )


def _steps(manifest: Manifest, trip: PlayedTrip) -> Iterator[ManifestStep]:
    told: tuple[tuple[CustodyAction, datetime | None, dict[str, int | None]], ...] = (
        (CustodyAction.HAND_OVER, trip.handed_over_at, {"sent_kg": trip.sent_kg}),
        (CustodyAction.DEPART, trip.started_at, {}),
        (CustodyAction.ARRIVE, trip.arrived_at, {"carried_kg": trip.carried_kg}),
        (CustodyAction.CONFIRM, trip.confirmed_at, {"received_kg": trip.received_kg}),
    )
    for action, at, facts in told:
        if at is not None:
            yield ManifestStep(manifest=manifest, action=action, told=facts, at=at)


def words_of(trip: PlayedTrip, ticket: PlayedTicket, manifest: str) -> TicketWords:
    """What a played ticket says."""
    return TicketWords(
        number=ticket.number,
        plate=ticket.plate,
        material=trip.line.material,
        gross_kg=ticket.gross_kg,
        tare_kg=ticket.tare_kg,
        net_kg=ticket.net_kg,
        gross_at=ticket.gross_at,
        tare_at=ticket.tare_at,
        manifest_number=manifest,
    )


def _ticket(scale: Scale, trip: PlayedTrip, ticket: PlayedTicket, manifest: str) -> Ticket:
    words = words_of(trip, ticket, manifest)
    raw = message_of(words)
    values = {name: getattr(words, name) for name in words.__slots__}
    return Ticket(
        id=new_id(),
        scale=scale,
        **{**values, "photos": []},
        source=TicketSource.SCALE,
        raw=raw.decode(),
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        hash=seal_of(scale, words),
        accepted_at=ticket.tare_at,
    )


def message_of(words: TicketWords) -> bytes:
    """A ticket in our own shape, as a scale would send it."""
    return msgspec.json.encode({name: getattr(words, name) for name in words.__slots__})


def _gateways() -> None:
    """A credential for each scale; its secret is shown to nobody here and renewed when it is needed."""
    for scale in Scale.objects.select_related("owner"):
        if not Gateway.objects.filter(code=scale.code).exists():
            gateway, _ = add_gateway(None, scale.code, scale.station, scale.owner.code)
            Scale.objects.filter(pk=scale.pk).update(gateway=gateway)


def _waiting() -> None:
    """A ticket that waits for its second person, and a message that is none."""
    weigher = User.objects.filter(username="kitchen_clerk").first()
    if weigher is None:
        return
    at = now() - timedelta(hours=3)
    back = at + timedelta(minutes=9)
    told = TicketWords("手工-0001", "晋E00007", Material.KITCHEN_WASTE, 16_200, 8_740, 7_460, at, back)
    type_ticket(weigher, new_id(), scale_of(KITCHEN), told, "地磅网络中断")
    take_in([Delivered(scale_of(KITCHEN), b'{"number": "20260101-7", "plate": "E00012"}', now())])
