"""Valves to close on random small networks, beside every subset of valves tried one by one.

Networks have loops, several sources, valves that do not work or stand shut, pumps, shut pipes, valves in a row.
"""

from itertools import combinations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chengmai.network.isolation import Isolation, IsolationOutcome, ValveConditions, isolate
from chengmai.network.pipe_network import LinkKind, LinkStatus, PipeNetwork
from chengmai.network.valve_graph import valve_graph
from tests.valve_networks import Customer, Pipe, Spot, Valve, Walker, small_network

MOST_VALVES = 6


@st.composite
def networks(draw: st.DrawFn, plain: bool = False) -> PipeNetwork:
    """A connected network of at most 7 nodes; ``plain``: every valve works, nothing is shut or one-way."""
    nodes = draw(st.integers(2, 7))
    ends = [(draw(st.integers(0, node - 1)), node) for node in range(1, nodes)]
    ends += draw(st.lists(st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)), max_size=4))
    kinds = [LinkKind.PIPE] * 6 + [LinkKind.PUMP, LinkKind.PRV]
    states = [LinkStatus.OPEN] * 6 + [LinkStatus.CLOSED, LinkStatus.CHECK]
    pipes = []
    for start, end in ends:
        turned = draw(st.booleans())
        kind = LinkKind.PIPE if plain else draw(st.sampled_from(kinds))
        status = LinkStatus.OPEN if plain or kind != LinkKind.PIPE else draw(st.sampled_from(states))
        length = float(draw(st.integers(1, 9)))
        pipes.append(Pipe(end if turned else start, start if turned else end, length, kind, status))
    well = st.just(True) if plain else st.sampled_from([True, True, True, False])
    valve = st.builds(Valve, st.integers(0, len(pipes) - 1), st.booleans(), open=well, works=well)
    # Both ends of a pipe from a node to itself are one place: a valve can only be told to be at its start.
    valves = [one for one in draw(st.lists(valve, max_size=MOST_VALVES)) if not (one.at_end and _loop(pipes[one.link]))]
    sources = draw(st.sets(st.integers(0, nodes - 1), max_size=3))
    customers = draw(st.lists(st.builds(Customer, st.integers(0, nodes - 1), st.integers(1, 5)), max_size=4))
    return small_network(nodes, pipes, valves, sources, customers)


def _loop(pipe: Pipe) -> bool:
    return pipe.start == pipe.end


def subsets(valves: list[int]) -> list[frozenset[int]]:
    """All subsets, small ones first."""
    return [frozenset(chosen) for size in range(len(valves) + 1) for chosen in combinations(valves, size)]


def cuts_off(walker: Walker, shut: frozenset[int], broken: list[Spot], stopped: set[Spot]) -> bool:
    """Whether no source presses on the break any more; ``stopped`` sources press on nothing."""
    return not walker.pressed([one for one in walker.sources() if one not in stopped], shut) & set(broken)


def lost(network: PipeNetwork, found: Isolation) -> set[Spot]:
    """Spots the search says are empty or dry; a link counts when both its halves are."""
    nodes = {("n", int(i)) for i in (*found.segment_nodes, *found.dry_nodes)}
    return nodes | {("a", int(i)) for i in (*found.segment_links, *found.dry_links)}


def told(spots: set[Spot], network: PipeNetwork) -> set[Spot]:
    """The same of what walking found."""
    halves = {("a", i) for i in range(len(network.links)) if ("a", i) in spots and ("b", i) in spots}
    return {spot for spot in spots if spot[0] == "n"} | halves


@settings(max_examples=200, deadline=None)
@given(networks(), st.data(), st.booleans())
def test_no_subset_of_valves_leaves_more_supplied(network: PipeNetwork, data: st.DataObject, paired: bool) -> None:
    broken_link = data.draw(st.integers(0, len(network.links) - 1))
    found = isolate(valve_graph(network, paired), link=f"p{broken_link}")
    walker = Walker(network, paired)
    broken = walker.broken(broken_link)
    stopped: set[Spot] = {("n", source) for source in found.sources}
    mine = frozenset(found.valves)
    assert cuts_off(walker, mine, broken, stopped)
    supplied = walker.supplied(mine, stopped)
    before = walker.supplied(())
    everything = set(walker.next) | {("n", i) for i in range(len(network.nodes))}
    segment_and_dry = lost(network, found)
    assert told(before - supplied, network) <= segment_and_dry
    assert not segment_and_dry & told(supplied & everything, network)
    usable = [i for i in range(len(network.valves)) if network.valves.open[i] and walker.works[i]]
    for other in subsets(usable):
        if cuts_off(walker, other, broken, stopped):
            assert walker.supplied(other, stopped) <= supplied
        else:
            # It may not be called cut off by fewer valves than ours.
            assert not mine <= other
    for valve in mine:
        assert not cuts_off(walker, mine - _pair(network, valve, paired), broken, stopped), f"v{valve} is redundant"


def _pair(network: PipeNetwork, valve: int, paired: bool) -> frozenset[int]:
    valves = network.valves
    same = (valves.link == valves.link[valve]) & (valves.node == valves.node[valve])
    return frozenset(np.flatnonzero(same).tolist()) if paired else frozenset({valve})


@settings(max_examples=60, deadline=None)
@given(networks(plain=True), st.data())
def test_where_everything_works_no_fewer_valves_do(network: PipeNetwork, data: st.DataObject) -> None:
    broken_link = data.draw(st.integers(0, len(network.links) - 1))
    found = isolate(valve_graph(network), link=f"p{broken_link}")
    walker = Walker(network)
    broken = walker.broken(broken_link)
    stopped: set[Spot] = {("n", source) for source in found.sources}
    supplied = walker.supplied(found.valves, stopped)
    as_good = [
        other
        for other in subsets(list(range(len(network.valves))))
        if cuts_off(walker, other, broken, stopped) and walker.supplied(other, stopped) == supplied
    ]
    assert min(len(other) for other in as_good) == len(found.valves)


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_customers_are_those_supplied_before_and_not_after(network: PipeNetwork, data: st.DataObject) -> None:
    broken_link = data.draw(st.integers(0, len(network.links) - 1))
    found = isolate(valve_graph(network), link=f"p{broken_link}")
    walker = Walker(network)
    stopped: set[Spot] = {("n", source) for source in found.sources}
    after = walker.supplied(found.valves, stopped)
    # Where nothing is closed the break itself still runs: who hangs on the segment has no supply either way.
    segment = walker.pressed(walker.broken(broken_link), [*found.valves, *_shut_around(network)])
    before = walker.supplied(())
    cut = {
        i
        for i, node in enumerate(network.customers.node.tolist())
        if ("n", node) in before and (("n", node) not in after or ("n", node) in segment)
    }
    assert set(found.customers.tolist()) == cut
    assert found.users == sum(int(network.customers.users[i]) for i in cut)


def _shut_around(network: PipeNetwork) -> list[int]:
    """Every valve that works: shutting all of them leaves the segment alone."""
    return [i for i in range(len(network.valves)) if network.valves.works[i]]


@settings(max_examples=40, deadline=None)
@given(networks(), st.data())
def test_a_second_search_keeps_what_is_closed_and_still_is_the_best(network: PipeNetwork, data: st.DataObject) -> None:
    graph = valve_graph(network)
    closing = [link for link in range(len(network.links)) if isolate(graph, link=f"p{link}").valves]
    assume(closing)
    broken_link = data.draw(st.sampled_from(closing))
    first = isolate(graph, link=f"p{broken_link}")
    fails = data.draw(st.sampled_from(first.valves))
    closed = frozenset(data.draw(st.sets(st.sampled_from(first.valves)))) - {fails}
    second = isolate(graph, link=f"p{broken_link}", conditions=ValveConditions(frozenset({fails}), frozenset(), closed))
    assert fails not in second.valves
    assert not closed & set(second.valves)
    walker = Walker(network, failed=[fails])
    broken = walker.broken(broken_link)
    stopped: set[Spot] = {("n", source) for source in second.sources}
    mine = frozenset(second.valves) | closed
    assert cuts_off(walker, mine, broken, stopped)
    for valve in second.valves:
        assert not cuts_off(walker, mine - {valve}, broken, stopped)
    usable = [i for i in range(len(network.valves)) if network.valves.open[i] and walker.works[i]]
    supplied = walker.supplied(mine, stopped)
    for other in subsets(usable):
        if closed <= other and cuts_off(walker, other, broken, stopped):
            assert walker.supplied(other, stopped) <= supplied
    assert second.users >= first.users


@settings(max_examples=40, deadline=None)
@given(networks(), st.data())
def test_the_outcome_says_what_valves_cannot_do(network: PipeNetwork, data: st.DataObject) -> None:
    broken_link = data.draw(st.integers(0, len(network.links) - 1))
    found = isolate(valve_graph(network), link=f"p{broken_link}")
    walker = Walker(network)
    broken = walker.broken(broken_link)
    everything = frozenset(i for i in range(len(network.valves)) if network.valves.works[i])
    by_valves = cuts_off(walker, everything, broken, set())
    assert by_valves == (found.outcome in (IsolationOutcome.ISOLATED, IsolationOutcome.UNFED))
    if found.outcome == IsolationOutcome.NO_VALVES:
        assert not everything
    if found.outcome == IsolationOutcome.UNFED:
        assert not walker.supplied(()) & set(broken)
