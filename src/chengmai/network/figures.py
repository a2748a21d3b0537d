"""Figures as people type them: parsed strictly, so that nothing that is no number slips through as one."""

import math
import re

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_CLOCK = re.compile(r"(\d+):(\d{1,2})(?::(\d{1,2}))?", re.ASCII)
_SECONDS = {"SEC": 1, "MIN": 60, "HOU": 3600, "DAY": 86400}


def parse_number(text: str) -> float | None:
    """A finite number, or None: no ``nan``, no ``inf``, no underscores."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def parse_duration(words: list[str]) -> int | None:
    """Seconds of ``1:30``, ``0:00:10``, ``90 MIN``, ``1.5`` (hours); of ``6 AM`` and ``6:30 PM``, since midnight."""
    if not words:
        return None
    unit = words[1].upper() if len(words) > 1 else ""
    clock = _CLOCK.fullmatch(words[0])
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        told = float(hours * 3600 + minutes * 60 + seconds)
    else:
        number = parse_number(words[0])
        if number is None or number < 0:
            return None
        told = number * _SECONDS.get(unit[:3], 3600)
    if unit in {"AM", "PM"}:
        if told >= 13 * 3600:
            return None
        told = told % (12 * 3600) + (12 * 3600 if unit == "PM" else 0)
    elif unit and unit[:3] not in _SECONDS:
        return None
    return round(told) if told < 2**31 else None


def read_figure(text: str, least: float | None, most: float) -> tuple[float, str, dict[str, str]]:
    """A figure within limits: its value and '', or 0 with the rule it breaks and that rule's details."""
    value = parse_number(text)
    if value is None:
        return 0.0, "number.invalid", {}
    if abs(value) > most:
        return 0.0, "number.too_large", {"most": f"{most:g}"}
    if least is not None and value < least:
        return value, "number.too_small", {"least": f"{least:g}"}
    return value, "", {}
