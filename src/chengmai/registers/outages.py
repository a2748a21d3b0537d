"""How available the things of a register were, by the register that keeps when they were not."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.db.models import QuerySet

from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.registers.availability import Availability, Outage, availability, together
from chengmai.registers.definitions import KindDef, SpansDef, read_kind
from chengmai.registers.kinds import kind_of
from chengmai.registers.models import EntryReference, RegisterEntry, RegisterKind
from chengmai.registers.values import day_of
from chengmai.settings import current


@dataclass(frozen=True, slots=True)
class ThingAvailability:
    """One thing with what it came to, and the entries that told its outages."""

    thing: RegisterEntry
    found: Availability
    outages: tuple[RegisterEntry, ...]


@dataclass(frozen=True, slots=True)
class RegisterAvailability:
    """Every thing in force of a register, and all together [%]."""

    kind: KindDef
    rows: tuple[ThingAvailability, ...]

    @property
    def percent(self) -> Decimal | None:
        """All time lost over all time agreed [%]."""
        return together([row.found for row in self.rows])


def spans_of(register: str) -> tuple[RegisterKind, KindDef, SpansDef, KindDef]:
    """A register of outages, and the kind of what they are of; raises NotFound, or InvalidInput for any other."""
    row, kind = kind_of(register)
    if kind.spans is None:
        raise InvalidInput("register.no_spans", code=register)
    of = kind.field(kind.spans.of)
    return row, kind, kind.spans, kind_of(of.refers_to if of else "")[1]


def availability_of(
    register: str, start: datetime, end: datetime, visible: QuerySet[RegisterEntry]
) -> RegisterAvailability:
    """Of every thing that is in force, from the day its kind dates it by; ``visible`` are the entries one may see.

    Raises NotFound or InvalidInput as ``spans_of`` does.
    """
    row, kind, spans, of = spans_of(register)
    moment = now()
    things = list(visible.filter(kind__code=of.code, state__in=of.active_states).order_by("code"))
    told = visible.filter(kind=row).exclude(state__in=kind.void_states)
    links = EntryReference.objects.filter(field=spans.of, entry__in=told, target__in=things)
    by_thing: dict[object, list[RegisterEntry]] = {}
    for link in links.select_related("entry__kind").order_by("entry__code"):
        by_thing.setdefault(link.target_id, []).append(link.entry)
    rows = []
    for thing in things:
        outages = [(one, _span(spans, one)) for one in by_thing.get(thing.pk, ())]
        within = [(one, span) for one, span in outages if _touches(span, start, min(end, moment), moment)]
        found = availability((span for _, span in within), start, end, moment, _since(of, thing))
        rows.append(ThingAvailability(thing, found, tuple(one for one, _ in within)))
    return RegisterAvailability(of, tuple(rows))


def _span(spans: SpansDef, entry: RegisterEntry) -> Outage:
    ended = entry.facts.get(spans.end)
    begun = datetime.fromisoformat(str(entry.facts[spans.start]))
    return begun, None if ended is None else datetime.fromisoformat(str(ended))


def _touches(span: Outage, start: datetime, end: datetime, moment: datetime) -> bool:
    return span[0] < end and (span[1] or moment) > start


def _since(kind: KindDef, thing: RegisterEntry) -> datetime | None:
    """From when a thing was to be available: the first moment of the day its kind dates it by."""
    dating = kind.field(kind.dated_by)
    if dating is None or dating.code not in thing.facts:
        return None
    zone = current().zone
    return datetime.combine(day_of(dating, thing.facts[dating.code], zone), time(), zone)


def title_of(kind: KindDef, entry: RegisterEntry) -> str:
    """What an entry is called beside its code."""
    value = entry.facts.get(kind.title)
    field = kind.field(kind.title)
    if value is None or field is None:
        return ""
    return next((one.name_zh for one in field.choices if one.code == value), str(value))


def kinds_by_code() -> dict[str, KindDef]:
    """Every kind of register, read, in their order."""
    rows = RegisterKind.objects.order_by("position", "code")
    return {row.code: read_kind(row.definition) for row in rows}
