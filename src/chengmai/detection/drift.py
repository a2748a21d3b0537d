"""A sensor that drifts: day by day it moves away from where it stood among its neighbours.

Each day a stream's difference from the median of all streams of the rule is taken slot by slot, and its median is the
day's figure: what all share (demand, season, a pump) cancels. The reference is the first days that were seen; the last
few are held against it. Where too few streams speak there are no neighbours, and nothing is said.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.detection.baseline import Floats

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


def drifted(
    streams: npt.NDArray[np.uint32], figures: Floats, reference_days: int, recent_days: int, memory: dict[str, Any]
) -> dict[int, float]:
    """How far each stream has drifted from its reference [its unit], once both are known; ``memory`` takes the day in.

    ``memory`` is {stream: [[figures of the reference], [figures of the last days]]}.
    """
    found: dict[int, float] = {}
    for stream, figure in zip(streams.tolist(), figures.tolist(), strict=True):
        if np.isnan(figure):
            continue
        reference, recent = memory.setdefault(str(stream), [[], []])
        if len(reference) < reference_days:
            reference.append(figure)
            continue
        recent.append(figure)
        del recent[:-recent_days]
        if len(recent) == recent_days:
            found[stream] = float(np.median(recent) - np.median(reference))
    return found
