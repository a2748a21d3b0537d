"""How far from a broken pipe the ranking points: seeded breaks on a network that differs from the believed one.

    python -m benchmarks.locating [NETWORK.inp] --breaks 40

Without a file the demonstration city's network is taken, which is of L-Town's shape.

The hidden network has other roughness and demand (10 % each), sensors have noise and offsets, and the demand drifts
between the readings before and after the break. Prints distances along the pipes from the first-ranked pipe, and how
long a ranking took beside the limit.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.tables import Line, show
from chengmai.detection.locating import Fall, Situation, rank_pipes
from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import LinkKind, PipeNetwork
from chengmai.network.survey_files import pack_folder, tables_of
from chengmai.network.survey_reader import read_survey
from chengmai.physics.breaks import SUFFIX, part_pipes
from chengmai.physics.water import Conditions, WaterModel
from chengmai.simulator.hidden_network import Difference, hidden_network

PLACES: tuple[int, ...] = (1, 4, 31, 54, 105, 114, 163, 188, 215, 229, 288, 296, 332, 342, 410, 415, 429, 458, 469)
PLACES += (495, 506, 516, 519, 549, 613, 636, 644, 679, 722, 726, 740, 752, 769)
SENSORS = [f"n{place}" for place in PLACES]
SHIPPED = Path(__file__).parent.parent / "src" / "chengmai" / "demo" / "data" / "survey"
INFLOW = {"p227": 1, "p235": 1, "PUMP_1": -1}
READINGS = 6
LIMIT_S = 1.0
"""How long a ranking of every pipe may take on a network of L-Town's size [s]."""


def distances(network: PipeNetwork, code: str) -> dict[str, float]:
    """Metres along the pipes from the middle of one pipe to the middle of every other."""
    links, pipe = network.links, network.links.kind == LinkKind.PIPE
    graph = coo_array(
        (links.length[pipe], (links.start[pipe], links.end[pipe])), shape=(len(network.nodes), len(network.nodes))
    )
    own = network.link_index[code]
    ends = [int(links.start[own]), int(links.end[own])]
    reach = dijkstra(graph.tocsr(), directed=False, indices=ends).min(axis=0)
    return {
        str(links.code[i]): 0.0
        if i == own
        else float(min(reach[links.start[i]], reach[links.end[i]]) + (links.length[i] + links.length[own]) / 2)
        for i in np.flatnonzero(pipe)
    }


def one_break(network: PipeNetwork, seed: int) -> dict[str, object]:
    """Break one pipe of a hidden network and rank; distances in m, time in s."""
    rng, difference = np.random.default_rng(seed), Difference()
    real = hidden_network(network, rng, difference)
    pipes = [
        str(code)
        for code, kind, length in zip(network.links.code, network.links.kind, network.links.length, strict=True)
        if kind == LinkKind.PIPE and length > 10
    ]
    broken = str(rng.choice(pipes))
    size = float(rng.uniform(10, 40))
    moment = int(rng.integers(0, 7 * 288)) * 300
    level, pumping = float(rng.uniform(2.5, 3.8)), bool(rng.random() < 0.5)
    swing = float(rng.normal(1, difference.demand_swing_share))
    parted = part_pipes(real, [broken])
    places = np.array([parted.node_index[code] for code in SENSORS])
    link = np.array([parted.link_index[code] for code in INFLOW])
    signs = np.array(list(INFLOW.values()))

    def measured(model: WaterModel, leak: float, drift: float) -> tuple[np.ndarray, float]:
        model.set_conditions(Conditions(moment, swing * drift, {"T1": level}, {"PUMP_1": pumping}))
        model.set_emitters({parted.node_index[broken + SUFFIX]: leak} if leak else {})
        solved = model.solve()
        noise = rng.normal(0, difference.pressure_noise_m, (READINGS, len(SENSORS))).mean(axis=0)
        flow = (
            signs * solved.flow[link] * (1 + rng.normal(0, difference.flow_noise_share, len(link)) / READINGS**0.5)
        ).sum()
        return solved.pressure[places] + noise, float(flow) * 3600

    with WaterModel(parted) as model:
        before, inflow = measured(model, 0.0, 1.0)
        head = 40.0
        after, more = measured(model, size / 3600 / head**0.5, float(rng.normal(1, 0.003)))
    noise = (difference.pressure_noise_m * (2 / READINGS) ** 0.5,) * len(SENSORS)
    rise = more - inflow if more - inflow > 3 else None
    fall = Fall(tuple(SENSORS), tuple((before - after).tolist()), noise, rise)
    situation = Situation(moment, {"T1": level}, {"PUMP_1": pumping}, INFLOW, inflow)
    started = time.perf_counter()
    ranking = rank_pipes(network, fall, situation)
    took = time.perf_counter() - started
    away = distances(network, broken)
    order = [element.code for element in ranking.elements]
    return {
        "pipe": broken,
        "size_m3h": round(size, 1),
        "told_m3h": round(more - inflow, 1),
        "distance_m": round(away[order[0]]),
        "rank": order.index(broken) + 1,
        "nearest_of_ten_m": round(min(away[code] for code in order[:10])),
        "seconds": round(took, 2),
    }


def main() -> None:
    """Run and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("network", type=Path, nargs="?")
    arguments.add_argument("--breaks", type=int, default=40)
    arguments.add_argument("--seed", type=int, default=1000)
    arguments.add_argument("--rows", action="store_true", help="print every break")
    given = arguments.parse_args()
    if given.network is None:
        tables, _ = tables_of("survey.zip", pack_folder(SHIPPED))
        network, _ = read_survey(tables, "survey.zip")
    else:
        network, _ = read_inp(given.network.read_bytes(), given.network.name)
    rows = [one_break(network, given.seed + number) for number in range(given.breaks)]
    if given.rows:
        for row in rows:
            print(json.dumps(row))
    metres = np.array([float(str(row["distance_m"])) for row in rows])
    ranks = np.array([int(str(row["rank"])) for row in rows])
    print(
        json.dumps(
            {
                "breaks": len(rows),
                "median_distance_m": float(np.median(metres)),
                "share_within_300_m": round(float((metres <= 300).mean()), 3),
                "worst_distance_m": float(metres.max()) if np.isfinite(metres).all() else "not connected",
                "median_rank_of_broken_pipe": float(np.median(ranks)),
            }
        )
    )
    taken = [float(str(row["seconds"])) for row in rows]
    show(
        f"Ranking every pipe; load {os.getloadavg()[0]:.1f}", "s", [Line("the limit", [LIMIT_S]), Line("taken", taken)]
    )


if __name__ == "__main__":
    main()
