"""Depths brought to one meaning, tubes and chambers in space, and the buffer read back."""

import numpy as np
import pytest
from pyproj import Geod

from chengmai.network.assembly import assemble
from chengmai.network.burial import DEFAULT_COVER_M, burial_of
from chengmai.network.geometry_3d import cut, decode, encode, underground
from chengmai.network.local_plane import LocalPlane
from chengmai.network.pipe_network import LinkKind, NodeKind, PipeNetwork
from chengmai.network.records import LinkRecord, NodeRecord, Place, Records
from chengmai.network.tubes import DEPTH_ASSUMED, PAIR_GAP_M, RETURN_PIPE, SIZE_ASSUMED, chambers_of, tubes_of
from chengmai.network.utilities import Utility

PLACE = Place("made")
PLANE = LocalPlane(112.85, 35.5)
Attributes = dict[str, object]


def at(east_m: float, north_m: float) -> tuple[float, float]:
    longitude, latitude = PLANE.degrees([[east_m, north_m]])[0]
    return float(longitude), float(latitude)


def network(
    points: dict[str, tuple[float, float, Attributes]],
    pipes: dict[str, tuple[str, str, float, list[tuple[float, float]], Attributes]],
) -> PipeNetwork:
    """Points at metres east and north; pipes of a diameter [m] along bends in metres."""
    records = Records(PLACE)
    for code, (east, north, attributes) in points.items():
        x, y = at(east, north)
        records.nodes.append(NodeRecord(PLACE, code, NodeKind.JUNCTION, 0.0, x, y, attributes=attributes))
    for code, (start, end, diameter, bends, attributes) in pipes.items():
        link = LinkRecord(PLACE, code, LinkKind.PIPE, start, end, 1.0, diameter, 100.0, attributes=attributes)
        link.path = [at(*bend) for bend in bends]
        records.links.append(link)
    return assemble(records)[0]


def test_the_local_plane_agrees_with_geodesics() -> None:
    east, north = PLANE.metres([[112.86, 35.51]])[0]
    assert (east, north) == pytest.approx((907.2939, 1109.4976), abs=1e-4)  # the browser's test has the same figures
    geod = Geod(ellps="GRS80")
    assert np.hypot(east, north) == pytest.approx(geod.line_length([112.85, 112.86], [35.5, 35.51]), rel=2e-4)
    assert PLANE.degrees([[east, north]])[0] == pytest.approx([112.86, 35.51], abs=1e-12)


def test_a_top_against_the_ground_goes_before_a_told_depth_and_one_end_stands_for_both() -> None:
    points: dict[str, tuple[float, float, Attributes]] = {
        "a": (0, 0, {"ground_m": 700.0}),
        "b": (100, 0, {"ground_m": 701.0}),
    }
    surveyed = {"start_top": "698.5", "start_depth": "9", "end_depth": "1.2"}
    pipes = {
        "both": ("a", "b", 0.2, [], surveyed),
        "one": ("a", "b", 0.2, [], {"end_depth": "2.5"}),
        "none": ("a", "b", 0.1, [], {"end_depth": "?"}),
    }
    made = network(points, pipes)
    made.links.diameter[2] = 0.0
    burial = burial_of(made, Utility.WATER)
    assert burial.start_cover.tolist() == pytest.approx([1.5, 2.5, DEFAULT_COVER_M[Utility.WATER]])
    assert burial.end_cover.tolist() == pytest.approx([1.2, 2.5, DEFAULT_COVER_M[Utility.WATER]])
    assert burial.depth_assumed.tolist() == [False, False, True]
    assert burial.diameter_assumed.tolist() == [False, False, True]


def test_a_drain_s_depth_is_told_to_its_invert_and_a_pressed_pipe_s_to_its_top() -> None:
    made = network(
        {"a": (0, 0, {}), "b": (10, 0, {})}, {"p": ("a", "b", 0.5, [], {"start_depth": "3", "end_depth": "3.2"})}
    )
    assert burial_of(made, Utility.SEWER).start_cover.tolist() == pytest.approx([2.5])
    assert burial_of(made, Utility.GAS).start_cover.tolist() == pytest.approx([3.0])


def test_a_pipe_with_a_bend_is_two_tubes_whose_axis_falls_evenly_along_the_way() -> None:
    pipe = ("a", "b", 0.4, [(30.0, 0.0)], {"start_depth": "1", "end_depth": "2"})
    tubes = tubes_of(network({"a": (0, 0, {}), "b": (30, 70, {})}, {"p": pipe}), Utility.WATER, PLANE)
    assert tubes.start == pytest.approx(np.array([[0, 0, -1.2], [30, 0, -1.5]]), abs=1e-6)
    assert tubes.end == pytest.approx(np.array([[30, 0, -1.5], [30, 70, -2.2]]), abs=1e-6)
    assert tubes.radius.tolist() == [0.2, 0.2]
    assert tubes.link.tolist() == [0, 0]
    assert tubes.flags.tolist() == [0, 0]


def test_a_heat_trench_is_two_pipes_side_by_side() -> None:
    made = network({"a": (0, 0, {}), "b": (100, 0, {})}, {"h": ("a", "b", 0.3, [], {})})
    tubes = tubes_of(made, Utility.HEAT, PLANE)
    aside = 0.15 + PAIR_GAP_M / 2
    assert tubes.start[:, 1].tolist() == pytest.approx([aside, -aside], abs=1e-6)
    assert tubes.flags.tolist() == [DEPTH_ASSUMED, DEPTH_ASSUMED | RETURN_PIPE]


def test_chambers_are_as_deep_and_wide_as_told_and_say_where_they_are_not() -> None:
    points: dict[str, tuple[float, float, Attributes]] = {
        "told": (5, 7, {"well_deep_m": 2.4, "area_m2": 4.0}),
        "typed": (6, 7, {"well_deep": "1.9"}),
        "none": (7, 7, {}),
    }
    made = network(points, {"p": ("told", "none", 0.3, [], {}), "q": ("typed", "none", 0.3, [], {})})
    chambers = chambers_of(made, PLANE)
    assert chambers.node.tolist() == [0, 1]
    assert chambers.depth.tolist() == [2.4, 1.9]
    assert chambers.side.tolist() == [2.0, 1.0]
    assert chambers.flags.tolist() == [0, SIZE_ASSUMED]
    assert chambers.place[0] == pytest.approx([5, 7], abs=1e-6)


def test_the_buffer_comes_back_as_it_was_and_a_cut_one_names_only_what_it_holds() -> None:
    points: dict[str, tuple[float, float, Attributes]] = {
        "a": (0, 0, {"well_deep_m": 2.0}),
        "b": (100, 0, {}),
        "c": (5000, 0, {"well_deep_m": 3.0}),
    }
    made = network(points, {"近": ("a", "b", 0.2, [], {}), "far": ("b", "c", 0.3, [(200.0, 0.0)], {})})
    scene = underground(made, Utility.STORM, PLANE)
    head, arrays = decode(encode(scene))
    assert (head["utility"], head["origin"], head["links"]) == ("storm", [112.85, 35.5], ["近", "far"])
    assert arrays["tubes"].reshape(-1, 7)[:, 6].tolist() == pytest.approx([0.1, 0.15, 0.15])
    assert arrays["link"].tolist() == [0, 1, 1]
    assert arrays["boxes"].reshape(-1, 4)[:, 3].tolist() == [2.0, 3.0]

    far = cut(scene, (*at(1000, -50), *at(6000, 50)))
    head, arrays = decode(encode(far))
    assert (head["links"], head["nodes"]) == (["far"], ["c"])
    assert arrays["link"].tolist() == [0]
    with pytest.raises(ValueError, match="no underground buffer"):
        decode(b"PK..")


def test_a_network_without_links_is_an_empty_buffer() -> None:
    head, arrays = decode(encode(underground(network({}, {}), Utility.GAS, PLANE)))
    assert (head["links"], head["nodes"], arrays["tubes"].size) == ([], [], 0)
