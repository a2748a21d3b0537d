"""Past days of some streams by slot, read once: past days do not change."""

from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from chengmai.detection.baseline import Floats, day_medians
from chengmai.settings import current
from chengmai.warning.rule_facts import Read


class PastDays:
    """Medians of whole local days by slot and stream, kept for as long as they are asked for."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, bytes, int], Floats] = {}

    def of(self, rule: str, version: int, streams: npt.NDArray[np.uint32], day: date, read: Read) -> Floats:
        """One day, (n_slots, n_streams), as ``day_medians`` gives it; days long gone are forgotten."""
        key = (rule, version, streams.tobytes(), day.toordinal())
        if key not in self._kept:
            start = start_of(day)
            rows = read(streams.tolist(), start, start + timedelta(days=1) - timedelta(milliseconds=1))
            self._kept[key] = day_medians(rows, streams, milliseconds(start))
            self._forget(rule, day)
        return self._kept[key]

    def _forget(self, rule: str, day: date) -> None:
        """Keep as many days of a rule as the longest memory asks for."""
        for key in [key for key in self._kept if key[0] == rule and key[3] < day.toordinal() - LONGEST_DAYS]:
            del self._kept[key]


LONGEST_DAYS = 60
"""How far back a rule may look [days]."""


def start_of(day: date) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time(), tzinfo=current().zone)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)
