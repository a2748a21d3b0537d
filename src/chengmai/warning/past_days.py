"""Past days of some streams by slot, read once, and again when readings of them came late."""

from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from chengmai.detection.baseline import Floats, day_medians
from chengmai.detection.night_signals import local_date, utc
from chengmai.detection.observations import Observations
from chengmai.settings import current
from chengmai.warning.rule_facts import Read

Key = tuple[str, int, bytes, int]


class PastDays:
    """Medians of whole local days by slot and stream, kept for as long as they are asked for."""

    def __init__(self) -> None:
        self._kept: dict[Key, Floats] = {}
        self._read_at: dict[Key, int] = {}
        self._late: set[Key] = set()

    def came(self, rule: str, version: int, streams: npt.NDArray[np.uint32], rows: Observations) -> None:
        """Take note of new rows: those of a day that was read already came late."""
        zone = current().zone
        for moment in np.unique(rows.time.astype("datetime64[h]")).astype("datetime64[ms]").astype(np.int64).tolist():
            key = (rule, version, streams.tobytes(), local_date(utc(moment), zone).toordinal())
            if key in self._kept:
                self._late.add(key)

    def of(
        self, rule: str, version: int, streams: npt.NDArray[np.uint32], day: date, read: Read, at_ms: int, pause_ms: int
    ) -> Floats:
        """One day, (n_slots, n_streams), as ``day_medians`` gives it; days long gone are forgotten.

        A day of which rows came late is read again, but not sooner than ``pause_ms`` after it was read last: a device
        that brings an old day row by row makes nobody read that day thousands of times. ``at_ms`` is the newest row's
        time, for detectors know no clock.
        """
        key = (rule, version, streams.tobytes(), day.toordinal())
        if key in self._late and at_ms - self._read_at[key] >= pause_ms:
            del self._kept[key]
            self._late.discard(key)
        if key not in self._kept:
            self._read_at[key] = at_ms
            start = start_of(day)
            rows = read(streams.tolist(), start, start + timedelta(days=1) - timedelta(milliseconds=1))
            self._kept[key] = day_medians(rows, streams, milliseconds(start))
            self._forget(rule, day)
        return self._kept[key]

    def _forget(self, rule: str, day: date) -> None:
        """Keep as many days of a rule as the longest memory asks for."""
        for key in [key for key in self._kept if key[0] == rule and key[3] < day.toordinal() - LONGEST_DAYS]:
            del self._kept[key], self._read_at[key]
            self._late.discard(key)


LONGEST_DAYS = 60
"""How far back a rule may look [days]."""


def start_of(day: date) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time(), tzinfo=current().zone)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)
