"""How points are given, as the bureau set it: versions, the customary one being version 0."""

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.models import ScoreScheme
from chengmai.budget.performance.rules import Scheme
from chengmai.budget.performance.terms import Group
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed

CUSTOMARY = Scheme()


def as_parameters(scheme: Scheme) -> dict[str, Any]:
    """A scheme as it is stored: numbers in text."""
    told: dict[str, Any] = {}
    for one in fields(scheme):
        value = getattr(scheme, one.name)
        if isinstance(value, Mapping):
            told[one.name] = {str(group.value): weight for group, weight in value.items()}
        else:
            told[one.name] = str(value) if isinstance(value, Decimal) else value
    return told


def from_parameters(told: Mapping[str, Any]) -> Scheme:
    """A scheme from what is stored or sent; what is missing is customary.

    Raises InvalidInput for a field that is not known, weights that do not come to 100, or bounds out of order.
    """
    values: dict[str, Any] = {}
    known = {one.name: getattr(CUSTOMARY, one.name) for one in fields(CUSTOMARY)}
    for name, value in told.items():
        if name not in known:
            raise InvalidInput("performance.scheme_field", name=name)
        try:
            if isinstance(known[name], Mapping):
                values[name] = {Group(group): int(weight) for group, weight in value.items()}
            else:
                values[name] = type(known[name])(str(value))
        except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
            raise InvalidInput("performance.scheme_field", name=name) from error
    scheme = replace(CUSTOMARY, **values)
    _demand_sound(scheme)
    return scheme


def _demand_sound(scheme: Scheme) -> None:
    for name, weights in (("plain", scheme.plain), ("with_cost", scheme.with_cost)):
        if scheme.execution + sum(weights.values()) != 100 or min(scheme.execution, *weights.values()) < 0:
            raise InvalidInput("performance.scheme_weights", name=name)
    in_order = 100 >= scheme.excellent > scheme.good > scheme.fair >= 0 and 1 >= scheme.green > scheme.yellow > 0
    if not in_order or scheme.over_from <= 1 or scheme.late_days <= 0:
        raise InvalidInput("performance.scheme_bounds")


def present_scheme() -> tuple[int, Scheme]:
    """The scheme in force with its version."""
    stored = ScoreScheme.objects.order_by("-version").first()
    return (0, CUSTOMARY) if stored is None else (stored.version, from_parameters(stored.parameters))


def scheme_of(version: int) -> Scheme:
    """The scheme of a version that something was scored by."""
    return CUSTOMARY if version == 0 else from_parameters(ScoreScheme.objects.get(version=version).parameters)


def change_scheme(user: User, version: int, told: Mapping[str, Any], note: str) -> int:
    """Make the next version; raises NotAllowed (it holds for every organisation), Conflict (stale) or InvalidInput."""
    if not user.sees_whole_city:
        raise NotAllowed("performance.bureau_only")
    scheme = from_parameters(told)
    with transaction.atomic():
        take_turn()
        present, before = present_scheme()
        if present != version:
            raise Conflict("version.stale", sent=version, present=present)
        parameters = as_parameters(scheme)
        made = ScoreScheme.objects.create(
            version=present + 1, parameters=parameters, note=note.strip(), changed_at=now(), changed_by=user
        )
        after = {"version": made.version, "note": made.note, **parameters}
        record(user, "performance.scheme", "score_scheme", "", before=as_parameters(before), after=after)
    return made.version
