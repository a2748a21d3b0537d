"""The units an EPANET input file may speak, as factors to SI (EPANET 2.2 user manual, appendix A)."""

from dataclasses import dataclass

FOOT = 0.3048
INCH = 0.0254
PSI_AS_HEAD = 0.3048 / 0.4333
"""Metres of water in one psi, as EPANET counts it."""
KPA_AS_HEAD = PSI_AS_HEAD / 6.894757
_US_GALLON = 0.003785411784
_IMPERIAL_GALLON = 0.00454609

FLOW_FACTORS: dict[str, float] = {
    "CFS": FOOT**3,
    "GPM": _US_GALLON / 60,
    "MGD": _US_GALLON * 1e6 / 86400,
    "IMGD": _IMPERIAL_GALLON * 1e6 / 86400,
    "AFD": 43560 * FOOT**3 / 86400,
    "LPS": 1e-3,
    "LPM": 1e-3 / 60,
    "MLD": 1e3 / 86400,
    "CMH": 1 / 3600,
    "CMD": 1 / 86400,
    "CMS": 1.0,
}
_CUSTOMARY = frozenset({"CFS", "GPM", "MGD", "IMGD", "AFD"})


@dataclass(frozen=True, slots=True)
class InpUnits:
    """Factors that bring a file's figures to SI: m3/s, m, m of head, W, m3."""

    name: str
    flow: float
    length: float
    diameter: float
    pressure: float
    power: float
    darcy_roughness: float

    @property
    def volume(self) -> float:
        """Factor to m3."""
        return self.length**3

    def roughness(self, headloss: str) -> float:
        """Factor of a pipe's roughness: a length for Darcy-Weisbach, none for the other formulas."""
        return self.darcy_roughness if headloss == "D-W" else 1.0

    def emitter(self, exponent: float) -> float:
        """Factor of an emitter's coefficient, to m3/s per m^exponent."""
        return float(self.flow / self.pressure**exponent)


def units_of(flow: str, pressure: str = "") -> InpUnits:
    """The units that go with a flow unit, and a pressure unit where the file names one; KeyError for an unknown one."""
    customary = flow in _CUSTOMARY
    head = {"": PSI_AS_HEAD if customary else 1.0, "PSI": PSI_AS_HEAD, "KPA": KPA_AS_HEAD, "METERS": 1.0}[pressure]
    if customary:
        return InpUnits(flow, FLOW_FACTORS[flow], FOOT, INCH, head, 745.7, 1e-3 * FOOT)
    return InpUnits(flow, FLOW_FACTORS[flow], 1.0, 1e-3, head, 1000.0, 1e-3)
