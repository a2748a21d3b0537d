"""The doors of rules: their kinds, versions and previews; and of rules and streams that are set aside."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from ninja import Router

from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.sensing import runtime
from chengmai.warning import queries, rule_preview, rulebook, setting_aside
from chengmai.warning.models import Alarm, Rule, RuleKind, SetAside
from chengmai.warning.rule_parameters import PARAMETERS, preview_days
from chengmai.warning.rule_schemas import (
    NewRuleIn,
    ParameterOut,
    PreviewIn,
    PreviewOut,
    RaisedOut,
    RuleDetail,
    RuleIn,
    RuleKindOut,
    RuleOut,
    RuleVersion,
    SetAsideIn,
    SetAsideOut,
)
from chengmai.warning.rule_shapes import Parameter
from chengmai.warning.states import ALARM_PERMISSIONS, AlarmAction, AlarmState, Severity
from chengmai.warning.views import organisation_ref, person_ref

router = Router(tags=["warning"])
SHOWN = 200
"""How many alarms of a preview, and how many settings aside, are shown at most: the newest."""


@router.get("/rule-kinds", response=list[RuleKindOut], auth=May(Permission.ALARM_READ))
def list_rule_kinds(request: HttpRequest) -> list[RuleKindOut]:
    """Every kind of rule with its parameters."""
    return [
        RuleKindOut(
            kind=kind.value,
            preview_days=list(preview_days(kind)),
            parameters=[_parameter(one) for one in PARAMETERS[kind]],
        )
        for kind in RuleKind
    ]


def _parameter(one: Parameter) -> ParameterOut:
    return ParameterOut(
        name=one.name,
        shape=one.shape,
        unit=one.unit,
        needed=one.needed,
        default=one.default,
        least=one.least,
        most=one.most,
        choices=list(one.choices),
        fields=[_parameter(inside) for inside in one.fields],
    )


@router.get("/rules", response=list[RuleOut], auth=May(Permission.ALARM_READ))
def list_rules(request: HttpRequest) -> list[RuleOut]:
    """Every rule in the user's scope, in its newest version."""
    rules = queries.visible_rules(caller(request))
    standing = _open_alarms([rule.code for rule in rules])
    return [RuleOut(**_rule_fields(rule, standing.get(rule.code, 0))) for rule in rules]


@router.post("/rules", response=RuleDetail, auth=May(Permission.RULE_MANAGE))
def add_rule(request: HttpRequest, body: NewRuleIn) -> RuleDetail:
    """Make a new rule; it looks at readings from now on."""
    user = caller(request)
    rulebook.add_rule(user, rulebook.NewRule(body.code, body.kind, body.network, body.parameters))
    return _detail(user, body.code)


@router.get("/rules/{code}", response=RuleDetail, auth=May(Permission.ALARM_READ))
def read_rule(request: HttpRequest, code: str) -> RuleDetail:
    """One rule with every version it had."""
    return _detail(caller(request), code)


@router.put("/rules/{code}", response=RuleDetail, auth=May(Permission.RULE_MANAGE))
def change_rule(request: HttpRequest, code: str, body: RuleIn) -> RuleDetail:
    """Make the next version of a rule."""
    user = caller(request)
    rulebook.change_rule(code, user, body.version, body.parameters, body.active)
    return _detail(user, code)


@router.post("/rule-previews", response=PreviewOut, auth=May(Permission.RULE_MANAGE))
def preview_rule(request: HttpRequest, body: PreviewIn) -> PreviewOut:
    """What a rule would have raised over the last days; nothing is written."""
    wanted = rulebook.NewRule("preview", body.kind, body.network, body.parameters)
    network = rulebook.check_rule(caller(request), wanted)
    store = runtime.current().store
    found = rule_preview.preview(body.kind, network, body.parameters, body.days, store.read)
    newest = sorted(found.alarms, key=lambda one: one.raised, reverse=True)[:SHOWN]
    return PreviewOut(
        start=found.start,
        end=found.end,
        rows=found.rows,
        count=len(found.alarms),
        by_day=found.by_day(),
        alarms=[_raised(one) for one in newest],
    )


def _raised(one: rule_preview.Raised) -> RaisedOut:
    return RaisedOut(subject=one.subject, severity=Severity(one.severity), raised=one.raised, ended=one.ended)


def _detail(user: User, code: str) -> RuleDetail:
    versions = queries.versions_of_rule(user, code)
    return RuleDetail(
        **_rule_fields(versions[0], _open_alarms([code]).get(code, 0)),
        versions=[RuleVersion(version=one.version, parameters=one.parameters, active=one.active) for one in versions],
    )


def _open_alarms(codes: list[str]) -> dict[str, int]:
    alarms = Alarm.objects.filter(rule_code__in=codes).exclude(state=AlarmState.NORMAL)
    return dict(alarms.order_by().values_list("rule_code").annotate(count=Count("pk")))


def _rule_fields(rule: Rule, open_alarms: int) -> dict[str, Any]:
    return {
        "code": rule.code,
        "version": rule.version,
        "kind": rule.kind,
        "network": rule.network.code if rule.network else None,
        "owner": organisation_ref(rule.owner),
        "parameters": rule.parameters,
        "active": rule.active,
        "open_alarms": open_alarms,
    }


@router.get("/set-asides", response=list[SetAsideOut], auth=May(Permission.ALARM_READ))
def list_set_asides(request: HttpRequest, over: bool = False) -> list[SetAsideOut]:
    """What is set aside at present, or (``over``) what was; newest first."""
    user = caller(request)
    held = setting_aside.visible(user).filter(ended_at__isnull=not over)
    return [_aside_out(one, user) for one in _counted(held)[:SHOWN]]


@router.post("/set-asides", response=SetAsideOut, auth=May(Permission.ALARM_SHELVE))
def add_set_aside(request: HttpRequest, body: SetAsideIn) -> SetAsideOut:
    """Set every alarm of a rule or stream aside, until a moment and with a reason."""
    user = caller(request)
    wish = setting_aside.AsideWish(body.action, body.reason, body.rule, body.stream, body.until)
    made = setting_aside.set_aside(user, wish)
    return _aside_out(_counted(setting_aside.visible(user)).get(pk=made.pk), user)


@router.post("/set-asides/{aside_id}/end", response=SetAsideOut, auth=May(Permission.ALARM_SHELVE))
def end_set_aside(request: HttpRequest, aside_id: UUID) -> SetAsideOut:
    """End a setting aside before its time."""
    user = caller(request)
    setting_aside.end(user, aside_id)
    return _aside_out(_counted(setting_aside.visible(user)).get(pk=aside_id), user)


def _counted(held: QuerySet[SetAside]) -> QuerySet[SetAside]:
    return held.annotate(held_alarms=Count("alarms", filter=~Q(alarms__state=AlarmState.NORMAL)))


def _aside_out(one: SetAside, user: User) -> SetAsideOut:
    permission = ALARM_PERMISSIONS[AlarmAction(one.action)]
    return SetAsideOut(
        id=one.pk,
        action=AlarmAction(one.action),
        rule=one.rule_code,
        stream=one.stream,
        owner=organisation_ref(one.owner),
        reason=one.reason,
        starts_at=one.starts_at,
        until=one.until,
        made_by=person_ref(one.made_by),
        ended_at=one.ended_at,
        alarms=one.held_alarms,  # type: ignore[attr-defined]
        may_end=one.ended_at is None and permission in user.permissions,
    )
