"""Use-cases on entries: enter, change what is told, take a move; each with history and audit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.registers.checking import Known, columns_of, read_facts
from chengmai.registers.definitions import ENTER, FieldType, KindDef, MoveDef, read_kind
from chengmai.registers.kinds import kind_of
from chengmai.registers.models import EntryReference, EntryStep, RegisterEntry, RegisterKind
from chengmai.registers.queries import entry_for, same_person, today
from chengmai.registers.values import Value, told_value
from chengmai.settings import current

MOST_NOTE = 2000
CHANGE = "change"


@dataclass(frozen=True, slots=True)
class RegisterDraft:
    """What is told of an entry; ``state`` is a first state (empty: the kind's own)."""

    owner: str
    values: Mapping[str, str] = field(default_factory=dict)
    state: str = ""
    note: str = ""


def enter(user: User | None, register: str, draft: RegisterDraft) -> RegisterEntry:
    """Put an entry into a register.

    Raises NotFound, InvalidInput for the first rule it breaks, or Conflict: a taken code, a register out of use.
    """
    with transaction.atomic():
        take_turn()
        row, kind = kind_of(register)
        if row.retired:
            raise Conflict("register.retired", code=register)
        known = Known.read(user, kind, [draft.values])
        facts, faults = read_facts(kind, draft.values, known, {})
        if faults:
            raise faults[0]
        (made,) = write_new(user, row, kind, [(draft, facts)], known.owners)
        record(user, "register.entered", "register_entry", str(made.pk), after=audited(kind, made))
    return made


def change(user: User, entry_id: UUID, version: int, owner: str, values: Mapping[str, str]) -> RegisterEntry:
    """Change what is told of an entry; raises NotFound, InvalidInput, or Conflict (stale, void, awaiting approval)."""
    with transaction.atomic():
        take_turn()
        entry, kind = _fresh(user, entry_id, version)
        demand_open(kind, entry)
        known = Known.read(user, kind, [values])
        facts, faults = read_facts(kind, values, known, entry.facts)
        if faults:
            raise faults[0]
        write_change(user, kind, entry, facts, owner_of(known.owners, owner))
    return entry_for(user, entry_id)


def demand_open(kind: KindDef, entry: RegisterEntry) -> None:
    """Raise Conflict for an entry that counts for nothing, or that waits for a second person's word as it is."""
    if entry.state in kind.void_states:
        raise Conflict("register.entry_void", code=entry.code)
    if any(move.other_than and entry.state in move.come_from for move in kind.moves):
        raise Conflict("register.awaits_other", code=entry.code)


def move(
    user: User, entry_id: UUID, version: int, code: str, note: str = "", values: Mapping[str, str] | None = None
) -> RegisterEntry:
    """Take a move, telling what it needs along with it.

    Raises NotFound, NotAllowed (permission; the same person where another is wanted), Conflict (stale, not from this
    state), or InvalidInput (no reason, something needed is not told).
    """
    with transaction.atomic():
        take_turn()
        entry, kind = _fresh(user, entry_id, version)
        wanted = next((one for one in kind.moves if one.code == code), None)
        if wanted is None or entry.state not in wanted.come_from:
            raise Conflict("register.move_forbidden", move=code, state=entry.state)
        demand_may(user, entry, wanted)
        if wanted.note_needed and not note.strip():
            raise InvalidInput("register.note_missing")
        if len(note) > MOST_NOTE:
            raise InvalidInput("register.note_long", most=MOST_NOTE)
        facts = _facts_after(user, kind, entry, wanted, values or {})
        before, was = audited(kind, entry), entry.state
        entry.state = wanted.to
        _save(user, kind, entry, facts, entry.owner)
        note_step(entry, user, wanted.code, was, note)
        after = audited(kind, entry) | {"note": note.strip()}
        record(user, f"register.{wanted.code}", "register_entry", str(entry.pk), before=before, after=after)
    return entry_for(user, entry_id)


def demand_may(user: User, entry: RegisterEntry, wanted: MoveDef) -> None:
    """Raise NotAllowed unless a person may take a move: by permission, and as the second of two where it wants one."""
    needed = Permission.REGISTER_APPROVE if wanted.approval else Permission.REGISTER_WRITE
    if needed not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=needed.value)
    if same_person(user, entry, wanted):
        raise NotAllowed("register.same_person", code=entry.code)


def _facts_after(
    user: User, kind: KindDef, entry: RegisterEntry, wanted: MoveDef, values: Mapping[str, str]
) -> dict[str, Value]:
    """An entry's facts with what a move brings: its own fields only, and the present moment where it sets one."""
    told = {name: told_value(one, entry.facts[name]) for one in kind.fields if (name := one.code) in entry.facts}
    allowed = {*wanted.needs, wanted.sets}
    for name in values:
        if name not in allowed:
            raise InvalidInput("register.not_of_move", field=name, move=wanted.code)
    told |= {name: text for name, text in values.items() if text.strip()}
    setting = kind.field(wanted.sets)
    if setting is not None and not values.get(setting.code, "").strip():
        told[setting.code] = today().isoformat() if setting.type is FieldType.DAY else now().isoformat()
    facts, faults = read_facts(kind, told, Known.read(user, kind, [told]), entry.facts)
    if faults:
        raise faults[0]
    for name in wanted.needs:
        needed = kind.field(name)
        if needed is not None and name not in facts:
            raise InvalidInput("finding.entry.field_missing", field=needed.called, value="")
    return facts


def owner_of(owners: Mapping[str, Organisation], code: str) -> Organisation:
    """An organisation within reach; raises InvalidInput."""
    found = owners.get(code)
    if found is None:
        raise InvalidInput("finding.entry.owner_unknown", field="owner", value=code)
    return found


def write_new(
    user: User | None,
    row: RegisterKind,
    kind: KindDef,
    told: Sequence[tuple[RegisterDraft, Mapping[str, Value]]],
    owners: Mapping[str, Organisation],
    at: datetime | None = None,
) -> list[RegisterEntry]:
    """Write entries that were checked; call it inside the transaction that also writes the audit entry."""
    moment, day = at or now(), today()
    numbers = iter(_numbers(row, kind, day, len(told)))
    made = []
    for draft, facts in told:
        state = draft.state or kind.first_state
        found = kind.state(state)
        if found is None or not found.first:
            raise InvalidInput("finding.entry.state_not_first", field="state", value=state)
        made.append(
            RegisterEntry(
                kind=row,
                kind_version=row.version,
                code=str(facts[kind.key]) if kind.key else next(numbers),
                owner=owner_of(owners, draft.owner),
                state=state,
                facts=dict(facts),
                entered_at=moment,
                **columns_of(kind, facts, state, day),
            )
        )
    _describe(kind, made)
    try:
        with transaction.atomic():
            RegisterEntry.objects.bulk_create(made)
    except IntegrityError as error:
        raise Conflict("register.taken", codes=", ".join(one.code for one in made[:5])) from error
    EntryReference.objects.bulk_create(reference for one in made for reference in references_of(kind, one))
    EntryStep.objects.bulk_create(
        EntryStep(
            entry=one, at=moment, actor=user, action=ENTER, to_state=one.state, note=draft.note, version=1,
            facts=one.facts,
        )
        for one, (draft, _) in zip(made, told, strict=True)
    )  # fmt: skip
    return made


def _numbers(row: RegisterKind, kind: KindDef, day: date, many: int) -> list[str]:
    """The next numbers of a day, as ``GZ20250303-001``."""
    start = f"{kind.prefix}{day:%Y%m%d}-"
    last = RegisterEntry.objects.filter(kind=row, code__startswith=start).order_by("-code").first()
    first = 1 if last is None else int(last.code.rpartition("-")[2]) + 1
    return [f"{start}{number:04}" for number in range(first, first + many)]


def references_of(kind: KindDef, entry: RegisterEntry) -> Iterable[EntryReference]:
    """An entry's references as rows."""
    for one in kind.fields:
        if one.type is FieldType.REFERENCE and one.code in entry.facts:
            yield EntryReference(entry=entry, field=one.code, target_id=UUID(str(entry.facts[one.code])))


def _describe(kind: KindDef, entries: Sequence[RegisterEntry]) -> None:
    """Fill in what a search looks in: texts, choices by name, codes of what is referred to, people by name."""
    named = {one.type: set[str]() for one in kind.fields}
    for entry in entries:
        for one in kind.fields:
            if one.code in entry.facts:
                named[one.type].add(str(entry.facts[one.code]))
    rows = RegisterEntry.objects.filter(pk__in=named.get(FieldType.REFERENCE, ()))
    codes = {str(pk): code for pk, code in rows.values_list("pk", "code")}
    people = dict(User.objects.filter(username__in=named.get(FieldType.PERSON, ())).values_list("username", "name"))
    for entry in entries:
        entry.words = " ".join(_words(kind, entry.facts, codes | people))


def _words(kind: KindDef, facts: Mapping[str, Value], names: Mapping[str, str]) -> Iterable[str]:
    for one in kind.fields:
        value = facts.get(one.code)
        if value is None:
            continue
        if one.type is FieldType.CHOICE:
            yield from (f"{choice.name_zh} {choice.name_en}" for choice in one.choices if choice.code == value)
        elif one.type in (FieldType.REFERENCE, FieldType.PERSON):
            yield names.get(str(value), "")
        elif one.type is FieldType.TEXT:
            yield str(value)


def write_change(
    user: User | None, kind: KindDef, entry: RegisterEntry, facts: dict[str, Value], owner: Organisation
) -> bool:
    """Write what a checked change alters, with history and audit; False when it alters nothing."""
    if facts == entry.facts and owner.pk == entry.owner_id:
        return False
    before = audited(kind, entry)
    _save(user, kind, entry, facts, owner)
    note_step(entry, user, CHANGE, entry.state)
    record(user, "register.changed", "register_entry", str(entry.pk), before=before, after=audited(kind, entry))
    return True


def _save(user: User | None, kind: KindDef, entry: RegisterEntry, facts: dict[str, Value], owner: Organisation) -> None:
    seen = entry.version
    entry.facts, entry.owner, entry.version = facts, owner, seen + 1
    entry.kind_version = entry.kind.version
    for name, value in columns_of(kind, facts, entry.state, entry.entered_at.astimezone(current().zone).date()).items():
        setattr(entry, name, value)
    if kind.key:
        entry.code = str(facts[kind.key])
    _describe(kind, [entry])
    names = ("facts", "owner", "state", "version", "kind_version", "on", "expires_on", "amount_fen", "code", "words")
    values = {name: getattr(entry, name) for name in names}
    try:
        with transaction.atomic():
            if not RegisterEntry.objects.filter(pk=entry.pk, version=seen).update(**values):
                raise Conflict("version.stale", sent=seen, present="?")
    except IntegrityError as error:
        raise Conflict("register.taken", codes=entry.code) from error
    EntryReference.objects.filter(entry=entry).delete()
    EntryReference.objects.bulk_create(references_of(kind, entry))


def _fresh(user: User, entry_id: UUID, version: int) -> tuple[RegisterEntry, KindDef]:
    entry = entry_for(user, entry_id)
    if entry.version != version:
        raise Conflict("version.stale", sent=version, present=entry.version)
    return entry, read_kind(entry.kind.definition)


def note_step(entry: RegisterEntry, actor: User | None, action: str, from_state: str, note: str = "") -> None:
    """Write a step into an entry's history."""
    EntryStep.objects.create(
        entry=entry,
        at=now(),
        actor=actor,
        action=action,
        from_state=from_state,
        to_state=entry.state,
        note=note.strip(),
        version=entry.version,
        facts=entry.facts,
    )


def audited(kind: KindDef, entry: RegisterEntry) -> dict[str, Any]:
    """What is told of an entry, as the audit trail keeps it."""
    facts = {name: told_value(one, entry.facts[name]) for one in kind.fields if (name := one.code) in entry.facts}
    return {
        "register": kind.code, "code": entry.code, "owner": entry.owner.code, "state": entry.state,
        "version": entry.version, **facts,
    }  # fmt: skip
