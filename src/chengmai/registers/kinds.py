"""Kinds of registers: as they ship, as they hold now, and changing them in versions."""

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.registers.checklists import read_checklist
from chengmai.registers.definitions import FieldType, KindDef, read_kind
from chengmai.registers.models import Checklist, ChecklistRevision, KindRevision, RegisterEntry, RegisterKind
from chengmai.settings import current

_DATA = files("chengmai.registers") / "data"


def shipped(folder: str) -> Iterator[dict[str, Any]]:
    """The documents that ship in a folder (``kinds`` or ``checklists``), in their order."""
    order = json.loads((_DATA / folder / "order.json").read_text(encoding="utf-8"))
    for name in order:
        yield json.loads((_DATA / folder / f"{name}.json").read_text(encoding="utf-8"))


def load_customary(planned_from: date | None = None) -> int:
    """Make the kinds and checklists a city starts from that are missing; returns how many. Safe to call twice."""
    start = planned_from or now().astimezone(current().zone).date()
    with transaction.atomic():
        take_turn()
        kinds, lists = _load_kinds(), _load_checklists(start)
        if kinds or lists:
            told = {"kinds": [one.code for one in kinds], "checklists": [one.code for one in lists]}
            record(None, "register_kind.loaded", "register_kind", "*", after=told)
    return len(kinds) + len(lists)


def _load_kinds() -> list[RegisterKind]:
    known = set(RegisterKind.objects.values_list("code", flat=True))
    missing = [
        RegisterKind(code=one["code"], domain=one["domain"], position=place * 10, definition=one)
        for place, one in enumerate(shipped("kinds"), start=1)
        if one["code"] not in known
    ]
    RegisterKind.objects.bulk_create(missing)
    at = now()
    KindRevision.objects.bulk_create(
        KindRevision(kind=kind, version=1, definition=kind.definition, at=at) for kind in missing
    )
    return missing


def _load_checklists(start: date) -> list[Checklist]:
    known = set(Checklist.objects.values_list("code", flat=True))
    missing = [
        Checklist(code=one["code"], domain=one["domain"], position=place * 10, definition=one, planned_from=start)
        for place, one in enumerate(shipped("checklists"), start=1)
        if one["code"] not in known
    ]
    Checklist.objects.bulk_create(missing)
    at = now()
    ChecklistRevision.objects.bulk_create(
        ChecklistRevision(checklist=one, version=1, definition=one.definition, at=at) for one in missing
    )
    return missing


def kind_row(code: str) -> RegisterKind:
    """A kind of register by its code; raises NotFound."""
    found = RegisterKind.objects.filter(code=code).first()
    if found is None:
        raise NotFound("register.unknown", code=code)
    return found


def kind_of(code: str) -> tuple[RegisterKind, KindDef]:
    """A kind of register by its code, read; raises NotFound."""
    row = kind_row(code)
    return row, read_kind(row.definition)


def demand_keeper(user: User) -> None:
    """Raise NotAllowed for people outside the bureau: definitions hold for every organisation."""
    if not user.sees_whole_city:
        raise NotAllowed("register.bureau_only")


def write_kind(user: User, code: str, version: int, document: dict[str, Any], retired: bool) -> RegisterKind:
    """Make a kind (version 0) or its next version.

    Raises NotAllowed (not of the bureau), InvalidInput (where the document is wrong), or Conflict: stale, or it drops
    or turns what entries hold.
    """
    demand_keeper(user)
    told = read_kind(document)
    if told.code != code:
        raise InvalidInput("register.code_differs", path=code, document=told.code)
    with transaction.atomic():
        take_turn()
        _demand_references(told)
        row = RegisterKind.objects.filter(code=code).first()
        present = row.version if row else 0
        if present != version:
            raise Conflict("version.stale", sent=version, present=present)
        before = None if row is None else {"version": row.version, "definition": row.definition}
        if row is not None:
            _demand_kept(row, told)
        made = row or RegisterKind(code=code, version=0)
        made.domain, made.definition, made.retired = told.domain, document, retired
        made.version = version + 1
        made.save()
        KindRevision.objects.create(kind=made, version=made.version, definition=document, at=now(), by=user)
        after = {"version": made.version, "definition": document, "retired": retired}
        record(user, "register_kind.written", "register_kind", code, before=before, after=after)
    return made


def _demand_references(told: KindDef) -> None:
    """A reference leads to a register there is, or to the kind itself."""
    known = {*RegisterKind.objects.values_list("code", flat=True), told.code}
    for field in told.fields:
        if field.type is FieldType.REFERENCE and field.refers_to not in known:
            raise InvalidInput("register.reference_unknown", field=field.code, register=field.refers_to)


def _demand_kept(row: RegisterKind, told: KindDef) -> None:
    """What entries hold stays readable: fields keep their types, states in use stay, the key stays what it is."""
    entries = RegisterEntry.objects.filter(kind=row)
    if not entries.exists():
        return
    before = read_kind(row.definition)
    for field in before.fields:
        after = told.field(field.code)
        if after is None or (after.type, after.decimals, after.refers_to) != (
            field.type,
            field.decimals,
            field.refers_to,
        ):
            raise Conflict("register.field_in_use", field=field.code)
        if {one.code for one in field.choices} - {one.code for one in after.choices}:
            raise Conflict("register.field_in_use", field=field.code)
    if told.key != before.key:
        raise Conflict("register.field_in_use", field=before.key or told.key)
    for state in set(entries.values_list("state", flat=True)):
        if told.state(state) is None:
            raise Conflict("register.state_in_use", state=state)


def write_checklist(
    user: User, code: str, version: int, document: dict[str, Any], planned_from: date, retired: bool
) -> Checklist:
    """Make a checklist (version 0) or its next version; runs keep the version they were filled in under.

    Raises NotAllowed, InvalidInput or Conflict as ``write_kind`` does.
    """
    demand_keeper(user)
    told = read_checklist(document)
    if told.code != code:
        raise InvalidInput("register.code_differs", path=code, document=told.code)
    with transaction.atomic():
        take_turn()
        for register in filter(None, (told.subjects, told.opens.register if told.opens else "")):
            kind_row(register)
        row = Checklist.objects.filter(code=code).first()
        present = row.version if row else 0
        if present != version:
            raise Conflict("version.stale", sent=version, present=present)
        if row is not None and row.runs.exists():
            before_told = read_checklist(row.definition)
            if (before_told.every, before_told.subjects) != (told.every, told.subjects):
                raise Conflict("checklist.rhythm_in_use", code=code)
        before = None if row is None else {"version": row.version, "definition": row.definition}
        made = row or Checklist(code=code, version=0)
        made.domain, made.definition, made.retired = told.domain, document, retired
        made.planned_from, made.version = planned_from, version + 1
        made.save()
        ChecklistRevision.objects.create(checklist=made, version=made.version, definition=document, at=now(), by=user)
        after = {"version": made.version, "definition": document, "planned_from": planned_from.isoformat()}
        record(user, "checklist.written", "checklist", code, before=before, after=after)
    return made
