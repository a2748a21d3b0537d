"""Valves to close, on networks small enough to be drawn: what each outcome means, order, pairs, whom it cuts off."""

import pytest

from chengmai.core.errors import NotFound
from chengmai.network.isolation import IsolationOutcome, ValveConditions, isolate
from chengmai.network.pipe_network import LinkKind, LinkStatus, PipeNetwork
from chengmai.network.valve_graph import valve_graph
from tests.valve_networks import Customer, Pipe, Valve, small_network

LINE = [Pipe(0, 1, 100.0), Pipe(1, 2, 200.0), Pipe(2, 3, 300.0)]
"""n0 (source) -p0- n1 -p1- n2 -p2- n3."""


def street(*valves: Valve, **more: object) -> PipeNetwork:
    """The line with customers at its end and in its middle."""
    people = [Customer(1, 10), Customer(2, 20, "school"), Customer(3, 30), Customer(3, 400, "hospital")]
    return small_network(4, LINE, valves, customers=people, **more)  # type: ignore[arg-type]


def test_what_lies_behind_the_break_is_cut_off_with_it_and_needs_no_valve() -> None:
    network = street(Valve(1, False), Valve(1, True))
    found = isolate(valve_graph(network), link="p1")
    assert found.outcome == IsolationOutcome.ISOLATED
    assert found.valves == (0,)
    assert found.segment_links.tolist() == [1]
    assert found.dry_links.tolist() == [2]
    assert found.dry_nodes.tolist() == [2, 3]
    assert (found.segment_length_m, found.dry_length_m) == (200.0, 300.0)
    assert found.users == 450
    assert network.customers.category[found.key_customers].tolist() == ["school", "hospital"]


def test_fed_from_both_ends_both_valves_are_closed_nearest_to_a_source_first() -> None:
    network = street(Valve(1, True), Valve(1, False), sources=(0, 3))
    found = isolate(valve_graph(network), link="p1")
    assert [str(network.valves.code[valve]) for valve in found.valves] == ["v1", "v0"]
    assert found.users == 0
    assert found.hull == ((network.nodes.x[1], network.nodes.y[1]), (network.nodes.x[2], network.nodes.y[2]))


def test_a_valve_that_fails_widens_the_search_to_the_next() -> None:
    network = street(Valve(0, False), Valve(1, False), Valve(1, True), sources=(0, 3))
    graph = valve_graph(network)
    assert isolate(graph, link="p1").valves == (1, 2)
    second = isolate(graph, link="p1", conditions=ValveConditions(failed=frozenset({1}), closed=frozenset({2})))
    assert second.outcome == IsolationOutcome.ISOLATED
    assert second.valves == (0,)
    assert second.segment_links.tolist() == [0, 1]
    assert second.users == 10


def test_a_valve_surveyed_as_stuck_is_never_asked_for() -> None:
    network = street(Valve(0, False), Valve(1, False, works=False), Valve(1, True), sources=(0, 3))
    assert isolate(valve_graph(network), link="p1").valves == (0, 2)


def test_a_valve_that_stands_closed_needs_no_closing_and_whom_it_cut_off_before_are_not_counted() -> None:
    network = street(Valve(1, False), Valve(2, False, open=False))
    found = isolate(valve_graph(network), link="p1")
    assert found.valves == (0,)
    assert found.users == 20


def test_valves_shut_for_another_break_count_as_the_state_before() -> None:
    network = street(Valve(0, False), Valve(2, False))
    found = isolate(valve_graph(network), link="p1", conditions=ValveConditions(shut=frozenset({1})))
    assert found.valves == (0,)
    assert found.users == 30


def test_a_source_without_a_valve_must_be_stopped_itself() -> None:
    found = isolate(valve_graph(street(Valve(1, True))), link="p0")
    assert found.outcome == IsolationOutcome.SOURCE_INSIDE
    assert found.sources == (0,)
    assert found.valves == ()
    assert found.users == 460


def test_a_network_without_valves_says_so() -> None:
    for valves in ([], [Valve(0, False, works=False)]):
        found = isolate(valve_graph(street(*valves)), link="p2")
        assert found.outcome == IsolationOutcome.NO_VALVES
        assert found.sources == (0,)


def test_what_nothing_feeds_needs_no_valve() -> None:
    found = isolate(valve_graph(street(Valve(0, False), sources=())), link="p2")
    assert found.outcome == IsolationOutcome.UNFED
    assert (found.valves, found.users) == ((), 0)


def test_a_node_can_break_too_and_an_unknown_element_is_refused() -> None:
    graph = valve_graph(street(Valve(0, True), Valve(1, False)))
    assert isolate(graph, node="n1").valves == (0,)
    for unknown in ({"link": "p9"}, {"node": "n9"}, {}):
        with pytest.raises(NotFound):
            isolate(graph, **unknown)  # type: ignore[arg-type]


def test_on_a_heat_link_the_pair_closes_together_and_fails_together() -> None:
    network = street(Valve(0, False), Valve(1, False), Valve(1, False))
    pairs = valve_graph(network, paired=True)
    assert isolate(pairs, link="p1").valves == (1, 2)
    # With the supply shut and the return still open, the return is still to be shut.
    half = ValveConditions(closed=frozenset({1}))
    assert isolate(pairs, link="p1", conditions=half).valves == (2,)
    assert isolate(pairs, link="p1", conditions=ValveConditions(failed=frozenset({2}))).valves == (0,)
    # Elsewhere two valves at one end stand in a row: one is enough, and the other is there when it fails.
    row = valve_graph(network)
    (one,) = isolate(row, link="p1").valves
    (other,) = isolate(row, link="p1", conditions=ValveConditions(failed=frozenset({one}))).valves
    assert {one, other} == {1, 2}


def test_a_pump_feeds_one_way_only() -> None:
    """n0 (source) -> pump -> n1 - n2 (source): behind the pump nobody is supplied backwards."""
    network = small_network(
        4,
        [Pipe(0, 1), Pipe(1, 2, kind=LinkKind.PUMP), Pipe(2, 3)],
        [Valve(0, True), Valve(2, False)],
        sources=(0, 3),
        customers=[Customer(1, 7), Customer(2, 9)],
    )
    found = isolate(valve_graph(network), link="p0")
    assert found.users == 7
    assert isolate(valve_graph(network), link="p2").users == 0


def test_a_shut_pipe_holds_unless_a_control_may_open_it() -> None:
    pipes = [Pipe(0, 1), Pipe(1, 2, status=LinkStatus.CLOSED), Pipe(2, 3)]
    network = small_network(4, pipes, [Valve(2, True)], sources=(0, 3), customers=[Customer(1, 5), Customer(2, 6)])
    found = isolate(valve_graph(network), link="p2")
    assert (found.outcome, found.valves, found.users) == (IsolationOutcome.ISOLATED, (0,), 6)
    broken = isolate(valve_graph(network), link="p1")
    assert broken.outcome == IsolationOutcome.SOURCE_INSIDE
    assert broken.users == 11


def test_segments_are_zones_joined_where_a_valve_does_not_work() -> None:
    nodes, links = valve_graph(street(Valve(1, False), Valve(1, True, works=False))).segments()
    assert nodes[0] == nodes[1] == links[0]
    assert links[1] == nodes[2] == nodes[3] == links[2] != links[0]
