"""Observations as columns: the shape in which readings travel between store, detectors and live feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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

    @classmethod
    def fresh(cls, stream: npt.ArrayLike, time: npt.ArrayLike, value: npt.ArrayLike) -> "Observations":
        """Rows not stored yet: revision and batch are 0 until the store gives them."""
        streams = np.asarray(stream, dtype=np.uint32)
        return cls(
            stream=streams,
            time=np.asarray(time, dtype="datetime64[ms]"),
            value=np.asarray(value, dtype=np.float64),
            revision=np.zeros(len(streams), dtype=np.uint32),
            batch=np.zeros(len(streams), dtype=np.uint64),
        )

    def take(self, index: npt.NDArray[Any]) -> "Observations":
        """The rows an index array or a mask selects."""
        return Observations(
            self.stream[index], self.time[index], self.value[index], self.revision[index], self.batch[index]
        )

    @classmethod
    def concatenate(cls, parts: "Sequence[Observations]") -> "Observations":
        """All rows of the parts, one after the other; no parts make no rows."""
        if not parts:
            return cls.fresh([], [], [])
        return cls(
            np.concatenate([part.stream for part in parts]),
            np.concatenate([part.time for part in parts]),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.revision for part in parts]),
            np.concatenate([part.batch for part in parts]),
        )
