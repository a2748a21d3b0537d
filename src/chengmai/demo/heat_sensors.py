"""What is measured in the demonstration's heat network, and the rules that watch it."""

import csv
from collections.abc import Iterator
from importlib.resources import files

from chengmai.core.units import Quantity
from chengmai.demo.networks import HEAT_SIMULATOR
from chengmai.demo.sensors import LIVE_PREFIX, RuleRow, StreamRow, reporting_rules
from chengmai.warning.models import RuleKind

SOURCE = "h1"
OUTDOOR = f"{LIVE_PREFIX}-OT-{SOURCE}"
MAKE_UP, CIRCULATION = f"{LIVE_PREFIX}-MK-{SOURCE}", f"{LIVE_PREFIX}-HQ-{SOURCE}"
ROOMS = 20
"""Rooms with a thermometer, one behind each of the first stations."""
LEAST_ROOM_C = 18.0
CURVE = [[-9.0, 70.0], [15.3, 25.0]]
"""Heating curve of the stations' buildings: outdoor and supply temperature [degC] (default)."""
_MEASURED = (
    ("HTS", Quantity.SUPPLY_TEMPERATURE, "供水温度 / supply temperature"),
    ("HTR", Quantity.RETURN_TEMPERATURE, "回水温度 / return temperature"),
    ("HP", Quantity.HEAT_PRESSURE, "一次供水压力 / primary supply pressure"),
    ("HQ", Quantity.HEAT_FLOW, "一次流量 / primary flow"),
    ("HW", Quantity.HEAT_POWER, "热功率 / heat"),
)


def stations() -> list[tuple[str, str]]:
    """Points and names of the heat exchange stations, as surveyed."""
    with (files("chengmai.demo") / "data" / "heat" / "RSFacility.csv").open(encoding="utf-8") as table:
        return [(row["Point"], row["Name"]) for row in csv.DictReader(table) if row["Kind"] == "热力站"]


def streams() -> Iterator[StreamRow]:
    """Temperatures, pressure, flow and heat of the source and each station; make-up water, weather, rooms."""
    for point, name in ((SOURCE, "热源厂"), *stations()):
        for short, quantity, text in _MEASURED:
            yield StreamRow(f"{LIVE_PREFIX}-{short}-{point}", f"{name}{text}", HEAT_SIMULATOR, quantity, point)
    yield StreamRow(MAKE_UP, "热源厂补水量 / make-up water", HEAT_SIMULATOR, Quantity.MAKE_UP_FLOW, SOURCE)
    yield StreamRow(OUTDOOR, "室外温度 / outdoor temperature", HEAT_SIMULATOR, Quantity.AIR_TEMPERATURE, SOURCE)
    for point, name in stations()[:ROOMS]:
        yield StreamRow(
            f"{LIVE_PREFIX}-RT-{point}",
            f"{name}供热区室温 / room temperature",
            HEAT_SIMULATOR,
            Quantity.ROOM_TEMPERATURE,
            point,
            LEAST_ROOM_C,
            26.0,
        )


def rules() -> Iterator[RuleRow]:
    """Cold stations, make-up rate, bursts, loss of pressure, cold rooms."""
    points = [point for point, _ in stations()]
    pressures = [f"{LIVE_PREFIX}-HP-{point}" for point in points]
    yield RuleRow(
        f"{LIVE_PREFIX}-COLD-STATION",
        RuleKind.COLD_STATION,
        {
            "streams": [f"{LIVE_PREFIX}-HTS-{point}" for point in points],
            "outdoor": OUTDOOR,
            "curve": CURVE,
            "below": {"yellow": 6.0, "orange": 12.0, "red": 20.0},
            "dead_band": 1.0,
            "on_delay_s": 300.0,
            "off_delay_s": 600.0,
        },
    )
    yield RuleRow(
        f"{LIVE_PREFIX}-MAKE-UP",
        RuleKind.MAKE_UP,
        {
            "make_up": MAKE_UP,
            "circulation": CIRCULATION,
            "share": {"yellow": 0.005, "orange": 0.02, "red": 0.05},
            "dead_band": 0.001,
            "on_delay_s": 900.0,
            "off_delay_s": 900.0,
        },
    )
    yield RuleRow(
        f"{LIVE_PREFIX}-HEAT-BURST",
        RuleKind.HEAT_BURST,
        {
            "make_up": MAKE_UP,
            "circulation": CIRCULATION,
            "streams": pressures,
            "rise_share": 0.01,
            "fall_kpa": 8.0,
            "least_sensors": 3,
            "severities": {"yellow": 0.01, "orange": 0.05, "red": 0.15},
        },
    )
    yield RuleRow(
        f"{LIVE_PREFIX}-HEAT-PRESSURE",
        RuleKind.LIMIT,
        {
            "streams": pressures,
            "low": {"yellow": 400.0, "orange": 300.0, "red": 200.0},
            "dead_band": 20.0,
            "on_delay_s": 300.0,
            "off_delay_s": 300.0,
            "stuck_s": 21600.0,
        },
    )
    yield RuleRow(
        f"{LIVE_PREFIX}-ROOM",
        RuleKind.LIMIT,
        {
            "streams": [f"{LIVE_PREFIX}-RT-{point}" for point in points[:ROOMS]],
            "low": {"yellow": LEAST_ROOM_C, "orange": 16.0, "red": 14.0},
            "dead_band": 0.5,
            "on_delay_s": 3600.0,
            "off_delay_s": 3600.0,
        },
    )
    yield from reporting_rules("HEAT", HEAT_SIMULATOR)
