"""What each kind of rule may be told: one table, by which rules are checked, edited and documented.

A kind without a row here keeps the parameters it was made with: their names and kinds of value stay, values change.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, TypeGuard

from chengmai.core.errors import InvalidInput
from chengmai.core.units import Quantity
from chengmai.detection.limit_bands import COLOURS
from chengmai.warning.models import RuleKind


class ParameterShape(StrEnum):
    """How a parameter is written, and with what it is edited."""

    NUMBER = "number"
    WHOLE = "whole"
    BANDS = "bands"
    COLOUR = "colour"
    STREAMS = "streams"
    GATEWAYS = "gateways"
    QUANTITY = "quantity"
    FLAG = "flag"
    CONDITIONS = "conditions"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a kind of rule.

    ``unit`` is a unit, or ``stream`` for that of the streams, or ``stream/min``; ``least`` and ``most`` bound numbers.
    """

    name: str
    shape: ParameterShape
    unit: str = ""
    needed: bool = False
    default: Any = None
    least: float | None = None
    most: float | None = None


_S = ParameterShape
_STREAMS = (
    Parameter("streams", _S.STREAMS, default=[]),
    Parameter("quantity", _S.QUANTITY),
)
_DELAYS = (
    Parameter("dead_band", _S.NUMBER, "stream", default=0.0, least=0.0),
    Parameter("on_delay_s", _S.NUMBER, "s", default=0.0, least=0.0, most=604_800.0),
    Parameter("off_delay_s", _S.NUMBER, "s", default=0.0, least=0.0, most=604_800.0),
)
_SEVERITY = Parameter("severity", _S.COLOUR, default="yellow")

PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    RuleKind.LIMIT: (
        *_STREAMS,
        Parameter("low", _S.BANDS, "stream"),
        Parameter("high", _S.BANDS, "stream"),
        *_DELAYS,
        Parameter("stuck_s", _S.NUMBER, "s", least=1.0, most=2_592_000.0),
        _SEVERITY,
    ),
    RuleKind.RATE: (
        *_STREAMS,
        Parameter("fall", _S.BANDS, "stream/min", least=0.0),
        Parameter("rise", _S.BANDS, "stream/min", least=0.0),
        Parameter("window_s", _S.NUMBER, "s", needed=True, default=600.0, least=10.0, most=86_400.0),
        *_DELAYS,
        _SEVERITY,
    ),
    RuleKind.BASELINE: (
        *_STREAMS,
        Parameter("below", _S.BANDS, "stream", least=0.0),
        Parameter("above", _S.BANDS, "stream", least=0.0),
        Parameter("days", _S.WHOLE, "d", needed=True, default=14, least=2, most=60),
        Parameter("least_days", _S.WHOLE, "d", needed=True, default=5, least=2, most=60),
        Parameter("band_spreads", _S.NUMBER, "", needed=True, default=3.0, least=0.0, most=10.0),
        Parameter("weekends_apart", _S.FLAG, default=False),
        *_DELAYS,
        _SEVERITY,
    ),
    RuleKind.COMBINATION: (
        Parameter("conditions", _S.CONDITIONS, "stream", needed=True),
        Parameter("window_s", _S.NUMBER, "s", needed=True, default=900.0, least=0.0, most=86_400.0),
        *_DELAYS,
        _SEVERITY,
    ),
    RuleKind.SILENT: (
        Parameter("gateways", _S.GATEWAYS, needed=True),
        Parameter("intervals", _S.NUMBER, "", needed=True, default=3.0, least=1.0, most=1000.0),
        _SEVERITY,
    ),
    RuleKind.DEVICE: (
        Parameter("gateways", _S.GATEWAYS, needed=True),
        Parameter("flood_factor", _S.NUMBER, "", default=10.0, least=2.0, most=10_000.0),
        Parameter("window_s", _S.NUMBER, "s", default=300.0, least=10.0, most=86_400.0),
        Parameter("jump_back_s", _S.NUMBER, "s", default=86_400.0, least=60.0),
        Parameter("severity", _S.COLOUR, default="blue"),
    ),
    RuleKind.DRIFT: (
        *_STREAMS,
        Parameter("drift", _S.BANDS, "stream", needed=True, least=0.0),
        Parameter("reference_days", _S.WHOLE, "d", needed=True, default=7, least=3, most=60),
        Parameter("recent_days", _S.WHOLE, "d", needed=True, default=3, least=1, most=30),
        Parameter("dead_band", _S.NUMBER, "stream", default=0.0, least=0.0),
        Parameter("severity", _S.COLOUR, default="blue"),
    ),
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule's parameters may name: the streams of its network by code, with their gateways."""

    streams: Mapping[str, str]

    @property
    def gateways(self) -> set[str]:
        """Gateways that bring these streams."""
        return set(self.streams.values())


def check(rule: str, kind: str, parameters: Mapping[str, Any], around: Surroundings) -> None:
    """Refuse the first parameter that breaks its rule, by name, value and what was expected; raises InvalidInput."""
    table = {one.name: one for one in PARAMETERS[kind]}
    for name in sorted(parameters):
        if name not in table:
            raise InvalidInput("rule.parameter_unknown", name=name)
    for one in table.values():
        value = parameters.get(one.name)
        if value is None:
            if one.needed:
                raise InvalidInput("rule.parameter_missing", name=one.name)
            continue
        expected = _CHECKS[one.shape](one, value, around)
        if expected:
            raise _refusal(rule, one.name, value, expected)
    _check_together(rule, kind, parameters)


def _refusal(rule: str, name: str, value: object, expected: str) -> InvalidInput:
    return InvalidInput("rule.parameter_refused", rule=rule, name=name, value=str(value)[:200], expected=expected)


def _check_together(rule: str, kind: str, parameters: Mapping[str, Any]) -> None:
    """What several parameters must be together: something to watch, a limit at all, bands in the order of colours."""
    names = {one.name for one in PARAMETERS[kind]}
    if "streams" in names and not parameters.get("streams") and not parameters.get("quantity"):
        raise InvalidInput("rule.watches_nothing", rule=rule, name="streams")
    sides = [one.name for one in PARAMETERS[kind] if one.shape is _S.BANDS]
    if sides and not any(parameters.get(name) is not None for name in (*sides, "stuck_s")):
        raise InvalidInput("rule.no_limit", rule=rule, name=sides[0], names=" | ".join(sides))
    for name in sides:
        _check_order(rule, name, parameters.get(name), falling=name == "low")
    low, high = (_outermost(parameters.get(name)) for name in ("low", "high"))
    if low is not None and high is not None and low >= high:
        raise _refusal(rule, "low", low, f"< high = {high:g}")
    if kind == RuleKind.BASELINE and parameters["least_days"] > parameters["days"]:
        raise _refusal(rule, "least_days", parameters["least_days"], f"<= days = {parameters['days']}")


def _check_order(rule: str, name: str, told: object, *, falling: bool) -> None:
    if not isinstance(told, Mapping):
        return
    limits = [float(told[colour]) for colour in COLOURS if colour in told]
    ordered = sorted(limits, reverse=falling)
    if limits != ordered or len(set(limits)) != len(limits):
        order = " > " if falling else " < "
        raise _refusal(rule, name, dict(told), order.join(colour for colour in COLOURS if colour in told))


def _outermost(told: object) -> float | None:
    if isinstance(told, Mapping):
        return next((float(told[colour]) for colour in COLOURS if colour in told), None)
    return float(told) if isinstance(told, int | float) else None


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


_CHECKS: dict[ParameterShape, Callable[[Parameter, object, Surroundings], str]] = {
    _S.NUMBER: _number,
    _S.WHOLE: _whole,
    _S.BANDS: _bands,
    _S.COLOUR: _colour,
    _S.STREAMS: _streams,
    _S.GATEWAYS: _gateways,
    _S.QUANTITY: _quantity,
    _S.FLAG: _flag,
    _S.CONDITIONS: _conditions,
}
