"""The list of classes that holds here: the national edition as it ships, and the city's own edition over it."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from django.db import transaction

from chengmai.access.audit import record
from chengmai.access.models import Organisation
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.models import CaseClass, ClassEdition, ClassKind, EditionLevel, TradeDepartment
from chengmai.core.clock import now
from chengmai.network.utilities import Utility
from chengmai.warning.models import RuleKind

NATIONAL_EDITION, LOCAL_EDITION = "GB-2013", "LOCAL"
NATIONAL_SOURCE = (
    "代码与名称按 GB/T 30428.2—2013 的次序，取自各地公开的客户端；"
    "立案、结案条件和时限为通行做法，启用前请与本市规定核对。",
    "Codes and names in the order of GB/T 30428.2-2013 as cities' public clients list them. "
    "Conditions and limits are customary ones in our own words: compare them with your city's before use.",
)
LOCAL_SOURCE = ("本市规定，覆盖国家分类。", "This city's own classes, over the national ones.")
"""Where each edition is from, in Chinese and in English."""
WATER_BURST, GAS_BREAK, HEAT_BURST = "0402", "0403", "0405"
"""Classes of the national edition that warnings open."""
WATER_LEAK, WATER_PRESSURE, HEAT_SUPPLY, GAS_SUPPLY, SENSOR_FAULT, OUT_OF_RANGE = (
    *("0481", "0482", "0483", "0484", "0485"),
    "0486",
)
"""Classes of the local edition that warnings open."""
_OF_KIND = {
    RuleKind.NIGHT_FLOW: WATER_LEAK,
    RuleKind.PRESSURE_DROP: WATER_BURST,
    RuleKind.METHANE: GAS_BREAK,
    RuleKind.HEAT_BURST: HEAT_BURST,
    RuleKind.MAKE_UP: HEAT_BURST,
    RuleKind.COLD_STATION: HEAT_SUPPLY,
    RuleKind.SILENT: SENSOR_FAULT,
    RuleKind.DEVICE: SENSOR_FAULT,
    RuleKind.DRIFT: SENSOR_FAULT,
}
_OF_UTILITY = {Utility.WATER: WATER_PRESSURE, Utility.GAS: GAS_SUPPLY, Utility.HEAT: HEAT_SUPPLY}


def class_of_rule(kind: RuleKind, utility: Utility | None) -> str:
    """The class of the case that a warning opens, by the rule behind its alarm.

    A rule that only says that a value is out of its range (limit, rate, baseline, combination) tells nothing of the
    cause: the network that it measures does.
    """
    return _OF_KIND.get(kind) or (_OF_UTILITY.get(utility, OUT_OF_RANGE) if utility else OUT_OF_RANGE)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as an edition tells it; ``trade`` says who answers, by what they do, ``department`` by its code."""

    kind: ClassKind
    code: str
    name_zh: str
    name_en: str
    limit_amount: int
    limit_unit: LimitUnit
    trade: str = ""
    department: str = ""
    filing_condition: str = ""
    closing_condition: str = ""


_HOURS = LimitUnit.URGENT_HOURS
OWN_CLASSES: tuple[ClassRow, ...] = (
    ClassRow(
        ClassKind.EVENT,
        WATER_LEAK,
        "供水管网漏损",
        "Water network leakage",
        48,
        _HOURS,
        "water",
        filing_condition="监测发现夜间流量或压力表明管网漏损",
        closing_condition="漏点找到并修复，夜间流量恢复",
    ),
    ClassRow(
        ClassKind.EVENT,
        WATER_PRESSURE,
        "供水压力异常",
        "Water pressure out of range",
        24,
        _HOURS,
        "water",
        filing_condition="供水压力超出规定范围",
        closing_condition="压力恢复到规定范围",
    ),
    ClassRow(
        ClassKind.EVENT,
        HEAT_SUPPLY,
        "供热运行异常",
        "Heat supply out of range",
        24,
        _HOURS,
        "heat",
        filing_condition="热力站或供热管网的温度、压力超出规定范围",
        closing_condition="供热恢复到规定范围",
    ),
    ClassRow(
        ClassKind.EVENT,
        GAS_SUPPLY,
        "燃气运行异常",
        "Gas supply out of range",
        24,
        _HOURS,
        "gas",
        filing_condition="燃气压力、流量等超出规定范围",
        closing_condition="运行恢复到规定范围并检测合格",
    ),
    ClassRow(
        ClassKind.EVENT,
        SENSOR_FAULT,
        "监测设备故障",
        "Monitoring device at fault",
        72,
        _HOURS,
        filing_condition="监测设备失联、漂移或自检故障",
        closing_condition="设备恢复正常上报",
    ),
    ClassRow(
        ClassKind.EVENT,
        OUT_OF_RANGE,
        "监测数值异常",
        "Measured value out of range",
        24,
        _HOURS,
        filing_condition="监测数值超出规定范围，原因待查",
        closing_condition="查明原因，数值恢复",
    ),
)
"""Classes beside the national ones that warnings of the platform open; the local edition begins with them.

A leak is repaired within 48 hours and a pressure complaint answered within a day, as water companies customarily do;
the limits of the others are ours, to be set by the city.
"""


def national_rows() -> Iterator[ClassRow]:
    """The national classes as they ship."""
    source = files("chengmai.casework") / "data" / "national_classes.csv"
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        yield ClassRow(
            ClassKind(row["kind"]),
            row["code"],
            row["name_zh"],
            row["name_en"],
            int(row["limit"]),
            LimitUnit(row["unit"]),
            row["trade"],
            filing_condition=row["filing_zh"],
            closing_condition=row["closing_zh"],
        )


def load_classes(departments: Mapping[str, Organisation]) -> None:
    """Load the national edition and begin the local one, each where it is missing; ``departments`` by trade."""
    with transaction.atomic():
        for trade, department in departments.items():
            TradeDepartment.objects.get_or_create(trade=trade, defaults={"department": department})
        _load(NATIONAL_EDITION, EditionLevel.NATIONAL, "国家分类", "National classes", NATIONAL_SOURCE, national_rows())
        _load(LOCAL_EDITION, EditionLevel.LOCAL, "本地分类", "Local classes", LOCAL_SOURCE, OWN_CLASSES)


def _load(
    code: str, level: EditionLevel, name_zh: str, name_en: str, source: tuple[str, str], rows: Iterable[ClassRow]
) -> None:
    told = {"source_zh": source[0], "source_en": source[1], "level": level.value}
    names = {"name_zh": name_zh, "name_en": name_en, **told}
    edition, created = ClassEdition.objects.get_or_create(code=code, defaults={**names, "loaded_at": now()})
    if not created:
        return
    at = now()
    made = CaseClass.objects.bulk_create(
        CaseClass(
            edition=edition,
            kind=row.kind.value,
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            filing_condition=row.filing_condition,
            closing_condition=row.closing_condition,
            limit_amount=row.limit_amount,
            limit_unit=row.limit_unit.value,
            trade=row.trade,
            since=at,
        )
        for row in rows
    )
    record(None, "class_edition.load", "class_edition", code, after={**names, "classes": len(made)})


Key = tuple[str, str]
"""Kind and code of a class."""


def present_of(level: EditionLevel) -> dict[Key, CaseClass]:
    """The present revisions of the edition in force of one level, also those that are retired."""
    rows = CaseClass.objects.filter(edition__level=level, edition__in_force=True, until=None)
    return {(row.kind, row.code): row for row in rows.select_related("edition", "department").order_by("kind", "code")}


def present_classes() -> dict[Key, CaseClass]:
    """What holds here: every national class, replaced by the city's own where it has one, also those retired."""
    return dict(sorted({**present_of(EditionLevel.NATIONAL), **present_of(EditionLevel.LOCAL)}.items()))


def present_class(code: str, kind: str = ClassKind.EVENT) -> CaseClass | None:
    """The class that holds here under a code, retired or not; None for none."""
    rows = CaseClass.objects.filter(kind=kind, code=code, until=None, edition__in_force=True)
    found = {row.edition.level: row for row in rows.select_related("edition", "department")}
    return found.get(EditionLevel.LOCAL) or found.get(EditionLevel.NATIONAL)


def trades() -> dict[str, Organisation]:
    """Which department answers for which trade."""
    return {row.trade: row.department for row in TradeDepartment.objects.select_related("department")}


def department_of(row: CaseClass, by_trade: Mapping[str, Organisation]) -> Organisation | None:
    """The department responsible for a class: its own, else its trade's, else nobody."""
    return row.department or by_trade.get(row.trade)
