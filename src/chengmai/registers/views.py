"""From rows of registers to the shapes of their doors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.core.errors import Conflict
from chengmai.core.money import told as yuan_told
from chengmai.registers import queries
from chengmai.registers.definitions import FILES, FieldType, KindDef, read_kind
from chengmai.registers.entries import demand_open
from chengmai.registers.models import EntryReference, RegisterEntry, RegisterKind, StoredFile
from chengmai.registers.outages import RegisterAvailability, kinds_by_code, title_of
from chengmai.registers.queries import KindCount, Wanted
from chengmai.registers.schemas import (
    BelongingOut,
    LostPart,
    NamedOrganisation,
    RegisterAvailabilityOut,
    RegisterAvailabilityRow,
    RegisterCounts,
    RegisterEntryDetail,
    RegisterEntryFilter,
    RegisterEntryOut,
    RegisterEntryStepOut,
    RegisterKindDetail,
    RegisterKindOut,
    RegisterRevision,
    person_name,
)
from chengmai.registers.values import told_value

MOST_STEPS = 200


def named(row: Organisation) -> NamedOrganisation:
    """An organisation by its code and names."""
    return NamedOrganisation(code=row.code, name_zh=row.name_zh, name_en=row.name_en)


def kind_out(row: RegisterKind, counted: KindCount | None) -> RegisterKindOut:
    """A kind of register with what is in it."""
    kind = read_kind(row.definition)
    of = kind.field(kind.spans.of) if kind.spans else None
    told: dict[str, Any] = {name: getattr(kind, name) for name in _PLAIN}
    told["fields"] = [asdict(one) for one in kind.fields]
    told["states"] = [asdict(one) for one in kind.states]
    told["moves"] = [asdict(one) for one in kind.moves]
    counted = counted or KindCount({}, 0, 0)
    return RegisterKindOut(
        **told,
        listed=list(kind.listed),
        spans_of=of.refers_to if of else "",
        retired=row.retired,
        version=row.version,
        counts=RegisterCounts(states=counted.states, expiring=counted.expiring, expired=counted.expired),
    )


_PLAIN = ("code", "name_zh", "name_en", "domain", "note_zh", "note_en", "key", "title", "dated_by", "amount")


def kind_detail(row: RegisterKind, counted: KindCount | None) -> RegisterKindDetail:
    """A kind with its document and the versions it had."""
    return RegisterKindDetail(
        kind=kind_out(row, counted),
        definition=row.definition,
        revisions=[
            RegisterRevision(version=one.version, at=one.at, by=person_name(one.by), definition=one.definition)
            for one in row.revisions.select_related("by").order_by("-version")
        ],
    )


def told_values(kind: KindDef, facts: Mapping[str, Any]) -> dict[str, str]:
    """An entry's values as text."""
    return {name: told_value(one, facts[name]) for one in kind.fields if (name := one.code) in facts}


def entries_out(user: User, kind: KindDef, entries: Sequence[RegisterEntry]) -> list[RegisterEntryOut]:
    """Entries of one kind with what their references, people and files are called; three questions for all."""
    labels = _labels(user, kind, entries)
    return [
        RegisterEntryOut(
            id=one.pk,
            kind=kind.code,
            code=one.code,
            owner=named(one.owner),
            state=one.state,
            on=one.on,
            expires_on=one.expires_on,
            values=told_values(kind, one.facts),
            labels={
                field.code: labels[str(one.facts[field.code])]
                for field in kind.fields
                if str(one.facts.get(field.code, "")) in labels and field.type in _LABELLED
            },
            version=one.version,
        )
        for one in entries
    ]


_LABELLED = frozenset({FieldType.REFERENCE, FieldType.PERSON, *FILES})


def _labels(user: User, kind: KindDef, entries: Sequence[RegisterEntry]) -> dict[str, str]:
    found: dict[str, str] = {}
    named_by = {one.type: set[str]() for one in kind.fields}
    for entry in entries:
        for one in kind.fields:
            if one.type in _LABELLED and one.code in entry.facts:
                named_by[one.type].add(str(entry.facts[one.code]))
    if named_by.get(FieldType.REFERENCE):
        kinds = kinds_by_code()
        for target in queries.targets_of(user, entries).values():
            found[str(target.pk)] = label(kinds[target.kind.code], target)
    if people := named_by.get(FieldType.PERSON):
        found |= dict(User.objects.filter(username__in=people).values_list("username", "name"))
    if held := {file for one in FILES for file in named_by.get(one, ())}:
        found |= {str(one.pk): one.name for one in StoredFile.objects.filter(pk__in=held)}
    return found


def label(kind: KindDef, entry: RegisterEntry) -> str:
    """How an entry is called where it is referred to."""
    title = title_of(kind, entry)
    return f"{entry.code} {title}".strip() if title != entry.code else entry.code


def entry_detail(user: User, entry: RegisterEntry) -> RegisterEntryDetail:
    """All of one entry."""
    kind = read_kind(entry.kind.definition)
    steps = entry.history.select_related("actor").order_by("-pk")[:MOST_STEPS]
    return RegisterEntryDetail(
        entry=entries_out(user, kind, [entry])[0],
        history=[
            RegisterEntryStepOut(
                at=step.at,
                actor=person_name(step.actor),
                action=step.action,
                from_state=step.from_state,
                to_state=step.to_state,
                note=step.note,
                version=step.version,
                values=told_values(kind, step.facts),
            )
            for step in steps
        ],
        moves=[one.code for one in queries.allowed_moves(user, entry, kind)],
        may_change=Permission.REGISTER_WRITE in user.permissions and _is_open(kind, entry),
        belongings=list(_belongings(user, entry)),
    )


def _is_open(kind: KindDef, entry: RegisterEntry) -> bool:
    try:
        demand_open(kind, entry)
    except Conflict:
        return False
    return True


def _belongings(user: User, entry: RegisterEntry) -> Iterable[BelongingOut]:
    links = EntryReference.objects.filter(target=entry, entry__in=queries.visible_entries(user))
    kinds = kinds_by_code()
    rows = links.values_list("entry__kind__code").annotate(Count("pk"), Sum("entry__amount_fen")).order_by()
    told = {code: (count, amount) for code, count, amount in rows}
    for code, kind in kinds.items():
        if any(one.refers_to == entry.kind.code for one in kind.fields):
            count, amount = told.get(code, (0, None))
            yield BelongingOut(
                kind=code,
                name_zh=kind.name_zh,
                name_en=kind.name_en,
                count=count,
                amount=None if amount is None else yuan_told(amount),
            )


def wanted_of(wanted: RegisterEntryFilter) -> Wanted:
    """What a query of a door asks for."""
    return Wanted(
        q=wanted.q,
        state=wanted.state,
        owner=wanted.owner,
        target=wanted.target,
        since=wanted.since,
        until=wanted.until,
        expiring_days=wanted.expiring_days,
    )


def availability_out(
    register: str, found: RegisterAvailability, start: datetime, end: datetime
) -> RegisterAvailabilityOut:
    """The availability of a register's things."""
    return RegisterAvailabilityOut(
        kind=register,
        kind_of=found.kind.code,
        start=start,
        end=end,
        percent=_text(found.percent),
        rows=[
            RegisterAvailabilityRow(
                id=row.thing.pk,
                code=row.thing.code,
                title=title_of(found.kind, row.thing),
                percent=_text(row.found.percent),
                agreed_s=int(row.found.agreed.total_seconds()),
                lost_s=int(row.found.lost.total_seconds()),
                lost=[LostPart(start=begin, end=until) for begin, until in row.found.parts],
            )
            for row in found.rows
        ],
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
