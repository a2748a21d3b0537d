"""Which datastreams a rule's detector looks at, told by its parameters."""

from collections.abc import Iterator, Mapping
from typing import Any

from chengmai.core.units import Quantity
from chengmai.warning.rule_facts import RuleFacts, StreamFacts
from chengmai.warning.rule_parameters import PARAMETERS
from chengmai.warning.rule_shapes import Parameter, ParameterShape


def judged_streams(kind: str, rule: RuleFacts) -> list[int]:
    """Ids of the streams whose new rows a rule judges, in order; what else it reads, it reads by itself."""
    found = {one.id for parameter in PARAMETERS[kind] for one in _named(parameter, rule.parameters, rule)}
    return sorted(found)


def _named(parameter: Parameter, told: Mapping[str, Any], rule: RuleFacts) -> Iterator[StreamFacts]:
    value = told.get(parameter.name)
    if value is None:
        return
    if parameter.shape is ParameterShape.TABLE:
        for inside in parameter.fields:
            yield from _named(inside, value, rule)
        return
    codes = _codes(parameter.shape, value)
    for code, facts in rule.streams.items():
        if code in codes or _of_all(parameter.shape, value, facts):
            yield facts


def _codes(shape: ParameterShape, value: Any) -> set[str]:
    match shape:
        case ParameterShape.STREAM:
            return {value}
        case ParameterShape.STREAMS | ParameterShape.SIGNED_STREAMS:
            return set(value)
        case ParameterShape.STREAM_GROUPS:
            return {code for group in value for code in group}
        case ParameterShape.CONDITIONS:
            return {code for one in value for code in one["streams"]}
    return set()


def _of_all(shape: ParameterShape, value: Any, facts: StreamFacts) -> bool:
    """Whether a stream is meant by its quantity, its gateway, or the network of chambers it hangs in."""
    match shape:
        case ParameterShape.QUANTITY:
            return bool(facts.quantity == value)
        case ParameterShape.GATEWAYS:
            return facts.gateway in value
        case ParameterShape.NETWORK_KINDS:
            return facts.network in value and facts.quantity is Quantity.METHANE
    return False
