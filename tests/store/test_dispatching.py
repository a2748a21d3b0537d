"""What a dispatcher is told: who handled such cases before, whose hands are free."""

from datetime import timedelta

import pytest

from chengmai.access.roles import Role
from chengmai.casework.cases.dispatching import LEAST_CASES, free_hands, history_reason
from chengmai.casework.cases.services import Step, act_on_case
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from tests.disposal import City, build_city, file
from tests.people import add_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build_city()


def handled(city: City, many: int, by: str, days_ago: int = 5) -> None:
    for _ in range(many):
        case = file(city)
        Case.objects.filter(pk=case.pk).update(
            department={"CG-WATER": city.water, "CG-APPEARANCE": city.appearance}[by],
            state=CaseState.CLOSED, filed_at=now() - timedelta(days=days_ago), handled_at=now(),
        )  # fmt: skip


def test_who_handled_such_cases_before_is_told_from_three_on(city: City) -> None:
    handled(city, LEAST_CASES - 1, "CG-WATER")
    handled(city, 9, "CG-WATER", days_ago=91)
    case = Case.objects.get(pk=file(city).pk)
    assert history_reason(case, city.water) is None
    handled(city, 1, "CG-APPEARANCE")
    assert history_reason(case, city.water) == ("suggestion.history", {"days": "90", "count": "2", "total": "3"})
    assert history_reason(case, None) is None
    case.state = CaseState.DISPATCHED
    assert history_reason(case, city.water) is None, "it was dispatched: nothing is left to suggest"


def test_who_has_least_in_hand_comes_first_and_nobody_beyond_one_s_reach(city: City) -> None:
    dispatcher = city.people["dispatcher"]
    busy = file(city)
    step = Step(new_id(), CaseAction.DISPATCH, busy.version, department="CG-WATER", handler="colleague")
    act_on_case(busy.pk, dispatcher, step)
    case = file(city)
    hands = free_hands(dispatcher, case, "CG-WATER")
    loads = {one.person.username: one.open_cases for one in hands}
    assert (loads["colleague"], loads["handler"], hands[-1].person.username) == (1, 0, "colleague")
    assert {one.person.organisation.code for one in hands} == {"CG-WATER"}
    assert [one.person for one in free_hands(dispatcher, case, "")] == [one.person for one in hands]
    outsider = add_person("elsewhere", Role.DISPATCHER, organisation=city.appearance)
    assert free_hands(outsider, case, "CG-WATER") == []
    assert [one.person.username for one in free_hands(outsider, case, "CG-APPEARANCE")] == ["stranger"]
