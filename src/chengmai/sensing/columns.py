"""Between numpy and Arrow by their buffers: the libraries' own conversions would first load pandas, for a second."""

from collections.abc import Mapping, Sequence
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


def table_of(columns: Mapping[str, npt.NDArray[Any] | Sequence[str]]) -> pa.Table:
    """Arrays, and lists of texts, as an Arrow table; arrays are not copied."""
    arrays = [_numbers(values) if isinstance(values, np.ndarray) else _texts(values) for values in columns.values()]
    return pa.Table.from_arrays(arrays, names=list(columns))


def _numbers(values: npt.NDArray[Any]) -> pa.Array:
    kept = np.ascontiguousarray(values)
    return pa.Array.from_buffers(_TYPES[str(kept.dtype)], len(kept), [None, pa.py_buffer(kept)])


def _texts(values: Sequence[str]) -> pa.Array:
    encoded = [value.encode() for value in values]
    ends = np.cumsum([0, *(len(value) for value in encoded)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(encoded), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])


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
