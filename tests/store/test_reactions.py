"""What follows from an event: the case of a warning, news for the live feed of those who may see the object."""

from collections.abc import Iterator

import pytest

from chengmai.assets.services import import_network
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.events import CASE_EVENTS
from chengmai.core.errors import Unavailable
from chengmai.disposal.valve_steps import VALVE_EVENTS
from chengmai.events.delivery import Prepared
from chengmai.events.models import OutboxEvent
from chengmai.reactions import REACTIONS, show_live
from chengmai.sensing import runtime
from chengmai.warning import locating
from chengmai.warning.events import ALARM_EVENTS, WARNING_EVENTS
from tests.disposal import City, act, bring, build_city, file, raise_alarm
from tests.networks import sample

pytestmark = pytest.mark.django_db


class Listener:
    """Stands where the live hub stands and notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str, str]] = []

    def change(self, kind: str, id: str, action: str, owner_code: str) -> None:
        self.told.append((kind, id, action, owner_code))


@pytest.fixture
def city() -> City:
    return build_city()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    runtime.hold(runtime.Running(None, None, listening))  # type: ignore[arg-type]
    yield listening
    runtime.hold(None)


def tell(name: str) -> None:
    show_live(OutboxEvent.objects.filter(name=name).latest("sequence"))


def test_every_event_of_alarms_warnings_and_cases_is_shown_live() -> None:
    assert all(show_live in REACTIONS[name] for name in (*ALARM_EVENTS, *WARNING_EVENTS, *CASE_EVENTS, *VALVE_EVENTS))


def test_locating_computes_before_the_transaction_of_its_effect() -> None:
    assert locating.request in REACTIONS["alarm.raised"]
    assert isinstance(locating.request, Prepared)


def test_an_alarm_s_news_goes_to_its_owner(city: City, listener: Listener) -> None:
    alarm = raise_alarm(city)
    tell("alarm.raised")
    assert listener.told == [("alarm", str(alarm.pk), "raise", "JC-WATER-CO")]


def test_a_published_edition_is_news_for_its_owner_and_one_that_waits_is_none(city: City, listener: Listener) -> None:
    import_network(None, city.network, "b.inp", sample("broken.inp"))
    assert not OutboxEvent.objects.filter(name="network.published").exists()
    import_network(None, city.network, "a.inp", sample("hillside.inp"))
    assert show_live in REACTIONS["network.published"]
    tell("network.published")
    assert listener.told == [("network", "JC-WATER", "publish", "JC-WATER-CO")]


def test_a_case_that_changes_departments_is_told_to_both(city: City, listener: Listener) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    tell("case.moved")
    assert [told[2:] for told in listener.told] == [("dispatch", "CG-WATER")]
    listener.told.clear()
    act(city, case, CaseAction.DISPATCH, department="CG-APPEARANCE")
    tell("case.moved")
    assert {told[3] for told in listener.told} == {"CG-WATER", "CG-APPEARANCE"}


def test_without_a_live_feed_the_event_is_not_taken_as_told(city: City) -> None:
    raise_alarm(city)
    with pytest.raises(Unavailable):
        tell("alarm.raised")
