"""Vector tiles, read back by another implementation: what lies in a tile is in it, in place, and nothing else."""

import mapbox_vector_tile
import numpy as np
import pytest

from chengmai.network import tiles
from chengmai.network.assembly import assemble
from chengmai.network.pipe_network import Frame, LinkKind, NodeKind, PipeNetwork
from chengmai.network.records import LinkRecord, NodeRecord, Place, Records
from chengmai.network.tile_bytes import varint, varints, zigzag
from chengmai.network.tiles import BUFFER, EXTENT, JUNCTIONS_FROM_ZOOM, TileSource, world

PLACE = Place("made")


def network(places: dict[str, tuple[float, float]], pipes: dict[str, tuple[str, str]]) -> PipeNetwork:
    records = Records(PLACE, frame=Frame.GEOGRAPHIC)
    for code, (x, y) in places.items():
        kind = NodeKind.RESERVOIR if code.startswith("R") else NodeKind.JUNCTION
        records.nodes.append(NodeRecord(PLACE, code, kind, 0.0, x, y))
    for code, (start, end) in pipes.items():
        link = LinkRecord(PLACE, code, LinkKind.PIPE, start, end, 1.0, 0.2, 100.0, material="球墨铸铁")
        records.links.append(link)
    made, findings = assemble(records)
    assert [f for f in findings if f.severity == "error"] == []
    return made


@pytest.fixture
def source() -> TileSource:
    places = {"R": (112.85, 35.50), "a": (112.851, 35.50), "b": (112.851, 35.501), "far": (113.20, 35.80)}
    return TileSource(network(places, {"p1": ("R", "a"), "p2": ("a", "b"), "p3": ("b", "far")}))


def tile_of(z: int, longitude: float, latitude: float) -> tuple[int, int]:
    x, y = world(np.array([longitude]), np.array([latitude]))[0] * 2**z
    return int(x), int(y)


def decode(source: TileSource, z: int, x: int, y: int) -> dict:
    return mapbox_vector_tile.decode(source.tile(z, x, y), default_options={"y_coord_down": True})


def test_features_carry_their_facts_and_an_identity(source: TileSource) -> None:
    layers = decode(source, 16, *tile_of(16, 112.8505, 35.5002))
    link = next(f for f in layers["links"]["features"] if f["properties"]["code"] == "p1")
    assert link["properties"] == {"code": "p1", "kind": "pipe", "diameter_mm": 200.0, "material": "球墨铸铁"}
    assert link["id"] == source.network.link_index["p1"] + 1
    nodes = {f["properties"]["code"]: f["properties"]["kind"] for f in layers["nodes"]["features"]}
    assert nodes["R"] == "reservoir"
    assert layers["links"]["extent"] == EXTENT


def test_coordinates_are_within_half_a_unit_of_the_truth(source: TileSource) -> None:
    z = 16
    x, y = tile_of(z, 112.8505, 35.5002)
    layers = decode(source, z, x, y)
    line = next(f for f in layers["links"]["features"] if f["properties"]["code"] == "p1")["geometry"]["coordinates"]
    truth = (world(np.array([112.85, 112.851]), np.array([35.50, 35.50])) * 2**z - [x, y]) * EXTENT
    inside = np.clip(truth, -BUFFER, EXTENT + BUFFER)
    assert np.abs(np.array(line) - inside).max() <= 0.5


def test_a_long_line_is_cut_at_the_buffer_and_in_every_tile_it_crosses(source: TileSource) -> None:
    z = 14
    first, last = tile_of(z, 112.851, 35.501), tile_of(z, 113.20, 35.80)
    crossed = 0
    for x in range(first[0], last[0] + 1):
        for y in range(last[1], first[1] + 1):
            layers = decode(source, z, x, y) if source.tile(z, x, y) else {}
            for feature in layers.get("links", {"features": []})["features"]:
                points = np.array(feature["geometry"]["coordinates"])
                assert points.min() >= -BUFFER - 1
                assert points.max() <= EXTENT + BUFFER + 1
                crossed += feature["properties"]["code"] == "p3"
    assert crossed > last[0] - first[0]


def test_junctions_appear_when_close_and_sources_always(source: TileSource) -> None:
    for z, wanted in ((8, {"R"}), (JUNCTIONS_FROM_ZOOM, {"R", "a", "b"})):
        layers = decode(source, z, *tile_of(z, 112.85, 35.50))
        assert {f["properties"]["code"] for f in layers["nodes"]["features"]} == wanted


def test_nothing_is_sent_where_nothing_lies(source: TileSource) -> None:
    assert source.tile(14, 0, 0) == b""
    assert TileSource(network({}, {})).tile(0, 0, 0) == b""


def test_a_line_smaller_than_a_unit_is_left_out(source: TileSource) -> None:
    assert "p2" not in {
        f["properties"]["code"] for f in decode(source, 0, 0, 0).get("links", {"features": []})["features"]
    }


def test_a_crowded_tile_shows_the_thickest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "MOST_LINKS", 3)
    places = {f"a{i}": (112.85 + i / 1000, 35.5) for i in range(8)} | {"R": (112.849, 35.5)}
    pipes = {"p0": ("R", "a0")} | {f"p{i}": (f"a{i - 1}", f"a{i}") for i in range(1, 8)}
    made = network(places, pipes)
    made.links.diameter[:] = [0.1, 0.4, 0.1, 0.3, 0.1, 0.1, 0.6, 0.1]
    layers = decode(TileSource(made), 12, *tile_of(12, 112.853, 35.5))
    assert {f["properties"]["code"] for f in layers["links"]["features"]} == {"p1", "p3", "p6"}


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**14, 2**21 - 1, 2**28, 2**32 - 1, 2**34])
def test_varints_of_arrays_are_those_of_single_numbers(value: int) -> None:
    values = np.array([5, value, 127, value], dtype=np.int64)
    encoded, offsets = varints(values)
    assert encoded == b"".join(varint(int(one)) for one in values)
    assert encoded[offsets[1] : offsets[2]] == varint(value)


def test_zigzag_puts_small_numbers_first() -> None:
    assert zigzag(np.array([0, -1, 1, -2, 2])).tolist() == [0, 1, 2, 3, 4]


def test_a_node_with_a_well_is_told_as_a_chamber() -> None:
    made = network({"a": (112.85, 35.5), "b": (112.851, 35.5)}, {"p": ("a", "b")})
    made.nodes.attributes[0]["well_deep_m"] = 2.5
    layers = decode(TileSource(made), 16, *tile_of(16, 112.8505, 35.5))
    chambers = {f["properties"]["code"]: f["properties"].get("chamber") for f in layers["nodes"]["features"]}
    assert chambers == {"a": 1, "b": None}
