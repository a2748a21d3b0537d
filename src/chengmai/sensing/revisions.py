"""Identity of an observation: stream and phenomenon time. Pure: which rows are new, repeated or revise a stored one.

A row that came through the broker carries its message number, so that a redelivery after a kill is recognised even
when the value was revised meanwhile; rows from other doors carry 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from chengmai.detection.observations import Observations

REPEATED = -1
"""The verdict on a row that is already stored; every other verdict is the row's revision."""

NEVER = np.iinfo(np.int64).min


class Revision(NamedTuple):
    """One stored value of an identity."""

    value: float
    message: int


Identity = tuple[int, int]
"""Stream and phenomenon time in ms since 1970."""

Lookup = Callable[[list[Identity]], dict[Identity, list[Revision]]]
"""Stored revisions of identities, oldest first; identities that are not stored are left out."""


@dataclass(slots=True)
class Newest:
    """The newest stored row of every stream, indexed by the stream's identity.

    ``time`` int64 ms since 1970 (``NEVER`` when the stream has no row), ``received`` int64 ms by our clock.
    """

    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    revision: npt.NDArray[np.uint32]
    message: npt.NDArray[np.uint64]
    received: npt.NDArray[np.int64]

    @classmethod
    def empty(cls) -> "Newest":
        """No stream has a row."""
        return cls(
            np.full(0, NEVER, dtype=np.int64),
            np.zeros(0),
            np.zeros(0, dtype=np.uint32),
            np.zeros(0, dtype=np.uint64),
            np.zeros(0, dtype=np.int64),
        )

    def cover(self, stream: int) -> None:
        """Make room for streams up to and including this one."""
        missing = max(stream + 1, 2 * len(self.time)) - len(self.time) if stream >= len(self.time) else 0
        if missing:
            self.time = np.concatenate([self.time, np.full(missing, NEVER, dtype=np.int64)])
            self.value = np.concatenate([self.value, np.zeros(missing)])
            self.revision = np.concatenate([self.revision, np.zeros(missing, dtype=np.uint32)])
            self.message = np.concatenate([self.message, np.zeros(missing, dtype=np.uint64)])
            self.received = np.concatenate([self.received, np.zeros(missing, dtype=np.int64)])

    def advance(self, rows: Observations, message: npt.NDArray[np.uint64], received_ms: npt.NDArray[np.int64]) -> None:
        """Take in stored rows."""
        if not len(rows):
            return
        self.cover(int(rows.stream.max()))
        times = rows.time.astype(np.int64)
        order = np.lexsort((rows.revision, times, rows.stream))
        last = order[np.append(rows.stream[order][1:] != rows.stream[order][:-1], True)]
        streams = rows.stream[last]
        newer = times[last] >= self.time[streams]
        last, streams = last[newer], streams[newer]
        self.time[streams] = times[last]
        self.value[streams] = rows.value[last]
        self.revision[streams] = rows.revision[last]
        self.message[streams] = message[last]
        self.received[streams] = received_ms[last]


def verdict(value: float, message: int, stored: list[Revision]) -> int:
    """The revision a row becomes among the stored ones of its identity, or ``REPEATED``.

    Same value as the newest one: repeated. Same value as an older one: repeated when the row's message is known to
    be no younger than what is stored, otherwise a correction back to that value, and so a revision of its own.
    """
    if stored and stored[-1].value == value:
        return REPEATED
    if message and any(old.value == value for old in stored) and any(old.message >= message for old in stored):
        return REPEATED
    return len(stored)


def judge(rows: Observations, message: npt.NDArray[np.uint64], newest: Newest, lookup: Lookup) -> npt.NDArray[np.int64]:
    """A verdict for every row, in order of arrival: its revision, or ``REPEATED``.

    Rows younger than all their stream has stored need no look-up; the rest are compared with what is stored.
    """
    verdicts = np.zeros(len(rows), dtype=np.int64)
    if not len(rows):
        return verdicts
    newest.cover(int(rows.stream.max()))
    times = rows.time.astype(np.int64)
    order = np.lexsort((times, rows.stream))
    same = (rows.stream[order][1:] == rows.stream[order][:-1]) & (times[order][1:] == times[order][:-1])
    twice = np.zeros(len(rows), dtype=bool)
    twice[order] = np.append(same, False) | np.append(False, same)
    mark = newest.time[rows.stream]
    simple = (times == mark) & ~twice & (newest.revision[rows.stream] == 0)
    verdicts[simple & (newest.value[rows.stream] == rows.value)] = REPEATED
    verdicts[simple & (newest.value[rows.stream] != rows.value)] = 1
    hard = np.flatnonzero(((times <= mark) | twice) & ~simple)
    if not len(hard):
        return verdicts
    identities = list(zip(rows.stream[hard].tolist(), times[hard].tolist(), strict=True))
    asked = list(dict.fromkeys(key for key, old in zip(identities, times[hard] <= mark[hard], strict=True) if old))
    stored = lookup(asked) if asked else {}
    for index, key in zip(hard.tolist(), identities, strict=True):
        known = stored.setdefault(key, [])
        told = verdict(float(rows.value[index]), int(message[index]), known)
        verdicts[index] = told
        if told != REPEATED:
            known.append(Revision(float(rows.value[index]), int(message[index])))
    return verdicts
