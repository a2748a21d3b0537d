"""Pages that are not the API: the front end's one page for every route of its own, and the API's documentation."""

import mimetypes
from importlib.resources import files
from pathlib import Path

from django.conf import settings as django
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from chengmai.core.errors import NotFound, Unavailable
from chengmai.portal.api import logged_in
from chengmai.portal.failures import error_response, language_of

_DOCS = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Chengmai API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body data-api-csrf="true" data-csrf-token="{token}"><div id="swagger-ui"></div>
<script type="application/json" id="swagger-settings">
{{"url": "/api/v1/openapi.json", "layout": "BaseLayout", "deepLinking": true}}</script>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/swagger-ui-init.js"></script></body></html>"""
_DOCS_FILES = {"swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-init.js"}


@require_safe
@ensure_csrf_cookie
def front_end(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """The front end's page, whatever route of its own the address names; a missing file stays missing."""
    if path.startswith(("api/", "assets/")) or "." in path.rpartition("/")[2]:
        return error_response(NotFound("door.not_found"), language_of(request))
    page = Path(django.WHITENOISE_ROOT) / "index.html"
    if not page.is_file():
        return error_response(Unavailable("front_end.missing"), language_of(request))
    response = HttpResponse(page.read_bytes(), content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
@logged_in
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API's documentation to read and try out; every byte of it comes from here."""
    return HttpResponse(_DOCS.format(token=get_token(request)), content_type="text/html; charset=utf-8")


@require_safe
def api_docs_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file of the documentation page."""
    if name not in _DOCS_FILES:
        return error_response(NotFound("door.not_found"), language_of(request))
    path = files("ninja") / "static" / "ninja" / name
    return FileResponse(path.open("rb"), content_type=mimetypes.guess_type(name)[0])
