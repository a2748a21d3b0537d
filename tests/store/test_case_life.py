"""A case under any sequence of sends, repeats and stale sends: the history always tells its state."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chengmai.casework.cases.services import Step, act_on_case
from chengmai.casework.cases.states import CASE_TRANSITIONS, CaseAction, CaseState
from chengmai.casework.models import Case
from chengmai.core.errors import ChengmaiError, Conflict
from chengmai.core.identity import new_id
from tests.disposal import WHO, City, build_city, file, main_case, more_of

pytestmark = pytest.mark.django_db

ACTIONS = st.sampled_from(list(CaseAction))
STOPS = {CaseAction.RETURN, CaseAction.SUSPEND}
"""After these the clock stands still."""
STARTS = {CaseAction.DISPATCH, CaseAction.RESUME, CaseAction.VOID, CaseAction.MERGE}
"""Until one of these."""
HAD_HANDLER = {CaseState.SUSPENDED, CaseState.VOID}
"""States in which whoever had it in hand may still stand."""


class CaseLife(RuleBasedStateMachine):
    """Clients that send steps, send them again, and send them too late; each life is rolled back at its end."""

    city: City

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        main_case(self.city)
        self.case = file(self.city)
        self.expected = CaseState.FILED
        self.version = 1
        self.stands_still = False
        self.taken: list[tuple[str, Step]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def send(self, action: CaseAction, version: int) -> Step:
        return Step(id=new_id(), action=action, version=version, note="a note", **more_of(action))  # type: ignore[arg-type]

    @rule(action=ACTIONS)
    def send_a_step(self, action: CaseAction) -> None:
        step, who = self.send(action, self.version), WHO[action]
        following = CASE_TRANSITIONS.get((self.expected, action))
        try:
            act_on_case(self.case.pk, self.city.people[who], step)
        except Conflict as refused:
            if refused.code == "case.nothing_asked":
                return
            assert following is None
            return
        except ChengmaiError:
            assert following is None
            return
        assert following is not None
        self.expected, self.version = following, self.version + 1
        if action in STOPS | STARTS:
            self.stands_still = action in STOPS
        self.taken.append((who, step))

    @rule(data=st.data())
    def send_an_earlier_step_again(self, data: st.DataObject) -> None:
        if self.taken:
            who, step = data.draw(st.sampled_from(self.taken))
            assert act_on_case(self.case.pk, self.city.people[who], step).version == self.version

    @rule(action=ACTIONS, behind=st.integers(1, 3))
    def send_a_step_too_late(self, action: CaseAction, behind: int) -> None:
        with pytest.raises(ChengmaiError):
            act_on_case(self.case.pk, self.city.people[WHO[action]], self.send(action, self.version - behind))

    @invariant()
    def history_tells_the_state(self) -> None:
        case = Case.objects.get(pk=self.case.pk)
        steps = list(case.history.order_by("at", "pk"))
        assert (case.state, case.version) == (self.expected, self.version)
        assert len(steps) == self.version
        assert [step.from_state for step in steps[1:]] == [step.to_state for step in steps[:-1]]
        assert (steps[-1].to_state, steps[-1].facts["version"]) == (case.state, case.version)

    @invariant()
    def facts_fit_the_state(self) -> None:
        case = Case.objects.get(pk=self.case.pk)
        done = {CaseState.HANDLED, CaseState.VERIFIED, CaseState.CLOSED}
        assert (case.handled_at is not None) == (case.state in done)
        assert (case.closed_at is not None) == (case.state == CaseState.CLOSED)
        if case.state not in HAD_HANDLER:
            assert (case.handler is not None) == (case.state in done | {CaseState.SIGNED, CaseState.ON_SITE})
        assert case.stops.filter(ended_at=None).count() == self.stands_still


def test_a_case_s_life_under_any_sequence_of_sends() -> None:
    CaseLife.city = build_city()
    run_state_machine_as_test(
        CaseLife,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
