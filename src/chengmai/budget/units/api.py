"""The doors of many units: a round, its list, the documents that come, one table of units and rules."""

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.budget.performance.printing import XLSX
from chengmai.budget.units import queries, schemas, services, views
from chengmai.budget.units.sheet import units_workbook
from chengmai.core import heavy
from chengmai.core.messages import choose_language

router = Router(tags=["many units"])
READ, MANAGE = May(Permission.BUDGET_READ), May(Permission.BUDGET_MANAGE)
_LONGEST_WAIT_S = 300


@router.get("/budget-rounds", response=list[schemas.RoundOut], auth=READ)
def list_rounds(request: HttpRequest) -> list[schemas.RoundOut]:
    """The rounds in the user's scope, the newest first."""
    return [views.round_out(one) for one in queries.visible_rounds(caller(request))]


@router.post("/budget-rounds", response=schemas.RoundOut, auth=MANAGE)
def start_round(request: HttpRequest, body: schemas.RoundIn) -> schemas.RoundOut:
    """Begin a round for the budgets of a year."""
    return views.round_out(services.start_round(caller(request), body.name, body.year, body.owner))


@router.get("/budget-rounds/{round_id}", response=schemas.RoundDetail, auth=READ)
def read_round(request: HttpRequest, round_id: UUID) -> schemas.RoundDetail:
    """A round as one table of units and rules, with all units rolled up and who is late as of today."""
    return _detail(request, round_id)


@router.get("/budget-rounds/{round_id}/progress", response=schemas.RoundProgress, auth=READ)
def read_round_progress(request: HttpRequest, round_id: UUID) -> schemas.RoundProgress:
    """How far the checks are."""
    counts = queries.progress_of(queries.visible_round(caller(request), round_id))
    return views.progress_out(counts)


@router.post("/budget-rounds/{round_id}/units", response=schemas.UnitListOut, auth=MANAGE)
def write_round_units(request: HttpRequest, round_id: UUID, file: File[UploadedFile]) -> schemas.UnitListOut:
    """Take a list of units (CSV or XLSX: code, name, due day, day received) in place of the one before."""
    user = caller(request)
    found = queries.visible_round(user, round_id)
    findings = services.write_units(user, found, *_read(file))
    return views.list_out(found.units.count(), findings, language_of(request))


@router.post("/budget-rounds/{round_id}/documents", response=schemas.HandInOut, auth=MANAGE)
def hand_documents_in(request: HttpRequest, round_id: UUID, file: File[list[UploadedFile]]) -> schemas.HandInOut:
    """Take documents, or ZIPs of them, into a round; they are checked in the background."""
    user = caller(request)
    result = services.hand_in(user, queries.visible_round(user, round_id), [_read(one) for one in file])
    return views.hand_in_out(result, language_of(request))


@router.get("/budget-rounds/{round_id}/documents/{document_id}/findings", response=schemas.DocumentFindings, auth=READ)
def read_round_findings(
    request: HttpRequest, round_id: UUID, document_id: UUID, rule: str = ""
) -> schemas.DocumentFindings:
    """The findings of a document, of one rule if it is named, with the lines they speak of."""
    found = queries.visible_round(caller(request), round_id)
    return views.findings_out(queries.document_of(found, document_id), rule, language_of(request))


@router.put("/budget-rounds/{round_id}/documents/{document_id}/unit", response=schemas.RoundDetail, auth=MANAGE)
def assign_document(
    request: HttpRequest, round_id: UUID, document_id: UUID, body: schemas.AssignIn
) -> schemas.RoundDetail:
    """Say whose a document is, or that it is nobody's."""
    user = caller(request)
    services.assign(user, queries.visible_round(user, round_id), document_id, body.unit)
    return _detail(request, round_id)


@router.post("/budget-rounds/{round_id}/documents/{document_id}/checks", response=schemas.RoundDetail, auth=MANAGE)
def check_document_again(request: HttpRequest, round_id: UUID, document_id: UUID) -> schemas.RoundDetail:
    """Check a document again whose check failed."""
    user = caller(request)
    services.check_again(user, queries.visible_round(user, round_id), document_id)
    return _detail(request, round_id)


@router.get("/budget-rounds/{round_id}/workbook", auth=READ)
def round_workbook(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The round as a workbook: units, units by rule, who is behind, every finding."""
    found = queries.visible_round(caller(request), round_id)
    seen = queries.overview_of(found, services.today())
    findings = queries.findings_of(found)
    language = choose_language(language_of(request))
    data = heavy.run(units_workbook, seen, findings, language).result(_LONGEST_WAIT_S)
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}.xlsx"
    return answer


def _detail(request: HttpRequest, round_id: UUID) -> schemas.RoundDetail:
    user = caller(request)
    return views.detail(user, queries.visible_round(user, round_id), services.today(), language_of(request))


def _read(file: UploadedFile) -> tuple[str, bytes]:
    return (file.name or "upload")[-200:], content_of(file)
