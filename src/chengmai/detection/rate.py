"""How fast readings change: the slope of the line through the last readings of a stream, for many streams at once."""

import numpy as np
import numpy.typing as npt

from chengmai.detection.observations import Observations

LEAST_READINGS = 3
"""A line through fewer readings says nothing."""
LEAST_SHARE = 0.5
"""Share of the window that the readings must span: a gap is not a change."""


def slopes(rows: Observations, history: Observations, window_ms: int) -> Observations:
    """The rows with their slope [unit/min] in place of their value; rows with too little history are left out.

    ``history`` holds the readings of the same streams over the window before the rows, and the rows themselves. The
    slope is that of least squares over the readings in (time - window, time].
    """
    streams, times, values = _ordered(history)
    if not len(rows) or not len(times):
        return rows.take(np.zeros(0, dtype=np.int64))
    row_times = rows.time.astype("datetime64[ms]").astype(np.int64)
    first = int(min(times.min(), row_times.min())) - window_ms
    span = int(max(times.max(), row_times.max())) - first + window_ms + 1
    known = np.unique(streams)
    place = np.searchsorted(known, streams) * span + (times - first)
    wanted = np.searchsorted(known, rows.stream) * span + (row_times - first)
    begin = np.searchsorted(place, wanted - window_ms, side="right")
    end = np.searchsorted(place, wanted, side="right")
    count = end - begin
    enough = np.isin(rows.stream, known) & (count >= LEAST_READINGS)
    begin, end, count = begin[enough], end[enough], count[enough]
    minutes = (times - first) / 60_000.0
    middle = _sums(minutes, begin, end) / count
    # Around the middle of each window, or large times would eat the digits of small differences.
    x = _sums(minutes, begin, end) - count * middle
    xx = _sums(minutes * minutes, begin, end) - 2 * middle * _sums(minutes, begin, end) + count * middle**2
    y = _sums(values, begin, end)
    xy = _sums(minutes * values, begin, end) - middle * y
    spread = minutes[end - 1] - minutes[begin]
    told = (spread >= LEAST_SHARE * window_ms / 60_000) & (xx > 0)
    slope = (xy[told] - x[told] * y[told] / count[told]) / xx[told]
    kept = rows.take(np.flatnonzero(enough)[told])
    return Observations(kept.stream, kept.time, slope, kept.revision, kept.batch)


def _ordered(
    history: Observations,
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Streams, times and values by stream and time; of a time told several times the newest revision."""
    times = history.time.astype("datetime64[ms]").astype(np.int64)
    order = np.lexsort((history.revision, times, history.stream))
    stream, time, value = history.stream[order], times[order], history.value[order]
    if not len(stream):
        return stream, time, value
    newest = np.append((stream[1:] != stream[:-1]) | (time[1:] != time[:-1]), True)
    return stream[newest], time[newest], value[newest]


def _sums(
    values: npt.NDArray[np.float64], begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    running = np.concatenate([[0.0], np.cumsum(values)])
    sums: npt.NDArray[np.float64] = running[end] - running[begin]
    return sums
