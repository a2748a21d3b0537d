"""The load of alarms by day, counted from the alarms' own histories; nothing is kept twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.detection.alarm_load import STALE_S, AlarmLoad, Call, Stay, alarm_load
from chengmai.settings import current
from chengmai.warning import queries
from chengmai.warning.models import Alarm, AlarmEvent
from chengmai.warning.states import AlarmAction, AlarmState

LONGEST_DAYS = 31
MOST_POSITIONS = 20
CALLS = ("raise", AlarmAction.RECUR.value, AlarmAction.WORSEN.value, AlarmAction.UNSHELVE.value)
"""Steps after which an alarm calls people; one that was raised while set aside calls nobody."""
_QUIET = (AlarmState.SHELVED.value, AlarmState.SUPPRESSED.value, AlarmState.OUT_OF_SERVICE.value)


Span = tuple[date, datetime, datetime]
"""A local day, with the first moment and the end of what is looked at of it."""


def loads_by_day(user: User, last: date, days: int, positions: int) -> list[tuple[Span, AlarmLoad]]:
    """The figures of each of the local days up to ``last``, oldest first, of the alarms within a person's reach.

    A day that is not over counts up to now. Raises InvalidInput for too many days or positions.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput("alarm_load.days", days=LONGEST_DAYS)
    return _loads(user, list(_spans(last, days)), positions)


def load_of_span(user: User, start: datetime, end: datetime | None, positions: int) -> tuple[Span, AlarmLoad]:
    """The figures of one span, a shift's, up to ``end`` or to now; a span lasts one period at least.

    Raises InvalidInput for one that ends before it starts or is too long, or for too many positions.
    """
    moment = now()
    until = max(start + timedelta(minutes=10), min(end or moment, moment))
    if end is not None and end <= start:
        raise InvalidInput("span.reversed", start=start.isoformat(), end=end.isoformat())
    if until - start > timedelta(days=LONGEST_DAYS):
        raise InvalidInput("alarm_load.days", days=LONGEST_DAYS)
    ((span, load),) = _loads(user, [(start.astimezone(current().zone).date(), start, until)], positions)
    return span, load


def _loads(user: User, spans: list[Span], positions: int) -> list[tuple[Span, AlarmLoad]]:
    if not 1 <= positions <= MOST_POSITIONS:
        raise InvalidInput("alarm_load.positions", positions=MOST_POSITIONS)
    start, end = spans[0][1], spans[-1][2]
    alarms = queries.visible_alarms(user)
    calls, stays = _calls(alarms, start, end), _stays(alarms, start, end)
    return [(span, alarm_load(calls, stays, _s(span[1]), _s(span[2]), positions)) for span in spans]


def _spans(last: date, days: int) -> Iterator[Span]:
    """Each local day with its first moment and its end, up to now; a day that has not begun lasts one period."""
    zone, moment = current().zone, now()
    for back in range(days - 1, -1, -1):
        day = last - timedelta(days=back)
        start = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
        yield day, start, max(start + timedelta(minutes=10), min(end, moment))


def _s(moment: datetime) -> float:
    return moment.timestamp()


def _name(rule: str, subject: str) -> str:
    return f"{rule} {subject}"


def _calls(alarms: QuerySet[Alarm], start: datetime, end: datetime) -> list[Call]:
    """The moments at which alarms called people; what a setting aside took at once is left out."""
    steps = AlarmEvent.objects.filter(alarm__in=alarms, at__gte=start, at__lt=end).order_by("alarm_id", "pk")
    fields = ("alarm_id", "at", "action", "to_state", "actor", "facts", "alarm__rule_code", "alarm__subject")
    told = list(steps.values_list(*fields))
    calls = []
    for place, (alarm, at, action, _, _, facts, rule, subject) in enumerate(told):
        following = told[place + 1] if place + 1 < len(told) else None
        if action in CALLS and not _taken_at_once(alarm, following):
            calls.append(Call(_s(at), _name(rule, subject), str(facts.get("severity", ""))))
    return calls


def _taken_at_once(alarm: Any, following: tuple[Any, ...] | None) -> bool:
    """Whether the alarm's next step was the platform's own setting aside, which is part of raising it."""
    return following is not None and following[0] == alarm and following[3] in _QUIET and following[4] is None


def _stays(alarms: QuerySet[Alarm], start: datetime, end: datetime) -> list[Stay]:
    """How long alarms stood, of those that stood at all since a day before ``start``."""
    since = start - timedelta(seconds=STALE_S)
    standing = alarms.filter(detected_at__lt=end).exclude(returned_at__lt=since)
    standing = standing.exclude(state__in=_QUIET)
    told = standing.values_list("rule_code", "subject", "detected_at", "returned_at")
    return [Stay(_name(rule, subject), _s(at), _s(end) if end else None) for rule, subject, at, end in told]
