"""What is measured in the demonstration city, and the rules that watch it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from chengmai.core.units import Quantity
from chengmai.demo.make_survey import SENSOR_NODES
from chengmai.demo.networks import RECORD, SIMULATOR
from chengmai.detection.drop_signals import FALL_SEVERITIES
from chengmai.detection.ltown import MAIN_ZONE, TANK_ZONE
from chengmai.detection.night_balance import BalanceArea, Tank
from chengmai.detection.night_signals import parameters_of
from chengmai.warning.models import RuleKind

LIVE_PREFIX, RECORD_PREFIX = "JC", "BM19"
FLOWS = ("p227", "p235", "PUMP_1")
TANK = "T1"
BEHIND_THE_TANK = ("n1", "n4", "n31")
"""Sensors of the tank's zone, where a burst does not show in the inflow at once."""
AREA_NAMES = {MAIN_ZONE.code: ("主供水区", "main supply zone"), TANK_ZONE.code: ("水箱供水区", "tank zone")}
LEAST_PRESSURE_M = 14.0
"""Least pressure at the end of a network, 0.14 MPa (default)."""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A datastream: what it measures at which element, and between which values it is as it should be.

    ``owner`` is the code of whose device it is, where that is not who owns the network.
    """

    code: str
    name: str
    gateway: str
    quantity: Quantity
    element: str
    low: float | None = None
    high: float | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its parameters."""

    code: str
    kind: RuleKind
    parameters: dict[str, Any]


def streams() -> Iterator[StreamRow]:
    """33 pressures, three flows and a level of the running city; flows and level of the benchmark year."""
    for node in SENSOR_NODES:
        yield StreamRow(
            f"{LIVE_PREFIX}-P-{node}",
            f"{node} 压力 / pressure",
            SIMULATOR,
            Quantity.PRESSURE_HEAD,
            node,
            LEAST_PRESSURE_M,
            120.0,
        )
    for prefix, gateway in ((LIVE_PREFIX, SIMULATOR), (RECORD_PREFIX, RECORD)):
        for link in FLOWS:
            yield StreamRow(f"{prefix}-Q-{link}", f"{link} 流量 / flow", gateway, Quantity.FLOW, link)
        yield StreamRow(f"{prefix}-L-{TANK}", f"{TANK} 水位 / level", gateway, Quantity.LEVEL, TANK, 0.5, 4.0)


def rules() -> Iterator[RuleRow]:
    """Night flow of both balances for both sets of streams; what else watches the running city's water."""
    for prefix in (LIVE_PREFIX, RECORD_PREFIX):
        for area in (MAIN_ZONE, TANK_ZONE):
            code = f"{prefix}-NIGHT-{area.code.partition('-')[0].upper()}"
            name_zh, name_en = AREA_NAMES[area.code]
            if prefix == RECORD_PREFIX:
                name_zh, name_en = f"{name_zh}（2019 年基准记录）", f"{name_en} (2019 benchmark record)"
            names = {"area_name_zh": name_zh, "area_name_en": name_en}
            yield RuleRow(code, RuleKind.NIGHT_FLOW, {**parameters_of(_prefixed(area, prefix)), **names})
    pressures = [f"{LIVE_PREFIX}-P-{node}" for node in SENSOR_NODES]
    yield RuleRow(
        f"{LIVE_PREFIX}-LIMIT-PRESSURE",
        RuleKind.LIMIT,
        {
            "streams": pressures,
            "low": LEAST_PRESSURE_M,
            "high": 120.0,
            "dead_band": 1.0,
            "on_delay_s": 900.0,
            "off_delay_s": 900.0,
            "stuck_s": 21600.0,
            "severity": "yellow",
        },
    )
    yield RuleRow(
        f"{LIVE_PREFIX}-DROP",
        RuleKind.PRESSURE_DROP,
        {
            "streams": pressures,
            "flows": {f"{LIVE_PREFIX}-Q-{link}": sign for link, sign in MAIN_ZONE.flows.items()},
            "zones": [[f"{LIVE_PREFIX}-P-{node}" for node in BEHIND_THE_TANK]],
            "severities": dict(FALL_SEVERITIES),
        },
    )
    yield RuleRow(
        f"{LIVE_PREFIX}-BASELINE",
        RuleKind.BASELINE,
        {
            "streams": pressures,
            "below": {"yellow": 3.0, "orange": 6.0},
            "days": 14,
            "least_days": 5,
            "band_spreads": 3.0,
            "weekends_apart": False,
            "dead_band": 0.5,
            "on_delay_s": 1800.0,
            "off_delay_s": 1800.0,
        },
    )
    yield RuleRow(
        f"{LIVE_PREFIX}-DRIFT",
        RuleKind.DRIFT,
        {
            "quantity": Quantity.PRESSURE_HEAD.value,
            "drift": {"blue": 1.0, "yellow": 3.0},
            "reference_days": 7,
            "recent_days": 3,
            "dead_band": 0.2,
        },
    )
    yield from reporting_rules("WATER", SIMULATOR)


def reporting_rules(name: str, gateway: str) -> Iterator[RuleRow]:
    """Rules on how a simulated gateway reports: it is silent, it floods, its clock jumps.

    The simulator reports far oftener than the streams' interval asks, so only a multiple of that is a flood.
    """
    yield RuleRow(
        f"{LIVE_PREFIX}-SILENT-{name}",
        RuleKind.SILENT,
        {"gateways": [gateway], "intervals": 1.0, "severity": "yellow"},
    )
    yield RuleRow(
        f"{LIVE_PREFIX}-DEVICE-{name}",
        RuleKind.DEVICE,
        {
            "gateways": [gateway],
            "flood_factor": 300.0,
            "window_s": 300.0,
            "jump_back_s": 86400.0,
            "severity": "blue",
        },
    )


def _prefixed(area: BalanceArea, prefix: str) -> BalanceArea:
    """A balance area with its streams' codes as the city's datastreams have them."""
    flows = {f"{prefix}-Q-{link}": sign for link, sign in area.flows.items()}
    tank = Tank(f"{prefix}-L-{area.tank.level}", area.tank.area_m2) if area.tank else None
    return replace(area, code=f"{prefix}-{area.code}", flows=flows, tank=tank)
