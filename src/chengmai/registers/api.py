"""Doors to registers: their kinds, entries with their life, files, sheets, and availability."""

from datetime import date, datetime, time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.assets.import_views import SheetOutcomeOut, outcome_out
from chengmai.core import heavy
from chengmai.core.clock import month_span
from chengmai.core.errors import InvalidInput
from chengmai.core.messages import choose_language
from chengmai.core.money import told as yuan_told
from chengmai.registers import entries, files, kinds, queries, schemas, sheet, views
from chengmai.registers.checklist_api import router as checklist_router
from chengmai.registers.definitions import read_kind
from chengmai.registers.entries import RegisterDraft
from chengmai.registers.models import RegisterKind
from chengmai.registers.outages import availability_of
from chengmai.registers.stored_answers import file_answer
from chengmai.settings import current

router = Router(tags=["registers"])
router.add_router("", checklist_router)
_SHEETS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
LONGEST_DAYS = 3660


@router.get("/registers", auth=May(Permission.REGISTER_READ), response=list[schemas.RegisterKindOut])
def list_registers(request: HttpRequest) -> list[schemas.RegisterKindOut]:
    """Every kind of register with how many entries of the user's scope are in it."""
    counted = queries.counts(caller(request))
    rows = RegisterKind.objects.order_by("position", "code")
    return [views.kind_out(row, counted.get(row.code)) for row in rows]


@router.get("/registers/{register_code}", auth=May(Permission.REGISTER_READ), response=schemas.RegisterKindDetail)
def read_register(request: HttpRequest, register_code: str) -> schemas.RegisterKindDetail:
    """A kind of register with its document and every version it had."""
    return views.kind_detail(kinds.kind_row(register_code), queries.counts(caller(request)).get(register_code))


@router.put("/registers/{register_code}", auth=May(Permission.REGISTER_MANAGE), response=schemas.RegisterKindDetail)
def write_register(
    request: HttpRequest, register_code: str, body: schemas.RegisterKindIn
) -> schemas.RegisterKindDetail:
    """Make a kind of register or its next version."""
    user = caller(request)
    row = kinds.write_kind(user, register_code, body.version, body.definition, body.retired)
    return views.kind_detail(row, queries.counts(user).get(register_code))


@router.get(
    "/registers/{register_code}/entries", auth=May(Permission.REGISTER_READ), response=schemas.RegisterEntryPage
)
def list_entries(
    request: HttpRequest, register_code: str, wanted: Query[schemas.RegisterEntryQuery]
) -> schemas.RegisterEntryPage:
    """Entries in the user's scope, the newest day first; what runs out first where that is asked for."""
    user = caller(request)
    row, kind = kinds.kind_of(register_code)
    rows = queries.visible_entries(user).filter(kind=row)
    chosen = views.wanted_of(wanted)
    found = queries.matching(rows, chosen)
    amount = queries.sum_fen(found.exclude(state__in=kind.void_states)) if kind.amount else None
    anyhow = queries.matching(rows, views.wanted_of(wanted.model_copy(update={"state": ""})))
    return schemas.RegisterEntryPage(
        items=views.entries_out(user, kind, list(found[wanted.skip : wanted.skip + wanted.limit])),
        total=found.count(),
        states=queries.state_counts(anyhow),
        amount=None if amount is None else yuan_told(amount),
    )


@router.post(
    "/registers/{register_code}/entries",
    auth=May(Permission.REGISTER_WRITE),
    response={201: schemas.RegisterEntryDetail},
)
def enter(
    request: HttpRequest, register_code: str, body: schemas.RegisterEntryIn
) -> Status[schemas.RegisterEntryDetail]:
    """Put an entry into a register."""
    user = caller(request)
    made = entries.enter(user, register_code, RegisterDraft(body.owner, body.values, body.state, body.note))
    return Status(201, views.entry_detail(user, queries.entry_for(user, made.pk)))


@router.get(
    "/register-entries/{register_entry_id}", auth=May(Permission.REGISTER_READ), response=schemas.RegisterEntryDetail
)
def read_entry(request: HttpRequest, register_entry_id: UUID) -> schemas.RegisterEntryDetail:
    """One entry: what is told of it, its history, what belongs to it."""
    user = caller(request)
    return views.entry_detail(user, queries.entry_for(user, register_entry_id))


@router.put(
    "/register-entries/{register_entry_id}", auth=May(Permission.REGISTER_WRITE), response=schemas.RegisterEntryDetail
)
def change_entry(
    request: HttpRequest, register_entry_id: UUID, body: schemas.RegisterEntryChange
) -> schemas.RegisterEntryDetail:
    """Change what is told of an entry."""
    user = caller(request)
    return views.entry_detail(user, entries.change(user, register_entry_id, body.version, body.owner, body.values))


@router.post(
    "/register-entries/{register_entry_id}/moves",
    auth=May(Permission.REGISTER_READ),
    response=schemas.RegisterEntryDetail,
)
def move_entry(
    request: HttpRequest, register_entry_id: UUID, body: schemas.RegisterEntryMoveIn
) -> schemas.RegisterEntryDetail:
    """Take a move of an entry's life."""
    user = caller(request)
    moved = entries.move(user, register_entry_id, body.version, body.move, body.note, body.values)
    return views.entry_detail(user, moved)


@router.get(
    "/register-entries/{register_entry_id}/files/{file_id}", auth=May(Permission.REGISTER_READ), response={200: bytes}
)
def open_entry_file(request: HttpRequest, register_entry_id: UUID, file_id: UUID) -> HttpResponse:
    """A photograph or document that an entry holds."""
    entry = queries.entry_for(caller(request), register_entry_id)
    return file_answer(files.file_of_entry(entry, read_kind(entry.kind.definition), file_id))


@router.post("/register-files", auth=May(Permission.REGISTER_WRITE), response={201: schemas.StoredFileOut})
def add_file(request: HttpRequest, file: File[UploadedFile]) -> Status[schemas.StoredFileOut]:
    """Take in a photograph or a PDF, to be named in an entry or a filled checklist afterwards."""
    made = files.add_file(caller(request), file.name or "upload", content_of(file))
    return Status(201, schemas.StoredFileOut(id=made.pk, name=made.name, media_type=made.media_type))


@router.post("/registers/{register_code}/imports", auth=May(Permission.REGISTER_WRITE), response=SheetOutcomeOut)
def import_entries(
    request: HttpRequest, register_code: str, file: File[UploadedFile], dry_run: bool = False
) -> SheetOutcomeOut:
    """Take a sheet of entries over, whole or not at all; with ``dry_run`` it is only checked."""
    user = caller(request)
    outcome = sheet.import_entries(user, register_code, file.name or "upload", content_of(file), dry_run=dry_run)
    return outcome_out(outcome, choose_language(language_of(request)))


@router.get("/registers/{register_code}/sheet", auth=May(Permission.REGISTER_READ), response={200: bytes})
def download_entries(
    request: HttpRequest, register_code: str, wanted: Query[schemas.RegisterEntrySheetQuery]
) -> HttpResponse:
    """The wanted entries as a sheet that can be imported again; or the empty sheet to fill in."""
    user = caller(request)
    row, kind = kinds.kind_of(register_code)
    lines: list[sheet.Line] = []
    if not wanted.template:
        rows = queries.matching(queries.visible_entries(user).filter(kind=row), views.wanted_of(wanted))
        found = list(rows[: sheet.MOST_ROWS])
        codes = {key: target.code for key, target in queries.targets_of(user, found).items()}
        lines = sheet.lines_of(kind, found, codes)
    header = [called[0] for called in sheet.columns(kind).values()]
    if wanted.format == "xlsx":
        body = heavy.run(sheet.as_workbook, kind.name_zh, header, lines).result()
    else:
        body = sheet.as_csv(kind, lines)
    answer = HttpResponse(body, content_type=_SHEETS[wanted.format])
    name = f"{register_code}-template" if wanted.template else register_code
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{wanted.format}"'
    return answer


@router.get(
    "/registers/{register_code}/availability",
    auth=May(Permission.REGISTER_READ),
    response=schemas.RegisterAvailabilityOut,
)
def read_availability(
    request: HttpRequest, register_code: str, wanted: Query[schemas.RegisterSpanQuery]
) -> schemas.RegisterAvailabilityOut:
    """How available the things were whose outages a register keeps; of those in the user's scope."""
    start, end = span_of(wanted.start, wanted.end)
    found = availability_of(register_code, start, end, queries.visible_entries(caller(request)))
    return views.availability_out(register_code, found, start, end)


def span_of(start: date | None, end: date | None) -> tuple[datetime, datetime]:
    """The moments of a span of the city's days; the present month without one. Raises InvalidInput."""
    zone, day = current().zone, queries.today()
    first, last = month_span(day.year, day.month, zone)
    began = first if start is None else datetime.combine(start, time(), zone)
    ended = last if end is None else datetime.combine(end, time(), zone)
    if not began < ended or (ended - began).days > LONGEST_DAYS:
        raise InvalidInput("register.span_unfit", start=str(start), end=str(end))
    return began, ended
