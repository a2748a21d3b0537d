"""Stages of a case: each with its own clock and light; over 80 and 100 % told once, whatever is killed meanwhile."""

import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction

from chengmai.casework.cases import filing, views
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.classes import changes as class_changes
from chengmai.casework.classes.changes import ClassFacts
from chengmai.casework.clocks import calendar_changes, escalation, timing
from chengmai.casework.clocks.calendar_years import ToldYear, present_calendar
from chengmai.casework.clocks.limits import Light, LimitUnit
from chengmai.casework.clocks.stages import Stage
from chengmai.casework.models import Case, ClassKind, Escalation, StageClock
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, NotAllowed
from chengmai.core.identity import new_id
from chengmai.events.models import OutboxEvent
from tests.disposal import City, act, bring, build_city, file
from tests.store.forked import ForkedProcess

SEEN = ClassFacts(ClassKind.EVENT, "0191", "单车", "Bicycles", 2, LimitUnit.WORKING_DAYS, department="CG-APPEARANCE")


@pytest.fixture
def city(db: None) -> City:
    return build_city()


def running(case: Case) -> StageClock:
    return case.clocks.get(ended_at=None)


def age(clock: StageClock, by: timedelta) -> None:
    """As if the stage had begun earlier."""
    moved = {name: getattr(clock, name) - by for name in ("started_at", "yellow_at", "due_at")}
    StageClock.objects.filter(pk=clock.pk).update(**moved)


def react() -> None:
    for event in OutboxEvent.objects.filter(name="case.escalated"):
        escalation.note_escalation(event)


def test_each_stage_has_its_clock_from_its_state_to_the_next(city: City) -> None:
    case = bring(city, file(city), CaseState.CLOSED)
    clocks = list(case.clocks.order_by("pk"))
    assert [clock.stage for clock in clocks] == [Stage.DISPATCH, Stage.HANDLE, Stage.CHECK, Stage.CLOSE]
    assert [clock.ended_at is None for clock in clocks] == [False] * 4
    assert all(before.ended_at == after.started_at for before, after in pairwise(clocks))
    dispatch, handle, check, close = clocks
    assert [one.due_at - one.started_at for one in (dispatch, check, close)] == [
        timedelta(minutes=30),
        timedelta(minutes=120),
        timedelta(minutes=30),
    ]
    assert (handle.yellow_at, handle.due_at) == (case.yellow_at, case.due_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        StageClock.objects.create(case=file(city), stage="check", started_at=now())


def test_a_class_sets_limits_of_stages(city: City) -> None:
    leader = city.people["shift_leader"]
    class_changes.set_class(leader, replace(SEEN, stage_minutes={"dispatch": 5}))
    told = filing.Filing(id=new_id(), case_class="0191", title="bicycles")
    clock = running(filing.file_case(city.people["intake_clerk"], told))
    assert clock.due_at is not None
    assert clock.due_at - clock.started_at == timedelta(minutes=5)


def test_80_and_100_per_cent_are_told_once_to_their_role_and_taken_note_of(city: City) -> None:
    case = file(city)
    assert escalation.escalate_due(now()) == 0
    age(running(case), timedelta(minutes=24))
    assert [escalation.escalate_due(now()) for _ in range(2)] == [1, 0]
    react()
    react()
    (yellow,) = Escalation.objects.all()
    assert (yellow.share, yellow.role, yellow.clock.stage) == (80, "dispatcher", "dispatch")
    age(running(case), timedelta(minutes=7))
    assert [escalation.escalate_due(now()) for _ in range(2)] == [1, 0]
    react()
    dispatcher, leader = city.people["dispatcher"], city.people["shift_leader"]
    assert [one.share for one in escalation.open_escalations(dispatcher)] == [80]
    (red,) = escalation.open_escalations(leader)
    assert red.share == 100
    with pytest.raises(NotAllowed, match=r"escalation\.other_role"):
        escalation.take_note(red.pk, dispatcher, "")
    assert escalation.take_note(red.pk, leader, "on it").taken_by == leader
    with pytest.raises(Conflict):
        escalation.take_note(red.pk, leader, "again")
    act(city, case, CaseAction.DISPATCH)
    assert not escalation.open_escalations(dispatcher)


def test_handling_is_not_told_of_while_the_clock_stands_but_dispatching_is(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    case = act(city, case, CaseAction.RETURN)
    assert running(case).stage == Stage.DISPATCH
    StageClock.objects.filter(case=case, ended_at=None).update(stage="handle")
    age(running(case), timedelta(days=9))
    assert escalation.escalate_due(now()) == 0
    StageClock.objects.filter(case=case, ended_at=None).update(stage="dispatch")
    assert escalation.escalate_due(now()) == 2


def test_a_case_due_beyond_the_calendar_gets_its_due_time_when_the_year_is_given(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = city.people["shift_leader"]
    last = max(present_calendar().years)
    evening = datetime(last, 12, 31, 1, 0, tzinfo=now().tzinfo)
    class_changes.set_class(leader, SEEN)
    monkeypatch.setattr("chengmai.casework.cases.filing.now", lambda: evening)
    case = filing.file_case(
        city.people["intake_clerk"], filing.Filing(id=new_id(), case_class="0191", title="bicycles")
    )
    act(city, case, CaseAction.DISPATCH)
    case.refresh_from_db()
    assert case.due_at is None
    assert running(case).due_at is None
    shown = views.case_summaries([case], "en")[0]
    assert (shown.due_at, shown.left_s, shown.light) == (None, None, Light.GREEN)
    assert shown.known_until is not None
    first = date(last + 1, 1, 1)
    told = ToldYear(last + 1, (first,) if first.weekday() < 5 else (), (), "notice of the State Council", 0)
    assert calendar_changes.give_year(leader, told) == 1
    again = Case.objects.get(pk=case.pk)
    assert again.due_at is not None
    assert again.due_at > evening + timedelta(days=2)
    assert running(again).due_at == again.due_at
    assert again.version == case.version + 1
    assert timing.left_s(again, evening, present_calendar()) == 16 * 3600


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_restarts_at_any_point_tell_each_escalation_once() -> None:
    city = build_city()
    for _ in range(3):
        age(running(file(city)), timedelta(minutes=40))
    points = ("casework.escalated:2", "delivery.claimed:1", "delivery.effect:2", "delivery.done:1", "")
    ended = []
    for crash in points:
        environment = os.environ | {"CHENGMAI_CRASH_AT": crash}
        name = str(connection.settings_dict["NAME"])
        with ForkedProcess("tests.store.escalation_process", environment, name) as life:
            ended.append(life.wait(60.0))
    assert ended == [-9, -9, -9, -9, 0]
    assert OutboxEvent.objects.filter(name="case.escalated").count() == 6
    assert sorted(Escalation.objects.values_list("share", flat=True)) == [80] * 3 + [100] * 3
