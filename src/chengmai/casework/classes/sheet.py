"""Classes by sheet: the whole file is checked and goes into the local edition whole or not at all."""

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.casework.classes import editions
from chengmai.casework.classes.changes import ClassFacts, demand_manager, facts_of, faults_of, write
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.models import CaseClass, ClassKind, EditionLevel
from chengmai.core.findings import Finding, ImportOutcome
from chengmai.network.headed_sheets import any_case, first_headed
from chengmai.network.records import Place
from chengmai.network.survey_files import sheets_of

COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("类型", "Kind"),
    "code": ("代码", "Code", "类别代码"),
    "name_zh": ("名称", "Name", "类别名称"),
    "name_en": ("英文名称", "English name"),
    "filing_condition": ("立案条件", "Filing condition"),
    "closing_condition": ("结案条件", "Closing condition"),
    "limit": ("时限", "Limit"),
    "unit": ("时限单位", "Unit"),
    "department": ("责任部门", "Department"),
    "retired": ("停用", "Retired"),
}
"""Field -> what its column may be called; the first is what we write. A field's own name will do too."""
KINDS = {"事件": ClassKind.EVENT, "部件": ClassKind.COMPONENT}
UNITS = {
    "紧急工作时": LimitUnit.URGENT_HOURS,
    "小时": LimitUnit.URGENT_HOURS,
    "工作时": LimitUnit.WORKING_HOURS,
    "工作日": LimitUnit.WORKING_DAYS,
}
_CALLED = {key: (*called, key) for key, called in COLUMNS.items()}
_YES, _NO = {"是", "yes", "true", "1"}, {"", "否", "no", "false", "0"}
_HEADER_ROWS = 5
MOST_ROWS = 5_000
Limit = tuple[int, LimitUnit]


def import_classes(user: User, file_name: str, data: bytes, *, dry_run: bool) -> ImportOutcome:
    """Check a sheet and, unless ``dry_run``, write it when nothing in it is wrong; raises NotAllowed."""
    demand_manager(user)
    with transaction.atomic():
        take_turn()
        departments = {one.code: one for one in Organisation.objects.all()}
        told, findings = read_class_sheet(file_name, data, departments)
        known, local = editions.present_classes(), editions.present_of(EditionLevel.LOCAL)
        new, changed, unchanged = [], [], 0
        for one in told:
            key = (one.kind.value, one.code)
            present = known.get(key)
            one = replace(one, revision=local[key].revision if key in local else 0)
            if present is None:
                new.append(one)
            elif _differs(one, present):
                changed.append(one)
            else:
                unchanged += 1
        outcome = ImportOutcome(len(new), len(changed), unchanged, findings=findings)
        outcome.written = outcome.sound and not dry_run and bool(new or changed)
        if outcome.written:
            write(user, [*new, *changed], departments)
            after = {"file": file_name, "new": [one.code for one in new], "changed": [one.code for one in changed]}
            record(user, "case_class.imported", "case_class", "*", after=after)
    return outcome


def _differs(told: ClassFacts, present: CaseClass) -> bool:
    facts = facts_of(present)
    del facts["stage_minutes"]  # a sheet has no column for it
    return any(getattr(told, name) != value for name, value in facts.items())


def read_class_sheet(
    file_name: str, data: bytes, departments: Mapping[str, Organisation]
) -> tuple[list[ClassFacts], list[Finding]]:
    """The sound classes of a workbook's first sheet with a header, or of a CSV file, and everything that is wrong."""
    sheets, findings = sheets_of(file_name, data)
    headed = first_headed(sheets, _CALLED, ("code", "limit"), any_case, within=_HEADER_ROWS)
    if headed is None:
        if not findings:
            findings.append(Place(file_name).finding("class.no_header", COLUMNS["code"][0], other=COLUMNS["limit"][0]))
        return [], findings
    if headed.below > MOST_ROWS:
        return [], [Place(file_name).finding("class.too_many_rows", value=len(headed.sheet.rows), most=MOST_ROWS)]
    told: list[ClassFacts] = []
    first: dict[tuple[ClassKind, str], int | None] = {}
    for place, texts in headed.rows():
        one, found = _read(place, texts, departments)
        if one is not None and (earlier := first.get((one.kind, one.code))) is not None:
            found.append(place.finding("class.twice", "code", one.code, first=earlier))
        findings += found
        if one is not None:
            first.setdefault((one.kind, one.code), place.row)
            if not found:
                told.append(one)
    return told, findings


def _read(
    place: Place, texts: Mapping[str, str], departments: Mapping[str, Organisation]
) -> tuple[ClassFacts | None, list[Finding]]:
    findings: list[Finding] = []

    def word(key: str, known: Mapping[str, object], otherwise: str) -> object:
        text = texts.get(key, "") or otherwise
        if text not in known:
            findings.append(place.finding("word.unknown" if text else "field.missing", key, text))
        return known.get(text)

    kind = word("kind", {**KINDS, **{one.value: one for one in ClassKind}}, "事件")
    unit = word("unit", {**UNITS, **{one.value: one for one in LimitUnit}}, "")
    amount = texts.get("limit", "")
    if not (amount.isascii() and amount.isdigit()):
        findings.append(place.finding("number.invalid" if amount else "field.missing", "limit", amount))
    retired = texts.get("retired", "").lower()
    if retired not in _YES | _NO:
        findings.append(place.finding("word.unknown", "retired", retired))
    if findings or not isinstance(kind, ClassKind) or not isinstance(unit, LimitUnit):
        return None, findings
    named = {name: one.code for one in departments.values() for name in (one.name_zh, one.name_en)}
    told = ClassFacts(
        kind,
        texts["code"],
        texts.get("name_zh", ""),
        texts.get("name_en", "") or texts.get("name_zh", ""),
        int(amount),
        unit,
        texts.get("filing_condition", ""),
        texts.get("closing_condition", ""),
        named.get(texts.get("department", ""), texts.get("department", "")),
        retired in _YES,
    )
    return told, [place.finding(fault.rule, fault.field, fault.value) for fault in faults_of(told, departments)]
