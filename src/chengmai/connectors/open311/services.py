"""The service list of GeoReport v2: the classes that hold here now, and what is asked beside words and place."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from chengmai.assets.models import ComponentState
from chengmai.casework.citizens.queries import open_classes
from chengmai.casework.classes.editions import present_class
from chengmai.casework.models import CaseClass, ClassKind
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.messages import choose_language, message

_LETTER = {ClassKind.EVENT: "E", ClassKind.COMPONENT: "C"}
_KIND = {letter: kind for kind, letter in _LETTER.items()}
BIG_CLASSES = ("01", "02", "03", "04", "05")
"""Big classes of events and of components that every city has."""
EMERGENCIES = "04"
"""Big class of events that endanger people: of these it is asked whom."""
DANGERS = ("nobody", "traffic", "people")
CONDITIONS = (ComponentState.DAMAGED.value, ComponentState.LOST.value, "other")
LONGEST_ANSWER = 200


def service_code(row: CaseClass) -> str:
    """A class's code among services: events and components may share theirs, a letter tells them apart."""
    return _LETTER[ClassKind(row.kind)] + row.code


def class_of(code: str) -> CaseClass:
    """The class behind a service code; raises NotFound for none and for one that is retired."""
    kind = _KIND.get(code[:1].upper())
    row = present_class(code[1:], kind) if kind else None
    if row is None or row.retired:
        raise NotFound("open311.service_unknown", code=code[:32])
    return row


def any_of(codes: Iterable[str]) -> Q:
    """Cases of any of these services, also of those that are retired; an unknown code asks for nothing."""
    condition = Q(pk=None)
    for code in codes:
        if kind := _KIND.get(code[:1].upper()):
            condition |= Q(case_class__kind=kind.value, case_class__code=code[1:])
    return condition


def service_list(language: str, *, batch: bool) -> list[dict[str, Any]]:
    """Every service in the reader's language."""
    return [
        {
            "service_code": service_code(row),
            "service_name": name_of(row, language),
            "description": row.filing_condition,
            "metadata": bool(attributes_of(row, language)),
            "type": "batch" if batch else "realtime",
            "keywords": f"{row.name_zh}, {row.name_en}",
            "group": group_of(row, language),
        }
        for row in open_classes()
    ]


def group_of(row: CaseClass, language: str) -> str:
    """The big class a class belongs to; empty for one of a city's own big classes."""
    big = row.code[:2]
    return message(f"open311.group.{row.kind}.{big}", language, {}) if big in BIG_CLASSES else ""


def definition(row: CaseClass, language: str) -> dict[str, Any]:
    """What is asked about a service beside words and place."""
    return {"service_code": service_code(row), "attributes": attributes_of(row, language)}


def name_of(row: CaseClass, language: str) -> str:
    """A class's name in the reader's language."""
    return row.name_zh if choose_language(language) == "zh-CN" else row.name_en


def attributes_of(row: CaseClass, language: str) -> list[dict[str, Any]]:
    """The attributes of a class: of components the number on the plate and its condition, of emergencies the danger."""
    if row.kind == ClassKind.COMPONENT:
        return [
            _attribute("component", "string", 1, language),
            _attribute("condition", "singlevaluelist", 2, language, CONDITIONS),
        ]
    if row.code.startswith(EMERGENCIES):
        return [_attribute("danger", "singlevaluelist", 1, language, DANGERS)]
    return []


def _attribute(code: str, datatype: str, order: int, language: str, values: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": message(f"open311.hint.{code}", language, {}),
        "order": order,
        "description": message(f"open311.ask.{code}", language, {}),
        "values": [{"key": key, "name": message(f"open311.value.{code}.{key}", language, {})} for key in values],
    }


def checked_answers(row: CaseClass, told: dict[str, list[str]], language: str) -> dict[str, str]:
    """Answers to attributes as they are kept; raises InvalidInput for one that is unknown or not to choose."""
    asked = {one["code"]: one for one in attributes_of(row, language)}
    found: dict[str, str] = {}
    for code, answers in told.items():
        values = [answer for answer in answers if answer]
        if not values:
            continue  # an empty parameter is none
        if code not in asked or len(values) > 1 or len(values[0]) > LONGEST_ANSWER:
            raise InvalidInput("open311.attribute_unfit", code=code[:64])
        keys = {value["key"] for value in asked[code]["values"]}
        if keys and values[0] not in keys:
            raise InvalidInput("open311.attribute_unfit", code=code[:64])
        found[code] = values[0]
    return found
