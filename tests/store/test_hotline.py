"""The hotline: calls announced once and answered once, seats, what a call comes to, calls back, attendance."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from chengmai.access.models import AuditEntry
from chengmai.assets.models import City as CityRow
from chengmai.casework.cases import services as case_services
from chengmai.casework.cases.filing import Filing
from chengmai.casework.cases.states import CaseAction
from chengmai.casework.citizens import contacts
from chengmai.casework.citizens.client_keys import add_key, client_of
from chengmai.casework.citizens.models import ClientKey, KeyPurpose, Satisfaction
from chengmai.casework.hotline import queries, seats, services
from chengmai.casework.hotline.models import Call, CallBack, SeatSession
from chengmai.casework.hotline.services import Announcement, CallBackWord
from chengmai.casework.hotline.states import CALL_TRANSITIONS, CallAction, CallOutcome, CallState
from chengmai.casework.hotline.suggesting import ToldMatter
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.core.identity import new_id
from chengmai.events.models import OutboxEvent
from chengmai.reactions import REACTIONS
from tests.disposal import City, build_city
from tests.people import add_person
from tests.people import client_of as browser_of

pytestmark = pytest.mark.django_db
PHONE = "13800001234"


@pytest.fixture
def city() -> City:
    CityRow.objects.create(name_zh="城", name_en="City", longitude=112.85, latitude=35.5, district="140502")
    return build_city()


@pytest.fixture
def exchange(city: City) -> ClientKey:
    return add_key(None, "Exchange", KeyPurpose.TELEPHONE)[0]


def ring(exchange: ClientKey, external_id: str = "1", number: str = PHONE) -> Call:
    return services.announce(exchange, Announcement(external_id, number))


def answered(city: City, exchange: ClientKey, external_id: str = "1", number: str = PHONE) -> UUID:
    seats.sit_down(city.people["intake_clerk"], 3)
    return services.answer(city.people["intake_clerk"], ring(exchange, external_id, number).pk).pk


def filing(**more: object) -> Filing:
    told = {"case_class": "0102", "title": "Refuse", "description": "Refuse lies around the market gate"}
    return Filing(**{"id": new_id(), "longitude": 112.85, "latitude": 35.5, **told, **more})  # type: ignore[arg-type]


def close(city: City, case: Case) -> OutboxEvent:
    case.refresh_from_db()
    steps = [("dispatcher", CaseAction.DISPATCH)]
    steps += [("handler", action) for action in (CaseAction.SIGN, CaseAction.ARRIVE, CaseAction.FINISH)]
    steps += [("verifier", CaseAction.VERIFY), ("verifier", CaseAction.CLOSE)]
    for who, action in steps:
        department = "CG-WATER" if action is CaseAction.DISPATCH else None
        step = case_services.Step(new_id(), action, case.version, note="done", department=department)
        case = case_services.act_on_case(case.pk, city.people[who], step)
    return OutboxEvent.objects.filter(name="case.closed").latest("pk")


def test_a_call_announced_twice_rings_once(exchange: ClientKey) -> None:
    assert ring(exchange).pk == ring(exchange).pk
    assert OutboxEvent.objects.filter(name="call.changed").count() == 1


def test_every_state_and_action_of_a_call(city: City, exchange: ClientKey) -> None:
    clerk, other = city.people["intake_clerk"], add_person("other", organisation=city.bureau)
    other.role_assignments.create(role="intake_clerk")
    seats.sit_down(clerk, 1)
    seats.sit_down(other, 2)
    call = ring(exchange)
    assert services.answer(clerk, call.pk).state == CallState.ANSWERED
    assert services.answer(clerk, call.pk).state == CallState.ANSWERED, "the same answer again is one"
    with pytest.raises(Conflict, match=r"call\.moved_on"):
        services.answer(other, call.pk)
    assert services.hang_up(exchange, "1").state == CallState.ANSWERED, "it ends by what the clerk says of it"
    with pytest.raises(Conflict, match=r"call\.of_another"):
        services.consult(other, call.pk, CallOutcome.DROPPED, "")
    services.consult(clerk, call.pk, CallOutcome.CONSULTED, "Opening hours")
    with pytest.raises(Conflict, match=r"call\.moved_on"):
        services.consult(clerk, call.pk, CallOutcome.DROPPED, "")
    missed = ring(exchange, "2")
    assert services.hang_up(exchange, "2").state == CallState.MISSED
    with pytest.raises(Conflict, match=r"call\.moved_on"):
        services.answer(clerk, missed.pk)
    assert {(state, action) for state, action in CALL_TRANSITIONS} == {
        (CallState.RINGING, CallAction.ANSWER), (CallState.RINGING, CallAction.HANG_UP),
        (CallState.ANSWERED, CallAction.FINISH),
    }  # fmt: skip


def test_nobody_answers_without_a_seat_and_nobody_takes_one_that_is_taken(city: City, exchange: ClientKey) -> None:
    clerk = city.people["intake_clerk"]
    with pytest.raises(NotAllowed, match=r"call\.no_seat"):
        services.answer(clerk, ring(exchange).pk)
    with pytest.raises(NotAllowed):
        seats.sit_down(city.people["dispatcher"], 1)
    with pytest.raises(InvalidInput, match=r"seat\.unknown"):
        seats.sit_down(clerk, 13)
    seats.sit_down(clerk, 12)
    other = add_person("other", organisation=city.bureau)
    other.role_assignments.create(role="intake_clerk")
    with pytest.raises(Conflict, match=r"seat\.taken"):
        seats.sit_down(other, 12)
    seats.sit_down(clerk, 4)
    assert SeatSession.objects.get(ended_at=None).seat == 4
    assert seats.sit_down(other, 12).seat == 12


def test_whoever_logs_out_leaves_the_seat(
    city: City, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    clerk = city.people["intake_clerk"]
    seats.sit_down(clerk, 1)
    with django_capture_on_commit_callbacks(execute=True):
        assert browser_of(clerk).delete("/api/v1/session").status_code in {200, 204}
    assert SeatSession.objects.get().ended_at is not None


def test_a_call_becomes_one_case_of_the_hotline(city: City, exchange: ClientKey) -> None:
    clerk = city.people["intake_clerk"]
    call, wanted = answered(city, exchange), filing()
    case = services.file(clerk, call, wanted, "Mrs Wang")
    assert services.file(clerk, call, wanted, "Mrs Wang").pk == case.pk
    found = Call.objects.select_related("contact").get(pk=call)
    assert (case.source, case.filed_by, found.outcome, found.case) == ("hotline", clerk, "filed", case)
    assert found.contact is not None
    assert contacts.opened(found.contact).name == "Mrs Wang"
    with pytest.raises(InvalidInput, match=r"case\.class_unknown"):
        services.file(clerk, answered(city, exchange, "2"), filing(case_class="9999"))
    assert Call.objects.get(external_id="2").state == CallState.ANSWERED, "nothing is half done"


def test_a_call_about_a_case_in_hand_urges_it_and_about_another_is_noted(city: City, exchange: ClientKey) -> None:
    clerk = city.people["intake_clerk"]
    case = services.file(clerk, answered(city, exchange), filing())
    assert services.attach(clerk, answered(city, exchange, "2"), case.code, "Still there").urged == 0
    step = case_services.Step(new_id(), CaseAction.DISPATCH, case.version, department="CG-WATER")
    version = case_services.act_on_case(case.pk, city.people["dispatcher"], step).version
    urged = services.attach(clerk, answered(city, exchange, "3"), case.code.lower(), "And worse")
    assert (urged.urged, urged.version) == (1, version + 1)
    assert [event.action for event in case.history.order_by("at")] == ["file", "called", "dispatch", "urge"]
    with pytest.raises(InvalidInput, match=r"call\.words_missing"):
        services.attach(clerk, answered(city, exchange, "4"), case.code, " ")


def test_the_caller_s_history_is_by_number_and_withheld_numbers_have_none(city: City, exchange: ClientKey) -> None:
    clerk = city.people["intake_clerk"]
    case = services.file(clerk, answered(city, exchange), filing())
    again = Call.objects.get(pk=answered(city, exchange, "2", "+86 138 0000 1234"))
    cases, others = queries.of_caller(clerk, again)
    assert ([one.code for one in cases], len(others)) == ([case.code], 1)
    for number in ("13900000000", ""):
        other = Call.objects.get(pk=answered(city, exchange, number or "x", number))
        assert queries.of_caller(clerk, other) == ([], [])


def test_duplicates_are_offered_with_their_reasons(city: City, exchange: ClientKey) -> None:
    clerk = city.people["intake_clerk"]
    case = services.file(clerk, answered(city, exchange), filing())
    far = services.file(clerk, answered(city, exchange, "2"), filing(latitude=35.52))
    told = ToldMatter("refuse at the market gate", ("event", "0102"), 112.8502, 35.5, contacts.key_of(PHONE))
    found = queries.offered(clerk, told)
    ((same, why),) = found.duplicates
    assert (same.code, why.distance_m) == (case.code, 18)
    assert [code for code, _ in why.reasons] == [
        "duplicate.near", "duplicate.recent", "duplicate.same_class", "duplicate.words", "duplicate.same_caller",
    ]  # fmt: skip
    assert sum(int(str(params["points"])) for _, params in why.reasons) == why.points
    assert [one.code for one in found.nearby] == [case.code]
    assert far.code not in str(found)
    placeless = queries.offered(clerk, ToldMatter(told.words, told.class_key, caller=told.caller))
    assert {one.code for one, _ in placeless.duplicates} <= {case.code, far.code}
    assert queries.offered(clerk, ToldMatter("垃圾 散落")).classes[0][0].code == "0102"


def test_whoever_told_is_called_back_once_after_each_closing(city: City, exchange: ClientKey) -> None:
    clerk = city.people["intake_clerk"]
    case = services.file(clerk, answered(city, exchange), filing())
    event = close(city, case)
    assert services.ask_back in REACTIONS["case.closed"]
    services.ask_back(event)
    services.ask_back(event)
    due = queries.call_backs().get()
    for wrong in (CallBackWord(True), CallBackWord(False, Satisfaction.FAIR)):
        with pytest.raises(InvalidInput, match=r"call_back\.satisfaction_unfit"):
            services.call_back(clerk, due.pk, wrong)
    services.call_back(clerk, due.pk, CallBackWord(True, Satisfaction.SATISFIED, "Thanks"))
    with pytest.raises(Conflict, match=r"call_back\.done"):
        services.call_back(clerk, due.pk, CallBackWord(False))
    assert (queries.call_backs().count(), CallBack.objects.get().satisfaction) == (0, "satisfied")


def test_a_case_whose_caller_withheld_the_number_asks_nobody_back(city: City, exchange: ClientKey) -> None:
    case = services.file(city.people["intake_clerk"], answered(city, exchange, "1", ""), filing())
    services.ask_back(close(city, case))
    assert CallBack.objects.count() == 0


def test_attendance_counts_what_lies_in_the_span(city: City) -> None:
    zone, clerk = ZoneInfo("Asia/Shanghai"), city.people["intake_clerk"]
    night = datetime(2026, 3, 1, 22, tzinfo=zone)
    SeatSession.objects.create(seat=1, person=clerk, began_at=night, ended_at=night + timedelta(hours=8))
    SeatSession.objects.create(
        seat=2, person=clerk, began_at=night - timedelta(days=9), ended_at=night - timedelta(days=8)
    )
    (row,) = queries.attendance(night.date(), night.date())
    assert (row.person, row.seconds, row.days) == (clerk, 2 * 3600, 1)
    (row,) = queries.attendance(night.date(), night.date() + timedelta(days=1))
    assert (row.seconds, row.days) == (8 * 3600, 2)
    sat = SeatSession.objects.create(seat=1, person=clerk, began_at=now() - timedelta(hours=1))
    today = sat.began_at.astimezone(zone).date()
    (row,) = queries.attendance(today, now().astimezone(zone).date())
    assert abs(row.seconds - 3600) < 60


def test_the_exchange_s_door_asks_for_its_own_kind_of_key(city: City) -> None:
    _, telephone = add_key(None, "Exchange", KeyPurpose.TELEPHONE)
    _, app = add_key(None, "App", KeyPurpose.OPEN311)
    body = {"external_id": "77", "number": PHONE}

    def post(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        return Client(headers=headers).post("/api/v1/calls", body, "application/json").status_code

    assert [post(key) for key in (app, "", telephone, telephone)] == [401, 401, 200, 200]
    assert client_of(telephone, KeyPurpose.TELEPHONE).name == "Exchange"
    assert Call.objects.count() == 1


def test_only_whoever_answered_sees_the_number_and_that_is_on_the_record(city: City, exchange: ClientKey) -> None:
    clerk = city.people["intake_clerk"]
    call = ring(exchange)
    browser = browser_of(clerk)
    before = browser.get(f"/api/v1/calls/{call.pk}").json()
    assert (before["number"], before["whole_number"]) == ("138******34", "")
    seats.sit_down(clerk, 1)
    assert browser.post(f"/api/v1/calls/{call.pk}/answer").json()["whole_number"] == PHONE
    entry = AuditEntry.objects.get(action="call.answer")
    assert (entry.actor, entry.after["contact"]) == ("intake_clerk", str(call.contact_id))  # type: ignore[index]
    assert PHONE not in str(list(AuditEntry.objects.values("before", "after")))
