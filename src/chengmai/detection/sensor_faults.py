"""Faults of a methane sensor, told by the shape of its own readings: stuck, erratic, drifting, or in the wrong unit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chengmai.detection.signals import Reason

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]
RANGE_PERCENT = 20.0
"""No sensor of this kind measures more [%VOL]: what is above it is told in another unit."""
LEL_FACTOR = 20.0
SAME_READINGS = 6
_HOUR_MS = 3_600_000
_LEAST_FOR_UNIT = 0.02
"""Below this a reading is noise, and twenty times noise says nothing [%VOL]."""


@dataclass(frozen=True, slots=True)
class SensorFault:
    """What is wrong with a sensor, and how sure that is (0..1)."""

    confidence: float
    reason: Reason


def sensor_fault(time: Times, percent_vol: Floats, confirmed: bool) -> SensorFault | None:
    """The fault these readings show, oldest first; ``confirmed`` says that another sensor sees the gas too."""
    if len(percent_vol) < 4:
        return None
    if float(percent_vol[-3:].max()) > RANGE_PERCENT * 1.001:
        return SensorFault(0.97, Reason("methane.unit_lel", {"value": round(float(percent_vol[-3:].max()), 1)}))
    if confirmed:
        return None
    return _stuck(time, percent_vol) or _unit(time, percent_vol) or _erratic(percent_vol) or _drift(time, percent_vol)


def _stuck(time: Times, value: Floats) -> SensorFault | None:
    """The very same value again and again; at the end of its range a sensor may well stand in gas."""
    same = 1
    while same < len(value) and value[-1 - same] == value[-1]:
        same += 1
    minutes = float(time[-1] - time[-same]) / 60_000
    if same < SAME_READINGS or minutes < 5 or value[-1] >= RANGE_PERCENT:
        return None
    told: dict[str, str | int | float] = {"value": round(float(value[-1]), 3), "minutes": round(minutes)}
    return SensorFault(0.9 if same < 2 * SAME_READINGS else 0.97, Reason("methane.stuck", told))


def _unit(time: Times, value: Floats) -> SensorFault | None:
    """From one reading to the next twenty times as much, and steady after it: %LEL told for %VOL."""
    jumps = np.flatnonzero((value[1:] > 8 * value[:-1]) & (value[:-1] >= _LEAST_FOR_UNIT)) + 1
    for place in jumps[::-1].tolist():
        before = value[:place][time[:place] >= time[place] - 6 * _HOUR_MS]
        after = value[place : place + 6]
        if len(before) < 4 or len(after) < 3:
            continue
        low, high = float(np.median(before)), float(np.median(after))
        steady = float(after.min()) > 0.6 * high and float(after.max()) < 1.5 * high
        still = float(np.median(value[-3:])) > 0.4 * high
        if steady and still and 0.75 <= high / low / LEL_FACTOR <= 1.3:
            told: dict[str, str | int | float] = {"before": round(low, 2), "after": round(high, 1)}
            return SensorFault(0.85, Reason("methane.unit_jump", told))
    return None


def _erratic(value: Floats) -> SensorFault | None:
    """Up and down from reading to reading by more than gas can change."""
    recent = value[-24:]
    if len(recent) < 8:
        return None
    steps = np.diff(recent)
    turns = float((np.sign(steps[1:]) != np.sign(steps[:-1])).mean())
    size = float(np.median(np.abs(steps)))
    if size >= 0.4 and size >= 0.35 * float(np.median(recent)) and turns >= 0.45:
        return SensorFault(0.9, Reason("methane.erratic", {"step": round(size, 1)}))
    return None


def _drift(time: Times, value: Floats) -> SensorFault | None:
    """A straight line over ten hours and more: gas bends towards an end value or follows the day, a zero does not."""
    mine = time >= time[-1] - 48 * _HOUR_MS
    hours = time[mine] // _HOUR_MS
    numbers = np.unique(hours)
    means = np.array([float(value[mine][hours == number].mean()) for number in numbers])
    low, high = float(means.min()), float(means.max())
    foot = np.flatnonzero(means < low + 0.1 * (high - low))
    numbers, means = numbers[foot[-1] :], means[foot[-1] :]
    if len(numbers) < 10:
        return None
    line = np.polyfit(numbers - numbers[0], means, 1)
    missed = means - np.polyval(line, numbers - numbers[0])
    spread = float(((means - means.mean()) ** 2).sum())
    straight = 1 - float((missed**2).sum()) / max(spread, 1e-12)
    if line[0] * 24 < 0.3 or straight < 0.99:
        return None
    told: dict[str, str | int | float] = {"per_day": round(float(line[0]) * 24, 2), "hours": len(numbers)}
    return SensorFault(0.75, Reason("methane.drift", told))
