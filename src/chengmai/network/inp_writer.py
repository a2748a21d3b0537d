"""Writes a network as an EPANET input file in m3/h, m and mm; every figure with all its digits."""

from collections.abc import Iterable, Iterator

from chengmai.network.pipe_network import (
    Control,
    CurveKind,
    LinkKind,
    LinkStatus,
    NodeKind,
    Options,
    PipeNetwork,
)

_HOUR = 3600.0


def write_inp(network: PipeNetwork) -> str:
    """The whole network as the text of an EPANET input file; ``inp_reader.read_inp`` reads it back as it was.

    A pump of constant power is written in kW, as the format says. EPANET 2.3.5 converts the kW of metric files twice,
    so that there such a pump gives 1 / 0.7457 of the power told.
    """
    parts: dict[str, Iterable[str]] = {
        "TITLE": network.title.splitlines(),
        "JUNCTIONS": _junctions(network),
        "RESERVOIRS": _reservoirs(network),
        "TANKS": _tanks(network),
        "PIPES": _pipes(network),
        "PUMPS": _pumps(network),
        "VALVES": _valves(network),
        "EMITTERS": _emitters(network),
        "DEMANDS": _demands(network),
        "STATUS": _status(network),
        "PATTERNS": _patterns(network),
        "CURVES": _curves(network),
        "CONTROLS": [_control(network, control) for control in network.controls],
        "RULES": network.rules,
        "TIMES": _times(network.options),
        "OPTIONS": _options(network),
        "COORDINATES": _coordinates(network),
        "VERTICES": _vertices(network),
    }
    lines = [line for name, rows in parts.items() for line in (f"[{name}]", *rows, "")]
    return "\n".join([*lines, "[END]", ""])


def _figure(value: float) -> str:
    return repr(float(value))


def _pattern(network: PipeNetwork, index: int) -> str:
    return network.patterns[index].code if index >= 0 else ""


def _junctions(network: PipeNetwork) -> Iterator[str]:
    for i in range(len(network.nodes)):
        if network.nodes.kind[i] == NodeKind.JUNCTION:
            yield f"{network.nodes.code[i]} {_figure(network.nodes.elevation[i])}"


def _reservoirs(network: PipeNetwork) -> Iterator[str]:
    nodes = network.nodes
    for i in range(len(nodes)):
        if nodes.kind[i] == NodeKind.RESERVOIR:
            yield f"{nodes.code[i]} {_figure(nodes.elevation[i])} {_pattern(network, nodes.head_pattern[i])}".rstrip()


def _tanks(network: PipeNetwork) -> Iterator[str]:
    nodes, tanks = network.nodes, network.tanks
    for i in range(len(tanks)):
        figures = (
            nodes.elevation[tanks.node[i]],
            tanks.initial_level[i],
            tanks.min_level[i],
            tanks.max_level[i],
            tanks.diameter[i],
            tanks.min_volume[i],
        )
        curve = network.curves[tanks.volume_curve[i]].code if tanks.volume_curve[i] >= 0 else "*"
        told = " ".join(_figure(value) for value in figures)
        yield f"{nodes.code[tanks.node[i]]} {told} {curve} {'YES' if tanks.overflow[i] else 'NO'}"


def _ends(network: PipeNetwork, link: int) -> str:
    nodes, links = network.nodes, network.links
    return f"{links.code[link]} {nodes.code[links.start[link]]} {nodes.code[links.end[link]]}"


def _pipes(network: PipeNetwork) -> Iterator[str]:
    links = network.links
    states = {LinkStatus.CLOSED: "CLOSED", LinkStatus.CHECK: "CV"}
    rough = 1000.0 if network.options.headloss == "D-W" else 1.0
    for i in range(len(links)):
        if links.kind[i] == LinkKind.PIPE:
            figures = (links.length[i], links.diameter[i] * 1000, links.roughness[i] * rough, links.minor_loss[i])
            told = " ".join(_figure(value) for value in figures)
            yield f"{_ends(network, i)} {told} {states.get(LinkStatus(links.status[i]), 'OPEN')}"


def _pumps(network: PipeNetwork) -> Iterator[str]:
    links = network.links
    for i in range(len(links)):
        if links.kind[i] == LinkKind.PUMP:
            curve = links.curve[i]
            drive = f"HEAD {network.curves[curve].code}" if curve >= 0 else f"POWER {_figure(links.power[i] / 1000)}"
            pattern = _pattern(network, links.pattern[i])
            varied = f" PATTERN {pattern}" if pattern else ""
            yield f"{_ends(network, i)} {drive} SPEED {_figure(links.setting[i])}{varied}"


def _setting(kind: int, value: float) -> str:
    return _figure(value * _HOUR if kind == LinkKind.FCV else value)


def _valves(network: PipeNetwork) -> Iterator[str]:
    links = network.links
    for i in range(len(links)):
        kind = LinkKind(links.kind[i])
        if kind.is_valve:
            setting = network.curves[links.curve[i]].code if kind == LinkKind.GPV else _setting(kind, links.setting[i])
            diameter = _figure(links.diameter[i] * 1000)
            yield f"{_ends(network, i)} {diameter} {kind.name} {setting} {_figure(links.minor_loss[i])}"


def _emitters(network: PipeNetwork) -> Iterator[str]:
    for code, value in zip(network.nodes.code, network.nodes.emitter, strict=True):
        if value:
            yield f"{code} {_figure(value * _HOUR)}"


def _demands(network: PipeNetwork) -> Iterator[str]:
    demands = network.demands
    for i in range(len(demands)):
        base = _figure(demands.base[i] * _HOUR)
        category = f";{demands.category[i]}" if demands.category[i] else ""
        told = f"{network.nodes.code[demands.node[i]]} {base} {_pattern(network, demands.pattern[i])}"
        yield f"{told.rstrip()} {category}".rstrip()


def _unused_pattern(network: PipeNetwork) -> str:
    """A default pattern that does not exist, which EPANET takes as constant: what demands without a pattern need."""
    taken = {pattern.code for pattern in network.patterns}
    return next(code for code in (f"CONSTANT{n or ''}" for n in range(len(taken) + 1)) if code not in taken)


def _status(network: PipeNetwork) -> Iterator[str]:
    links = network.links
    for i in range(len(links)):
        kind, status = LinkKind(links.kind[i]), LinkStatus(links.status[i])
        if (kind == LinkKind.PUMP and status == LinkStatus.CLOSED) or (kind.is_valve and status != LinkStatus.ACTIVE):
            yield f"{links.code[i]} {status.name}"


def _patterns(network: PipeNetwork) -> Iterator[str]:
    for pattern in network.patterns:
        for first in range(0, len(pattern.multipliers), 6):
            told = " ".join(_figure(value) for value in pattern.multipliers[first : first + 6])
            yield f"{pattern.code} {told}"


def _curves(network: PipeNetwork) -> Iterator[str]:
    for curve in network.curves:
        factor = 1.0 if curve.kind == CurveKind.VOLUME else _HOUR
        for x, y in zip(curve.x, curve.y, strict=True):
            yield f"{curve.code} {_figure(x * factor)} {_figure(y)}"


def _control(network: PipeNetwork, control: Control) -> str:
    kind = network.links.kind[network.link_index[control.link]]
    told = control.status.name if control.status is not None else _setting(kind, control.setting or 0.0)
    if control.node:
        when = f"IF NODE {control.node} {'ABOVE' if control.above else 'BELOW'} {_figure(control.value)}"
    elif control.time_s is not None:
        when = f"AT TIME {_clock(control.time_s)}"
    else:
        when = f"AT CLOCKTIME {_clock(control.clock_s or 0)}"
    return f"LINK {control.link} {told} {when}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def _times(options: Options) -> Iterator[str]:
    for name, seconds in (
        ("Duration", options.duration_s),
        ("Hydraulic Timestep", options.hydraulic_step_s),
        ("Quality Timestep", options.hydraulic_step_s),
        ("Pattern Timestep", options.pattern_step_s),
        ("Pattern Start", options.pattern_start_s),
        ("Report Timestep", options.report_step_s),
        ("Report Start", options.report_start_s),
        ("Start ClockTime", options.clock_start_s),
    ):
        yield f"{name} {_clock(seconds)}"


def _options(network: PipeNetwork) -> Iterator[str]:
    options = network.options
    yield "Units CMH"
    yield f"Headloss {options.headloss}"
    for name, value in (
        ("Specific Gravity", options.specific_gravity),
        ("Viscosity", options.viscosity),
        ("Trials", options.trials),
        ("Accuracy", options.accuracy),
        ("CHECKFREQ", options.checkfreq),
        ("MAXCHECK", options.maxcheck),
        ("DAMPLIMIT", options.damplimit),
        ("Demand Multiplier", options.demand_multiplier),
        ("Emitter Exponent", options.emitter_exponent),
        ("Minimum Pressure", options.minimum_pressure),
        ("Required Pressure", options.required_pressure),
        ("Pressure Exponent", options.pressure_exponent),
    ):
        yield f"{name} {value!r}"
    yield f"Unbalanced {options.unbalanced}"
    yield f"Demand Model {options.demand_model}"
    yield f"Pattern {_unused_pattern(network)}"
    yield "Quality NONE"


def _coordinates(network: PipeNetwork) -> Iterator[str]:
    for code, x, y in zip(network.nodes.code, network.nodes.x, network.nodes.y, strict=True):
        yield f"{code} {_figure(x)} {_figure(y)}"


def _vertices(network: PipeNetwork) -> Iterator[str]:
    links = network.links
    for i in range(len(links)):
        for x, y in links.path[links.path_offset[i] : links.path_offset[i + 1]]:
            yield f"{links.code[i]} {_figure(x)} {_figure(y)}"
