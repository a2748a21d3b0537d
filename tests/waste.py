"""A played day of waste as the facts that reconciliation reads, without a database."""

from datetime import date, timedelta

from chengmai.core.work_calendar import WorkCalendar, published_years
from chengmai.custody.book import Book, LicenceFacts, Registers, Setting, TicketFacts, TripFacts, VehicleFacts
from chengmai.custody.terms import LicenceKind
from chengmai.custody.thresholds import DEFAULTS
from chengmai.settings import Settings
from chengmai.simulator.waste_town import (
    CARRIERS,
    LANDFILL,
    LAPSED,
    LAPSED_CARRIER,
    LAPSED_MATERIAL,
    LINES,
    PlayedTicket,
    PlayedTrip,
    WasteDay,
    lapsed_scale_of,
    scale_of,
)

YEAR = timedelta(days=365)


def number_of(trip: PlayedTrip) -> str:
    """The number that a trip's manifest would have."""
    return f"20261405{trip.index:06d}"


def numbers(day: WasteDay) -> dict[int, str]:
    """The numbers of a day's manifests."""
    return {trip.index: number_of(trip) for trip in day.trips}


def ticket_facts(trip: PlayedTrip, ticket: PlayedTicket) -> TicketFacts:
    """A scale's ticket as reconciliation reads it."""
    return TicketFacts(
        id=f"{ticket.scale}/{ticket.number}",
        number=ticket.number,
        scale=ticket.scale,
        owner=trip.line.receiver,
        plate=ticket.plate,
        material=trip.line.material.value,
        gross_kg=ticket.gross_kg,
        tare_kg=ticket.tare_kg,
        net_kg=ticket.net_kg,
        gross_at=ticket.gross_at,
        tare_at=ticket.tare_at,
        manifest=number_of(trip) if trip.manifest else "",
    )


def trip_facts(trip: PlayedTrip) -> TripFacts:
    """A trip as reconciliation reads it."""
    return TripFacts(
        id=f"trip-{trip.index}",
        number=number_of(trip),
        material=trip.line.material.value,
        sender=trip.line.sender,
        carrier=trip.carrier,
        receiver=trip.line.receiver,
        plate=trip.plate,
        sent_kg=trip.sent_kg,
        handed_over_at=trip.handed_over_at,
        carried_kg=trip.carried_kg,
        received_kg=trip.received_kg,
        started_at=trip.started_at,
        arrived_at=trip.arrived_at,
        confirmed_at=trip.confirmed_at,
        batch=trip.batch,
        tickets=tuple(ticket_facts(trip, ticket) for ticket in trip.tickets),
    )


def registers_of(day: WasteDay) -> Registers:
    """The registers of the town on a day."""
    first, last, lapsed = day.day - YEAR, day.day + YEAR, day.day - LAPSED
    permit, licence = LicenceKind.CARRIER_PERMIT, LicenceKind.RECEIVER_LICENCE
    receivers = {line.receiver for line in LINES}
    licences = [LicenceFacts(carrier, permit, "", first, last) for carrier in CARRIERS]
    licences.append(LicenceFacts(LAPSED_CARRIER, permit, "", first, lapsed))
    licences += [LicenceFacts(line.receiver, licence, line.material.value, first, last) for line in LINES]
    licences.append(LicenceFacts(LANDFILL, licence, LAPSED_MATERIAL.value, first, lapsed))
    return Registers(
        vehicles={truck.plate: VehicleFacts(truck.capacity_kg, truck.tare_kg) for truck in day.trucks},
        licences=licences,
        calibrations={scale_of(one): [(first, last)] for one in receivers}
        | {lapsed_scale_of(one): [(first, lapsed)] for one in receivers},
        distances_m={(line.sender, line.receiver): line.distance_m for line in LINES},
        chelations={("JC-INCINERATION-CO", day.tested_batch): [(day.tested_at, True)]},
        intakes={(receiver, material.value, day.day): kg for (receiver, material), kg in day.intakes.items()},
    )


def book_of(day: WasteDay) -> Book:
    """All facts of a day."""
    trips = [trip_facts(trip) for trip in day.trips if trip.manifest]
    loose = [ticket_facts(trip, ticket) for trip in day.trips if not trip.manifest for ticket in trip.tickets]
    return Book(trips, loose, registers_of(day))


def setting_of(day: WasteDay) -> Setting:
    """The customary thresholds, seen when every mistake can be."""
    settings = Settings()
    return Setting(
        DEFAULTS, WorkCalendar(published_years(), settings.day_hours, settings.zone), day.zone, day.looked_at
    )


def any_day() -> date:
    """A working day of a year whose holidays are published."""
    return date(2026, 3, 11)
