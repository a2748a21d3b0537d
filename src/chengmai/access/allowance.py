"""How often one address may ask at doors that nobody logs in at: a bucket that fills up again by the second."""

import time
from collections import OrderedDict
from threading import Lock

from chengmai.core.errors import TooMany

MOST_ADDRESSES = 20_000
"""Addresses remembered; the one not heard of for longest is forgotten first."""


class Allowance:
    """So many requests a minute for each address, as many at once after a pause; kept in this process only."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, address: str, moment: float | None = None) -> None:
        """Count one request; raises TooMany when the address has none left."""
        at = time.monotonic() if moment is None else moment
        with self._lock:
            left, seen = self._left.pop(address, (float(self.per_minute), at))
            left = min(float(self.per_minute), left + (at - seen) * self.per_minute / 60)
            allowed = left >= 1
            self._left[address] = (left - 1 if allowed else left, at)
            while len(self._left) > MOST_ADDRESSES:
                self._left.popitem(last=False)
        if not allowed:
            raise TooMany("door.too_many")
