"""Any network survives writing and reading; no text, however broken, makes the reader raise."""

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.network.assembly import assemble
from chengmai.network.customers import CustomerCategory
from chengmai.network.inp_lines import HYDRAULIC_SECTIONS
from chengmai.network.inp_reader import read_inp
from chengmai.network.inp_writer import write_inp
from chengmai.network.pipe_network import (
    Control,
    LinkKind,
    LinkStatus,
    NodeKind,
    Options,
    PipeNetwork,
)
from chengmai.network.records import (
    CurveRecord,
    CustomerRecord,
    DemandRecord,
    LinkRecord,
    NodeRecord,
    PatternRecord,
    Place,
    Records,
    TankRecord,
    ValveRecord,
)

PLACE = Place("made", 1)
CODES = st.text("abcXYZ0189-_.管阀", min_size=1, max_size=9)
FIGURES = st.floats(1e-3, 1e4)
COORDINATES = st.floats(-1e7, 1e7)


@st.composite
def networks(draw: st.DrawFn) -> PipeNetwork:
    """A small connected network with tanks, pumps, valves, demands, customers, patterns, curves and controls."""
    records = Records(PLACE, title=draw(st.text("abc 演示", max_size=8)).strip())
    codes = draw(st.lists(CODES, min_size=4, max_size=9, unique=True))
    records.patterns = {
        code: PatternRecord(PLACE, code, draw(st.lists(FIGURES, min_size=1, max_size=13)))
        for code in draw(st.lists(CODES, max_size=3, unique=True))
    }
    some_pattern = st.sampled_from(["", *records.patterns])
    falling = sorted(draw(st.lists(FIGURES, min_size=3, max_size=3, unique=True)))
    records.curves = {"c": CurveRecord(PLACE, "c", list(zip(falling, reversed(falling), strict=True)))}
    for i, code in enumerate(codes):
        node = NodeRecord(PLACE, code, NodeKind.JUNCTION, draw(FIGURES), draw(COORDINATES), draw(COORDINATES))
        if i == 0:
            node.kind, node.head_pattern = NodeKind.RESERVOIR, draw(some_pattern)
        elif i == 1:
            levels = sorted(draw(st.lists(FIGURES, min_size=3, max_size=3)))
            node.kind = NodeKind.TANK
            node.tank = TankRecord(levels[1], levels[0], levels[2], draw(FIGURES), overflow=draw(st.booleans()))
        else:
            node.emitter = draw(st.sampled_from([0.0, 1e-4]))
        records.nodes.append(node)
    for i, end in enumerate(codes[1:], start=1):
        link = LinkRecord(PLACE, f"L{i}", LinkKind.PIPE, codes[draw(st.integers(0, i - 1))], end)
        link.length, link.diameter, link.roughness = draw(FIGURES), draw(FIGURES), draw(FIGURES)
        link.minor_loss = draw(st.sampled_from([0.0, 1.5]))
        link.status = draw(st.sampled_from([LinkStatus.OPEN, LinkStatus.CLOSED, LinkStatus.CHECK]))
        link.path = draw(st.lists(st.tuples(COORDINATES, COORDINATES), max_size=3))
        records.links.append(link)
    pump = LinkRecord(PLACE, "U", LinkKind.PUMP, codes[0], codes[2], curve="c", setting=1.0, pattern=draw(some_pattern))
    kind = draw(st.sampled_from([LinkKind.PRV, LinkKind.PSV, LinkKind.PBV, LinkKind.FCV, LinkKind.TCV]))
    valve = LinkRecord(PLACE, "V", kind, codes[2], codes[3], diameter=draw(FIGURES), setting=draw(FIGURES))
    valve.status = draw(st.sampled_from([LinkStatus.ACTIVE, LinkStatus.OPEN, LinkStatus.CLOSED]))
    records.links += [pump, valve]
    records.demands = [
        DemandRecord(PLACE, draw(st.sampled_from(codes[2:])), draw(FIGURES), draw(some_pattern), draw(CODES))
        for _ in range(draw(st.integers(0, 5)))
    ]
    for i in draw(st.lists(st.integers(0, len(codes)), max_size=4)):
        link, at_start = records.links[i], draw(st.booleans())
        end, number = link.start if at_start else link.end, len(records.valves)
        records.valves.append(
            ValveRecord(PLACE, f"F{number}", link.code, end, draw(st.booleans()), draw(st.booleans()))
        )
    for i in draw(st.lists(st.integers(0, len(codes) - 1), max_size=4)):
        category = draw(st.sampled_from(CustomerCategory))
        told = (draw(st.integers(0, 2**31 - 1)), category.value, draw(CODES), draw(st.sampled_from(["", "0356-1"])))
        records.customers.append(CustomerRecord(PLACE, f"K{len(records.customers)}", codes[i], *told))
    records.controls = [
        (PLACE, Control("U", LinkStatus.CLOSED, node=codes[1], above=draw(st.booleans()), value=draw(FIGURES))),
        (PLACE, Control("V", setting=draw(FIGURES), clock_s=draw(st.integers(0, 86399)))),
    ]
    records.options = Options(
        headloss=draw(st.sampled_from(["H-W", "D-W", "C-M"])), duration_s=draw(st.integers(0, 9**6))
    )
    network, findings = assemble(records)
    assert findings == []
    return network


def assert_same(a: PipeNetwork, b: PipeNetwork) -> None:
    """Both networks hold the same tables, figures to a relative 1e-12."""
    for name in ("nodes", "links", "tanks", "demands", "valves", "customers"):
        left, right = getattr(a, name), getattr(b, name)
        for column in fields(left):
            if column.name in {"attributes", "material"}:
                continue
            x, y = getattr(left, column.name), getattr(right, column.name)
            if x.dtype == np.float64:
                np.testing.assert_allclose(x, y, rtol=1e-12, atol=0, err_msg=column.name)
            else:
                np.testing.assert_array_equal(x, y, err_msg=column.name)
    assert [p.code for p in a.patterns] == [p.code for p in b.patterns]
    assert a.patterns == b.patterns
    for c, d in zip(a.curves, b.curves, strict=True):
        assert (c.code, c.kind) == (d.code, d.kind)
        np.testing.assert_allclose([*c.x, *c.y], [*d.x, *d.y], rtol=1e-12)
    assert len(a.controls) == len(b.controls)
    for c, d in zip(a.controls, b.controls, strict=True):
        assert (c.link, c.status, c.node, c.above, c.clock_s) == (d.link, d.status, d.node, d.above, d.clock_s)
        np.testing.assert_allclose([c.setting or 0, c.value], [d.setting or 0, d.value], rtol=1e-12)
    assert a.options == b.options
    assert a.title == b.title


def by_kind(network: PipeNetwork) -> PipeNetwork:
    """The network as the file orders it: nodes and links by kind; reading it once brings any network there."""
    return read_inp(write_inp(network).encode(), "ordered.inp")[0]


@settings(max_examples=60, deadline=None)
@given(networks())
def test_what_is_written_is_read_back(network: PipeNetwork) -> None:
    ordered, findings = read_inp(write_inp(network).encode(), "a.inp")
    assert findings == []
    assert sorted(ordered.node_index) == sorted(network.node_index)
    assert sorted(ordered.link_index) == sorted(network.link_index)
    for code, i in network.link_index.items():
        j = ordered.link_index[code]
        np.testing.assert_allclose(ordered.line(j), network.line(i), rtol=1e-12)
        np.testing.assert_allclose(ordered.links.roughness[j], network.links.roughness[i], rtol=1e-12)
    assert_same(ordered, by_kind(ordered))


WORDS = (
    *(
        "a",
        "b",
        "T",
        "R",
        "1",
        "0",
        "-1",
        "1e999",
        "nan",
        "OPEN",
        "CV",
        "HEAD",
        "POWER",
        "PRV",
        "GPV",
        "IF",
        "AT",
        "12",
    ),
    *("LINK", "NODE", "ABOVE", "TIME", "CLOCKTIME", "25 PM", "100", "RULE", "*", "UNITS", "HEADLOSS", ";", '"'),
)
LINES = st.one_of(
    st.sampled_from([f"[{name}]" for name in HYDRAULIC_SECTIONS]),
    st.lists(
        st.sampled_from(WORDS),
        max_size=10,
    ).map(" ".join),
    st.text(max_size=20),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=40))
def test_broken_rows_never_raise(lines: list[str]) -> None:
    network, findings = read_inp("\n".join(lines).encode("utf-8", "surrogatepass"), "x.inp")
    assert len(network.links) == 0 or len(network.nodes) > 0
    assert all(f.file == "x.inp" and f.rule for f in findings)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    read_inp(data, "x.inp")
