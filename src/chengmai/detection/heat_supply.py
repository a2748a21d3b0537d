"""Heat supply against what it should be: a station against its heating curve, make-up water against the circulation.

Both become one figure a reading - kelvin below the curve, make-up as a share - that is then held against limits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import InvalidInput
from chengmai.detection.limit_bands import COLOURS, LimitEvent, Limits, bands
from chengmai.detection.limits import judge_limits
from chengmai.detection.night_signals import utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Reason, Signal, Span

Floats = npt.NDArray[np.float64]
Place = tuple[float | None, float | None]
STALE_MS = 3 * 3_600_000
"""A reference (outdoor temperature, circulation) older than this says nothing about a reading [ms]."""
KEPT = 50
"""How many of the last readings of a reference are remembered between calls: rows of one moment may come apart."""


@dataclass(frozen=True, slots=True)
class HeatingCurve:
    """Expected supply temperature over the outdoor temperature: ``outdoor_c`` rising, ``supply_c``, both [degC]."""

    outdoor_c: tuple[float, ...]
    supply_c: tuple[float, ...]

    def at(self, outdoor_c: Floats) -> Floats:
        """Expected supply temperature [degC]; straight between the points, level beyond them."""
        return np.asarray(np.interp(outdoor_c, self.outdoor_c, self.supply_c))


def curve_of(points: Sequence[Sequence[float]]) -> HeatingCurve:
    """A curve from pairs of outdoor and supply temperature; raises InvalidInput when they are none."""
    try:
        pairs = sorted((float(outdoor), float(supply)) for outdoor, supply in points)
    except (TypeError, ValueError) as error:
        raise InvalidInput("rule.heating_curve", reason=repr(error)) from error
    if len(pairs) < 2 or len({outdoor for outdoor, _ in pairs}) < len(pairs):
        raise InvalidInput("rule.heating_curve", reason=str(pairs))
    return HeatingCurve(tuple(outdoor for outdoor, _ in pairs), tuple(supply for _, supply in pairs))


@dataclass(frozen=True, slots=True)
class Referred:
    """Readings with the reading of a reference stream that held when they were taken; arrays (n,)."""

    rows: Observations
    reference: Floats

    def at(self, stream: int, time_ms: int) -> tuple[float, float]:
        """Reading and reference of a stream at a moment."""
        times = self.rows.time.astype("datetime64[ms]").astype(np.int64)
        place = int(np.flatnonzero((self.rows.stream == stream) & (times == time_ms))[-1])
        return float(self.rows.value[place]), float(self.reference[place])


def refer(rows: Observations, streams: Sequence[int], reference: int, memory: dict[str, Any]) -> Referred:
    """The streams' rows for which the reference is known at their time; ``memory`` keeps the reference's last ones."""
    times = rows.time.astype("datetime64[ms]").astype(np.int64)
    own = rows.stream == reference
    known: dict[int, float] = {int(time): value for time, value in memory.get("reference", [])}
    known |= dict(zip(times[own].tolist(), rows.value[own].tolist(), strict=True))
    moments = sorted(known)
    memory["reference"] = [[time, known[time]] for time in moments[-KEPT:]]
    mine = np.isin(rows.stream, np.array(streams, dtype=np.uint32))
    if not moments or not mine.any():
        return Referred(rows.take(np.zeros(len(rows), dtype=bool)), np.zeros(0))
    at, values = np.array(moments), np.array([known[time] for time in moments])
    place = np.searchsorted(at, times, side="right") - 1
    fresh = mine & (place >= 0) & (times - at[np.maximum(place, 0)] <= STALE_MS)
    return Referred(rows.take(fresh), values[place[fresh]])


def _limits(parameters: Mapping[str, Any], name: str, sign: float) -> Limits:
    """Bands of one side from a number or a table by colour; ``sign`` -1 makes them low ones."""
    told = parameters.get(name)
    try:
        table = told if isinstance(told, Mapping) else {str(parameters.get("severity", "yellow")): float(told)}  # type: ignore[arg-type]
        sided = bands({colour: sign * float(limit) for colour, limit in table.items()})
        band, on, off = (float(parameters.get(each) or 0.0) for each in ("dead_band", "on_delay_s", "off_delay_s"))
    except (TypeError, ValueError) as error:
        raise InvalidInput("rule.limit_parameters", reason=repr(error)) from error
    low, high = (sided, ()) if sign < 0 else ((), sided)
    return Limits(low, high, dead_band=band, on_delay_s=on, off_delay_s=off)


def cold_stations(
    rows: Observations,
    streams: Mapping[int, tuple[str, Place]],
    outdoor: int,
    parameters: Mapping[str, Any],
    memory: dict[str, Any],
) -> list[Signal]:
    """Stations whose supply runs ``below`` [K] their heating ``curve``; ``streams`` by id: code and place."""
    curve, limits = curve_of(parameters.get("curve", ())), _limits(parameters, "below", -1.0)
    referred = refer(rows, list(streams), outdoor, memory)
    deviation = _with_values(referred.rows, referred.rows.value - curve.at(referred.reference))
    signals = []
    for event in judge_limits(deviation, dict.fromkeys(streams, limits), memory):
        code, place = streams[event.stream]
        value, outside = referred.at(event.stream, event.time_ms)
        expected = float(curve.at(np.array([outside]))[0])
        told: dict[str, str | int | float] = {
            "stream": code,
            "value": round(value, 1),
            "expected": round(expected, 1),
            "below": round(expected - value, 1),
            "outdoor": round(outside, 1),
        }
        reason = Reason("heat.cold_station_over" if event.ends else "heat.cold_station", told)
        signals.append(_signal(event, f"{code}#cold", (reason,), (event.stream, outdoor), place))
    return signals


def make_up_rate(
    rows: Observations,
    make_up: tuple[int, str, Place],
    circulation: int,
    parameters: Mapping[str, Any],
    memory: dict[str, Any],
) -> list[Signal]:
    """Make-up water above a ``share`` of the circulation; ``make_up`` is the stream's id, code and place."""
    limits = _limits(parameters, "share", 1.0)
    stream, code, place = make_up
    referred = refer(rows, [stream], circulation, memory)
    turning = referred.reference > 0
    whole = Referred(referred.rows.take(turning), referred.reference[turning])
    share = _with_values(whole.rows, whole.rows.value / whole.reference)
    signals = []
    for event in judge_limits(share, {stream: limits}, memory):
        value, around = whole.at(stream, event.time_ms)
        level = event.before if event.ends else event.after
        told: dict[str, str | int | float] = {
            "value": round(value, 2),
            "circulation": round(around, 1),
            "percent": round(100 * value / around, 2),
            "limit": round(100 * dict(limits.high).get(level, limits.high[0][1]), 2),
        }
        reason = Reason("heat.make_up_over" if event.ends else "heat.make_up", told)
        size = None if event.ends else round(value, 2)
        signals.append(_signal(event, f"{code}#share", (reason,), (stream, circulation), place, size))
    return signals


def _with_values(rows: Observations, values: Floats) -> Observations:
    return Observations(rows.stream, rows.time, np.asarray(values, dtype=np.float64), rows.revision, rows.batch)


def _signal(
    event: LimitEvent,
    subject: str,
    reasons: tuple[Reason, ...],
    streams: tuple[int, ...],
    place: Place,
    size_m3h: float | None = None,
) -> Signal:
    since, at = utc(event.since_ms), utc(event.time_ms)
    condition = Condition.BEGIN if event.begins else Condition.END if event.ends else Condition.UPDATE
    return Signal(
        subject=subject,
        condition=condition,
        severity=COLOURS[(event.before if event.ends else event.after) - 1],
        began_at=utc(event.began_ms),
        raised_at=at,
        reasons=reasons,
        evidence=tuple(Span(stream, since, at) for stream in streams),
        size_m3h=size_m3h,
        longitude=place[0],
        latitude=place[1],
    )
