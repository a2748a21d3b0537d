"""Errors as every door answers them: one JSON shape, a message in the caller's language."""

import errno
import logging
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from ninja.errors import HttpError, ValidationError

from chengmai.access.models import User
from chengmai.core.errors import (
    ChengmaiError,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
)
from chengmai.core.identity import new_id
from chengmai.core.messages import choose_language, message
from chengmai.settings import current

log = logging.getLogger("chengmai.doors")


class WrongMethod(ChengmaiError):
    """The path is known, the method is not."""

    status = 405


def error_response(error: ChengmaiError, language: str) -> JsonResponse:
    """The one JSON shape: ``{"error": {"code", "params", "message"}}``."""
    params = {name: _plain(value) for name, value in error.params.items()}
    body = {"error": {"code": error.code, "params": params, "message": message(error.code, language, params)}}
    return JsonResponse(body, status=error.status, json_dumps_params={"ensure_ascii": False})


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def language_of(request: HttpRequest) -> str:
    """The user's own language, else the browser's, else the installation's; asks no database."""
    user = request.__dict__.get("_cached_user")
    own = user.language if isinstance(user, User) else ""
    return choose_language(own or request.headers.get("Accept-Language", "") or current().language)


def as_error(error: BaseException) -> ChengmaiError:
    """Whatever was raised, as an error with a code; what nobody foresaw is logged under an incident number."""
    if isinstance(error, ChengmaiError):
        return error
    if isinstance(error, ValidationError):
        return _invalid(error)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        return NotFound("door.not_found")
    if isinstance(error, RequestDataTooBig):
        return _by_status(413)
    if isinstance(error, SuspiciousOperation):
        return _by_status(400)
    if isinstance(error, HttpError) and isinstance(error.__cause__, ChengmaiError):
        return error.__cause__
    if isinstance(error, HttpError):
        return _by_status(error.status_code)
    if isinstance(error, BrokenExecutor):
        return Unavailable("work.ended")
    if isinstance(error, DatabaseError | OSError):
        known = storage_error(error)
        if known is not None:
            log.warning("%s", error)
            return known
    incident = str(new_id())
    log.error("incident %s", incident, exc_info=error)
    return ChengmaiError("internal", incident=incident)


def storage_error(error: BaseException) -> Unavailable | None:
    """The sentence for a store that is full, locked or gone; None when it is something else."""
    text = str(error).strip()
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Unavailable("disk.full", path=str(current().data_dir))
    if isinstance(error, DatabaseError) and ("disk is full" in text or "No space left" in text):
        return Unavailable("disk.full", path=str(current().data_dir))
    if isinstance(error, OperationalError):
        if "locked" in text or "deadlock" in text or "lock timeout" in text:
            return Unavailable("database.locked", reason=text)
        return Unavailable("database.gone", reason=text)
    return None


def _invalid(error: ValidationError) -> InvalidInput:
    errors: list[dict[str, Any]] = []
    for found in error.errors:
        source, *place = (str(part) for part in found["loc"])
        if source == "body" and len(place) > 1:
            place = place[1:]  # the name our own function gives the body
        errors.append({"field": ".".join(place) or source, "rule": found["type"], "message": found["msg"]})
    first = errors[0] if errors else {"field": "", "rule": "", "message": ""}
    return InvalidInput("input.invalid", field=first["field"], rule=first["message"], errors=errors)


def _by_status(status: int) -> ChengmaiError:
    match status:
        case 401:
            return NotAuthenticated("door.not_logged_in")
        case 403:
            return NotAllowed("door.refused")
        case 404:
            return NotFound("door.not_found")
        case 405:
            return WrongMethod("door.wrong_method")
        case 413:
            return TooLarge("door.too_large", limit_bytes=current().max_body_bytes)
        case 429:
            return TooMany("door.too_many")
        case 400 | 415 | 422:
            return InvalidInput("input.unreadable")
    return ChengmaiError("internal", incident=str(new_id()))


PAGES = ("/public/", "/preview/")
"""Below these a person without our front end reads: an error there is a page."""


OPEN311 = "/open311/"
"""Below it errors have the shape of that standard."""


class OneErrorShape:
    """Gives errors that arise outside our own handlers (a wrong method, a body too large) the one shape too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request."""
        if "\0" in request.path:
            return error_response(InvalidInput("input.nul"), language_of(request))
        response = self.get_response(request)
        foreign = not response.headers.get("Content-Type", "").startswith("application/json")
        if request.path.startswith(PAGES) and response.headers.get("Content-Language"):
            return response
        if request.path.startswith(OPEN311) and response.headers.get("Content-Type", "").startswith("text/xml"):
            return response
        if response.status_code >= HTTPStatus.BAD_REQUEST and foreign:
            answer = error_response(_by_status(response.status_code), language_of(request))
            if "Allow" in response.headers:
                answer.headers["Allow"] = response.headers["Allow"]
            return answer
        return response


def csrf_failure(request: HttpRequest, reason: str = "") -> JsonResponse:
    """What a request without a valid CSRF token gets."""
    return error_response(NotAllowed("door.csrf"), language_of(request))


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """What a path nobody serves gets."""
    return error_response(NotFound("door.not_found"), language_of(request))


def failed(request: HttpRequest) -> JsonResponse:
    """What a request gets whose answer failed outside the API's own handler."""
    error = sys.exc_info()[1] or RuntimeError("no exception at hand")
    return error_response(as_error(error), language_of(request))
