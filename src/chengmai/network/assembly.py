"""Checks what rows say of each other and makes the arrays of those that pass."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from chengmai.core.findings import Finding, Severity
from chengmai.network.array_tables import (
    customer_table,
    demand_table,
    link_table,
    node_table,
    tank_table,
    valve_table,
)
from chengmai.network.graph import unfed
from chengmai.network.pipe_network import (
    Control,
    Curve,
    CurveKind,
    LinkKind,
    NodeKind,
    Pattern,
    PipeNetwork,
)
from chengmai.network.records import CurveRecord, DemandRecord, LinkRecord, NodeRecord, Place, Records
from chengmai.network.supply_checks import sound_customers, sound_valves

MAX_CODE_BYTES = 31
"""Longest identifier EPANET keeps."""

_GOVERNING = (LinkKind.PRV, LinkKind.PSV, LinkKind.FCV)


def assemble(records: Records) -> tuple[PipeNetwork, list[Finding]]:
    """The network of all rows that pass, and a finding for each that does not."""
    findings: list[Finding] = []
    curves = _Curves(records, findings)
    patterns = _patterns(records, findings)
    nodes = _nodes(records.nodes, patterns, curves, findings)
    links = _links(records.links, nodes, patterns, curves, findings)
    nodes = _connected(nodes, links, records.keep_isolated, findings)
    _fill_coordinates(nodes, links, records.place, findings)
    demands = _demands(records.demands, nodes, patterns, findings)
    if nodes and not records.keep_isolated and all(node.kind == NodeKind.JUNCTION for node in nodes.values()):
        findings.append(records.place.finding("network.no_source", severity=Severity.WARNING))
    network = _arrays(records, nodes, links, demands, patterns, curves, findings)
    if network.has_source:
        findings.extend(_unfed(network, nodes))
    return network, sorted(findings, key=lambda finding: (finding.sheet or "", finding.row or 0))


def code_is_valid(code: str) -> bool:
    """Whether a code can name an element: some characters, no blank, quote, semicolon or bracket, at most 31 bytes."""
    return bool(code) and len(code.encode()) <= MAX_CODE_BYTES and not any(c.isspace() or c in ';"[]' for c in code)


def _admit(code: str, place: Place, seen: dict[str, Place], findings: list[Finding]) -> bool:
    """Whether a code is well made and new; tells why not."""
    if not code_is_valid(code):
        findings.append(place.finding("code.invalid", "code", code))
    elif code in seen:
        findings.append(place.finding("code.duplicate", "code", code, first=seen[code].row))
    else:
        seen[code] = place
        return True
    return False


class _Curves:
    """The curves that are used, made once their use tells their units."""

    def __init__(self, records: Records, findings: list[Finding]) -> None:
        self.findings = findings
        self.known = {code: record for code, record in records.curves.items() if self._sound(record)}
        self.used: dict[str, Curve] = {}

    def _sound(self, record: CurveRecord) -> bool:
        x = [point[0] for point in record.points]
        if not code_is_valid(record.code):
            self.findings.append(record.place.finding("code.invalid", "curve", record.code))
        elif not x or any(b <= a for a, b in pairwise(x)):
            self.findings.append(record.place.finding("curve.x_not_growing", "curve", record.code))
        else:
            return True
        return False

    def use(self, code: str, kind: CurveKind, place: Place) -> bool:
        """Take a curve for a purpose; False, with a finding, when it is unknown or does not fit."""
        record = self.known.get(code)
        if record is None:
            self.findings.append(place.finding("curve.unknown", "curve", code))
            return False
        if code in self.used:
            if self.used[code].kind != kind:
                self.findings.append(place.finding("curve.two_uses", "curve", code))
            return self.used[code].kind == kind
        over_level = kind == CurveKind.VOLUME
        x_factor = record.level if over_level else record.flow
        y_factor = record.volume if over_level else record.level
        y = [point[1] for point in record.points]
        if kind == CurveKind.HEAD and any(b >= a for a, b in pairwise(y)):
            self.findings.append(record.place.finding("curve.head_not_falling", "curve", code))
            return False
        self.used[code] = Curve(
            code, kind, tuple(point[0] * x_factor for point in record.points), tuple(value * y_factor for value in y)
        )
        return True


def _patterns(records: Records, findings: list[Finding]) -> dict[str, Pattern]:
    made: dict[str, Pattern] = {}
    for code, record in records.patterns.items():
        if not code_is_valid(code):
            findings.append(record.place.finding("code.invalid", "pattern", code))
        elif not record.multipliers:
            findings.append(record.place.finding("pattern.empty", "pattern", code))
        else:
            made[code] = Pattern(code, tuple(record.multipliers))
    return made


def _pattern_known(code: str, place: Place, patterns: dict[str, Pattern], findings: list[Finding]) -> bool:
    if code and code not in patterns:
        findings.append(place.finding("pattern.unknown", "pattern", code))
        return False
    return True


def _nodes(
    rows: Iterable[NodeRecord], patterns: dict[str, Pattern], curves: _Curves, findings: list[Finding]
) -> dict[str, NodeRecord]:
    seen: dict[str, Place] = {}
    kept: dict[str, NodeRecord] = {}
    for node in rows:
        if not _admit(node.code, node.place, seen, findings):
            continue
        if not _pattern_known(node.head_pattern, node.place, patterns, findings):
            continue
        if node.kind == NodeKind.TANK and not _tank_sound(node, curves, findings):
            continue
        kept[node.code] = node
    return kept


def _tank_sound(node: NodeRecord, curves: _Curves, findings: list[Finding]) -> bool:
    tank = node.tank
    if tank is None:
        findings.append(node.place.finding("tank.no_vessel", "code", node.code))
        return False
    if not 0 <= tank.min_level <= tank.initial_level <= tank.max_level:
        told = f"{tank.min_level:g} / {tank.initial_level:g} / {tank.max_level:g}"
        findings.append(node.place.finding("tank.levels", "initial_level", told))
        return False
    if tank.diameter <= 0 and not tank.volume_curve:
        findings.append(node.place.finding("number.not_positive", "diameter", f"{tank.diameter:g}"))
        return False
    return not tank.volume_curve or curves.use(tank.volume_curve, CurveKind.VOLUME, node.place)


def _links(
    rows: Iterable[LinkRecord],
    nodes: dict[str, NodeRecord],
    patterns: dict[str, Pattern],
    curves: _Curves,
    findings: list[Finding],
) -> dict[str, LinkRecord]:
    seen: dict[str, Place] = {}
    kept: dict[str, LinkRecord] = {}
    valves = _Valves()
    for link in rows:
        if not _admit(link.code, link.place, seen, findings):
            continue
        broken = [*_broken_ends(link, nodes), *_broken_figures(link), *valves.clash(link)]
        findings.extend(broken)
        if broken or not _pattern_known(link.pattern, link.place, patterns, findings):
            continue
        if link.curve:
            kind = CurveKind.HEADLOSS if link.kind == LinkKind.GPV else CurveKind.HEAD
            if not curves.use(link.curve, kind, link.place):
                continue
        kept[link.code] = link
        valves.take(link)
    return kept


class _Valves:
    """The pressure valves taken so far: two that govern the same node have no common solution."""

    def __init__(self) -> None:
        self.ends: dict[tuple[LinkKind, str], set[str]] = defaultdict(set)

    def take(self, link: LinkRecord) -> None:
        """Remember a valve."""
        self.ends[link.kind, "start"].add(link.start)
        self.ends[link.kind, "end"].add(link.end)

    def clash(self, link: LinkRecord) -> Iterable[Finding]:
        """Whether a valve shares its governed node with one before it, or follows it in series."""
        above, below = self.ends[LinkKind.PSV, "start"], self.ends[LinkKind.PRV, "end"]
        flow_from, flow_to = self.ends[LinkKind.FCV, "start"], self.ends[LinkKind.FCV, "end"]
        if link.kind == LinkKind.PRV:
            clashes = link.end in below | above | self.ends[LinkKind.PRV, "start"] | flow_from or link.start in below
        elif link.kind == LinkKind.PSV:
            clashes = link.start in above | below | self.ends[LinkKind.PSV, "end"] | flow_to or link.end in above
        else:
            clashes = link.kind == LinkKind.FCV and (link.start in below or link.end in above)
        if clashes:
            yield link.place.finding("valve.clash", "start", link.code)


def _broken_ends(link: LinkRecord, nodes: dict[str, NodeRecord]) -> Iterable[Finding]:
    for name, end in (("start", link.start), ("end", link.end)):
        if end not in nodes:
            yield link.place.finding("link.end_unknown", name, end)
        elif link.kind in _GOVERNING and nodes[end].kind != NodeKind.JUNCTION:
            yield link.place.finding("valve.at_source", name, end)
    if link.start == link.end:
        yield link.place.finding("link.same_ends", "end", link.end)


def _broken_figures(link: LinkRecord) -> Iterable[Finding]:
    if link.kind == LinkKind.PUMP:
        if not link.curve and link.power <= 0:
            yield link.place.finding("pump.no_drive", "curve", link.code)
        return
    if link.kind == LinkKind.GPV and not link.curve:
        yield link.place.finding("curve.unknown", "curve", "")
    checked = {"diameter": link.diameter}
    if link.kind == LinkKind.PIPE:
        checked |= {"length": link.length, "roughness": link.roughness}
    for name, value in checked.items():
        if value <= 0:
            yield link.place.finding("number.not_positive", name, f"{value:g}")


def _connected(
    nodes: dict[str, NodeRecord], links: dict[str, LinkRecord], keep_isolated: bool, findings: list[Finding]
) -> dict[str, NodeRecord]:
    if keep_isolated:
        return nodes
    touched = Counter(end for link in links.values() for end in (link.start, link.end))
    for code, node in nodes.items():
        if code not in touched:
            findings.append(node.place.finding("node.isolated", "code", code))
    return {code: node for code, node in nodes.items() if code in touched}


def _fill_coordinates(
    nodes: dict[str, NodeRecord], links: dict[str, LinkRecord], place: Place, findings: list[Finding]
) -> None:
    """Give a node without coordinates the middle of its neighbours, until nothing more can be given."""
    missing = {code for code, node in nodes.items() if node.x is None or node.y is None}
    if not missing:
        return
    if len(missing) == len(nodes):
        findings.append(place.finding("coordinates.none", severity=Severity.WARNING))
    else:
        findings.extend(
            nodes[code].place.finding("coordinates.missing", "code", code, Severity.WARNING) for code in sorted(missing)
        )
    beside: dict[str, list[str]] = {code: [] for code in missing}
    for link in links.values():
        for code, other in ((link.start, link.end), (link.end, link.start)):
            if code in beside:
                beside[code].append(other)
    while missing:
        given: dict[str, tuple[float, float]] = {}
        for code in sorted(missing):
            around = [(nodes[n].x, nodes[n].y) for n in beside[code] if n not in missing]
            if around:
                given[code] = tuple(np.mean(np.array(around, dtype=float), axis=0))
        if not given:
            given = dict.fromkeys(missing, (0.0, 0.0))
        for code, (x, y) in given.items():
            nodes[code].x, nodes[code].y = float(x), float(y)
        missing -= given.keys()


def _demands(
    rows: Iterable[DemandRecord], nodes: dict[str, NodeRecord], patterns: dict[str, Pattern], findings: list[Finding]
) -> list[DemandRecord]:
    kept = []
    for demand in rows:
        node = nodes.get(demand.node)
        if node is None or node.kind != NodeKind.JUNCTION:
            findings.append(demand.place.finding("demand.node_unknown", "node", demand.node))
        elif _pattern_known(demand.pattern, demand.place, patterns, findings):
            kept.append(demand)
    return kept


def _controls(
    told: Sequence[tuple[Place, Control]],
    nodes: dict[str, NodeRecord],
    links: dict[str, LinkRecord],
    findings: list[Finding],
) -> tuple[Control, ...]:
    kept = []
    for place, control in told:
        if control.link not in links:
            findings.append(place.finding("control.link_unknown", "link", control.link))
        elif control.node and control.node not in nodes:
            findings.append(place.finding("control.node_unknown", "node", control.node))
        else:
            kept.append(control)
    return tuple(kept)


def _rules(
    told: Sequence[tuple[Place, str]],
    nodes: dict[str, NodeRecord],
    links: dict[str, LinkRecord],
    findings: list[Finding],
) -> tuple[str, ...]:
    kept = []
    for place, text in told:
        unknown = [
            words[2]
            for words in (line.split() for line in text.splitlines())
            if len(words) > 2
            and (
                (words[1].upper() in {"NODE", "JUNCTION", "RESERVOIR", "TANK"} and words[2] not in nodes)
                or (words[1].upper() in {"LINK", "PIPE", "PUMP", "VALVE"} and words[2] not in links)
            )
        ]
        if unknown:
            findings.append(place.finding("rule.element_unknown", "rule", unknown[0]))
        else:
            kept.append(text)
    return tuple(kept)


def _arrays(
    records: Records,
    nodes: dict[str, NodeRecord],
    links: dict[str, LinkRecord],
    demands: list[DemandRecord],
    patterns: dict[str, Pattern],
    curves: _Curves,
    findings: list[Finding],
) -> PipeNetwork:
    at = {code: i for i, code in enumerate(nodes)}
    link_at = {code: i for i, code in enumerate(links)}
    pattern_at = {code: i for i, code in enumerate(patterns)}
    curve_at = {code: i for i, code in enumerate(curves.used)}
    return PipeNetwork(
        nodes=node_table(list(nodes.values()), pattern_at),
        links=link_table(list(links.values()), at, pattern_at, curve_at),
        tanks=tank_table(list(nodes.values()), at, curve_at),
        demands=demand_table(demands, at, pattern_at),
        patterns=tuple(patterns.values()),
        curves=tuple(curves.used.values()),
        controls=_controls(records.controls, nodes, links, findings),
        rules=_rules(records.rules, nodes, links, findings),
        options=records.options,
        frame=records.frame,
        title=records.title,
        valves=valve_table(sound_valves(records.valves, links, findings), at, link_at),
        customers=customer_table(sound_customers(records.customers, nodes, findings), at),
    )


def _unfed(network: PipeNetwork, nodes: dict[str, NodeRecord]) -> Iterable[Finding]:
    """One finding for each part that hangs together but touches no source."""
    for part in unfed(network):
        code = str(network.nodes.code[part[0]])
        yield nodes[code].place.finding("network.unfed", "code", code, Severity.WARNING, nodes=len(part))
