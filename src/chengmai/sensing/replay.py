"""Replaying a recorded table: its rows sent through the broker as a gateway would have sent them."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from chengmai.core.errors import InvalidInput
from chengmai.detection.night_balance import Series
from chengmai.sensing.models import Datastream
from chengmai.sensing.publishing import Publisher

MOST_READINGS = 500
"""Readings put into one message when nothing has to wait for its time."""


@dataclass(frozen=True, slots=True)
class Step:
    """The readings of one moment [ms since 1970] as (datastream code, value)."""

    time_ms: int
    readings: list[tuple[str, float]]


def streams_of(prefix: str, columns: Iterable[str]) -> dict[str, str]:
    """The datastream of every column: code ``<prefix>-<kind>-<column>`` or ``<prefix>-<column>``.

    Raises InvalidInput naming the columns that have none.
    """
    codes = Datastream.objects.filter(code__startswith=f"{prefix}-", active=True).values_list("code", flat=True)
    by_column: dict[str, str] = {}
    for code in sorted(codes):
        rest = code.removeprefix(f"{prefix}-")
        by_column[rest] = code
        by_column.setdefault(rest.partition("-")[2], code)
    missing = [column for column in columns if column not in by_column]
    if missing:
        raise InvalidInput("replay.unknown_columns", columns=", ".join(missing), prefix=prefix)
    return {column: by_column[column] for column in columns}


def steps(series: Mapping[str, Series], codes: Mapping[str, str]) -> Iterator[Step]:
    """The table's moments in order, holes left out."""
    columns = list(series)
    times = series[columns[0]].time.astype("datetime64[ms]").astype(np.int64).tolist()
    values = np.column_stack([series[column].value for column in columns])
    for place, moment in enumerate(times):
        row = values[place]
        told = [(codes[columns[n]], float(row[n])) for n in np.flatnonzero(~np.isnan(row)).tolist()]
        if told:
            yield Step(moment, told)


def replay(
    table: Iterable[Step],
    publisher: Publisher,
    topic: str,
    speed: float,
    sent: Callable[[Step, int], None],
) -> int:
    """Send all steps and wait until all are acknowledged; returns how many readings that were.

    ``speed`` is record time over real time, 0 for as fast as the broker acknowledges. ``sent`` is told the last step
    of every message and how many readings it had.
    """
    pile = _Pile(publisher, topic, sent)
    started, first = time.monotonic(), None
    for step in table:
        first = step.time_ms if first is None else first
        due = started + (step.time_ms - first) / 1000 / speed if speed else started
        if due > time.monotonic():
            pile.send()
            time.sleep(max(0.0, due - time.monotonic()))
        pile.add(step)
    pile.send()
    publisher.drain()
    return pile.sent


class _Pile:
    """Readings gathered for the next message."""

    def __init__(self, publisher: Publisher, topic: str, tell: Callable[[Step, int], None]) -> None:
        self.sent = 0
        self._publisher = publisher
        self._topic = topic
        self._tell = tell
        self._readings: list[dict[str, object]] = []
        self._last: Step | None = None

    def add(self, step: Step) -> None:
        """Take a moment's readings in; sends when the message is large enough."""
        moment = str(np.datetime64(step.time_ms, "ms")) + "Z"
        self._readings += [{"stream": code, "time": moment, "value": value} for code, value in step.readings]
        self._last = step
        if len(self._readings) >= MOST_READINGS:
            self.send()

    def send(self) -> None:
        """Send what was gathered, if anything was."""
        if self._last is None or not self._readings:
            return
        self._publisher.send(self._topic, msgspec.json.encode({"observations": self._readings}))
        self.sent += len(self._readings)
        self._tell(self._last, len(self._readings))
        self._readings = []
