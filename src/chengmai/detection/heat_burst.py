"""A burst of a heat network: make-up water rises while pressures fall.

Neither alone is taken for one: filling after a repair raises the make-up while pressure rises, and a pump that slows
lets pressures fall without water being lost. The last few readings are compared with the half hour before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from chengmai.detection.night_signals import utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Reason, Signal, Span

RECENT = 3
"""Readings of the make-up that must show it."""
BACK_MS = 40 * 60_000
"""How far back readings are compared [ms]."""
LEAST_BEFORE = 4
"""Readings before the change that a stream needs to be compared."""
Place = tuple[float | None, float | None]
RANKS = ("blue", "yellow", "orange", "red")


@dataclass(frozen=True, slots=True)
class BurstSettings:
    """How large: ``rise_share`` of the circulation the make-up must rise by, ``fall_kpa`` the pressures must fall by

    at ``least_sensors``; ``severities`` are shares of the circulation lost.
    """

    rise_share: float = 0.01
    fall_kpa: float = 10.0
    least_sensors: int = 2
    severities: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BurstStreams:
    """Ids of the streams: make-up water and circulation [m3/h], and pressures [kPa] with their code and place."""

    make_up: int
    circulation: int
    pressures: Mapping[int, tuple[str, Place]]

    @property
    def all(self) -> list[int]:
        """Every stream."""
        return [self.make_up, self.circulation, *self.pressures]


class OpenBurst(msgspec.Struct):
    """A burst that goes on: number, first reading with it [ms], make-up before it and its rise [m3/h]."""

    number: int
    began: int
    before_m3h: float
    rise_m3h: float
    normal: int = 0
    """Readings in a row that show the make-up as it was."""


class BurstMemory(msgspec.Struct):
    """What is kept between calls."""

    until: int = 0
    count: int = 0
    burst: OpenBurst | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """Mean of the last readings and median of those before, of one stream."""

    before: float
    after: float


def look_for_burst(
    rows: Observations, streams: BurstStreams, settings: BurstSettings, memory: dict[str, Any], subject: str
) -> list[Signal]:
    """Judge every reading of the make-up after the last one judged, in order; ``rows`` reach ``BACK_MS`` further back.

    Changes ``memory``.
    """
    kept = msgspec.convert(memory, BurstMemory)
    times = rows.time.astype("datetime64[ms]").astype(np.int64)
    signals = []
    for moment in np.unique(times[(rows.stream == streams.make_up) & (times > kept.until)]).tolist():
        kept.until = int(moment)
        if kept.burst is None:
            signal = _begin(rows, times, int(moment), streams, settings, kept, subject)
        else:
            signal = _end(rows, times, int(moment), streams.make_up, kept.burst, kept, subject)
        if signal is not None:
            signals.append(signal)
    memory.clear()
    memory.update(msgspec.to_builtins(kept))
    return signals


def _window(rows: Observations, times: np.ndarray, stream: int, moment: int) -> tuple[np.ndarray, np.ndarray]:
    mine = (rows.stream == stream) & (times <= moment) & (times > moment - BACK_MS)
    order = np.argsort(times[mine], kind="stable")
    return times[mine][order], rows.value[mine][order]


def _step(rows: Observations, times: np.ndarray, stream: int, moment: int, change: int) -> _Step | None:
    at, values = _window(rows, times, stream, moment)
    before, after = values[at < change], values[at >= change]
    if len(before) < LEAST_BEFORE or not len(after):
        return None
    return _Step(float(np.median(before)), float(after.mean()))


def _begin(
    rows: Observations,
    times: np.ndarray,
    moment: int,
    streams: BurstStreams,
    settings: BurstSettings,
    kept: BurstMemory,
    subject: str,
) -> Signal | None:
    at, _ = _window(rows, times, streams.make_up, moment)
    if len(at) < RECENT + LEAST_BEFORE:
        return None
    change = int(at[-RECENT])
    make_up = _step(rows, times, streams.make_up, moment, change)
    around = _step(rows, times, streams.circulation, moment, change)
    if make_up is None or around is None or around.before <= 0:
        return None
    rise = make_up.after - make_up.before
    own = _window(rows, times, streams.make_up, moment)[1][-RECENT:]
    # Every one of the last readings shows it: a single spike is no burst.
    if own.min() - make_up.before < settings.rise_share * around.before:
        return None
    falls = {}
    for stream in streams.pressures:
        step = _step(rows, times, stream, moment, change)
        if step is not None and step.before - step.after >= settings.fall_kpa:
            falls[stream] = step.before - step.after
    if len(falls) < min(settings.least_sensors, len(streams.pressures)):
        return None
    kept.count += 1
    kept.burst = OpenBurst(kept.count, change, round(make_up.before, 3), round(rise, 3))
    start = utc(int(at[max(0, len(at) - RECENT - LEAST_BEFORE)]))
    ordered = sorted(falls, key=lambda stream: -falls[stream])
    deepest, place = streams.pressures[ordered[0]]
    return Signal(
        subject=f"{subject}#{kept.count}",
        condition=Condition.BEGIN,
        severity=_severity(rise / around.before, settings.severities),
        began_at=utc(change),
        raised_at=utc(moment),
        reasons=_reasons(make_up, around, len(falls), deepest, falls[ordered[0]], moment - change),
        evidence=tuple(Span(one, start, utc(moment)) for one in (streams.make_up, streams.circulation, *ordered[:8])),
        size_m3h=round(rise, 2),
        longitude=place[0],
        latitude=place[1],
    )


def _reasons(
    make_up: _Step, around: _Step, sensors: int, deepest: str, largest_kpa: float, lasted_ms: int
) -> tuple[Reason, ...]:
    percent = round(100 * make_up.after / around.before, 2)
    rose: dict[str, str | int | float] = {"before": round(make_up.before, 2), "after": round(make_up.after, 2)}
    return (
        Reason("heat_burst.make_up", {**rose, "percent": percent}),
        Reason("heat_burst.fallen", {"sensors": sensors, "stream": deepest, "largest_kpa": round(largest_kpa, 1)}),
        Reason("heat_burst.together", {"seconds": round(lasted_ms / 1000)}),
    )


def _end(
    rows: Observations,
    times: np.ndarray,
    moment: int,
    make_up: int,
    burst: OpenBurst,
    kept: BurstMemory,
    subject: str,
) -> Signal | None:
    """End the burst once the make-up is back: three readings below half its rise."""
    at, values = _window(rows, times, make_up, moment)
    back = bool(values[-1] - burst.before_m3h < burst.rise_m3h / 2)
    burst.normal = burst.normal + 1 if back else 0
    if burst.normal < RECENT:
        return None
    kept.burst = None
    return Signal(
        subject=f"{subject}#{burst.number}",
        condition=Condition.END,
        severity="blue",
        began_at=utc(burst.began),
        raised_at=utc(moment),
        reasons=(Reason("heat_burst.over", {"value": round(float(values[-1]), 2)}),),
        evidence=(Span(make_up, utc(int(at[-RECENT])), utc(moment)),),
    )


def _severity(share: float, severities: Mapping[str, float]) -> str:
    reached = [RANKS.index(name) for name, least in severities.items() if share >= float(least) and name in RANKS]
    return RANKS[max(reached, default=1)]
