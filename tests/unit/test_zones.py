"""Pressure zones of a small hillside network: what rises and falls together, and what a regulator feeds."""

from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.zones import fed_from, pressure_zones, within_steps, zones_of
from tests.networks import sample


def hillside() -> PipeNetwork:
    return read_inp(sample("hillside.inp"), "hillside.inp")[0]


def named(network: PipeNetwork, zones: frozenset[int]) -> set[str]:
    """Nodes of some zones."""
    known = pressure_zones(network).node
    return {str(code) for code, zone in zip(network.nodes.code, known, strict=True) if int(zone) in zones}


def test_pumps_regulators_and_shut_pipes_divide() -> None:
    network = hillside()
    zones = pressure_zones(network)
    parts = {frozenset(named(network, frozenset({int(zone)}))) for zone in zones.node}
    assert parts == {
        frozenset({"A", "B", "C", "TWR"}),
        frozenset({"D", "E", "F"}),
        frozenset({"SRC"}),
        frozenset({"VAT"}),
    }


def test_what_fails_with_a_regulator_a_pump_or_a_source() -> None:
    network = hillside()
    zones = pressure_zones(network)
    assert named(network, fed_from(network, zones, "V1")) == {"D", "E", "F"}
    assert named(network, fed_from(network, zones, "D")) == {"D", "E", "F"}
    assert named(network, fed_from(network, zones, "PU1")) == {"A", "B", "C", "TWR", "D", "E", "F"}
    assert named(network, fed_from(network, zones, "SRC")) == {"SRC", "A", "B", "C", "TWR", "D", "E", "F"}
    for ordinary in ("B", "P1", "nothing"):
        assert fed_from(network, zones, ordinary) == frozenset()


def test_places_of_nodes_and_links() -> None:
    network = hillside()
    zones = pressure_zones(network)
    assert named(network, zones_of(network, zones, ["P5", "nothing"])) == {"D", "E", "F"}
    assert within_steps(network, "B", 1) == {"B", "A", "TWR", "C", "VAT"}
    assert within_steps(network, "E", 0) == {"E"}
    assert within_steps(network, "nothing", 3) == frozenset()
