"""The doors of cases, photographs and a warning's whole story."""

from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.casework.cases import dispatching, filing, photos, queries, services, views
from chengmai.casework.cases.schemas import (
    CaseActionIn,
    CaseDetail,
    CaseFilter,
    CaseIn,
    CasePage,
    EscalationIn,
    EscalationOut,
    FreeHandOut,
    Timeline,
)
from chengmai.casework.cases.timeline import timeline_of
from chengmai.casework.clocks import escalation
from chengmai.core.errors import TooLarge, Unavailable
from chengmai.settings import current
from chengmai.warning.queries import page_of

router = Router(tags=["casework"])
MOST_ESCALATIONS = 100
"""Shown at once; what is taken note of makes room."""


@router.get("/cases", response=CasePage, auth=May(Permission.CASE_READ))
def list_cases(request: HttpRequest, wanted: Query[CaseFilter]) -> CasePage:
    """Cases in the user's scope, newest first; ``mine`` are those that wait for this person."""
    user = caller(request)
    cases = queries.visible_cases(user).prefetch_related("stops", "clocks")
    if wanted.state:
        cases = cases.filter(state__in=wanted.state)
    if wanted.q:
        cases = queries.matching(cases, wanted.q)
    if wanted.mine:
        cases = queries.mine(cases, user)
    page, following = page_of(cases, wanted.before, wanted.limit)
    return CasePage(items=views.case_summaries(page, language_of(request)), next=following)


@router.get("/case-escalations", response=list[EscalationOut], auth=May(Permission.CASE_READ))
def list_escalations(request: HttpRequest) -> list[EscalationOut]:
    """Stages over 80 or 100 % of their limit that wait for somebody of the caller's roles, the most urgent first."""
    waiting = escalation.open_escalations(caller(request))[:MOST_ESCALATIONS]
    return views.escalations_out(list(waiting), language_of(request))


@router.post("/case-escalations/{escalation_id}/taking", response=list[EscalationOut], auth=May(Permission.CASE_READ))
def take_escalation(request: HttpRequest, escalation_id: int, body: EscalationIn) -> list[EscalationOut]:
    """Take note of an escalation as one of the role it went to; what still waits."""
    escalation.take_note(escalation_id, caller(request), body.note)
    return list_escalations(request)


@router.get("/cases/{case_id}", response=CaseDetail, auth=May(Permission.CASE_READ))
def read_case(request: HttpRequest, case_id: UUID) -> CaseDetail:
    """All of one case: history, photographs, suggested department, and what the user may do."""
    user = caller(request)
    return views.case_detail(queries.visible_case(user, case_id), user, language_of(request))


@router.get("/cases/{case_id}/handlers", response=list[FreeHandOut], auth=May(Permission.CASE_DISPATCH))
def list_handlers(request: HttpRequest, case_id: UUID, department: str = "") -> list[FreeHandOut]:
    """People of a department, or of the suggested one, whom a case may go to; who has least in hand first."""
    user = caller(request)
    case = queries.visible_case(user, case_id)
    return [views.free_hand_out(one) for one in dispatching.free_hands(user, case, department)]


@router.post("/cases", response=CaseDetail, auth=May(Permission.CASE_FILE))
def file_case(request: HttpRequest, body: CaseIn) -> CaseDetail:
    """File a case by hand."""
    user = caller(request)
    case = filing.file_case(user, filing.Filing(**body.model_dump()))
    return views.case_detail(queries.visible_case(user, case.pk), user, language_of(request))


@router.post("/cases/{case_id}/actions", response=CaseDetail, auth=May(Permission.CASE_READ))
def act_on_case(request: HttpRequest, case_id: UUID, body: CaseActionIn) -> CaseDetail:
    """One step on a case; which permission it needs depends on the action."""
    user = caller(request)
    services.act_on_case(case_id, user, services.Step(**body.model_dump()))
    return views.case_detail(queries.visible_case(user, case_id), user, language_of(request))


@router.post("/cases/{case_id}/photos", response=CaseDetail, auth=May(Permission.CASE_READ))
def add_photo(
    request: HttpRequest,
    case_id: UUID,
    id: Form[UUID],
    file: File[UploadedFile],
    note: Form[str] = "",
) -> CaseDetail:
    """Add a photograph; ``id`` is a UUIDv7 made by the client, so that a repeated send is one photograph.

    For its handlers, for whoever filed it while it is untouched, for collectors who are to confirm it.
    """
    user = caller(request)
    limit = current().max_upload_bytes
    if file.size is None or file.size > limit:
        raise TooLarge("photo.too_large", size=file.size, limit=limit)
    photos.add_photo(case_id, user, id, file.read(), note)
    return views.case_detail(queries.visible_case(user, case_id), user, language_of(request))


@router.get("/photos/{photo_id}", auth=May(Permission.CASE_READ))
def read_photo(request: HttpRequest, photo_id: UUID) -> FileResponse:
    """The picture itself, as JPEG."""
    photo = queries.visible_photo(caller(request), photo_id)
    path = photos.path_of(photo.sha256)
    if not path.exists():
        raise Unavailable("photo.missing", sha256=photo.sha256)
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.get("/warnings/{warning_id}/timeline", response=Timeline, auth=May(Permission.WARNING_READ))
def read_timeline(request: HttpRequest, warning_id: UUID) -> Timeline:
    """All history of a warning on one page: its alarm, itself, its cases and their photographs."""
    return timeline_of(warning_id, caller(request), language_of(request))
