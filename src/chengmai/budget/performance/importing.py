"""Target sheets of a published document become ours: what is in doubt is left out and said, never guessed."""

from calendar import monthrange
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from chengmai.access.models import User
from chengmai.budget.models import TargetSheet
from chengmai.budget.performance.services import MICRO, FundDraft, IndicatorDraft, Loaded, SheetDraft, load_sheets
from chengmai.budget.performance.terms import Aspect, Comparison, FundSource, Group, Span
from chengmai.core.errors import InvalidInput
from chengmai.core.money import fen_of
from chengmai.disclosure.document import read_document
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.sheets import FundSource as PrintedSource
from chengmai.disclosure.reading.sheets import ProjectSheet, TargetIndicator, TargetSpan
from chengmai.disclosure.reading.targets import TargetKind, TargetValue

_SOURCES = {
    PrintedSource.CENTRAL: FundSource.CENTRAL,
    PrintedSource.PROVINCE: FundSource.PROVINCE,
    PrintedSource.LOCAL: FundSource.CITY,
    PrintedSource.OWN: FundSource.OWN,
    PrintedSource.OTHER: FundSource.OTHER,
}
_COMPARISONS = {
    "≥": Comparison.AT_LEAST,
    "≤": Comparison.AT_MOST,
    ">": Comparison.ABOVE,
    "<": Comparison.BELOW,
    "=": Comparison.EQUAL,
    "≈": Comparison.EQUAL,
}
_TEXTS = ("department", "unit", "overview", "basis", "necessity", "measures", "plan", "goal_term", "goal_year")
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An indicator that was not taken over: where it stands, what is printed, and why (a catalogue code)."""

    sheet: str
    line: int
    name: str
    printed: str
    reason: str


@dataclass(frozen=True, slots=True)
class Import:
    """What an import came to."""

    loaded: Loaded
    indicators: int = 0
    left_out: list[LeftOut] = field(default_factory=list)


def import_document(user: User, name: str, data: bytes) -> Import:
    """Read a document and store its target sheets for the person's organisation, all or none.

    A sheet that was imported before, or whose project has a sheet of that year already, stays as it is. Raises
    InvalidInput for a document without any target sheet.
    """
    disclosure = read_disclosure(read_document(name, data))
    if not disclosure.sheets:
        raise InvalidInput("performance.no_sheets", file=name)
    left_out: list[LeftOut] = []
    owner = user.organisation
    others = frozenset(TargetSheet.objects.exclude(owner=owner).values_list("code", flat=True))
    drafts = list(drafts_of(disclosure, name, owner.code, left_out, others))
    with transaction.atomic():
        # Names stand several times in one document; only own sheets from elsewhere make one superfluous.
        own = TargetSheet.objects.filter(owner=owner, year=disclosure.tables.year)
        elsewhere = own.exclude(source__startswith=f"{name} ")
        known = set(elsewhere.values_list("name", flat=True))
        loaded = load_sheets(user, [one for one in drafts if one.name not in known])
    loaded.kept.extend(one.code for one in drafts if one.name in known)
    made = set(loaded.made)
    indicators = sum(len(one.indicators) for one in drafts if one.code in made)
    return Import(loaded, indicators, [one for one in left_out if one.sheet in made])


def drafts_of(
    disclosure: Disclosure, source: str, owner: str, left_out: list[LeftOut], others: Container[str] = frozenset()
) -> Iterable[SheetDraft]:
    """Every sheet of a document as a draft; what cannot be taken over gathers in ``left_out``.

    Sheets are numbered by their year; where another organisation has a number already, the owner's code is put in.
    """
    year = disclosure.tables.year
    amounts = {id(one.sheet): one.year_amount for one in disclosure.projects if one.sheet and one.year_amount}
    for sheet in disclosure.sheets:
        code = f"{year}-{sheet.number:02}"
        if code in others:
            code = f"{year}-{owner[:20]}-{sheet.number:02}"
        printed = {name: sheet.fields[name].printed.strip() for name in ("attribute", "term")}
        yield SheetDraft(
            code=code,
            version=0,
            year=year,
            name=sheet.name[:LONGEST_NAME] or code,
            owner=owner,
            attribute=printed["attribute"][:64],
            term=printed["term"][:64],
            source=f"{source} {sheet.block.first_line}"[:255],
            funds=tuple(_funds(sheet, amounts.get(id(sheet)))),
            indicators=tuple(_indicators(code, year, sheet, left_out)),
            **_texts(sheet),
        )


def _texts(sheet: ProjectSheet) -> Mapping[str, str]:
    return {
        name: sheet.fields[name].value[:128] if name in ("department", "unit") else sheet.fields[name].value
        for name in _TEXTS
    }


def _funds(sheet: ProjectSheet, of_table: Decimal | None) -> Iterable[FundDraft]:
    """Money by source; a total without sources, or told by the table of projects only, says so."""
    for printed_span, span in ((TargetSpan.TERM, Span.TERM), (TargetSpan.YEAR, Span.YEAR)):
        told = {own: sheet.fund(printed_span, printed) for printed, own in _SOURCES.items()}
        found = [FundDraft(span, own, fen_of(yuan)) for own, yuan in told.items() if yuan is not None and yuan >= 0]
        total = sheet.fund(printed_span)
        if not any(one.amount_fen for one in found):
            rest = total or (of_table if span is Span.YEAR else None)
            if rest:
                found = [*found, FundDraft(span, FundSource.UNTOLD, fen_of(rest))]
        yield from found


def _indicators(code: str, year: int, sheet: ProjectSheet, left_out: list[LeftOut]) -> Iterable[IndicatorDraft]:
    seen = dict[tuple[Span, Aspect, str], str]()
    for one in sheet.indicators:
        reason = _reason(one)
        if reason:
            left_out.append(LeftOut(code, one.name.place.line, one.name.value, one.target.printed, reason))
            continue
        draft = _indicator(one, year)
        key = (draft.span, draft.aspect, draft.name)
        if seen.get(key) == draft.printed:
            left_out.append(LeftOut(code, one.name.place.line, draft.name, draft.printed, "performance.left.twice"))
            continue
        if key in seen:
            left_out.append(LeftOut(code, one.name.place.line, draft.name, draft.printed, "performance.left.differs"))
            continue
        seen[key] = draft.printed
        yield draft


def _reason(one: TargetIndicator) -> str:
    """Why an indicator is in doubt; empty for one that can be taken over."""
    if not one.level1 or not one.level2:
        return "performance.left.level"
    if not one.name.value or len(one.name.value) > LONGEST_NAME:
        return "performance.left.name"
    number = one.value.number if one.value else None
    if number is not None and number * MICRO != (number * MICRO).to_integral_value():
        return "performance.left.target"
    return "" if one.value else "performance.left.target"


def _indicator(one: TargetIndicator, year: int) -> IndicatorDraft:
    value = one.value or TargetValue(TargetKind.WORD, one.target.printed)
    span = Span(one.span.value)
    group, aspect, name = Group(one.level1), Aspect(one.level2 or ""), one.name.value
    printed = value.text[:255]
    if value.kind is TargetKind.FIGURE and value.number is not None:
        comparison = _COMPARISONS[value.operator or "="]
        return IndicatorDraft(span, group, aspect, name, comparison, value.number, value.unit, printed=printed)
    by = _last_day(value, year) if value.kind is TargetKind.DATE else None
    if by is not None:
        return IndicatorDraft(span, group, aspect, name, Comparison.BY_DATE, by=by, printed=printed)
    return IndicatorDraft(span, group, aspect, name, Comparison.WORD, word=printed, printed=printed)


def _last_day(value: TargetValue, year: int) -> date | None:
    """The last day a date allows: a month's last, a year's last; None for a day that is none."""
    days = []
    for told_year, month, day in value.until:
        in_year, in_month = told_year or year, month or 12
        last = monthrange(in_year, in_month)[1]
        if day > last:
            return None
        days.append(date(in_year, in_month, day or last))
    return max(days, default=None)
