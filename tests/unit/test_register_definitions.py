"""Kinds of registers and checklists as data: every shipped one is read, and each fault is told with its place."""

from copy import deepcopy
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chengmai.core.errors import InvalidInput
from chengmai.registers.checklists import read_checklist
from chengmai.registers.definitions import FieldDef, FieldType, read_kind
from chengmai.registers.kinds import shipped
from chengmai.registers.values import read_value, told_value

ZONE = ZoneInfo("Asia/Shanghai")
KINDS = {one["code"]: one for one in shipped("kinds")}
CHECKLISTS = {one["code"]: one for one in shipped("checklists")}


@pytest.mark.parametrize("code", KINDS)
def test_every_shipped_kind_is_read_and_leads_only_to_shipped_ones(code: str) -> None:
    kind = read_kind(KINDS[code])
    assert kind.code == code
    assert {one.refers_to for one in kind.fields} - {""} <= set(KINDS)
    reached = {one.code for one in kind.states if one.first}
    for _ in kind.states:
        reached |= {move.to for move in kind.moves if reached & set(move.come_from)}
    assert reached == {one.code for one in kind.states}


@pytest.mark.parametrize("code", CHECKLISTS)
def test_every_shipped_checklist_is_read_and_has_a_hundred_points(code: str) -> None:
    checklist = read_checklist(CHECKLISTS[code])
    assert sum(item.points for item in checklist.items) == 100
    assert checklist.subjects in {"", *KINDS}
    if checklist.opens is not None:
        kind = read_kind(KINDS[checklist.opens.register])
        needed = {one.code for one in kind.fields if one.needed}
        assert needed <= {checklist.opens.what, checklist.opens.on}


def test_the_bureau_s_twelve_kinds_of_equipment_and_six_services_are_there() -> None:
    equipment = read_kind(KINDS["equipment"]).field("kind")
    service = read_kind(KINDS["sorting_service"]).field("service")
    assert equipment is not None
    assert service is not None
    assert len(equipment.choices) >= 12
    assert [one.name_zh for one in service.choices] == [
        "报送任务服务", "督导服务", "评估服务", "公众参与服务", "统计分析服务", "靶向报告服务",
    ]  # fmt: skip
    groups = {item.group_zh for item in read_checklist(CHECKLISTS["sorting_assessment"]).items}
    assert groups == {one.name_zh for one in service.choices}


FAULTS: dict[str, tuple[str, Any, str]] = {
    "no object": ("fields", ["number"], "object"),
    "unknown member": ("colour", "red", "unknown"),
    "no states": ("states", [], "missing"),
    "unknown type": ("fields", [{"code": "a", "name_zh": "甲", "name_en": "A", "type": "float"}], "word"),
    "code": ("code", "Line 1", "code"),
    "choice of nothing": ("fields", [{"code": "a", "name_zh": "甲", "name_en": "A", "type": "choice"}], "choices"),
    "reference to nothing": (
        "fields", [{"code": "a", "name_zh": "甲", "name_en": "A", "type": "reference"}], "reference",
    ),
    "text that expires": (
        "fields", [{"code": "a", "name_zh": "甲", "name_en": "A", "type": "text", "expires": True}], "expires",
    ),
    "a flag of one": ("fields", [{"code": "a", "name_zh": "甲", "name_en": "A", "type": "text", "needed": 1}], "flag"),
    "no first state": ("states", [{"code": "a", "name_zh": "甲", "name_en": "A"}], "first"),
    "key that is no field": ("key", "nothing", "field"),
    "amount of a text": ("amount", "name", "field"),
    "move from nowhere": (
        "moves", [{"code": "a", "name_zh": "甲", "name_en": "A", "from": ["x"], "to": "in_use"}], "state",
    ),
    "other than no move": (
        "moves",
        [{"code": "a", "name_zh": "甲", "name_en": "A", "from": ["in_use"], "to": "ended", "other_than": "x"}],
        "move",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_definition_is_told_with_its_rule(name: str) -> None:
    member, value, rule = FAULTS[name]
    document = deepcopy(KINDS["line"])
    document[member] = value
    with pytest.raises(InvalidInput) as refused:
        read_kind(document)
    assert refused.value.params["rule"] == rule, refused.value


def field(kind: FieldType, decimals: int = 0) -> FieldDef:
    return FieldDef("a", "甲", "A", kind, decimals=decimals)


@pytest.mark.parametrize(
    ("kind", "decimals", "text", "kept", "told"),
    [
        (FieldType.MONEY, 0, "45.60", 4560, "45.60"),
        (FieldType.MONEY, 0, "-3", -300, "-3.00"),
        (FieldType.NUMBER, 2, "45.6", 4560, "45.60"),
        (FieldType.NUMBER, 0, "340", 340, "340"),
        (FieldType.DAY, 0, "2025/3/3", "2025-03-03", "2025-03-03"),
        (FieldType.MOMENT, 0, "2025-03-03 08:30", "2025-03-03T00:30:00+00:00", "2025-03-03T00:30:00+00:00"),
        (FieldType.MOMENT, 0, "2025-03-03T08:30:00Z", "2025-03-03T08:30:00+00:00", "2025-03-03T08:30:00+00:00"),
        (FieldType.TEXT, 0, "  甲  ", "甲", "甲"),
        (FieldType.TEXT, 0, "   ", None, None),
    ],
)
def test_values_are_kept_whole_and_told_as_they_were(
    kind: FieldType, decimals: int, text: str, kept: object, told: str | None
) -> None:
    value = read_value(field(kind, decimals), text, ZONE)
    assert value == kept
    assert type(value) is type(kept)
    if value is not None:
        assert told_value(field(kind, decimals), value) == told


@pytest.mark.parametrize(
    ("kind", "text", "rule"),
    [
        (FieldType.MONEY, "1.001", "money_form"),
        (FieldType.MONEY, "1e3", "money_form"),
        (FieldType.NUMBER, "1.5", "number_fine"),
        (FieldType.NUMBER, "nan", "number_form"),
        (FieldType.NUMBER, "１２", "number_form"),
        (FieldType.DAY, "2025-02-30", "day_form"),
        (FieldType.MOMENT, "yesterday", "moment_form"),
        (FieldType.PHOTO, "../../secret", "file_unknown"),
        (FieldType.TEXT, "a" * 1001, "text_long"),
    ],
)
def test_what_does_not_fit_a_field_is_refused_by_its_rule(kind: FieldType, text: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_value(field(kind), text, ZONE)
    assert refused.value.code == f"finding.entry.{rule}"
