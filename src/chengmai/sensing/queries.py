"""Reads on datastreams, their observations and what was refused, scoped to the user."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from chengmai.access.models import User
from chengmai.access.scope import within_reach
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.units import UNITS
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream, Gateway
from chengmai.sensing.quarantine import QuarantinePlace

LONGEST_SPAN = timedelta(days=800)
"""Two years and something, so that one may be seen beside the other."""


def datastreams(user: User) -> QuerySet[Datastream]:
    """Datastreams the user may see, by code."""
    return within_reach(Datastream.objects.select_related("gateway", "owner", "network").order_by("code"), user)


@dataclass(frozen=True, slots=True)
class WantedStreams:
    """Which datastreams a list shows; what is empty asks for nothing."""

    q: str = ""
    code: Sequence[str] = ()
    network: str = ""
    owner: str = ""
    quantity: str | None = None
    active: bool | None = None
    limit: int | None = None


_PLAIN = ("code", "name", "quantity", "element", "longitude", "latitude", "low", "high", "interval_s", "active")
_NAMED = {"gateway": "gateway__code", "owner": "owner__code", "network": "network__code"}


def datastream_rows(user: User, wanted: WantedStreams) -> list[dict[str, Any]]:
    """The datastreams the user may see, as their door gives them, by code."""
    found = within_reach(Datastream.objects.order_by("code"), user)
    exact = {"network__code": wanted.network, "owner__code": wanted.owner, "quantity": wanted.quantity}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if wanted.active is not None:
        found = found.filter(active=wanted.active)
    if wanted.code:
        found = found.filter(code__in=wanted.code)
    if wanted.q.strip():
        found = found.filter(Q(code__icontains=wanted.q.strip()) | Q(name__icontains=wanted.q.strip()))
    rows = found.values_list(*_PLAIN, *_NAMED.values())[: wanted.limit]
    names = (*_PLAIN, *_NAMED)
    units = {quantity.value: unit for quantity, unit in UNITS.items()}
    return [{**dict(zip(names, row, strict=True)), "unit": units[row[2]]} for row in rows]


def datastream(user: User, code: str) -> Datastream:
    """One datastream; raises NotFound when there is none in the user's scope."""
    found = datastreams(user).filter(code=code).first()
    if found is None:
        raise NotFound("datastream.unknown", code=code)
    return found


def series(stream: Datastream, start: datetime, end: datetime, max_points: int) -> list[tuple[int, float, int]]:
    """Newest revisions as (ms since 1970, value, revision), thinned to about ``max_points`` keeping every extreme.

    Raises InvalidInput for a span that ends before it starts or is longer than LONGEST_SPAN.
    """
    if end < start:
        raise InvalidInput("span.reversed", start=start.isoformat(), end=end.isoformat())
    if end - start > LONGEST_SPAN:
        raise InvalidInput("span.too_long", days=LONGEST_SPAN.days)
    rows = runtime.current().store.read_thinned(stream.pk, start, end, max_points)
    times = rows.time.astype(np.int64).tolist()
    return list(zip(times, rows.value.tolist(), rows.revision.tolist(), strict=True))


def revisions(stream: Datastream, time: datetime) -> list[tuple[int, float]]:
    """Every value told for one time as (revision, value), oldest first; raises NotFound when there is none."""
    rows = runtime.current().store.revisions(stream.pk, time)
    if not len(rows):
        raise NotFound("observation.unknown", stream=stream.code, time=time.isoformat())
    return list(zip(rows.revision.tolist(), rows.value.tolist(), strict=True))


def gateways(user: User) -> QuerySet[Gateway]:
    """Gateways the user may see, by code."""
    return within_reach(Gateway.objects.select_related("owner").order_by("code"), user)


def quarantined(user: User, reason: str | None, before: QuarantinePlace | None, limit: int) -> list[dict[str, Any]]:
    """Refused messages of the gateways the user may see, newest first."""
    return runtime.current().store.quarantined(reason, before, limit, _visible_gateways(user))


def quarantine_counts(user: User) -> dict[str, int]:
    """How many refused messages of visible gateways are kept, by reason."""
    return runtime.current().store.quarantine_counts(_visible_gateways(user))


def _visible_gateways(user: User) -> list[str] | None:
    return None if user.sees_whole_city else list(gateways(user).values_list("code", flat=True))
