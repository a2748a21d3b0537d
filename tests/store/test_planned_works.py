"""Planned works: every state with every action, and which alarms they explain."""

from datetime import timedelta

import pytest

from chengmai.assets.models import NetworkEdition, NetworkNode
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.detection.signals import Condition, Element
from chengmai.warning.models import Alarm, PlannedWork
from chengmai.warning.planned_works import WorkPlan, act, advance_due, plan, revise
from chengmai.warning.services import apply_signal, locate
from chengmai.warning.states import PLANNED_WORK_TRANSITIONS, PlannedWorkAction, PlannedWorkState
from tests.disposal import MORNING, City, build_city, no_readings, raise_alarm, signal

pytestmark = pytest.mark.django_db
P, PA = PlannedWorkState, PlannedWorkAction
AROUND = [(112.84, 35.49), (112.86, 35.49), (112.86, 35.51), (112.84, 35.51)]
WAY = {P.PLANNED: (), P.ACTIVE: (PA.START,), P.ENDED: (PA.START, PA.END), P.CANCELLED: (PA.CANCEL,)}


@pytest.fixture
def city() -> City:
    built = build_city()
    edition = NetworkEdition.objects.create(
        network=built.network, source="n.inp", source_hash="0" * 64, loaded_at=now()
    )
    NetworkNode.objects.create(
        edition=edition, code="n1", kind="junction", longitude=112.85, latitude=35.5, elevation_m=700.0
    )
    built.network.edition = edition
    built.network.save()
    return built


def works(**changes: object) -> WorkPlan:
    given = {
        "reason": "valve replaced",
        "contact": "Li, 138",
        "starts_at": MORNING,
        "ends_at": MORNING + timedelta(days=400),
        "area": AROUND,
        **changes,
    }
    return WorkPlan(**given)  # type: ignore[arg-type]


def planned(city: City, **changes: object) -> PlannedWork:
    return plan(city.people["shift_leader"], "JC-WATER", works(**changes))


def do(city: City, work: PlannedWork, action: PlannedWorkAction) -> PlannedWork:
    leader = city.people["shift_leader"]
    if action is PA.REVISE:
        return revise(leader, work.pk, work.version, works(starts_at=work.starts_at, reason="pipe replaced"))
    return act(leader, work.pk, work.version, action, "as agreed")


@pytest.mark.parametrize("state", PlannedWorkState)
@pytest.mark.parametrize("action", PlannedWorkAction)
def test_works_take_exactly_the_steps_of_the_table(
    city: City, state: PlannedWorkState, action: PlannedWorkAction
) -> None:
    work = planned(city)
    for step in WAY[state]:
        work = do(city, work, step)
    assert work.state == state
    following = PLANNED_WORK_TRANSITIONS.get((state, action))
    if following is None:
        with pytest.raises(Conflict, match=r"planned_work\.action_forbidden"):
            do(city, work, action)
        return
    do(city, work, action)
    stored = PlannedWork.objects.get(pk=work.pk)
    assert (stored.state, stored.version) == (following, work.version + 1)
    last = stored.history.latest("pk")
    assert (last.from_state, last.action, last.to_state) == (state, action, following)


def test_times_start_and_end_works_by_themselves(city: City) -> None:
    work = planned(city)
    assert advance_due(MORNING - timedelta(seconds=1)) == 0
    assert advance_due(MORNING) == 1
    assert PlannedWork.objects.get(pk=work.pk).state == P.ACTIVE
    assert advance_due(work.ends_at) == 1
    assert advance_due(work.ends_at) == 0
    assert [step.action for step in work.history.order_by("pk")] == ["plan", "start", "end"]


def test_what_was_missed_while_nobody_looked_is_made_up_for(city: City) -> None:
    work = planned(city)
    assert advance_due(work.ends_at) == 2
    assert PlannedWork.objects.get(pk=work.pk).state == P.ENDED


def explained(alarm: Alarm) -> str | None:
    work = Alarm.objects.get(pk=alarm.pk).planned_work
    return work.code if work else None


def test_an_alarm_in_the_area_of_active_works_carries_them_and_calls_all_the_same(city: City) -> None:
    work = do(city, planned(city), PA.START)
    alarm = raise_alarm(city)
    outside = apply_signal(city.rule, signal(city, subject="far", longitude=112.9), no_readings)
    assert outside is not None
    assert (explained(alarm), explained(outside)) == (work.code, None)
    assert Alarm.objects.get(pk=alarm.pk).state == "active"
    assert alarm.history.get(action="raise").facts["planned_work"] == work.code


def test_works_explain_by_their_elements_too_also_once_located(city: City) -> None:
    do(city, planned(city, area=(), elements=["n1"]), PA.START)
    alarm = apply_signal(city.rule, signal(city), no_readings)
    assert alarm is not None
    assert explained(alarm) is None
    located = locate(alarm.pk, [Element("n1", "junction", 1.0)], {"model": "x"})
    assert explained(located) is not None


def test_works_that_start_explain_what_began_since_and_nothing_older(city: City) -> None:
    work = planned(city)
    began = {"since": MORNING + timedelta(minutes=1), "older": MORNING - timedelta(minutes=1)}
    alarms = {
        name: apply_signal(city.rule, signal(city, subject=name, began_at=at), no_readings)
        for name, at in began.items()
    }
    do(city, work, PA.START)
    assert explained(alarms["since"]) == work.code  # type: ignore[arg-type]
    assert explained(alarms["older"]) is None  # type: ignore[arg-type]
    assert alarms["since"].history.latest("pk").action == "explain"  # type: ignore[union-attr]


@pytest.mark.parametrize("state", [P.PLANNED, P.ENDED, P.CANCELLED])
def test_works_that_do_not_go_on_explain_nothing(city: City, state: PlannedWorkState) -> None:
    work = planned(city)
    for step in WAY[state]:
        work = do(city, work, step)
    assert explained(raise_alarm(city)) is None


def test_a_recurring_alarm_is_looked_at_anew(city: City) -> None:
    alarm = raise_alarm(city)
    apply_signal(city.rule, signal(city, Condition.END), no_readings)
    work = do(city, planned(city), PA.START)
    apply_signal(city.rule, signal(city), no_readings)
    assert explained(alarm) == work.code


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"reason": " "}, "reason"),
        ({"contact": ""}, "contact"),
        ({"ends_at": MORNING}, "ends_at"),
        ({"elements": ["p404"]}, "elements"),
        ({"area": [(112.8, 35.5), (112.9, 35.5)]}, "area"),
        ({"area": [(0, 0), (1, 1), (1, 0), (0, 1)]}, "area"),
        ({"area": [(0, 0), (200, 1), (1, 0)]}, "area"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_name(city: City, changes: dict[str, object], name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        planned(city, **changes)
    assert refused.value.code == ("planned_work.ring" if name == "area" else "planned_work.field")
    assert refused.value.params["name"] == name


def test_works_need_a_place_and_a_cancelling_needs_a_reason(city: City) -> None:
    with pytest.raises(InvalidInput, match=r"planned_work\.nowhere"):
        planned(city, area=())
    work = planned(city)
    with pytest.raises(InvalidInput, match=r"planned_work\.note_missing"):
        act(city.people["shift_leader"], work.pk, work.version, PA.CANCEL, " ")


def test_a_company_plans_its_own_works_and_others_do_not_see_them(city: City) -> None:
    from chengmai.access.roles import Role
    from tests.people import add_person

    dispatcher = add_person("d", Role.UTILITY_DISPATCHER, organisation=city.company)
    work = plan(dispatcher, "JC-WATER", works())
    assert work.owner == city.company
    outsider = city.people["outsider"]
    with pytest.raises(NotFound):
        act(outsider, work.pk, work.version, PA.START)
    with pytest.raises(NotFound, match=r"network\.unknown"):
        plan(outsider, "JC-WATER", works())
    with pytest.raises(NotAllowed):
        plan(city.people["operator"], "JC-WATER", works())
