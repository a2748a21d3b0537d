"""From stored plans and searches to what the doors give."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.assets.models import Network, NetworkEdition
from chengmai.assets.queries import calls_customers, load_edition, load_network, networks
from chengmai.assets.streets import Streets
from chengmai.casework.cases.queries import visible_cases
from chengmai.casework.classes.editions import department_of, trades
from chengmai.casework.models import Case
from chengmai.core.units import METRES_PER_DEGREE
from chengmai.disposal import valve_queries as queries
from chengmai.disposal.models import BrokenValve, ValvePlan, ValveSearch, ValveStep
from chengmai.disposal.valve_schemas import (
    AffectedCustomer,
    BrokenValveOut,
    ElementSuggestion,
    IsolationOut,
    KeyCustomer,
    LineAt,
    ValveAt,
    ValvePlanDetail,
    ValvePlanOut,
    ValveStepOut,
)
from chengmai.disposal.valve_search import Element, ElementKind, element_of, graph_of
from chengmai.disposal.valve_states import ValveStepKind, ValveStepState
from chengmai.network.array_types import Floats
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.network.valve_graph import ValveGraph
from chengmai.network.valve_places import valve_place
from chengmai.warning.models import Warning
from chengmai.warning.views import actor_ref, organisation_ref, person_ref

MOST_PLACES = 2000
"""More places of customers are not drawn; their number is told."""
MOST_SUGGESTED = 5
NEAR_M = 60.0
"""A link further from a case's place is not suggested."""


def isolation_out(
    network: Network, edition: NetworkEdition, element: Element, result: dict[str, Any], user: User
) -> IsolationOut:
    """A search's answer with everything it names placed on the map, as one user may see it."""
    graph = graph_of(network, edition)
    arrays, streets = graph.network, Streets()
    customers = arrays.customers
    at = {str(code): i for i, code in enumerate(customers.code)}
    key = [at[code] for code in result["key_customers"]]
    return IsolationOut(
        network=network.code,
        element_kind=element.kind,
        element=element.code,
        element_path=_element_path(arrays, element),
        paired=network.utility == Utility.HEAT,
        outcome=result["outcome"],
        valves=[_valve(graph, graph.valve_index[code], streets) for code in result["valves"]],
        sources=result["sources"],
        users=result["users"],
        customers=len(result["customers"]),
        key_customers=[
            KeyCustomer(
                **_customer(arrays, i),
                name=str(customers.name[i]),
                category=str(customers.category[i]),
                phone=customers.phone_of(i) if calls_customers(user) else "",
            )
            for i in key
        ],
        affected=[AffectedCustomer(**_customer(arrays, at[code])) for code in result["customers"][:MOST_PLACES]],
        segment=_lines(arrays, result["segment_links"]),
        dry=_lines(arrays, result["dry_links"]),
        segment_length_m=result["segment_length_m"],
        dry_length_m=result["dry_length_m"],
        hull=result["hull"],
    )


def plans_out(plans: Sequence[ValvePlan], user: User) -> list[ValvePlanOut]:
    """Plans with their steps, for one user."""
    return [ValvePlanOut(**fields) for fields in _plans(plans, user)]


def plan_details(plans: Sequence[ValvePlan], user: User) -> list[ValvePlanDetail]:
    """Plans with what their last searches found."""
    return [
        ValvePlanDetail(
            **fields,
            isolation=isolation_out(plan.network, plan.edition, element_of(plan), _last_search(plan).result, user),
        )
        for plan, fields in zip(plans, _plans(plans, user), strict=True)
    ]


def broken_valve_out(fault: BrokenValve, user: User) -> BrokenValveOut:
    """A valve known not to work, for one user."""
    mine = fault.network.owner_id == user.organisation_id and Permission.VALVE_CONFIRM in user.permissions
    return BrokenValveOut(
        id=fault.pk,
        network=fault.network.code,
        valve=fault.valve,
        found_at=fault.found_at,
        found_by=person_ref(fault.found_by),
        note=fault.note,
        mended_at=fault.mended_at,
        may_mend=mine and fault.mended_at is None,
    )


def suggestions(user: User, case: Case) -> list[ElementSuggestion]:
    """What a plan for a case could be about: where its alarm points, then what lies nearest to its place."""
    mine = {one.code: one for one in networks(user) if Utility(one.utility).under_pressure and one.edition}
    found = [*_from_alarm(case, mine), *_near(case, mine.values())]
    seen: dict[tuple[str, str, str], ElementSuggestion] = {}
    for one in found:
        seen.setdefault((one.network, one.element_kind, one.element), one)
    return list(seen.values())


def _from_alarm(case: Case, mine: dict[str, Network]) -> Iterable[ElementSuggestion]:
    if case.source != "warning":
        return
    warning = Warning.objects.select_related("alarm__rule__network").filter(pk=case.source_id).first()
    network = mine.get(warning.alarm.rule.network.code) if warning and warning.alarm.rule.network else None
    if warning is None or network is None:
        return
    arrays = load_network(network)
    for told in warning.alarm.elements[:MOST_SUGGESTED]:
        kind: ElementKind = "link" if told["code"] in arrays.link_index else "node"
        if kind == "link" or told["code"] in arrays.node_index:
            yield _suggestion(network, kind, told["code"], "alarm", None)


def _near(case: Case, mine: Iterable[Network]) -> Iterable[ElementSuggestion]:
    """The nearest link of each network, those of the department the case's class belongs to before others."""
    if case.longitude is None or case.latitude is None:
        return
    answering = department_of(case.case_class, trades())
    department = answering.pk if answering else None
    found = []
    for network in mine:
        arrays = load_network(network)
        away = _distances_m(arrays, case.longitude, case.latitude)
        if len(away) and away.min() <= NEAR_M:
            link, strange = int(away.argmin()), department not in (network.owner_id, network.owner.parent_id)
            told = _suggestion(network, "link", str(arrays.links.code[link]), "near", round(float(away[link]), 1))
            found.append((strange, float(away[link]), told))
    yield from (told for _, _, told in sorted(found, key=lambda one: one[:2]))


def _suggestion(
    network: Network, kind: ElementKind, code: str, reason: Literal["alarm", "near"], distance_m: float | None
) -> ElementSuggestion:
    return ElementSuggestion(
        network=network.code,
        network_zh=network.name_zh,
        network_en=network.name_en,
        element_kind=kind,
        element=code,
        reason=reason,
        distance_m=distance_m,
    )


def _distances_m(arrays: PipeNetwork, longitude: float, latitude: float) -> Floats:
    """How far a place is from the straight line between each link's ends [m]."""
    scale = np.array([np.cos(np.radians(latitude)), 1.0]) * METRES_PER_DEGREE
    nodes = (np.column_stack([arrays.nodes.x, arrays.nodes.y]) - [longitude, latitude]) * scale
    start, end = nodes[arrays.links.start], nodes[arrays.links.end]
    along = end - start
    square = np.maximum((along**2).sum(axis=1), 1e-9)
    share = np.clip(-(start * along).sum(axis=1) / square, 0.0, 1.0)
    away: Floats = np.hypot(*(start + along * share[:, None]).T)
    return away


def _element_path(arrays: PipeNetwork, element: Element) -> list[tuple[float, float]]:
    if element.kind == "link":
        return [(x, y) for x, y in arrays.line(arrays.link_index[element.code]).tolist()]
    node = arrays.node_index[element.code]
    return [(float(arrays.nodes.x[node]), float(arrays.nodes.y[node]))]


def _valve(graph: ValveGraph, valve: int, streets: Streets) -> ValveAt:
    network = graph.network
    longitude, latitude = valve_place(network, valve)
    link, street = int(network.valves.link[valve]), streets.nearest(longitude, latitude)
    return ValveAt(
        code=str(network.valves.code[valve]),
        link=str(network.links.code[link]),
        node=str(network.nodes.code[network.valves.node[valve]]),
        diameter_mm=round(float(network.links.diameter[link]) * 1000, 1),
        longitude=longitude,
        latitude=latitude,
        street_zh=street.name_zh if street else "",
        street_en=street.name_en if street else "",
    )


def _customer(arrays: PipeNetwork, i: int) -> dict[str, Any]:
    node = int(arrays.customers.node[i])
    return {
        "code": str(arrays.customers.code[i]),
        "users": int(arrays.customers.users[i]),
        "longitude": float(arrays.nodes.x[node]),
        "latitude": float(arrays.nodes.y[node]),
    }


def _lines(arrays: PipeNetwork, codes: Iterable[str]) -> list[LineAt]:
    return [LineAt(code=code, path=arrays.line(arrays.link_index[code]).tolist()) for code in codes]


def _last_search(plan: ValvePlan) -> ValveSearch:
    return plan.searches.order_by("-number")[0]


def _plans(plans: Sequence[ValvePlan], user: User) -> list[dict[str, Any]]:
    visible = set(visible_cases(user).filter(pk__in=[plan.case_id for plan in plans]).values_list("pk", flat=True))
    return [_plan(plan, user, plan.case_id in visible) for plan in plans]


def _plan(plan: ValvePlan, user: User, case_visible: bool) -> dict[str, Any]:
    search = _last_search(plan)
    result, network = search.result, plan.network
    return {
        "id": plan.pk,
        "code": plan.code,
        "case_id": plan.case_id,
        "case_code": plan.case.code,
        "case_visible": case_visible,
        "network": network.code,
        "network_zh": network.name_zh,
        "network_en": network.name_en,
        "utility": network.utility,
        "owner": organisation_ref(network.owner),
        "element_kind": plan.element_kind,
        "element": plan.element,
        "state": plan.state,
        "outcome": search.outcome,
        "searches": search.number,
        "users": result["users"],
        "customers": len(result["customers"]),
        "key_customers": len(result["key_customers"]),
        "segment_length_m": result["segment_length_m"],
        "dry_length_m": result["dry_length_m"],
        "made_at": plan.made_at,
        "made_by": person_ref(plan.made_by),
        "isolated_at": plan.isolated_at,
        "ended_at": plan.ended_at,
        "version": plan.version,
        "allowed_actions": queries.allowed_plan_actions(user, plan),
        "steps": [_step(step, plan, user) for step in plan.steps.select_related("done_by").order_by("position")],
    }


def _step(step: ValveStep, plan: ValvePlan, user: User) -> ValveStepOut:
    step.plan = plan
    return ValveStepOut(
        id=step.pk,
        position=step.position,
        kind=ValveStepKind(step.kind),
        element=step.element,
        name=step.name,
        phone=_phone(step, plan) if calls_customers(user) else "",
        street_zh=step.street_zh,
        street_en=step.street_en,
        longitude=step.longitude,
        latitude=step.latitude,
        search=step.search,
        state=ValveStepState(step.state),
        done_at=step.done_at,
        claimed_at=step.claimed_at,
        done_by=actor_ref(step.done_by),
        note=step.note,
        version=step.version,
        allowed_actions=queries.allowed_step_actions(user, step),
    )


def _phone(step: ValveStep, plan: ValvePlan) -> str:
    """The telephone number of the key user a step is to tell."""
    if step.kind != ValveStepKind.TELL_KEY_USER:
        return ""
    customers = load_edition(plan.edition).customers
    found = np.flatnonzero(customers.code == step.element).tolist()
    return customers.phone_of(found[0]) if found else ""
