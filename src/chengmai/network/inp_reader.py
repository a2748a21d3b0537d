"""Reads EPANET input files: the whole file is checked, every finding names its row, what passes becomes a network."""

from collections.abc import Callable

from chengmai.core.findings import Finding
from chengmai.network.assembly import assemble
from chengmai.network.inp_lines import InpRow, decode, sections
from chengmai.network.inp_operation import read_controls, read_options, read_rules, read_status, read_times
from chengmai.network.inp_units import InpUnits
from chengmai.network.pipe_network import Frame, LinkKind, LinkStatus, NodeKind, Options, PipeNetwork
from chengmai.network.records import (
    CurveRecord,
    DemandRecord,
    LinkRecord,
    NodeRecord,
    PatternRecord,
    Place,
    Records,
    TankRecord,
)


def read_inp(data: bytes, file: str) -> tuple[PipeNetwork, list[Finding]]:
    """The network an EPANET input file describes, and what is wrong with the file; never raises on its content."""
    text, findings = decode(data, file)
    rows = sections(text, file, findings)
    if not (rows["JUNCTIONS"] or rows["PIPES"]):
        findings.append(Place(file).finding("inp.no_network"))
    records = Records(Place(file), frame=Frame.LOCAL)
    records.title = "\n".join(row.text for row in rows["TITLE"])
    options, units, records.default_pattern = read_options(rows["OPTIONS"])
    records.options = read_times(rows["TIMES"], options)
    _Reader(records, units, records.options).read(rows)
    read_status(rows["STATUS"], records, units)
    read_controls(rows["CONTROLS"], records, units)
    read_rules(rows["RULES"], records, units)
    for section in rows.values():
        for row in section:
            findings.extend(row.findings)
    network, across = assemble(records)
    return network, sorted([*findings, *across], key=lambda finding: finding.row or 0)


class _Reader:
    """Turns the rows of the sections that hold elements into records."""

    def __init__(self, records: Records, units: InpUnits, options: Options) -> None:
        self.records = records
        self.units = units
        self.options = options
        self.own_demands: dict[str, DemandRecord] = {}

    def read(self, rows: dict[str, list[InpRow]]) -> None:
        """Read all elements; a row with an error leaves no record."""
        readers: dict[str, Callable[[InpRow], None]] = {
            "PATTERNS": self.pattern,
            "CURVES": self.curve,
            "JUNCTIONS": self.junction,
            "RESERVOIRS": self.reservoir,
            "TANKS": self.tank,
            "PIPES": self.pipe,
            "PUMPS": self.pump,
            "VALVES": self.valve,
        }
        for name, reader in readers.items():
            for row in rows[name]:
                reader(row)
        self.demands(rows["DEMANDS"])
        self.emitters(rows["EMITTERS"])
        self.coordinates(rows["COORDINATES"])
        self.vertices(rows["VERTICES"])

    def default_pattern(self) -> str:
        """The pattern of demands that name none, when the file has it."""
        code = self.records.default_pattern
        return code if code in self.records.patterns else ""

    def pattern(self, row: InpRow) -> None:
        """Multipliers of a pattern, gathered over its rows."""
        values = [row.number(i, "multiplier") for i in range(1, len(row.words))]
        record = self.records.patterns.setdefault(row.words[0], PatternRecord(row.place, row.words[0]))
        if row.sound:
            record.multipliers.extend(values)

    def curve(self, row: InpRow) -> None:
        """Points of a curve, gathered over its rows."""
        if len(row.words) % 2 == 0:
            row.fail("field.missing", "y")
        values = [row.number(i, "xy"[(i - 1) % 2]) for i in range(1, len(row.words))]
        record = self.records.curves.setdefault(
            row.words[0],
            CurveRecord(
                row.place, row.words[0], flow=self.units.flow, level=self.units.length, volume=self.units.volume
            ),
        )
        if row.sound:
            record.points.extend(zip(values[::2], values[1::2], strict=True))

    def junction(self, row: InpRow) -> None:
        """code, elevation, demand, pattern."""
        elevation = row.number(1, "elevation", 0.0)
        base = row.number(2, "demand", 0.0)
        pattern = row.word(3, "pattern", "") or self.default_pattern()
        if row.sound:
            code = row.words[0]
            self.records.nodes.append(NodeRecord(row.place, code, NodeKind.JUNCTION, elevation * self.units.length))
            self.own_demands.setdefault(code, DemandRecord(row.place, code, base * self.units.flow, pattern))

    def reservoir(self, row: InpRow) -> None:
        """code, head, pattern."""
        head = row.number(1, "head")
        if row.sound:
            self.records.nodes.append(
                NodeRecord(
                    row.place,
                    row.words[0],
                    NodeKind.RESERVOIR,
                    head * self.units.length,
                    head_pattern=row.word(2, "pattern", ""),
                )
            )

    def tank(self, row: InpRow) -> None:
        """code, elevation, three levels, diameter, least volume, volume curve, overflow."""
        length = self.units.length
        figures = [
            row.number(i, name, None if i < 6 else 0.0)
            for i, name in enumerate(
                ("elevation", "initial_level", "min_level", "max_level", "diameter", "min_volume"), start=1
            )
        ]
        curve = row.word(7, "volume_curve", "")
        overflow = row.word(8, "overflow", "NO").upper()
        if overflow not in {"YES", "NO"}:
            row.fail("word.unknown", "overflow", overflow)
        if row.sound:
            elevation, initial, least, most, diameter, volume = figures
            vessel = TankRecord(
                initial * length,
                least * length,
                most * length,
                diameter * length,
                volume * self.units.volume,
                "" if curve == "*" else curve,
                overflow == "YES",
            )
            self.records.nodes.append(
                NodeRecord(row.place, row.words[0], NodeKind.TANK, elevation * length, tank=vessel)
            )

    def pipe(self, row: InpRow) -> None:
        """code, start, end, length, diameter, roughness, minor loss, status; the loss may be left out."""
        link = self.link(row, LinkKind.PIPE)
        link.length = row.number(3, "length") * self.units.length
        link.diameter = row.number(4, "diameter") * self.units.diameter
        link.roughness = row.number(5, "roughness") * self.units.roughness(self.options.headloss)
        states = {"OPEN": LinkStatus.OPEN, "CLOSED": LinkStatus.CLOSED, "CV": LinkStatus.CHECK}
        if len(row.words) == 7 and row.words[6].upper() in states:
            link.status = states[row.words[6].upper()]
        else:
            link.minor_loss = row.number(6, "minor_loss", 0.0, least=0.0)
            state = row.word(7, "status", "OPEN").upper()
            if state not in states:
                row.fail("word.unknown", "status", state)
            link.status = states.get(state, LinkStatus.OPEN)
        self.keep(row, link)

    def pump(self, row: InpRow) -> None:
        """code, start, end, then pairs: HEAD curve, POWER figure, SPEED figure, PATTERN code."""
        link = self.link(row, LinkKind.PUMP)
        link.setting = 1.0
        for i in range(3, len(row.words), 2):
            keyword = row.words[i].upper()
            if keyword == "HEAD":
                link.curve = row.word(i + 1, "curve")
            elif keyword == "POWER":
                link.power = row.number(i + 1, "power", least=0.0) * self.units.power
            elif keyword == "SPEED":
                link.setting = row.number(i + 1, "speed", least=0.0)
            elif keyword == "PATTERN":
                link.pattern = row.word(i + 1, "pattern")
            else:
                row.fail("word.unknown", "parameters", row.words[i])
        self.keep(row, link)

    def valve(self, row: InpRow) -> None:
        """code, start, end, diameter, type, setting or curve, minor loss."""
        told = row.word(4, "type").upper()
        kinds = {kind.name: kind for kind in LinkKind if kind.is_valve}
        if told not in kinds:
            if told:
                row.fail("word.unknown", "type", told)
            return
        link = self.link(row, kinds[told])
        link.diameter = row.number(3, "diameter") * self.units.diameter
        link.status = LinkStatus.ACTIVE
        if link.kind == LinkKind.GPV:
            link.curve = row.word(5, "curve")
        else:
            link.setting = row.number(5, "setting", least=0.0) * self.setting_factor(link.kind)
        link.minor_loss = row.number(6, "minor_loss", 0.0, least=0.0)
        self.keep(row, link)

    def setting_factor(self, kind: LinkKind) -> float:
        """Factor that brings a valve's setting to SI."""
        if kind in {LinkKind.PRV, LinkKind.PSV, LinkKind.PBV}:
            return self.units.pressure
        return self.units.flow if kind == LinkKind.FCV else 1.0

    def link(self, row: InpRow, kind: LinkKind) -> LinkRecord:
        """What all links begin with."""
        return LinkRecord(row.place, row.word(0, "code"), kind, row.word(1, "start"), row.word(2, "end"))

    def keep(self, row: InpRow, link: LinkRecord) -> None:
        """Take a link whose row is sound."""
        if row.sound:
            self.records.links.append(link)

    def demands(self, rows: list[InpRow]) -> None:
        """Demands of their own section replace a junction's own."""
        replaced: set[str] = set()
        for row in rows:
            node = row.words[0]
            base = row.number(1, "demand")
            pattern = row.word(2, "pattern", "") or self.default_pattern()
            if row.sound:
                replaced.add(node)
                category = row.word(3, "category", "") or row.comment
                self.records.demands.append(DemandRecord(row.place, node, base * self.units.flow, pattern, category))
        own = [demand for node, demand in self.own_demands.items() if node not in replaced and demand.base != 0]
        self.records.demands[:0] = own

    def emitters(self, rows: list[InpRow]) -> None:
        """Emitter coefficients of junctions."""
        at = {code: node for code, node in self.first_nodes().items() if node.kind == NodeKind.JUNCTION}
        for row in rows:
            value = row.number(1, "coefficient", least=0.0)
            if row.words[0] not in at:
                row.fail("demand.node_unknown", "node", row.words[0])
            elif row.sound:
                at[row.words[0]].emitter = value * self.units.emitter(self.options.emitter_exponent)

    def first_nodes(self) -> dict[str, NodeRecord]:
        """Nodes by code; of a code told twice the first, which is the one that stays."""
        found: dict[str, NodeRecord] = {}
        for node in self.records.nodes:
            found.setdefault(node.code, node)
        return found

    def coordinates(self, rows: list[InpRow]) -> None:
        """Where nodes lie, in the file's own plane."""
        at = self.first_nodes()
        for row in rows:
            x, y = row.number(1, "x"), row.number(2, "y")
            if row.words[0] not in at:
                row.fail("node.unknown", "node", row.words[0])
            elif row.sound:
                at[row.words[0]].x, at[row.words[0]].y = x, y

    def vertices(self, rows: list[InpRow]) -> None:
        """Bends of links between their ends."""
        at: dict[str, LinkRecord] = {}
        for link in self.records.links:
            at.setdefault(link.code, link)
        for row in rows:
            x, y = row.number(1, "x"), row.number(2, "y")
            if row.words[0] not in at:
                row.fail("link.unknown", "link", row.words[0])
            elif row.sound:
                at[row.words[0]].path.append((x, y))
