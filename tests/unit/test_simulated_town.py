"""The simulated town: seeded, differs from belief, keeps its water, breaks and mends; and what its process says."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest

from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.network.inp_reader import read_inp
from chengmai.network.utilities import Utility
from chengmai.simulator.engine import Town
from chengmai.simulator.hidden_network import Difference, hidden_network
from chengmai.simulator.publisher import Reading
from chengmai.simulator.run import Plan, Simulation, TownRun, start_town
from chengmai.simulator.towns import BUILDERS, Fault, FaultKind, Sensor, TownKind, TownPlan

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


def town_plan(since: datetime = START, interval_s: float = 5.0) -> TownPlan:
    return TownPlan(TownKind.WATER, {"W": NET}, {"W": Utility.WATER}, SENSORS, "Asia/Shanghai", 1, since, interval_s)


def simulation() -> tuple[Simulation, Kept]:
    kept = Kept()
    plan = Plan((town_plan(),), {"SIM": ""}, "127.0.0.1", 1)
    return Simulation(plan, [start_town(plan, plan.towns[0])], kept), kept


def begin(pipe: str, size: float) -> dict[str, Any]:
    return {"do": "begin", "network": "W", "kind": "pipe_break", "element": pipe, "size": size}


def test_the_history_comes_in_order_and_its_end_at_the_pace_of_reports() -> None:
    one, kept = simulation()
    until = START + timedelta(hours=3)
    while one.runs[0].catch_up(until):
        pass
    times = sorted({moment for _, moment, _ in kept.readings})
    gaps = [(late - early).total_seconds() for early, late in itertools.pairwise(times)]
    assert [moment for stream, moment, _ in kept.readings if stream == "P-A"] == times
    assert set(gaps) == {300.0, 5.0}
    assert times[-1] == until
    assert times[-1] - times[-100] < timedelta(minutes=10)
    assert len(kept.readings) == len(times) * len(SENSORS)


def test_a_device_that_reports_seldom_did_so_in_the_history_too() -> None:
    one, kept = simulation()
    sensors = tuple(replace(sensor, interval_s=1800 if sensor.stream == "P-A" else 300) for sensor in SENSORS)
    run = TownRun(replace(one.plan.towns[0], sensors=sensors), one.runs[0].town, kept)
    until = START + timedelta(hours=3)
    while run.catch_up(until):
        pass
    often, seldom = ([moment for stream, moment, _ in kept.readings if stream == code] for code in ("P-B", "P-A"))
    early = [moment for moment in seldom if moment < until - timedelta(minutes=15)]
    assert {late - moment for moment, late in itertools.pairwise(early)} == {timedelta(minutes=30)}
    assert 5 * len(early) < len(often)
    assert seldom[-1] == until, "the present is told as it comes"


def test_reports_follow_and_never_go_back() -> None:
    one, kept = simulation()
    one.runs[0].report(START + timedelta(seconds=5.7))
    one.runs[0].report(START + timedelta(seconds=5.9))
    assert {moment for _, moment, _ in kept.readings} == {START + timedelta(seconds=5)}
    assert len(kept.readings) == len(SENSORS)


def test_commands_are_answered_and_errors_come_back_with_their_code() -> None:
    one, _ = simulation()
    told: dict[str, Any] = one.answer(begin("P2", 12))
    assert [(b["pipe"], b["size_m3h"]) for b in told["breaks"]] == [("P2", 12.0)]
    assert [(f["network"], f["kind"], f["element"]) for f in told["faults"]] == [("W", "pipe_break", "P2")]
    assert one.answer(begin("P2", 12))["error"] == "simulator.broken_already"
    end = {"do": "end", "network": "W", "kind": "pipe_break", "element": "P2"}
    assert one.answer(end)["faults"] == []
    assert one.answer({**begin("P2", 12), "network": "elsewhere"})["error"] == "simulator.no_such_fault"
    assert one.answer({**begin("P2", 12), "kind": "gas_leak"})["error"] == "simulator.no_such_fault"
    assert one.answer({"do": "dance"})["error"] == "simulator.unknown_command"


def test_what_fails_still_fails_after_the_process_ended(tmp_path: Path) -> None:
    one, _ = simulation()
    one.plan = replace(one.plan, memory=tmp_path / "simulated.json")
    one.answer(begin("P2", 12))
    one.answer(begin("P3", 7))
    one.answer({"do": "end", "network": "W", "kind": "pipe_break", "element": "P3"})
    again = start_town(one.plan, one.plan.towns[0])
    assert [(fault.element, fault.size) for fault in again.faults] == [("P2", 12.0)]
    one.answer({"do": "end", "network": "W", "kind": "pipe_break", "element": "P2"})
    assert start_town(one.plan, one.plan.towns[0]).faults == []


class Slow:
    """A town whose engine takes its time to start; it has one sensor."""

    ready = threading.Event()

    def __init__(self, plan: TownPlan) -> None:
        assert self.ready.wait(10)
        self.now, self.faults = plan.since, list[Fault]()

    def takes(self, network: str, kind: FaultKind) -> bool:
        return network == "G"

    def begin_fault(self, network: str, kind: FaultKind, element: str, size: float) -> None:
        self.faults = [Fault(network, kind, element, size, self.now)]

    def end_fault(self, network: str, kind: FaultKind, element: str) -> None:
        self.faults = []

    def advance(self, moment: datetime) -> dict[str, float]:
        self.now = moment
        return {"CH4": 0.1}

    def close(self) -> None:
        pass


class Commands:
    """The parent's end: stops the simulation once a condition holds."""

    def __init__(self, done: Callable[[], bool], beside: Callable[[], None] = lambda: None) -> None:
        self.done, self.beside = done, beside

    def poll(self, wait_s: float) -> bool:
        self.beside()
        return self.done()

    def recv(self) -> dict[str, Any]:
        return {"do": "stop"}

    def send(self, answer: dict[str, Any]) -> None:
        pass


def test_a_town_that_starts_slowly_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(BUILDERS, TownKind.GAS, Slow)
    monkeypatch.setattr(Slow, "ready", threading.Event())
    kept, since = Kept(), now().replace(microsecond=0) - timedelta(minutes=20)
    slow = replace(town_plan(since), kind=TownKind.GAS, networks={"G": NET})
    memory = tmp_path / "memory.json"
    memory.write_bytes(msgspec.json.encode([Fault("G", FaultKind.GAS_LEAK, "gp1", 5, since)]))
    plan = Plan((town_plan(since), slow), {}, "127.0.0.1", 1, memory)
    one = Simulation(plan, [start_town(plan, plan.towns[0])], kept)
    early: list[Any] = []

    def beside() -> None:
        if one.history_done and not Slow.ready.is_set():
            early.append(one.answer({**begin("gp2", 3), "network": "G", "kind": "gas_leak"})["error"])
            one.answer(begin("P2", 12))
            early.append({stream for stream, _, _ in kept.readings})
            Slow.ready.set()

    one.run(Commands(lambda: any(stream == "CH4" for stream, _, _ in kept.readings), beside))  # type: ignore[arg-type]
    assert early[0] == "simulator.town_not_ready"
    assert "P-A" in early[1]
    assert "CH4" not in early[1]
    assert {fault.element for fault in one.faults} == {"P2", "gp1"}, "what failed before fails again"
    assert len(msgspec.json.decode(memory.read_bytes())) == 2, "what waits for its town is not forgotten"
