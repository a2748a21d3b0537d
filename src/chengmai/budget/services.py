"""Computing indicators from cases; a value is stored with its inputs, and again only when they changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.scope import subtree
from chengmai.budget.indicators import CLOSED, CLOSED_ON_TIME, Indicator, indicator
from chengmai.budget.models import IndicatorInput, IndicatorValue
from chengmai.casework.cases.states import CaseState
from chengmai.casework.models import Case
from chengmai.casework.rules import ClosingFacts, closed, closed_on_time, due_to_close
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.core.lineage import seal


@dataclass(frozen=True, slots=True)
class Input:
    """One case as it was read: its revision, whether the numerator counts it, and the facts that decided."""

    id: str
    version: int
    counted: bool
    fact: dict[str, Any]


_COUNTS: dict[str, Callable[[ClosingFacts, datetime], bool]] = {
    CLOSED_ON_TIME.code: lambda facts, seen: closed_on_time(facts),
    CLOSED.code: closed,
}


def compute(code: str, start: datetime, end: datetime, scope: str = "", user: User | None = None) -> IndicatorValue:
    """The indicator's value for [start, end), for an organisation and those below it or ("") for the city.

    It is stored if its inputs are new. Raises InvalidInput for a span that has not begun.
    """
    wanted = indicator(code)
    if start > now():
        raise InvalidInput("indicator.span_not_begun", start=start.isoformat())
    inputs = _inputs(wanted, start, end, scope)
    lineage_hash = value_seal(wanted.code, wanted.version, start, end, scope, inputs)
    identity = {"indicator": code, "span_start": start, "scope": scope, "lineage_hash": lineage_hash}
    # Looked up first, so that reading an unchanged indicator writes nothing and waits for no writer.
    known = IndicatorValue.objects.filter(**identity).first()
    return known or _store(wanted, identity, end, inputs, user)


@transaction.atomic
def _store(
    wanted: Indicator, identity: dict[str, Any], end: datetime, inputs: list[Input], user: User | None
) -> IndicatorValue:
    take_turn()
    value, created = IndicatorValue.objects.get_or_create(
        **identity,
        defaults={
            "rule_version": wanted.version,
            "span_end": end,
            "numerator": sum(case.counted for case in inputs),
            "denominator": len(inputs),
            "computed_at": now(),
        },
    )
    if created:
        IndicatorInput.objects.bulk_create(
            IndicatorInput(
                value=value,
                object_kind="case",
                object_id=case.id,
                object_version=case.version,
                counted=case.counted,
                fact=case.fact,
            )
            for case in inputs
        )
        after = {"numerator": value.numerator, "denominator": value.denominator, "lineage_hash": value.lineage_hash}
        record(user, "indicator.compute", "indicator_value", str(value.pk), after={"indicator": wanted.code, **after})
    return value


def _inputs(wanted: Indicator, start: datetime, end: datetime, scope: str) -> list[Input]:
    cases = Case.objects.exclude(state__in=(CaseState.VOID, CaseState.MERGED)).order_by("pk")
    if scope:
        cases = cases.filter(department__code__in=subtree(scope))
    at, inputs = now(), []
    seen = min(end, at)
    # The database leaves out what cannot be due; whether a case is due is decided by the rule alone.
    still_open = Q(due_at__lt=seen) & (Q(handled_at=None) | Q(handled_at__gte=seen))
    cases = cases.filter(Q(handled_at__gte=start, handled_at__lt=seen) | still_open)
    for case in cases.only("pk", "code", "version", "due_at", "handled_at", "closed_at"):
        facts = ClosingFacts(case.due_at, case.handled_at, case.closed_at)
        if due_to_close(facts, start, end, at):
            inputs.append(Input(str(case.pk), case.version, _COUNTS[wanted.code](facts, seen), _fact(case)))
    return inputs


def _fact(case: Case) -> dict[str, Any]:
    times = {"due_at": case.due_at, "handled_at": case.handled_at, "closed_at": case.closed_at}
    return {"code": case.code, **{name: at.isoformat() if at else None for name, at in times.items()}}


def value_seal(code: str, version: int, start: datetime, end: datetime, scope: str, inputs: list[Input]) -> str:
    """The hash a value must carry, over the rule's version, the span, and every input with its revision."""
    return seal(
        {
            "indicator": code,
            "rule_version": version,
            "span": [start, end],
            "scope": scope,
            "inputs": [[case.id, case.version, case.counted, case.fact] for case in inputs],
        }
    )


def stored_inputs(value: IndicatorValue) -> list[Input]:
    """The inputs a value was computed from, in the order they were sealed."""
    return [
        Input(stored.object_id, stored.object_version, stored.counted, stored.fact)
        for stored in value.inputs.order_by("pk")
    ]


def is_sealed(value: IndicatorValue) -> bool:
    """Whether the stored value and inputs still have the hash they were sealed with."""
    inputs = stored_inputs(value)
    sums = (sum(case.counted for case in inputs), len(inputs)) == (value.numerator, value.denominator)
    return sums and value.lineage_hash == value_seal(
        value.indicator, value.rule_version, value.span_start, value.span_end, value.scope, inputs
    )
