"""How readings come in: who is silent that should speak, what was refused, how foreign systems are connected."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema

from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.clock import now
from chengmai.devices.expected import not_expected
from chengmai.sensing import queries, runtime
from chengmai.sensing.models import Datastream

router = Router(tags=["sensing"])

LATE_INTERVALS = 3
"""A stream counts as silent after so many of its intervals without a reading (default)."""
LEAST_PATIENCE = timedelta(minutes=15)
"""No stream counts as silent before this: simulators and gateways send in bundles (default)."""


class ForeignSourceOut(Schema):
    """A foreign system from which readings are taken; ``problem`` is why it is not connected."""

    gateway: str
    connected: bool
    received: int
    unacknowledged: int
    problem: str | None


class Health(Schema):
    """How the way in is doing."""

    streams: int
    silent: int
    stored_rows: int
    stored_since_start: int
    failures_since_start: int
    last_error: str | None
    listeners: int
    quarantined: dict[str, int]
    sources: list[ForeignSourceOut]


def expected_streams(user: User) -> QuerySet[Datastream]:
    """Active streams in a person's reach but for those whose device is out of service."""
    return queries.datastreams(user).filter(active=True).exclude(pk__in=not_expected())


def speaks(stream: Datastream, heard_ms: int, moment: datetime) -> bool:
    """Whether the last reading, stored at ``heard_ms`` (0 for none), is young enough at a moment."""
    patience = max(LEAST_PATIENCE, timedelta(seconds=LATE_INTERVALS * stream.interval_s))
    return moment.timestamp() - heard_ms / 1000 <= patience.total_seconds()


@router.get("/sensing/health", response=Health, auth=May(Permission.SENSING_READ))
def health(request: HttpRequest) -> Health:
    """How many streams are silent, what is stored, what was refused and why."""
    parts = runtime.current()
    heard = parts.store.heard()
    moment = now()
    streams = list(expected_streams(caller(request)))
    error = parts.ingest.last_error
    return Health(
        streams=len(streams),
        silent=sum(not speaks(stream, heard.get(stream.pk, 0), moment) for stream in streams),
        stored_rows=parts.store.count(),
        stored_since_start=parts.ingest.stored_rows,
        failures_since_start=parts.ingest.failures,
        last_error=error.code if error else None,
        listeners=parts.hub.listeners,
        quarantined=queries.quarantine_counts(caller(request)),
        sources=_sources(caller(request)),
    )


def _sources(user: User) -> list[ForeignSourceOut]:
    """Foreign systems whose gateways are in the user's scope."""
    sources = dict(runtime.current().sources)
    codes = [gateway.code for gateway in queries.gateways(user) if gateway.code in sources]
    return [ForeignSourceOut(gateway=code, **asdict(sources[code]())) for code in codes]
