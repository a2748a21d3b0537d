"""The town whose waste is on the road: lines, carriers, trucks, what a day of it consists of, and what may be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chengmai.custody.terms import CustodyRule, Material

LAPSED = timedelta(days=1)
"""What is out of date in this town has been so since the day before."""


@dataclass(frozen=True, slots=True)
class WasteLine:
    """Where a material comes from and where it goes; parties are codes of organisations."""

    material: Material
    waste_name: str
    sender: str
    receiver: str
    distance_m: int
    share: float
    """Of all trips."""


LINES = (
    WasteLine(Material.KITCHEN_WASTE, "餐厨垃圾", "JC-CANTEENS", "JC-KITCHEN", 12_000, 0.3),
    WasteLine(Material.SLUDGE, "脱水污泥", "JC-SEWAGE", "JC-SLUDGE", 18_000, 0.2),
    WasteLine(Material.NIGHT_SOIL, "粪便", "JC-TOILETS", "JC-NIGHTSOIL", 9_000, 0.15),
    WasteLine(Material.FLY_ASH, "生活垃圾焚烧飞灰", "JC-INCINERATION-CO", "JC-LANDFILL-CO", 24_000, 0.1),
    WasteLine(Material.HOUSEHOLD_WASTE, "生活垃圾", "JC-TRANSFER", "JC-INCINERATION-CO", 16_000, 0.25),
)
CARRIERS = ("JC-HAUL-1", "JC-HAUL-2")
LAPSED_CARRIER = "JC-HAUL-3"
"""Its permit ran out the day before."""
LAPSED_MATERIAL = Material.HOUSEHOLD_WASTE
LANDFILL = "JC-LANDFILL-CO"
"""Its licence for household waste ran out the day before."""


class Mistake(StrEnum):
    """A kind of mistake that a day may have."""

    NO_MANIFEST = "no_manifest"
    NO_CARRIER = "no_carrier"
    NO_TICKET = "no_ticket"
    DUPLICATE = "duplicate"
    NET_WRONG = "net_wrong"
    TARE_DRIFT = "tare_drift"
    EARLY_ARRIVAL = "early_arrival"
    IMPOSSIBLE_TIME = "impossible_time"
    OVERLOAD = "overload"
    PERMIT_LAPSED = "permit_lapsed"
    LICENCE_LAPSED = "licence_lapsed"
    SCALE_LAPSED = "scale_lapsed"
    DIFFERENCE = "difference"
    INTAKE = "intake"
    UNTESTED = "untested"
    LATE = "late"
    TWO_PLACES = "two_places"
    NEGATIVE = "negative"
    STRANGE_TRUCK = "strange_truck"
    OTHER_TRUCK = "other_truck"


BROKEN_RULE: Mapping[Mistake, CustodyRule] = {
    Mistake.NO_MANIFEST: CustodyRule.MISSING_LEG,
    Mistake.NO_CARRIER: CustodyRule.MISSING_LEG,
    Mistake.NO_TICKET: CustodyRule.MISSING_LEG,
    Mistake.DUPLICATE: CustodyRule.DUPLICATE_TICKET,
    Mistake.NET_WRONG: CustodyRule.NET_WRONG,
    Mistake.TARE_DRIFT: CustodyRule.TARE_DRIFT,
    Mistake.EARLY_ARRIVAL: CustodyRule.ARRIVAL_BEFORE_DEPARTURE,
    Mistake.IMPOSSIBLE_TIME: CustodyRule.TRIP_TIME,
    Mistake.OVERLOAD: CustodyRule.OVER_CAPACITY,
    Mistake.PERMIT_LAPSED: CustodyRule.EXPIRED_LICENCE,
    Mistake.LICENCE_LAPSED: CustodyRule.EXPIRED_LICENCE,
    Mistake.SCALE_LAPSED: CustodyRule.EXPIRED_SCALE,
    Mistake.DIFFERENCE: CustodyRule.DIFFERENCE,
    Mistake.INTAKE: CustodyRule.INTAKE_TOTAL,
    Mistake.UNTESTED: CustodyRule.CHELATION,
    Mistake.LATE: CustodyRule.NOT_CONFIRMED,
    Mistake.TWO_PLACES: CustodyRule.TWO_PLACES,
    Mistake.NEGATIVE: CustodyRule.NEGATIVE,
    Mistake.STRANGE_TRUCK: CustodyRule.UNREGISTERED_VEHICLE,
    Mistake.OTHER_TRUCK: CustodyRule.PLATE_DIFFERS,
}
"""The rule that finds each kind."""


@dataclass(frozen=True, slots=True)
class Truck:
    """A truck of a carrier [kg]."""

    plate: str
    carrier: str
    capacity_kg: int
    tare_kg: int


TRUCKS = tuple(
    Truck(f"晋E{number:05d}", carrier, 10_000, 8_000 + 20 * (number * 37 % 150))
    for carrier, numbers in (
        (CARRIERS[0], range(1, 46)),
        (CARRIERS[1], range(101, 131)),
        (LAPSED_CARRIER, range(201, 207)),
    )
    for number in numbers
)
"""Every truck of the town."""


@dataclass(frozen=True, slots=True)
class PlayedTicket:
    """What a scale tells of one weighing [kg]."""

    scale: str
    number: str
    plate: str
    gross_kg: int
    tare_kg: int
    net_kg: int
    gross_at: datetime
    tare_at: datetime


@dataclass(frozen=True, slots=True)
class PlayedTrip:
    """One trip as its parties tell it; ``manifest`` is False where the sender told nothing."""

    index: int
    line: WasteLine
    carrier: str
    plate: str
    sent_kg: int
    handed_over_at: datetime
    started_at: datetime | None
    arrived_at: datetime | None
    carried_kg: int | None
    received_kg: int | None
    confirmed_at: datetime | None
    tickets: tuple[PlayedTicket, ...]
    batch: str = ""
    moisture_permille: int | None = None
    manifest: bool = True
    mistake: Mistake | None = None


@dataclass(frozen=True, slots=True)
class WasteDay:
    """A day: its trips in the order of their handing over, trucks, what plants' books say [kg], the batch tested."""

    day: date
    zone: ZoneInfo
    trips: Sequence[PlayedTrip]
    trucks: Sequence[Truck]
    intakes: Mapping[tuple[str, Material], int]
    wrong_intakes: frozenset[tuple[str, Material]]
    tested_batch: str
    tested_at: datetime

    @property
    def looked_at(self) -> datetime:
        """When every mistake of the day can be seen: after the last one could have been confirmed in time."""
        return self.moment(timedelta(days=15))

    def moment(self, after: timedelta) -> datetime:
        """A moment so long after the day's first midnight, in UTC."""
        return (datetime(self.day.year, self.day.month, self.day.day, tzinfo=self.zone) + after).astimezone(UTC)


def scale_of(receiver: str) -> str:
    """The weighbridge of a plant."""
    return f"{receiver}-S1"


def lapsed_scale_of(receiver: str) -> str:
    """A second weighbridge of a plant, whose calibration ran out the day before."""
    return f"{receiver}-S2"
