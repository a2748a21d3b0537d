"""Whole rules and streams set aside: what stands and what comes is taken, until the clock or a person ends it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.detection.signals import Condition
from chengmai.warning.models import Alarm, SetAside
from chengmai.warning.services import apply_signal
from chengmai.warning.setting_aside import AsideWish, end, end_due, set_aside
from chengmai.warning.states import AlarmAction, AlarmState
from tests.disposal import City, build_city, no_readings, raise_alarm, signal

pytestmark = pytest.mark.django_db
AA, A = AlarmAction, AlarmState
TAKEN = {AA.SHELVE: A.SHELVED, AA.SUPPRESS: A.SUPPRESSED, AA.REMOVE: A.OUT_OF_SERVICE}


@pytest.fixture
def city() -> City:
    return build_city()


def wish(city: City, action: AlarmAction = AA.SUPPRESS, **changes: object) -> AsideWish:
    given = {"rule_code": city.rule.code, "until": now() + timedelta(hours=2), **changes}
    return AsideWish(action, str(given.pop("reason", "valve works")), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", TAKEN)
def test_what_stands_and_what_comes_is_taken_and_comes_back_together(city: City, action: AlarmAction) -> None:
    standing = raise_alarm(city)
    held = set_aside(city.people["shift_leader"], wish(city, action))
    coming = raise_alarm(city, "east")
    for alarm in Alarm.objects.filter(pk__in=[standing.pk, coming.pk]):
        assert (alarm.state, alarm.set_aside_id) == (TAKEN[action], held.pk)
        last = alarm.history.latest("pk")
        assert (last.action, last.note) == (action, "valve works")
    assert [step.action for step in coming.history.order_by("pk")] == ["raise", action]
    assert end_due(held.until - timedelta(seconds=1)) == 0  # type: ignore[operator]
    assert end_due(held.until) == 2  # type: ignore[arg-type]
    assert set(Alarm.objects.values_list("state", "set_aside")) == {(A.ACTIVE, None)}
    raise_alarm(city, "north")
    assert Alarm.objects.get(subject="north").state == A.ACTIVE


def test_a_stream_is_set_aside_under_every_rule_and_no_other_stream_with_it(city: City) -> None:
    set_aside(city.people["shift_leader"], wish(city, rule_code="", stream="JC-Q-p227"))
    mine, other = raise_alarm(city, "JC-Q-p227#high"), raise_alarm(city, "JC-Q-p2270#high")
    states = [Alarm.objects.get(pk=alarm.pk).state for alarm in (mine, other)]
    assert states == [A.SUPPRESSED, A.ACTIVE]


def test_a_condition_that_comes_back_meanwhile_is_taken_again(city: City) -> None:
    alarm = raise_alarm(city)
    apply_signal(city.rule, signal(city, Condition.END), no_readings)
    set_aside(city.people["shift_leader"], wish(city))
    assert Alarm.objects.get(pk=alarm.pk).state == A.RETURNED
    apply_signal(city.rule, signal(city), no_readings)
    assert Alarm.objects.get(pk=alarm.pk).state == A.SUPPRESSED


def test_a_person_ends_it_before_its_time_once(city: City) -> None:
    alarm = raise_alarm(city)
    held = set_aside(city.people["shift_leader"], wish(city, AA.REMOVE, until=None))
    end(city.people["shift_leader"], held.pk)
    assert Alarm.objects.get(pk=alarm.pk).state == A.ACTIVE
    assert SetAside.objects.get(pk=held.pk).ended_by == city.people["shift_leader"]
    with pytest.raises(Conflict, match=r"alarm\.aside_over"):
        end(city.people["shift_leader"], held.pk)


def test_who_may_set_aside_what(city: City) -> None:
    for role in Role:
        if role is Role.DEPARTMENT_HANDLER or role is Role.SHIFT_LEADER:
            continue
        with pytest.raises(NotAllowed):
            set_aside(city.people[role], wish(city))
    with pytest.raises(NotFound, match=r"rule\.not_found"):
        set_aside(city.people["outsider"], wish(city))
    with pytest.raises(NotFound, match=r"datastream\.unknown"):
        set_aside(city.people["outsider"], wish(city, rule_code="", stream="JC-Q-p227"))
    assert not SetAside.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "alarm.note_missing"),
        ({"until": None}, "alarm.aside_needs_end"),
        ({"rule_code": ""}, "alarm.aside_of_nothing"),
        ({"action": AA.ACKNOWLEDGE}, "alarm.aside_action"),
    ],
)
def test_a_wish_without_reason_end_or_object_is_refused(city: City, changes: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_aside(city.people["shift_leader"], wish(city, **changes))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_the_database_itself_wants_an_object_and_an_end(city: City) -> None:
    facts = {"owner": city.company, "reason": "x", "starts_at": now(), "made_by": city.people["shift_leader"]}
    for broken in ({"action": "shelve", "until": now()}, {"action": "suppress", "rule_code": "r"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SetAside.objects.create(**facts, **broken)
