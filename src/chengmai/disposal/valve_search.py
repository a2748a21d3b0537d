"""Searches for valves in stored networks: an edition's structure kept in memory, what is known of its valves now."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from chengmai.assets.models import Network, NetworkEdition
from chengmai.assets.queries import load_edition, published
from chengmai.core.errors import InvalidInput
from chengmai.disposal.models import BrokenValve, ValvePlan, ValveStep
from chengmai.disposal.valve_states import HOLDING, ValveStepKind, ValveStepState
from chengmai.network.isolation import Isolation, ValveConditions, isolate
from chengmai.network.utilities import Utility
from chengmai.network.valve_graph import ValveGraph, valve_graph

ElementKind = Literal["link", "node"]


@dataclass(frozen=True, slots=True)
class Element:
    """What is broken: a link or a node of a network, by its code."""

    kind: ElementKind
    code: str


def element_of(plan: ValvePlan) -> Element:
    """What a plan cuts off."""
    return Element(cast(ElementKind, plan.element_kind), plan.element)


def graph_of(network: Network, edition: NetworkEdition) -> ValveGraph:
    """The zones between valves of an edition; raises InvalidInput for networks nothing is pressed through."""
    if not Utility(network.utility).under_pressure:
        raise InvalidInput("isolation.not_under_pressure", network=network.code, utility=network.utility)
    return _graph(edition.pk, edition.source_hash, network.utility == Utility.HEAT)


@lru_cache(maxsize=8)
def _graph(edition_id: int, source_hash: str, paired: bool) -> ValveGraph:
    edition = NetworkEdition.objects.get(pk=edition_id, source_hash=source_hash)
    return valve_graph(load_edition(edition), paired)


def broken_valves(network: Network) -> set[str]:
    """Codes of the valves found not to work and not mended yet."""
    found = BrokenValve.objects.filter(network=network, mended_at=None)
    return set(found.values_list("valve", flat=True))


def closed_by(plan: ValvePlan) -> set[str]:
    """Codes of the valves that stand closed because of a plan."""
    done = plan.steps.filter(state=ValveStepState.DONE)
    closed = set(done.filter(kind=ValveStepKind.CLOSE_VALVE).values_list("element", flat=True))
    return closed - set(done.filter(kind=ValveStepKind.OPEN_VALVE).values_list("element", flat=True))


def closed_elsewhere(network: Network, but: ValvePlan | None = None) -> set[str]:
    """Codes of the valves that other plans hold closed; one that could not be opened again stays so."""
    rows = ValveStep.objects.filter(plan__network=network, kind=ValveStepKind.CLOSE_VALVE, state=ValveStepState.DONE)
    plans = {row.plan_id: row.plan for row in rows.select_related("plan") if but is None or row.plan_id != but.pk}
    return {code for plan in plans.values() for code in closed_by(plan)}


def relying_on(plan: ValvePlan) -> dict[str, list[str]]:
    """Other plans that still count on valves this plan holds closed: their codes, each with those valves.

    A valve counts for whoever's cut-off part it borders, by the last search of that plan.
    """
    graph = graph_of(plan.network, plan.edition)
    valves, nodes, links = graph.network.valves, graph.network.nodes.code, graph.network.links.code
    ends = {code: graph.valve_index[code] for code in closed_by(plan) if code in graph.valve_index}
    found: dict[str, list[str]] = {}
    for other in ValvePlan.objects.filter(network=plan.network, state__in=HOLDING).exclude(pk=plan.pk).order_by("code"):
        search = other.searches.order_by("-number").first()
        if search is None:
            continue
        inside_links, inside_nodes = set(search.result["segment_links"]), set(search.result["segment_nodes"])
        relied = sorted(
            code
            for code, at in ends.items()
            if str(links[valves.link[at]]) in inside_links or str(nodes[valves.node[at]]) in inside_nodes
        )
        if relied:
            found[other.code] = relied
    return found


def find_valves(
    network: Network,
    edition: NetworkEdition,
    element: Element,
    plan: ValvePlan | None = None,
    suppose_failed: Collection[str] = (),
) -> tuple[Isolation, ValveConditions]:
    """Search with all that is known now: surveyed, found broken, standing closed; ``suppose_failed`` as well.

    Raises NotFound for an unknown element, InvalidInput for an unknown valve or an unfit network.
    """
    graph = graph_of(network, edition)
    unknown = [code for code in suppose_failed if code not in graph.valve_index]
    if unknown:
        raise InvalidInput("isolation.valve_unknown", network=network.code, code=unknown[0])
    conditions = ValveConditions(
        _positions(graph, broken_valves(network) | set(suppose_failed)),
        _positions(graph, closed_elsewhere(network, plan)),
        _positions(graph, closed_by(plan) if plan else ()),
    )
    broken = {"link": element.code} if element.kind == "link" else {"node": element.code}
    return isolate(graph, conditions=conditions, **broken), conditions


def find_in_published(network: Network, element: Element, suppose_failed: Collection[str] = ()) -> dict[str, Any]:
    """What closing valves would come to in the edition people see, by codes; nothing is stored."""
    edition = published(network)
    found, _ = find_valves(network, edition, element, None, suppose_failed)
    return told(graph_of(network, edition), found)


def told(graph: ValveGraph, found: Isolation) -> dict[str, Any]:
    """An isolation by codes, as it is kept."""
    network = graph.network
    nodes, links, customers = network.nodes.code, network.links.code, network.customers.code
    return {
        "outcome": found.outcome.value,
        "valves": [str(network.valves.code[valve]) for valve in found.valves],
        "sources": [str(nodes[source]) for source in found.sources],
        "segment_links": links[found.segment_links].tolist(),
        "dry_links": links[found.dry_links].tolist(),
        "segment_nodes": nodes[found.segment_nodes].tolist(),
        "dry_nodes": nodes[found.dry_nodes].tolist(),
        "customers": customers[found.customers].tolist(),
        "key_customers": customers[found.key_customers].tolist(),
        "users": found.users,
        "segment_length_m": round(found.segment_length_m, 1),
        "dry_length_m": round(found.dry_length_m, 1),
        "hull": [list(corner) for corner in found.hull],
    }


def _positions(graph: ValveGraph, codes: Collection[str]) -> frozenset[int]:
    return frozenset(graph.valve_index[code] for code in codes if code in graph.valve_index)
