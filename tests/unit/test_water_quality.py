"""Age of water by hand, and what quality sensors of the simulated town read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.physics.water_age import OLDEST_S, water_age
from chengmai.simulator.engine import Town
from chengmai.simulator.towns import FaultKind, Sensor
from chengmai.simulator.water_quality import WaterQuality
from tests.pipe_networks import pipe_network
from tests.reference.test_locating import believed

NETWORK = pipe_network(
    {"s": {"source": True}, "a": {}, "b": {}, "c": {}, "dry": {}},
    [
        ("p", "s", "a", 1000.0, 0.2),
        ("q", "b", "a", 500.0, 0.1),
        ("r", "a", "c", 100.0, 0.1),
        ("t", "b", "c", 800.0, 0.1),
        ("u", "c", "dry", 100.0, 0.1),
    ],
)
FLOW = np.array([0.02, -0.006, 0.004, 0.003, 0.0])
START = datetime(2026, 3, 2, 4, tzinfo=UTC)


def test_age_is_time_in_pipes_mixed_by_flow() -> None:
    small, large = np.pi / 4 * 0.01, np.pi / 4 * 0.04
    a = 1000 * large / 0.02
    b = a + 500 * small / 0.006
    c = (0.004 * (a + 100 * small / 0.004) + 0.003 * (b + 800 * small / 0.003)) / 0.007
    assert water_age(NETWORK, FLOW) == pytest.approx([0, a, b, c, OLDEST_S])


def sensors(*nodes: str) -> list[Sensor]:
    kinds = {"CL": Quantity.CHLORINE, "TU": Quantity.TURBIDITY, "PH": Quantity.PH}
    return [Sensor(f"{short}-{node}", kind, node) for short, kind in kinds.items() for node in nodes]


def test_bad_water_shows_downstream_and_nowhere_else() -> None:
    quality = WaterQuality(NETWORK, FLOW, sensors("a", "b", "c"), 1)
    good = quality.read(START)
    assert good["CL-a"] > good["CL-c"] - 0.05 > 0.3
    quality.spoil("b", 0.6, START)
    bad = quality.read(START + timedelta(minutes=5))
    assert bad["CL-a"] == pytest.approx(good["CL-a"], abs=0.05)
    assert bad["CL-b"] < 0.1
    assert bad["CL-c"] < 0.1
    assert bad["TU-c"] > 1.0 > bad["TU-a"]
    assert bad["PH-b"] < good["PH-b"] - 0.1
    assert quality.clean("b")
    assert not quality.clean("b")
    assert quality.read(START + timedelta(minutes=9))["CL-c"] > 0.3


def test_quality_is_reported_once_a_minute() -> None:
    quality = WaterQuality(NETWORK, FLOW, sensors("a"), 1)
    told = [bool(quality.read(START + timedelta(seconds=5 * step))) for step in range(25)]
    assert [step for step, one in enumerate(told) if one] == [0, 12, 24]


def test_the_water_town_takes_bad_water_as_a_fault() -> None:
    town = Town(believed(), sensors("n105", "n288"), ZoneInfo("Asia/Shanghai"), 5, START, network="W")
    plain = Town(believed(), [], ZoneInfo("Asia/Shanghai"), 5, START, network="W")
    assert town.takes("W", FaultKind.QUALITY)
    assert not plain.takes("W", FaultKind.QUALITY)
    read = town.advance(START + timedelta(minutes=1))
    assert 0.1 < read["CL-n105"] <= 0.7
    town.begin_fault("W", FaultKind.QUALITY, "n105", 0.7)
    with pytest.raises(Conflict):
        town.begin_fault("W", FaultKind.QUALITY, "n105", 0.7)
    with pytest.raises(InvalidInput):
        town.begin_fault("W", FaultKind.QUALITY, "none", 0.7)
    with pytest.raises(InvalidInput):
        town.begin_fault("W", FaultKind.QUALITY, "n288", 9.0)
    assert town.advance(START + timedelta(minutes=3))["CL-n105"] < 0.05
    assert [(one.kind, one.element) for one in town.faults] == [(FaultKind.QUALITY, "n105")]
    town.end_fault("W", FaultKind.QUALITY, "n105")
    with pytest.raises(InvalidInput):
        town.end_fault("W", FaultKind.QUALITY, "n105")
    town.close()
    plain.close()
