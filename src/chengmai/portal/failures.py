"""Errors as every door answers them: one JSON shape, a message in the caller's language."""

from django.http import HttpRequest, JsonResponse

from chengmai.core.errors import ChengmaiError, NotAllowed
from chengmai.core.messages import message


def error_response(error: ChengmaiError, language: str) -> JsonResponse:
    """The one JSON shape: ``{"error": {"code", "params", "message"}}``."""
    params = {name: str(value) for name, value in error.params.items()}
    body = {"error": {"code": error.code, "params": params, "message": message(error.code, language, params)}}
    return JsonResponse(body, status=error.status, json_dumps_params={"ensure_ascii": False})


def csrf_failure(request: HttpRequest, reason: str = "") -> JsonResponse:
    """What a request without a valid CSRF token gets."""
    return error_response(NotAllowed("door.csrf", reason=reason), request.headers.get("Accept-Language", "zh-CN"))
