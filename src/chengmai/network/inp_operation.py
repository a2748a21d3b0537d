"""The parts of an EPANET input file that say how a network is run: options, times, states, controls, rules."""

from dataclasses import replace

from chengmai.network.figures import parse_duration, parse_number
from chengmai.network.inp_lines import InpRow
from chengmai.network.inp_units import FLOW_FACTORS, InpUnits, units_of
from chengmai.network.pipe_network import Control, LinkKind, LinkStatus, NodeKind, Options
from chengmai.network.records import LinkRecord, Records

_NUMBERS: dict[str, tuple[str, float]] = {
    "SPECIFIC GRAVITY": ("specific_gravity", 1e-6),
    "VISCOSITY": ("viscosity", 0.0),
    "ACCURACY": ("accuracy", 1e-8),
    "DAMPLIMIT": ("damplimit", 0.0),
    "DEMAND MULTIPLIER": ("demand_multiplier", 0.0),
    "EMITTER EXPONENT": ("emitter_exponent", 1e-6),
    "MINIMUM PRESSURE": ("minimum_pressure", 0.0),
    "REQUIRED PRESSURE": ("required_pressure", 0.0),
    "PRESSURE EXPONENT": ("pressure_exponent", 0.0),
}
_COUNTS = {"TRIALS": "trials", "CHECKFREQ": "checkfreq", "MAXCHECK": "maxcheck"}
_IGNORED = ("QUALITY", "DIFFUSIVITY", "TOLERANCE", "MAP", "HYDRAULICS", "HEADERROR", "FLOWCHANGE", "EMITTER BACKFLOW",
            "SEGMENTS", "STATUS", "RULE", "VERIFY", "BACKFLOW")  # fmt: skip
_TIMES = {
    "DURATION": "duration_s",
    "HYDRAULIC TIMESTEP": "hydraulic_step_s",
    "PATTERN TIMESTEP": "pattern_step_s",
    "PATTERN START": "pattern_start_s",
    "REPORT TIMESTEP": "report_step_s",
    "REPORT START": "report_start_s",
    "START CLOCKTIME": "clock_start_s",
}
_TIMES_IGNORED = ("QUALITY TIMESTEP", "RULE TIMESTEP", "MINIMUM TRAVELTIME", "STATISTIC")
_STATES = {"OPEN": LinkStatus.OPEN, "CLOSED": LinkStatus.CLOSED, "ACTIVE": LinkStatus.ACTIVE}


def _keyword(row: InpRow, names: "dict[str, object] | tuple[str, ...]") -> tuple[str, int]:
    """The keyword a row begins with, of one or two words, and the position of its value; '' when it is unknown."""
    words = [word.upper() for word in row.words]
    for name in names:
        parts = name.split()
        if words[: len(parts)] == parts:
            return name, len(parts)
    return "", 0


def read_options(rows: list[InpRow]) -> tuple[Options, InpUnits, str]:
    """Options, the file's units, and the code of the default pattern."""
    told: dict[str, object] = {}
    flow, pressure, pattern = "GPM", "", "1"

    def choice(row: InpRow, field: str, known: tuple[str, ...], before: str) -> str:
        value = row.word(len(field.split()), field).upper()
        if value and value not in known:
            row.fail("word.unknown", field, value)
        return value if value in known else before

    for row in rows:
        name, at = _keyword(row, {**_NUMBERS, **dict.fromkeys(_COUNTS)})
        first = row.words[0].upper()
        if name in _NUMBERS:
            field, least = _NUMBERS[name]
            value = row.number(at, field, least=least)
            if row.sound:
                told[field] = value
        elif name in _COUNTS:
            count = row.number(at, _COUNTS[name], least=1.0)
            if row.sound:
                told[_COUNTS[name]] = int(count)
        elif first == "UNITS":
            flow = choice(row, "units", tuple(FLOW_FACTORS), flow)
        elif first == "PRESSURE":
            pressure = choice(row, "pressure", ("PSI", "KPA", "METERS"), pressure)
        elif first == "HEADLOSS":
            told["headloss"] = choice(row, "headloss", ("H-W", "D-W", "C-M"), "H-W")
        elif first == "DEMAND" and row.words[1:2] and row.words[1].upper() == "MODEL":
            told["demand_model"] = choice(row, "demand model", ("DDA", "PDA"), "DDA")
        elif first == "PATTERN":
            pattern = row.word(1, "pattern")
        elif first == "UNBALANCED":
            told["unbalanced"] = _unbalanced(row)
        elif first not in FLOW_FACTORS and not _keyword(row, _IGNORED)[0]:
            row.fail("word.unknown", "option", row.words[0])
        elif first in FLOW_FACTORS:
            flow = first
    units = units_of(flow, pressure)
    for field in ("minimum_pressure", "required_pressure"):
        if field in told:
            told[field] = float(str(told[field])) * units.pressure
    return replace(Options(), **told), units, pattern  # type: ignore[arg-type]


def _unbalanced(row: InpRow) -> str:
    words = [word.upper() for word in row.words[1:]]
    if words[:1] == ["STOP"]:
        return "STOP"
    if words[:1] == ["CONTINUE"]:
        trials = row.number(2, "unbalanced", 0.0, least=0.0)
        return f"CONTINUE {int(trials)}"
    row.fail("word.unknown", "unbalanced", " ".join(words))
    return Options.unbalanced


def read_times(rows: list[InpRow], options: Options) -> Options:
    """Options with the times of the file."""
    told: dict[str, int] = {}
    for row in rows:
        name, at = _keyword(row, {**dict.fromkeys(_TIMES), **dict.fromkeys(_TIMES_IGNORED)})
        if name in _TIMES:
            seconds = parse_duration(row.words[at:])
            if seconds is None or (seconds == 0 and name.endswith("TIMESTEP")):
                row.fail("time.invalid", _TIMES[name], " ".join(row.words[at:]))
            else:
                told[_TIMES[name]] = seconds
        elif not name:
            row.fail("word.unknown", "time", row.words[0])
    return replace(options, **told)  # type: ignore[arg-type]


def read_status(rows: list[InpRow], records: Records, units: InpUnits) -> None:
    """States and settings of links at the start."""
    at = {link.code: link for link in records.links}
    for row in rows:
        link = at.get(row.words[0])
        told = row.word(1, "status")
        if link is None:
            row.fail("link.unknown", "link", row.words[0])
        elif row.sound:
            status, setting = _state_or_setting(row, told, link, units)
            if status is not None and link.status != LinkStatus.CHECK:
                link.status = status
            if setting is not None:
                link.setting = setting
                link.status = LinkStatus.OPEN if link.kind == LinkKind.PUMP else LinkStatus.ACTIVE


def _state_or_setting(
    row: InpRow, told: str, link: LinkRecord | None, units: InpUnits
) -> tuple[LinkStatus | None, float | None]:
    """What a word says of a link: a state, or a setting in SI; a finding when it says neither."""
    state = _STATES.get(told.upper())
    kind = link.kind if link else LinkKind.PIPE
    if state is not None and (state != LinkStatus.ACTIVE or kind.is_valve):
        return state, None
    value = parse_number(told)
    if value is None or value < 0 or kind in {LinkKind.PIPE, LinkKind.GPV}:
        row.fail("word.unknown", "status", told)
        return None, None
    if kind in {LinkKind.PRV, LinkKind.PSV, LinkKind.PBV}:
        return None, value * units.pressure
    return None, value * units.flow if kind == LinkKind.FCV else value


def read_controls(rows: list[InpRow], records: Records, units: InpUnits) -> None:
    """Simple controls: LINK code state IF NODE code ABOVE|BELOW value, or AT TIME t, or AT CLOCKTIME t."""
    links = {link.code: link for link in records.links}
    tanks = {node.code for node in records.nodes if node.kind != NodeKind.JUNCTION}
    for row in rows:
        words = [word.upper() for word in row.words]
        if len(words) < 6 or words[0] not in {"LINK", "PIPE", "PUMP", "VALVE"} or words[3] not in {"IF", "AT"}:
            row.fail("control.syntax", "control", row.text)
            continue
        link = links.get(row.words[1])
        if link is None:
            row.fail("control.link_unknown", "link", row.words[1])
            continue
        status, setting = _state_or_setting(row, row.words[2], link, units)
        control = Control(row.words[1], status, setting)
        made = _conditioned(row, words, control, tanks, units)
        if made is not None and row.sound:
            records.controls.append((row.place, made))


def _conditioned(row: InpRow, words: list[str], control: Control, tanks: set[str], units: InpUnits) -> Control | None:
    """A control with what triggers it; None with a finding when that cannot be read."""
    if words[3] == "AT" and words[4] in {"TIME", "CLOCKTIME"}:
        seconds = parse_duration(row.words[5:])
        if seconds is None:
            row.fail("time.invalid", "time", " ".join(row.words[5:]))
            return None
        return replace(control, time_s=seconds) if words[4] == "TIME" else replace(control, clock_s=seconds)
    if words[3] == "IF" and len(words) >= 8 and words[6] in {"ABOVE", "BELOW"}:
        factor = units.length if row.words[5] in tanks else units.pressure
        value = row.number(7, "value") * factor
        return replace(control, node=row.words[5], above=words[6] == "ABOVE", value=value)
    row.fail("control.syntax", "control", row.text)
    return None


def read_rules(rows: list[InpRow], records: Records, units: InpUnits) -> None:
    """Rules as text, one block from RULE to the next, their figures brought to m, m3/h and kW."""
    factors: dict[str, float] = {
        "FLOW": units.flow * 3600,
        "DEMAND": units.flow * 3600,
        "HEAD": units.length,
        "LEVEL": units.length,
        "GRADE": units.length,
        "PRESSURE": units.pressure,
        "POWER": units.power / 1000,
    }
    settings = {link.code: _rule_setting_factor(link.kind, units) for link in records.links}
    block: list[str] = []
    first: InpRow | None = None

    def close() -> None:
        if first is not None:
            records.rules.append((first.place, "\n".join(block)))

    for row in rows:
        clause = row.words[0].upper()
        if clause == "RULE":
            close()
            first, block = row, []
        elif first is None or clause not in {"IF", "AND", "OR", "THEN", "ELSE", "PRIORITY"}:
            row.fail("rule.syntax", "rule", row.text)
            continue
        block.append(_rule_line(row.words, factors, settings))
    close()


def _rule_setting_factor(kind: LinkKind, units: InpUnits) -> float:
    if kind in {LinkKind.PRV, LinkKind.PSV, LinkKind.PBV}:
        return units.pressure
    return units.flow * 3600 if kind == LinkKind.FCV else 1.0


def _rule_line(words: list[str], factors: dict[str, float], settings: dict[str, float]) -> str:
    """One clause with its last figure converted, where the attribute before it has a unit."""
    attribute = words[3].upper() if len(words) > 3 else ""
    value = parse_number(words[-1])
    factor = settings.get(words[2], 1.0) if attribute == "SETTING" else factors.get(attribute, 1.0)
    if value is None or factor == 1.0:
        return " ".join(words)
    return " ".join([*words[:-1], repr(value * factor)])
