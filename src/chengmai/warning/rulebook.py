"""Changing a rule: never in place, always a new version, so that what it found earlier keeps what it was found by."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.warning import queries, services
from chengmai.warning.models import Rule
from chengmai.warning.sealing import storable


@transaction.atomic
def change_rule(code: str, user: User, version: int, parameters: Mapping[str, Any], active: bool) -> Rule:
    """Make the next version of a rule; raises NotAllowed, NotFound, Conflict (stale) or InvalidInput (parameters)."""
    if Permission.RULE_MANAGE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.RULE_MANAGE.value)
    take_turn()
    present = next((rule for rule in queries.visible_rules(user) if rule.code == code), None)
    if present is None:
        raise NotFound("rule.not_found", rule=code)
    if present.version != version:
        raise Conflict("version.stale", sent=version, present=present.version)
    check_parameters(present.parameters, parameters)
    Rule.objects.filter(code=code, active=True).update(active=False)
    try:
        with transaction.atomic():
            changed = Rule.objects.create(
                code=code,
                version=version + 1,
                kind=present.kind,
                network=present.network,
                owner=present.owner,
                parameters=storable(parameters),
                active=active,
            )
    except IntegrityError as error:
        raise Conflict("version.stale", sent=version, present=version + 1) from error
    if not active:
        services.switch_off(code, user)
    record(user, "rule.change", "rule", code, before=_facts(present), after=_facts(changed))
    return changed


def check_parameters(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse parameters the rule does not have, that it lacks, or of another kind; raises InvalidInput."""
    for name in sorted({*present, *wanted}):
        if name not in present:
            raise InvalidInput("rule.parameter_unknown", name=name)
        if name not in wanted:
            raise InvalidInput("rule.parameter_missing", name=name)
        if _kind(present[name]) != _kind(wanted[name]):
            raise InvalidInput("rule.parameter_kind", name=name, expected=_kind(present[name]))
        if isinstance(wanted[name], float) and not isfinite(wanted[name]):
            raise InvalidInput("rule.parameter_kind", name=name, expected="number")


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true / false"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "table"


def _facts(rule: Rule) -> dict[str, Any]:
    return {"version": rule.version, "parameters": rule.parameters, "active": rule.active}
