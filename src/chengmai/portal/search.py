"""One search over all that has a place: links, nodes, streets, cells and datastreams."""

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router, Schema

from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import within_reach
from chengmai.assets import queries
from chengmai.assets.queries import SEARCH_LIMIT, Hit
from chengmai.sensing.models import Datastream

router = Router(tags=["search"])


class Found(Schema):
    """One thing with a code, a name and a place."""

    kind: str
    code: str
    label: str
    detail: str
    longitude: float
    latitude: float
    network: str


@router.get("/search", auth=May(Permission.MAP_READ), response=list[Found])
def search(request: HttpRequest, q: str) -> list[Hit]:
    """Whatever in the caller's scope has a code or a name that holds the text; exact codes first."""
    user = caller(request)
    wanted = q.strip()
    hits = [*queries.search(user, wanted), *(_streams(user, wanted) if wanted else [])]
    return sorted(hits, key=lambda hit: hit.code.lower() != wanted.lower())[:SEARCH_LIMIT]


def _streams(user: User, wanted: str) -> list[Hit]:
    found = Datastream.objects.select_related("network").filter(
        Q(code__icontains=wanted) | Q(name__icontains=wanted), active=True, longitude__isnull=False
    )
    return [
        Hit(
            "datastream",
            stream.code,
            stream.code,
            stream.name,
            stream.longitude or 0.0,
            stream.latitude or 0.0,
            stream.network.code if stream.network else "",
        )
        for stream in within_reach(found.order_by("code"), user)[:SEARCH_LIMIT]
    ]
