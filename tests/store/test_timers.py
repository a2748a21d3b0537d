"""The clock's own thread: it ends what is due, outlives a busy database, and tells what ended it."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError

from chengmai.core.clock import now
from chengmai.warning import timers
from chengmai.warning.models import Alarm
from chengmai.warning.services import act_on_alarm
from chengmai.warning.setting_aside import end_due
from chengmai.warning.states import AlarmAction, AlarmState
from tests.disposal import build_city, raise_alarm

PATIENCE_S = 30.0


@pytest.mark.django_db(transaction=True)
def test_the_thread_ends_what_is_due() -> None:
    city = build_city()
    alarm = raise_alarm(city)
    until = now() + timedelta(hours=1)
    act_on_alarm(alarm.pk, city.people["shift_leader"], AlarmAction.SHELVE, alarm.version, "works", until)
    looked = threading.Event()

    def look(at: object) -> int:
        ended = end_due(until)
        looked.set()
        return ended

    clock = timers.Timers(interval_s=0.01)
    clock.works = (look,)
    clock.start()
    assert looked.wait(PATIENCE_S)
    clock.stop()
    assert Alarm.objects.get(pk=alarm.pk).state == AlarmState.ACTIVE
    assert clock.failure is None


@pytest.mark.django_db(transaction=True)
def test_a_busy_database_is_waited_for_and_anything_else_is_told() -> None:
    told: list[Exception] = [OperationalError("database is locked"), RuntimeError("a fault of ours")]
    ended = threading.Event()

    def fail(at: object) -> int:
        error = told.pop(0)
        if not told:
            ended.set()
        raise error

    clock = timers.Timers(interval_s=0.01)
    clock.works = (fail,)
    clock.start()
    assert ended.wait(PATIENCE_S)
    clock.stop()
    assert str(clock.failure) == "a fault of ours"
