"""When a chamber's methane begins to be an alarm, must be judged anew, and is over: one stream at a time, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chengmai.detection.methane_levels import DEFAULT_LEVELS, percent_lel

Memory = dict[str, Any]
_MINUTE_MS = 60_000


class WatchEvent(StrEnum):
    """What a reading brings about."""

    BEGIN = "begin"
    AGAIN = "again"
    END = "end"


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Levels [%LEL] and how steady a condition must be: dead-band [%LEL], delays [s] of phenomenon time."""

    levels: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_LEVELS))
    dead_band_lel: float = 5.0
    on_delay_s: float = 60.0
    off_delay_s: float = 900.0

    @property
    def least(self) -> float:
        """Where the lowest level begins [%LEL]."""
        return min(self.levels.values())


def watch(memory: Memory, time_ms: int, percent_vol: float, settings: WatchSettings) -> WatchEvent | None:
    """Take one reading in; ``memory`` is the stream's own and changes. What is no younger than the last is left out.

    A condition needs a second reading at least ``on_delay_s`` after the first, so that one spike is nobody's alarm.
    """
    if time_ms <= memory.get("last", -1):
        return None
    memory["last"] = time_ms
    told = percent_lel(percent_vol)
    if told >= settings.least:
        memory.setdefault("over", time_ms)
        memory.pop("under", None)
    elif told < settings.least - settings.dead_band_lel:
        memory.setdefault("under", time_ms)
        memory.pop("over", None)
    if not memory.get("active"):
        over = memory.get("over")
        if over is None or told < settings.least or time_ms - over < 1000 * settings.on_delay_s:
            return None
        memory.update(active=True, began=over, judged=time_ms, band=_band(told, settings))
        return WatchEvent.BEGIN
    under = memory.get("under")
    if under is not None and time_ms - under >= 1000 * settings.off_delay_s:
        for name in ("active", "over", "under", "began", "judged", "band"):
            memory.pop(name, None)
        return WatchEvent.END
    band = _band(told, settings)
    if band > memory["band"] or time_ms - memory["judged"] >= _pause_ms(time_ms - memory["began"]):
        memory.update(judged=time_ms, band=max(band, 0))
        return WatchEvent.AGAIN
    return None


def _band(told_lel: float, settings: WatchSettings) -> int:
    return sum(told_lel >= least for least in settings.levels.values())


def _pause_ms(age_ms: int) -> int:
    """Young alarms are judged often, old ones seldom."""
    if age_ms < 60 * _MINUTE_MS:
        return 2 * _MINUTE_MS
    return (15 if age_ms < 360 * _MINUTE_MS else 120) * _MINUTE_MS
