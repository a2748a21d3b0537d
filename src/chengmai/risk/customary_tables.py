"""The tables of factors a city starts from (version 0): common practice of risk matrices, to be set by its engineers.

Factors after the list of the field: probability by age, material, pressure, depth and past leaks; consequence by
users cut off, size, important places and closed spaces near by. Points, weights and limits are defaults, not law.
"""

from typing import Any

from chengmai.network.utilities import Utility

_LEVELS = [[16, "red"], [9, "orange"], [4, "yellow"], [1, "blue"]]


def _bands(fact: str, side: str, weight: float, bands: list[list[float | None]], unknown: int = 3) -> dict[str, Any]:
    return {"fact": fact, "side": side, "weight": weight, "bands": bands, "unknown": unknown}


def _classes(fact: str, weight: float, classes: dict[str, int], unknown: int = 3) -> dict[str, Any]:
    return {
        "fact": fact,
        "side": "probability",
        "weight": weight,
        "classes": classes,
        "other": 3,
        "unknown": unknown,
    }


_AGE = _bands("age_years", "probability", 3, [[10, 1], [20, 2], [30, 3], [40, 4], [None, 5]])
_LEAKS = _bands("past_leaks", "probability", 3, [[0, 1], [1, 4], [None, 5]])
_KEY_PLACE = _bands("key_place_m", "consequence", 3, [[20, 5], [50, 4], [100, 3], [200, 2], [None, 1]], 1)

CUSTOMARY: dict[Utility, dict[str, Any]] = {
    Utility.WATER: {
        "factors": [
            _AGE,
            _classes(
                "material",
                3,
                {
                    "PE": 1,
                    "球墨铸铁": 1,
                    "不锈钢": 1,
                    "PVC": 3,
                    "钢": 3,
                    "钢管": 3,
                    "镀锌钢": 4,
                    "铸铁": 5,
                    "灰口铸铁": 5,
                },
            ),
            _bands("cover_m", "probability", 1, [[0.7, 5], [1.0, 3], [2.5, 1], [None, 2]]),
            _LEAKS,
            _bands("users", "consequence", 3, [[20, 1], [100, 2], [300, 3], [1000, 4], [None, 5]]),
            _bands("diameter_mm", "consequence", 2, [[100, 1], [200, 2], [400, 3], [600, 4], [None, 5]]),
            _KEY_PLACE,
        ],
        "levels": _LEVELS,
    },
    Utility.GAS: {
        "factors": [
            _AGE,
            _classes(
                "material", 3, {"PE": 1, "钢": 3, "钢管": 3, "镀锌钢": 4, "球墨铸铁": 4, "铸铁": 5, "灰口铸铁": 5}
            ),
            _classes("pressure_class", 2, {"low": 1, "medium_b": 2, "medium_a": 3, "sub_high": 4, "high": 5}),
            _bands("cover_m", "probability", 1, [[0.6, 5], [0.9, 3], [2.5, 1], [None, 2]]),
            _LEAKS,
            _bands("chamber_m", "consequence", 4, [[1, 5], [3, 4], [5, 3], [10, 2], [None, 1]], 1),
            _KEY_PLACE,
            _bands("users", "consequence", 2, [[20, 1], [100, 2], [300, 3], [1000, 4], [None, 5]]),
        ],
        "levels": _LEVELS,
    },
    Utility.HEAT: {
        "factors": [
            _AGE,
            _bands("cover_m", "probability", 1, [[0.7, 5], [1.0, 3], [2.5, 1], [None, 2]]),
            _LEAKS,
            _bands("users", "consequence", 3, [[100, 1], [300, 2], [1000, 3], [3000, 4], [None, 5]]),
            _bands("diameter_mm", "consequence", 2, [[100, 1], [200, 2], [400, 3], [600, 4], [None, 5]]),
            _KEY_PLACE,
        ],
        "levels": _LEVELS,
    },
}
