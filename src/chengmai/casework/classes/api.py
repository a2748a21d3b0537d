"""The doors of classes, of their import by sheet, and of the working calendar."""

from django.http import HttpRequest
from ninja import File, Query, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.assets.import_views import SheetOutcomeOut, outcome_out
from chengmai.casework.cases import views
from chengmai.casework.cases.schemas import CaseClassOut
from chengmai.casework.classes import changes
from chengmai.casework.classes import editions as classes
from chengmai.casework.classes.schemas import (
    CalendarYearIn,
    CalendarYearOut,
    ClassComparison,
    ClassEditionOut,
    ClassFilter,
    ClassIn,
    ClassRevisionOut,
    TradeIn,
    WorkCalendarOut,
)
from chengmai.casework.classes.sheet import import_classes
from chengmai.casework.clocks import calendar_changes, calendar_years
from chengmai.casework.models import CaseClass, ClassEdition, ClassKind, EditionLevel
from chengmai.core.clock import now
from chengmai.core.errors import NotFound
from chengmai.core.messages import choose_language

router = Router()


@router.get("/case-classes", response=list[CaseClassOut], auth=May(Permission.CASE_READ))
def list_classes(request: HttpRequest, wanted: Query[ClassFilter]) -> list[CaseClassOut]:
    """The classes that hold here: national ones, replaced by the city's own where it has one."""
    by_trade = classes.trades()
    text = wanted.q.strip().lower()
    return [
        views.class_out(row, by_trade)
        for row in classes.present_classes().values()
        if (wanted.retired or not row.retired)
        and wanted.kind in (None, row.kind)
        and text in f"{row.code} {row.name_zh} {row.name_en} {row.filing_condition} {row.closing_condition}".lower()
    ]


@router.get("/class-editions", response=list[ClassEditionOut], auth=May(Permission.CASE_READ))
def list_editions(request: HttpRequest) -> list[ClassEditionOut]:
    """The editions in force, national and local, with their sources."""
    return [
        ClassEditionOut(
            code=edition.code,
            level=EditionLevel(edition.level),
            name_zh=edition.name_zh,
            name_en=edition.name_en,
            source_zh=edition.source_zh,
            source_en=edition.source_en,
            loaded_at=edition.loaded_at,
            classes=edition.classes.filter(until=None).count(),
        )
        for edition in ClassEdition.objects.filter(in_force=True).order_by("-level")
    ]


@router.get("/case-classes/{kind}/{code}", response=ClassComparison, auth=May(Permission.CASE_READ))
def read_class(request: HttpRequest, kind: ClassKind, code: str) -> ClassComparison:
    """A class as it holds here beside the national one, with every revision."""
    return _comparison(kind, code)


@router.put("/case-classes/{kind}/{code}", response=ClassComparison, auth=May(Permission.CASEWORK_MANAGE))
def set_class(request: HttpRequest, kind: ClassKind, code: str, body: ClassIn) -> ClassComparison:
    """Write a class of the local edition, or retire it; cases that are open keep the class they were filed under."""
    changes.set_class(caller(request), changes.ClassFacts(kind, code, **body.model_dump()))
    return _comparison(kind, code)


@router.put("/class-trades/{trade}", response=list[CaseClassOut], auth=May(Permission.CASEWORK_MANAGE))
def set_trade(request: HttpRequest, trade: str, body: TradeIn) -> list[CaseClassOut]:
    """Say which department answers for a trade; the classes of that trade."""
    changes.set_trade(caller(request), trade, body.department)
    by_trade = classes.trades()
    return [views.class_out(row, by_trade) for row in classes.present_classes().values() if row.trade == trade]


@router.post("/case-class-imports", response=SheetOutcomeOut, auth=May(Permission.CASEWORK_MANAGE))
def import_sheet(request: HttpRequest, file: File[UploadedFile], dry_run: bool = False) -> SheetOutcomeOut:
    """Take a sheet of classes over into the local edition, whole or not at all; with ``dry_run`` it is only checked."""
    outcome = import_classes(caller(request), file.name or "upload", content_of(file), dry_run=dry_run)
    return outcome_out(outcome, choose_language(language_of(request)))


@router.get("/work-calendar", response=WorkCalendarOut, auth=May(Permission.CASEWORK_MANAGE))
def read_calendar(request: HttpRequest) -> WorkCalendarOut:
    """The working calendar: known years, hours, and up to when due times can be told."""
    return _calendar()


@router.put("/work-calendar/{year}", response=WorkCalendarOut, auth=May(Permission.CASEWORK_MANAGE))
def give_year(request: HttpRequest, year: int, body: CalendarYearIn) -> WorkCalendarOut:
    """Give the days off and the make-up days of a year, as they were published; due times follow."""
    told = calendar_years.ToldYear(year, tuple(body.off), tuple(body.worked), body.source, body.version)
    calendar_changes.give_year(caller(request), told)
    return _calendar()


def _calendar() -> WorkCalendarOut:
    calendar = calendar_years.present_calendar()
    return WorkCalendarOut(
        years=[
            CalendarYearOut(
                year=one.year, off=list(one.off), worked=list(one.worked), source=one.source, version=one.version
            )
            for one in calendar_years.told_years()
        ],
        hours=[(start.isoformat("minutes"), end.isoformat("minutes")) for start, end in calendar.hours],
        known_until=calendar.known_until(now()),
    )


def _comparison(kind: ClassKind, code: str) -> ClassComparison:
    present = classes.present_class(code, kind)
    if present is None:
        raise NotFound("class.not_found", code=code)
    by_trade = classes.trades()
    rows = CaseClass.objects.filter(kind=kind, code=code).select_related("edition", "department").order_by("-since")
    current_rows = {EditionLevel(row.edition.level): row for row in rows if row.until is None and row.edition.in_force}
    national, local = current_rows.get(EditionLevel.NATIONAL), current_rows.get(EditionLevel.LOCAL)
    return ClassComparison(
        present=views.class_out(present, by_trade),
        national=views.class_out(national, by_trade) if national else None,
        local_revision=local.revision if local else 0,
        revisions=[
            ClassRevisionOut(told=views.class_out(row, by_trade), since=row.since, until=row.until) for row in rows
        ],
        open_cases=changes.open_cases_of(present),
    )
