"""How far pressures and inflow stepped at each moment, against how much they scattered before, and what that says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PUMP_CHANGE_M3H = 5.0
"""A pump whose flow moved this far between two readings was switched [m3/h]."""
SLOW_MS = 60_000
"""Readings further apart need usual values: demand itself changes much between them [ms]."""
UNEVEN = 3.0
"""Readings this many times further apart than the present ones belong to another pace and are not compared."""


@dataclass(frozen=True, slots=True)
class DropSettings:
    """How sure and how large; counts are readings, thresholds standard deviations."""

    after: int = 3
    before: int = 6
    history: int = 60
    least_history: int = 15
    least_sensors: int = 3
    threshold: float = 6.0
    sensor_threshold: float = 3.0
    inflow_threshold: float = 5.0
    least_fall_m: float = 0.05
    least_m3h: float = 4.0
    zone_threshold: float = 8.0
    zone_fall_m: float = 0.08
    slow_factor: float = 2.0
    """How much stricter readings that come slowly are judged: between two of them demand itself may step."""
    pressure_noise_m: float = 0.02
    flow_noise_m3h: float = 0.5

    @property
    def window(self) -> int:
        """How many readings must be at hand to judge one."""
        return self.history + self.after + self.before


@dataclass(frozen=True, slots=True)
class Window:
    """Readings on common moments: ``time`` (n,) ms since 1970; ``pressure`` (n, n_sensors) [m] less their usual value;

    ``inflow`` (n,) [m3/h] less its usual value; ``pump`` (n, n_pumps) [m3/h]. Holes are NaN.
    """

    time: npt.NDArray[np.int64]
    pressure: Floats
    inflow: Floats
    pump: Floats
    usual: bool = True
    """False when no usual values are known yet: then only readings that come within a minute are judged."""


class PressureSteps:
    """For each moment, how far the last readings lie from the few before them; NaN while a pump switches."""

    def __init__(self, window: Window, settings: DropSettings, zones: Sequence[Sequence[int]] = ()) -> None:
        self.window, self.settings = window, settings
        self.zones = [np.array(zone, dtype=np.intp) for zone in zones if len(zone) > 1]
        self.pressure = self._steps(window.pressure)
        self.inflow = self._steps(window.inflow[:, None])[:, 0]
        reach = settings.after + settings.before
        self.span = np.full(len(window.time), np.inf)
        """Time over which each comparison reaches [ms]."""
        self.span[reach - 1 :] = window.time[reach - 1 :] - window.time[: max(len(window.time) - reach + 1, 0)]
        self.switched = np.zeros(len(window.time), dtype=bool)
        """Moments at which a pump was found switched since the one before."""
        self.switched[1:] = (np.abs(np.diff(window.pump, axis=0)) > PUMP_CHANGE_M3H).any(axis=1)
        for place in np.flatnonzero(self.switched):
            self.pressure[place : place + reach] = np.nan
            self.inflow[place : place + reach] = np.nan

    def pace(self, place: int) -> float:
        """Time between the last few readings [ms]."""
        return float(np.median(np.diff(self.window.time[max(0, place - 4) : place + 1]))) if place else np.inf

    def _steps(self, values: Floats) -> Floats:
        after, before = self.settings.after, self.settings.before
        result = np.full(values.shape, np.nan)
        if len(values) < after + before:
            return result
        view = np.lib.stride_tricks.sliding_window_view(values, after + before, axis=0)
        old = np.median(view[..., :before], axis=-1)
        result[after + before - 1 :] = view[..., before:].mean(axis=-1) - old
        return result


@dataclass(frozen=True, slots=True)
class StepVerdict:
    """How far each sensor fell [m], against its scatter [m], and how far the inflow rose [m3/h]."""

    fall: Floats
    scale: Floats
    score: Floats
    common_score: float
    """The mean fall of all sensors against its own scatter, so that what they have in common is not counted often."""
    rise: float
    inflow_score: float


def verdict_of(steps: PressureSteps, place: int, settings: DropSettings) -> StepVerdict | None:
    """Scores of one moment; None without enough quiet history before it."""
    first, last = max(0, place - settings.window), place - settings.after
    past, past_inflow = steps.pressure[first:last], steps.inflow[first:last]
    pace = steps.pace(place)
    span = (settings.after + settings.before - 1) * pace * UNEVEN
    if (pace > SLOW_MS and not steps.window.usual) or steps.span[place] > span:
        return None
    whole = ~np.isnan(past_inflow) & (steps.span[first:last] <= span)
    if whole.sum() < settings.least_history or np.isnan(steps.inflow[place]):
        return None
    noise = np.sqrt(1 / settings.after + 1.5 / settings.before)
    middle, scale = _middle(past[whole])
    scale = np.maximum(scale, settings.pressure_noise_m * noise)
    fall = middle - steps.pressure[place]
    common_middle, common_scale = _middle(np.nanmean(past[whole], axis=1)[:, None])
    common = float(common_middle[0] - np.nanmean(steps.pressure[place]))
    common_score = common / max(float(common_scale[0]), settings.pressure_noise_m * noise / np.sqrt(past.shape[1]))
    inflow_middle, inflow_scale = _middle(past_inflow[whole][:, None])
    rise = float(steps.inflow[place] - inflow_middle[0])
    inflow_spread = max(float(inflow_scale[0]), settings.flow_noise_m3h * noise)
    with np.errstate(invalid="ignore"):
        score = np.nan_to_num(fall / scale, nan=0.0)
    return StepVerdict(
        np.nan_to_num(fall), np.nan_to_num(scale, nan=1.0), score, common_score, rise, rise / inflow_spread
    )


def _middle(past: Floats) -> tuple[Floats, Floats]:
    """Median and robust standard deviation of each column; NaN where a column has nothing."""
    known = ~np.isnan(past).all(axis=0)
    middle, scale = np.full(past.shape[1], np.nan), np.full(past.shape[1], np.nan)
    middle[known] = np.nanmedian(past[:, known], axis=0)
    scale[known] = 1.4826 * np.nanmedian(np.abs(past[:, known] - middle[known]), axis=0)
    return middle, scale


@dataclass(frozen=True, slots=True)
class StepMove:
    """Whether pressures fell (1), rose (-1) or stayed; which; and whether only those of a zone behind a tank did."""

    sign: int
    moved: npt.NDArray[np.bool_]
    isolated: bool = False


def move_of(steps: PressureSteps, place: int, verdict: StepVerdict, settings: DropSettings) -> StepMove:
    """What the scores of one moment say."""
    strict = settings.slow_factor if steps.pace(place) > SLOW_MS else 1.0
    for sign in (1, -1):
        moved = (sign * verdict.score >= settings.sensor_threshold) & (sign * verdict.fall >= settings.least_fall_m)
        flows = sign * verdict.inflow_score >= strict * settings.inflow_threshold
        flows = flows and sign * verdict.rise >= strict * settings.least_m3h
        common = sign * verdict.common_score >= strict * settings.threshold
        if flows and common and moved.sum() >= settings.least_sensors:
            return StepMove(sign, moved)
    if strict == 1.0 and abs(verdict.inflow_score) < settings.inflow_threshold:
        for zone in steps.zones:
            for sign in (1, -1):
                scores, falls = sign * verdict.score[zone], sign * verdict.fall[zone]
                others = np.delete(sign * verdict.score, zone)
                if (
                    scores.min() >= settings.sensor_threshold
                    and scores.mean() >= settings.zone_threshold
                    and falls.mean() >= settings.zone_fall_m
                    and float(np.median(others)) < settings.sensor_threshold
                ):
                    moved = np.zeros(len(verdict.score), dtype=bool)
                    moved[zone] = True
                    return StepMove(sign, moved, True)
    return StepMove(0, np.zeros(len(verdict.score), dtype=bool))
