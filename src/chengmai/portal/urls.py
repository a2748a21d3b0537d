"""Every door of the web server."""

from django.urls import URLPattern, URLResolver, path, re_path

from chengmai.budget.public import urls as public_urls
from chengmai.connectors.open311 import urls as open311_urls
from chengmai.portal.api import api
from chengmai.portal.failures import failed, not_found
from chengmai.portal.pages import api_docs, api_docs_file, front_end

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("api/docs", api_docs),
    path("api/docs/<str:name>", api_docs_file),
    *public_urls.patterns(),
    *open311_urls.patterns(),
    re_path(r"^(?P<path>.*)$", front_end),
]
handler404 = not_found
handler500 = failed
