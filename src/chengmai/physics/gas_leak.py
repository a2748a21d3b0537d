"""Gas through a hole: mass flow into the open or into the soil, choked or not. SI units, pressures absolute [Pa]."""

from math import sqrt

GAMMA = 1.31
"""Ratio of the heat capacities of methane at 15 degC (NIST web book)."""
MOLAR_MASS_KGMOL = 0.01604
GAS_CONSTANT = 8.314462618
AMBIENT_PA = 101_325.0
DISCHARGE = 0.8
"""Discharge coefficient of a hole with sharp edges at a small pressure ratio; 1 is a rounded nozzle."""
STANDARD_K = 293.15


def critical_ratio(gamma: float = GAMMA) -> float:
    """Ratio of the pressure before the hole to the one behind it above which the flow is choked: 1.84 for methane."""
    return float(((gamma + 1) / 2) ** (gamma / (gamma - 1)))


def leak_mass_flow_kgs(
    pressure_pa: float,
    area_m2: float,
    temperature_k: float = 283.15,
    ambient_pa: float = AMBIENT_PA,
    discharge: float = DISCHARGE,
    gamma: float = GAMMA,
    molar_mass_kgmol: float = MOLAR_MASS_KGMOL,
) -> float:
    """Mass flow [kg/s] of an ideal gas through a hole from a pressure to a lower one, both absolute [Pa]; else 0.

    Choked: Cd A p0 sqrt(gamma M / (R T)) (2 / (gamma + 1))^((gamma + 1) / (2 (gamma - 1))); else Saint-Venant and
    Wantzel's form. Both meet at the critical ratio.
    """
    if pressure_pa <= ambient_pa or area_m2 <= 0:
        return 0.0
    per_root = molar_mass_kgmol / (GAS_CONSTANT * temperature_k)
    if pressure_pa / ambient_pa >= critical_ratio(gamma):
        funnel = (2 / (gamma + 1)) ** ((gamma + 1) / (2 * (gamma - 1)))
        return float(discharge * area_m2 * pressure_pa * sqrt(gamma * per_root) * funnel)
    ratio = ambient_pa / pressure_pa
    expansion = ratio ** (2 / gamma) - ratio ** ((gamma + 1) / gamma)
    return float(discharge * area_m2 * pressure_pa * sqrt(2 * gamma / (gamma - 1) * per_root * expansion))


def volume_flow_m3s(mass_kgs: float, temperature_k: float = STANDARD_K, pressure_pa: float = AMBIENT_PA) -> float:
    """The volume [m3/s] that a mass flow [kg/s] of methane takes at a temperature and an absolute pressure."""
    return mass_kgs / MOLAR_MASS_KGMOL * GAS_CONSTANT * temperature_k / pressure_pa
