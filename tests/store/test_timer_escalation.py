"""Timers begin and end by events, escalate once by the clock, and are taken note of by the next role only."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from chengmai.access.roles import Role
from chengmai.assets.models import Network
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.detection.signals import Condition
from chengmai.disposal import limits, timers
from chengmai.disposal.limits import Limit
from chengmai.disposal.models import DutyEntry, Timer
from chengmai.disposal.states import TimerKind
from chengmai.events.models import OutboxEvent
from chengmai.warning.assessment import Step as WarningStep
from chengmai.warning.assessment import act_on_warning, open_warning
from chengmai.warning.services import apply_signal
from chengmai.warning.states import DismissalReason, Severity, WarningAction
from tests.disposal import City, act, bring, build_city, issue, no_readings, open_case, raise_alarm, signal
from tests.joint_disposal import overdue, react

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build_city()


def assessment() -> Timer:
    return Timer.objects.get(kind=TimerKind.ASSESSMENT)


def test_an_alarm_starts_fifteen_minutes_that_a_verdict_meets(city: City) -> None:
    alarm = raise_alarm(city)
    done = react()
    timer = assessment()
    raised = OutboxEvent.objects.get(name="alarm.raised")
    assert (timer.started_at, timer.due_at) == (raised.happened_at, raised.happened_at + timedelta(minutes=15))
    warning = open_warning(alarm.pk, city.people["operator"], Severity.YELLOW)
    done = react(done)
    assert assessment().ended_at is None
    step = WarningStep(WarningAction.DISMISS, warning.version, dismissal=DismissalReason.FALSE_ALARM)
    act_on_warning(warning.pk, city.people["operator"], step)
    react(done)
    assert assessment().outcome == "met"


def test_an_alarm_that_ends_by_itself_leaves_nothing_to_assess(city: City) -> None:
    raise_alarm(city)
    done = react()
    apply_signal(city.rule, signal(city, Condition.END), no_readings)
    react(done)
    assert assessment().outcome == "ended"


def test_an_event_that_comes_again_starts_no_second_timer_and_a_late_one_none_at_all(city: City) -> None:
    issue(city)
    react()
    react()
    assert Timer.objects.filter(kind=TimerKind.ASSESSMENT).count() <= 1
    assert not Timer.objects.filter(kind=TimerKind.ASSESSMENT, ended_at=None).exists()
    assert Timer.objects.filter(kind=TimerKind.SIGNING).count() == 1


def test_the_database_itself_allows_one_running_timer_a_subject(city: City) -> None:
    raise_alarm(city)
    react()
    timer = assessment()
    timer.pk, timer._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        timer.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE disposal_timer SET outcome = 'met'")


def test_what_is_over_escalates_once_and_is_in_the_log(city: City) -> None:
    raise_alarm(city)
    done = react()
    assert timers.escalate_due(now()) == 0
    overdue(assessment())
    assert [timers.escalate_due(now()) for _ in range(3)] == [1, 0, 0]
    (event,) = OutboxEvent.objects.filter(name="timer.escalated")
    assert event.payload["owner"] == "JC-WATER-CO"
    react(done)
    react(done)
    assert DutyEntry.objects.filter(code="duty.timer_escalated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_that_look_at_once_escalate_once() -> None:
    city = build_city()
    raise_alarm(city)
    react()
    overdue(assessment())
    counts: list[int] = []
    gate = threading.Barrier(2)

    def look() -> None:
        gate.wait()
        try:
            counts.append(timers.escalate_due(now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 1]
    assert OutboxEvent.objects.filter(name="timer.escalated").count() == 1


def test_only_the_next_role_takes_note_and_only_once(city: City) -> None:
    raise_alarm(city)
    react()
    timer = assessment()
    leader = city.people["shift_leader"]
    with pytest.raises(Conflict, match=r"timer\.nothing_to_take"):
        timers.take_escalation(timer.pk, leader, "on it")
    overdue(timer)
    timers.escalate_due(now())
    with pytest.raises(NotAllowed, match=r"timer\.other_role"):
        timers.take_escalation(timer.pk, city.people["operator"], "on it")
    with pytest.raises(NotFound):
        timers.take_escalation(timer.pk, city.people["outsider"], "on it")
    assert timers.take_escalation(timer.pk, leader, "on it").taken_by == leader
    with pytest.raises(Conflict):
        timers.take_escalation(timer.pk, leader, "again")


def test_at_a_gas_leak_somebody_is_on_site_in_thirty_minutes(city: City) -> None:
    Network.objects.update(utility="gas")
    warning = issue(city)
    case = bring(city, open_case(warning), CaseState.SIGNED)
    done = react()
    timer = Timer.objects.get(kind=TimerKind.ON_SITE)
    assert timer.due_at - timer.started_at == timedelta(minutes=30)
    act(city, case, CaseAction.ARRIVE)
    react(done)
    assert Timer.objects.get(pk=timer.pk).outcome == "met"


def test_the_row_that_says_most_counts_and_a_stale_writer_is_told(city: City) -> None:
    leader = city.people["shift_leader"]
    assert limits.limit_for(TimerKind.SIGNING, "water", "red") == limits.DEFAULTS[1]
    assert limits.limit_for(TimerKind.SIGNING, "water", "blue") is None
    limits.set_limit(leader, Limit(TimerKind.SIGNING, "", "red", 7, Role.SHIFT_LEADER))
    limits.set_limit(leader, Limit(TimerKind.SIGNING, "water", "red", 3, Role.OPERATOR))
    found = [limits.limit_for(TimerKind.SIGNING, utility, "red") for utility in ("gas", "water")]
    assert [limit.minutes for limit in found if limit] == [7, 3]
    for stale in (0, 9):
        with pytest.raises(Conflict):
            limits.set_limit(leader, Limit(TimerKind.SIGNING, "", "red", 8, Role.SHIFT_LEADER, stale))
    with pytest.raises(InvalidInput):
        limits.set_limit(leader, Limit(TimerKind.SIGNING, "", "red", 0, Role.SHIFT_LEADER, 1))
    with pytest.raises(NotAllowed):
        limits.set_limit(city.people["operator"], Limit(TimerKind.SIGNING, "", "red", 8, Role.SHIFT_LEADER, 1))
