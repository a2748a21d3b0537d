"""A judged chamber as a signal: level, verdict, time to the explosive limit, likely pipes, how far a blast reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from chengmai.detection.chamber_map import ChamberMap
from chengmai.detection.gas_tracing import RankedPipe
from chengmai.detection.methane_levels import Level, keeps_rising, level_of, percent_lel, seconds_to_lel
from chengmai.detection.methane_verdict import Course, MethaneVerdict, Verdict
from chengmai.detection.night_signals import utc
from chengmai.detection.signals import Condition, Element, Reason, Signal, Span
from chengmai.network.pipe_network import PipeNetwork
from chengmai.physics.blast import (
    HEAVY_INJURY_KPA,
    LIGHT_INJURY_KPA,
    STOICHIOMETRIC_SHARE,
    blast_radius_m,
    chamber_gas_kg,
    impact_radius_m,
    tnt_kg,
)

JOINED_M = 60.0
"""Chambers joined within so much conduit and gassy themselves blast together [m]."""
GASSY_LEL = 20.0
SENSOR_SEVERITY = "blue"
"""A sensor's fault is a matter of maintenance."""
WORKING_MPA = {"low": 0.003, "medium_b": 0.2, "medium_a": 0.4, "sub_high_b": 0.8, "sub_high_a": 1.6, "high_b": 2.5}
"""The highest working pressure of each class [MPa] (GB 50028), for the impact radius."""

VERDICTS = {
    Verdict.LEAK: "methane.verdict_leak",
    Verdict.BIOGAS: "methane.verdict_biogas",
    Verdict.SENSOR: "methane.verdict_sensor",
    Verdict.UNCLEAR: "methane.verdict_unclear",
}
LIFTS = {
    "gathering": "methane.lifted_gathering",
    "large": "methane.lifted_large",
    "rising": "methane.lifted_rising",
}
"""Codes of the sentences that tell a verdict, and why a level is one higher."""


@dataclass(frozen=True, eq=False)
class JudgedChamber:
    """One chamber at one moment: its ``place`` in the map, the course of its methane, the verdict, likely pipes."""

    code: str
    place: int
    methane: Course
    verdict: MethaneVerdict
    pipes: Sequence[RankedPipe]
    measured: Mapping[int, float]
    """Methane now [%VOL] by place of each chamber that is measured nearby."""
    gathering: bool
    began_ms: int


def methane_signal(
    judged: JudgedChamber,
    condition: Condition,
    chambers: ChamberMap,
    gas: PipeNetwork | None,
    levels: Mapping[str, float],
    large_m3: float,
    spans: Sequence[Span],
    place: tuple[float | None, float | None],
) -> Signal:
    """The signal of a judged chamber; ``place`` in degrees."""
    seconds, values = (judged.methane.time - judged.methane.time[-1]) / 1000, judged.methane.value
    present = float(np.median(values[-2:]))
    blast_m3 = _blast_volume(judged, chambers)
    rising = keeps_rising(seconds, values)
    by_sensor = judged.verdict.verdict is Verdict.SENSOR
    level = level_of(max(present, min(levels.values()) / 20), levels, judged.gathering, blast_m3 >= large_m3, rising)
    level = Level(SENSOR_SEVERITY) if by_sensor or level is None else level
    to_lel = seconds_to_lel(seconds, values) if not by_sensor else float("inf")
    facts = {
        "verdict": judged.verdict.verdict.value,
        "confidence": judged.verdict.confidence,
        "percent_vol": round(present, 3),
        "percent_lel": round(percent_lel(present), 1),
        "to_lel_s": round(to_lel) if isfinite(to_lel) else None,
        "rising": rising,
        "lifted_by": list(level.lifted_by),
        "chamber": _chamber(chambers, judged.place),
        "joined": _joined(judged, chambers),
        **({} if by_sensor else {"blast": _blast(blast_m3), "impact": _impact(judged.pipes, gas)}),
    }
    told: dict[str, str | int | float] = {
        "percent": round(100 * judged.verdict.confidence),
        "lel": round(percent_lel(present), 1),
    }
    head = [Reason(VERDICTS[judged.verdict.verdict], told)]
    if not by_sensor:
        head += [Reason(LIFTS[name]) for name in level.lifted_by]
        head += _time_reasons(to_lel)
    return Signal(
        subject=judged.code,
        condition=condition,
        severity=level.severity,
        began_at=utc(judged.began_ms),
        raised_at=utc(int(judged.methane.time[-1])),
        reasons=(*head, *judged.verdict.reasons),
        evidence=tuple(spans),
        elements=() if by_sensor else _elements(judged.pipes, gas),
        longitude=place[0],
        latitude=place[1],
        facts=facts,
    )


def _time_reasons(to_lel: float) -> list[Reason]:
    if to_lel == 0:
        return [Reason("methane.above_lel")]
    if not isfinite(to_lel) or to_lel > 86_400:
        return []
    return [Reason("methane.to_lel", {"minutes": max(1, round(to_lel / 60))})]


def _chamber(chambers: ChamberMap, place: int) -> dict[str, Any]:
    network, code = chambers.key[place]
    return {
        "network": network,
        "code": code,
        "kind": chambers.kind[place].value,
        "volume_m3": round(float(chambers.volume[place]), 2),
    }


def _joined(judged: JudgedChamber, chambers: ChamberMap) -> list[dict[str, Any]]:
    """Measured chambers joined by conduits, nearest first."""
    paths = chambers.paths([judged.place], 400.0)[0]
    found = [
        {
            "network": chambers.key[other][0],
            "code": chambers.key[other][1],
            "path_m": round(float(paths[other])),
            "percent_lel": round(percent_lel(value), 1),
        }
        for other, value in judged.measured.items()
        if other != judged.place and np.isfinite(paths[other])
    ]
    return sorted(found, key=lambda one: (one["path_m"], one["code"]))[:8]


def _blast_volume(judged: JudgedChamber, chambers: ChamberMap) -> float:
    """Volume [m3] of the chamber and of the gassy ones joined with it."""
    paths = chambers.paths([judged.place], JOINED_M)[0]
    together = {judged.place} | {
        other
        for other, value in judged.measured.items()
        if np.isfinite(paths[other]) and percent_lel(value) >= GASSY_LEL
    }
    return float(sum(chambers.volume[place] for place in together))


def _blast(volume_m3: float) -> dict[str, float]:
    """The worst that may come: the space at its strongest mixture."""
    gas_kg = chamber_gas_kg(volume_m3, STOICHIOMETRIC_SHARE)
    charge = tnt_kg(gas_kg)
    return {
        "volume_m3": round(volume_m3, 2),
        "gas_kg": round(gas_kg, 3),
        "tnt_kg": round(charge, 3),
        "heavy_kpa": HEAVY_INJURY_KPA,
        "heavy_m": round(blast_radius_m(charge, HEAVY_INJURY_KPA), 1),
        "light_kpa": LIGHT_INJURY_KPA,
        "light_m": round(blast_radius_m(charge, LIGHT_INJURY_KPA), 1),
    }


def _impact(pipes: Sequence[RankedPipe], gas: PipeNetwork | None) -> dict[str, Any] | None:
    """How far the likeliest pipe may reach if it bursts, around its middle."""
    if not pipes or gas is None:
        return None
    link = gas.link_index[pipes[0].code]
    told = str(gas.links.attributes[link].get("pressure_class", ""))
    mpa = WORKING_MPA.get(told)
    if mpa is None:
        return None
    longitude, latitude = gas.midpoint(link)
    millimetres = float(gas.links.diameter[link]) * 1000
    return {
        "pipe": pipes[0].code,
        "radius_m": round(impact_radius_m(millimetres, mpa), 1),
        "diameter_mm": round(millimetres),
        "pressure_mpa": mpa,
        "longitude": longitude,
        "latitude": latitude,
    }


def _elements(pipes: Sequence[RankedPipe], gas: PipeNetwork | None) -> tuple[Element, ...]:
    if gas is None:
        return ()
    return tuple(
        Element(one.code, "pipe", round(one.share, 4), *gas.midpoint(gas.link_index[one.code])) for one in pipes
    )
