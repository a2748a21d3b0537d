"""Writing the local edition: every change is a new revision, so that a case keeps the class it was filed under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.casework.cases.states import OVER
from chengmai.casework.classes import editions as classes
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.models import Case, CaseClass, ClassEdition, ClassKind, EditionLevel, TradeDepartment
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable

LONGEST = {LimitUnit.URGENT_HOURS: 24 * 366, LimitUnit.WORKING_HOURS: 8 * 250, LimitUnit.WORKING_DAYS: 250}
"""The longest limit of each unit: about a year."""


LONGEST_STAGE_MIN = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class of the local edition as somebody wants it; ``revision`` is the local one that was seen, 0 for none."""

    kind: ClassKind
    code: str
    name_zh: str
    name_en: str
    limit_amount: int
    limit_unit: LimitUnit
    filing_condition: str = ""
    closing_condition: str = ""
    department: str = ""
    retired: bool = False
    revision: int = 0
    stage_minutes: Mapping[str, int] | None = None
    """Limits of stages other than handling; None leaves them as they are."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a field of a class breaks; ``rule`` is a catalogue code (``finding.<rule>``)."""

    field: str
    value: str
    rule: str


def demand_manager(user: User) -> None:
    """Raise NotAllowed unless a person may write classes, grid and calendar: permitted, and one of the bureau's."""
    if Permission.CASEWORK_MANAGE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.CASEWORK_MANAGE.value)
    if not user.sees_whole_city:
        raise NotAllowed("casework.bureau_only")


def faults_of(told: ClassFacts, departments: Mapping[str, Organisation]) -> list[Fault]:
    """Every rule that a class breaks; empty when it can be written."""
    faults = []
    of_components = told.kind is ClassKind.COMPONENT
    digits, rule = ((4, 5), "class.component_code_form") if of_components else ((4,), "class.event_code_form")
    if not (told.code.isascii() and told.code.isdigit() and len(told.code) in digits):
        faults.append(Fault("code", told.code[:80], rule))
    faults += [Fault(name, "", "field.missing") for name in ("name_zh", "name_en") if not getattr(told, name).strip()]
    if not 0 < told.limit_amount <= LONGEST[told.limit_unit]:
        faults.append(Fault("limit", str(told.limit_amount), "class.limit_out_of_range"))
    faults += [
        Fault("stage_minutes", f"{stage} {minutes}", "class.limit_out_of_range")
        for stage, minutes in (told.stage_minutes or {}).items()
        if not 0 <= minutes <= LONGEST_STAGE_MIN
    ]
    if told.department and told.department not in departments:
        faults.append(Fault("department", told.department[:80], "word.unknown"))
    faults += [
        Fault(name, getattr(told, name)[:80], "class.too_long")
        for name, most in (("name_zh", 64), ("name_en", 64), ("filing_condition", 1000), ("closing_condition", 1000))
        if len(getattr(told, name)) > most
    ]
    return faults


@transaction.atomic
def set_class(user: User, told: ClassFacts) -> CaseClass:
    """Write a class of the local edition; raises NotAllowed, InvalidInput, or Conflict when somebody was faster."""
    take_turn()
    demand_manager(user)
    departments = {one.code: one for one in Organisation.objects.all()}
    for fault in faults_of(told, departments):
        raise InvalidInput("class.invalid", field=fault.field, value=fault.value, rule=fault.rule)
    return write(user, [told], departments)[0]


def write(user: User, wanted: Sequence[ClassFacts], departments: Mapping[str, Organisation]) -> list[CaseClass]:
    """Write sound classes as new revisions of the local edition; part of the caller's transaction."""
    edition = ClassEdition.objects.filter(level=EditionLevel.LOCAL, in_force=True).first()
    if edition is None:
        raise Unavailable("class.no_local_edition")
    held, known = classes.present_of(EditionLevel.LOCAL), classes.present_classes()
    at, written = now(), []
    for told in wanted:
        key = (told.kind.value, told.code)
        before, seen = held.get(key), known.get(key)
        if told.revision != (before.revision if before else 0):
            raise Conflict("version.stale", sent=told.revision, present=before.revision if before else 0)
        if before is not None:
            CaseClass.objects.filter(pk=before.pk, until=None).update(until=at)
        row = CaseClass.objects.create(
            edition=edition,
            kind=told.kind.value,
            code=told.code,
            revision=told.revision + 1,
            name_zh=told.name_zh.strip(),
            name_en=told.name_en.strip(),
            filing_condition=told.filing_condition.strip(),
            closing_condition=told.closing_condition.strip(),
            limit_amount=told.limit_amount,
            limit_unit=told.limit_unit.value,
            stage_minutes=_stage_minutes(told, seen),
            trade=seen.trade if seen else "",
            department=departments[told.department] if told.department else None,
            retired=told.retired,
            since=at,
        )
        record(
            user,
            "case_class.set",
            "case_class",
            f"{told.kind}/{told.code}",
            before=facts_of(seen) if seen else None,
            after=facts_of(row),
        )
        written.append(row)
    return written


def _stage_minutes(told: ClassFacts, seen: CaseClass | None) -> dict[str, int]:
    if told.stage_minutes is None:
        return dict(seen.stage_minutes) if seen else {}
    return {stage: minutes for stage, minutes in told.stage_minutes.items() if minutes}


def facts_of(row: CaseClass) -> dict[str, object]:
    """What a revision tells, as audit keeps it and as two are compared."""
    return {
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "limit_amount": row.limit_amount,
        "limit_unit": str(row.limit_unit),
        "filing_condition": row.filing_condition,
        "closing_condition": row.closing_condition,
        "department": row.department.code if row.department else "",
        "stage_minutes": row.stage_minutes,
        "retired": row.retired,
    }


@transaction.atomic
def set_trade(user: User, trade: str, department: str) -> None:
    """Say which department answers for a trade; raises NotAllowed, NotFound or InvalidInput."""
    take_turn()
    demand_manager(user)
    if not CaseClass.objects.filter(trade=trade).exclude(trade="").exists():
        raise NotFound("class.no_trade", trade=trade)
    found = Organisation.objects.filter(code=department).first()
    if found is None:
        raise InvalidInput("case.department_unknown", department=department)
    before = TradeDepartment.objects.filter(trade=trade).select_related("department").first()
    TradeDepartment.objects.update_or_create(trade=trade, defaults={"department": found})
    told = {"department": before.department.code} if before else None
    record(user, "case_trade.set", "case_trade", trade, before=told, after={"department": found.code})


def open_cases_of(row: CaseClass) -> int:
    """How many cases of a class, under any of its revisions and editions, are not over."""
    cases = Case.objects.filter(case_class__kind=row.kind, case_class__code=row.code).exclude(state__in=OVER)
    return cases.count()
