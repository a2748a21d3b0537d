"""The weights in force, and changing them: versions, the customary ones being version 0."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.casework.classes.changes import demand_manager
from chengmai.casework.evaluation.models import EvaluationWeights
from chengmai.casework.evaluation.rules import CASE_INDICATORS, VOLUME, Subject, Weighting
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput

CUSTOMARY = Weighting()
_GRADES = ("grade_a", "grade_b", "grade_c", "grade_d")
LONGEST_FILING = 24 * 60


def as_parameters(weighting: Weighting) -> dict[str, Any]:
    """Weights as they are stored: decimals in text."""
    weights = {subject.value: dict(parts) for subject, parts in weighting.weights.items()}
    grades = {name: str(getattr(weighting, name)) for name in _GRADES}
    return {"weights": weights, **grades, "filing_minutes": weighting.filing_minutes}


def from_parameters(told: Mapping[str, Any]) -> Weighting:
    """Weights from what is stored or sent; a subject that is missing keeps its customary ones.

    Raises InvalidInput for a part that is not known, weights that do not come to 100, or bounds out of order.
    """
    weights = {subject: dict(parts) for subject, parts in CUSTOMARY.weights.items()}
    for name, parts in told.get("weights", {}).items():
        if name not in set(Subject):
            raise InvalidInput("evaluation.weights_field", name=name)
        weights[Subject(name)] = _sound(name, parts)
    try:
        grades = {name: Decimal(str(told.get(name, getattr(CUSTOMARY, name)))) for name in _GRADES}
        minutes = int(told.get("filing_minutes", CUSTOMARY.filing_minutes))
    except (InvalidOperation, ValueError, TypeError) as error:
        raise InvalidInput("evaluation.weights_field", name="grades") from error
    bounds = [Decimal(100), *(grades[name] for name in _GRADES), Decimal(0)]
    if not all(bound.is_finite() for bound in bounds) or any(after > before for before, after in pairwise(bounds)):
        raise InvalidInput("evaluation.grades_unordered")
    if not 1 <= minutes <= LONGEST_FILING:
        raise InvalidInput("evaluation.filing_minutes", most=LONGEST_FILING)
    return Weighting(weights, **grades, filing_minutes=minutes)


def _sound(name: str, parts: Mapping[str, Any]) -> dict[str, int]:
    for part, weight in parts.items():
        if part != VOLUME and part not in CASE_INDICATORS:
            raise InvalidInput("evaluation.weights_field", name=part)
        if not isinstance(weight, int) or weight < 0:
            raise InvalidInput("evaluation.weights_sum", name=name)
    if sum(parts.values()) != 100:
        raise InvalidInput("evaluation.weights_sum", name=name)
    return {part: weight for part, weight in parts.items() if weight}


def present_weighting() -> tuple[int, Weighting]:
    """The weights in force with their version."""
    stored = EvaluationWeights.objects.order_by("-version").first()
    return (0, CUSTOMARY) if stored is None else (stored.version, from_parameters(stored.parameters))


def change_weighting(user: User, version: int, told: Mapping[str, Any], note: str) -> int:
    """Make the next version; raises NotAllowed, Conflict (stale) or InvalidInput."""
    demand_manager(user)
    weighting = from_parameters(told)
    with transaction.atomic():
        take_turn()
        present, before = present_weighting()
        if present != version:
            raise Conflict("version.stale", sent=version, present=present)
        parameters = as_parameters(weighting)
        made = EvaluationWeights.objects.create(
            version=present + 1, parameters=parameters, note=note.strip(), changed_at=now(), changed_by=user
        )
        after = {"version": made.version, "note": made.note, **parameters}
        record(user, "evaluation.weights", "evaluation_weights", "", before=as_parameters(before), after=after)
    return made.version
