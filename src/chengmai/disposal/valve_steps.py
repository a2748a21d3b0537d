"""How the steps of a valve plan follow its searches, and its state its steps; inside the caller's transaction."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from chengmai.access.audit import record
from chengmai.access.models import User
from chengmai.assets.streets import Streets
from chengmai.core.clock import now
from chengmai.core.errors import Conflict
from chengmai.core.lineage import seal
from chengmai.disposal.models import BrokenValve, ValvePlan, ValveSearch, ValveStep
from chengmai.disposal.valve_search import closed_by, element_of, find_valves, graph_of, told
from chengmai.disposal.valve_states import CUTTING, GIVING_BACK, ValvePlanState, ValveStepKind, ValveStepState
from chengmai.events.outbox import emit
from chengmai.network.valve_graph import ValveGraph
from chengmai.network.valve_places import valve_place

VALVE_EVENTS = ("valve_plan.moved",)
_OPPOSITE = {
    ValveStepKind.CLOSE_VALVE: ValveStepKind.OPEN_VALVE,
    ValveStepKind.STOP_SOURCE: ValveStepKind.START_SOURCE,
}


def search_anew(plan: ValvePlan) -> ValveSearch:
    """Search with what is known now, keep the answer, and let the steps follow it."""
    graph = graph_of(plan.network, plan.edition)
    found, conditions = find_valves(plan.network, plan.edition, element_of(plan), plan)
    result, valve_code = told(graph, found), graph.network.valves.code
    failed = sorted(str(valve_code[valve]) for valve in conditions.failed)
    closed = sorted(closed_by(plan))
    number = plan.searches.count() + 1
    search = ValveSearch.objects.create(
        plan=plan,
        number=number,
        at=now(),
        failed=failed,
        closed=closed,
        outcome=found.outcome.value,
        result=result,
        seal=seal({"edition": plan.edition_id, "failed": failed, "closed": closed, "result": result}),
    )
    _follow(plan, search, graph)
    advance(plan)
    return search


def _follow(plan: ValvePlan, search: ValveSearch, graph: ValveGraph) -> None:
    """Drop the steps that are no longer asked for, add those that are new; what was done stays."""
    result, kinds = search.result, ValveStepKind
    wanted = [(kinds.CLOSE_VALVE, code) for code in result["valves"]]
    wanted += [(kinds.STOP_SOURCE, code) for code in result["sources"]]
    wanted += [(kinds.TELL_KEY_USER, code) for code in result["key_customers"]]
    for step in plan.steps.filter(state=ValveStepState.WAITING):
        if (ValveStepKind(step.kind), step.element) not in wanted:
            step.state = ValveStepState.DROPPED
            step.version += 1
            step.save(update_fields=["state", "version"])
    known = {(ValveStepKind(step.kind), step.element): step for step in plan.steps.all()}
    for key in wanted:
        held = known.get(key)
        # One that failed is asked for again only after it was mended.
        if held is not None and held.state in (ValveStepState.DROPPED, ValveStepState.FAILED):
            held.state, held.search = ValveStepState.WAITING, search.number
            held.version += 1
            held.save(update_fields=["state", "search", "version"])
    _add(plan, (key for key in wanted if key not in known), search.number, graph)


def _add(plan: ValvePlan, wanted: Iterable[tuple[ValveStepKind, str]], search: int, graph: ValveGraph) -> None:
    streets, last = Streets(), plan.steps.aggregate(last=Max("position"))["last"] or 0
    steps = []
    for position, (kind, code) in enumerate(wanted, last + 1):
        longitude, latitude, name = _place(graph, kind, code)
        street = streets.nearest(longitude, latitude)
        steps.append(
            ValveStep(
                plan=plan,
                position=position,
                kind=kind,
                element=code,
                name=name[:128],
                street_zh=street.name_zh if street else "",
                street_en=street.name_en if street else "",
                longitude=longitude,
                latitude=latitude,
                search=search,
            )
        )
    ValveStep.objects.bulk_create(steps)


def _place(graph: ValveGraph, kind: ValveStepKind, code: str) -> tuple[float, float, str]:
    """Where a step is to be done, and the name of whom it is about."""
    network = graph.network
    if kind == ValveStepKind.CLOSE_VALVE:
        return *valve_place(network, graph.valve_index[code]), ""
    if kind == ValveStepKind.STOP_SOURCE:
        node, name = network.node_index[code], ""
    else:
        at = network.customers.code.tolist().index(code)
        node, name = int(network.customers.node[at]), str(network.customers.name[at])
    return float(network.nodes.x[node]), float(network.nodes.y[node]), name


def add_opposites(plan: ValvePlan) -> None:
    """For all that was closed or stopped a step that gives it back, the last one first."""
    done = plan.steps.filter(kind__in=CUTTING, state=ValveStepState.DONE).order_by("-done_at", "-position")
    last = plan.steps.aggregate(last=Max("position"))["last"] or 0
    ValveStep.objects.bulk_create(
        ValveStep(
            plan=plan,
            position=position,
            kind=_OPPOSITE[ValveStepKind(step.kind)],
            element=step.element,
            name=step.name,
            street_zh=step.street_zh,
            street_en=step.street_en,
            longitude=step.longitude,
            latitude=step.latitude,
            search=step.search,
        )
        for position, step in enumerate(done, last + 1)
    )


def note_fault(step: ValveStep, user: User, note: str) -> None:
    """Keep for good that a valve does not work; known already, it stays one fault."""
    network = step.plan.network
    fault, new = BrokenValve.objects.get_or_create(
        network=network,
        valve=step.element,
        mended_at=None,
        defaults={"found_at": now(), "found_by": user, "step": step, "note": note.strip()},
    )
    if new:
        after = {"network": network.code, "valve": step.element, "note": note.strip()}
        record(user, "valve.found_broken", "broken_valve", str(fault.pk), after=after)


def advance(plan: ValvePlan) -> None:
    """Let the plan's state follow its steps."""
    waiting = set(plan.steps.filter(state=ValveStepState.WAITING).values_list("kind", flat=True))
    if plan.state in (ValvePlanState.CLOSING, ValvePlanState.ISOLATED):
        cut = not waiting & {kind.value for kind in CUTTING}
        plan.state = ValvePlanState.ISOLATED if cut else ValvePlanState.CLOSING
        plan.isolated_at = (plan.isolated_at or now()) if cut else None
    elif plan.state == ValvePlanState.OPENING and not waiting & {kind.value for kind in GIVING_BACK}:
        plan.state = ValvePlanState.RESTORED
        plan.ended_at = now()
    move(plan)


def move(plan: ValvePlan) -> None:
    """Write the plan's state under its version; raises Conflict when somebody was faster."""
    names = ("state", "isolated_at", "ended_at")
    values: dict[str, Any] = {name: getattr(plan, name) for name in names}
    if not ValvePlan.objects.filter(pk=plan.pk, version=plan.version).update(**values, version=plan.version + 1):
        raise Conflict("version.stale", sent=plan.version, present="?")
    plan.version += 1


def tell(plan: ValvePlan, action: str) -> None:
    """Emit that the plan moved; the network's owner may hear it."""
    owner = plan.network.owner.code
    news = {"id": str(plan.pk), "code": plan.code, "action": action, "owner": owner, "case": str(plan.case_id)}
    emit("valve_plan.moved", f"valve_plan:{plan.pk}", news)


def valves_of(search: ValveSearch) -> str:
    """The codes of the valves a search asks for, as a history tells them."""
    return ", ".join(search.result["valves"])
