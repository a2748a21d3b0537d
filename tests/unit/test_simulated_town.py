"""The simulated town: seeded, differs from belief, keeps its water, breaks and mends; and what its process says."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.network.inp_reader import read_inp
from chengmai.simulator.engine import Sensor, Town
from chengmai.simulator.hidden_network import Difference, hidden_network
from chengmai.simulator.publisher import Reading
from chengmai.simulator.run import Plan, Simulation, start_town

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 16, tzinfo=UTC)
NETWORK = """
[JUNCTIONS]
 A 10
 B 5
 C 8
[RESERVOIRS]
 R 60
[TANKS]
 T 50 2 0 4 10 0
[PIPES]
 P1 R A 800 200 120 0 Open
 P2 A B 500 150 100 0 Open
 P3 T C 300 150 110 0 Open
[PUMPS]
 U B T HEAD H
[CURVES]
 H 20 15
[DEMANDS]
 A 36 D
 B 18 D
 C 12 D
[PATTERNS]
 D 0.5 0.7 1.2 1.4 1.3 0.9
[CONTROLS]
 LINK U CLOSED IF NODE T ABOVE 3.5
 LINK U OPEN IF NODE T BELOW 2.5
[TIMES]
 Pattern Timestep 4:00
[OPTIONS]
 Units CMH
 Headloss H-W
 Emitter Exponent 0.5
[COORDINATES]
 A 0 0
 B 10 0
 C 20 0
 R 0 10
 T 20 10
[END]
"""
NET, _ = read_inp(NETWORK.encode(), "town.inp")
SENSORS = (
    Sensor("P-A", Quantity.PRESSURE_HEAD, "A"),
    Sensor("P-B", Quantity.PRESSURE_HEAD, "B"),
    Sensor("Q-1", Quantity.FLOW, "P1"),
    Sensor("Q-U", Quantity.FLOW, "U"),
    Sensor("L-T", Quantity.LEVEL, "T"),
)
EXACT = Difference(pressure_noise_m=0, pressure_offset_m=0, flow_noise_share=0, level_step_m=1e-6)


def town(seed: int = 1, difference: Difference | None = None) -> Town:
    return Town(NET, SENSORS, ZONE, seed, START, difference)


def run(one: Town, steps: int, seconds: int = 300) -> list[dict[str, float]]:
    return [one.advance(one.now + timedelta(seconds=seconds)) for _ in range(steps)]


def test_the_same_seed_gives_the_same_readings_and_another_does_not() -> None:
    assert run(town(3), 20) == run(town(3), 20)
    assert run(town(3), 20) != run(town(4), 20)


def test_the_hidden_network_is_not_the_believed_one() -> None:
    hidden = hidden_network(NET, np.random.default_rng(1), Difference())
    assert not np.allclose(hidden.links.roughness[:3], NET.links.roughness[:3])
    assert not np.allclose(hidden.demands.base, NET.demands.base)
    assert (hidden.links.length == NET.links.length).all()


def test_the_tank_keeps_its_water_and_the_pump_keeps_the_tank_between_its_levels() -> None:
    one = town(2, EXACT)
    readings = run(one, 3 * 288)
    levels = np.array([reading["L-T"] for reading in readings])
    pumped = np.array([reading["Q-U"] for reading in readings])
    assert levels.min() > 1.9
    assert levels.max() < 3.8
    assert (pumped > 1).any()
    assert (pumped < 1).any()
    drawn = pumped[1:] / 12 - np.diff(levels) * np.pi / 4 * 10**2
    assert (drawn > 0).all(), "the zone behind the tank only ever draws"
    assert 4 < drawn.mean() * 12 < 20


def test_a_break_lowers_pressure_and_raises_inflow_by_its_size_until_it_is_mended() -> None:
    one = town(2, replace(EXACT, demand_swing_share=0.0))
    before = run(one, 2, 10)[-1]
    one.break_pipe("P2", 15.0)
    broken = run(one, 2, 10)[-1]
    one.mend_pipe("P2")
    after = run(one, 2, 10)[-1]
    assert broken["P-B"] < before["P-B"] - 0.2
    assert broken["Q-1"] - before["Q-1"] == pytest.approx(15, rel=0.15)
    assert after["Q-1"] == pytest.approx(before["Q-1"], rel=0.02)


@pytest.mark.parametrize("size", [0, -1, 201, float("nan"), float("inf")])
def test_sizes_that_cannot_be_are_refused(size: float) -> None:
    with pytest.raises(InvalidInput):
        town().break_pipe("P2", size)


def test_a_pipe_breaks_once_and_only_pipes_do() -> None:
    one = town()
    one.break_pipe("P2", 10)
    with pytest.raises(Conflict):
        one.break_pipe("P2", 10)
    with pytest.raises(InvalidInput):
        one.break_pipe("U", 10)
    with pytest.raises(InvalidInput):
        one.mend_pipe("P1")


def test_a_sensor_on_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="unknown_element"):
        Town(NET, (Sensor("P-X", Quantity.PRESSURE_HEAD, "nowhere"),), ZONE, 1, START)


class Kept:
    """A sender that keeps what it is given."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def send(self, readings: list[Reading]) -> None:
        self.readings += readings

    pending = 0


def simulation() -> tuple[Simulation, Kept]:
    kept = Kept()
    plan = Plan(NET, SENSORS, "Asia/Shanghai", 1, START, 5.0, "SIM", "", "127.0.0.1", 1)
    return Simulation(plan, town(), kept), kept


def test_the_history_comes_in_order_and_its_end_at_the_pace_of_reports() -> None:
    one, kept = simulation()
    until = START + timedelta(hours=3)
    while one.catch_up(until):
        pass
    times = sorted({moment for _, moment, _ in kept.readings})
    gaps = [(late - early).total_seconds() for early, late in itertools.pairwise(times)]
    assert [moment for stream, moment, _ in kept.readings if stream == "P-A"] == times
    assert set(gaps) == {300.0, 5.0}
    assert times[-1] == until
    assert times[-1] - times[-100] < timedelta(minutes=10)
    assert len(kept.readings) == len(times) * len(SENSORS)


def test_reports_follow_and_never_go_back() -> None:
    one, kept = simulation()
    one.report(START + timedelta(seconds=5.7))
    one.report(START + timedelta(seconds=5.9))
    assert {moment for _, moment, _ in kept.readings} == {START + timedelta(seconds=5)}
    assert len(kept.readings) == len(SENSORS)


def test_commands_are_answered_and_errors_come_back_with_their_code() -> None:
    one, _ = simulation()
    told: dict[str, Any] = one.answer({"do": "break", "pipe": "P2", "size_m3h": 12})
    assert [(b["pipe"], b["size_m3h"]) for b in told["breaks"]] == [("P2", 12.0)]
    assert one.answer({"do": "break", "pipe": "P2", "size_m3h": 12})["error"] == "simulator.broken_already"
    assert one.answer({"do": "mend", "pipe": "P2"})["breaks"] == []
    assert one.answer({"do": "dance"})["error"] == "simulator.unknown_command"


def test_a_broken_pipe_is_still_broken_after_the_process_ended(tmp_path: Path) -> None:
    one, _ = simulation()
    one.plan = replace(one.plan, memory=tmp_path / "simulated.json")
    one.answer({"do": "break", "pipe": "P2", "size_m3h": 12})
    one.answer({"do": "break", "pipe": "P3", "size_m3h": 7})
    one.answer({"do": "mend", "pipe": "P3"})
    again = start_town(one.plan)
    assert [(broken.pipe, broken.size_m3h) for broken in again.breaks] == [("P2", 12.0)]
    one.answer({"do": "mend", "pipe": "P2"})
    assert start_town(one.plan).breaks == []
