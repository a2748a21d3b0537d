"""A network as plain documents, one a node and one a link, for a store that keeps rows; and back again, exactly."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from chengmai.network.assembly import assemble
from chengmai.network.pipe_network import (
    Control,
    Frame,
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

_PLACE = Place("store")


@dataclass(frozen=True, slots=True)
class NodeDocument:
    """A node: what the map shows, ``hydraulic`` what the model needs (SI), ``survey`` what the surveyor noted."""

    code: str
    kind: str
    x: float
    y: float
    elevation_m: float
    hydraulic: dict[str, Any] = field(default_factory=dict)
    survey: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkDocument:
    """A link: what the map shows, ``hydraulic`` what the model needs (SI), ``survey`` what the surveyor noted."""

    code: str
    kind: str
    start: str
    end: str
    length_m: float
    diameter_mm: float
    material: str
    path: list[list[float]]
    hydraulic: dict[str, Any] = field(default_factory=dict)
    survey: dict[str, Any] = field(default_factory=dict)


def _pattern(network: PipeNetwork, index: int) -> str:
    return network.patterns[index].code if index >= 0 else ""


def _curve(network: PipeNetwork, index: int) -> str:
    return network.curves[index].code if index >= 0 else ""


def node_documents(network: PipeNetwork) -> Iterator[NodeDocument]:
    """Every node, in order, with its demands, its customers and its vessel."""
    nodes, tanks, demands = network.nodes, network.tanks, network.demands
    hydraulic: list[dict[str, Any]] = [{} for _ in range(len(nodes))]
    for i in range(len(demands)):
        told = {"base_m3s": float(demands.base[i])}
        named = {"pattern": _pattern(network, demands.pattern[i]), "category": str(demands.category[i])}
        hydraulic[demands.node[i]].setdefault("demands", []).append(told | {k: v for k, v in named.items() if v})
    customers = network.customers
    for i in range(len(customers)):
        hydraulic[customers.node[i]].setdefault("customers", []).append(
            {
                "code": str(customers.code[i]),
                "users": int(customers.users[i]),
                "category": str(customers.category[i]),
                "name": str(customers.name[i]),
            }
            | ({"phone": phone} if (phone := customers.phone_of(i)) else {})
        )
    for i in range(len(tanks)):
        hydraulic[tanks.node[i]]["tank"] = {
            "initial_level": float(tanks.initial_level[i]),
            "min_level": float(tanks.min_level[i]),
            "max_level": float(tanks.max_level[i]),
            "diameter": float(tanks.diameter[i]),
            "min_volume": float(tanks.min_volume[i]),
            "volume_curve": _curve(network, tanks.volume_curve[i]),
            "overflow": bool(tanks.overflow[i]),
        }
    for i in range(len(nodes)):
        if nodes.head_pattern[i] >= 0:
            hydraulic[i]["head_pattern"] = _pattern(network, nodes.head_pattern[i])
        if nodes.emitter[i]:
            hydraulic[i]["emitter"] = float(nodes.emitter[i])
        yield NodeDocument(
            str(nodes.code[i]),
            NodeKind(nodes.kind[i]).name.lower(),
            float(nodes.x[i]),
            float(nodes.y[i]),
            float(nodes.elevation[i]),
            hydraulic[i],
            nodes.attributes[i],
        )


def link_documents(network: PipeNetwork) -> Iterator[LinkDocument]:
    """Every link, in order, with the isolation valves that stand on it."""
    nodes, links = network.nodes, network.links
    valves = _valves_by_link(network)
    for i in range(len(links)):
        hydraulic: dict[str, Any] = {
            "diameter_m": float(links.diameter[i]),
            "roughness": float(links.roughness[i]),
            "minor_loss": float(links.minor_loss[i]),
            "status": LinkStatus(links.status[i]).name.lower(),
            "setting": float(links.setting[i]),
            "power_w": float(links.power[i]),
            "curve": _curve(network, links.curve[i]),
            "pattern": _pattern(network, links.pattern[i]),
        }
        yield LinkDocument(
            str(links.code[i]),
            LinkKind(links.kind[i]).name.lower(),
            str(nodes.code[links.start[i]]),
            str(nodes.code[links.end[i]]),
            float(links.length[i]),
            round(float(links.diameter[i]) * 1000, 6),
            str(links.material[i]),
            links.path[links.path_offset[i] : links.path_offset[i + 1]].tolist(),
            {name: value for name, value in hydraulic.items() if value not in {"", 0.0}} | valves.get(i, {}),
            links.attributes[i],
        )


def _valves_by_link(network: PipeNetwork) -> dict[int, dict[str, Any]]:
    valves = network.valves
    told: dict[int, dict[str, Any]] = {}
    for i in range(len(valves)):
        told.setdefault(int(valves.link[i]), {"valves": []})["valves"].append(
            {
                "code": str(valves.code[i]),
                "node": str(network.nodes.code[valves.node[i]]),
                "open": bool(valves.open[i]),
                "works": bool(valves.works[i]),
            }
        )
    return told


def model_document(network: PipeNetwork) -> dict[str, Any]:
    """What belongs to no single element: patterns, curves, controls, rules, options, title."""
    return {
        "title": network.title,
        "frame": network.frame.value,
        "patterns": {pattern.code: list(pattern.multipliers) for pattern in network.patterns},
        "curves": {curve.code: {"kind": curve.kind.value, "points": list(zip(curve.x, curve.y, strict=True))}
                   for curve in network.curves},
        "controls": [asdict(control) for control in network.controls],
        "rules": list(network.rules),
        "options": asdict(network.options),
    }  # fmt: skip


def network_of(nodes: Iterable[NodeDocument], links: Iterable[LinkDocument], model: Mapping[str, Any]) -> PipeNetwork:
    """The network its documents describe; what was written comes back as it was."""
    records = Records(_PLACE, title=model.get("title", ""), frame=Frame(model.get("frame", Frame.GEOGRAPHIC)))
    records.keep_isolated = True
    records.options = Options(**model.get("options", {}))
    for code, multipliers in model.get("patterns", {}).items():
        records.patterns[code] = PatternRecord(_PLACE, code, multipliers)
    for code, curve in model.get("curves", {}).items():
        records.curves[code] = CurveRecord(_PLACE, code, [(x, y) for x, y in curve["points"]])
    for told in model.get("controls", []):
        status = told["status"]
        records.controls.append((_PLACE, Control(**{**told, "status": None if status is None else LinkStatus(status)})))
    records.rules = [(_PLACE, text) for text in model.get("rules", [])]
    for node in nodes:
        records.nodes.append(_node_record(node))
        for demand in node.hydraulic.get("demands", []):
            records.demands.append(
                DemandRecord(
                    _PLACE, node.code, demand["base_m3s"], demand.get("pattern", ""), demand.get("category", "")
                )
            )
        for customer in node.hydraulic.get("customers", []):
            records.customers.append(CustomerRecord(_PLACE, node=node.code, **customer))
    for link in links:
        records.links.append(_link_record(link))
        records.valves += [ValveRecord(_PLACE, link=link.code, **valve) for valve in link.hydraulic.get("valves", [])]
    return assemble(records)[0]


def _node_record(node: NodeDocument) -> NodeRecord:
    told = node.hydraulic
    return NodeRecord(
        _PLACE,
        node.code,
        NodeKind[node.kind.upper()],
        node.elevation_m,
        node.x,
        node.y,
        told.get("head_pattern", ""),
        told.get("emitter", 0.0),
        TankRecord(**told["tank"]) if "tank" in told else None,
        node.survey,
    )


def _link_record(link: LinkDocument) -> LinkRecord:
    told = link.hydraulic
    return LinkRecord(
        _PLACE,
        link.code,
        LinkKind[link.kind.upper()],
        link.start,
        link.end,
        length=link.length_m,
        diameter=told.get("diameter_m", 0.0),
        roughness=told.get("roughness", 0.0),
        minor_loss=told.get("minor_loss", 0.0),
        status=LinkStatus[told.get("status", "open").upper()],
        setting=told.get("setting", 0.0),
        curve=told.get("curve", ""),
        pattern=told.get("pattern", ""),
        power=told.get("power_w", 0.0),
        material=link.material,
        path=[(x, y) for x, y in link.path],
        attributes=link.survey,
    )


def bounds(network: PipeNetwork) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all nodes and bends; None for an empty network."""
    if len(network.nodes) == 0:
        return None
    x = np.concatenate([network.nodes.x, network.links.path[:, 0]])
    y = np.concatenate([network.nodes.y, network.links.path[:, 1]])
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
