"""Locating: an alarm from pressures gets the pipes that explain it best, ranked on the believed network."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np

from chengmai.assets.queries import load_edition, published
from chengmai.core import heavy
from chengmai.core.errors import NotFound
from chengmai.core.units import Quantity
from chengmai.detection.heat_locating import rank_heat_pipes
from chengmai.detection.locating import MODEL_ERROR, SIZE_FREEDOM, Fall, Ranking, Situation, likeliest, rank_pipes
from chengmai.events.delivery import Effect, Prepared
from chengmai.events.models import OutboxEvent
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.settings import current
from chengmai.warning import services
from chengmai.warning.evidence import Recorder
from chengmai.warning.models import Alarm, RuleKind
from chengmai.warning.rule_facts import Read

BEFORE = 12
"""Readings before the burst that are averaged."""
GUARD = 3
"""Readings just before the confirmed onset that are left out: the burst may lie in them."""
STORED_PIPES = 50
"""How many of the ranked pipes an alarm keeps."""
_LONGEST_WAIT_S = 120.0


@Prepared
def request(event: OutboxEvent) -> Effect | None:
    """Locate what an ``alarm.raised`` event tells of, when pressures found it; done twice it gives the same."""
    alarm = Alarm.objects.select_related("rule", "network__edition").filter(pk=UUID(str(event.payload["id"]))).first()
    if alarm is None or alarm.rule.kind not in _RANKED or alarm.network is None or alarm.elements:
        return None
    readings = Recorder(runtime.current().store.read)
    ranking, run = _RANKED[RuleKind(alarm.rule.kind)](alarm, readings.read)
    found = likeliest(ranking.elements, STORED_PIPES)
    return partial(services.locate, alarm.pk, found, run, readings.spans, readings.again)


def rank(alarm: Alarm, read: Read) -> tuple[Ranking, dict[str, Any]]:
    """The ranking of an alarm's pipes, and what it ran on; the work is done in the pool."""
    if alarm.network is None:
        raise NotFound("network.no_edition", code="")
    edition = published(alarm.network)
    network = load_edition(edition)
    streams = {
        stream.code: stream for stream in Datastream.objects.filter(network=alarm.network).order_by("code").distinct()
    }
    pressures = [streams[code] for code in alarm.rule.parameters["streams"] if code in streams]
    flows = {streams[code]: int(sign) for code, sign in alarm.rule.parameters["flows"].items() if code in streams}
    levels = _levels(streams, alarm)
    ids = [stream.pk for stream in (*pressures, *flows, *levels)]
    start, end = _reach(alarm, pressures[0].pk, read)
    means = _means(read(ids, start, alarm.raised_at), alarm.began_at, start, end)
    told = [stream for stream in pressures if stream.pk in means]
    size = alarm.size_lph / 1000 if alarm.size_lph else None
    fall = Fall(
        tuple(stream.element for stream in told),
        tuple(means[stream.pk][0] - means[stream.pk][1] for stream in told),
        tuple(means[stream.pk][2] for stream in told),
        size,
    )
    situation = _situation(alarm.began_at, flows, levels, means)
    ranking = heavy.run(rank_pipes, network, fall, situation).result(_LONGEST_WAIT_S)
    run = {
        "edition": edition.pk,
        "model": "epanet 2.3, leak at every junction",
        "sensors": [stream.code for stream in told],
        "before": [start.isoformat(), end.isoformat()],
        "after": [alarm.began_at.isoformat(), alarm.raised_at.isoformat()],
        "size_m3h": ranking.size_m3h,
        "misfit_m": ranking.misfit_m,
        "size_freedom": SIZE_FREEDOM,
        "model_error": MODEL_ERROR,
    }
    return ranking, run


def _levels(streams: Mapping[str, Datastream], alarm: Alarm) -> list[Datastream]:
    """Level streams of the gateway that brings the rule's pressures: another record's tank must not be mixed in."""
    gateways = {streams[code].gateway_id for code in alarm.rule.parameters["streams"] if code in streams}
    return [one for one in streams.values() if one.quantity == Quantity.LEVEL and one.gateway_id in gateways]


def _reach(alarm: Alarm, stream: int, read: Read) -> tuple[datetime, datetime]:
    """From when to when readings count as before the burst, by the pace of one stream."""
    rows = read([stream], alarm.began_at - timedelta(hours=6), alarm.raised_at)
    times = rows.time.astype("datetime64[ms]").astype(np.int64)
    pace = float(np.median(np.diff(times)[-8:])) if len(times) > 1 else 300_000.0
    end = alarm.began_at - timedelta(milliseconds=(GUARD - 0.5) * pace)
    return end - timedelta(milliseconds=BEFORE * pace), end


def _means(rows: Any, began: datetime, start: datetime, end: datetime) -> dict[int, tuple[float, float, float]]:
    """Mean before and after the burst, and the noise of their difference, by stream; streams without either are out."""
    times = rows.time.astype("datetime64[ms]").astype(np.int64)
    edges = [round(moment.timestamp() * 1000) for moment in (start, end, began)]
    means: dict[int, tuple[float, float, float]] = {}
    for stream in np.unique(rows.stream):
        mine = rows.stream == stream
        before = rows.value[mine & (times >= edges[0]) & (times <= edges[1])]
        after = rows.value[mine & (times >= edges[2])]
        if len(before) and len(after):
            spread = float(before.std(ddof=1)) if len(before) > 2 else 0.05
            noise = max(spread, 0.01) * (1 / len(before) + 1 / len(after)) ** 0.5
            means[int(stream)] = float(before.mean()), float(after.mean()), noise
    return means


def _situation(
    moment: datetime,
    flows: Mapping[Datastream, int],
    levels: list[Datastream],
    means: Mapping[int, tuple[float, float, float]],
) -> Situation:
    """The network's state just before the burst: time in the weekly patterns, tanks, pumps, inflow."""
    local = moment.astimezone(current().zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    time_s = local.weekday() * 86400 + round((local - midnight).total_seconds())
    told = {stream: means[stream.pk][0] for stream in flows if stream.pk in means}
    whole = len(told) == len(flows) and bool(flows)
    return Situation(
        time_s,
        {stream.element: means[stream.pk][0] for stream in levels if stream.pk in means},
        {stream.element: value > 1.0 for stream, value in told.items() if flows[stream] < 0},
        {stream.element: sign for stream, sign in flows.items()},
        sum(flows[stream] * value for stream, value in told.items()) if whole else None,
    )


def rank_heat(alarm: Alarm, read: Read) -> tuple[Ranking, dict[str, Any]]:
    """The ranking of a heat network's pairs of pipes, and what it ran on; the work is done in the pool."""
    if alarm.network is None:
        raise NotFound("network.no_edition", code="")
    edition = published(alarm.network)
    told = alarm.rule.parameters
    streams = {stream.code: stream for stream in Datastream.objects.filter(network=alarm.network)}
    pressures = [streams[code] for code in told["streams"] if code in streams]
    circulation = streams[told["circulation"]]
    start, end = _reach(alarm, pressures[0].pk, read)
    means = _means(
        read([circulation.pk, *(one.pk for one in pressures)], start, alarm.raised_at), alarm.began_at, start, end
    )
    seen = [stream for stream in pressures if stream.pk in means]
    falls = [means[stream.pk][0] - means[stream.pk][1] for stream in seen]
    noise = float(np.median([means[stream.pk][2] for stream in seen])) if seen else 1.0
    size = (alarm.size_lph or 0) / 1000
    around = means[circulation.pk][0]
    sensors = [stream.element for stream in seen]
    ranking = heavy.run(rank_heat_pipes, load_edition(edition), sensors, falls, noise, size, around).result(
        _LONGEST_WAIT_S
    )
    run = {
        "edition": edition.pk,
        "model": "epanet 2.3, supply side, leak at every junction",
        "sensors": [stream.code for stream in seen],
        "before": [start.isoformat(), end.isoformat()],
        "after": [alarm.began_at.isoformat(), alarm.raised_at.isoformat()],
        "size_m3h": ranking.size_m3h,
        "misfit_m": ranking.misfit_m,
        "circulation_m3h": round(around, 1),
    }
    return ranking, run


_RANKED = {RuleKind.PRESSURE_DROP: rank, RuleKind.HEAT_BURST: rank_heat}
"""Kinds of rules whose alarms are located, and how."""
