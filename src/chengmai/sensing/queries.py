"""Reads on datastreams, their observations and what was refused, scoped to the user."""

from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from chengmai.access.models import User
from chengmai.access.scope import within_reach
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.detection.observations import Observations
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream, Gateway


def datastreams(user: User) -> QuerySet[Datastream]:
    """Datastreams the user may see, by code."""
    return within_reach(Datastream.objects.select_related("gateway", "owner", "network").order_by("code"), user)


def datastream(user: User, code: str) -> Datastream:
    """One datastream; raises NotFound when there is none in the user's scope."""
    found = datastreams(user).filter(code=code).first()
    if found is None:
        raise NotFound("datastream.unknown", code=code)
    return found


def series(stream: Datastream, start: datetime, end: datetime, max_points: int) -> list[tuple[int, float, int]]:
    """Newest revisions as (ms since 1970, value, revision), thinned to about ``max_points`` keeping every extreme."""
    if end < start:
        raise InvalidInput("span.reversed", start=start.isoformat(), end=end.isoformat())
    rows = thin(runtime.current().store.read([stream.pk], start, end), max_points)
    times = rows.time.astype(np.int64).tolist()
    return list(zip(times, rows.value.tolist(), rows.revision.tolist(), strict=True))


def thin(rows: Observations, max_points: int) -> Observations:
    """At most ``max_points`` rows of one stream: of every slice of time its lowest and its highest, in order."""
    count = len(rows)
    if count <= max_points:
        return rows
    slices = max(1, max_points // 2)
    edges = np.linspace(0, count, slices + 1).astype(np.int64)
    kept: set[int] = set()
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = rows.value[start:end]
        kept |= {start + int(part.argmin()), start + int(part.argmax())}
    return rows.take(np.array(sorted(kept), dtype=np.int64))


def revisions(stream: Datastream, time: datetime) -> list[tuple[int, float]]:
    """Every value told for one time as (revision, value), oldest first; raises NotFound when there is none."""
    rows = runtime.current().store.revisions(stream.pk, time)
    if not len(rows):
        raise NotFound("observation.unknown", stream=stream.code, time=time.isoformat())
    return list(zip(rows.revision.tolist(), rows.value.tolist(), strict=True))


def gateways(user: User) -> QuerySet[Gateway]:
    """Gateways the user may see, by code."""
    return within_reach(Gateway.objects.select_related("owner").order_by("code"), user)


def quarantined(user: User, reason: str | None, before: datetime | None, limit: int) -> list[dict[str, Any]]:
    """Refused messages of the gateways the user may see, newest first."""
    return runtime.current().store.quarantined(reason, before, limit, _visible_gateways(user))


def quarantine_counts(user: User) -> dict[str, int]:
    """How many refused messages of visible gateways are kept, by reason."""
    return runtime.current().store.quarantine_counts(_visible_gateways(user))


def _visible_gateways(user: User) -> list[str] | None:
    return None if user.sees_whole_city else list(gateways(user).values_list("code", flat=True))
