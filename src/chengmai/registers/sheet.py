"""A register by sheet: its columns are its kind's fields; a file is taken over whole or not at all."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import openpyxl
from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.assets.findings_sheet import harmless
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.findings import Finding, ImportOutcome, Severity
from chengmai.network.headed_sheets import any_case, first_headed
from chengmai.network.records import Place
from chengmai.network.survey_files import sheets_of
from chengmai.registers.checking import Known, read_facts
from chengmai.registers.definitions import FILES, FieldType, KindDef
from chengmai.registers.entries import RegisterDraft, demand_open, write_change, write_new
from chengmai.registers.kinds import kind_of
from chengmai.registers.models import RegisterEntry
from chengmai.registers.queries import visible_entries
from chengmai.registers.values import Value, told_value

MOST_ROWS = 20_000
_HEADER_ROWS = 5
_OWN: dict[str, tuple[str, str]] = {
    "_code": ("编号", "Number"),
    "_owner": ("所属单位", "Organisation"),
    "_state": ("状态", "State"),
}
"""Columns that every register has beside its fields; ``_code`` only where the platform gives the number."""
Line = Sequence[str]


def columns(kind: KindDef) -> dict[str, tuple[str, ...]]:
    """Field -> what its column may be called, the first is what we write; files have no column."""
    told = {one.code: (one.name_zh, one.name_en) for one in kind.fields if one.type not in FILES and not one.retired}
    own = {name: called for name, called in _OWN.items() if name != "_code" or kind.prefix}
    taken = {any_case(name) for called in told.values() for name in called}
    kept = {name: tuple(one for one in called if any_case(one) not in taken) for name, called in own.items()}
    return {name: (*called, name) for name, called in {**kept, **told}.items()}


@dataclass(slots=True)
class _Plan:
    new: list[tuple[RegisterDraft, dict[str, Value]]] = field(default_factory=list)
    changed: list[tuple[RegisterEntry, dict[str, Value], Organisation]] = field(default_factory=list)
    unchanged: int = 0


def import_entries(user: User, register: str, file_name: str, data: bytes, *, dry_run: bool) -> ImportOutcome:
    """Check a sheet of entries and, unless ``dry_run``, write it when nothing in it is wrong; raises NotFound."""
    with transaction.atomic():
        take_turn()
        row, kind = kind_of(register)
        rows, findings = _rows(kind, file_name, data)
        known = Known.read(user, kind, [texts for _, texts in rows])
        codes = [_code(kind, texts) for _, texts in rows]
        entries = RegisterEntry.objects.select_related("kind", "owner").filter(kind=row, code__in=filter(None, codes))
        present = {one.code: one for one in entries}
        seen = set(visible_entries(user).filter(pk__in=[one.pk for one in entries]).values_list("pk", flat=True))
        plan, first = _Plan(), dict[str, int | None]()
        for (place, texts), code in zip(rows, codes, strict=True):
            if code and code in first:
                findings.append(place.finding("entry.twice", kind.key or "_code", code, first=first[code]))
                continue
            first[code] = place.row
            entry = present.get(code)
            if entry is not None and entry.pk not in seen:
                findings.append(place.finding("entry.taken", kind.key or "_code", code))
                continue
            findings += _plan_row(user, kind, place, texts, known, plan, entry)
        outcome = ImportOutcome(len(plan.new), len(plan.changed), plan.unchanged, findings=findings)
        if dry_run or not outcome.sound or not (plan.new or plan.changed):
            return outcome
        made = write_new(user, row, kind, plan.new, known.owners)
        for entry, facts, owner in plan.changed:
            write_change(user, kind, entry, facts, owner)
        told = {"register": register, "file": file_name, "new": [one.code for one in made]}
        told["changed"] = [entry.code for entry, _, _ in plan.changed]
        record(user, "register.imported", "register_kind", register, after=told)
    outcome.written = True
    return outcome


def _rows(kind: KindDef, file_name: str, data: bytes) -> tuple[list[tuple[Place, dict[str, str]]], list[Finding]]:
    """The rows of a workbook's first sheet with a header, or of a CSV file; what is wrong with the file itself."""
    sheets, findings = sheets_of(file_name, data)
    called = columns(kind)
    needed = [kind.key] if kind.key else [one.code for one in kind.fields if one.needed and one.code in called][:1]
    headed = first_headed(sheets, called, needed, any_case, within=_HEADER_ROWS)
    if headed is None:
        if not findings:
            findings.append(Place(file_name).finding("entry.no_header", called[needed[0]][0]))
        return [], findings
    names = {any_case(name) for words in called.values() for name in words}
    place = headed.place(headed.number)
    findings += [
        place.finding("entry.column_unknown", cell.strip(), severity=Severity.WARNING)
        for cell in headed.sheet.rows[headed.number - 1]
        if cell.strip() and any_case(cell) not in names
    ]
    if headed.below > MOST_ROWS:
        return [], [Place(file_name).finding("entry.too_many_rows", value=headed.below, most=MOST_ROWS)]
    return [(at, {key: _unquoted(text) for key, text in texts.items()}) for at, texts in headed.rows()], findings


def _unquoted(text: str) -> str:
    """The quote that keeps a spreadsheet from running a text as a formula is none of the text."""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def _code(kind: KindDef, texts: Mapping[str, str]) -> str:
    return texts.get(kind.key or "_code", "")


def _plan_row(
    user: User, kind: KindDef, place: Place, texts: Mapping[str, str], known: Known, plan: _Plan,
    entry: RegisterEntry | None,
) -> Iterable[Finding]:  # fmt: skip
    """What is wrong with a row; a sound one is put on the plan."""
    if entry is None and kind.prefix and texts.get("_code"):
        return [place.finding("entry.number_unknown", "_code", texts["_code"])]
    present = {} if entry is None else entry.facts
    told = {name: told_value(one, present[name]) for one in kind.fields if (name := one.code) in present}
    told |= {name: text for name, text in texts.items() if not name.startswith("_")}
    facts, faults = read_facts(kind, told, known, present)
    findings = [_finding(place, fault) for fault in faults]
    owner = _owner(texts.get("_owner", ""), known, entry, user)
    if owner is None:
        findings.append(place.finding("entry.owner_unknown", "_owner", texts.get("_owner", "")))
    state, fault_of_state = _state(kind, place, texts.get("_state", ""), entry)
    findings += fault_of_state
    if findings or owner is None:
        return findings
    if entry is None:
        plan.new.append((RegisterDraft(owner.code, told, state), facts))
    elif facts == entry.facts and owner.pk == entry.owner_id:
        plan.unchanged += 1
    else:
        try:
            demand_open(kind, entry)
        except Conflict:
            return [place.finding("entry.not_open", kind.key or "_code", entry.code)]
        plan.changed.append((entry, facts, owner))
    return ()


def _finding(place: Place, fault: InvalidInput) -> Finding:
    found = place.finding(fault.code.removeprefix("finding."), None, fault.params.get("value", ""))
    return replace(found, field=str(fault.params.get("field", "")))


def _owner(text: str, known: Known, entry: RegisterEntry | None, user: User) -> Organisation | None:
    """An organisation by code or name; untold it stays, and a new entry is the caller's own organisation's."""
    if not text:
        return entry.owner if entry is not None else known.owners.get(user.organisation.code)
    named = {name: one for one in known.owners.values() for name in (one.name_en, one.name_zh, one.code)}
    return named.get(text)


def _state(kind: KindDef, place: Place, text: str, entry: RegisterEntry | None) -> tuple[str, list[Finding]]:
    """The state a row tells; an entry that is there changes its state by moves only."""
    if not text:
        return "", []
    found = next((one for one in kind.states if text in (one.code, one.name_zh, one.name_en)), None)
    if found is None:
        return "", [place.finding("word.unknown", "_state", text)]
    if entry is None and not found.first:
        return "", [place.finding("entry.state_not_first", "_state", text)]
    if entry is not None and entry.state != found.code:
        return "", [place.finding("entry.state_by_move", "_state", text)]
    return found.code, []


def lines_of(kind: KindDef, entries: Iterable[RegisterEntry], labels: Mapping[str, str]) -> list[Line]:
    """Entries as rows of a sheet below its header; ``labels`` are the codes of what is referred to."""
    names = list(columns(kind))
    states = {one.code: one.name_zh for one in kind.states}
    return [[_cell(kind, entry, name, states, labels) for name in names] for entry in entries]


def _cell(kind: KindDef, entry: RegisterEntry, name: str, states: Mapping[str, str], labels: Mapping[str, str]) -> str:
    own = {"_code": entry.code, "_owner": entry.owner.code, "_state": states.get(entry.state, entry.state)}
    if name in own:
        return own[name]
    one, value = kind.field(name), entry.facts.get(name)
    if one is None or value is None:
        return ""
    if one.type is FieldType.CHOICE:
        return next((choice.name_zh for choice in one.choices if choice.code == value), str(value))
    return labels.get(str(value), str(value)) if one.type is FieldType.REFERENCE else told_value(one, value)


def as_csv(kind: KindDef, lines: Iterable[Line]) -> bytes:
    """A CSV sheet in UTF-8 with a byte order mark, as spreadsheet programs want it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(called[0] for called in columns(kind).values())
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(title: str, header: Sequence[str], lines: Iterable[Line]) -> bytes:
    """The same as a workbook; heavy for many rows."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    for line in lines:
        sheet.append([harmless(cell) for cell in line])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
