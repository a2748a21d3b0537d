"""Survey tables as people send them: which table a sheet is, which column means what, one or two header rows."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from chengmai.core.findings import Finding, Severity
from chengmai.network.figures import read_figure
from chengmai.network.records import Place
from chengmai.network.survey_utilities import CUSTOMS, named_table, of_another
from chengmai.network.utilities import Utility

LARGEST = 1e9
HEADER_ROWS = 6
"""A header stands within the first rows of a sheet."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it came: texts of its cells; row 1 is the first."""

    file: str
    name: str
    in_workbook: bool
    rows: Sequence[Sequence[str]]


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "Point": {
        "exp_no": _words("Exp_No 管线点预编号 管线点编号 管点编号 物探点号 点号"),
        "x": _words("X X坐标 纵坐标 X(m)"),
        "y": _words("Y Y坐标 横坐标 Y(m)"),
        "high": _words("High 地面 地面高程 地面标高"),
        "feature": _words("Feature 特征 特征点"),
        "subsid": _words("Subsid 附属物 附属设施"),
        "well_deep": _words("WellDeep 井深"),
        "area": _words("Area 井室面积 井面积"),
        "map_no": _words("Map_No 图上点号"),
        "belong": _words("Belong 权属 权属单位"),
        "measured": _words("MDate 建设年代"),
        "code": _words("Code 编码"),
        "angle": _words("Angle 旋转角"),
        "building": _words("SurfBldg"),
        "map_sheet": _words("TFH 图幅号"),
        "surveyor": _words("SUnit 探测单位"),
        "surveyed": _words("SDate 探测日期"),
        "note": _words("Note 备注"),
    },
    "Line": {
        "start": _words("S_Point 起点 起点点号 起点编号 管线起点"),
        "end": _words("E_Point 终点 终点点号 连接点号 终点编号 管线终点"),
        "start_depth": _words("S_Deep 起点埋深"),
        "end_depth": _words("E_Deep 终点埋深"),
        "start_top": _words("S_H 起点管顶高程 起点高程 起点管顶"),
        "end_top": _words("E_H 终点管顶高程 终点高程 终点管顶"),
        "material": _words("Material 材质 管线材料 管材"),
        "size": _words("PSize 管径 管径或断面 断面尺寸 规格"),
        "shape": _words("ShapeType 断面形状"),
        "length": _words("PipeLength 管长 管线长度 长度"),
        "flow_direction": _words("FlowDir 流向"),
        "embedding": _words("EmBed 埋设方式"),
        "joint": _words("Interface 接口形式"),
        "pressure_class": _words("Pressure 压力等级 压力"),
        "service_life": _words("ServiceLife 使用年限"),
        "data_source": _words("DataSource 数据来源"),
        "status": _words("Status 状态 使用状态"),
        "measured": _words("MDate 建设年代 埋设年代"),
        "belong": _words("Belong 权属 权属单位"),
        "operator": _words("Operator 运营单位"),
        "address": _words("Address 地址 所在道路"),
        "code": _words("LineNo 管线编号 管段编号"),
        "roughness": _words("Roughness 粗糙系数 海曾威廉系数"),
        "minor_loss": _words("MinorLoss 局部阻力系数"),
        "state": _words("State 启闭状态"),
        "note": _words("Note 备注"),
    },
    "Result": {
        "exp_no": _words("管线点预编号 管线点编号 管线点号 物探点号 点号"),
        "other": _words("连接点号 连接方向 连接点"),
        "embedding": _words("埋设方式"),
        "material": _words("管线材料 材质"),
        "size": _words("管径或断面 管径 断面尺寸 规格"),
        "feature": _words("特征"),
        "subsid": _words("附属物"),
        "x": _words("X"),
        "y": _words("Y"),
        "high": _words("地面 地面高程"),
        "top": _words("管顶 管顶高程"),
        "bottom": _words("管底 管底高程"),
        "depth": _words("埋深"),
        "note": _words("备注"),
    },
    "Facility": {
        "code": _words("Code 设施编号 编号"),
        "kind": _words("Kind 类型 设施类型"),
        "point": _words("Point 所在点号 点号"),
        "start": _words("S_Point 起点 起点点号"),
        "end": _words("E_Point 终点 终点点号"),
        "head": _words("Head 总水头"),
        "bottom": _words("Bottom 池底标高"),
        "initial_level": _words("InitLevel 初始水位"),
        "min_level": _words("MinLevel 最低水位"),
        "max_level": _words("MaxLevel 最高水位"),
        "diameter": _words("Diameter 池径 口径"),
        "curve": _words("Curve 曲线"),
        "power": _words("Power 功率"),
        "speed": _words("Speed 转速比"),
        "setting": _words("Setting 设定值"),
        "pattern": _words("Pattern 模式"),
        "minor_loss": _words("MinorLoss 局部阻力系数"),
        "state": _words("State 启闭状态"),
        "name": _words("Name 名称"),
        "pressure_kpa": _words("PressureKPa 压力 供气压力 回水压力"),
        "outlet_kpa": _words("OutletKPa 出口压力"),
        "supply_c": _words("SupplyC 供水温度"),
        "lift_kpa": _words("LiftKPa 供回水压差 资用压头"),
        "heat_kw": _words("HeatKW 设计热负荷 热负荷"),
        "building_class": _words("BuildingClass 建筑类别"),
    },
    "Demand": {
        "point": _words("Point 点号 用水点 用气点"),
        "base": _words("Base 基准用水量 用水量 用气量"),
        "pattern": _words("Pattern 用水模式 模式 用气模式"),
        "category": _words("Category 用水类别 类别 用气类别"),
    },
    "Pattern": {
        "code": _words("Pattern 模式 模式编号"),
        "first": _words("First 起始序号"),
        "multipliers": _words("Multipliers 系数"),
    },
    "Curve": {
        "code": _words("Curve 曲线 曲线编号"),
        "x": _words("X 流量"),
        "y": _words("Y 扬程"),
    },
    "Control": {
        "link": _words("Link 受控设施"),
        "action": _words("Action 动作"),
        "point": _words("Point 条件点号"),
        "condition": _words("Condition 条件"),
        "value": _words("Value 阈值"),
    },
    "Option": {
        "name": _words("Name 参数"),
        "value": _words("Value 取值"),
    },
    "Valve": {
        "code": _words("Code 阀门编号 编号"),
        "line": _words("LineNo 管线编号 所在管线"),
        "point": _words("Point 所在点号 点号"),
        "state": _words("State 启闭状态"),
        "condition": _words("Condition 状况 完好情况"),
    },
    "User": {
        "code": _words("Code 用户编号 编号"),
        "point": _words("Point 所在点号 点号"),
        "name": _words("Name 用户名称 名称"),
        "category": _words("Category 用户类别 类别"),
        "users": _words("Users 户数 用户数"),
        "phone": _words("Phone 联系电话 电话"),
    },
}
"""Our names of tables and columns, each column with the headers it may carry; the first is the one we write."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "Point": ("exp_no", "x", "y"),
    "Line": ("start", "end", "size"),
    "Result": ("exp_no", "other", "x", "y", "size"),
    "Facility": ("code", "kind"),
    "Demand": ("point", "base"),
    "Pattern": ("code", "multipliers"),
    "Curve": ("code", "x", "y"),
    "Control": ("link", "action", "condition"),
    "Option": ("name", "value"),
    "Valve": ("code", "line", "point"),
    "User": ("code", "point"),
}


def plain(text: str) -> str:
    """A text without outer blanks, full-width letters and figures made ordinary."""
    return unicodedata.normalize("NFKC", text).strip()


def table_of(sheet: Sheet, utility: Utility, findings: list[Finding]) -> str:
    """Which table of a utility a sheet is by its name, or by its header if it is a result table; '' for any other."""
    name = plain(sheet.name).lower().replace(" ", "")
    table = named_table(name, utility)
    if table:
        return table
    foreign = of_another(name, utility)
    if not foreign and set(REQUIRED["Result"]) <= set(_header("Result", sheet)[0]):
        return "Result"
    rule = "table.other_network" if foreign else "table.unknown"
    findings.append(Place(sheet.file, sheet=_sheet_name(sheet)).finding(rule, "table", sheet.name, Severity.WARNING))
    return ""


def _sheet_name(sheet: Sheet) -> str | None:
    return sheet.name if sheet.in_workbook else None


@dataclass(slots=True)
class SurveyRow:
    """One row by our column names; ``headers`` are the names the file itself uses."""

    place: Place
    cells: dict[str, str]
    headers: dict[str, str]
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True while nothing keeps the row out."""
        return not any(finding.severity == Severity.ERROR for finding in self.findings)

    def note(self, rule: str, column: str, severity: Severity = Severity.ERROR, **detail: object) -> None:
        """Note what is wrong with a cell."""
        shown = self.headers.get(column, column)
        self.findings.append(self.place.finding(rule, shown, self.cells.get(column, ""), severity, **detail))

    def located(self, **columns: str) -> Place:
        """The row's place, with the file's headers for fields named otherwise elsewhere: ``code="exp_no"``."""
        known = tuple((name, self.headers[column]) for name, column in columns.items() if column in self.headers)
        return replace(self.place, headers=known)

    def text(self, column: str, default: str | None = "") -> str:
        """A cell's text; an empty one is a finding when the default is None."""
        told = self.cells.get(column, "")
        if not told and default is None:
            self.note("field.missing", column)
        return told or default or ""

    def number(
        self, column: str, default: float | None = None, least: float | None = None, most: float = LARGEST
    ) -> float:
        """A cell's figure; an empty one is a finding unless there is a default."""
        told = self.cells.get(column, "")
        if not told:
            if default is None:
                self.note("field.missing", column)
            return default or 0.0
        value, rule, detail = read_figure(told, least, most)
        if rule:
            self.note(rule, column, Severity.ERROR, **detail)
        return value

    def optional(self, column: str, least: float | None = None) -> float | None:
        """A cell's figure, None when it is empty."""
        return self.number(column, 0.0, least) if self.cells.get(column) else None


def _key(header: str) -> str:
    return re.sub(r"[\s（(].*$|[（(].*?[)）]", "", plain(header).lower()) or plain(header).lower()


def _matches(table: str, cells: Sequence[str]) -> dict[str, int]:
    """Our columns among header cells, each with its position; a whole header wins over one without its unit."""
    wanted = {alias.lower(): column for column, aliases in TABLES[table].items() for alias in aliases}
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        column = wanted.get(plain(cell).lower()) or wanted.get(_key(cell))
        if column is not None and column not in found:
            found[column] = position
    return found


def _header(table: str, sheet: Sheet) -> tuple[dict[str, int], list[str], int]:
    """Columns, header cells and the number of rows up to the end of the header: one row, two rows that complete each
    other (groups above, parts below), or one in each language."""
    best: tuple[dict[str, int], list[str], int] = ({}, [], 0)
    rows = [list(row) for row in sheet.rows[:HEADER_ROWS]]
    for i, row in enumerate(rows):
        candidates = [(row, i + 1)]
        if i + 1 < len(rows):
            below = rows[i + 1] + [""] * (len(row) - len(rows[i + 1]))
            above = row + [""] * (len(below) - len(row))
            joined = [lower if plain(lower) else upper for upper, lower in zip(above, below, strict=True)]
            candidates.append((joined, i + 2))
        for cells, end in candidates:
            found = _matches(table, cells)
            if len(found) > len(best[0]):
                best = (found, cells, end)
    found, cells, end = best
    while end < len(rows) and len(_matches(table, rows[end])) > max(1, len(found) // 2):
        end += 1
    return found, cells, end


def rows_of(table: str, sheet: Sheet, utility: Utility, findings: list[Finding]) -> Iterator[SurveyRow]:
    """The rows below the header; a sheet whose header lacks a needed column gives none, and a finding."""
    columns, cells, first = _header(table, sheet)
    missing = [name for name in REQUIRED[table] if name not in columns]
    name = _sheet_name(sheet)
    if missing:
        place = Place(sheet.file, first or 1, name)
        findings.extend(
            place.finding("column.missing", TABLES[table][column][0], None, table=f"{CUSTOMS[utility].code}{table}")
            for column in missing
        )
        return
    headers = {column: plain(cells[position]) for column, position in columns.items()}
    for number, row in enumerate(sheet.rows[first:], start=first + 1):
        told = {column: plain(row[position]) for column, position in columns.items() if position < len(row)}
        if any(told.values()):
            yield SurveyRow(Place(sheet.file, number, name), told, headers)
