"""What each kind of rule may be told: one table, by which rules are checked, edited and documented."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chengmai.core.errors import InvalidInput
from chengmai.detection.drop_signals import FALL_SEVERITIES
from chengmai.detection.gas_tracing import TracingSettings
from chengmai.detection.heat_burst import BurstSettings
from chengmai.detection.limit_bands import COLOURS
from chengmai.detection.methane_levels import DEFAULT_LEVELS, LARGE_M3
from chengmai.detection.night_flow import NightFlowSettings
from chengmai.detection.night_signals import SEVERITIES as NIGHT_SEVERITIES
from chengmai.warning.models import RuleKind
from chengmai.warning.rule_shapes import Parameter, ParameterShape, Surroundings, expected_instead

_USUAL_DAYS = (1, 3, 7, 14)
_NIGHTS = (14, 30, 90, 365)


def preview_days(kind: str) -> tuple[int, ...]:
    """How many days back a rule of a kind may be tried; what judges by nights has one figure a night: it needs many."""
    return _NIGHTS if kind == RuleKind.NIGHT_FLOW else _USUAL_DAYS


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

_NIGHT, _BURST, _TRACED = NightFlowSettings(), BurstSettings(), TracingSettings()
_TRACING = (
    Parameter("buffer_m", _S.NUMBER, "m", default=_TRACED.buffer_m, least=0.0, most=1000.0),
    Parameter("soil_m", _S.NUMBER, "m", default=_TRACED.soil_m, least=0.1, most=1000.0),
    Parameter("reach_m", _S.NUMBER, "m", default=_TRACED.reach_m, least=0.0, most=10_000.0),
    Parameter("conduit_m", _S.NUMBER, "m", default=_TRACED.conduit_m, least=0.1, most=10_000.0),
    Parameter("pressure_weight", _S.NUMBER, "", default=_TRACED.pressure_weight, least=0.1, most=10.0),
    Parameter("age_weight", _S.NUMBER, "", default=_TRACED.age_weight, least=0.0, most=10.0),
    Parameter("history_weight", _S.NUMBER, "", default=_TRACED.history_weight, least=0.1, most=10.0),
    Parameter("sharpness", _S.NUMBER, "", default=_TRACED.sharpness, least=0.1, most=100.0),
)

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
    RuleKind.NIGHT_FLOW: (
        Parameter("area", _S.TEXT, needed=True),
        Parameter("area_name_zh", _S.TEXT),
        Parameter("area_name_en", _S.TEXT),
        Parameter("flows", _S.SIGNED_STREAMS, needed=True),
        Parameter(
            "tank",
            _S.TABLE,
            fields=(
                Parameter("level", _S.STREAM, needed=True),
                Parameter("area_m2", _S.NUMBER, "m2", needed=True, least=0.1, most=1_000_000.0),
            ),
        ),
        Parameter("window", _S.SPAN, "h", needed=True, default=[2.0, 4.0], least=0.0, most=12.0),
        Parameter("statistic", _S.CHOICE, default="mean", choices=("mean", "lowest_hour")),
        Parameter("severities", _S.LEVELS, "m3/h", default=dict(reversed(NIGHT_SEVERITIES)), least=0.0),
        Parameter("least_m3h", _S.NUMBER, "m3/h", default=_NIGHT.least_m3h, least=0.0, most=10_000.0),
        Parameter("threshold", _S.NUMBER, "", default=_NIGHT.threshold, least=1.0, most=50.0),
        Parameter("growth_threshold", _S.NUMBER, "", default=_NIGHT.growth_threshold, least=1.0, most=50.0),
        Parameter("single_night_threshold", _S.NUMBER, "", default=_NIGHT.single_night_threshold, least=1.0, most=50.0),
        Parameter("night_use_share", _S.NUMBER, "", default=_NIGHT.night_use_share, least=0.0, most=1.0),
    ),
    RuleKind.PRESSURE_DROP: (
        Parameter("streams", _S.STREAMS, needed=True),
        Parameter("flows", _S.SIGNED_STREAMS, needed=True),
        Parameter("zones", _S.STREAM_GROUPS, default=[]),
        Parameter("severities", _S.LEVELS, "m", default=dict(FALL_SEVERITIES), least=0.0, most=500.0),
    ),
    RuleKind.COLD_STATION: (
        Parameter("streams", _S.STREAMS, needed=True),
        Parameter("outdoor", _S.STREAM, needed=True),
        Parameter("curve", _S.CURVE, "degC", needed=True),
        Parameter("below", _S.BANDS, "K", needed=True, least=0.0, most=150.0),
        Parameter("dead_band", _S.NUMBER, "K", default=1.0, least=0.0, most=50.0),
        *_DELAYS[1:],
    ),
    RuleKind.MAKE_UP: (
        Parameter("make_up", _S.STREAM, needed=True),
        Parameter("circulation", _S.STREAM, needed=True),
        Parameter("share", _S.BANDS, "", needed=True, default={"yellow": 0.005}, least=0.0, most=1.0),
        Parameter("dead_band", _S.NUMBER, "", default=0.001, least=0.0, most=1.0),
        *_DELAYS[1:],
    ),
    RuleKind.HEAT_BURST: (
        Parameter("make_up", _S.STREAM, needed=True),
        Parameter("circulation", _S.STREAM, needed=True),
        Parameter("streams", _S.STREAMS, needed=True),
        Parameter("rise_share", _S.NUMBER, "", default=_BURST.rise_share, least=0.0, most=1.0),
        Parameter("fall_kpa", _S.NUMBER, "kPa", default=_BURST.fall_kpa, least=0.0, most=2_500.0),
        Parameter("least_sensors", _S.WHOLE, "", default=_BURST.least_sensors, least=1, most=1000),
        Parameter("severities", _S.LEVELS, "", default={"yellow": 0.01}, least=0.0, most=1.0),
    ),
    RuleKind.METHANE: (
        Parameter("gas", _S.NETWORK, needed=True, choices=("gas",)),
        Parameter("chambers", _S.NETWORK_KINDS, needed=True, choices=("storm", "sewer", "power", "telecom")),
        Parameter("levels", _S.LEVELS, "%LEL", needed=True, default=dict(DEFAULT_LEVELS), least=1.0, most=300.0),
        Parameter("dead_band_lel", _S.NUMBER, "%LEL", default=5.0, least=0.0, most=100.0),
        *(replace(one, default=default) for one, default in zip(_DELAYS[1:], (60.0, 900.0), strict=True)),
        Parameter("large_m3", _S.NUMBER, "m3", default=LARGE_M3, least=0.0, most=100_000.0),
        Parameter("gathering", _S.NAMES, default=[]),
        Parameter("leaks_before", _S.COUNTS, default={}, least=0, most=1000),
        Parameter("tracing", _S.TABLE, fields=_TRACING),
    ),
}


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
        expected = expected_instead(one, value, around)
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
    levels = [one.name for one in PARAMETERS[kind] if one.shape is _S.LEVELS]
    if sides and not any(parameters.get(name) is not None for name in (*sides, "stuck_s")):
        raise InvalidInput("rule.no_limit", rule=rule, name=sides[0], names=" | ".join(sides))
    for name in (*sides, *levels):
        _check_order(rule, name, parameters.get(name), falling=name == "low")
    low, high = (_outermost(parameters.get(name)) for name in ("low", "high"))
    if low is not None and high is not None and low >= high:
        raise _refusal(rule, "low", low, f"< high = {high:g}")
    _check_streams_apart(rule, kind, parameters)
    if kind == RuleKind.BASELINE and parameters["least_days"] > parameters["days"]:
        raise _refusal(rule, "least_days", parameters["least_days"], f"<= days = {parameters['days']}")


def _check_streams_apart(rule: str, kind: str, parameters: Mapping[str, Any]) -> None:
    """Heat kinds compare streams with each other: one must not stand for two; groups are of the watched streams."""
    single = [one.name for one in PARAMETERS[kind] if one.shape is _S.STREAM]
    if len({parameters[name] for name in single}) < len(single):
        raise _refusal(rule, single[-1], parameters[single[-1]], f"≠ {single[0]}")
    watched = parameters.get("streams") or []
    strange = [code for group in parameters.get("zones") or [] for code in group if code not in watched]
    if strange:
        raise _refusal(rule, "zones", strange, "streams")


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
