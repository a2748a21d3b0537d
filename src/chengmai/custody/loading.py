"""Reads the facts of reconciliation from the database, for some days and their neighbours."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db.models import Q

from chengmai.core.errors import InvalidInput
from chengmai.custody.book import Book, LicenceFacts, Registers, Setting, TicketFacts, TripFacts, VehicleFacts
from chengmai.custody.models import (
    ChelationTest,
    Licence,
    Manifest,
    PlantIntake,
    Route,
    ScaleCalibration,
    Ticket,
    Vehicle,
)
from chengmai.custody.terms import LicenceKind, ManifestState

MARGIN = timedelta(days=2)
"""Trips so long before and after the days asked for are read too: a truck may be on one of them at the same time."""
_TRIP = (
    *("id", "number", "material", "sender__code", "carrier__code", "receiver__code", "plate", "sent_kg"),
    *("handed_over_at", "carried_kg", "received_kg", "started_at", "arrived_at", "confirmed_at", "batch"),
)
_TICKET = (
    *("id", "number", "scale__code", "scale__owner__code", "plate", "material", "gross_kg", "tare_kg", "net_kg"),
    *("gross_at", "tare_at", "manifest_number"),
)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days of the city, both of them in it."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def checked(self, most: int) -> Self:
        """Itself; raises InvalidInput when it is backwards or longer than so many days."""
        if not 0 <= (self.last - self.first).days < most:
            raise InvalidInput("custody.span_unfit", most=most)
        return self


def load_book(span: DaySpan, setting: Setting, receivers: Iterable[str] | None = None) -> Book:
    """Everything that reconciling some days needs.

    With ``receivers`` (codes) the trucks' other trips are read all the same, or nobody would see one in two places.
    """
    start, end = _moments(span, setting)
    live = Ticket.objects.filter(void=None)
    weighed = live.filter(gross_at__gte=start, gross_at__lt=end)
    sent = Manifest.objects.exclude(state=ManifestState.VOID)
    sent = sent.filter(
        Q(handed_over_at__gte=start, handed_over_at__lt=end) | Q(number__in=weighed.values("manifest_number"))
    )
    if receivers is not None:
        codes = list(receivers)
        own = weighed.filter(scale__owner__code__in=codes)
        plates = {*sent.filter(receiver__code__in=codes).values_list("plate", flat=True)}
        plates |= {*own.values_list("plate", flat=True)}
        sent = sent.filter(Q(receiver__code__in=codes) | Q(plate__in=plates))
        weighed = weighed.filter(Q(scale__owner__code__in=codes) | Q(plate__in=plates))
    rows = list(sent.order_by("handed_over_at", "number").values_list(*_TRIP))
    named = live.filter(manifest_number__in=sent.values("number"))
    found = {row[0]: row for some in (weighed, named) for row in some.values_list(*_TICKET)}
    return _assembled(rows, [_ticket(row) for row in found.values()], span, setting)


def load_trip(manifest: Manifest, setting: Setting) -> Book:
    """One trip with every ticket that names it, whenever it was weighed."""
    rows = list(Manifest.objects.filter(pk=manifest.pk).values_list(*_TRIP))
    live = Ticket.objects.filter(void=None, manifest_number=manifest.number)
    day = setting.day(manifest.handed_over_at)
    return _assembled(rows, [_ticket(row) for row in live.values_list(*_TICKET)], DaySpan(day, day), setting)


def _moments(span: DaySpan, setting: Setting) -> tuple[datetime, datetime]:
    start = datetime(span.first.year, span.first.month, span.first.day, tzinfo=setting.zone)
    end = datetime(span.last.year, span.last.month, span.last.day, tzinfo=setting.zone) + timedelta(days=1)
    return start - MARGIN, end + MARGIN


def _ticket(row: Sequence[Any]) -> TicketFacts:
    return TicketFacts(str(row[0]), *row[1:])


def _assembled(rows: Sequence[Sequence[Any]], tickets: Sequence[TicketFacts], span: DaySpan, setting: Setting) -> Book:
    """Trips with their tickets; a ticket that names none, or is of none of its parties' scales, is loose."""
    parties = {row[1]: {row[3], row[4], row[5]} for row in rows}
    named: dict[str, list[TicketFacts]] = defaultdict(list)
    unplaced: list[TicketFacts] = []
    for ticket in sorted(tickets, key=lambda one: (one.gross_at, one.subject)):
        fits = ticket.owner in parties.get(ticket.manifest, ())
        (named[ticket.manifest] if fits else unplaced).append(ticket)
    elsewhere = _known_elsewhere({ticket.manifest for ticket in unplaced} - set(parties) - {""})
    loose = [ticket for ticket in unplaced if ticket.owner not in elsewhere.get(ticket.manifest, ())]
    trips = [replace(TripFacts(str(row[0]), *row[1:]), tickets=tuple(named[row[1]])) for row in rows]
    return Book(trips, loose, _registers(span, setting))


def _known_elsewhere(numbers: set[str]) -> dict[str, set[str]]:
    """Parties of manifests outside the days that were read: their tickets are not without a manifest."""
    found: dict[str, set[str]] = {}
    known = Manifest.objects.exclude(state=ManifestState.VOID).filter(number__in=numbers)
    for number, *codes in known.values_list("number", "sender__code", "carrier__code", "receiver__code"):
        found[number] = set(codes)
    return found


def _registers(span: DaySpan, setting: Setting) -> Registers:
    calibrations: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for scale, first, last in ScaleCalibration.objects.values_list("scale__code", "on", "valid_until"):
        calibrations[scale].append((first, last))
    chelations: dict[tuple[str, str], list[tuple[datetime, bool]]] = defaultdict(list)
    for sender, batch, at, passed in ChelationTest.objects.values_list("sender__code", "batch", "tested_at", "passed"):
        chelations[sender, batch].append((at, passed))
    told = PlantIntake.objects.filter(day__gte=span.first, day__lte=span.last).order_by("revision")
    licences = Licence.objects.values_list("organisation__code", "kind", "material", "valid_from", "valid_until")
    routes = Route.objects.values_list("sender__code", "receiver__code", "distance_m")
    return Registers(
        vehicles={
            plate: VehicleFacts(*kg) for plate, *kg in Vehicle.objects.values_list("plate", "capacity_kg", "tare_kg")
        },
        licences=[LicenceFacts(code, LicenceKind(kind), of, begins, ends) for code, kind, of, begins, ends in licences],
        calibrations=calibrations,
        distances_m={(sender, receiver): metres for sender, receiver, metres in routes},
        chelations=chelations,
        intakes={
            (code, material, day): kg
            for code, material, day, kg in told.values_list("receiver__code", "material", "day", "kg")
        },
    )
