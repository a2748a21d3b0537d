"""The types a city starts from: ranges and accuracies as such devices are usually sold; to be changed as data."""

from typing import Any


def _row(quantity: str, low: float, high: float, accuracy: float, of: str = "range") -> dict[str, Any]:
    return {"quantity": quantity, "low": low, "high": high, "accuracy": accuracy, "accuracy_of": of}


_BATTERY = {"quantity": "battery", "low": 0, "high": 100}
_YEAR = 365
CUSTOMARY: dict[str, dict[str, Any]] = {
    "gas-methane": {
        "name_zh": "甲烷探测器",
        "name_en": "Methane detector",
        "quantities": [
            _row("methane", 0, 20, 5, "reading"),
            {"quantity": "ethane", "low": 0, "high": 10000},
            _row("air_temperature", -40, 85, 1, "absolute"),
            _row("water_level", 0, 10, 1),
            _BATTERY,
        ],
        "calibration_days": _YEAR,
        "battery_days": 3 * _YEAR,
        "interval_s": 1800,
    },
    "gas-pressure": {
        "name_zh": "燃气压力记录仪",
        "name_en": "Gas pressure logger",
        "quantities": [_row("gas_pressure", 0, 600, 0.5), _BATTERY],
        "calibration_days": _YEAR,
        "battery_days": 3 * _YEAR,
        "interval_s": 300,
    },
    "gas-flow": {
        "name_zh": "燃气流量计",
        "name_en": "Gas flow meter",
        "quantities": [_row("gas_flow", 0, 50000, 1.5, "reading")],
        "calibration_days": 2 * _YEAR,
        "battery_days": None,
        "interval_s": 300,
    },
    "water-pressure": {
        "name_zh": "供水压力记录仪",
        "name_en": "Water pressure logger",
        "quantities": [_row("pressure_head", 0, 163, 0.5), _BATTERY],
        "calibration_days": _YEAR,
        "battery_days": 3 * _YEAR,
        "interval_s": 300,
    },
    "water-flow": {
        "name_zh": "供水流量计",
        "name_en": "Water flow meter",
        "quantities": [_row("flow", -20000, 20000, 1, "reading"), _BATTERY],
        "calibration_days": 2 * _YEAR,
        "battery_days": 5 * _YEAR,
        "interval_s": 300,
    },
    "level": {
        "name_zh": "液位计",
        "name_en": "Level meter",
        "quantities": [_row("level", 0, 20, 0.5), _row("water_level", 0, 20, 0.5), _BATTERY],
        "calibration_days": _YEAR,
        "battery_days": 3 * _YEAR,
        "interval_s": 300,
    },
    "water-quality": {
        "name_zh": "多参数水质仪",
        "name_en": "Water quality analyser",
        "quantities": [
            _row("chlorine", 0, 5, 0.05, "absolute"),
            _row("turbidity", 0, 100, 5, "reading"),
            _row("ph", 0, 14, 0.1, "absolute"),
        ],
        "calibration_days": 90,
        "battery_days": None,
        "interval_s": 900,
    },
    "heat-station": {
        "name_zh": "热力站监测单元",
        "name_en": "Heat station unit",
        "quantities": [
            _row("supply_temperature", 0, 150, 0.5, "absolute"),
            _row("return_temperature", 0, 150, 0.5, "absolute"),
            _row("heat_pressure", 0, 2500, 0.5),
            _row("heat_flow", 0, 20000, 1, "reading"),
            _row("heat_power", 0, 1000000, 2, "reading"),
            _row("make_up_flow", 0, 1000, 1, "reading"),
        ],
        "calibration_days": 2 * _YEAR,
        "battery_days": None,
        "interval_s": 300,
    },
    "temperature": {
        "name_zh": "温度计",
        "name_en": "Thermometer",
        "quantities": [
            _row("room_temperature", -20, 60, 0.5, "absolute"),
            _row("air_temperature", -40, 85, 0.5, "absolute"),
            _BATTERY,
        ],
        "calibration_days": 2 * _YEAR,
        "battery_days": 3 * _YEAR,
        "interval_s": 1800,
    },
    "centre-equipment": {
        "name_zh": "监测中心设备",
        "name_en": "Equipment of the centre",
        "quantities": [],
        "calibration_days": None,
        "battery_days": None,
        "interval_s": 300,
    },
}
