"""Vector tiles of a network (Mapbox Vector Tile 2.1), cut from arrays: layers ``links`` and ``nodes``.

Tiles are numbered as everywhere on the web: Mercator, x east and y south, 2^z a side.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from chengmai.network.link_lines import link_lines
from chengmai.network.pipe_network import LinkKind, NodeKind, PipeNetwork
from chengmai.network.tile_bytes import Layer, line_commands, point_commands

Floats = npt.NDArray[np.float64]

EXTENT = 4096
"""Units a tile's side is divided into."""
BUFFER = 64
"""Units by which a tile knows what lies beyond its edge, so that wide lines meet."""
MOST_LINKS = 10_000
"""A tile shows no more links than this, the thickest first: more would be one blot and take seconds to send."""
JUNCTIONS_FROM_ZOOM = 14
"""Junctions are drawn from here on; sources always."""
CHAMBER_DEPTHS = ("well_deep_m", "well_deep")
"""Attributes of which a node that is a chamber has one: the depth of the well, as a figure or as surveyed."""


def world(longitude: Floats, latitude: Floats) -> Floats:
    """Positions in the Mercator square, shape (n, 2): x east and y south, both 0 to 1."""
    bounded = np.clip(latitude, -85.0511, 85.0511)
    y = 0.5 - np.arctanh(np.sin(np.radians(bounded))) / (2 * np.pi)
    return np.column_stack([longitude / 360 + 0.5, y])


def _in_square(places: Floats) -> Floats:
    return world(places[:, 0], places[:, 1])


def is_chamber(attributes: Mapping[str, Any]) -> bool:
    """Whether a node with these attributes is a chamber that people can open."""
    return any(attributes.get(name) for name in CHAMBER_DEPTHS)


class TileSource:
    """One network ready to be cut: lines and places in the Mercator square, with an index over them."""

    def __init__(self, network: PipeNetwork) -> None:
        self.network = network
        nodes, links = network.nodes, network.links
        self.places = _in_square(np.column_stack([nodes.x, nodes.y]))
        self.place_tree = shapely.STRtree(shapely.points(self.places))
        self.lines = link_lines(network, _in_square)
        self.line_tree = shapely.STRtree(self.lines)
        self.kinds = [LinkKind(kind).name.lower() for kind in links.kind]
        self.node_kinds = [NodeKind(kind).name.lower() for kind in nodes.kind]

    def tile(self, z: int, x: int, y: int, more: Mapping[str, Sequence[str]] | None = None) -> bytes:
        """One tile; no bytes where nothing lies. ``more`` are further facts of links, each a text a link."""
        scale = 2.0**z * EXTENT
        origin = np.array([x, y]) * EXTENT
        edges = (origin - BUFFER) / scale, (origin + EXTENT + BUFFER) / scale
        window = (*edges[0], *edges[1])
        layers = (
            self._links(window, scale, origin, more or {}),
            self._nodes(window, scale, origin, z >= JUNCTIONS_FROM_ZOOM),
        )
        return b"".join(layer.encode() for layer in layers if layer.features)

    def _links(self, window: Sequence[float], scale: float, origin: Floats, more: Mapping[str, Sequence[str]]) -> Layer:
        found = self.line_tree.query(shapely.box(*window))
        if len(found) > MOST_LINKS:
            found = found[np.argsort(-self.network.links.diameter[found], kind="stable")[:MOST_LINKS]]
        found = np.sort(found)
        layer = Layer("links", EXTENT)
        if len(found) == 0:
            return layer
        parts, part_of = shapely.get_parts(shapely.clip_by_rect(self.lines[found], *window), return_index=True)
        is_line = shapely.get_type_id(parts) == 1
        parts, link_of = parts[is_line], found[part_of[is_line]]
        vertices, of = shapely.get_coordinates(parts, return_index=True)
        grid = np.rint(vertices * scale - origin).astype(np.int64)
        links = self.network.links
        for part, geometry in line_commands(grid, of):
            i = int(link_of[part])
            facts: dict[str, str | float] = {
                "code": str(links.code[i]),
                "kind": self.kinds[i],
                "diameter_mm": round(float(links.diameter[i]) * 1000, 1),
            }
            if links.material[i]:
                facts["material"] = str(links.material[i])
            facts |= {name: told[i] for name, told in more.items()}
            layer.add(i + 1, 2, facts, geometry)
        return layer

    def _nodes(self, window: Sequence[float], scale: float, origin: Floats, junctions: bool) -> Layer:
        layer = Layer("nodes", EXTENT)
        found = np.sort(self.place_tree.query(shapely.box(*window)))
        if not junctions:
            found = found[self.network.nodes.kind[found] != NodeKind.JUNCTION]
        grid = np.rint(self.places[found] * scale - origin).astype(np.int64)
        for i, geometry in zip(found, point_commands(grid), strict=True):
            facts: dict[str, str | float] = {"code": str(self.network.nodes.code[i]), "kind": self.node_kinds[i]}
            if is_chamber(self.network.nodes.attributes[i]):
                facts["chamber"] = 1
            layer.add(int(i) + 1, 1, facts, geometry)
        return layer
