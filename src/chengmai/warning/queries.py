"""Reads of rules, alarms and warnings, each scoped to the user who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Model, QuerySet

from chengmai.access.models import User
from chengmai.access.scope import within_reach
from chengmai.assets.models import NetworkLink, NetworkNode
from chengmai.core.errors import NotFound
from chengmai.warning.models import Alarm, PlannedWork, Rule, Warning
from chengmai.warning.states import (
    ALARM_PERMISSIONS,
    ALARM_TRANSITIONS,
    WARNING_PERMISSIONS,
    WARNING_TRANSITIONS,
    AlarmAction,
    AlarmState,
    Severity,
    WarningAction,
    WarningState,
)

Row = TypeVar("Row", bound=Model)


def visible_alarms(user: User) -> QuerySet[Alarm]:
    """The alarms within a user's reach."""
    return within_reach(Alarm.objects.select_related("rule", "owner", "network", "planned_work"), user)


def visible_alarm(user: User, alarm_id: UUID) -> Alarm:
    """One alarm inside the user's scope; raises NotFound otherwise."""
    alarm = visible_alarms(user).filter(pk=alarm_id).first()
    if alarm is None:
        raise NotFound("alarm.not_found", id=alarm_id)
    return alarm


def open_below(alarms: Sequence[Alarm]) -> dict[UUID, int]:
    """How many open alarms each of these explains."""
    below = Alarm.objects.filter(root__in=[alarm.pk for alarm in alarms]).exclude(state=AlarmState.NORMAL)
    return dict(below.order_by().values_list("root").annotate(count=Count("pk")))


def matching_alarms(
    alarms: QuerySet[Alarm], is_open: bool | None, state: AlarmState | None, severity: Severity | None
) -> QuerySet[Alarm]:
    """Of these, the open (or ended) ones, those of a state, those of a severity; None does not narrow."""
    if is_open is not None:
        alarms = alarms.exclude(state=AlarmState.NORMAL) if is_open else alarms.filter(state=AlarmState.NORMAL)
    if state is not None:
        alarms = alarms.filter(state=state)
    return alarms if severity is None else alarms.filter(severity=severity)


def page_of(rows: QuerySet[Row], before: UUID | None, limit: int) -> tuple[list[Row], UUID | None]:
    """Up to ``limit`` rows, newest first, older than ``before``; and what to give as ``before`` for the next page."""
    older = rows.order_by("-pk") if before is None else rows.order_by("-pk").filter(pk__lt=before)
    page = list(older[: limit + 1])
    return page[:limit], page[limit - 1].pk if len(page) > limit else None


def visible_warnings(user: User) -> QuerySet[Warning]:
    """The warnings a user may see, by the same scope as alarms."""
    return within_reach(Warning.objects.select_related("owner", "alarm", "alarm__rule", "alarm__network"), user)


def visible_warning(user: User, warning_id: UUID) -> Warning:
    """One warning inside the user's scope; raises NotFound otherwise."""
    warning = visible_warnings(user).filter(pk=warning_id).first()
    if warning is None:
        raise NotFound("warning.not_found", id=warning_id)
    return warning


def visible_rules(user: User) -> list[Rule]:
    """The newest version of every rule in the user's scope, by code."""
    rules = Rule.objects.select_related("owner", "network").order_by("code", "-version")
    newest: dict[str, Rule] = {}
    for rule in within_reach(rules, user):
        newest.setdefault(rule.code, rule)
    return list(newest.values())


def visible_rule(user: User, code: str) -> Rule:
    """The newest version of one rule inside the user's scope; raises NotFound otherwise."""
    return versions_of_rule(user, code)[0]


def versions_of_rule(user: User, code: str) -> list[Rule]:
    """Every version of one rule inside the user's scope, newest first; raises NotFound when there is none."""
    versions = within_reach(Rule.objects.select_related("owner", "network").filter(code=code), user)
    found = list(versions.order_by("-version"))
    if not found:
        raise NotFound("rule.not_found", rule=code)
    return found


def allowed_alarm_actions(user: User, alarm: Alarm) -> list[AlarmAction]:
    """What this user may do to this alarm now."""
    held = user.permissions
    return [
        action
        for action, permission in ALARM_PERMISSIONS.items()
        if permission in held and (AlarmState(alarm.state), action) in ALARM_TRANSITIONS
    ]


def allowed_warning_actions(user: User, warning: Warning) -> list[WarningAction]:
    """What this user may do to this warning now."""
    held = user.permissions
    return [
        action
        for action, permission in WARNING_PERMISSIONS.items()
        if permission in held and (WarningState(warning.state), action) in WARNING_TRANSITIONS
    ]


@dataclass(frozen=True, slots=True)
class PlacedElement:
    """A network element an alarm points at, with its line or point in degrees."""

    code: str
    kind: str
    score: float
    path: list[list[float]]


def placed_elements(alarm: Alarm) -> list[PlacedElement]:
    """The alarm's elements in their order, with their geometry in the edition they were found in."""
    edition = alarm.location.get("edition") or (alarm.network.edition_id if alarm.network else None)
    paths = {} if edition is None else paths_of(edition, [element["code"] for element in alarm.elements])
    return [
        PlacedElement(element["code"], element["kind"], element["score"], paths.get(element["code"], []))
        for element in alarm.elements
    ]


def paths_of(edition: int, codes: Sequence[str]) -> dict[str, list[list[float]]]:
    """Lines and points of some elements of an edition, in degrees."""
    return {**_node_points(edition, codes), **_link_paths(edition, codes)}


def _node_points(edition: int, codes: Sequence[str]) -> dict[str, list[list[float]]]:
    nodes = NetworkNode.objects.filter(edition=edition, code__in=codes)
    return {code: [[lon, lat]] for code, lon, lat in nodes.values_list("code", "longitude", "latitude")}


def _link_paths(edition: int, codes: Sequence[str]) -> dict[str, list[list[float]]]:
    links = list(NetworkLink.objects.filter(edition=edition, code__in=codes))
    ends = _node_points(edition, [code for link in links for code in (link.start, link.end)])
    return {link.code: [*ends.get(link.start, []), *link.path, *ends.get(link.end, [])] for link in links}


def history_of(subject: Alarm | PlannedWork | Warning) -> list[Any]:
    """The steps of an alarm, of planned works or of a warning, oldest first."""
    return list(subject.history.select_related("actor").order_by("pk"))
