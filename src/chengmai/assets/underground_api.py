"""Doors to what lies underground: networks in space."""

import gzip

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.assets import queries
from chengmai.assets.underground import bounds_of, packed_buffer

router = Router(tags=["underground"])

BUFFER_TYPE = "application/vnd.chengmai.underground"


@router.get("/underground/{code}/{edition}", auth=May(Permission.MAP_READ), response={200: bytes})
def read_underground(request: HttpRequest, code: str, edition: int, bbox: str = "") -> HttpResponse:
    """One edition in space: tubes at their depth and diameter, chambers as boxes, in metres around the city's middle.

    ``bbox`` is west,south,east,north in degrees; without it the whole network. The layout is told in
    ``network/geometry_3d.py``. An edition never changes, so browsers may keep it for a day.
    """
    network = queries.network_for(caller(request), code)
    packed = packed_buffer(queries.edition_for(network, edition), bounds_of(bbox))
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(packed if takes_gzip else gzip.decompress(packed), content_type=BUFFER_TYPE)
    if takes_gzip:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
