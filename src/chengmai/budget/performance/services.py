"""Target sheets: written here or loaded from a document, changed in versions, bound to evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.deletion import ProtectedError

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches, within_reach
from chengmai.budget.models import ConstructionProject, SheetFund, SheetIndicator, TargetSheet
from chengmai.budget.performance.evidence import demand_subject, source
from chengmai.budget.performance.terms import Aspect, Comparison, FundSource, Group, Span
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.money import told

MICRO = 1_000_000
MOST_INDICATORS = 200
FREE_TEXTS = ("overview", "basis", "necessity", "measures", "plan", "goal_term", "goal_year")


@dataclass(frozen=True, slots=True)
class IndicatorDraft:
    """An indicator as it shall be: a number with its unit, a word, or a day."""

    span: Span
    group: Group
    aspect: Aspect
    name: str
    comparison: Comparison
    value: Decimal | None = None
    unit: str = ""
    word: str = ""
    by: date | None = None
    printed: str = ""
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FundDraft:
    """Money from one source."""

    span: Span
    source: FundSource
    amount_fen: int


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """A whole sheet as it shall be; ``version`` is the one the sender saw, 0 for a new one."""

    code: str
    version: int
    year: int
    name: str
    owner: str
    department: str = ""
    unit: str = ""
    attribute: str = ""
    term: str = ""
    overview: str = ""
    basis: str = ""
    necessity: str = ""
    measures: str = ""
    plan: str = ""
    goal_term: str = ""
    goal_year: str = ""
    source: str = ""
    project: str = ""
    funds: Sequence[FundDraft] = ()
    indicators: Sequence[IndicatorDraft] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading sheets came to: codes of those made, and of those that were there already and stay."""

    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def visible_sheets(user: User) -> QuerySet[TargetSheet]:
    """The sheets of the organisations a person may see."""
    return within_reach(TargetSheet.objects.select_related("owner", "project"), user).order_by("-year", "code")


def visible_sheet(user: User, code: str) -> TargetSheet:
    """One sheet within the person's scope; raises NotFound."""
    found = visible_sheets(user).filter(code=code).first()
    if found is None:
        raise NotFound("performance.sheet_not_found", code=code)
    return found


def micro_of(value: Decimal | None) -> int | None:
    """A number as it is stored; raises InvalidInput for one finer than a millionth or too large."""
    if value is None:
        return None
    scaled = value * MICRO
    if not value.is_finite() or scaled != scaled.to_integral_value() or abs(scaled) > 9 * 10**18:
        raise InvalidInput("performance.number_unfit", value=str(value)[:40])
    return int(scaled)


def of_micro(stored: int | None) -> Decimal | None:
    """A number as it was stored, without zeros at its end."""
    if stored is None:
        return None
    value = Decimal(stored) / MICRO
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


@transaction.atomic
def write_sheet(user: User | None, draft: SheetDraft) -> TargetSheet:
    """Write a sheet or its next version; indicators keep their identity (and binding) by span, level and name.

    Raises InvalidInput, NotAllowed (an owner out of reach), or Conflict: stale, taken, or an indicator vanishes that
    was assessed already.
    """
    take_turn()
    _demand_sound(draft)
    owner = Organisation.objects.filter(code=draft.owner).first()
    if owner is None:
        raise InvalidInput("project.owner_unknown", owner=draft.owner)
    if not reaches(user, owner):
        raise NotAllowed("project.owner_out_of_reach", owner=draft.owner)
    sheet = TargetSheet.objects.select_related("owner").filter(code=draft.code).first()
    if sheet is not None and not reaches(user, sheet.owner):
        raise Conflict("project.code_taken", code=draft.code)
    before, present = ({}, 0) if sheet is None else (facts_of(sheet), sheet.version)
    if present != draft.version:
        raise Conflict("version.stale", sent=draft.version, present=present)
    names = ("name", "department", "unit", "attribute", "term", "source", *FREE_TEXTS)
    values: dict[str, Any] = {name: getattr(draft, name).strip() for name in names}
    values |= {"year": draft.year, "owner": owner, "project": _project(user, draft.project)}
    if sheet is None:
        sheet = TargetSheet.objects.create(code=draft.code, written_at=now(), **values)
    else:
        TargetSheet.objects.filter(pk=sheet.pk).update(**values, version=present + 1)
        sheet.refresh_from_db()
    _write_rows(sheet, draft)
    record(user, "performance.sheet", "target_sheet", sheet.code, before=before or None, after=facts_of(sheet))
    return sheet


def load_sheets(user: User | None, drafts: Iterable[SheetDraft]) -> Loaded:
    """Store sheets read from a document, all or none; a code that is there already stays as it is."""
    found = Loaded()
    with transaction.atomic():
        take_turn()
        known = set(TargetSheet.objects.values_list("code", flat=True))
        for draft in drafts:
            if draft.code in known:
                found.kept.append(draft.code)
                continue
            write_sheet(user, draft)
            known.add(draft.code)
            found.made.append(draft.code)
        if found.made:
            record(user, "performance.loaded", "target_sheet", "*", after={"made": found.made, "kept": found.kept})
    return found


def _project(user: User | None, code: str) -> ConstructionProject | None:
    if not code:
        return None
    found = ConstructionProject.objects.select_related("owner").filter(code=code).first()
    if found is None or not reaches(user, found.owner):
        raise NotFound("project.not_found", code=code)
    return found


def _demand_sound(draft: SheetDraft) -> None:
    if not draft.code.strip() or not draft.name.strip() or not 2000 <= draft.year <= 2200:
        raise InvalidInput("performance.sheet_unfit", code=draft.code, year=draft.year)
    if len(draft.indicators) > MOST_INDICATORS:
        raise InvalidInput("performance.too_many_indicators", most=MOST_INDICATORS)
    kinds = [(fund.span, fund.source) for fund in draft.funds]
    if len(set(kinds)) != len(kinds) or any(fund.amount_fen < 0 for fund in draft.funds):
        raise InvalidInput("performance.funds_unfit")
    seen = set[tuple[Span, Aspect, str]]()
    for row, one in enumerate(draft.indicators, start=1):
        key = (one.span, one.aspect, one.name.strip())
        wants = {Comparison.WORD: bool(one.word.strip()), Comparison.BY_DATE: one.by is not None}
        if not one.name.strip() or not wants.get(one.comparison, one.value is not None):
            raise InvalidInput("performance.indicator_unfit", row=row, name=one.name)
        if key in seen:
            raise InvalidInput("performance.indicator_twice", row=row, name=one.name)
        seen.add(key)


def _write_rows(sheet: TargetSheet, draft: SheetDraft) -> None:
    sheet.funds.all().delete()
    SheetFund.objects.bulk_create(SheetFund(sheet=sheet, **asdict(fund)) for fund in draft.funds)
    wanted = {
        (one.span.value, one.aspect.value, one.name.strip()): _row(one, position)
        for position, one in enumerate(draft.indicators, start=1)
    }
    known = {(one.span, one.aspect, one.name): one.pk for one in sheet.indicators.order_by("pk")}
    try:
        SheetIndicator.objects.filter(pk__in=[pk for key, pk in known.items() if key not in wanted]).delete()
    except ProtectedError as error:
        raise Conflict("performance.indicator_assessed") from error
    # Places may change hands among rows that stay: they leave first, so that none meets another on its way.
    for place, pk in enumerate(known.values()):
        SheetIndicator.objects.filter(pk=pk).update(position=30_000 + place)
    for key, values in wanted.items():
        if key in known:
            SheetIndicator.objects.filter(pk=known[key]).update(**values)
    SheetIndicator.objects.bulk_create(
        SheetIndicator(sheet=sheet, span=key[0], aspect=key[1], name=key[2], **values)
        for key, values in wanted.items()
        if key not in known
    )


def _row(one: IndicatorDraft, position: int) -> dict[str, Any]:
    """An indicator's columns beside those that tell who it is."""
    return {
        "position": position,
        "group": one.group,
        "comparison": one.comparison,
        "value_micro": micro_of(one.value),
        "unit": one.unit.strip(),
        "word": one.word.strip(),
        "by": one.by,
        "printed": one.printed.strip(),
        "points_hundredths": None if one.points is None else int(one.points * 100),
    }


def planned_fen(sheet: TargetSheet, span: Span = Span.YEAR) -> int:
    """The money of a sheet for a span, all sources together [fen]."""
    return sum(fund.amount_fen for fund in sheet.funds.all() if fund.span == span)


def facts_of(sheet: TargetSheet) -> dict[str, Any]:
    """What a sheet is made of, as audit keeps it; amounts in yuan."""
    return {
        "version": sheet.version,
        "year": sheet.year,
        "name": sheet.name,
        "owner": sheet.owner.code,
        "funds": {f"{one.span} {one.source}": told(one.amount_fen) for one in SheetFund.objects.filter(sheet=sheet)},
        "indicators": [
            f"{one.span} {one.name} {target_text(one)}"
            for one in SheetIndicator.objects.filter(sheet=sheet).order_by("span", "position")
        ],
    }


SIGNS: Mapping[str, str] = {
    Comparison.AT_LEAST: "≥",
    Comparison.ABOVE: ">",
    Comparison.EQUAL: "=",
    Comparison.AT_MOST: "≤",
    Comparison.BELOW: "<",
}


def target_text(indicator: SheetIndicator) -> str:
    """A target in words, as forms write it."""
    if indicator.printed:
        return indicator.printed
    if indicator.comparison == Comparison.WORD:
        return indicator.word
    if indicator.by is not None:
        return indicator.by.isoformat()
    value = of_micro(indicator.value_micro)
    return f"{SIGNS[indicator.comparison]}{'' if value is None else f'{value:f}'}{indicator.unit}"


@transaction.atomic
def bind(
    user: User | None, sheet: TargetSheet, indicator_id: int, code: str, subject: Mapping[str, str], version: int
) -> SheetIndicator:
    """Bind an indicator to a source of evidence (or, with an empty code, unbind it); a new version of the sheet.

    Raises NotFound, Conflict (stale), or InvalidInput: the source tells a number where a day is wanted, or its subject
    is not told.
    """
    take_turn()
    indicator = sheet.indicators.filter(pk=indicator_id).first()
    if indicator is None:
        raise NotFound("performance.indicator_not_found", id=indicator_id)
    if not TargetSheet.objects.filter(pk=sheet.pk, version=version).update(version=version + 1):
        raise Conflict("version.stale", sent=version, present=sheet.version)
    if code:
        found = source(code)
        if found.tells_day != (indicator.comparison == Comparison.BY_DATE) or indicator.comparison == Comparison.WORD:
            raise InvalidInput("performance.source_unfit", source=code)
        if indicator.comparison != Comparison.BY_DATE and found.unit and found.unit != indicator.unit:
            raise InvalidInput("performance.unit_differs", source=found.unit, indicator=indicator.unit)
        demand_subject(user, found, subject)
    before = {"source": indicator.evidence_source, "subject": indicator.evidence_subject}
    indicator.evidence_source, indicator.evidence_subject = code, dict(subject) if code else {}
    indicator.save(update_fields=["evidence_source", "evidence_subject"])
    after = {"indicator": indicator.name, "source": code, "subject": dict(subject)}
    record(user, "performance.bind", "target_sheet", sheet.code, before=before, after=after)
    return indicator
