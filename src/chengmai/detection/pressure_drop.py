"""A burst from pressures: several sensors fall at once and stay down, while the inflow rises.

Each sensor's residual against its usual value at the time of day is compared, the last few readings with the few
before them; the scale is how much that same comparison scattered in the hour before. Slow changes of demand scatter
alike and stay quiet; readings while a pump switches are left out. The reverse, pressures that rise again as inflow
falls, ends the burst whose pattern it resembles. Behind a tank no inflow tells of a burst at once: there the sensors
of the zone must fall further and alone, and the size stays unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from chengmai.detection.pressure_steps import (
    DropSettings,
    PressureSteps,
    StepMove,
    StepVerdict,
    Window,
    move_of,
    verdict_of,
)
from chengmai.detection.signals import Condition

GROWING_MS = 300_000
"""How long after its beginning a burst may still deepen and is told anew: a pipe may tear open over minutes [ms]."""
GROWTH = 1.2
GROWTH_M = 0.5
"""By which factor and by how much [m] the largest fall must have grown to be told anew."""

ALIKE = 0.95
"""Cosine between two patterns of falls from which on they are one burst's."""


class Burst(msgspec.Struct):
    """An open burst: number, first reading with it and last reading before it (ms), falls by sensor [m], size.

    ``size_m3h`` is 0 where no inflow told it.
    """

    number: int
    began: int
    before: int
    fall_m: list[float]
    size_m3h: float
    level_m: list[float] = []
    """Pressures before the burst [m less usual]; emptied once they say nothing any more: a pump switched, or hours."""
    inflow_m3h: float = 0.0
    """Inflow before the burst [m3/h less usual]."""
    fallen: list[int] = []
    level_until: int = 0
    recovering: int = 0


class DropMemory(msgspec.Struct):
    """What is kept between calls."""

    until: int = 0
    count: int = 0
    falling: int = 0
    rising: int = 0
    first: int = 0
    held: int = 0
    """The sign of the move just told: as long as it lasts it is the same step, seen again."""
    open: list[Burst] = []


@dataclass(frozen=True, slots=True)
class DropFinding:
    """A burst begun or ended at a reading; ``scale_m`` (n_sensors,) is the scatter against which it was judged."""

    condition: Condition
    burst: Burst
    raised: int
    fallen: tuple[int, ...]
    """Positions of the sensors that fell, the furthest first."""
    scale_m: tuple[float, ...]
    certainty: float


def look(
    window: Window, memory: dict[str, Any], settings: DropSettings, zones: Sequence[Sequence[int]] = ()
) -> list[DropFinding]:
    """Judge every moment of the window after the last one judged, in order. Changes ``memory``.

    ``zones`` are positions of the sensors behind each tank.
    """
    kept = msgspec.convert(memory, DropMemory)
    steps = PressureSteps(window, settings, zones)
    findings: list[DropFinding] = []
    for place in range(len(window.time)):
        if window.time[place] > kept.until:
            kept.until = int(window.time[place])
            finding = _judge(steps, place, kept, settings)
            if finding is not None:
                findings.append(finding)
    memory.clear()
    memory.update(msgspec.to_builtins(kept))
    return findings


def _judge(steps: PressureSteps, place: int, kept: DropMemory, settings: DropSettings) -> DropFinding | None:
    moment = int(steps.window.time[place])
    recovered = _recovered(steps, place, kept, settings)
    if recovered is not None:
        return recovered
    grown = _grown(steps, place, kept, settings)
    if grown is not None:
        return grown
    verdict = verdict_of(steps, place, settings)
    if verdict is None:
        kept.falling = kept.rising = kept.held = 0
        return None
    move = move_of(steps, place, verdict, settings)
    if kept.held and move.sign == kept.held:
        return None
    kept.held = 0
    kept.falling = kept.falling + 1 if move.sign > 0 else 0
    kept.rising = kept.rising + 1 if move.sign < 0 else 0
    if kept.falling == 1 or kept.rising == 1:
        kept.first = moment
    if kept.falling >= settings.after and _tears(kept, moment, verdict):
        _hold(kept, 1)
        return None
    if kept.falling >= settings.after:
        return _begin(steps, place, verdict, move, kept, settings)
    if kept.rising >= settings.after:
        return _end(steps, place, verdict, move, kept, settings)
    return None


def _recovered(steps: PressureSteps, place: int, kept: DropMemory, settings: DropSettings) -> DropFinding | None:
    """End a young burst whose pressures and inflow came back: it was mended before its reverse could be judged."""
    moment, last = int(steps.window.time[place]), slice(max(0, place - settings.after + 1), place + 1)
    for burst in list(kept.open):
        if not burst.level_m:
            continue
        pressure, inflow = steps.window.pressure[last].mean(axis=0), float(steps.window.inflow[last].mean())
        if moment > burst.level_until or steps.switched[last].any() or len(pressure) != len(burst.level_m):
            burst.level_m = []
            continue
        fallen, fall, level = np.array(burst.fallen), np.array(burst.fall_m), np.array(burst.level_m)
        left = (level[fallen] - pressure[fallen]) / fall[fallen]
        back = float(np.nanmedian(left)) < 0.3
        if burst.size_m3h:
            back = back and inflow - burst.inflow_m3h < 0.3 * burst.size_m3h
        burst.recovering = burst.recovering + 1 if back else 0
        if burst.recovering >= settings.after:
            kept.open.remove(burst)
            _hold(kept, -1)
            return DropFinding(Condition.END, burst, moment, tuple(burst.fallen), (), 0.0)
    return None


def _grown(steps: PressureSteps, place: int, kept: DropMemory, settings: DropSettings) -> DropFinding | None:
    """A young burst whose pressures fell much further, and whose inflow rose further where one tells."""
    moment, last = int(steps.window.time[place]), slice(max(0, place - settings.after + 1), place + 1)
    if steps.switched[last].any():
        return None
    for burst in kept.open:
        if not burst.level_m or moment > burst.began + GROWING_MS:
            continue
        fall = np.array(burst.level_m) - steps.window.pressure[last].mean(axis=0)
        before, largest = max(burst.fall_m), float(np.nanmax(fall)) if not np.isnan(fall).all() else 0.0
        rise = float(steps.window.inflow[last].mean()) - burst.inflow_m3h
        if largest < GROWTH * before or largest - before < GROWTH_M or (burst.size_m3h and rise <= burst.size_m3h):
            continue
        burst.fall_m = [round(float(one), 4) for one in np.nan_to_num(fall)]
        burst.size_m3h = round(rise, 2) if burst.size_m3h else 0.0
        burst.fallen = [int(one) for one in np.flatnonzero(np.array(burst.fall_m) >= settings.least_fall_m)]
        order = sorted(burst.fallen, key=lambda one: -burst.fall_m[one])
        _hold(kept, 1)
        return DropFinding(Condition.UPDATE, burst, moment, tuple(order), (), 0.0)
    return None


def _tears(kept: DropMemory, moment: int, verdict: StepVerdict) -> bool:
    """Whether a fall has the pattern of a young burst: that one deepens, and no other began."""
    for burst in kept.open:
        old = np.array(burst.fall_m)
        if burst.level_m and moment <= burst.began + GROWING_MS and len(old) == len(verdict.fall):
            size = float(np.linalg.norm(old) * np.linalg.norm(verdict.fall))
            if float(old @ verdict.fall) > ALIKE * max(size, 1e-9):
                return True
    return False


def _hold(kept: DropMemory, sign: int) -> None:
    """Pass over a step that was told, until it has left the window of comparison."""
    kept.falling = kept.rising = 0
    kept.held = sign


def _begin(
    steps: PressureSteps,
    place: int,
    verdict: StepVerdict,
    move: StepMove,
    kept: DropMemory,
    settings: DropSettings,
) -> DropFinding:
    kept.count += 1
    before = int(steps.window.time[max(0, int(np.searchsorted(steps.window.time, kept.first)) - 1)])
    edge = int(np.searchsorted(steps.window.time, kept.first)) - settings.after + 1
    past = slice(max(0, edge - settings.before), max(edge, 1))
    burst = Burst(
        kept.count,
        kept.first,
        before,
        [round(float(m), 4) for m in verdict.fall],
        0.0 if move.isolated else round(verdict.rise, 2),
        level_m=[round(float(m), 4) for m in np.median(steps.window.pressure[past], axis=0)],
        inflow_m3h=round(float(np.median(steps.window.inflow[past])), 3),
        fallen=[int(one) for one in np.flatnonzero(move.moved)],
        level_until=int(steps.window.time[place]) + round(steps.pace(place)) * settings.history,
    )
    kept.open.append(burst)
    _hold(kept, 1)
    return _finding(Condition.BEGIN, burst, steps, place, verdict, move.moved)


def _end(
    steps: PressureSteps,
    place: int,
    verdict: StepVerdict,
    move: StepMove,
    kept: DropMemory,
    settings: DropSettings,
) -> DropFinding | None:
    """End the open burst whose falls the rises resemble most, when it is near enough in pattern and size."""
    _hold(kept, -1)
    best: tuple[float, Burst] | None = None
    for burst in kept.open:
        old = np.array(burst.fall_m)
        if len(old) != len(verdict.fall):
            continue
        likeness = float(old @ -verdict.fall / max(float(np.linalg.norm(old) * np.linalg.norm(verdict.fall)), 1e-9))
        ratio = -verdict.rise / burst.size_m3h if burst.size_m3h and not move.isolated else 1.0
        alike = likeness > 0.6 and 0.4 < ratio < 2.5 and move.isolated == (burst.size_m3h == 0)
        if alike and (best is None or likeness > best[0]):
            best = likeness, burst
    if best is None:
        return None
    kept.open = [burst for burst in kept.open if burst.number != best[1].number]
    return _finding(Condition.END, best[1], steps, place, verdict, move.moved)


def _finding(
    condition: Condition,
    burst: Burst,
    steps: PressureSteps,
    place: int,
    verdict: StepVerdict,
    moved: npt.NDArray[np.bool_],
) -> DropFinding:
    order = np.argsort(-np.abs(verdict.fall), kind="stable")
    fallen = tuple(int(one) for one in order if moved[one])
    scale = tuple(round(float(one), 4) for one in verdict.scale)
    return DropFinding(
        condition, burst, int(steps.window.time[place]), fallen, scale, round(abs(verdict.inflow_score), 1)
    )
