"""The bytes of a vector tile: protocol buffers written by hand, geometries encoded for all features at once."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

_MOVE_ONE = 9
_LINE = 2


def varint(value: int) -> bytes:
    """One unsigned integer, seven bits a byte."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varints(values: Integers) -> tuple[bytes, Integers]:
    """Many unsigned integers below 2^35, and where each begins (n + 1 offsets)."""
    shifts = np.array([7, 14, 21, 28], dtype=np.int64)
    sizes = 1 + (values[:, None] >> shifts > 0).sum(axis=1)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    out = np.zeros(int(offsets[-1]), dtype=np.uint8)
    for byte in range(5):
        has = sizes > byte
        more = np.where(sizes[has] > byte + 1, 0x80, 0)
        out[offsets[:-1][has] + byte] = (values[has] >> 7 * byte & 0x7F) | more
    return out.tobytes(), offsets


def zigzag(values: Integers) -> Integers:
    """Signed integers as unsigned ones, small ones staying small."""
    return (values << 1) ^ (values >> 63)


def line_commands(grid: Integers, part: Integers) -> Iterator[tuple[int, bytes]]:
    """Encoded geometry of each line whose vertices, of shape (n, 2), do not all fall on one unit of the grid.

    ``part`` (n,) tells which line a vertex is of, in order; yields the line's number with its bytes.
    """
    keep = np.ones(len(grid), dtype=bool)
    keep[1:] = (part[1:] != part[:-1]) | np.any(grid[1:] != grid[:-1], axis=1)
    grid, part = grid[keep], part[keep]
    numbers, counts = np.unique(part, return_counts=True)
    long_enough = counts >= 2
    chosen = np.isin(part, numbers[long_enough])
    grid, numbers, counts = grid[chosen], numbers[long_enough], counts[long_enough]
    if len(numbers) == 0:
        return
    first = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    steps = grid.copy()
    steps[1:] -= grid[:-1]
    steps[first] = grid[first]
    begins = np.concatenate([[0], np.cumsum(2 * counts + 2)]).astype(np.int64)
    words = np.empty(int(begins[-1]), dtype=np.int64)
    words[begins[:-1]] = _MOVE_ONE
    words[begins[:-1] + 3] = (counts - 1) << 3 | _LINE
    is_step = np.ones(len(words), dtype=bool)
    is_step[begins[:-1]] = is_step[begins[:-1] + 3] = False
    words[is_step] = zigzag(steps).ravel()
    encoded, offsets = varints(words)
    for i, number in enumerate(numbers):
        yield int(number), encoded[offsets[begins[i]] : offsets[begins[i + 1]]]


def point_commands(grid: Integers) -> Iterator[bytes]:
    """Encoded geometry of each point, ``grid`` of shape (n, 2)."""
    words = np.column_stack([np.full(len(grid), _MOVE_ONE), zigzag(grid)]).ravel()
    encoded, offsets = varints(words)
    for i in range(len(grid)):
        yield encoded[offsets[3 * i] : offsets[3 * i + 3]]


def _field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


class Layer:
    """One layer being filled: features with an id, a geometry type, facts and encoded geometry."""

    def __init__(self, name: str, extent: int) -> None:
        self.name = name
        self.extent = extent
        self.keys: dict[str, int] = {}
        self.values: dict[str | float, int] = {}
        self.features: list[bytes] = []

    def add(self, identity: int, geometry_type: int, facts: dict[str, str | float], geometry: bytes) -> None:
        """Add one feature; type 1 is a point, 2 a line."""
        tags = b"".join(
            varint(self.keys.setdefault(name, len(self.keys))) + varint(self.values.setdefault(fact, len(self.values)))
            for name, fact in facts.items()
        )
        self.features.append(
            b"\x08" + varint(identity) + _field(2, tags) + b"\x18" + varint(geometry_type) + _field(4, geometry)
        )

    def encode(self) -> bytes:
        """The layer as a field of the tile."""
        parts = [b"\x78\x02", _field(1, self.name.encode())]
        parts += [_field(2, feature) for feature in self.features]
        parts += [_field(3, key.encode()) for key in self.keys]
        parts += [_field(4, self._value(value)) for value in self.values]
        parts.append(b"\x28" + varint(self.extent))
        return _field(3, b"".join(parts))

    @staticmethod
    def _value(value: str | float) -> bytes:
        if isinstance(value, str):
            return _field(1, value.encode())
        return b"\x19" + np.float64(value).tobytes()
