"""Which gas pipes may leak into chambers: near in the soil, or near a chamber that is joined with them by conduits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chengmai.detection.chamber_map import ChamberMap

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TracingSettings:
    """How far gas is thought to go, and how much pressure and age count (defaults).

    ``buffer_m`` through the soil, falling by ``soil_m``; ``reach_m`` along conduits, falling by ``conduit_m``; a pipe
    ``pressure_weight`` times likelier at the next higher class; per ten years of age ``age_weight`` more; a pipe that
    leaked before ``history_weight`` times likelier.
    """

    buffer_m: float = 30.0
    soil_m: float = 7.0
    reach_m: float = 220.0
    conduit_m: float = 45.0
    pressure_weight: float = 1.15
    age_weight: float = 0.1
    history_weight: float = 1.5
    sharpness: float = 6.0


PRESSURE_CLASSES = {"low": 0, "medium_b": 1, "medium_a": 2, "sub_high_b": 3, "sub_high_a": 4, "high_b": 5, "high_a": 6}


@dataclass(frozen=True, slots=True)
class PipeFacts:
    """What makes a pipe likelier to leak: its pressure class, the year it was laid (0: unknown), leaks before."""

    pressure_class: str = ""
    laid_year: int = 0
    leaks_before: int = 0


@dataclass(frozen=True, slots=True)
class RankedPipe:
    """A pipe that may leak: its share of the likelihood (0..1), nearest chamber and distance to it [m]."""

    code: str
    share: float
    chamber: tuple[str, str]
    away_m: float


def trace(
    chambers: ChamberMap,
    measured: Mapping[int, float],
    facts: Mapping[str, PipeFacts],
    year: int,
    settings: TracingSettings | None = None,
    most: int = 20,
) -> list[RankedPipe]:
    """Rank the pipes that could make what chambers measure, likeliest first; empty when none lies near.

    ``measured`` is methane above the usual [%VOL] by chamber, quiet ones with about 0: a pipe whose gas would be
    measured where none is, is not the one. Each pipe's pattern over the measured chambers (through the soil into any
    chamber, along conduits to the measured one) is compared by its angle, then weighed by pressure, age and history.
    """
    wanted = settings or TracingSettings()
    places = np.array(sorted(measured), dtype=np.int64)
    seen = np.array([max(measured[int(place)], 0.0) for place in places])
    if not len(places) or seen.max() <= 0:
        return []
    paths = chambers.paths(places, wanted.reach_m)
    along = np.where(np.isfinite(paths), np.exp(-paths / wanted.conduit_m), 0.0)
    reached = np.flatnonzero((along > 0).any(axis=0))
    along, away = along[:, reached], chambers.pipe_m[reached]
    through = np.where(away <= wanted.buffer_m, np.exp(-np.minimum(away, wanted.buffer_m) / wanted.soil_m), 0.0)
    gassy = seen >= 0.25 * seen.max()
    candidates = np.flatnonzero((along[gassy] @ through > 1e-6).any(axis=0))
    if not len(candidates):
        return []
    pattern = along @ through[:, candidates]
    seen = np.sqrt(seen)  # what is far higher in one chamber must not make the others count for nothing
    pattern = np.sqrt(pattern)
    angle = (seen @ pattern) / (np.linalg.norm(seen) * np.linalg.norm(pattern, axis=0))
    strength = pattern.max(axis=0) ** 0.5
    weight = angle**wanted.sharpness * strength
    weight *= [_prior(facts.get(chambers.pipes[pipe], PipeFacts()), year, wanted) for pipe in candidates]
    order = np.argsort(-weight, kind="stable")[:most]
    total = float(weight.sum())
    ranked = []
    for place in order:
        pipe = int(candidates[place])
        from_gassy = np.where((along[gassy] > 0).any(axis=0), away[:, pipe], np.inf)
        nearest = int(np.argmin(from_gassy))
        ranked.append(
            RankedPipe(
                chambers.pipes[pipe],
                float(weight[place]) / total,
                chambers.key[reached[nearest]],
                float(from_gassy[nearest]),
            )
        )
    return ranked


def _prior(pipe: PipeFacts, year: int, settings: TracingSettings) -> float:
    pressed = settings.pressure_weight ** PRESSURE_CLASSES.get(pipe.pressure_class, 0)
    age = max(year - pipe.laid_year, 0) if pipe.laid_year else 20
    return float(pressed * (1 + settings.age_weight * age / 10) * settings.history_weight ** min(pipe.leaks_before, 3))
