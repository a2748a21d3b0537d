"""How parameters of rules are written: shapes, and what each accepts."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any, TypeGuard

from chengmai.core.units import Quantity
from chengmai.detection.limit_bands import COLOURS


class ParameterShape(StrEnum):
    """How a parameter is written, and with what it is edited."""

    NUMBER = "number"
    WHOLE = "whole"
    TEXT = "text"
    CHOICE = "choice"
    BANDS = "bands"
    LEVELS = "levels"
    COLOUR = "colour"
    STREAM = "stream"
    STREAMS = "streams"
    SIGNED_STREAMS = "signed_streams"
    STREAM_GROUPS = "stream_groups"
    GATEWAYS = "gateways"
    QUANTITY = "quantity"
    FLAG = "flag"
    CONDITIONS = "conditions"
    SPAN = "span"
    CURVE = "curve"
    NETWORK = "network"
    NETWORK_KINDS = "network_kinds"
    NAMES = "names"
    COUNTS = "counts"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a kind of rule.

    ``unit`` is a unit, or ``stream`` for that of the streams, or ``stream/min``; ``least`` and ``most`` bound numbers;
    ``choices`` are the words of a choice or the utilities of networks, ``fields`` what a table holds.
    """

    name: str
    shape: ParameterShape
    unit: str = ""
    needed: bool = False
    default: Any = None
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    fields: tuple["Parameter", ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule's parameters may name: streams by code with their gateways, networks by code with their utilities."""

    streams: Mapping[str, str]
    networks: Mapping[str, str] = field(default_factory=dict)

    @property
    def gateways(self) -> set[str]:
        """Gateways that bring these streams."""
        return set(self.streams.values())


def expected_instead(one: Parameter, value: object, around: Surroundings) -> str:
    """What is expected instead of a value, empty when the value is right."""
    return _CHECKS[one.shape](one, value, around)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _number(one: Parameter, value: object, around: Surroundings) -> str:
    """What is expected instead, empty when the value is right; the same for the checks below."""
    least, most = one.least, one.most
    if _is_number(value) and (least is None or value >= least) and (most is None or value <= most):
        return ""
    bounds = f"{'-∞' if least is None else f'{least:g}'} … {'∞' if most is None else f'{most:g}'}"
    return bounds if one.unit.startswith("stream") else f"{bounds} {one.unit}".strip()


def _whole(one: Parameter, value: object, around: Surroundings) -> str:
    if isinstance(value, float) and not value.is_integer():
        return f"1, 2, 3 … ({_number(one, None, around)})"
    return _number(one, value, around)


def _bands(one: Parameter, value: object, around: Surroundings) -> str:
    if not isinstance(value, Mapping):
        return _number(one, value, around)
    if not value or not set(value) <= set(COLOURS):
        return " | ".join(COLOURS)
    return next((told for limit in value.values() if (told := _number(one, limit, around))), "")


def _colour(one: Parameter, value: object, around: Surroundings) -> str:
    return "" if value in COLOURS else " | ".join(COLOURS)


_LONGEST_TEXT = 120
LIST = '["…", …]'
"""How a list of names is written."""


def _named(value: object, known: Collection[str]) -> str:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        return LIST
    unknown = [code for code in value if code not in known]
    return f"≠ {', '.join(unknown[:5])}" if unknown else ""


def _streams(one: Parameter, value: object, around: Surroundings) -> str:
    return _named(value, around.streams)


def _gateways(one: Parameter, value: object, around: Surroundings) -> str:
    return _named(value, around.gateways) or ("" if value else LIST)


def _quantity(one: Parameter, value: object, around: Surroundings) -> str:
    return "" if value in set(Quantity) else " | ".join(Quantity)


def _flag(one: Parameter, value: object, around: Surroundings) -> str:
    return "" if isinstance(value, bool) else "true | false"


def _conditions(one: Parameter, value: object, around: Surroundings) -> str:
    shape = '[{"streams": ["…"], "low": 1.5}, {"streams": ["…", "…"], "high": 1.5, "count": 2}]'
    if not isinstance(value, list) or len(value) < 2:
        return shape
    for told in value:
        if not isinstance(told, Mapping) or not set(told) <= {"streams", "low", "high", "count"}:
            return shape
        if told.get("low") is None and told.get("high") is None:
            return shape
        unknown = _named(told.get("streams"), around.streams)
        if unknown or not told["streams"]:
            return unknown or shape
        if not all(_is_number(told[name]) for name in ("low", "high", "count") if told.get(name) is not None):
            return shape
        if not 1 <= told.get("count", 1) <= len(told["streams"]):
            return f"count: 1 … {len(told['streams'])}"
    return ""


def _text(one: Parameter, value: object, around: Surroundings) -> str:
    return "" if isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_TEXT else f'"…" (1 … {_LONGEST_TEXT})'


def _choice(one: Parameter, value: object, around: Surroundings) -> str:
    return "" if value in one.choices else " | ".join(one.choices)


def _levels(one: Parameter, value: object, around: Surroundings) -> str:
    return _bands(one, value, around) if isinstance(value, Mapping) else '{"yellow": 1, "red": 2}'


def _stream(one: Parameter, value: object, around: Surroundings) -> str:
    return _named([value], around.streams) if isinstance(value, str) else '"…"'


def _signed_streams(one: Parameter, value: object, around: Surroundings) -> str:
    if not isinstance(value, Mapping) or not value or not set(value.values()) <= {1, -1}:
        return '{"…": 1, "…": -1}'
    return _named(list(value), around.streams)


def _stream_groups(one: Parameter, value: object, around: Surroundings) -> str:
    if not isinstance(value, list) or not all(value):
        return '[["…", …], …]'
    return next((told for group in value if (told := _named(group, around.streams))), "")


def _span(one: Parameter, value: object, around: Surroundings) -> str:
    told = _number(one, None, around)
    pair = isinstance(value, list | tuple) and len(value) == 2 and not any(_number(one, edge, around) for edge in value)
    return "" if pair and value[0] < value[1] else f"[a, b], a < b: {told}"  # type: ignore[index]


def _curve(one: Parameter, value: object, around: Surroundings) -> str:
    shape = "[[x, y], [x, y], …], x: 2 …"
    if not isinstance(value, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value):
        return shape
    if not all(_is_number(number) for pair in value for number in pair):
        return shape
    return "" if len({pair[0] for pair in value}) == len(value) >= 2 else shape


def _network(one: Parameter, value: object, around: Surroundings) -> str:
    fitting = [code for code, utility in around.networks.items() if utility in one.choices]
    return "" if value in fitting else " | ".join(fitting[:10]) or "–"


def _network_kinds(one: Parameter, value: object, around: Surroundings) -> str:
    fitting = {code: utility for code, utility in around.networks.items() if utility in one.choices}
    if isinstance(value, Mapping) and value and all(fitting.get(code) == told for code, told in value.items()):
        return ""
    return " | ".join(f'"{code}": "{utility}"' for code, utility in list(fitting.items())[:10]) or "–"


def _names(one: Parameter, value: object, around: Surroundings) -> str:
    texts = isinstance(value, list) and all(not _text(one, text, around) for text in value)
    return "" if texts else LIST


def _counts(one: Parameter, value: object, around: Surroundings) -> str:
    if isinstance(value, Mapping) and not any(_whole(one, count, around) for count in value.values()):
        return ""
    return f'{{"…": 1}} ({_number(one, None, around)})'


def _table(one: Parameter, value: object, around: Surroundings) -> str:
    names = [field.name for field in one.fields]
    if not isinstance(value, Mapping) or not set(value) <= set(names):
        return "{" + ", ".join(f'"{name}": …' for name in names) + "}"
    for field_of in one.fields:
        told = value.get(field_of.name)
        if told is None and field_of.needed:
            return f'"{field_of.name}": …'
        expected = "" if told is None else expected_instead(field_of, told, around)
        if expected:
            return f"{field_of.name}: {expected}"
    return ""


_CHECKS: dict[ParameterShape, Callable[[Parameter, object, Surroundings], str]] = {
    ParameterShape.NUMBER: _number,
    ParameterShape.WHOLE: _whole,
    ParameterShape.BANDS: _bands,
    ParameterShape.COLOUR: _colour,
    ParameterShape.STREAMS: _streams,
    ParameterShape.GATEWAYS: _gateways,
    ParameterShape.QUANTITY: _quantity,
    ParameterShape.FLAG: _flag,
    ParameterShape.CONDITIONS: _conditions,
    ParameterShape.TEXT: _text,
    ParameterShape.CHOICE: _choice,
    ParameterShape.LEVELS: _levels,
    ParameterShape.STREAM: _stream,
    ParameterShape.SIGNED_STREAMS: _signed_streams,
    ParameterShape.STREAM_GROUPS: _stream_groups,
    ParameterShape.SPAN: _span,
    ParameterShape.CURVE: _curve,
    ParameterShape.NETWORK: _network,
    ParameterShape.NETWORK_KINDS: _network_kinds,
    ParameterShape.NAMES: _names,
    ParameterShape.COUNTS: _counts,
    ParameterShape.TABLE: _table,
}
