"""The facts that reconciliation is about, and what it finds: plain values, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chengmai.core.lineage import seal
from chengmai.core.work_calendar import WorkCalendar
from chengmai.custody.terms import CustodyRule, LicenceKind, Party, ValueKind
from chengmai.custody.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket that is not void [kg]; ``owner`` is the code of the organisation whose scale it is."""

    id: str
    number: str
    scale: str
    owner: str
    plate: str
    material: str
    gross_kg: int
    tare_kg: int
    net_kg: int
    gross_at: datetime
    tare_at: datetime
    manifest: str

    @property
    def subject(self) -> str:
        """How a ticket is named among all."""
        return f"{self.scale}/{self.number}"

    @property
    def negative(self) -> bool:
        """Whether a weight is below nothing."""
        return min(self.gross_kg, self.tare_kg, self.net_kg) < 0

    @property
    def weighed(self) -> bool:
        """Whether it can be what was weighed."""
        return not self.negative and self.net_kg == self.gross_kg - self.tare_kg


@dataclass(frozen=True, slots=True)
class TripFacts:
    """A manifest that is not void, with the tickets that name it; parties are codes of organisations, weights kg."""

    id: str
    number: str
    material: str
    sender: str
    carrier: str
    receiver: str
    plate: str
    sent_kg: int
    handed_over_at: datetime
    carried_kg: int | None = None
    received_kg: int | None = None
    started_at: datetime | None = None
    arrived_at: datetime | None = None
    confirmed_at: datetime | None = None
    batch: str = ""
    tickets: tuple[TicketFacts, ...] = ()
    """In the order of their weighing."""

    def weighings(self, party: str) -> list[TicketFacts]:
        """The tickets of one party's scales."""
        return [ticket for ticket in self.tickets if ticket.owner == party]

    @property
    def weighing(self) -> TicketFacts | None:
        """The receiver's ticket that counts: its first."""
        return next(iter(self.weighings(self.receiver)), None)


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """What a register says of a truck [kg]."""

    capacity_kg: int
    tare_kg: int


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """A licence's validity; both days are valid days."""

    organisation: str
    kind: LicenceKind
    material: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Registers:
    """What trips are held against, by code; ``intakes`` by receiver, material and day."""

    vehicles: Mapping[str, VehicleFacts] = field(default_factory=dict)
    licences: Sequence[LicenceFacts] = ()
    calibrations: Mapping[str, Sequence[tuple[date, date]]] = field(default_factory=dict)
    distances_m: Mapping[tuple[str, str], int] = field(default_factory=dict)
    chelations: Mapping[tuple[str, str], Sequence[tuple[datetime, bool]]] = field(default_factory=dict)
    intakes: Mapping[tuple[str, str, date], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """How the rules are applied: thresholds, the city's calendar and zone, and the moment it is looked at."""

    thresholds: Thresholds
    calendar: WorkCalendar
    zone: ZoneInfo
    at: datetime

    def day(self, moment: datetime) -> date:
        """The city's day of a moment."""
        return moment.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Told:
    """One side of a comparison: who tells it, and what."""

    party: Party
    value: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two sides that do not agree under a rule; it holds what it names out of payment until it is resolved."""

    rule: CustodyRule
    subject: str
    """Number of the manifest, scale/number of a ticket without one, or receiver/material/day."""
    day: date
    plant: str
    kind: ValueKind
    first: Told
    second: Told
    manifests: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()

    def document(self) -> dict[str, object]:
        """It as plain values."""
        return {
            "rule": self.rule.value,
            "subject": self.subject,
            "day": self.day.isoformat(),
            "plant": self.plant,
            "kind": self.kind.value,
            "first": {"party": self.first.party.value, "value": self.first.value},
            "second": {"party": self.second.party.value, "value": self.second.value},
            "manifests": list(self.manifests),
            "tickets": list(self.tickets),
        }

    @property
    def fingerprint(self) -> str:
        """Seal over rule, subject and both sides: the same as long as nothing it is about changes."""
        return seal(self.document())


@dataclass(frozen=True, slots=True)
class Book:
    """The facts of some days: trips, and tickets whose manifest nobody knows or that belong to none of its parties."""

    trips: Sequence[TripFacts]
    loose: Sequence[TicketFacts]
    registers: Registers
