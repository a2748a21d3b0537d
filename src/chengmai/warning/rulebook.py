"""Making and changing rules: never in place, always a new version, so that what it found keeps what it was found by."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import within_reach
from chengmai.assets.models import Network
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.warning import queries, rule_changes, rule_parameters
from chengmai.warning.models import EvaluationCursor, Rule
from chengmai.warning.rule_changes import texts_of
from chengmai.warning.rule_shapes import Surroundings
from chengmai.warning.sealing import storable


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as a person writes it."""

    code: str
    kind: str
    network: str
    parameters: Mapping[str, Any]


@transaction.atomic
def add_rule(user: User, wanted: NewRule) -> Rule:
    """Make the first version of a rule, which looks at readings from now on.

    Raises NotAllowed, NotFound (network), Conflict (code taken) or InvalidInput (kind, parameters).
    """
    _demand(user)
    take_turn()
    network = check_rule(user, wanted)
    if Rule.objects.filter(code=wanted.code).exists():
        raise Conflict("rule.code_taken", rule=wanted.code)
    try:
        with transaction.atomic():
            made = Rule.objects.create(
                code=wanted.code,
                kind=wanted.kind,
                network=network,
                owner=network.owner,
                parameters=storable(wanted.parameters),
            )
    except IntegrityError as error:
        raise Conflict("rule.code_taken", rule=wanted.code) from error
    parts = runtime.running()
    if parts is not None:
        EvaluationCursor.objects.get_or_create(name=made.code, defaults={"batch": parts.store.batch, "moved_at": now()})
    record(user, "rule.add", "rule", made.code, after=_facts(made))
    return made


def check_rule(user: User, wanted: NewRule) -> Network:
    """The network of a rule that could be made; raises NotFound or InvalidInput."""
    network = within_reach(Network.objects.select_related("owner"), user).filter(code=wanted.network).first()
    if network is None:
        raise NotFound("network.unknown", code=wanted.network)
    if wanted.kind not in rule_parameters.PARAMETERS:
        raise InvalidInput("rule.unknown_kind", kind=wanted.kind)
    rule_parameters.check(wanted.code, wanted.kind, wanted.parameters, surroundings(network))
    demand_reach(wanted.code, user, texts_of(wanted.parameters))
    return network


def surroundings(network: Network | None) -> Surroundings:
    """The datastreams a rule of this network may name, every one for a rule without a network; and all networks."""
    streams = Datastream.objects.all() if network is None else Datastream.objects.filter(network=network)
    networks = dict(Network.objects.order_by("code").values_list("code", "utility"))
    return Surroundings(dict(streams.values_list("code", "gateway__code")), networks)


@transaction.atomic
def change_rule(code: str, user: User, version: int, parameters: Mapping[str, Any], active: bool) -> Rule:
    """Make the next version of a rule; raises NotAllowed, NotFound, Conflict (stale) or InvalidInput (parameters)."""
    _demand(user)
    take_turn()
    present = queries.visible_rule(user, code)
    if present.version != version:
        raise Conflict("version.stale", sent=version, present=present.version)
    rule_parameters.check(code, present.kind, parameters, surroundings(present.network))
    demand_reach(code, user, texts_of(parameters) - texts_of(present.parameters))
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
    rule_changes.follow(present, changed, user)
    record(user, "rule.change", "rule", code, before=_facts(present), after=_facts(changed))
    return changed


def _demand(user: User) -> None:
    if Permission.RULE_MANAGE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.RULE_MANAGE.value)


def demand_reach(code: str, user: User, texts: AbstractSet[str]) -> None:
    """Raise InvalidInput when a text a person wrote into a rule names a datastream or network he may not see.

    A rule cites the readings it judges: whoever may name a stream may read it.
    """
    named = Datastream.objects.filter(code__in=texts)
    hidden = set(named.values_list("code", flat=True)) - set(within_reach(named, user).values_list("code", flat=True))
    for stream in sorted(hidden):
        raise InvalidInput("rule.unknown_stream", rule=code, stream=stream)
    networks = Network.objects.filter(code__in=texts)
    foreign = set(networks.values_list("code", flat=True)) - set(
        within_reach(networks, user).values_list("code", flat=True)
    )
    for network in sorted(foreign):
        raise NotFound("network.unknown", code=network)


def _facts(rule: Rule) -> dict[str, Any]:
    return {"version": rule.version, "parameters": rule.parameters, "active": rule.active}
