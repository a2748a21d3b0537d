"""Whether what is told of entries holds: values against their kind's fields, and against what is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from chengmai.access.models import Organisation, User
from chengmai.access.scope import reach, within_reach
from chengmai.core.errors import InvalidInput
from chengmai.registers.definitions import FILES, FieldDef, FieldType, KindDef
from chengmai.registers.models import RegisterEntry, StoredFile
from chengmai.registers.values import Value, day_of, read_value, unfit
from chengmai.settings import current

MOST_CODE = 64


@dataclass(slots=True)
class Known:
    """What values of a batch may name: organisations, entries referred to (by code and identity), people, files."""

    owners: dict[str, Organisation] = field(default_factory=dict)
    targets: dict[str, dict[str, RegisterEntry]] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)

    @classmethod
    def read(cls, user: User | None, kind: KindDef, rows: Iterable[Mapping[str, str]]) -> "Known":
        """Everything the rows name, within a person's reach, with one question for each sort."""
        told = list(rows)
        codes = None if user is None else reach(user)
        known = cls()
        organisations = Organisation.objects.all()
        if codes is not None:
            organisations = organisations.filter(code__in=codes)
        known.owners = {one.code: one for one in organisations}
        for one in kind.fields:
            named = {row[one.code].strip() for row in told if row.get(one.code, "").strip()}
            if one.type is FieldType.REFERENCE and named:
                known.targets[one.code] = _targets(user, one.refers_to, named)
            elif one.type is FieldType.PERSON and named:
                people = User.objects.filter(Q(username__in=named) | Q(name__in=named))
                people = people if codes is None else people.filter(organisation__code__in=codes)
                known.people |= {person.name: person for person in people}
                known.people |= {person.username: person for person in people}
            elif one.type in FILES and named:
                wanted = [part for part in named if _is_id(part)]
                # A file is attached by whoever brought it: nobody can name another's into an entry of his own.
                found = StoredFile.objects.filter(pk__in=wanted)
                found = found if user is None else found.filter(uploaded_by=user)
                known.files |= {str(file.pk): file for file in found}
        return known


def _targets(user: User | None, register: str, named: set[str]) -> dict[str, RegisterEntry]:
    rows = RegisterEntry.objects.filter(kind__code=register)
    rows = rows if user is None else within_reach(rows, user)
    rows = rows.filter(Q(code__in=named) | Q(pk__in=[one for one in named if _is_id(one)]))
    found = {one.code: one for one in rows}
    return found | {str(one.pk): one for one in rows}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def read_facts(
    kind: KindDef, values: Mapping[str, str], known: Known, present: Mapping[str, Value]
) -> tuple[dict[str, Value], list[InvalidInput]]:
    """Values as they are kept, and every rule they break; ``present`` is what the entry holds already."""
    facts: dict[str, Value] = {}
    faults: list[InvalidInput] = []
    for name in values:
        one = kind.field(name)
        if one is None or (one.retired and values[name] and name not in present):
            faults.append(InvalidInput("finding.entry.field_unknown", field=name, value=values[name][:80]))
    for one in kind.fields:
        try:
            value = _value(one, values.get(one.code, ""), known, present.get(one.code))
        except InvalidInput as fault:
            faults.append(fault)
            continue
        if value is None and one.needed and not one.retired:
            faults.append(unfit(one, "", "field_missing"))
        if value is not None:
            facts[one.code] = value
    key = facts.get(kind.key)
    if isinstance(key, str) and len(key) > MOST_CODE:
        faults.append(InvalidInput("finding.entry.text_long", field=kind.key, value=key[:80]))
    return facts, faults


def _value(one: FieldDef, text: str, known: Known, present: Value | None) -> Value | None:
    value = read_value(one, text, current().zone)
    if value is None or value == present:
        return value
    match one.type:
        case FieldType.REFERENCE:
            target = known.targets.get(one.code, {}).get(str(value))
            if target is None:
                raise unfit(one, text, "reference_unknown")
            return str(target.pk)
        case FieldType.PERSON:
            person = known.people.get(str(value))
            if person is None:
                raise unfit(one, text, "person_unknown")
            return person.username
    if one.type in FILES:
        file = known.files.get(str(value))
        if file is None or (one.type is FieldType.PHOTO and not file.media_type.startswith("image/")):
            raise unfit(one, text, "file_unknown")
    return value


def columns_of(kind: KindDef, facts: Mapping[str, Value], state: str, today: date) -> dict[str, Any]:
    """What is kept beside the facts so that lists can ask for it: day, what runs out, amount."""
    zone = current().zone
    dating = kind.field(kind.dated_by)
    dated = facts.get(kind.dated_by)
    ends = [str(facts[one.code]) for one in kind.fields if one.expires and one.code in facts]
    amount = facts.get(kind.amount)
    return {
        "on": today if dating is None or dated is None else day_of(dating, dated, zone),
        "expires_on": min(ends) if ends and state in kind.active_states else None,
        "amount_fen": amount if isinstance(amount, int) else None,
    }
