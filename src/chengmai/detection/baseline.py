"""What is usual at a time of day: the band in which past days lay, and how far a reading lies beyond it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chengmai.detection.observations import Observations

Floats = npt.NDArray[np.float64]
SLOTS = 96
"""Slots of a day: a quarter of an hour each."""
DAY_MS = 86_400_000
MAD_TO_DEVIATION = 1.4826
"""Median absolute deviation times this is the standard deviation of a normal distribution."""


@dataclass(frozen=True, slots=True)
class DayBand:
    """Middle and spread (n_slots, n_streams) of past days by slot, in the streams' units; NaN where not known."""

    middle: Floats
    spread: Floats


def day_medians(rows: Observations, streams: npt.NDArray[np.uint32], start_ms: int) -> Floats:
    """Medians of one local day by slot, shape (n_slots, n_streams), NaN where nothing was read.

    ``streams`` are sorted; ``start_ms`` is the day's first moment [ms since 1970]. Rows of other days are left out.
    """
    times = rows.time.astype("datetime64[ms]").astype(np.int64) - start_ms
    mine = (times >= 0) & (times < DAY_MS) & np.isin(rows.stream, streams)
    slot = times[mine] * SLOTS // DAY_MS
    group = slot * len(streams) + np.searchsorted(streams, rows.stream[mine])
    values = rows.value[mine]
    table = np.full(SLOTS * len(streams), np.nan)
    if len(group):
        order = np.lexsort((values, group))
        group, values = group[order], values[order]
        found, first, count = np.unique(group, return_index=True, return_counts=True)
        table[found] = (values[first + (count - 1) // 2] + values[first + count // 2]) / 2
    return table.reshape(SLOTS, len(streams))


def band_of(days: Sequence[Floats], least_days: int) -> DayBand | None:
    """The band of past days, each as ``day_medians`` gives it; None when fewer than ``least_days`` tell anything."""
    told = [day for day in days if not np.isnan(day).all()]
    if len(told) < least_days:
        return None
    stack = np.stack(told)
    known = (~np.isnan(stack)).sum(axis=0) >= least_days
    middle, spread = np.full(known.shape, np.nan), np.full(known.shape, np.nan)
    middle[known] = np.nanmedian(stack[:, known], axis=0)
    spread[known] = MAD_TO_DEVIATION * np.nanmedian(np.abs(stack[:, known] - middle[known]), axis=0)
    return DayBand(middle, spread)


def deviations(
    rows: Observations, streams: npt.NDArray[np.uint32], band: DayBand, start_ms: int, spreads: float
) -> Observations:
    """The rows with how far they lie beyond the band in place of their value: 0 inside it, negative below it.

    The band reaches ``spreads`` times the spread to both sides of the middle. Rows whose slot has no band are left out.
    """
    times = rows.time.astype("datetime64[ms]").astype(np.int64) - start_ms
    mine = np.isin(rows.stream, streams)
    kept, times = rows.take(mine), times[mine]
    column = np.searchsorted(streams, kept.stream)
    middle = _between(band.middle, column, times)
    room = spreads * _between(band.spread, column, times)
    off = kept.value - middle
    beyond = np.sign(off) * np.maximum(np.abs(off) - room, 0.0)
    known = ~np.isnan(beyond)
    told = kept.take(known)
    return Observations(told.stream, told.time, beyond[known], told.revision, told.batch)


def _between(table: Floats, column: npt.NDArray[np.int64], times: npt.NDArray[np.int64]) -> Floats:
    """The table's values at moments of the day, between slots' middles in proportion; the known one beside a hole."""
    place = (times % DAY_MS) / DAY_MS * SLOTS - 0.5
    first = np.floor(place).astype(np.int64)
    share = place - first
    left, right = table[first % SLOTS, column], table[(first + 1) % SLOTS, column]
    mixed: Floats = np.where(np.isnan(left), right, np.where(np.isnan(right), left, (1 - share) * left + share * right))
    return mixed
