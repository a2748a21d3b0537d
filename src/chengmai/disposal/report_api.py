"""The doors to printed reports."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chengmai.access.doors import May, Session, caller
from chengmai.access.roles import Permission
from chengmai.disposal import reports, schemas, views

router = Router()


@router.post("/warnings/{warning_id}/reports", response=schemas.ReportOut, auth=May(Permission.WARNING_READ))
def print_warning(request: HttpRequest, warning_id: UUID, body: schemas.ReportIn) -> schemas.ReportOut:
    """Print the whole course of a warning as PDF; the same course gives the report that is there already."""
    return views.report_out(reports.print_warning(warning_id, caller(request), body.language))


@router.post("/hand-overs/{hand_over_id}/reports", response=schemas.ReportOut, auth=May(Permission.DUTY_LOG_READ))
def print_hand_over(request: HttpRequest, hand_over_id: UUID, body: schemas.ReportIn) -> schemas.ReportOut:
    """Print the hand-over of a shift as PDF."""
    return views.report_out(reports.print_hand_over(hand_over_id, caller(request), body.language))


@router.get("/reports/{report_id}", auth=Session())
def read_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """A printed report, as PDF, for people who see what it tells of."""
    report, data = reports.read_report(report_id, caller(request))
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{report.code}-{report.language}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
