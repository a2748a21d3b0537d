"""The classes of events the first chain needs, as data; cities renumber classes, so an edition goes with each.

Limits: water repair is done within 24 hours for pipes up to DN600 (the customary limit of water companies), the
shut-off within 4 hours is part of it; a pressure complaint is answered within a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from chengmai.access.audit import record
from chengmai.access.models import Organisation
from chengmai.casework.models import CaseClass

EDITION = "2024"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class: big class 04 is emergencies; ``department`` names who is responsible, by kind."""

    code: str
    name_zh: str
    name_en: str
    limit_minutes: int
    department: str


WATER_BURST = "0403"
WATER_LEAK = "0404"
WATER_PRESSURE = "0405"

CLASSES: tuple[ClassRow, ...] = (
    ClassRow("0101", "暴露垃圾", "Exposed refuse", 4 * 60, "appearance"),
    ClassRow("0401", "路面塌陷", "Road collapse", 12 * 60, "appearance"),
    ClassRow(WATER_BURST, "供水管道爆裂", "Water main burst", 24 * 60, "water"),
    ClassRow(WATER_LEAK, "供水管网漏损", "Water network leakage", 48 * 60, "water"),
    ClassRow(WATER_PRESSURE, "供水压力异常", "Water pressure out of range", 24 * 60, "water"),
)

CLASS_OF_RULE: dict[str, str] = {
    "night_flow": WATER_LEAK,
    "pressure_drop": WATER_BURST,
    "limit": WATER_PRESSURE,
}
"""Kind of the rule behind an alarm -> class of the case its warning opens."""


def load_classes(departments: Mapping[str, Organisation], edition: str = EDITION) -> list[CaseClass]:
    """This edition's classes, written where missing; ``departments`` by kind (``water``, ``appearance``)."""
    loaded = []
    with transaction.atomic():
        for row in CLASSES:
            facts = {"name_zh": row.name_zh, "name_en": row.name_en, "limit_minutes": row.limit_minutes}
            stored, created = CaseClass.objects.get_or_create(
                code=row.code, edition=edition, defaults={**facts, "department": departments[row.department]}
            )
            if created:
                after = {**facts, "department": stored.department.code}
                record(None, "case_class.add", "case_class", f"{row.code}/{edition}", after=after)
            loaded.append(stored)
    return loaded
