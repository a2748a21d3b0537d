"""Whatever passes our checks, EPANET opens: no network is called sound that the engine refuses."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from epanet import toolkit as en
from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.network.assembly import assemble
from chengmai.network.inp_writer import write_inp
from chengmai.network.pipe_network import LinkKind, LinkStatus, NodeKind, PipeNetwork
from chengmai.network.records import LinkRecord, NodeRecord, Place, Records
from tests.properties.test_inp_round_trip import networks


def opens(network: PipeNetwork) -> None:
    """Let EPANET open the network; raises when it finds an error in it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.inp"
        file.write_text(write_inp(network))
        project = en.createproject()
        try:
            en.open(project, str(file), str(file.with_suffix(".rpt")), "")
            assert en.getcount(project, en.LINKCOUNT) == len(network.links)
            assert en.getcount(project, en.NODECOUNT) == len(network.nodes)
        finally:
            en.deleteproject(project)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_epanet_opens_what_passed(network: PipeNetwork) -> None:
    opens(network)


PLACE = Place("made", 1)


@st.composite
def valved(draw: st.DrawFn) -> Records:
    """A ring of junctions fed by a reservoir, with valves of any kind between any of them."""
    records = Records(PLACE)
    codes = ["R", *(f"j{i}" for i in range(6))]
    for code in codes:
        kind = NodeKind.RESERVOIR if code == "R" else NodeKind.JUNCTION
        records.nodes.append(NodeRecord(PLACE, code, kind, 50.0 if code == "R" else 0.0, 0.0, 0.0))
    for i, code in enumerate(codes):
        end = codes[(i + 1) % len(codes)]
        records.links.append(LinkRecord(PLACE, f"p{i}", LinkKind.PIPE, code, end, 100.0, 0.2, 100.0))
    kinds = st.sampled_from([LinkKind.PRV, LinkKind.PSV, LinkKind.PBV, LinkKind.FCV, LinkKind.TCV])
    for i in range(draw(st.integers(1, 5))):
        start, end = draw(st.permutations(codes))[:2]
        valve = LinkRecord(PLACE, f"v{i}", draw(kinds), start, end, diameter=0.2, setting=10.0)
        records.links.append(replace(valve, status=LinkStatus.ACTIVE))
    return records


@settings(max_examples=100, deadline=None)
@given(valved())
def test_epanet_opens_whatever_valves_passed(records: Records) -> None:
    network, findings = assemble(records)
    assert {finding.rule for finding in findings} <= {"valve.at_source", "valve.clash"}
    opens(network)
