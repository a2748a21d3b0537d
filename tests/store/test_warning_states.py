"""A warning's life: every state with every action, its permissions, and what lifting it demands."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import DjangoDbBlocker

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.casework.cases.states import CaseState
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from chengmai.disposal.checks import check_again
from chengmai.events.models import OutboxEvent
from chengmai.warning import fieldwork
from chengmai.warning.assessment import Step, act_on_warning, open_warning
from chengmai.warning.models import Alarm, Warning
from chengmai.warning.services import act_on_alarm
from chengmai.warning.states import (
    WARNING_PERMISSIONS,
    WARNING_TRANSITIONS,
    AlarmAction,
    DismissalReason,
    Severity,
    WarningAction,
    WarningState,
)
from tests.disposal import City, bring, build_city, issue, open_case, raise_alarm
from tests.kept import kept

pytestmark = pytest.mark.django_db

W, WA = WarningState, WarningAction
WAY: dict[WarningState, tuple[WarningAction, ...]] = {
    W.ASSESSING: (),
    W.DISMISSED: (WA.DISMISS,),
    W.ISSUED: (WA.ISSUE,),
    W.LIFTED: (WA.ISSUE, WA.LIFT),
    W.ARCHIVED: (WA.DISMISS, WA.ARCHIVE),
}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[City]:
    with kept(django_db_blocker):
        yield build_city()


def do(city: City, warning: Warning, action: WarningAction, who: str = "shift_leader", **changes: object) -> Warning:
    content: dict[str, object] = {
        "level": Severity.RED,
        "text": f"text of {action}",
        "dismissal": DismissalReason.PLANNED_WORKS,
        "note": "a written reason",
        **changes,
    }
    return act_on_warning(warning.pk, city.people[who], Step(action, warning.version, **content))  # type: ignore[arg-type]


def bring_warning(city: City, state: WarningState) -> Warning:
    warning = open_warning(raise_alarm(city).pk, city.people["operator"], Severity.YELLOW)
    for action in WAY[state]:
        warning = do(city, warning, action)
    assert warning.state == state
    return warning


@pytest.mark.parametrize("state", WarningState)
@pytest.mark.parametrize("action", WarningAction)
def test_exactly_the_steps_of_the_table_can_be_taken(city: City, state: WarningState, action: WarningAction) -> None:
    warning = bring_warning(city, state)
    steps = warning.history.count()
    following = WARNING_TRANSITIONS.get((state, action))
    if following is None:
        with pytest.raises(Conflict) as refused:
            do(city, warning, action)
        assert refused.value.code == "warning.action_forbidden"
        stored = Warning.objects.get(pk=warning.pk)
        assert (stored.state, stored.version, warning.history.count()) == (state, warning.version, steps)
        return
    do(city, warning, action)
    stored = Warning.objects.get(pk=warning.pk)
    assert (stored.state, stored.version) == (following, warning.version + 1)
    last = stored.history.latest("pk")
    assert (last.from_state, last.action, last.to_state, last.actor) == (
        state,
        action,
        following,
        city.people["shift_leader"],
    )
    audit = AuditEntry.objects.latest("sequence")
    assert (audit.action, audit.before["state"], audit.after["state"]) == (f"warning.{action}", state, following)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DEPARTMENT_HANDLER])
@pytest.mark.parametrize("action", WarningAction)
def test_only_those_with_the_permission_may_act(city: City, role: Role, action: WarningAction) -> None:
    before = next(state for state, taken in WARNING_TRANSITIONS if taken is action)
    warning = bring_warning(city, before)
    if WARNING_PERMISSIONS[action] in city.people[role].permissions:
        assert do(city, warning, action, role).state == WARNING_TRANSITIONS[before, action]
        return
    with pytest.raises(NotAllowed):
        do(city, warning, action, role)


def test_only_assessors_open_warnings_and_only_in_their_scope(city: City) -> None:
    alarm = raise_alarm(city)
    with pytest.raises(NotAllowed):
        open_warning(alarm.pk, city.people["dispatcher"], Severity.RED)
    with pytest.raises(NotFound):
        open_warning(alarm.pk, city.people["outsider"], Severity.RED)
    assert open_warning(alarm.pk, city.people["company"], Severity.RED).owner == city.company


def test_an_alarm_has_one_open_warning_and_another_after_it_was_dismissed(city: City) -> None:
    warning = open_warning(raise_alarm(city).pk, city.people["operator"], Severity.RED)
    with pytest.raises(Conflict, match=r"warning\.already_open"):
        open_warning(warning.alarm_id, city.people["shift_leader"], Severity.RED)
    do(city, warning, WA.DISMISS)
    assert open_warning(warning.alarm_id, city.people["operator"], Severity.RED).pk != warning.pk


def test_an_alarm_that_was_set_aside_is_not_assessed(city: City) -> None:
    alarm = raise_alarm(city)
    act_on_alarm(
        alarm.pk, city.people["shift_leader"], AlarmAction.SUPPRESS, alarm.version, "works", now() + timedelta(hours=1)
    )
    with pytest.raises(Conflict, match=r"warning\.alarm_set_aside"):
        open_warning(alarm.pk, city.people["operator"], Severity.RED)


def test_what_a_step_needs_is_asked_for(city: City) -> None:
    warning = open_warning(raise_alarm(city).pk, city.people["operator"], Severity.RED)
    with pytest.raises(InvalidInput, match=r"warning\.dismissal_missing"):
        do(city, warning, WA.DISMISS, dismissal=None)
    with pytest.raises(InvalidInput, match=r"warning\.level_missing"):
        do(city, warning, WA.ISSUE, level=None)
    issued = do(city, warning, WA.ISSUE, text=" check ")
    assert (issued.level, issued.text) == ("red", "check")
    with pytest.raises(InvalidInput, match=r"warning\.nothing_revised"):
        do(city, issued, WA.REVISE, level=None, text=None)
    assert do(city, issued, WA.REVISE, level=Severity.BLUE, text=None).text == "check"


def test_whoever_saw_an_older_version_gets_a_conflict(city: City) -> None:
    warning = issue(city)
    do(city, warning, WA.REVISE)
    with pytest.raises(Conflict, match=r"version\.stale"):
        do(city, warning, WA.REVISE, text="other")


def test_a_warning_is_lifted_when_its_case_is_closed(city: City) -> None:
    warning = issue(city)
    with pytest.raises(Conflict, match=r"warning\.no_case_yet"):
        do(city, warning, WA.LIFT, note="")
    case = open_case(warning)
    with pytest.raises(Conflict, match=r"warning\.cases_open"):
        do(city, warning, WA.LIFT, note="  ")
    bring(city, case, CaseState.CLOSED)
    check_again(warning.pk, city.people["operator"], True, "dry")
    lifted = do(city, warning, WA.LIFT, note="")
    assert lifted.state == W.LIFTED
    assert lifted.history.latest("pk").facts["unfinished_cases"] == []


def test_a_void_case_does_not_lift_its_warning_by_itself(city: City) -> None:
    warning = issue(city)
    bring(city, open_case(warning), CaseState.VOID)
    with pytest.raises(Conflict, match=r"warning\.cases_open"):
        do(city, warning, WA.LIFT, note="")


def test_a_written_reason_lifts_over_an_open_case_and_keeps_it_on_record(city: City) -> None:
    warning = issue(city)
    case = open_case(warning)
    lifted = do(city, warning, WA.LIFT, note="the company repaired it before")
    step = lifted.history.latest("pk")
    assert (step.note, step.facts["unfinished_cases"]) == ("the company repaired it before", [case.code])
    assert AuditEntry.objects.latest("sequence").after["unfinished_cases"] == [case.code]


def test_without_anybody_who_knows_field_work_nothing_is_lifted(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    warning = issue(city)
    monkeypatch.setattr(fieldwork, "_answers", [])
    with pytest.raises(Unavailable, match=r"warning\.field_work_unknown"):
        do(city, warning, WA.LIFT)


def test_issuing_opens_one_case_however_often_it_is_told(city: City) -> None:
    warning = issue(city)
    case = open_case(warning)
    assert open_case(warning).pk == case.pk
    assert Case.objects.count() == 1
    assert (case.case_class.code, case.level, case.state) == ("0481", "orange", CaseState.FILED)
    assert (case.longitude, case.latitude) == (112.85, 35.5)
    assert OutboxEvent.objects.filter(name="case.opened").count() == 1


def test_opening_a_warning_makes_the_seen_alarm_stale_so_that_two_assessors_notice_each_other(city: City) -> None:
    alarm = raise_alarm(city)
    open_warning(alarm.pk, city.people["operator"], Severity.RED)
    assert Alarm.objects.get(pk=alarm.pk).version == alarm.version + 1
