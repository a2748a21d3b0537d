"""The simulated heat network: it follows the weather, and what fails in it shows where it must."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.simulator.heat_town import HeatTown
from chengmai.simulator.towns import FaultKind, Sensor
from tests.pipe_networks import pipe_network

START = datetime(2026, 1, 10, 4, tzinfo=UTC)
NETWORK = pipe_network(
    {
        "h1": {"source": True, "supply_c": 110.0, "pressure_kpa": 400.0, "lift_kpa": 500.0},
        "h2": {},
        "h3": {"heat_kw": 900.0, "building_class": "standard"},
        "h4": {"heat_kw": 600.0, "building_class": "light"},
    },
    [("hp1", "h1", "h2", 400.0, 0.15), ("hp2", "h2", "h3", 300.0, 0.1), ("hp3", "h2", "h4", 300.0, 0.1)],
)
_KINDS = {
    "HTS": Quantity.SUPPLY_TEMPERATURE,
    "HTR": Quantity.RETURN_TEMPERATURE,
    "HP": Quantity.HEAT_PRESSURE,
    "HQ": Quantity.HEAT_FLOW,
    "HW": Quantity.HEAT_POWER,
    "RT": Quantity.ROOM_TEMPERATURE,
}
SENSORS = [
    *(Sensor(f"{short}-{node}", kind, node) for short, kind in _KINDS.items() for node in ("h3", "h4")),
    *(Sensor(f"{short}-h1", _KINDS[short], "h1") for short in ("HTS", "HTR", "HQ", "HW")),
    Sensor("MK", Quantity.MAKE_UP_FLOW, "h1"),
    Sensor("OT", Quantity.AIR_TEMPERATURE, "h1"),
]


def town() -> HeatTown:
    return HeatTown("H", NETWORK, SENSORS, ZoneInfo("Asia/Shanghai"), 3, START)


def run(moving: HeatTown, minutes: float) -> dict[str, float]:
    """The readings at the end of some minutes, half a minute a step."""
    read: dict[str, float] = {}
    for _ in range(round(minutes * 2)):
        read = moving.advance(moving.now + timedelta(seconds=30))
    return read


def test_a_station_follows_the_weather_and_the_balance_holds() -> None:
    moving = town()
    outdoor, supply, heat, drawn = [], [], [], []
    for _ in range(72):
        read = moving.advance(moving.now + timedelta(hours=1))
        outdoor.append(read["OT"])
        supply.append(read["HTS-h3"])
        heat.append(read["HW-h1"])
        drawn.append(read["HW-h3"] + read["HW-h4"])
        assert read["HQ-h1"] == pytest.approx(read["HQ-h3"] + read["HQ-h4"], rel=0.05)
        assert 0.0005 < read["MK"] / read["HQ-h1"] < 0.003
    assert np.corrcoef(outdoor, supply)[0, 1] < -0.95
    losses = np.array(heat) - np.array(drawn)
    assert np.all(losses > 0)
    assert losses.mean() < 0.2 * np.mean(heat)
    assert 18 < moving.advance(moving.now)["RT-h3"] < 24


def test_the_same_seed_gives_the_same_readings() -> None:
    assert run(town(), 10) == run(town(), 10)


def test_a_burst_takes_water_and_pressure() -> None:
    moving = town()
    before = run(moving, 10)
    moving.begin_fault("H", FaultKind.HEAT_BURST, "hp2", 30.0)
    after = run(moving, 2)
    assert after["MK"] - before["MK"] == pytest.approx(30, abs=2)
    assert before["HP-h3"] - after["HP-h3"] > 15
    assert before["HP-h4"] - after["HP-h4"] > 10
    assert [(one.kind, one.element, one.size) for one in moving.faults] == [(FaultKind.HEAT_BURST, "hp2", 30.0)]
    moving.end_fault("H", FaultKind.HEAT_BURST, "hp2")
    mended = run(moving, 2)
    assert mended["MK"] == pytest.approx(before["MK"], abs=0.2)
    assert mended["HP-h3"] == pytest.approx(before["HP-h3"], abs=6)
    assert moving.faults == []


def test_a_cold_station_is_cold_alone_and_its_rooms_follow_slowly() -> None:
    moving = town()
    before = run(moving, 10)
    moving.begin_fault("H", FaultKind.COLD_STATION, "h3", 0.8)
    soon = run(moving, 40)
    assert before["HTS-h3"] - soon["HTS-h3"] > 12
    assert soon["HTS-h4"] == pytest.approx(before["HTS-h4"], abs=3)
    assert soon["RT-h3"] > before["RT-h3"] - 1
    for _ in range(30):
        later = moving.advance(moving.now + timedelta(hours=1))
    assert later["RT-h3"] < 15
    assert later["RT-h4"] > 18


def test_what_cannot_fail_is_refused() -> None:
    moving = town()
    assert moving.takes("H", FaultKind.HEAT_BURST)
    assert not moving.takes("other", FaultKind.HEAT_BURST)
    assert not moving.takes("H", FaultKind.PIPE_BREAK)
    with pytest.raises(InvalidInput):
        moving.begin_fault("H", FaultKind.COLD_STATION, "h2", 0.5)
    with pytest.raises(InvalidInput):
        moving.begin_fault("H", FaultKind.COLD_STATION, "h3", 1.5)
    with pytest.raises(InvalidInput):
        moving.begin_fault("H", FaultKind.HEAT_BURST, "none", 5.0)
    moving.begin_fault("H", FaultKind.HEAT_BURST, "h2", 5.0)
    with pytest.raises(Conflict):
        moving.begin_fault("H", FaultKind.HEAT_BURST, "h2", 5.0)
    with pytest.raises(InvalidInput):
        moving.end_fault("H", FaultKind.HEAT_BURST, "hp1")
    with pytest.raises(InvalidInput):
        HeatTown("H", NETWORK, [Sensor("X", Quantity.AIR_TEMPERATURE, "hp1")], ZoneInfo("UTC"), 3, START)
