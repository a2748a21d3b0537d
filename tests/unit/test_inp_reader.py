"""EPANET input files: units, what every section becomes, and that each broken row is told with its place."""

from pathlib import Path

import numpy as np
import pytest

from chengmai.core.findings import Severity
from chengmai.network.inp_reader import read_inp
from chengmai.network.inp_units import FOOT, PSI_AS_HEAD
from chengmai.network.pipe_network import CurveKind, LinkKind, LinkStatus, NodeKind, PipeNetwork

DATA = Path(__file__).parent.parent / "data" / "networks"


def _read(name: str) -> PipeNetwork:
    network, findings = read_inp((DATA / name).read_bytes(), name)
    assert [f for f in findings if f.severity == Severity.ERROR] == []
    return network


def test_customary_units_become_si() -> None:
    network = _read("hillside.inp")
    a, p1, v1 = network.node_index["A"], network.link_index["P1"], network.link_index["V1"]
    assert network.nodes.elevation[a] == pytest.approx(700 * FOOT)
    assert network.links.length[p1] == pytest.approx(3000 * FOOT)
    assert network.links.diameter[p1] == pytest.approx(0.3048)
    assert network.links.setting[v1] == pytest.approx(60 * PSI_AS_HEAD)
    gallon_a_minute = 0.003785411784 / 60
    homes = network.demands.base[list(network.demands.category).index("homes")]
    assert homes == pytest.approx(120 * gallon_a_minute)
    assert network.links.setting[network.link_index["V2"]] == pytest.approx(50 * gallon_a_minute)


def test_every_kind_of_element_is_read() -> None:
    network = _read("hillside.inp")
    assert sorted(np.unique(network.nodes.kind)) == [NodeKind.JUNCTION, NodeKind.RESERVOIR, NodeKind.TANK]
    kinds = {str(code): LinkKind(kind) for code, kind in zip(network.links.code, network.links.kind, strict=True)}
    assert kinds["PU1"] == LinkKind.PUMP
    assert kinds["V2"] == LinkKind.FCV
    assert LinkStatus(network.links.status[network.link_index["P4"]]) == LinkStatus.CHECK
    assert LinkStatus(network.links.status[network.link_index["PU2"]]) == LinkStatus.CLOSED
    assert {curve.kind for curve in network.curves} == {CurveKind.HEAD, CurveKind.VOLUME}
    assert len(network.controls) == 4
    assert network.controls[3].clock_s == 18 * 3600
    assert network.controls[2].time_s == 5 * 3600 + 1800
    assert network.options.clock_start_s == 2 * 3600
    assert network.rules[0].splitlines()[1].split()[-1] == repr(9 * FOOT)


def test_demands_of_their_own_section_replace_a_junctions_own() -> None:
    network = _read("hillside.inp")
    at_c = [str(c) for n, c in zip(network.demands.node, network.demands.category, strict=True)
            if n == network.node_index["C"]]  # fmt: skip
    assert at_c == ["homes", "works"]


def test_a_demand_without_a_pattern_takes_the_files_default() -> None:
    network = _read("hillside.inp")
    works = list(network.demands.category).index("works")
    assert network.patterns[network.demands.pattern[works]].code == "1"


def test_bends_lie_between_the_ends() -> None:
    network = _read("hillside.inp")
    line = network.line(network.link_index["P3"])
    assert line.tolist() == [[200, 100], [250, 80], [280, 90], [300, 120]]


def test_a_node_without_coordinates_lies_amid_its_neighbours_and_is_told() -> None:
    network, findings = read_inp((DATA / "hillside.inp").read_bytes(), "hillside.inp")
    vat = network.node_index["VAT"]
    assert (network.nodes.x[vat], network.nodes.y[vat]) == (200.0, 100.0)
    assert [(f.rule, f.value, f.severity) for f in findings] == [("coordinates.missing", "VAT", Severity.WARNING)]


EXPECTED = {
    (1, "inp.no_section"),
    (4, "number.invalid"),
    (5, "number.invalid"),
    (6, "code.duplicate"),
    (7, "pattern.unknown"),
    (8, "node.isolated"),
    (12, "tank.levels"),
    (15, "link.end_unknown"),
    (16, "number.not_positive"),
    (17, "number.not_positive"),
    (18, "link.same_ends"),
    (19, "field.missing"),
    (20, "word.unknown"),
    (21, "number.too_small"),
    (23, "code.duplicate"),
    (25, "curve.unknown"),
    (26, "pump.no_drive"),
    (27, "curve.unknown"),
    (29, "word.unknown"),
    (30, "valve.at_source"),
    (32, "demand.node_unknown"),
    (34, "link.unknown"),
    (35, "word.unknown"),
    (37, "curve.x_not_growing"),
    (40, "control.syntax"),
    (41, "control.node_unknown"),
    (43, "rule.syntax"),
    (45, "time.invalid"),
    (46, "time.invalid"),
    (49, "word.unknown"),
    (50, "word.unknown"),
    (53, "node.unknown"),
    (54, "inp.section_unknown"),
}


def test_every_broken_row_is_told_and_the_rest_is_loaded() -> None:
    network, findings = read_inp((DATA / "broken.inp").read_bytes(), "broken.inp")
    told = {(f.row, f.rule) for f in findings}
    assert told >= EXPECTED, sorted(EXPECTED - told)
    assert all(f.file == "broken.inp" for f in findings)
    assert set(network.nodes.code) == {"A", "E", "R"}
    assert set(network.links.code) == {"P1", "P9"}


def test_a_file_that_is_no_network_says_so() -> None:
    network, findings = read_inp(b"\x89PNG\r\n\x1a\n\x00\x00", "photo.inp")
    assert len(network.nodes) == 0
    assert "inp.no_network" in {f.rule for f in findings}


def test_chinese_text_in_gb18030_is_read() -> None:
    text = "[JUNCTIONS]\n 节点1 10 5 ;居民\n[RESERVOIRS]\n 水厂 50\n[PIPES]\n 管1 水厂 节点1 10 100 120 0 Open\n"
    network, _ = read_inp(text.encode("gb18030"), "城.inp")
    assert set(network.nodes.code) == {"节点1", "水厂"}
