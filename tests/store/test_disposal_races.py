"""Several people and the evaluation at once, each in a transaction of their own, on a real database."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from chengmai.access.audit import verify
from chengmai.casework.cases.services import act_on_case
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, Conflict
from chengmai.detection.signals import Condition
from chengmai.warning.assessment import open_warning
from chengmai.warning.models import Alarm, Warning
from chengmai.warning.numbering import next_code
from chengmai.warning.services import act_on_alarm, apply_signal
from chengmai.warning.setting_aside import end_due
from chengmai.warning.states import AlarmAction, AlarmState, Severity
from tests.disposal import City, bring, build_city, file, no_readings, raise_alarm, signal, step

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city() -> City:
    return build_city()


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each work gave or raised, all begun at the same moment."""
    gate = threading.Barrier(len(works))
    outcomes: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        gate.wait()
        try:
            outcomes[place] = work()
        except ChengmaiError as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=entry) for entry in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def conflicts(outcomes: list[object]) -> int:
    return sum(isinstance(outcome, Conflict) for outcome in outcomes)


def test_codes_never_repeat() -> None:
    day = datetime(2026, 3, 1, 4, tzinfo=UTC)
    codes = at_once(*(lambda: [next_code("T", day) for _ in range(10)] for _ in range(6)))
    given = sorted(code for each in codes for code in each)  # type: ignore[attr-defined]
    assert given == [f"T-20260301-{number:04d}" for number in range(1, 61)]


def test_codes_count_by_the_city_s_own_day() -> None:
    assert next_code("T", datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == "T-20260301-0001"
    assert next_code("T", datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == "T-20260302-0001"


def test_of_two_people_who_move_a_case_one_gets_a_conflict(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    outcomes = at_once(
        *(
            lambda who=who: act_on_case(case.pk, city.people[who], step(case, CaseAction.SIGN))  # type: ignore[misc]
            for who in ("handler", "colleague")
        )
    )
    assert conflicts(outcomes) == 1
    stored = Case.objects.get(pk=case.pk)
    assert (stored.version, stored.history.filter(action="sign").count()) == (case.version + 1, 1)


def test_one_send_that_arrives_several_times_at_once_is_one_step_and_nobody_s_error(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    sent = step(case, CaseAction.SIGN)
    outcomes = at_once(*[lambda: act_on_case(case.pk, city.people["handler"], sent)] * 5)
    assert [outcome.version for outcome in outcomes] == [case.version + 1] * 5  # type: ignore[attr-defined]
    assert case.history.filter(action="sign").count() == 1


def test_of_two_assessors_one_opens_the_warning(city: City) -> None:
    alarm = raise_alarm(city)
    outcomes = at_once(
        *(
            lambda who=who: open_warning(alarm.pk, city.people[who], Severity.RED)  # type: ignore[misc]
            for who in ("operator", "shift_leader", "company")
        )
    )
    assert (conflicts(outcomes), Warning.objects.count()) == (2, 1)


def test_one_condition_told_by_several_threads_is_one_alarm(city: City) -> None:
    outcomes = at_once(*[lambda: apply_signal(city.rule, signal(city), no_readings)] * 4)
    assert {outcome.pk for outcome in outcomes} == {Alarm.objects.get().pk}  # type: ignore[attr-defined]


def test_a_person_and_the_evaluation_never_wait_for_each_other_in_a_ring(city: City) -> None:
    """The evaluation goes through both alarms in one transaction, people acknowledge them in the other order."""
    from django.db import transaction

    first, second = raise_alarm(city, "west"), raise_alarm(city, "east")

    def evaluate() -> None:
        for size in range(10, 20):
            with transaction.atomic():
                for subject in ("west", "east"):
                    apply_signal(city.rule, signal(city, Condition.UPDATE, subject, size_m3h=float(size)), no_readings)

    def acknowledge(alarm: Alarm) -> str:
        while True:
            seen = Alarm.objects.get(pk=alarm.pk)
            try:
                return act_on_alarm(alarm.pk, city.people["operator"], AlarmAction.ACKNOWLEDGE, seen.version).state
            except Conflict:
                continue

    outcomes = at_once(evaluate, lambda: acknowledge(second), lambda: acknowledge(first))
    assert outcomes == [None, AlarmState.ACKNOWLEDGED, AlarmState.ACKNOWLEDGED]
    assert set(Alarm.objects.values_list("state", "size_lph")) == {(AlarmState.ACKNOWLEDGED, 19_000)}
    assert verify().intact


def test_a_shelving_is_ended_once_by_several_clocks(city: City) -> None:
    alarm = raise_alarm(city)
    until = now() + timedelta(hours=1)
    act_on_alarm(alarm.pk, city.people["shift_leader"], AlarmAction.SHELVE, alarm.version, "works", until)
    assert sorted(at_once(*[lambda: end_due(until)] * 4)) == [0, 0, 0, 1]  # type: ignore[type-var]
    assert alarm.history.filter(action="unshelve").count() == 1
