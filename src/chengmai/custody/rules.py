"""Three-party reconciliation, pure: facts of trips, tickets and registers in, discrepancies out; none stops another.

Every discrepancy names its rule, both sides and both values. What cannot be weighed (a negative weight, a net that is
not gross less tare) is told once and compared with nothing else, so that one mistake is one discrepancy.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise

from chengmai.custody.book import Book, Discrepancy, Setting, TicketFacts, Told, TripFacts
from chengmai.custody.terms import CustodyRule, LicenceKind, Material, Party, ValueKind
from chengmai.custody.thresholds import Thresholds

_PERMILLE = 1000
_MINUTE = timedelta(minutes=1)

Rule = Callable[[Book, Setting], Iterator[Discrepancy]]


def moment_text(moment: datetime) -> str:
    """A moment as a side tells it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def trip_day(trip: TripFacts, setting: Setting) -> date:
    """The day a trip counts on: that of its weighing, before it that of its handing over."""
    ticket = trip.weighing
    return setting.day(ticket.gross_at if ticket else trip.handed_over_at)


def _of(
    trip: TripFacts,
    setting: Setting,
    rule: CustodyRule,
    kind: ValueKind,
    first: tuple[Party, object],
    second: tuple[Party, object],
    tickets: Iterable[TicketFacts] = (),
) -> Discrepancy:
    return Discrepancy(
        rule,
        trip.number,
        trip_day(trip, setting),
        trip.receiver,
        kind,
        _told(first),
        _told(second),
        (trip.id,),
        tuple(ticket.id for ticket in tickets),
    )


def _told(side: tuple[Party, object]) -> Told:
    party, value = side
    return Told(party, moment_text(value) if isinstance(value, datetime) else str(value))


def _party(trip: TripFacts, ticket: TicketFacts) -> Party:
    return {trip.sender: Party.SENDER, trip.carrier: Party.CARRIER, trip.receiver: Party.RECEIVER}[ticket.owner]


def missing_leg(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A leg that nobody told: the sender's (a ticket without a manifest), the carrier's, the receiver's."""
    kind, rule = ValueKind.TEXT, CustodyRule.MISSING_LEG
    for ticket in book.loose:
        first, second = Told(Party.SCALE, ticket.subject), Told(Party.SENDER, ticket.manifest)
        day = setting.day(ticket.gross_at)
        yield Discrepancy(rule, ticket.subject, day, ticket.owner, kind, first, second, (), (ticket.id,))
    for trip in book.trips:
        weighing = trip.weighing
        due = setting.at > trip.handed_over_at + timedelta(hours=setting.thresholds.leg_hours)
        if (weighing or due) and None in (trip.started_at, trip.arrived_at, trip.carried_kg):
            yield _of(trip, setting, rule, kind, (Party.SENDER, trip.number), (Party.CARRIER, ""))
        if weighing is None and (due or trip.confirmed_at is not None):
            yield _of(trip, setting, rule, kind, (Party.SENDER, trip.number), (Party.RECEIVER, ""))


def duplicate_ticket(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """Two tickets of one trip from one party's scales, or one weighing under two trips."""
    rule, kind = CustodyRule.DUPLICATE_TICKET, ValueKind.TEXT
    weighings: dict[tuple[object, ...], list[tuple[TripFacts | None, TicketFacts]]] = defaultdict(list)
    for ticket in book.loose:
        weighings[_weighing(ticket)].append((None, ticket))
    for trip in book.trips:
        for party in dict.fromkeys((trip.sender, trip.carrier, trip.receiver)):
            tickets = trip.weighings(party)
            for ticket in tickets[:1]:
                weighings[_weighing(ticket)].append((trip, ticket))
            for one, other in pairwise(tickets):
                who = _party(trip, one)
                yield _of(trip, setting, rule, kind, (who, one.subject), (who, other.subject), (one, other))
    for told in weighings.values():
        for (first_trip, one), (trip_, other) in pairwise(told):
            yield Discrepancy(
                rule,
                trip_.number if trip_ else other.subject,
                setting.day(other.gross_at),
                trip_.receiver if trip_ else other.owner,
                kind,
                Told(Party.SCALE, one.subject),
                Told(Party.SCALE, other.subject),
                tuple(trip.id for trip in (first_trip, trip_) if trip),
                (one.id, other.id),
            )


def _weighing(ticket: TicketFacts) -> tuple[object, ...]:
    return ticket.plate, ticket.scale, ticket.gross_kg, ticket.tare_kg, ticket.gross_at


def _tickets(book: Book) -> Iterator[tuple[TripFacts | None, TicketFacts]]:
    for trip in book.trips:
        yield from ((trip, ticket) for ticket in trip.tickets)
    yield from ((None, ticket) for ticket in book.loose)


def _of_ticket(
    trip: TripFacts | None,
    ticket: TicketFacts,
    setting: Setting,
    rule: CustodyRule,
    kind: ValueKind,
    first: tuple[Party, object],
    second: tuple[Party, object],
) -> Discrepancy:
    if trip is not None:
        return _of(trip, setting, rule, kind, first, second, (ticket,))
    day = setting.day(ticket.gross_at)
    return Discrepancy(
        rule, ticket.subject, day, ticket.owner, kind, _told(first), _told(second), (), (ticket.id,)
    )  # fmt: skip


def net_wrong(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A net that is not gross less tare."""
    for trip, ticket in _tickets(book):
        if not ticket.negative and not ticket.weighed:
            told, found = (Party.SCALE, ticket.net_kg), (Party.RULE, ticket.gross_kg - ticket.tare_kg)
            yield _of_ticket(trip, ticket, setting, CustodyRule.NET_WRONG, ValueKind.KG, told, found)


def negative(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A weight below nothing."""
    for trip, ticket in _tickets(book):
        if ticket.negative:
            told = (Party.SCALE, min(ticket.gross_kg, ticket.tare_kg, ticket.net_kg))
            yield _of_ticket(trip, ticket, setting, CustodyRule.NEGATIVE, ValueKind.KG, told, (Party.RULE, 0))


def tare_drift(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A truck that weighs empty otherwise than its register says."""
    for trip, ticket in _tickets(book):
        vehicle = book.registers.vehicles.get(ticket.plate)
        if vehicle is None or not ticket.weighed:
            continue
        apart = abs(ticket.tare_kg - vehicle.tare_kg) * _PERMILLE
        if apart > setting.thresholds.tare_drift_permille * vehicle.tare_kg:
            told, known = (Party.SCALE, ticket.tare_kg), (Party.REGISTER, vehicle.tare_kg)
            yield _of_ticket(trip, ticket, setting, CustodyRule.TARE_DRIFT, ValueKind.KG, told, known)


def over_capacity(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """More on a truck than it may load."""
    for trip, ticket in _tickets(book):
        vehicle = book.registers.vehicles.get(ticket.plate)
        if vehicle is not None and ticket.weighed and ticket.net_kg > vehicle.capacity_kg:
            told, known = (Party.SCALE, ticket.net_kg), (Party.REGISTER, vehicle.capacity_kg)
            yield _of_ticket(trip, ticket, setting, CustodyRule.OVER_CAPACITY, ValueKind.KG, told, known)


def unregistered_vehicle(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A truck that no register has: neither its load nor its tare can be held against anything."""
    rule, kind = CustodyRule.UNREGISTERED_VEHICLE, ValueKind.TEXT
    for trip in book.trips:
        if trip.plate not in book.registers.vehicles:
            yield _of(trip, setting, rule, kind, (Party.SENDER, trip.plate), (Party.REGISTER, ""), trip.tickets)
    for ticket in book.loose:
        if ticket.plate not in book.registers.vehicles:
            yield _of_ticket(None, ticket, setting, rule, kind, (Party.SCALE, ticket.plate), (Party.REGISTER, ""))


def plate_differs(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """Another truck on the scale than the manifest's."""
    for trip in book.trips:
        for ticket in trip.tickets:
            if ticket.plate != trip.plate:
                told, found = (Party.SENDER, trip.plate), (Party.SCALE, ticket.plate)
                yield _of(trip, setting, CustodyRule.PLATE_DIFFERS, ValueKind.TEXT, told, found, (ticket,))


def arrival_before_departure(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A truck that is there, by its carrier's word or on the receiver's scale, before it left."""
    for trip in book.trips:
        told = [(Party.CARRIER, trip.arrived_at)]
        if trip.weighing is not None:
            told.append((Party.RECEIVER, trip.weighing.gross_at))
        for party, there in told:
            if trip.started_at and there and there < trip.started_at:
                rule, left = CustodyRule.ARRIVAL_BEFORE_DEPARTURE, (Party.CARRIER, trip.started_at)
                yield _of(trip, setting, rule, ValueKind.MOMENT, left, (party, there))
                break


def trip_time(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A trip that took less than the way allows, or longer than a trip may."""
    limits = setting.thresholds
    for trip in book.trips:
        if trip.started_at is None or trip.arrived_at is None or trip.arrived_at < trip.started_at:
            continue
        took = trip.arrived_at - trip.started_at
        metres = book.registers.distances_m.get((trip.sender, trip.receiver), 0)
        least = max(timedelta(minutes=limits.shortest_trip_minutes), _way(metres, limits.fastest_kmh))
        most = timedelta(minutes=limits.longest_trip_minutes)
        allowed = least if took < least else most
        if took < least or took > most:
            told, found = (Party.CARRIER, took // _MINUTE), (Party.RULE, -(-allowed // _MINUTE))
            yield _of(trip, setting, CustodyRule.TRIP_TIME, ValueKind.MINUTES, told, found)


def _way(metres: int, kmh: int) -> timedelta:
    return timedelta(hours=1) * metres / (_PERMILLE * kmh) if kmh else timedelta()


def expired_licence(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """No permit of the carrier on the day of departure, or no licence of the receiver on that of the weighing."""
    rule, kind = CustodyRule.EXPIRED_LICENCE, ValueKind.DAY
    for trip in book.trips:
        weighed = trip.weighing.gross_at if trip.weighing else trip.arrived_at
        needed = (
            (Party.CARRIER, trip.carrier, LicenceKind.CARRIER_PERMIT, trip.started_at),
            (Party.RECEIVER, trip.receiver, LicenceKind.RECEIVER_LICENCE, weighed),
        )
        for party, organisation, what, moment in needed:
            if moment is None:
                continue
            day = setting.day(moment)
            fitting = [
                one
                for one in book.registers.licences
                if (one.organisation, one.kind) == (organisation, what) and one.material in ("", trip.material)
            ]
            if not any(one.valid_from <= day <= one.valid_until for one in fitting):
                last = max((one.valid_until for one in fitting), default="")
                yield _of(trip, setting, rule, kind, (party, day), (Party.REGISTER, last))


def expired_scale(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A weighing on a scale whose calibration did not hold that day."""
    for trip, ticket in _tickets(book):
        day, held = setting.day(ticket.gross_at), book.registers.calibrations.get(ticket.scale, ())
        if not any(first <= day <= last for first, last in held):
            known = (Party.REGISTER, max((last for _, last in held), default=""))
            yield _of_ticket(trip, ticket, setting, CustodyRule.EXPIRED_SCALE, ValueKind.DAY, (Party.SCALE, day), known)


def difference(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """Two of the three parties whose weights differ by more than both thresholds; a scale's word prevails."""
    for trip in book.trips:
        told = _weights(trip)
        for (first, one), (second, other) in combinations(told.items(), 2):
            if _apart(one, other, trip.sent_kg, setting.thresholds):
                kind, tickets = ValueKind.KG, [ticket for ticket in (trip.weighing,) if ticket]
                yield _of(trip, setting, CustodyRule.DIFFERENCE, kind, (first, one), (second, other), tickets)


def _weights(trip: TripFacts) -> dict[Party, int]:
    """What each party says was on the truck [kg]; a party's own scale prevails over what it declared."""
    told: dict[Party, int] = {}
    declared = ((Party.SENDER, trip.sender, trip.sent_kg), (Party.CARRIER, trip.carrier, trip.carried_kg))
    for party, organisation, kg in declared:
        ticket = next(iter(trip.weighings(organisation)), None) if organisation != trip.receiver else None
        if ticket is not None and ticket.weighed:
            told[party] = ticket.net_kg
        elif ticket is None and kg is not None:
            told[party] = kg
    if trip.weighing is not None:
        if trip.weighing.weighed:
            told[Party.SCALE] = trip.weighing.net_kg
            if trip.received_kg is not None:
                told[Party.RECEIVER] = trip.received_kg
    elif trip.received_kg is not None:
        told[Party.RECEIVER] = trip.received_kg
    return told


def _apart(one: int, other: int, declared: int, limits: Thresholds) -> bool:
    apart = abs(one - other)
    return apart > limits.difference_kg and apart * _PERMILLE > limits.difference_permille * declared


def intake_total(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A plant's own book of a day against the sum of that day's tickets; a day nobody told is not compared."""
    totals: dict[tuple[str, str, date], int] = defaultdict(int)
    held: dict[tuple[str, str, date], list[TicketFacts]] = defaultdict(list)
    trips: dict[tuple[str, str, date], list[str]] = defaultdict(list)
    counted = [(trip, trip.weighing) for trip in book.trips if trip.weighing]
    for trip, ticket in [*counted, *((None, ticket) for ticket in book.loose)]:
        key = (ticket.owner, trip.material if trip else ticket.material, setting.day(ticket.gross_at))
        totals[key] += ticket.net_kg
        held[key].append(ticket)
        if trip:
            trips[key].append(trip.id)
    limits = setting.thresholds
    for key, booked in book.registers.intakes.items():
        plant, material, day = key
        apart = abs(totals[key] - booked)
        if apart > limits.intake_difference_kg and apart * _PERMILLE > limits.intake_difference_permille * booked:
            yield Discrepancy(
                CustodyRule.INTAKE_TOTAL,
                f"{plant}/{material}/{day.isoformat()}",
                day,
                plant,
                ValueKind.KG,
                Told(Party.SCALE, str(totals[key])),
                Told(Party.PLANT, str(booked)),
                tuple(sorted(trips[key])),
                tuple(sorted(ticket.id for ticket in held[key])),
            )


def chelation(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """Fly ash that left before a test of its batch had passed; the last test before the departure counts."""
    for trip in book.trips:
        if trip.material != Material.FLY_ASH or trip.started_at is None:
            continue
        tests = book.registers.chelations.get((trip.sender, trip.batch), ())
        before = sorted(one for one in tests if one[0] <= trip.started_at)
        if not before or not before[-1][1]:
            found = (Party.REGISTER, before[-1][0] if before else "")
            left = (Party.CARRIER, trip.started_at)
            yield _of(trip, setting, CustodyRule.CHELATION, ValueKind.MOMENT, left, found)


def confirm_by(arrived: datetime, setting: Setting) -> datetime | None:
    """The end of the last working day in which the receiver may confirm; None beyond the calendar that is known."""
    day, left = setting.day(arrived), setting.thresholds.confirm_working_days
    while True:
        day += timedelta(days=1)
        if not setting.calendar.knows(day):
            return None
        left -= setting.calendar.is_working_day(day)
        if left <= 0:
            end = datetime(day.year, day.month, day.day, tzinfo=setting.zone) + timedelta(days=1)
            return end.astimezone(UTC)


def not_confirmed(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """A receiver who has not confirmed in time what was weighed, or did too late; without a ticket a leg is missing."""
    for trip in book.trips:
        arrived = trip.weighing.gross_at if trip.weighing else trip.confirmed_at and trip.arrived_at
        due = confirm_by(arrived, setting) if arrived else None
        if due is not None and (trip.confirmed_at or setting.at) > due:
            told = (Party.RECEIVER, trip.confirmed_at or "")
            yield _of(trip, setting, CustodyRule.NOT_CONFIRMED, ValueKind.MOMENT, told, (Party.RULE, due))


def two_places(book: Book, setting: Setting) -> Iterator[Discrepancy]:
    """One truck on two trips at once, or on a scale elsewhere while it is on a trip."""
    stays: dict[str, list[tuple[datetime, datetime, str, TripFacts | None, TicketFacts | None]]] = defaultdict(list)
    for trip in book.trips:
        if trip.started_at is not None:
            ends = [trip.started_at, *([trip.arrived_at] if trip.arrived_at else [])]
            ends += [ticket.tare_at for ticket in trip.weighings(trip.receiver)[:1] if ticket.plate == trip.plate]
            stays[trip.plate].append((trip.started_at, max(ends), trip.number, trip, None))
    for ticket in book.loose:
        begun, until = sorted((ticket.gross_at, ticket.tare_at))
        stays[ticket.plate].append((begun, until, ticket.subject, None, ticket))
    for found in stays.values():
        found.sort(key=lambda stay: stay[:3])
        for index, (_, until, name, trip_, ticket_) in enumerate(found):
            for begun, _, other, with_trip, with_ticket in found[index + 1 :]:
                if begun >= until:
                    break
                yield Discrepancy(
                    CustodyRule.TWO_PLACES,
                    other,
                    setting.day(begun),
                    with_trip.receiver if with_trip else with_ticket.owner if with_ticket else "",
                    ValueKind.TEXT,
                    Told(Party.CARRIER, name),
                    Told(Party.CARRIER if with_trip else Party.SCALE, other),
                    tuple(one.id for one in (trip_, with_trip) if one),
                    tuple(one.id for one in (ticket_, with_ticket) if one),
                )


RULES: Mapping[CustodyRule, Rule] = {
    CustodyRule.MISSING_LEG: missing_leg,
    CustodyRule.DUPLICATE_TICKET: duplicate_ticket,
    CustodyRule.NET_WRONG: net_wrong,
    CustodyRule.TARE_DRIFT: tare_drift,
    CustodyRule.ARRIVAL_BEFORE_DEPARTURE: arrival_before_departure,
    CustodyRule.TRIP_TIME: trip_time,
    CustodyRule.OVER_CAPACITY: over_capacity,
    CustodyRule.EXPIRED_LICENCE: expired_licence,
    CustodyRule.EXPIRED_SCALE: expired_scale,
    CustodyRule.DIFFERENCE: difference,
    CustodyRule.INTAKE_TOTAL: intake_total,
    CustodyRule.CHELATION: chelation,
    CustodyRule.NOT_CONFIRMED: not_confirmed,
    CustodyRule.TWO_PLACES: two_places,
    CustodyRule.NEGATIVE: negative,
    CustodyRule.UNREGISTERED_VEHICLE: unregistered_vehicle,
    CustodyRule.PLATE_DIFFERS: plate_differs,
}
"""Every rule of reconciliation by its name."""


def reconcile(book: Book, setting: Setting) -> list[Discrepancy]:
    """Every discrepancy of every rule, by day, plant and rule."""
    found = [one for rule in RULES.values() for one in rule(book, setting)]
    return sorted(found, key=lambda one: (one.day, one.plant, one.rule, one.subject, one.first.value, one.second.value))
