"""A network's tubes and chambers as one compact buffer that a browser draws without reading it twice.

Layout, little-endian: the letters ``CMUG``, a uint32 length, so many bytes of JSON padded with blanks to a multiple
of 4, then the arrays one after the other, each padded to 4 bytes. The JSON tells ``origin`` (longitude, latitude),
``utility``, ``links`` (codes), ``nodes`` (codes of chambers' nodes) and ``arrays``: name, type, and how many numbers
from which byte on. ``tubes`` are rows of start east, north, up, end east, north, up, radius [m]; ``boxes`` rows of
east, north, side, depth [m].
"""

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chengmai.network.array_types import Codes
from chengmai.network.local_plane import LocalPlane
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.tubes import Chambers, Tubes, chambers_of, tubes_of
from chengmai.network.utilities import Utility

MAGIC = b"CMUG"
_TYPES = {"float32": "<f4", "uint32": "<u4", "uint8": "u1"}
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Underground:
    """A network in space, ready to be cut and sent: where its origin lies, its tubes and its chambers."""

    utility: Utility
    plane: LocalPlane
    link_codes: Codes
    node_codes: Codes
    tubes: Tubes
    chambers: Chambers


def underground(network: PipeNetwork, utility: Utility, plane: LocalPlane) -> Underground:
    """A network brought into space."""
    return Underground(
        utility,
        plane,
        network.links.code,
        network.nodes.code,
        tubes_of(network, utility, plane),
        chambers_of(network, plane),
    )


def cut(scene: Underground, bounds: Box) -> Underground:
    """What reaches into a box of west, south, east and north [degrees]; pipes that only pass its corner may be in."""
    west_south, east_north = scene.plane.metres([bounds[:2], bounds[2:]])
    low = np.minimum(scene.tubes.start, scene.tubes.end)[:, :2]
    high = np.maximum(scene.tubes.start, scene.tubes.end)[:, :2]
    inside = np.all((high >= west_south) & (low <= east_north), axis=1)
    near = np.all((scene.chambers.place >= west_south) & (scene.chambers.place <= east_north), axis=1)
    return Underground(
        scene.utility,
        scene.plane,
        scene.link_codes,
        scene.node_codes,
        scene.tubes.only(inside),
        scene.chambers.only(near),
    )


def encode(scene: Underground) -> bytes:
    """The buffer; codes are those of the links and chambers in it, numbered anew."""
    tubes, chambers = scene.tubes, scene.chambers
    links, link = np.unique(tubes.link, return_inverse=True)
    arrays = {
        "tubes": np.column_stack([tubes.start, tubes.end, tubes.radius]).astype("<f4"),
        "link": link.astype("<u4"),
        "flags": tubes.flags,
        "boxes": np.column_stack([chambers.place, chambers.side, chambers.depth]).astype("<f4"),
        "box_flags": chambers.flags,
    }
    told: dict[str, dict[str, object]] = {}
    body: list[bytes] = []
    at = 0
    for name, array in arrays.items():
        raw = array.tobytes()
        kind = {"f": "float32", "u": "uint32"}[array.dtype.kind] if array.dtype.itemsize == 4 else "uint8"
        told[name] = {"type": kind, "at": at, "count": array.size}
        padded = raw + b"\0" * (-len(raw) % 4)
        body.append(padded)
        at += len(padded)
    head = json.dumps(
        {
            "origin": [scene.plane.longitude, scene.plane.latitude],
            "utility": scene.utility.value,
            "links": scene.link_codes[links].tolist(),
            "nodes": scene.node_codes[chambers.node].tolist(),
            "arrays": told,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    head += b" " * (-len(head) % 4)
    return b"".join([MAGIC, len(head).to_bytes(4, "little"), head, *body])


def decode(buffer: bytes) -> tuple[dict[str, object], dict[str, npt.NDArray[np.generic]]]:
    """The head and the arrays of a buffer, for tests and for other programs; raises ValueError for anything else."""
    if buffer[:4] != MAGIC:
        raise ValueError("this is no underground buffer")
    size = int.from_bytes(buffer[4:8], "little")
    head = json.loads(buffer[8 : 8 + size])
    arrays = {
        name: np.frombuffer(buffer, _TYPES[told["type"]], told["count"], 8 + size + told["at"])
        for name, told in head["arrays"].items()
    }
    return head, arrays
