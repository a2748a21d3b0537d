"""What patrol is measured by: versions, the customary one being version 0."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.casework.classes.changes import demand_manager
from chengmai.casework.patrol.models import PatrolTermsVersion
from chengmai.casework.patrol.rules import PARTS, PatrolTerms
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput

MOST = {"least_positions": 1000, "least_seconds": 7200, "accuracy_m": 1000, "fastest_mps": 60, "hours_a_day": 24}
"""The most that a figure may be set to; the others may reach 1000."""


def from_parameters(told: Mapping[str, Any]) -> PatrolTerms:
    """Terms from what is stored or sent; what is missing is customary. Raises InvalidInput."""
    known = {one.name for one in fields(PatrolTerms)}
    for name, value in told.items():
        fit = name in known and isinstance(value, int) and 0 <= value <= MOST.get(name, 1000)
        if not fit or (value == 0 and name not in {*PARTS, "least_seconds"}):
            raise InvalidInput("patrol.terms_field", name=name)
    terms = replace(PatrolTerms(), **told)
    if sum(getattr(terms, part) for part in PARTS) != 100:
        raise InvalidInput("patrol.terms_sum")
    return terms


def present_terms() -> tuple[int, PatrolTerms]:
    """The terms in force with their version."""
    stored = PatrolTermsVersion.objects.order_by("-version").first()
    return (0, PatrolTerms()) if stored is None else (stored.version, from_parameters(stored.parameters))


def change_terms(user: User, version: int, told: Mapping[str, Any], note: str) -> int:
    """Make the next version; raises NotAllowed, Conflict (stale) or InvalidInput."""
    demand_manager(user)
    terms = from_parameters(told)
    with transaction.atomic():
        take_turn()
        present, before = present_terms()
        if present != version:
            raise Conflict("version.stale", sent=version, present=present)
        made = PatrolTermsVersion.objects.create(
            version=present + 1, parameters=asdict(terms), note=note.strip(), changed_at=now(), changed_by=user
        )
        after = {"version": made.version, "note": made.note, **asdict(terms)}
        record(user, "patrol.terms", "patrol_terms", "", before=asdict(before), after=after)
    return made.version
