"""The doors of indicators: a value, what it was computed from, and the way down to alarms."""

import re
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from chengmai.access.doors import May, caller, language_of
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import reach
from chengmai.budget import services
from chengmai.budget.checking import api as check_api
from chengmai.budget.construction import api as construction_api
from chengmai.budget.execution import api as execution_api
from chengmai.budget.explaining import api as explaining_api
from chengmai.budget.indicators import INDICATORS, indicator
from chengmai.budget.models import IndicatorValue
from chengmai.budget.performance import api as performance_api
from chengmai.budget.preparing import api as preparing_api
from chengmai.budget.published import api as published_api
from chengmai.budget.registers import api as registers_api
from chengmai.budget.release import api as release_api
from chengmai.budget.units import api as units_api
from chengmai.casework.models import Case
from chengmai.casework.rules import percent
from chengmai.core.clock import month_span, now
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.messages import message
from chengmai.settings import current
from chengmai.warning.models import Warning

router = Router(tags=["budget"])
router.add_router("", construction_api.router)
router.add_router("", performance_api.router)
router.add_router("", published_api.router)
router.add_router("", preparing_api.router)
router.add_router("", execution_api.router)
router.add_router("", check_api.router)
router.add_router("", release_api.router)
router.add_router("", registers_api.router)
router.add_router("", explaining_api.router)
router.add_router("", units_api.router)


class IndicatorOut(Schema):
    """An indicator: what it is called and how it is computed, in the caller's language."""

    code: str
    version: int
    name: str
    formula: str


class CaseTimes(Schema):
    """What was read of a case when a value was computed: the times that decided whether it counts."""

    code: str
    due_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None


class IndicatorInputOut(Schema):
    """One input of a value: the object, the revision read, whether it counts, and the ids of the way down."""

    kind: str
    id: UUID
    code: str
    version: int
    counted: bool
    fact: CaseTimes
    warning_id: UUID | None
    alarm_id: UUID | None


class IndicatorValueOut(Schema):
    """A value with its inputs. ``value_percent`` is a decimal in a string, null when nothing was due.

    ``sealed`` says that value and inputs still have the hash they were stored with.
    """

    id: UUID
    indicator: IndicatorOut
    month: str
    span_start: datetime
    span_end: datetime
    scope: str
    value_percent: str | None
    numerator: int
    denominator: int
    computed_at: datetime
    rule_version: int
    lineage_hash: str
    sealed: bool
    inputs: list[IndicatorInputOut]


@router.get("/indicators", response=list[IndicatorOut], auth=May(Permission.INDICATOR_READ))
def list_indicators(request: HttpRequest) -> list[IndicatorOut]:
    """Every indicator the platform computes."""
    return [_indicator(code, language_of(request)) for code in INDICATORS]


@router.get("/indicators/{code}", response=IndicatorValueOut, auth=May(Permission.INDICATOR_READ))
def read_indicator(request: HttpRequest, code: str, month: str | None = None) -> IndicatorValueOut:
    """The value for a month (YYYY-MM, the present one by default), computed anew if its inputs changed."""
    user = caller(request)
    indicator(code)
    start, end = _span(month)
    value = services.compute(code, start, end, _scope(user), user)
    return _value(value, language_of(request))


@router.get("/indicator-values/{value_id}", response=IndicatorValueOut, auth=May(Permission.INDICATOR_READ))
def read_value(request: HttpRequest, value_id: UUID) -> IndicatorValueOut:
    """A value as it was once computed, with the inputs of that time."""
    user = caller(request)
    codes = reach(user)
    values = IndicatorValue.objects.filter(pk=value_id)
    value = (values if codes is None else values.filter(scope__in=codes)).first()
    if value is None:
        raise NotFound("indicator.value_not_found", id=value_id)
    return _value(value, language_of(request))


def _scope(user: User) -> str:
    return "" if user.sees_whole_city else user.organisation.code


def _span(month: str | None) -> tuple[datetime, datetime]:
    zone = current().zone
    written = month or f"{now().astimezone(zone):%Y-%m}"
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", written)
    if found is None or not 2000 <= int(found[1]) <= 2200:
        raise InvalidInput("indicator.month_invalid", value=written)
    return month_span(int(found[1]), int(found[2]), zone)


def _indicator(code: str, language: str, version: int | None = None) -> IndicatorOut:
    found = indicator(code, version)
    return IndicatorOut(
        code=code,
        version=found.version,
        name=message(found.name, language, {}),
        formula=message(found.formula, language, {}),
    )


def _value(value: IndicatorValue, language: str) -> IndicatorValueOut:
    rate = percent(value.numerator, value.denominator)
    return IndicatorValueOut(
        id=value.pk,
        indicator=_indicator(value.indicator, language, value.rule_version),
        month=f"{value.span_start.astimezone(current().zone):%Y-%m}",
        span_start=value.span_start,
        span_end=value.span_end,
        scope=value.scope,
        value_percent=None if rate is None else str(rate),
        numerator=value.numerator,
        denominator=value.denominator,
        computed_at=value.computed_at,
        rule_version=value.rule_version,
        lineage_hash=value.lineage_hash,
        sealed=services.is_sealed(value),
        inputs=_inputs(value),
    )


def _inputs(value: IndicatorValue) -> list[IndicatorInputOut]:
    inputs = list(value.inputs.order_by("pk"))
    origins = dict(
        Case.objects.filter(pk__in=[stored.object_id for stored in inputs], source="warning").values_list(
            "pk", "source_id"
        )
    )
    alarms = dict(Warning.objects.filter(pk__in=origins.values()).values_list("pk", "alarm_id"))
    result = []
    for stored in inputs:
        case_id = UUID(stored.object_id)
        warning_id = UUID(origins[case_id]) if case_id in origins else None
        result.append(
            IndicatorInputOut(
                kind=stored.object_kind,
                id=case_id,
                code=stored.fact["code"],
                version=stored.object_version,
                counted=stored.counted,
                fact=CaseTimes(**stored.fact),
                warning_id=warning_id,
                alarm_id=alarms[warning_id] if warning_id else None,
            )
        )
    return result
