"""The list of units that have to hand in (CSV or XLSX): code, name, due day, and the day it came if that is noted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from chengmai.budget.units.rules import UnitExpected
from chengmai.core.findings import Finding
from chengmai.disclosure.folding import name_key, squeeze
from chengmai.network.headed_sheets import first_headed
from chengmai.network.records import Place
from chengmai.network.survey_files import sheets_of

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("单位编码", "单位代码", "编码", "代码", "Code"),
    "name": ("单位名称", "单位", "名称", "Unit", "Name"),
    "due": ("截止日期", "报送期限", "应报日期", "期限", "Due"),
    "received": ("报送日期", "收到日期", "实报日期", "Received"),
}
"""Field -> what its column may be called."""
MOST_UNITS = 5000
_NEEDED = ("code", "name")
_HEADER_ROWS = 8
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
_LONGEST = {"code": 32, "name": 128}


@dataclass
class UnitList:
    """The units of a list, and what is wrong with it; with any finding the list is not taken."""

    units: list[UnitExpected] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_units(file_name: str, data: bytes) -> UnitList:
    """Every row of a list; each finding names row, field and value."""
    found = UnitList()
    sheets, found.findings = sheets_of(file_name, data)
    headed = first_headed(sheets, COLUMNS, _NEEDED, name_key, within=_HEADER_ROWS)
    if headed is None:
        if not found.findings:
            found.findings.append(Place(file_name).finding("units.no_header", value=COLUMNS["code"][0]))
        return found
    for place, texts in headed.rows():
        _take(found, place, texts)
    if not found.units and not found.findings:
        found.findings.append(Place(file_name).finding("units.none", value=file_name))
    if len(found.units) > MOST_UNITS:
        found.findings.append(Place(file_name).finding("units.too_many", value=len(found.units), most=MOST_UNITS))
    return found


def _take(found: UnitList, place: Place, texts: Mapping[str, str]) -> None:
    findings = []
    code, name = squeeze(texts["code"]), texts["name"]
    for key, value in (("code", code), ("name", name)):
        if not value or len(value) > _LONGEST[key]:
            findings.append(place.finding("units.field", key, value[:80]))
    days = {}
    for key in ("due", "received"):
        text = texts.get(key, "")
        days[key] = _day(text)
        if text and days[key] is None:
            findings.append(place.finding("units.no_day", key, text[:40]))
    if code and any(unit.code.lower() == code.lower() for unit in found.units):
        findings.append(place.finding("units.twice", "code", code))
    found.findings += findings
    if not findings:
        found.units.append(UnitExpected(code, name, days["due"], days["received"]))


def _day(text: str) -> date | None:
    told = _DAY.fullmatch(squeeze(text))
    if told is None:
        return None
    try:
        return date(*(int(part) for part in told.groups()))
    except ValueError:
        return None
