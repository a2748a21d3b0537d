"""The tables beyond the survey that the hydraulic model needs; flows in m3/h, heads and levels in m, power in kW."""

from dataclasses import fields, replace

from chengmai.network.figures import parse_duration, parse_number
from chengmai.network.pipe_network import Control, LinkKind, LinkStatus, NodeKind, Options
from chengmai.network.records import (
    CurveRecord,
    DemandRecord,
    LinkRecord,
    NodeRecord,
    PatternRecord,
    Records,
    TankRecord,
)
from chengmai.network.survey_domains import STATES
from chengmai.network.survey_sources import read_pressure_source, read_station
from chengmai.network.survey_tables import SurveyRow
from chengmai.network.survey_utilities import CUSTOMS
from chengmai.network.utilities import Utility

_HOUR = 3600.0


def read_facilities(rows: list[SurveyRow], records: Records) -> None:
    """Sources and stations stand on points; pumps, valves and regulators are links between two points."""
    points = {node.code: node for node in records.nodes}
    customs = CUSTOMS[records.utility]
    for row in rows:
        code = row.text("code", None)
        kind = row.text("kind", None).lower()
        if kind in customs.sources or kind in customs.stations:
            node = points.get(row.text("point", code))
            if node is None:
                row.note("facility.point_unknown", "point")
            elif kind in customs.stations:
                read_station(row, node)
            elif records.utility == Utility.WATER:
                _source(row, customs.sources[kind], node)
            else:
                read_pressure_source(row, records.utility, node)
        elif kind in customs.devices:
            link = _facility_link(row, code, customs.devices[kind], records.utility)
            if row.sound:
                records.links.append(link)
        elif kind:
            row.note("code.out_of_domain", "kind")


def _source(row: SurveyRow, kind: NodeKind, node: NodeRecord) -> None:
    if kind == NodeKind.RESERVOIR:
        head = row.number("head")
        if row.sound:
            node.kind, node.elevation, node.head_pattern = kind, head, row.text("pattern")
    else:
        bottom = row.number("bottom")
        vessel = TankRecord(
            row.number("initial_level"),
            row.number("min_level", 0.0),
            row.number("max_level"),
            row.number("diameter"),
            volume_curve=row.text("curve"),
        )
        if row.sound:
            node.kind, node.elevation, node.tank = kind, bottom, vessel
    if row.sound and row.text("name"):
        node.attributes["name"] = row.text("name")


def _facility_link(row: SurveyRow, code: str, kind: LinkKind, utility: Utility) -> LinkRecord:
    link = LinkRecord(
        row.located(code="code", start="start", end="end", curve="curve", pattern="pattern"),
        code,
        kind,
        row.text("start", None),
        row.text("end", None),
    )
    state = row.text("state").lower()
    if state and state not in STATES:
        row.note("code.out_of_domain", "state")
    link.pattern = row.text("pattern")
    if row.text("name"):
        link.attributes["name"] = row.text("name")
    if kind == LinkKind.PUMP:
        link.curve = row.text("curve")
        link.power = row.number("power", 0.0, least=0.0) * 1000
        link.setting = row.number("speed", 1.0, least=0.0)
        link.status = STATES.get(state, LinkStatus.OPEN)
        return link
    link.diameter = row.number("diameter") / 1000
    link.minor_loss = row.number("minor_loss", 0.0, least=0.0)
    if utility == Utility.GAS:
        link.attributes["outlet_kpa"] = row.number("outlet_kpa", None, least=0.1, most=10_000.0)
    else:
        link.setting = row.number("setting", least=0.0) / (_HOUR if kind == LinkKind.FCV else 1.0)
    link.status = STATES.get(state, LinkStatus.ACTIVE)
    return link


def read_demands(rows: list[SurveyRow], records: Records) -> None:
    """Demands at points."""
    for row in rows:
        base = row.number("base") / _HOUR
        point = row.text("point", None)
        if row.sound:
            records.demands.append(
                DemandRecord(
                    row.located(node="point", pattern="pattern"), point, base, row.text("pattern"), row.text("category")
                )
            )


def read_patterns(rows: list[SurveyRow], records: Records) -> None:
    """Multipliers, several a row, parted by blanks; rows follow one another."""
    for row in rows:
        code = row.text("code", None)
        told = [parse_number(word) for word in row.text("multipliers", None).split()]
        first = row.number("first", 0.0)
        record = records.patterns.setdefault(code, PatternRecord(row.place, code))
        if any(value is None or abs(value) > 1e6 for value in told):
            row.note("number.invalid", "multipliers")
        elif row.text("first") and first != len(record.multipliers) + 1:
            row.note("pattern.gap", "first", expected=len(record.multipliers) + 1)
        if row.sound:
            record.multipliers.extend(value for value in told if value is not None)


def read_curves(rows: list[SurveyRow], records: Records) -> None:
    """Points of curves, one a row."""
    for row in rows:
        code = row.text("code", None)
        x, y = row.number("x"), row.number("y")
        record = records.curves.setdefault(code, CurveRecord(row.place, code, flow=1 / _HOUR))
        if row.sound:
            record.points.append((x, y))


def read_controls(rows: list[SurveyRow], records: Records) -> None:
    """Controls: a link opens, shuts or takes a setting when a level passes a limit, or at a time."""
    kinds = {link.code: link.kind for link in records.links}
    for row in rows:
        link, action = row.text("link", None), row.text("action", None)
        control = Control(link, STATES.get(action.lower()))
        if control.status is None:
            setting = row.number("action", least=0.0)
            control = replace(control, setting=setting / (_HOUR if kinds.get(link) == LinkKind.FCV else 1.0))
        condition = row.text("condition", None)
        if condition in {"高于", "低于"}:
            level = row.number("value")
            control = replace(control, node=row.text("point", None), above=condition == "高于", value=level)
        elif condition in {"时刻", "历时"}:
            seconds = parse_duration(row.text("value", None).split())
            if seconds is None:
                row.note("time.invalid", "value")
            daily = condition == "时刻"
            control = replace(control, clock_s=seconds if daily else None, time_s=None if daily else seconds)
        elif condition:
            row.note("code.out_of_domain", "condition")
        if row.sound:
            records.controls.append((row.located(link="link", node="point"), control))


def read_options(rows: list[SurveyRow], records: Records) -> None:
    """How the model is solved; names as in ``Options``."""
    known = {field.name: field.type for field in fields(Options)}
    for row in rows:
        name, told = row.text("name", None), row.text("value", None)
        kind = known.get(name)
        if kind is None:
            if name:
                row.note("code.out_of_domain", "name")
            continue
        value: object = told
        if kind in {int, float}:
            figure = row.number("value", least=0.0, most=2e9)
            value = int(figure) if kind is int else figure
        if row.sound and _option_fits(name, value):
            records.options = replace(records.options, **{name: value})  # type: ignore[arg-type]
        elif row.sound:
            row.note("code.out_of_domain", "value")


def _option_fits(name: str, value: object) -> bool:
    words = {"headloss": ("H-W", "D-W", "C-M"), "demand_model": ("DDA", "PDA"), "unbalanced": ("STOP", "CONTINUE 10")}
    if name in words:
        return value in words[name]
    return value != 0 or not name.endswith(("_step_s", "trials", "accuracy"))
