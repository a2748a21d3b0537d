"""Where quantities come from: one small interface, one table; what a source found keeps what it was found in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from chengmai.access.models import User
from chengmai.contracts.measures import Unit
from chengmai.core.errors import InvalidInput
from chengmai.settlement.months import following
from chengmai.settlement.terms import HAND


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source is asked: a quantity of which unit, of which days (the last with them), found by what words."""

    unit: Unit
    first: date
    last: date
    parameters: Mapping[str, str]
    contractor: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What people must know of a quantity: a code of the catalogues and its figures."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundQuantity:
    """What a source found, in the unit it was asked for.

    ``inputs`` are identities, revisions and hashes of what it was found in; ``estimated`` is a part of the number.
    """

    number: Decimal
    inputs: tuple[Mapping[str, Any], ...] = ()
    estimated: Decimal = Decimal(0)
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class QuantitySource:
    """A source of monthly quantities: the words it needs, and the function that finds."""

    name: str
    needs: tuple[str, ...]
    find: Callable[[Asked], FoundQuantity]
    check: Callable[[User, Mapping[str, str]], None] | None = None
    """What a person may bind; raises for words that name nothing, or nothing within the person's reach."""
    may: tuple[str, ...] = ()
    """Words it understands and does not need."""


_SOURCES: dict[str, QuantitySource] = {}


def register(source: QuantitySource) -> None:
    """Let a source be bound to inputs; the last one registered under a name counts."""
    _SOURCES[source.name] = source


def source_names() -> dict[str, tuple[str, ...]]:
    """Every source with the words it needs; by hand comes first."""
    return {HAND: (), **{one.name: one.needs for one in _SOURCES.values()}}


def optional_words(name: str) -> tuple[str, ...]:
    """The words a source understands and does not need."""
    return _SOURCES[name].may if name in _SOURCES else ()


def demand_source(name: str, parameters: Mapping[str, str], user: User | None = None) -> None:
    """Raise InvalidInput for a source nobody registered or words not told, and what the source refuses a person."""
    needs = source_names().get(name)
    if needs is None:
        raise InvalidInput("settlement.source_unknown", source=name)
    for word in needs:
        if not parameters.get(word, "").strip():
            raise InvalidInput("settlement.source_lacks", source=name, word=word)
    source = _SOURCES.get(name)
    if user is not None and source is not None and source.check is not None:
        source.check(user, parameters)


def find(name: str, asked: Asked) -> FoundQuantity:
    """What a registered source finds; raises InvalidInput as ``demand_source`` does, and what the source raises."""
    demand_source(name, asked.parameters)
    return _SOURCES[name].find(asked)


def _calendar(asked: Asked) -> FoundQuantity:
    """Months or days of the calendar: what a fee by the month or by the day is counted in."""
    base = asked.unit.dimension
    if base == (("天", 1),):
        found = Decimal((asked.last - asked.first).days + 1)
    elif base == (("月", 1),) and asked.first.day == 1 and following(asked.last).month != asked.last.month:
        found = Decimal(1)
    else:
        raise InvalidInput("settlement.no_calendar_unit", unit=asked.unit.name)
    inputs = ({"kind": "calendar", "id": f"{asked.first}..{asked.last}"},)
    return FoundQuantity(found / Decimal(asked.unit.scale.numerator) * asked.unit.scale.denominator, inputs)


register(QuantitySource("calendar", (), _calendar))
