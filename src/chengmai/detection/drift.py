"""A sensor that drifts: day by day it moves away from where it stood among its neighbours.

Each day a stream's difference from the median of all streams of the rule is taken slot by slot, and its median is the
day's figure: what all share (demand, season, a pump) cancels. The reference is the first days that were seen; the last
few are held against it. Where too few streams speak there are no neighbours, and nothing is said.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.detection.baseline import Floats

Memory = dict[str, Any]
LEAST_NEIGHBOURS = 3
"""Streams that must be read in a slot for its median to stand for the neighbours."""
LEAST_SLOTS = 24
"""Slots of a day a stream must have been read in for its figure to count."""


def day_differences(day: Floats) -> Floats:
    """Each stream's difference from its neighbours on one day, (n_streams,); NaN where too little was read.

    ``day`` is what ``day_medians`` gives, (n_slots, n_streams).
    """
    told = (~np.isnan(day)).sum(axis=1) > LEAST_NEIGHBOURS
    figures = np.full(day.shape[1], np.nan)
    if not told.any():
        return figures
    apart = day[told] - np.nanmedian(day[told], axis=1)[:, None]
    enough = (~np.isnan(apart)).sum(axis=0) >= LEAST_SLOTS
    figures[enough] = np.nanmedian(apart[:, enough], axis=0)
    return figures


def take_day(
    streams: npt.NDArray[np.uint32], day: int, figures: Floats, reference_days: int, recent_days: int, memory: Memory
) -> None:
    """Take a day's figures into the ``memory``; a day that is in it already gets its new figures.

    ``memory`` is {stream: [[(day, figure) of the reference], [(day, figure) of the last days]]}. A day older than what
    it holds of a stream changes nothing any more.
    """
    for stream, figure in zip(streams.tolist(), figures.tolist(), strict=True):
        reference, recent = memory.setdefault(str(stream), [[], []])
        for told in (reference, recent):
            told[:] = [one for one in told if one[0] != day]
        if np.isnan(figure):
            continue
        if len(reference) < reference_days and (not recent or day < recent[0][0]):
            reference.append([day, figure])
            reference.sort()
        elif not reference or day > reference[-1][0]:
            recent.append([day, figure])
            recent.sort()
            del recent[:-recent_days]


def drifted(streams: npt.NDArray[np.uint32], day: int, recent_days: int, memory: Memory) -> dict[int, float]:
    """How far each stream that was read on a day has drifted from its reference [its unit], once both are known."""
    found: dict[int, float] = {}
    for stream in streams.tolist():
        reference, recent = memory.get(str(stream), [[], []])
        if len(recent) == recent_days and recent[-1][0] == day:
            found[stream] = float(np.median([one[1] for one in recent]) - np.median([one[1] for one in reference]))
    return found
