"""What is measured of the demonstration's drinking water, and the limits it must keep at the tap."""

from collections.abc import Iterator

from chengmai.core.units import Quantity
from chengmai.demo.networks import SIMULATOR
from chengmai.demo.sensors import LIVE_PREFIX, RuleRow, StreamRow
from chengmai.warning.models import RuleKind

NODES = ("n1", "n54", "n105", "n163", "n288", "n332", "n506", "n679")
"""Where the water is measured: some of the nodes that have a pressure sensor too."""
LEAST_CHLORINE_MG_L, MOST_TURBIDITY_NTU, PH_RANGE = 0.05, 1.0, (6.5, 8.5)
"""Limits at the tap."""
_KINDS = (
    ("CL", Quantity.CHLORINE, "余氯 / residual chlorine", LEAST_CHLORINE_MG_L, None),
    ("TU", Quantity.TURBIDITY, "浊度 / turbidity", None, MOST_TURBIDITY_NTU),
    ("PH", Quantity.PH, "pH", *PH_RANGE),
)


def streams() -> Iterator[StreamRow]:
    """Residual chlorine, turbidity and pH at each place."""
    for node in NODES:
        for short, quantity, text, low, high in _KINDS:
            yield StreamRow(f"{LIVE_PREFIX}-{short}-{node}", f"{node} {text}", SIMULATOR, quantity, node, low, high)


def rules() -> Iterator[RuleRow]:
    """One rule a quantity."""
    graver = {
        Quantity.CHLORINE: {"low": {"yellow": LEAST_CHLORINE_MG_L, "orange": 0.02}},
        Quantity.TURBIDITY: {"high": {"yellow": MOST_TURBIDITY_NTU, "orange": 3.0, "red": 5.0}},
        Quantity.PH: {"low": {"yellow": PH_RANGE[0], "orange": 6.0}, "high": {"yellow": PH_RANGE[1], "orange": 9.0}},
    }
    dead_bands = {Quantity.CHLORINE: 0.02, Quantity.TURBIDITY: 0.1, Quantity.PH: 0.1}
    for short, quantity, _, _, _ in _KINDS:
        yield RuleRow(
            f"{LIVE_PREFIX}-QUALITY-{short}",
            RuleKind.LIMIT,
            {
                "streams": [f"{LIVE_PREFIX}-{short}-{node}" for node in NODES],
                **graver[quantity],
                "dead_band": dead_bands[quantity],
                "on_delay_s": 120.0,
                "off_delay_s": 300.0,
                "stuck_s": 21600.0,
            },
        )
