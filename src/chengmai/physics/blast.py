"""How far an explosion of gas below ground reaches, and how far a burst main may: radii in m.

TNT equivalent with Sadovsky's formula for a charge on the ground; a rough measure for closing streets, not for design.
"""

from math import sqrt

METHANE_HEAT_MJKG = 50.0
"""Lower heating value of methane [MJ/kg]."""
TNT_HEAT_MJKG = 4.52
YIELD = 0.04
"""Share of the energy that goes into the blast (default)."""
HEAVY_INJURY_KPA, LIGHT_INJURY_KPA = 44.0, 17.0
STOICHIOMETRIC_SHARE = 0.095
"""Methane in air at which the blast is strongest [m3/m3]."""
METHANE_DENSITY_KGM3 = 0.668
"""At 20 degC and 101.325 kPa."""


def tnt_kg(gas_kg: float, heat_mjkg: float = METHANE_HEAT_MJKG, share: float = YIELD) -> float:
    """TNT that blasts like a mass of gas [kg]: alpha W Qf / 4.52 MJ/kg."""
    return share * gas_kg * heat_mjkg / TNT_HEAT_MJKG


def overpressure_kpa(charge_kg: float, distance_m: float) -> float:
    """Sadovsky: 84/Z + 270/Z^2 + 700/Z^3 with Z = R / W^(1/3) [m/kg^(1/3)], TNT [kg] on the ground."""
    scaled = float(distance_m / charge_kg ** (1 / 3))
    return 84 / scaled + 270 / scaled**2 + 700 / scaled**3


def blast_radius_m(charge_kg: float, pressure_kpa: float) -> float:
    """The distance at which the overpressure falls to a value; the formula falls steadily, so it is halved down to."""
    if charge_kg <= 0:
        return 0.0
    near, far = 1e-3, 1e4
    for _ in range(80):
        middle = sqrt(near * far)
        if overpressure_kpa(charge_kg, middle) > pressure_kpa:
            near = middle
        else:
            far = middle
    return float(sqrt(near * far))


def chamber_gas_kg(volume_m3: float, share: float = STOICHIOMETRIC_SHARE) -> float:
    """Mass of the methane in a space [m3] at a volume share; by default at the strongest mixture."""
    return volume_m3 * share * METHANE_DENSITY_KGM3


def impact_radius_m(diameter_mm: float, pressure_mpa: float) -> float:
    """Potential impact radius of a gas main: 0.099 sqrt(d^2 p), d in mm, gauge pressure in MPa (ASME B31.8S)."""
    return 0.099 * sqrt(diameter_mm**2 * pressure_mpa)
