"""What the wall of a command centre shows at a glance: one door that joins what the packages know, for one reach."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import msgspec
from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Router, Schema

from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.assets.queries import networks
from chengmai.casework.cases.queries import visible_cases
from chengmai.casework.cases.states import OVER
from chengmai.core.clock import now
from chengmai.network.risk_table import RiskLevel
from chengmai.network.utilities import Utility
from chengmai.portal.sensing_health import expected_streams, speaks
from chengmai.risk.customary_tables import CUSTOMARY
from chengmai.risk.queries import NetworkRisk, risk_of
from chengmai.sensing import runtime
from chengmai.settings import current
from chengmai.warning import queries as warnings
from chengmai.warning.models import EvaluationCursor, RuleKind
from chengmai.warning.states import AlarmState, Severity, WarningState

router = Router(tags=["wall"])

NIGHTS = 14
"""How many nights of a balance area are shown."""


class SeverityCount(Schema):
    """How many there are of a colour."""

    level: Severity
    count: int


class CaseCounts(Schema):
    """Cases of today, by the city's clock, and those that are open."""

    filed_today: int
    closed_today: int
    open: int
    overdue: int


class OnlineRate(Schema):
    """How many of a network kind's datastreams speak as often as they should."""

    utility: Utility
    streams: int
    speaking: int


class NightOfArea(Schema):
    """One night's flow of a balance area."""

    day: date
    flow_m3h: float


class NightFlowOfArea(Schema):
    """The last nights of a balance area, oldest first."""

    rule: str
    name_zh: str
    name_en: str
    nights: list[NightOfArea]


class RiskOfNetwork(Schema):
    """Kilometres of a network's pipes in each colour, red first."""

    network: str
    name_zh: str
    name_en: str
    utility: Utility
    km: dict[RiskLevel, float]


class WallOut(Schema):
    """What the wall shows, as of a moment."""

    as_of: datetime
    alarms: list[SeverityCount]
    unacknowledged: int
    warnings: list[SeverityCount]
    warnings_issued_today: int
    warnings_lifted_today: int
    cases: CaseCounts
    online: list[OnlineRate]
    nights: list[NightFlowOfArea]
    risk: list[RiskOfNetwork]


@router.get("/wall", auth=May(Permission.ALARM_READ), response=WallOut)
def read_wall(request: HttpRequest) -> WallOut:
    """Today at a glance, in the caller's reach."""
    user, moment = caller(request), now()
    zone = current().zone
    midnight = datetime.combine(moment.astimezone(zone).date(), time(), tzinfo=zone)
    open_alarms = warnings.visible_alarms(user).exclude(state=AlarmState.NORMAL)
    issued = warnings.visible_warnings(user)
    standing = issued.filter(state=WarningState.ISSUED)
    return WallOut(
        as_of=moment,
        alarms=_by_level(open_alarms.values_list("severity").annotate(Count("pk"))),
        unacknowledged=open_alarms.filter(state__in=(AlarmState.ACTIVE, AlarmState.RETURNED)).count(),
        warnings=_by_level(standing.values_list("level").annotate(Count("pk"))),
        warnings_issued_today=issued.filter(issued_at__gte=midnight).count(),
        warnings_lifted_today=issued.filter(lifted_at__gte=midnight).count(),
        cases=_cases(user, midnight, moment),
        online=_online(user, moment),
        nights=_nights(user),
        risk=[_risk(risk_of(one)) for one in networks(user).filter(edition__isnull=False, utility__in=list(CUSTOMARY))],
    )


def _by_level(rows: Iterable[tuple[Any, ...]]) -> list[SeverityCount]:
    counts = dict(rows)
    return [SeverityCount(level=level, count=counts.get(level.value, 0)) for level in Severity]


def _cases(user: User, midnight: datetime, moment: datetime) -> CaseCounts:
    is_open = ~Q(state__in=OVER)
    counts = visible_cases(user).aggregate(
        filed_today=Count("pk", filter=Q(filed_at__gte=midnight)),
        closed_today=Count("pk", filter=Q(closed_at__gte=midnight)),
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(handled_at=None, due_at__lt=moment)),
    )
    return CaseCounts(**counts)


def _online(user: User, moment: datetime) -> list[OnlineRate]:
    """By the kind of network; replayed records count by when they reached us, like everything else."""
    heard = runtime.current().store.heard()
    totals: dict[str, list[int]] = {}
    for stream in expected_streams(user).filter(network__isnull=False):
        total = totals.setdefault(stream.network.utility if stream.network else "", [0, 0])
        total[0] += 1
        total[1] += speaks(stream, heard.get(stream.pk, 0), moment)
    return [
        OnlineRate(utility=utility, streams=totals[utility][0], speaking=totals[utility][1])
        for utility in Utility
        if utility in totals
    ]


def _nights(user: User) -> list[NightFlowOfArea]:
    """The nights as the rules remember them: what their alarms rest on."""
    rules = [rule for rule in warnings.visible_rules(user) if rule.kind == RuleKind.NIGHT_FLOW and rule.active]
    memories = dict(
        EvaluationCursor.objects.filter(name__in=[rule.code for rule in rules]).values_list("name", "memory")
    )
    return [
        NightFlowOfArea(
            rule=rule.code,
            name_zh=str(rule.parameters.get("area_name_zh", rule.code)),
            name_en=str(rule.parameters.get("area_name_en", rule.code)),
            nights=_remembered(memories.get(rule.code)),
        )
        for rule in rules
    ]


def _remembered(memory: Any) -> list[NightOfArea]:
    told = msgspec.msgpack.decode(bytes(memory)) if memory else {}
    nights = told.get("flow", {}).get("nights", [])[-NIGHTS:]
    return [NightOfArea(day=date.fromordinal(int(row[0])), flow_m3h=round(float(row[1]), 2)) for row in nights]


def _risk(found: NetworkRisk) -> RiskOfNetwork:
    metres = dict.fromkeys(RiskLevel, 0.0)
    for level, length in zip(found.assessment.levels, found.arrays.links.length.tolist(), strict=True):
        metres[level] += length
    network = found.network
    return RiskOfNetwork(
        network=network.code,
        name_zh=network.name_zh,
        name_en=network.name_en,
        utility=Utility(network.utility),
        km={level: round(length / 1000, 2) for level, length in metres.items()},
    )
