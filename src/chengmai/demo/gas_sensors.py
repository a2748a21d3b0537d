"""What is measured of gas in the demonstration city: pressures, the gate, and the air of chambers beside pipes."""

from collections.abc import Iterator
from typing import Any

from chengmai.core.units import Quantity
from chengmai.demo.networks import GAS, GAS_SIMULATOR, POWER, SEWER, SPACE_SIMULATOR, STORM, TELECOM
from chengmai.demo.people import GAS_COMPANY
from chengmai.demo.sensors import LIVE_PREFIX, RuleRow, StreamRow
from chengmai.detection.methane_levels import DEFAULT_LEVELS, LARGE_M3
from chengmai.devices.battery import LOW_PERCENT
from chengmai.warning.models import RuleKind

INLETS = ("g1", "g55", "g93", "g123")
"""Medium pressure: the gate station and places before regulators."""
OUTLETS = ("g148", "g216", "g282", "g325", "g394", "g405", "g428", "g457", "g484", "g528")
ENDS = ("g199", "g300", "g381", "g448", "g477", "g523", "g526", "g532")
GATE_PIPE = "gp127"
CHAMBERS: dict[str, tuple[str, ...]] = {
    SEWER: (*("ws164", "ws4", "ws24", "ws144", "ws78", "ws127", "ws147", "ws14", "ws181", "ws172"),
            *("ws163", "ws1", "ws25")),
    STORM: ("ys23", "ys129", "ys105", "ys76", "ys73", "ys143", "ys48", "ys116", "ys34", "ys31", "ys20"),
    POWER: ("dl56", "dl101", "dl116", "dl158", "dl153", "dl30", "dl44", "dl110", "dl70", "dl63"),
    TELECOM: ("tx77", "tx99", "tx135", "tx157", "tx170", "tx4", "tx62", "tx126", "tx93", "tx85"),
}  # fmt: skip
"""Ten places with a chamber of each kind, and at three of them a joined one next to it."""
WITH_ETHANE = frozenset(("ws164", "ws4", "ws24", "ws144", "ws78", "ys23", "ys129", "ys105", "ys76", "dl56"))
KINDS = {SEWER: "sewer", STORM: "storm", POWER: "power", TELECOM: "telecom"}
NAMES = {SEWER: "污水井", STORM: "雨水井", POWER: "电力井", TELECOM: "通信井"}


def streams() -> Iterator[StreamRow]:
    """Pressures of the gas network at the gate, regulators and ends, and what the gate sends out."""
    for node in INLETS:
        yield StreamRow(f"{LIVE_PREFIX}-GP-{node}", f"{node} 中压 / medium pressure", GAS_SIMULATOR,
                        Quantity.GAS_PRESSURE, node, 200.0, 420.0)  # fmt: skip
    for node in OUTLETS:
        yield StreamRow(f"{LIVE_PREFIX}-GP-{node}", f"{node} 调压箱出口 / regulator outlet", GAS_SIMULATOR,
                        Quantity.GAS_PRESSURE, node, 2.0, 3.2)  # fmt: skip
    for node in ENDS:
        yield StreamRow(f"{LIVE_PREFIX}-GP-{node}", f"{node} 管网末端压力 / end pressure", GAS_SIMULATOR,
                        Quantity.GAS_PRESSURE, node, 1.6, 3.2)  # fmt: skip
    yield StreamRow(f"{LIVE_PREFIX}-GQ-{GATE_PIPE}", "门站出口流量 / gate flow", GAS_SIMULATOR,
                    Quantity.GAS_FLOW, GATE_PIPE)  # fmt: skip


def of_chambers(network: str) -> Iterator[StreamRow]:
    """The air in the chambers of one network: methane in all, ethane in some, in sewers warmth, water, the battery.

    The chambers are their keepers', the devices in them the gas company's.
    """
    for code in CHAMBERS[network]:
        name = f"{NAMES[network]} {code}"
        yield _of_chamber("CH4", f"{name} 甲烷 / methane", Quantity.METHANE, code, 1.0)
        if code in WITH_ETHANE:
            yield _of_chamber("C2H6", f"{name} 乙烷 / ethane", Quantity.ETHANE, code, None)
        if network == SEWER:
            yield _of_chamber("AT", f"{name} 气温 / air temperature", Quantity.AIR_TEMPERATURE, code, None)
            yield _of_chamber("WL", f"{name} 水位 / water level", Quantity.WATER_LEVEL, code, None)
            yield _of_chamber("BT", f"{name} 电池 / battery", Quantity.BATTERY, code, None)


def _of_chamber(prefix: str, name: str, quantity: Quantity, code: str, high: float | None) -> StreamRow:
    return StreamRow(f"{LIVE_PREFIX}-{prefix}-{code}", name, SPACE_SIMULATOR, quantity, code, None, high, GAS_COMPANY)


def rules() -> Iterator[RuleRow]:
    """Methane in all chambers; pressures of the gas network in their bands."""
    yield RuleRow(f"{LIVE_PREFIX}-CH4", RuleKind.METHANE, methane_parameters())
    bands = {"LOW": (*OUTLETS, *ENDS), "MEDIUM": INLETS}
    limits = {"LOW": (1.6, 3.5, 0.1), "MEDIUM": (200.0, 420.0, 10.0)}
    for name, nodes in bands.items():
        low, high, dead_band = limits[name]
        yield RuleRow(
            f"{LIVE_PREFIX}-GAS-{name}",
            RuleKind.LIMIT,
            {
                "streams": [f"{LIVE_PREFIX}-GP-{node}" for node in nodes],
                "low": low,
                "high": high,
                "dead_band": dead_band,
                "on_delay_s": 120.0,
                "off_delay_s": 300.0,
                "stuck_s": 21600.0,
                "severity": "orange",
            },
        )


def battery_rules() -> Iterator[RuleRow]:
    """Batteries of the devices in sewers, which tell their charge themselves."""
    low = {"blue": LOW_PERCENT, "yellow": LOW_PERCENT / 2}
    parameters = {"quantity": Quantity.BATTERY.value, "low": low, "dead_band": 2.0, "on_delay_s": 3600.0}
    yield RuleRow(f"{LIVE_PREFIX}-BATTERY", RuleKind.LIMIT, parameters)


def methane_parameters(gas: str = GAS) -> dict[str, Any]:
    """The methane rule's parameters with their defaults."""
    return {
        "gas": gas,
        "chambers": dict(KINDS),
        "levels": dict(DEFAULT_LEVELS),
        "dead_band_lel": 5.0,
        "on_delay_s": 60.0,
        "off_delay_s": 900.0,
        "large_m3": LARGE_M3,
        "gathering": [],
        "leaks_before": {},
        "tracing": {"buffer_m": 30.0, "reach_m": 220.0},
    }
