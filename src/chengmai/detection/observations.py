"""Observations as columns: the shape in which readings travel between store, detectors and live feed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Observations:
    """Rows of readings as arrays of equal length ``n``.

    ``stream`` (n,) uint32 identity of the datastream; ``time`` (n,) datetime64[ms] phenomenon time, UTC;
    ``value`` (n,) float64 in the stream's unit; ``revision`` (n,) uint32, 0 for the first value told for a time;
    ``batch`` (n,) uint64 number of the stored batch, growing in the order of storing.
    """

    stream: npt.NDArray[np.uint32]
    time: npt.NDArray[np.datetime64]
    value: npt.NDArray[np.float64]
    revision: npt.NDArray[np.uint32]
    batch: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.stream)
