"""The simulated town of gas: leaks fill what lies near, biogas has no ethane, devices tell more when there is gas."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.simulator.gas_supply import GasSupply
from chengmai.simulator.gas_town import GasTown
from chengmai.simulator.towns import FaultKind, Sensor
from tests.gas_networks import UTILITIES, SteadySupply, sensors, street

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 5, 4, 2, tzinfo=UTC)
LEAK, BIOGAS = FaultKind.GAS_LEAK, FaultKind.BIOGAS


def town(seed: int = 1) -> GasTown:
    networks = street()
    return GasTown(networks, UTILITIES, sensors(), ZONE, seed, START, SteadySupply(networks["GAS"]))


def run(one: GasTown, minutes: int, step_s: int = 60) -> list[dict[str, float]]:
    return [one.advance(one.now + timedelta(seconds=step_s)) for _ in range(minutes * 60 // step_s)]


def methane(one: GasTown, network: str, code: str) -> float:
    return one.air.methane_percent(one.air.place(network, code))


def test_the_same_seed_gives_the_same_readings_and_another_does_not() -> None:
    assert run(town(3), 20) == run(town(3), 20)
    assert run(town(3), 20) != run(town(4), 20)


def test_a_leak_fills_the_nearest_chambers_then_those_joined_with_them_and_nothing_far_away() -> None:
    one = town()
    run(one, 10)
    one.begin_fault("GAS", LEAK, "gp2", 12.0)  # its middle lies at 150 m, by ws4, ws5 and dl4, dl5
    run(one, 15)
    early = {code: methane(one, "SEWER", code) for code in ("ws5", "ws7", "ws9")}
    assert early["ws5"] > 1 > early["ws7"] > early["ws9"]
    assert methane(one, "POWER", "dl5") > 1
    assert methane(one, "STORM", "ys2") < 0.2
    run(one, 90)
    assert methane(one, "SEWER", "ws7") > early["ws7"] + 1
    one.end_fault("GAS", LEAK, "gp2")
    top = methane(one, "SEWER", "ws5")
    run(one, 240, 300)
    assert methane(one, "SEWER", "ws5") < 0.5 * top


def test_gas_of_a_pipe_has_ethane_and_biogas_has_none() -> None:
    leaking, rotting = town(), town()
    leaking.begin_fault("GAS", LEAK, "gp2", 5.0)
    rotting.begin_fault("SEWER", BIOGAS, "ws4", 0.8)
    of_leak, of_biogas = run(leaking, 60)[-1], run(rotting, 60)[-1]
    assert of_leak["CH4-ws4"] > 1
    assert of_biogas["CH4-ws4"] > 1
    assert of_leak["C2H6-ws4"] / (of_leak["CH4-ws4"] * 10_000) == pytest.approx(0.025, rel=0.1)
    assert of_biogas["C2H6-ws4"] < 20


def test_quiet_devices_tell_every_five_minutes_and_those_in_gas_at_once() -> None:
    one = town()
    quiet = sum("CH4-ys0" in read for read in run(one, 30, 30))
    one.begin_fault("SEWER", BIOGAS, "ws4", 3.0)
    run(one, 30)
    busy = sum("CH4-ws4" in read for read in run(one, 30, 30))
    assert quiet == 6
    assert busy == 60


def test_what_cannot_fail_so_is_refused() -> None:
    one = town()
    one.begin_fault("GAS", LEAK, "gp1", 5)
    for network, kind, element, size in (
        ("GAS", LEAK, "gp9", 5), ("GAS", LEAK, "gp2", 0), ("GAS", LEAK, "gp2", 101), ("SEWER", BIOGAS, "ws4", 6),
        ("SEWER", BIOGAS, "ws99", 1), ("GAS", LEAK, "gp2", float("nan")),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            one.begin_fault(network, kind, element, size)
    with pytest.raises(Conflict):
        one.begin_fault("GAS", LEAK, "gp1", 5)
    with pytest.raises(InvalidInput):
        one.end_fault("GAS", LEAK, "gp2")
    assert [fault.element for fault in one.faults] == ["gp1"]
    assert one.takes("GAS", LEAK)
    assert one.takes("SEWER", BIOGAS)
    assert not one.takes("GAS", BIOGAS)
    assert not one.takes("SEWER", FaultKind.PIPE_BREAK)


def test_a_sensor_on_nothing_and_a_town_without_gas_are_refused() -> None:
    networks = street()
    lost = (Sensor("CH4-x", Quantity.METHANE, "ws99", "SEWER"),)
    with pytest.raises(InvalidInput, match="no_chamber"):
        GasTown(networks, UTILITIES, lost, ZONE, 1, START, SteadySupply(networks["GAS"]))
    with pytest.raises(InvalidInput, match="no_gas_network"):
        GasTown({"SEWER": networks["SEWER"]}, UTILITIES, (), ZONE, 1, START)


def test_a_hole_lets_escape_what_the_pressure_there_drives_and_lowers_it() -> None:
    gas = street()["GAS"]
    supply, local = GasSupply(gas, np.random.default_rng(1)), START.astimezone(ZONE)
    before, flow, lost = supply.at(local)
    assert lost == {}
    assert before[gas.node_index["g0"]] == pytest.approx(300.0)
    supply.set_holes({"gp2": 40.0})
    after, more, lost = supply.at(local)
    assert lost["gp2"] > 0.1
    assert after[gas.node_index["g3"]] < before[gas.node_index["g3"]] - 0.5
    first = gas.link_index["gp1"]
    assert more[first] - flow[first] == pytest.approx(lost["gp2"] / 0.6686 * 3600, rel=0.02)
    with pytest.raises(InvalidInput):
        supply.set_holes({"nothing": 5.0})
    assert supply.at(local)[2].keys() == {"gp2"}
