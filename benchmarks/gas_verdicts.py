"""Leak, biogas, sensor's fault or nothing: what the platform says of seeded episodes, beside a plain threshold.

    python -m benchmarks.gas_verdicts [--episodes 200] [--seed 0]

An episode is some days of the demonstration city's chambers and then one event: a hole in a gas pipe (2 to 25 mm, low
or medium pressure), biogas (a warm spell of days, or a quick one), a fault of a sensor (stuck, drifting, erratic, %LEL
told for %VOL), or nothing. Chambers are aired and joined differently in each; sewers make biogas by themselves all the
while. The very rule of the demonstration is run on what 44 sensors told. The plain threshold is the same rule without a
verdict: what stays at 20 %LEL for a minute is a leak.

Of an episode the gravest verdict counts of the alarms that began in it and, for faults, of the faulty sensor.
"""

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from math import pi
from pathlib import Path
from zoneinfo import ZoneInfo

import django
import numpy as np
from rich.console import Console
from rich.table import Table

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengmai.django_settings")
os.environ.setdefault("CHENGMAI_DATA_DIR", tempfile.mkdtemp(prefix="chengmai-benchmark-"))
django.setup()

from chengmai.core.units import Quantity  # noqa: E402
from chengmai.demo import gas_sensors, networks  # noqa: E402
from chengmai.detection.observations import Observations  # noqa: E402
from chengmai.detection.signals import Condition, Signal  # noqa: E402
from chengmai.network.pipe_network import LinkKind, PipeNetwork  # noqa: E402
from chengmai.network.survey_files import pack_folder, tables_of  # noqa: E402
from chengmai.network.survey_reader import read_survey  # noqa: E402
from chengmai.physics.gas_leak import leak_mass_flow_kgs  # noqa: E402
from chengmai.simulator.gas_town import GasTown  # noqa: E402
from chengmai.simulator.towns import FaultKind, Sensor  # noqa: E402
from chengmai.warning.methane_detector import MethaneDetector  # noqa: E402
from chengmai.warning.rule_facts import RuleFacts, StreamFacts  # noqa: E402

DATA = Path(__file__).parent.parent / "src" / "chengmai" / "demo" / "data"
TRUTHS = ("leak", "biogas", "sensor", "quiet")
SAID = ("leak", "unclear", "biogas", "sensor", "nothing")
SHARES = {"leak": 0.4, "biogas": 0.25, "sensor": 0.2, "quiet": 0.15}
PAST_DAYS, EVENT_H = 5, 4
ZONE = ZoneInfo("Asia/Shanghai")
LOWEST_PRESSURE_KPA = {"low": 2.4, "medium_a": 397.0}


def city() -> dict[str, PipeNetwork]:
    """The shipped networks of gas and of chambers."""
    wanted = {networks.GAS, *gas_sensors.CHAMBERS}
    found = {}
    for row in networks.NETWORKS:
        if row.code in wanted:
            sheets, _ = tables_of(row.folder, pack_folder(DATA / row.folder))
            found[row.code] = read_survey(sheets, row.folder, row.utility)[0]
    return found


UTILITIES = {row.code: row.utility for row in networks.NETWORKS}


class SteadySupply:
    """Pressures that do not change: what escapes by pressure class. Hydraulics are measured elsewhere."""

    def __init__(self, gas: PipeNetwork) -> None:
        self._gas, self._holes = gas, dict[str, float]()
        at = [LOWEST_PRESSURE_KPA.get(str(one.get("pressure_class")), 2.4) for one in gas.links.attributes]
        self._link_kpa = np.array(at)
        self._node_kpa = np.full(len(gas.nodes), 2.4)
        pipe = gas.links.kind == LinkKind.PIPE
        np.maximum.at(self._node_kpa, gas.links.start[pipe], self._link_kpa[pipe])

    def set_holes(self, diameters_mm: dict[str, float]) -> None:
        """Holes by pipe [mm]."""
        self._holes = dict(diameters_mm)

    def at(self, local: datetime) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
        """Pressures [kPa], no flows, escaping methane [kg/s]."""
        escaping = {
            pipe: leak_mass_flow_kgs(
                (self._link_kpa[self._gas.link_index[pipe]] + 101.325) * 1000, pi / 4 * (mm / 1000) ** 2
            )
            for pipe, mm in self._holes.items()
        }
        return self._node_kpa, np.zeros(len(self._gas.links)), escaping


@dataclass
class Told:
    """What the sensors told, by stream; and how a detector reads it."""

    time: dict[int, list[int]] = field(default_factory=dict)
    value: dict[int, list[float]] = field(default_factory=dict)

    def add(self, stream: int, time_ms: int, value: float) -> None:
        """Keep one reading."""
        self.time.setdefault(stream, []).append(time_ms)
        self.value.setdefault(stream, []).append(value)

    def read(self, streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        """Readings between two moments, both included, by stream and time."""
        low, high = start.timestamp() * 1000, end.timestamp() * 1000
        parts = []
        for stream in sorted(set(streams) & self.time.keys()):
            times = np.array(self.time[stream])
            mine = slice(*np.searchsorted(times, [low, high + 0.5]).tolist())
            told = np.array(self.value[stream])[mine]
            parts.append(Observations.fresh(np.full(len(told), stream), times[mine].astype("datetime64[ms]"), told))
        return Observations.concatenate(parts)


@dataclass
class Episode:
    """One seeded episode: what truly happened, what was said, and how near the ranked pipes came."""

    truth: str
    detail: str
    said: str = "nothing"
    confidence: float = 0.0
    threshold: bool = False
    minutes: float | None = None
    rank: int | None = None
    ranked: int = 0
    peak_lel: float = 0.0


def run(seed: int, truth: str, city_: dict[str, PipeNetwork], detector: MethaneDetector) -> Episode:
    """Simulate one episode and let the rule judge it."""
    rng = np.random.default_rng([seed, 77])
    start = datetime(2026, int(rng.integers(1, 13)), int(rng.integers(1, 28)), tzinfo=UTC)
    facts, sensors = _streams(city_, seed)
    gas = city_[networks.GAS]
    town = GasTown(city_, UTILITIES, sensors, ZONE, seed, start, SteadySupply(gas))
    town.air.fine_s, town.air.coarse_s = 60.0, 1800.0
    event = start + timedelta(days=PAST_DAYS, hours=float(rng.uniform(0, 24)))
    change, detail, pipe = _event(truth, rng, town, city_)
    episode, told, rule = Episode(truth, detail), Told(), _rule(facts)
    memory: dict[str, object] = {}
    last = dict[str, Signal]()
    end = event + timedelta(hours=40 if truth == "sensor" or detail.startswith("warm") else EVENT_H)
    begun = False
    faulty = detail.split()[-1] if truth == "sensor" else ""
    while town.now < end:
        present = town.now >= event
        quick = present and truth in ("leak", "sensor", "biogas") and town.now < event + timedelta(hours=EVENT_H)
        step = timedelta(minutes=5) if quick else timedelta(minutes=30)
        if present and not begun:
            begun = True
            change.begin(town)
        readings = change.spoil(town.advance(town.now + step), town.now, event, rng)
        moment = round(town.now.timestamp() * 1000)
        rows = []
        for code, value in readings.items():
            told.add(facts[code].id, moment, value)
            rows.append((facts[code].id, value))
            if town.now > event and code.startswith("JC-CH4"):
                episode.peak_lel = max(episode.peak_lel, 20 * value)
        batch = Observations.fresh(
            [stream for stream, _ in rows], np.full(len(rows), moment).astype("datetime64[ms]"), [v for _, v in rows]
        )
        for signal in detector.evaluate(rule, batch, memory, told.read):
            if signal.raised_at < event or (faulty and signal.subject != faulty):
                continue
            if signal.condition is Condition.END:
                continue
            episode.threshold = True
            if episode.minutes is None:
                episode.minutes = (signal.raised_at - event).total_seconds() / 60
            last[signal.subject] = signal
    return _concluded(episode, last, pipe)


def _concluded(episode: Episode, last: dict[str, Signal], pipe: str) -> Episode:
    order = {name: place for place, name in enumerate(SAID)}
    if last:
        gravest = min(last.values(), key=lambda one: (order[one.facts["verdict"]], -one.facts["confidence"]))
        episode.said, episode.confidence = gravest.facts["verdict"], gravest.facts["confidence"]
        if pipe:
            best = max(last.values(), key=lambda one: one.facts.get("percent_lel", 0))
            codes = [element.code for element in best.elements]
            episode.ranked = len(codes)
            episode.rank = codes.index(pipe) + 1 if pipe in codes else None
    return episode


# -- what happens --------------------------------------------------------------------------------------------------


@dataclass
class Change:
    """What happens in an episode: faults of the town, or of one sensor."""

    faults: tuple[tuple[str, FaultKind, str, float], ...] = ()
    stream: str = ""
    fault: str = ""
    _held: float | None = None

    def begin(self, town: GasTown) -> None:
        """Let the town's faults happen."""
        for fault in self.faults:
            town.begin_fault(*fault)

    def spoil(
        self, read: dict[str, float], now: datetime, event: datetime, rng: np.random.Generator
    ) -> dict[str, float]:
        """What the faulty sensor tells instead; others are left as they are."""
        if not self.stream or now <= event or self.stream not in read:
            return read
        value, hours = read[self.stream], (now - event).total_seconds() / 3600
        if self.fault == "stuck":
            self._held = self._held if self._held is not None else float(rng.uniform(1.1, 6.0))
            value = round(self._held, 3)
        elif self.fault == "drift":
            value = round(value + 0.05 * hours, 3)
        elif self.fault == "erratic":
            value = round(abs(float(rng.normal(2.0, 2.0))), 3)
        elif self.fault == "percent_lel":
            value = round(value * 20, 3)
        return {**read, self.stream: value}


def _event(
    truth: str, rng: np.random.Generator, town: GasTown, city_: dict[str, PipeNetwork]
) -> tuple[Change, str, str]:
    if truth == "leak":
        pipe = _pipe_near_sensors(rng, town)
        mm = float(np.exp(rng.uniform(np.log(2), np.log(25))))
        pressed = str(city_[networks.GAS].links.attributes[city_[networks.GAS].link_index[pipe]]["pressure_class"])
        return Change(((networks.GAS, FaultKind.GAS_LEAK, pipe, mm),)), f"{mm:.0f} mm {pressed}", pipe
    if truth == "biogas":
        network = networks.SEWER if rng.random() < 0.75 else networks.STORM
        chamber = str(rng.choice(gas_sensors.CHAMBERS[network]))
        place = town.air.place(network, chamber)
        share = float(rng.uniform(0.012, 0.05))
        m3h = share * float(town.air.conductance[place]) * 3600
        if rng.random() < 0.6:
            change = Change()
            change.begin = lambda town: _warm(town, place, m3h)  # type: ignore[method-assign]
            return change, "warm spell", ""
        return Change(((network, FaultKind.BIOGAS, chamber, min(m3h, 5.0)),)), "quick", ""
    if truth == "sensor":
        chamber = str(rng.choice([code for codes in gas_sensors.CHAMBERS.values() for code in codes]))
        fault = str(rng.choice(["stuck", "drift", "erratic", "percent_lel"]))
        return Change(stream=f"JC-CH4-{chamber}", fault=fault), f"{fault} JC-CH4-{chamber}", ""
    return Change(), "", ""


def _warm(town: GasTown, place: int, m3h: float) -> None:
    """Biogas that grows over hours: a sixth of it every three hours."""
    advance, began, added = town.advance, town.now, [0]

    def grown(moment: datetime) -> dict[str, float]:
        due = min(int((moment - began).total_seconds() // 10_800) + 1, 6)
        network, code = next(key for key, at in town.air.index.items() if at == place)
        while added[0] < due:
            added[0] += 1
            town.air.make_biogas(network, code, m3h / 6)
        return advance(moment)

    town.advance = grown  # type: ignore[method-assign]


def _pipe_near_sensors(rng: np.random.Generator, town: GasTown) -> str:
    """A pipe whose leak reaches a sensor's chamber or one joined with it: elsewhere nothing could be said by anyone."""
    gas = town.gas
    sensed = {town.air.place(network, code) for network, codes in gas_sensors.CHAMBERS.items() for code in codes}
    while True:
        link = int(rng.choice(np.flatnonzero(gas.links.kind == LinkKind.PIPE)))
        x, y = gas.midpoint(link)
        shares, _ = town.air.shares_of_leak(town._plane.metres(np.array([x]), np.array([y]))[0])
        reached = set(np.flatnonzero(shares > 0.02).tolist())
        joined = set(town.air.chambers.start[np.isin(town.air.chambers.end, list(reached))].tolist())
        joined |= set(town.air.chambers.end[np.isin(town.air.chambers.start, list(reached))].tolist())
        if (reached | joined) & sensed:
            return str(gas.links.code[link])


def _streams(city_: dict[str, PipeNetwork], seed: int) -> tuple[dict[str, StreamFacts], tuple[Sensor, ...]]:
    """All streams; their identities differ by episode, because a detector keeps what it knows of past days."""
    facts, sensors = {}, []
    rows = [(networks.GAS, row) for row in gas_sensors.streams() if row.quantity is Quantity.GAS_PRESSURE]
    rows += [(code, row) for code in gas_sensors.CHAMBERS for row in gas_sensors.of_chambers(code)]
    for number, (network, row) in enumerate(rows, start=1000 * seed):
        nodes = city_[network].nodes
        place = city_[network].node_index[row.element]
        facts[row.code] = StreamFacts(
            number, row.quantity, row.element, float(nodes.x[place]), float(nodes.y[place]), network=network
        )
        sensors.append(Sensor(row.code, row.quantity, row.element, network, row.gateway))
    return facts, tuple(sensors)


def _rule(facts: dict[str, StreamFacts]) -> RuleFacts:
    return RuleFacts("JC-CH4", 1, gas_sensors.methane_parameters(), networks.GAS, facts)


# -- the report ----------------------------------------------------------------------------------------------------


def plan(episodes: int, seed: int) -> list[tuple[int, str]]:
    """Which truth each seed has, in the shares of ``SHARES``."""
    truths = [truth for truth, share in SHARES.items() for _ in range(round(share * episodes))]
    order = np.random.default_rng(seed).permutation(len(truths))
    return [(seed * 10_000 + place, truths[int(one)]) for place, one in enumerate(order)]


def report(found: Sequence[Episode]) -> None:
    """Both confusion tables, and what else is worth knowing."""
    counts = Counter((one.truth, one.said) for one in found)
    plain = Counter((one.truth, "leak" if one.threshold else "nothing") for one in found)
    table = Table("what happened", *(f"verdict: {said}" for said in SAID), "threshold: leak", "threshold: nothing")
    for truth in TRUTHS:
        said = [str(counts[truth, one]) for one in SAID]
        table.add_row(truth, *said, *(str(plain[truth, one]) for one in ("leak", "nothing")))
    Console(width=160).print(table)
    leaks = [one for one in found if one.truth == "leak"]
    seen = [one for one in leaks if one.threshold]
    said_leak = [one for one in found if one.said == "leak"]
    wrong = [one for one in found if one.threshold and one.said not in (one.truth, "unclear")]
    ranked = [one.rank for one in seen if one.ranked]
    alarms = [one for one in found if one.threshold]
    print(json.dumps({
        "episodes": len(found),
        "leaks_that_reached_20_percent_lel_at_a_sensor": len(seen),
        "of_those_called_leak": sum(one.said == "leak" for one in seen),
        "of_those_called_leak_or_unclear": sum(one.said in ("leak", "unclear") for one in seen),
        "called_leak_that_were_none": sum(one.truth != "leak" for one in said_leak),
        "threshold_leaks_that_were_none": sum(one.truth != "leak" for one in alarms),
        "median_minutes_to_alarm": round(float(np.median([one.minutes or 0 for one in seen])), 1) if seen else None,
        "true_pipe_first": sum(rank == 1 for rank in ranked),
        "true_pipe_in_first_five": sum(rank is not None and rank <= 5 for rank in ranked),
        "leaks_with_a_ranking": len(ranked),
        "mean_confidence_when_right": _mean([one.confidence for one in alarms if one.said == one.truth]),
        "mean_confidence_when_wrong": _mean([one.confidence for one in wrong]),
    }, indent=1))  # fmt: skip


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None


@cache
def _ground() -> tuple[dict[str, PipeNetwork], MethaneDetector]:
    found = city()
    return found, MethaneDetector(found.__getitem__)


def _one(given: tuple[int, str]) -> Episode:
    return run(*given, *_ground())


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", action="store_true", help="Print every episode, too.")
    parser.add_argument("--jobs", type=int, default=1, help="Processes that share the episodes.")
    given = parser.parse_args()
    began, found = time.monotonic(), list[Episode]()
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        for one in pool.imap(_one, plan(given.episodes, given.seed)):
            found.append(one)
            if given.each:
                print(one, flush=True)
    report(found)
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
