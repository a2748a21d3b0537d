"""The register as a sheet: what its columns are called, how it is read, and how it is written."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import openpyxl

from chengmai.assets.findings_sheet import harmless
from chengmai.core.findings import Finding, Severity
from chengmai.devices.checking import DeviceFacts
from chengmai.devices.states import DeviceState
from chengmai.network.figures import parse_number
from chengmai.network.headed_sheets import HeadedSheet, any_case, first_headed
from chengmai.network.records import Place
from chengmai.network.survey_files import sheets_of

COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("设备编码", "Code", "资产编码"),
    "type": ("设备类型", "Type"),
    "owner": ("权属单位", "Owner"),
    "serial": ("出厂编号", "Serial number", "序列号"),
    "maker": ("厂家", "Maker", "生产厂家"),
    "model": ("型号", "Model"),
    "project": ("建设项目", "Project"),
    "lot": ("标段", "Lot"),
    "installed_on": ("安装日期", "Installed"),
    "longitude": ("经度", "Longitude"),
    "latitude": ("纬度", "Latitude"),
    "network": ("管网", "Network"),
    "element": ("管点或管段", "Node or link"),
    "streams": ("数据流", "Datastreams"),
    "state": ("状态", "State"),
    "note": ("备注", "Note"),
}
"""Field -> what its column may be called; the first is what we write. A field's own name will do too."""
STATE_WORDS = {
    "库存": DeviceState.IN_STOCK,
    "已安装": DeviceState.INSTALLED,
    "在用": DeviceState.IN_SERVICE,
    "停用": DeviceState.OUT_OF_SERVICE,
    "报废": DeviceState.SCRAPPED,
}
_CALLED = {key: (*called, key) for key, called in COLUMNS.items()}
MOST_ROWS = 100_000
_HEADER_ROWS = 5
_SEPARATORS = str.maketrans(dict.fromkeys(";,，；、\n", " "))


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A row of a sheet: where it stands, what it tells, the state it wants (None: as it is), what cannot be read.

    Of a known device, fields that are not in ``columns`` stay as they are.
    """

    place: Place
    told: DeviceFacts
    columns: frozenset[str]
    state: DeviceState | None = None
    findings: list[Finding] = field(default_factory=list)


def read_device_sheet(file_name: str, data: bytes) -> tuple[list[DeviceRow], list[Finding]]:
    """The rows of a workbook's first sheet that has a header, or of a CSV file; what is wrong with the file itself."""
    sheets, findings = sheets_of(file_name, data)
    headed = first_headed(sheets, _CALLED, ("code",), any_case, within=_HEADER_ROWS)
    if headed is None:
        if not findings:
            findings.append(Place(file_name).finding("device.no_header", field=COLUMNS["code"][0]))
        return [], findings
    findings += _unknown_columns(headed)
    if headed.below > MOST_ROWS:
        place = Place(file_name)
        return [], [*findings, place.finding("device.too_many_rows", value=len(headed.sheet.rows), most=MOST_ROWS)]
    rows = ((place, {key: _unquoted(text) for key, text in texts.items()}) for place, texts in headed.rows())
    return [_row(place, texts) for place, texts in rows], findings


def _unknown_columns(headed: HeadedSheet) -> list[Finding]:
    names = {any_case(name) for called in _CALLED.values() for name in called}
    place = headed.place(headed.number)
    return [
        place.finding("device.column_unknown", cell.strip(), severity=Severity.WARNING)
        for cell in headed.sheet.rows[headed.number - 1]
        if cell.strip() and any_case(cell) not in names
    ]


def _unquoted(text: str) -> str:
    """The quote that keeps a spreadsheet from running a text as a formula is none of the text."""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def _row(place: Place, texts: dict[str, str]) -> DeviceRow:
    findings: list[Finding] = []

    def parsed(key: str, read: Callable[[str], Any], rule: str) -> Any:
        text = texts.get(key, "")
        value = read(text) if text else None
        if text and value is None:
            findings.append(place.finding(rule, key, text))
        return value

    state = parsed("state", _state, "word.unknown")
    words = {key: texts.get(key, "") for key in DeviceFacts.__slots__ if key not in _PARSED}
    told = DeviceFacts(
        **words,
        installed_on=parsed("installed_on", _day, "device.day_form"),
        longitude=parsed("longitude", parse_number, "number.invalid"),
        latitude=parsed("latitude", parse_number, "number.invalid"),
        streams=tuple(texts.get("streams", "").translate(_SEPARATORS).split()),
    )
    return DeviceRow(place, told, frozenset(texts), state, findings)


_PARSED = frozenset({"installed_on", "longitude", "latitude", "streams"})


def _state(text: str) -> DeviceState | None:
    return STATE_WORDS.get(text) or next((one for one in DeviceState if one.value == text.lower()), None)


def _day(text: str) -> date | None:
    """A day as people and spreadsheets write it: 2025-03-03, 2025/3/3, 2025.3.3, also with a time behind it."""
    parts = text.replace("/", "-").replace(".", "-").partition("T")[0].partition(" ")[0].split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None


Line = Sequence[str | float | None]


def lines_of(devices: Iterable[tuple[DeviceFacts, DeviceState]]) -> list[Line]:
    """Devices as rows of a sheet, below its header."""
    words = {state: word for word, state in STATE_WORDS.items()}
    return [
        [words[state] if key == "state" else _cell(getattr(told, key)) for key in COLUMNS] for told, state in devices
    ]


def _cell(value: Any) -> str | float | None:
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, float) else str(value) if value is not None else None


def as_csv(lines: Iterable[Line]) -> bytes:
    """A CSV sheet in UTF-8 with a byte order mark, as spreadsheet programs want it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(called[0] for called in COLUMNS.values())
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(lines: Iterable[Line]) -> bytes:
    """The same as a workbook; heavy for many rows."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("设备台账")
    sheet.freeze_panes = "A2"
    sheet.append([called[0] for called in COLUMNS.values()])
    for line in lines:
        sheet.append([harmless(cell) for cell in line])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
