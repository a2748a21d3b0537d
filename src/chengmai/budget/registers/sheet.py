"""A register out of a sheet (XLSX, CSV, or what was pasted): known by its header, every row checked, nothing stored."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from chengmai.core.errors import InvalidInput
from chengmai.core.findings import Finding
from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.drafting.draft_tables import FEN_PER_WAN
from chengmai.disclosure.drafting.registers import (
    FUNDS,
    AssetKind,
    ComparedFigure,
    ComparedSubject,
    ProcurementKind,
    ProcurementLine,
    ProjectClass,
    Registers,
)
from chengmai.disclosure.folding import name_key
from chengmai.network.records import Place
from chengmai.network.survey_files import sheets_of
from chengmai.network.survey_tables import Sheet

MOST_ROWS = 2000
_HEADER_ROWS = 8
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "procurement": {
        "kind": ("采购类别", "采购类型", "Kind"),
        "name": ("采购项目", "采购内容", "采购项目名称", "品目名称", "Name"),
        "code": ("目录代码", "购买服务目录代码", "品目代码", "Code"),
        "service": ("目录名称", "购买服务目录名称", "Service"),
        "project": ("预算项目", "项目名称", "Project"),
        "general": ("一般公共预算", "General"),
        "fund": ("政府性基金预算", "政府性基金", "Fund"),
        "state_capital": ("国有资本经营预算", "State capital"),
        "special_account": ("财政专户管理资金", "Special account"),
        "own": ("单位资金", "Own"),
    },
    "assets": {"kind": ("资产", "资产类别", "资产项目", "Asset"), "quantity": ("数量", "数量或面积", "Quantity")},
    "compared": {
        "subject": ("比较项目", "预算事项", "Subject"),
        "before": ("上年预算数", "上年", "Before"),
        "now": ("本年预算数", "本年", "Now"),
        "reason": ("增减原因", "变动原因", "原因", "Reason"),
    },
    "classes": {"name": ("项目名称", "Project"), "project_class": ("项目类别", "Class")},
}
"""Register -> field -> what its column may be called; amounts are ten thousand yuan unless the column says （元）."""
_NEEDED = {
    "procurement": ("kind", "name"),
    "assets": ("kind", "quantity"),
    "compared": ("subject", "before"),
    "classes": ("name", "project_class"),
}
_KINDS = {"货物": ProcurementKind.GOODS, "工程": ProcurementKind.WORKS, "服务": ProcurementKind.SERVICES}
_CLASSES = {"其他运转类": ProjectClass.RUNNING, "特定目标类": ProjectClass.SPECIFIC}
_ASSETS = {
    "公务用车编制": AssetKind.VEHICLES_ALLOWED,
    "领导用车": AssetKind.LEADERS,
    "机要通信用车": AssetKind.CONFIDENTIAL,
    "应急保障用车": AssetKind.EMERGENCY,
    "执法执勤用车": AssetKind.ENFORCEMENT,
    "特种专业技术用车": AssetKind.SPECIAL,
    "事业单位业务用车": AssetKind.INSTITUTION,
    "其他公务用车": AssetKind.OTHER_VEHICLES,
    "办公用房建筑面积": AssetKind.OFFICE_AREA,
    "50万元以上通用设备": AssetKind.GENERAL_EQUIPMENT,
    "100万元以上专用设备": AssetKind.SPECIAL_EQUIPMENT,
}
_SUBJECTS = {
    "收入总计": ComparedSubject.INCOME,
    "支出总计": ComparedSubject.EXPENDITURE,
    "一般公共预算当年支出": ComparedSubject.GENERAL,
    "因公出国(境)费": ComparedSubject.ABROAD,
    "公务接待费": ComparedSubject.RECEPTION,
    "公务用车购置费": ComparedSubject.VEHICLE_PURCHASE,
    "公务用车运行维护费": ComparedSubject.VEHICLE_RUNNING,
    "机关运行经费": ComparedSubject.OPERATING,
}


@dataclass
class RegisterSheet:
    """A sheet as it was read: of which register it is ("" for none), what its rows tell, what is wrong."""

    register: str = ""
    procurement: list[ProcurementLine] = field(default_factory=list)
    assets: dict[AssetKind, Decimal] = field(default_factory=dict)
    compared: dict[ComparedSubject, ComparedFigure] = field(default_factory=dict)
    classes: dict[str, ProjectClass] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a sheet: where each field stands, and which money columns count in yuan."""

    register: str
    number: int
    columns: Mapping[str, int]
    in_yuan: frozenset[str]


def read_registers(file_name: str, data: bytes) -> list[RegisterSheet]:
    """Every register of a file, each sheet by itself; a file without any is one with a finding."""
    sheets, findings = sheets_of(file_name, _without_tabs(file_name, data))
    found = []
    for sheet in sheets:
        header = _header(sheet)
        if header is not None:
            found.append(_read(sheet, header))
    if not found:
        told = findings or [Place(file_name).finding("register.no_header", known=_headers())]
        return [RegisterSheet(findings=list(told))]
    found[0].findings = [*findings, *found[0].findings]
    return found


def _headers() -> str:
    """The columns that tell each register, as people call them."""
    return "；".join("、".join(COLUMNS[name][key][0] for key in keys) for name, keys in _NEEDED.items())


def together(sheets: Iterable[RegisterSheet]) -> Registers:
    """The registers of several sheets as one; raises InvalidInput for a register that two of them tell."""
    procurement: list[ProcurementLine] | None = None
    assets: dict[AssetKind, Decimal] = {}
    compared: dict[ComparedSubject, ComparedFigure] = {}
    classes: dict[str, ProjectClass] = {}
    seen: set[str] = set()
    for sheet in sheets:
        if sheet.register in seen:
            raise InvalidInput("register.sheet_twice", name=sheet.register)
        seen.add(sheet.register)
        procurement = sheet.procurement if sheet.register == "procurement" else procurement
        assets |= sheet.assets
        compared |= sheet.compared
        classes |= sheet.classes
    return Registers(procurement, assets, compared, classes)


def _without_tabs(file_name: str, data: bytes) -> bytes:
    """What a spreadsheet puts on the clipboard is set off by tabs: the same as a CSV."""
    first = data.partition(b"\n")[0]
    if b"\t" not in first or b"\0" in first or file_name.lower().endswith(".xlsx"):
        return data
    text = io.StringIO()
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig", "replace")), delimiter="\t")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _header(sheet: Sheet) -> _Header | None:
    for number, row in enumerate(sheet.rows[:_HEADER_ROWS], start=1):
        cells = [name_key(cell) for cell in row]
        for register, fields in COLUMNS.items():
            columns, in_yuan = {}, set()
            for key, called in fields.items():
                names = {name_key(name) for name in called}
                for at, cell in enumerate(cells):
                    bare = cell.removesuffix("(元)").removesuffix("(万元)")
                    if bare in names and key not in columns:
                        columns[key] = at
                        in_yuan |= {key} if cell.endswith("(元)") else set()
            if all(key in columns for key in _NEEDED[register]):
                return _Header(register, number, columns, frozenset(in_yuan))
    return None


def _read(sheet: Sheet, header: _Header) -> RegisterSheet:
    found = RegisterSheet(header.register)
    labels = tuple((key, called[0]) for key, called in COLUMNS[header.register].items())
    for number, cells in enumerate(sheet.rows[header.number :], start=header.number + 1):
        if number - header.number > MOST_ROWS:
            found.findings.append(Place(sheet.file).finding("register.too_many_rows", most=MOST_ROWS))
            break
        texts = {key: cells[at].strip() if at < len(cells) else "" for key, at in header.columns.items()}
        if any(texts.values()) and not _is_sum(texts):
            place = Place(sheet.file, number, sheet.name if sheet.in_workbook else None, labels)
            found.findings += _ROWS[header.register](place, texts, header, found)
    return found


def _is_sum(texts: Mapping[str, str]) -> bool:
    """A line of totals, which is worked out and not read."""
    return any(name_key(texts.get(key, "")) in ("合计", "总计", "total") for key in ("name", "kind", "subject"))


def _procurement(place: Place, texts: Mapping[str, str], header: _Header, found: RegisterSheet) -> Iterator[Finding]:
    kind = _KINDS.get(name_key(texts["kind"]).removeprefix("政府采购").removesuffix("类"))
    if kind is None:
        yield place.finding("register.unknown_word", "kind", texts["kind"], known="、".join(_KINDS))
    if not texts["name"]:
        yield place.finding("register.no_name", "name")
    told = {fund: _fen(texts.get(fund, ""), fund in header.in_yuan) for fund in FUNDS}
    for fund in (fund for fund, amount in told.items() if amount is None):
        yield place.finding("register.no_amount", fund, texts[fund])
    fen = {fund: amount for fund, amount in told.items() if amount is not None}
    if not any(fen.values()) and len(fen) == len(told):
        yield place.finding("register.row_of_nothing", None, texts["name"])
    elif kind is not None and texts["name"]:
        words = [texts.get(key, "") for key in ("code", "service", "project")]
        found.procurement.append(ProcurementLine(kind, texts["name"], fen, *words))


def _assets(place: Place, texts: Mapping[str, str], header: _Header, found: RegisterSheet) -> Iterator[Finding]:
    kind, amount = _ASSETS.get(name_key(texts["kind"])), parse_amount(texts["quantity"])
    if kind is None:
        yield place.finding("register.unknown_word", "kind", texts["kind"], known="、".join(_ASSETS))
    elif kind in found.assets:
        yield place.finding("register.told_twice", "kind", texts["kind"])
    elif amount is None or amount.blank or amount.value < 0:
        yield place.finding("register.no_amount", "quantity", texts["quantity"])
    else:
        found.assets[kind] = amount.value


def _compared(place: Place, texts: Mapping[str, str], header: _Header, found: RegisterSheet) -> Iterator[Finding]:
    subject = _SUBJECTS.get(name_key(texts["subject"]).removeprefix("其中:"))
    if subject is None:
        yield place.finding("register.unknown_word", "subject", texts["subject"], known="、".join(_SUBJECTS))
        return
    if subject in found.compared:
        yield place.finding("register.told_twice", "subject", texts["subject"])
        return
    amounts: dict[str, int | None] = {}
    for key in ("before", "now"):
        text = texts.get(key, "")
        amounts[key] = None if text == "" else _fen(text, key in header.in_yuan)
        if text and amounts[key] is None:
            yield place.finding("register.no_amount", key, text)
    found.compared[subject] = ComparedFigure(subject, amounts["before"], amounts["now"], texts.get("reason", ""))


def _classes(place: Place, texts: Mapping[str, str], header: _Header, found: RegisterSheet) -> Iterator[Finding]:
    kind, name = _CLASSES.get(name_key(texts["project_class"])), name_key(texts["name"])
    if kind is None:
        yield place.finding("register.unknown_word", "project_class", texts["project_class"], known="、".join(_CLASSES))
    elif not name:
        yield place.finding("register.no_name", "name")
    elif found.classes.get(name, kind) != kind:
        yield place.finding("register.told_twice", "name", texts["name"])
    else:
        found.classes[name] = kind


def _fen(text: str, in_yuan: bool) -> int | None:
    """Whole fen of an amount; None for no number, one below zero or finer than a fen."""
    amount = parse_amount(text)
    if amount is None or amount.value < 0:
        return None
    fen = amount.value * (100 if in_yuan else FEN_PER_WAN)
    return None if fen != fen.to_integral_value() else int(fen)


_ROWS: Mapping[str, Callable[[Place, Mapping[str, str], _Header, RegisterSheet], Iterator[Finding]]] = {
    "procurement": _procurement,
    "assets": _assets,
    "compared": _compared,
    "classes": _classes,
}
