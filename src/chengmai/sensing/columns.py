"""Between numpy and Arrow by their buffers: the libraries' own conversions would first load pandas, for a second."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_TYPES = {
    "uint32": pa.uint32(),
    "uint64": pa.uint64(),
    "float64": pa.float64(),
    "datetime64[ms]": pa.timestamp("ms"),
}


def table_of(columns: Mapping[str, npt.NDArray[Any]]) -> pa.Table:
    """Arrays as an Arrow table, nothing copied."""
    arrays = []
    for values in columns.values():
        kept = np.ascontiguousarray(values)
        arrays.append(pa.Array.from_buffers(_TYPES[str(kept.dtype)], len(kept), [None, pa.py_buffer(kept)]))
    return pa.Table.from_arrays(arrays, names=list(columns))


def arrays_of(table: pa.Table) -> list[npt.NDArray[Any]]:
    """The columns of an Arrow table as arrays; times come as datetime64[ms]. No column may hold nulls."""
    return [_array(column) for column in table.columns]


def _array(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    parts = [_part(chunk) for chunk in column.chunks]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=_dtype(column.type))


def _part(chunk: pa.Array) -> npt.NDArray[Any]:
    if chunk.null_count:
        raise ValueError("a column holds nulls")
    dtype = _dtype(chunk.type)
    return np.frombuffer(chunk.buffers()[1], dtype=dtype, count=len(chunk), offset=chunk.offset * dtype.itemsize)


def _dtype(kind: pa.DataType) -> np.dtype[Any]:
    if pa.types.is_timestamp(kind):
        if kind.unit != "ms":
            raise ValueError(f"times in {kind.unit} instead of ms")
        return np.dtype("datetime64[ms]")
    return np.dtype(str(kind).replace("double", "float64"))
