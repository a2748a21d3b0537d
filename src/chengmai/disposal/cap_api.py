"""The doors to warnings as CAP 1.2 messages."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.disposal import cap
from chengmai.warning.queries import visible_warning, visible_warnings
from chengmai.warning.states import WarningState

router = Router()
MOST = 200
"""Warnings a feed holds at most, the newest."""


@router.get("/warnings/{warning_id}/cap", auth=May(Permission.WARNING_READ))
def read_cap(request: HttpRequest, warning_id: UUID, message: int | None = None) -> HttpResponse:
    """A warning as CAP 1.2: its last message, or the one of a number (from 1)."""
    found = cap.message_of(visible_warning(caller(request), warning_id), message)
    return HttpResponse(cap.document(found), content_type="application/xml; charset=utf-8")


@router.get("/cap/feed", auth=May(Permission.WARNING_READ))
def read_feed(request: HttpRequest) -> HttpResponse:
    """The warnings in force in the user's scope, as an Atom feed of CAP messages."""
    issued = visible_warnings(caller(request)).filter(state=WarningState.ISSUED).order_by("-pk")[:MOST]
    address = request.build_absolute_uri("/api/v1")
    return HttpResponse(cap.feed(list(issued), address), content_type="application/atom+xml; charset=utf-8")
