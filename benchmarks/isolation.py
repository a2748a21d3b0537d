"""How long a search for the valves to close takes, for every pipe of a network of L-Town's size.

    python -m benchmarks.isolation [--rounds 3]

Takes the demonstration's water network; where it has few valves of its own, one is put at seven in ten ends of links,
with a fixed seed. In the same run: making the structure once, WNTR's ``valve_segments`` of the same network (which
answers only which segment each element is in), and a second search after the first valve of each answer failed.
``cpu`` figures leave out what other programs of a shared machine took.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
from wntr.metrics.topographic import valve_segments

from chengmai.network.isolation import ValveConditions, isolate
from chengmai.network.pipe_network import LinkKind, PipeNetwork
from chengmai.network.survey_files import pack_folder, tables_of
from chengmai.network.survey_reader import read_survey
from chengmai.network.valve_graph import valve_graph
from chengmai.network.valves import Valves

SHIPPED = Path(__file__).parent.parent / "src" / "chengmai" / "demo" / "data" / "survey"
LIMIT_MS = 5.0
SHARE, SEED = 0.7, 7


def network_with_valves() -> tuple[PipeNetwork, str]:
    """The demonstration's water network, and whether its valves are its own."""
    network, _ = read_survey(tables_of("survey.zip", pack_folder(SHIPPED))[0], "survey.zip")
    if len(network.valves) >= 100:
        return network, "surveyed"
    rng = np.random.default_rng(SEED)
    link = np.repeat(np.arange(len(network.links), dtype=np.int32), 2)
    node = np.stack([network.links.start, network.links.end], axis=1).ravel()
    chosen = rng.random(len(link)) < SHARE
    count = int(chosen.sum())
    code, every = np.array([f"v{i}" for i in range(count)]), np.ones(count, dtype=np.bool_)
    return replace(network, valves=Valves(code, link[chosen], node[chosen], every, every)), "made up"


def timed_ms(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long one call took [ms]."""
    started = clock()
    work()
    return (clock() - started) * 1000


def peer_ms(network: PipeNetwork) -> float:
    """WNTR's segmentation of the network, once [ms]."""
    graph = nx.MultiDiGraph()
    code, links, valves = network.nodes.code, network.links, network.valves
    graph.add_nodes_from(code.tolist())
    for link, start, end in zip(links.code.tolist(), links.start, links.end, strict=True):
        graph.add_edge(str(code[start]), str(code[end]), key=link)
    layer = pd.DataFrame({"link": links.code[valves.link], "node": code[valves.node]})
    return timed_ms(lambda: valve_segments(graph, layer))


def main() -> None:
    """Run and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    network, valves = network_with_valves()
    making = timed_ms(lambda: valve_graph(network))
    graph = valve_graph(network)
    graph.gates_at, graph.source_distance_m  # noqa: B018 - made once, before the clock runs
    pipes = network.links.code[network.links.kind == LinkKind.PIPE].tolist()
    first, worked, second = [], [], []
    for _ in range(rounds):
        for pipe in pipes:
            first.append(timed_ms(lambda pipe=pipe: isolate(graph, link=pipe)))  # type: ignore[misc]
            worked.append(timed_ms(lambda pipe=pipe: isolate(graph, link=pipe), time.thread_time))  # type: ignore[misc]
            chosen = isolate(graph, link=pipe).valves
            if chosen:
                failed = ValveConditions(failed=frozenset(chosen[:1]), closed=frozenset(chosen[1:]))
                second.append(timed_ms(lambda pipe=pipe, known=failed: isolate(graph, link=pipe, conditions=known)))  # type: ignore[misc]
    peer = peer_ms(network)
    p99 = float(np.percentile(first, 99))
    print(
        json.dumps(
            {
                "links": len(network.links),
                "valves": len(network.valves),
                "valves_are": valves,
                "searches": len(first),
                "structure_ms": round(making, 2),
                "p50_ms": round(float(np.percentile(first, 50)), 3),
                "p99_ms": round(p99, 3),
                "p99_cpu_ms": round(float(np.percentile(worked, 99)), 3),
                "second_search_p99_ms": round(float(np.percentile(second, 99)), 3),
                "p99_of_the_limit": round(p99 / LIMIT_MS, 3),
                "wntr_segments_ms": round(peer, 1),
                "p99_of_wntr_segments": round(p99 / peer, 5),
            }
        )
    )


if __name__ == "__main__":
    main()
