"""The two balances of L-Town, the town of the Battle of the Leakage Detection and Isolation Methods 2020.

Source: Vrachimis et al. (2020), Zenodo 4017659, CC-BY 4.0. Tank T1 has a diameter of 16 m; PUMP_1 fills it from the
main zone. The tank's zone has a large user who draws for an hour or two on some nights, so its figure is the lowest
hour of a wider window.
"""

from math import pi

from chengmai.detection.night_balance import BalanceArea, Tank

MAIN_ZONE = BalanceArea("main-zone", {"p227": 1, "p235": 1, "PUMP_1": -1})
TANK_ZONE = BalanceArea("tank-zone", {"PUMP_1": 1}, Tank("T1", pi / 4 * 16**2), (1.0, 5.0), "lowest_hour")
BALANCES = (MAIN_ZONE, TANK_ZONE)
