"""The doors citizens pass without logging in, and those of the desk to their contacts and to programs' keys."""

from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router
from ninja.files import UploadedFile

from chengmai.access.allowance import Allowance
from chengmai.access.doors import May, Open, caller
from chengmai.access.roles import Permission
from chengmai.assets.queries import city, city_bounds, streets_geojson
from chengmai.casework.cases.queries import visible_case
from chengmai.casework.citizens import client_keys, contacts, queries, services
from chengmai.casework.citizens.contacts import Reachable
from chengmai.casework.citizens.models import CitizenReport, ClientKey, KeyPurpose
from chengmai.casework.citizens.schemas import (
    CitizenContactOut,
    CitizenReportIn,
    ClientKeyIn,
    ClientKeyOut,
    ContactReasonIn,
    PublicClass,
    PublicPlaceMap,
    ReporterOut,
    ReportKeyIn,
    ReportRatingIn,
    ReportReceipt,
    ReportState,
)
from chengmai.casework.classes.changes import demand_manager
from chengmai.core.errors import NotFound, TooLarge
from chengmai.settings import current

router = Router(tags=["citizens"])
READING, REPORTING, ASKING, SENDING_PHOTOS = Allowance(60), Allowance(6), Allowance(20), Allowance(12)
"""Requests a minute of one address: what is there to choose from, reports, questions for a state, photographs."""


@router.get("/public/classes", response=list[PublicClass], auth=Open(READING))
def list_public_classes(request: HttpRequest) -> list[PublicClass]:
    """The classes a matter may be reported under."""
    return queries.public_classes()


@router.get("/public/place-map", response=PublicPlaceMap, auth=Open(READING))
def read_place_map(request: HttpRequest) -> PublicPlaceMap:
    """The city's streets, to find a place by."""
    frame = city()
    return PublicPlaceMap(
        name_zh=frame.name_zh,
        name_en=frame.name_en,
        demonstration=frame.demonstration,
        bounds=city_bounds(),
        streets=streets_geojson(),
    )


@router.post("/public/reports", response=ReportReceipt, auth=Open(REPORTING))
def report_matter(request: HttpRequest, body: CitizenReportIn) -> ReportReceipt:
    """Report a matter: a number, and the secret that asks for its state; sent again under its id it is one report."""
    told = services.ToldReport(
        **body.model_dump(exclude={"name", "phone", "email"}),
        contact=Reachable(body.name, body.phone, body.email),
    )
    made, secret = services.report(told)
    return ReportReceipt(code=made.case.code, secret=secret)


@router.post("/public/report-states", response=ReportState, auth=Open(ASKING))
def read_report_state(request: HttpRequest, body: ReportKeyIn) -> ReportState:
    """The state and course of a matter, for whoever knows its number and its secret."""
    return queries.state_of(services.report_of(body.code, body.secret))


@router.post("/public/report-photos", response=ReportState, auth=Open(SENDING_PHOTOS))
def add_report_photo(
    request: HttpRequest, code: Form[str], secret: Form[str], id: Form[UUID], file: File[UploadedFile]
) -> ReportState:
    """Add a photograph to a report; three are enough."""
    limit = current().max_upload_bytes
    if file.size is None or file.size > limit:
        raise TooLarge("photo.too_large", size=file.size, limit=limit)
    return queries.state_of(services.add_photo(code, secret, id, file.read()))


@router.post("/public/report-ratings", response=ReportState, auth=Open(ASKING))
def rate_report(request: HttpRequest, body: ReportRatingIn) -> ReportState:
    """Say how a closed matter was handled."""
    return queries.state_of(services.rate(body.code, body.secret, body.satisfaction, body.words))


@router.get("/cases/{case_id}/reporter", response=ReporterOut | None, auth=May(Permission.CASE_READ))
def read_reporter(request: HttpRequest, case_id: UUID) -> ReporterOut | None:
    """Who reported a case, the number masked; nothing for a case that no citizen reported."""
    return queries.reporter_of(visible_case(caller(request), case_id))


@router.post("/cases/{case_id}/contact-readings", response=CitizenContactOut, auth=May(Permission.CONTACT_READ))
def read_contact(request: HttpRequest, case_id: UUID, body: ContactReasonIn) -> CitizenContactOut:
    """How the reporter of a case is reached, in the clear; who read it and why is in the audit trail."""
    user = caller(request)
    case = visible_case(user, case_id)
    report = CitizenReport.objects.select_related("contact").filter(case=case).first()
    if report is None or report.contact is None:
        raise NotFound("contact.none", case=case.code)
    told = contacts.read(user, report.contact, body.reason)
    return CitizenContactOut(name=told.name, phone=told.phone, email=told.email)


@router.get("/client-keys", response=list[ClientKeyOut], auth=May(Permission.CASEWORK_MANAGE))
def list_client_keys(request: HttpRequest) -> list[ClientKeyOut]:
    """Programs that have a key, the newest first."""
    demand_manager(caller(request))
    return [_key_out(row) for row in ClientKey.objects.order_by("-pk")]


@router.post("/client-keys", response=ClientKeyOut, auth=May(Permission.CASEWORK_MANAGE))
def add_client_key(request: HttpRequest, body: ClientKeyIn) -> ClientKeyOut:
    """Make a key for a program; it is told in this answer only."""
    user = caller(request)
    demand_manager(user)
    made, key = client_keys.add_key(user, body.name, body.purpose)
    return _key_out(made, key)


@router.delete("/client-keys/{key_id}", response=ClientKeyOut, auth=May(Permission.CASEWORK_MANAGE))
def revoke_client_key(request: HttpRequest, key_id: int) -> ClientKeyOut:
    """Revoke a program's key."""
    user = caller(request)
    demand_manager(user)
    return _key_out(client_keys.revoke_key(user, key_id))


def _key_out(row: ClientKey, key: str = "") -> ClientKeyOut:
    return ClientKeyOut(
        id=row.pk,
        name=row.name,
        purpose=KeyPurpose(row.purpose),
        added_at=row.added_at,
        revoked_at=row.revoked_at,
        key=key,
    )
