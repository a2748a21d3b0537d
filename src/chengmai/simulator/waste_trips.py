"""A day of waste on the road: trips of many trucks between plants, and a chosen number of every kind of mistake.

Pure and seeded: the same seed is the same day. It is played into a platform by whoever needs one, and every mistake is
known beforehand, so that a check can be held against it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from chengmai.custody.terms import CustodyRule, Material
from chengmai.simulator.waste_town import (
    BROKEN_RULE,
    CARRIERS,
    LANDFILL,
    LAPSED_CARRIER,
    LAPSED_MATERIAL,
    LINES,
    TRUCKS,
    Mistake,
    PlayedTicket,
    PlayedTrip,
    Truck,
    WasteDay,
    WasteLine,
    lapsed_scale_of,
    scale_of,
)

DIVISION_KG = 20
"""What a weighbridge tells apart."""
_OPENS, _LAST_START = timedelta(hours=5), timedelta(hours=19)
_MINUTE = timedelta(minutes=1)


def play(seed: int, day: date, zone: ZoneInfo, trips: int, mistakes: Mapping[Mistake, int], first: int = 0) -> WasteDay:
    """A day of so many trips, among them so many of each kind of mistake; trips are numbered from ``first`` on."""
    return _Player(seed, day, zone, trips, mistakes, first).played()


@dataclass
class _Player:
    seed: int
    day: date
    zone: ZoneInfo
    count: int
    mistakes: Mapping[Mistake, int]
    first: int
    free: dict[str, datetime] = field(default_factory=dict)
    """Plate -> when the truck may leave again."""
    told: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Scale -> how many tickets it has printed."""

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.midnight = datetime(self.day.year, self.day.month, self.day.day, tzinfo=self.zone).astimezone(UTC)
        self.trucks = TRUCKS
        self.batch = f"FH{self.day:%Y%m%d}"

    def played(self) -> WasteDay:
        """All trips, with their mistakes."""
        kinds = [kind for kind, number in self.mistakes.items() if kind is not Mistake.INTAKE for _ in range(number)]
        plain = self.count - len(kinds)
        if plain < kinds.count(Mistake.TWO_PLACES):
            raise ValueError("more mistakes than trips")
        wanted: list[Mistake | None] = [kind for kind in kinds if kind is not Mistake.TWO_PLACES]
        wanted += [None] * plain
        made = [self._trip(wanted[place]) for place in self.random.permutation(len(wanted))]
        sound = [trip for trip in made if trip.mistake is None]
        shadowed = self.random.permutation(plain)[: kinds.count(Mistake.TWO_PLACES)]
        made += [self._shadow(sound[place]) for place in shadowed]
        made.sort(key=lambda trip: (trip.handed_over_at, trip.plate))
        made = [replace(trip, index=number) for number, trip in enumerate(made, start=self.first)]
        intakes, wrong = self._intakes(made)
        return WasteDay(
            self.day, self.zone, made, self.trucks, intakes, wrong, self.batch, self.midnight - timedelta(hours=9)
        )

    def _pick(self, shares: Sequence[float]) -> int:
        return int(self.random.choice(len(shares), p=np.array(shares) / sum(shares)))

    def _minutes(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=int(60 * self.random.uniform(least, most)))

    def _truck(self, carriers: Sequence[str]) -> Truck:
        """The truck that has been back longest."""
        fitting = [truck for truck in self.trucks if truck.carrier in carriers]
        found = min(fitting, key=lambda truck: (self.free.get(truck.plate, self.midnight), truck.plate))
        if self.free.get(found.plate, self.midnight) > self.midnight + _LAST_START:
            raise ValueError("more trips than trucks can make in a day")
        return found

    def _plain(self, line: WasteLine | None = None, carriers: Sequence[str] = CARRIERS) -> PlayedTrip:
        line = line or LINES[self._pick([one.share for one in LINES])]
        truck = self._truck(carriers)
        free = self.free.get(truck.plate) or self.midnight + _OPENS + self._minutes(0, 50)
        handed = free + self._minutes(3, 12)
        started = handed + self._minutes(1, 6)
        arrived = started + timedelta(hours=line.distance_m / 1000 / self.random.uniform(26, 42))
        arrived = arrived.replace(microsecond=0)
        ticket = self._ticket(line, truck, arrived + self._minutes(2, 7))
        self.free[truck.plate] = ticket.tare_at + (arrived - started) + self._minutes(12, 25)
        declared = self._near(ticket.net_kg)
        return PlayedTrip(
            index=0,
            line=line,
            carrier=truck.carrier,
            plate=truck.plate,
            sent_kg=declared,
            handed_over_at=handed,
            started_at=started,
            arrived_at=arrived,
            carried_kg=declared,
            received_kg=ticket.net_kg,
            confirmed_at=ticket.tare_at + self._minutes(10, 90),
            tickets=(ticket,),
            batch=self.batch if line.material is Material.FLY_ASH else "",
            moisture_permille=int(self.random.integers(760, 822)) if line.material is Material.SLUDGE else None,
        )

    def _ticket(self, line: WasteLine, truck: Truck, at: datetime) -> PlayedTicket:
        tare = _round(truck.tare_kg * self.random.uniform(0.99, 1.01))
        net = _round(truck.capacity_kg * self.random.uniform(0.5, 0.94))
        return PlayedTicket(
            scale=scale_of(line.receiver),
            number=self._number(scale_of(line.receiver)),
            plate=truck.plate,
            gross_kg=tare + net,
            tare_kg=tare,
            net_kg=net,
            gross_at=at,
            tare_at=at + self._minutes(6, 15),
        )

    def _number(self, scale: str) -> str:
        self.told[scale] += 1
        return f"{self.day:%Y%m%d}{self.told[scale]:04d}"

    def _near(self, kg: int) -> int:
        """What somebody declares who has no scale: within two per cent."""
        return round(kg * self.random.uniform(0.98, 1.02) / 10) * 10

    def _shadow(self, trip: PlayedTrip) -> PlayedTrip:
        """A second trip of a truck that is under way."""
        late = 2 * _MINUTE
        told = trip.tickets[0]
        ticket = replace(
            told, number=self._number(told.scale), gross_at=told.gross_at + late, tare_at=told.tare_at + late
        )
        moments = {
            name: getattr(trip, name) + late for name in ("handed_over_at", "started_at", "arrived_at", "confirmed_at")
        }
        return replace(trip, **moments, tickets=(ticket,), mistake=Mistake.TWO_PLACES)

    def _trip(self, kind: Mistake | None) -> PlayedTrip:
        if kind is None:
            return self._plain()
        if kind is Mistake.UNTESTED:
            fly_ash = next(line for line in LINES if line.material is Material.FLY_ASH)
            trip = self._plain(fly_ash)
        elif kind is Mistake.LICENCE_LAPSED:
            line = next(line for line in LINES if line.material is LAPSED_MATERIAL)
            trip = self._plain(replace(line, receiver=LANDFILL))
        else:
            trip = self._plain(carriers=(LAPSED_CARRIER,) if kind is Mistake.PERMIT_LAPSED else CARRIERS)
        return replace(_MAKE.get(kind, lambda player, one: one)(self, trip), mistake=kind)

    def _intakes(
        self, trips: Sequence[PlayedTrip]
    ) -> tuple[dict[tuple[str, Material], int], frozenset[tuple[str, Material]]]:
        """What each plant's own book says, some of them by a fifth too much."""
        totals: dict[tuple[str, Material], int] = defaultdict(int)
        for trip in trips:
            for ticket in trip.tickets[:1]:
                totals[trip.line.receiver, trip.line.material] += ticket.net_kg
        usual = {(line.receiver, line.material) for line in LINES}
        fitting = sorted((key for key, kg in totals.items() if key in usual and kg > 5000))
        wrong = frozenset(fitting[: self.mistakes.get(Mistake.INTAKE, 0)])
        return {key: max(kg * 6 // 5 if key in wrong else kg, 0) for key, kg in totals.items()}, wrong


def _round(kg: float) -> int:
    return round(kg / DIVISION_KG) * DIVISION_KG


def _with(trip: PlayedTrip, **told: object) -> PlayedTrip:
    return replace(trip, tickets=(replace(trip.tickets[0], **told),))  # type: ignore[arg-type]


def _no_manifest(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return replace(trip, manifest=False)


def _no_carrier(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return replace(trip, started_at=None, arrived_at=None, carried_kg=None)


def _no_ticket(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return replace(trip, tickets=(), received_kg=None, confirmed_at=None)


def _duplicate(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    told = trip.tickets[0]
    return replace(trip, tickets=(told, replace(told, number=player._number(told.scale))))


def _net_wrong(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return _with(trip, net_kg=trip.tickets[0].net_kg + 300)


def _tare_drift(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    told = trip.tickets[0]
    more = _round(told.tare_kg * 0.06)
    return _with(trip, tare_kg=told.tare_kg + more, gross_kg=told.gross_kg + more)


def _early_arrival(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return replace(trip, arrived_at=trip.started_at - 10 * _MINUTE if trip.started_at else None)


def _impossible_time(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return replace(trip, arrived_at=trip.started_at + _MINUTE if trip.started_at else None)


def _overload(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    told = trip.tickets[0]
    found = _with(trip, net_kg=11_200, gross_kg=told.tare_kg + 11_200)
    return replace(found, sent_kg=11_150, carried_kg=11_150, received_kg=11_200)


def _scale_lapsed(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    scale = lapsed_scale_of(trip.line.receiver)
    return _with(trip, scale=scale, number=player._number(scale))


def _difference(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    declared = round(trip.tickets[0].net_kg * 1.12 / 10) * 10
    return replace(trip, sent_kg=declared)


def _untested(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return replace(trip, batch=f"{player.batch}-X")


def _late(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return replace(trip, confirmed_at=trip.tickets[0].tare_at + timedelta(days=14))


def _negative(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    return _with(trip, gross_kg=3000, net_kg=3000 - trip.tickets[0].tare_kg)


def _strange_truck(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    plate = trip.plate.replace("晋E", "晋X")
    return replace(_with(trip, plate=plate), plate=plate)


def _other_truck(player: _Player, trip: PlayedTrip) -> PlayedTrip:
    """The scale saw another truck of the same carrier, with that one's own empty weight."""
    other = next(one for one in player.trucks if one.carrier == trip.carrier and one.plate != trip.plate)
    return _with(trip, plate=other.plate, tare_kg=other.tare_kg, gross_kg=other.tare_kg + trip.tickets[0].net_kg)


_MAKE = {
    Mistake.NO_MANIFEST: _no_manifest,
    Mistake.NO_CARRIER: _no_carrier,
    Mistake.NO_TICKET: _no_ticket,
    Mistake.DUPLICATE: _duplicate,
    Mistake.NET_WRONG: _net_wrong,
    Mistake.TARE_DRIFT: _tare_drift,
    Mistake.EARLY_ARRIVAL: _early_arrival,
    Mistake.IMPOSSIBLE_TIME: _impossible_time,
    Mistake.OVERLOAD: _overload,
    Mistake.SCALE_LAPSED: _scale_lapsed,
    Mistake.DIFFERENCE: _difference,
    Mistake.UNTESTED: _untested,
    Mistake.LATE: _late,
    Mistake.NEGATIVE: _negative,
    Mistake.STRANGE_TRUCK: _strange_truck,
    Mistake.OTHER_TRUCK: _other_truck,
}


def expected(day: WasteDay, number_of: Mapping[int, str]) -> Iterator[tuple[CustodyRule, str]]:
    """The rule and the subject under which each mistake must be found; ``number_of`` the numbers of the manifests."""
    for trip in day.trips:
        if trip.mistake is not None:
            loose = trip.mistake is Mistake.NO_MANIFEST
            subject = f"{trip.tickets[0].scale}/{trip.tickets[0].number}" if loose else number_of[trip.index]
            yield BROKEN_RULE[trip.mistake], subject
    for receiver, material in sorted(day.wrong_intakes):
        yield CustodyRule.INTAKE_TOTAL, f"{receiver}/{material.value}/{day.day.isoformat()}"
