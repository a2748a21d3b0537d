"""Is methane in a chamber a leak, biogas, or the sensor's own fault? A verdict with its reasons and a confidence.

Each sign speaks for a leak (positive) or for biogas (negative) with a weight in logits; the weights add up, and the
confidence is the logistic of their sum. Where ethane is measured it decides nearly alone: natural gas has it, biogas
does not. A sensor's fault is looked for first, in the shape of its own readings.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, inf

import numpy as np
import numpy.typing as npt

from chengmai.detection.methane_levels import percent_lel
from chengmai.detection.sensor_faults import sensor_fault
from chengmai.detection.signals import Reason
from chengmai.network.utilities import Utility

Floats = npt.NDArray[np.float64]
HOUR_MS = 3_600_000


class Verdict(StrEnum):
    """Where methane in a chamber comes from, as far as the signs tell."""

    LEAK = "leak"
    BIOGAS = "biogas"
    SENSOR = "sensor"
    UNCLEAR = "unclear"


@dataclass(frozen=True, eq=False)
class Course:
    """Readings of one stream by time [ms since 1970] and value, in its unit; arrays (n,), oldest first."""

    time: npt.NDArray[np.int64]
    value: Floats

    def __len__(self) -> int:
        return len(self.time)

    def since(self, moment_ms: int) -> "Course":
        """The part from a moment on."""
        mine = self.time >= moment_ms
        return Course(self.time[mine], self.value[mine])

    def hourly(self) -> dict[int, float]:
        """Mean of each hour by its number since 1970."""
        hours = self.time // HOUR_MS
        return {int(hour): float(self.value[hours == hour].mean()) for hour in np.unique(hours)}


@dataclass(frozen=True, eq=False)
class Neighbour:
    """Another chamber's methane: way along conduits [m] (inf: not connected), straight distance [m], its kind."""

    path_m: float
    away_m: float
    kind: Utility
    methane: Course


@dataclass(frozen=True, eq=False)
class MethaneSigns:
    """What is known about one chamber's methane when it is judged; the last reading is the moment.

    ``usual`` are the highest values of the past days by hour of the day (n_days, 24) [%VOL], NaN where unknown;
    ``pressure_fall`` is the largest fall of a gas pressure near against its usual value (share); ``gas_pipe_m`` the
    nearest gas pipe from this chamber or those connected with it: inf for none near, None without a gas network.
    """

    kind: Utility
    methane: Course
    hour: int
    usual: Floats = field(default_factory=lambda: np.full((0, 24), np.nan))
    ethane: Course | None = None
    temperature: Course | None = None
    water_level: Course | None = None
    neighbours: tuple[Neighbour, ...] = ()
    pressure_fall: float | None = None
    gas_pipe_m: float | None = inf


@dataclass(frozen=True, slots=True)
class MethaneVerdict:
    """A verdict, how sure it is (0..1; of unclear, how likely the likelier origin is), and why: weightiest first."""

    verdict: Verdict
    confidence: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Sign:
    weight: float
    reason: Reason


ETHANE_OF_GAS, ETHANE_OF_BIOGAS = 0.006, 0.0015
"""Ethane over methane above which it is natural gas (1 to 4 % usual) and below which it is not."""
LEAST_PERCENT_FOR_ETHANE = 0.4
GAS_NEAR_M = 30.0
DECIDED = 0.8
"""Least sum of weights [logits] for a verdict; below it the matter is unclear."""
SUREST = 4.5
"""No sum of weights counts for more: signs are not independent of each other."""
KINDS = {
    Utility.SEWER: (-1.0, "methane.kind_sewer"),
    Utility.STORM: (-0.3, "methane.kind_storm"),
    Utility.POWER: (2.0, "methane.kind_power"),
    Utility.TELECOM: (2.0, "methane.kind_telecom"),
}
"""Where organic matter rots and where it does not: weight, and code of the sentence."""


def judge(signs: MethaneSigns) -> MethaneVerdict:
    """Weigh all signs; the sensor's own fault first."""
    others = any(_rise(one.methane, 6) > 0.2 for one in signs.neighbours)
    with_ethane = signs.ethane is not None and len(signs.ethane) > 0 and float(signs.ethane.value[-3:].mean()) > 30
    fault = sensor_fault(signs.methane.time, signs.methane.value, confirmed=others or with_ethane)
    if fault is not None:
        return MethaneVerdict(Verdict.SENSOR, fault.confidence, (fault.reason,))
    found = [
        *_ethane(signs),
        *_shape(signs),
        *_usual(signs),
        *_correlation(signs),
        *_neighbours(signs),
        *_pressure(signs),
        *_place(signs),
    ]
    total = max(-SUREST, min(sum(sign.weight for sign in found), SUREST))
    ordered = tuple(sign.reason for sign in sorted(found, key=lambda sign: -abs(sign.weight)))
    confidence = 1 / (1 + exp(-abs(total)))
    if abs(total) < DECIDED:
        return MethaneVerdict(Verdict.UNCLEAR, round(confidence, 3), ordered)
    return MethaneVerdict(Verdict.LEAK if total > 0 else Verdict.BIOGAS, round(confidence, 3), ordered)


def _rise(course: Course, hours: float) -> float:
    """How much a course stands above what it was before the last hours [its unit]; 0 when little is known."""
    if len(course) < 3:
        return 0.0
    start = int(course.time[-1] - hours * HOUR_MS)
    before = course.value[course.time < start]
    low = float(np.median(before)) if len(before) >= 2 else float(course.value.min())
    return float(np.median(course.value[-3:])) - low


def _ethane(signs: MethaneSigns) -> list[_Sign]:
    if signs.ethane is None or not len(signs.ethane):
        return []
    methane = float(np.median(signs.methane.value[-3:]))
    if methane < LEAST_PERCENT_FOR_ETHANE:
        return []
    ppm = float(np.median(signs.ethane.value[-3:]))
    ratio = ppm / (methane * 10_000)
    told: dict[str, str | int | float] = {"ppm": round(ppm), "percent": round(100 * ratio, 2)}
    if ratio >= ETHANE_OF_GAS:
        return [_Sign(4.5, Reason("methane.ethane_found", told))]
    if ratio <= ETHANE_OF_BIOGAS:
        return [_Sign(-4.5, Reason("methane.ethane_none", told))]
    return []


def _shape(signs: MethaneSigns) -> list[_Sign]:
    """How long the last rise took, from a tenth to nine tenths of it."""
    day = signs.methane.since(int(signs.methane.time[-1]) - 30 * HOUR_MS)
    if len(day) < 6:
        return []
    peak_at = int(np.argmax(day.value))
    peak, foot = float(day.value[peak_at]), float(np.quantile(day.value[: peak_at + 1], 0.1))
    if percent_lel(peak - foot) < 8 or peak_at < 2:
        return []
    rising_time, rising = day.time[: peak_at + 1], day.value[: peak_at + 1]
    below = np.flatnonzero(rising < foot + 0.1 * (peak - foot))
    started = int(below[-1]) if len(below) else 0
    above = np.flatnonzero(rising[started:] >= foot + 0.9 * (peak - foot))
    minutes = float(rising_time[started + int(above[0])] - rising_time[started]) / 60_000
    if minutes <= 90:
        return [_Sign(1.5 if minutes <= 45 else 0.8, Reason("methane.step", {"minutes": max(1, round(minutes))}))]
    hours = round(minutes / 60, 1)
    if minutes >= 240:
        return [_Sign(-1.2, Reason("methane.slow", {"hours": hours}))]
    return []


def _usual(signs: MethaneSigns) -> list[_Sign]:
    """Beside what the past days had at this time of day, one hour to either side."""
    if len(signs.usual) < 3:
        return []
    hours = [(signs.hour + shift) % 24 for shift in (-1, 0, 1)]
    days = signs.usual[:, hours]
    known = ~np.isnan(days).all(axis=1)
    if known.sum() < 3:
        return []
    usual = float(np.median(np.nanmax(days[known], axis=1)))
    present = float(np.median(signs.methane.value[-3:]))
    ratio = present / max(usual, 0.02)
    told: dict[str, str | int | float] = {"usual_lel": round(percent_lel(usual)), "days": int(known.sum())}
    if ratio <= 1.7 and percent_lel(usual) >= 8:
        return [_Sign(-2.2, Reason("methane.usual", told))]
    if ratio >= 3:
        return [_Sign(0.8, Reason("methane.unusual", told))]
    return []


def _correlation(signs: MethaneSigns) -> list[_Sign]:
    """Hour by hour over two days: biogas follows warmth and the water below it, a leak follows neither."""
    found = []
    methane = signs.methane.since(int(signs.methane.time[-1]) - 48 * HOUR_MS).hourly()
    followed = (("methane.with_temperature", signs.temperature), ("methane.with_water_level", signs.water_level))
    for code, other in followed:
        if other is None:
            continue
        beside = other.hourly()
        common = sorted(methane.keys() & beside.keys())
        if len(common) < 18:
            continue
        ours, theirs = np.array([methane[hour] for hour in common]), np.array([beside[hour] for hour in common])
        # One hour of a step would make any correlation: it is the ranks that are compared.
        told = float(np.corrcoef(_ranks(ours), _ranks(theirs))[0, 1])
        if told >= 0.55:
            found.append(_Sign(-1.0, Reason(code, {"correlation": round(told, 2)})))
    return found


def _ranks(values: Floats) -> Floats:
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


def _neighbours(signs: MethaneSigns) -> list[_Sign]:
    """Gas in the soil enters what lies there, of any kind; biogas stays in its own drain."""
    found = []
    beside = [one for one in signs.neighbours if one.away_m <= 80 and not np.isfinite(one.path_m)]
    risen = [one for one in beside if percent_lel(_rise(one.methane, 6)) >= 3]
    if risen:
        nearest = round(min(one.away_m for one in risen))
        found.append(_Sign(2.2, Reason("methane.other_spaces", {"count": len(risen), "nearest_m": nearest})))
    elif len(beside) >= 2:
        found.append(_Sign(-0.6, Reason("methane.others_quiet", {"count": len(beside)})))
    along = sorted((one for one in signs.neighbours if np.isfinite(one.path_m)), key=lambda one: one.path_m)
    onsets = [(one.path_m, onset) for one in along if (onset := _onset(one.methane)) is not None]
    mine = _onset(signs.methane)
    if mine is not None and onsets and all(later >= mine - 120_000 for _, later in onsets):
        times = [later for _, later in onsets]
        if times == sorted(times):
            told: dict[str, str | int | float] = {"count": len(onsets), "furthest_m": round(onsets[-1][0])}
            found.append(_Sign(0.7, Reason("methane.spreading", told)))
    return found


def _onset(course: Course) -> int | None:
    """When a quick rise of the last six hours began [ms]; None without one."""
    recent = course.since(int(course.time[-1]) - 6 * HOUR_MS) if len(course) else course
    if len(recent) < 4:
        return None
    foot, top = float(recent.value.min()), float(recent.value.max())
    if percent_lel(top - foot) < 4:
        return None
    return int(recent.time[int(np.argmax(recent.value >= foot + 0.2 * (top - foot)))])


def _pressure(signs: MethaneSigns) -> list[_Sign]:
    if signs.pressure_fall is None or signs.pressure_fall < 0.04:
        return []
    return [_Sign(2.0, Reason("methane.pressure_fall", {"percent": round(100 * signs.pressure_fall, 1)}))]


def _place(signs: MethaneSigns) -> list[_Sign]:
    found = [_Sign(weight, Reason(code)) for kind, (weight, code) in KINDS.items() if kind is signs.kind]
    if signs.gas_pipe_m is None:
        found.append(_Sign(0.0, Reason("methane.no_gas_network")))
    elif signs.gas_pipe_m > GAS_NEAR_M:
        found.append(_Sign(-3.0, Reason("methane.gas_far", {"metres": round(GAS_NEAR_M)})))
    else:
        found.append(_Sign(0.6, Reason("methane.gas_near", {"metres": round(signs.gas_pipe_m)})))
    return found
