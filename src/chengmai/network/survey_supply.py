"""The tables of isolation valves and of users: where a network can be shut off, and whom that cuts off."""

import re

from chengmai.core.findings import Severity
from chengmai.network.customers import WITH_PHONE, CustomerCategory
from chengmai.network.records import CustomerRecord, Records, ValveRecord
from chengmai.network.survey_tables import SurveyRow

VALVE_STATES = {"": True, "开": True, "常开": True, "open": True, "关": False, "常闭": False, "closed": False}
CONDITIONS = {
    "": True, "完好": True, "正常": True, "良好": True, "good": True,
    "失灵": False, "损坏": False, "锈死": False, "关不严": False, "埋没": False, "无法启闭": False, "failed": False,
}  # fmt: skip
"""A valve's condition and whether it can be turned (default)."""
CATEGORIES: dict[str, CustomerCategory] = {
    "居民": CustomerCategory.RESIDENTIAL, "住宅": CustomerCategory.RESIDENTIAL, "小区": CustomerCategory.RESIDENTIAL,
    "工业": CustomerCategory.INDUSTRIAL, "工厂": CustomerCategory.INDUSTRIAL,
    "商业": CustomerCategory.COMMERCIAL, "公建": CustomerCategory.COMMERCIAL, "机关": CustomerCategory.COMMERCIAL,
    "医院": CustomerCategory.HOSPITAL, "学校": CustomerCategory.SCHOOL, "幼儿园": CustomerCategory.SCHOOL,
    "热力站": CustomerCategory.HEAT_STATION, "换热站": CustomerCategory.HEAT_STATION,
    "锅炉房": CustomerCategory.HEAT_STATION,
} | {category.value: category for category in CustomerCategory}  # fmt: skip
PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{2,24}(?:[转#xX] ?[0-9]{1,6})?")
"""How a telephone number is written, with an extension at most."""
MOST_USERS = 1_000_000
"""Users behind one connection; more is a slip."""


def read_valves(rows: list[SurveyRow], records: Records) -> None:
    """Isolation valves: on a line, at one of its ends; an unknown condition counts as working, and is told."""
    for row in rows:
        code, line, point = row.text("code", None), row.text("line", None), row.text("point", None)
        state, condition = row.text("state").lower(), row.text("condition").lower()
        if state not in VALVE_STATES:
            row.note("code.out_of_domain", "state", Severity.WARNING)
        if condition not in CONDITIONS:
            row.note("code.out_of_domain", "condition", Severity.WARNING)
        if row.sound:
            where = row.located(code="code", link="line", node="point")
            told = VALVE_STATES.get(state, True), CONDITIONS.get(condition, True)
            records.valves.append(ValveRecord(where, code, line, point, *told))


def read_users(rows: list[SurveyRow], records: Records) -> None:
    """Who is supplied at which point; an unknown category counts as dwellings, and is told.

    A telephone number is taken of institutions only: one of a household is personal, is not kept and is told.
    """
    for row in rows:
        code, point = row.text("code", None), row.text("point", None)
        users = row.number("users", 1.0, least=0.0, most=MOST_USERS)
        category = row.text("category", "居民").lower()
        if category not in CATEGORIES:
            row.note("code.out_of_domain", "category", Severity.WARNING)
        if row.sound:
            kind = CATEGORIES.get(category, CustomerCategory.RESIDENTIAL)
            where = row.located(code="code", node="point")
            told = (round(users), kind.value, row.text("name"), _phone(row, kind))
            records.customers.append(CustomerRecord(where, code, point, *told))


def _phone(row: SurveyRow, kind: CustomerCategory) -> str:
    phone = row.text("phone")
    if not phone:
        return ""
    if kind.value not in WITH_PHONE:
        row.note("phone.of_household", "phone", Severity.WARNING)
        return ""
    if not PHONE.fullmatch(phone):
        row.note("code.out_of_domain", "phone", Severity.WARNING)
        return ""
    return phone
