"""What citizens may do without logging in, what they cannot find out, and who reads how they are reached."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.allowance import Allowance
from chengmai.access.models import AuditEntry, Organisation
from chengmai.assets.models import City as CityRow
from chengmai.assets.models import GridCell
from chengmai.casework.cases import services as case_services
from chengmai.casework.cases.states import OVER, CaseAction, CaseState
from chengmai.casework.citizens import api
from chengmai.casework.citizens.contacts import masked, number_of
from chengmai.casework.citizens.course import PUBLIC_STATES
from chengmai.casework.citizens.models import CitizenReport, Contact
from chengmai.casework.models import Case, CaseClass, CaseEvent
from chengmai.core.encryption import decrypt, derived_key, encrypt
from chengmai.core.errors import InvalidInput, Unavailable
from chengmai.core.identity import new_id
from tests.disposal import City, build_city
from tests.people import client_of
from tests.pictures import picture

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
PHONE = "138 0000 1234"


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> City:
    """The city with one grid cell, and allowances that do not run out."""
    for allowance in (api.READING, api.REPORTING, api.ASKING, api.SENDING_PHOTOS):
        monkeypatch.setattr(allowance, "take", lambda address: None)
    CityRow.objects.create(name_zh="城", name_en="City", longitude=112.85, latitude=35.5, district="140502")
    made = build_city()
    GridCell.objects.create(
        code="140502001001001", name="c", organisation=Organisation.objects.get(code="CG"),
        ring=[[112.8, 35.4], [112.9, 35.4], [112.9, 35.6], [112.8, 35.6], [112.8, 35.4]],
        west=112.8, south=35.4, east=112.9, north=35.6,
    )  # fmt: skip
    return made


def ask(path: str, client: Client | None = None, **body: Any) -> tuple[int, Any]:
    answer = (client or Client(headers={"Accept-Language": "en"})).post(f"{ROOT}{path}", body, "application/json")
    return answer.status_code, answer.json()


def told(**more: Any) -> dict[str, Any]:
    place = {"longitude": 112.85, "latitude": 35.5}
    return {"id": str(new_id()), "case_class": "0102", "words": "Refuse everywhere", **place, **more}


def report(**more: Any) -> dict[str, str]:
    status, answer = ask("/public/reports", **told(**more))
    assert status == 200, answer
    return {"code": answer["code"], "secret": answer["secret"]}


def send_photo(receipt: dict[str, str], upload: bytes, photo_id: str = "") -> tuple[int, Any]:
    form = {**receipt, "id": photo_id or str(new_id()), "file": SimpleUploadedFile("a.jpg", upload)}
    answer = Client().post(f"{ROOT}/public/report-photos", form)
    return answer.status_code, answer.json()


def move(city: City, code: str, who: str, action: CaseAction, **more: Any) -> None:
    case = Case.objects.get(code=code)
    step = case_services.Step(new_id(), action, case.version, note="Mrs Wang says no", **more)
    case_services.act_on_case(case.pk, city.people[who], step)


def close(city: City, code: str) -> None:
    move(city, code, "dispatcher", CaseAction.DISPATCH, department="CG-WATER")
    for action in (CaseAction.SIGN, CaseAction.ARRIVE, CaseAction.FINISH):
        move(city, code, "handler", action)
    move(city, code, "verifier", CaseAction.VERIFY)
    move(city, code, "verifier", CaseAction.CLOSE)


def test_a_report_becomes_a_case_whose_course_its_reporter_follows_in_public_words(city: City) -> None:
    receipt = report(phone=PHONE, name="Li")
    case = Case.objects.get(code=receipt["code"])
    assert (case.source, case.cell is not None, case.filed_by) == ("citizen", True, None)
    close(city, receipt["code"])
    status, state = ask("/public/report-states", **receipt)
    assert (status, state["state"]) == (200, "done")
    assert [step["word"] for step in state["steps"]] == [
        "received", "assigned", "in_work", "on_site", "checking", "done",
    ]  # fmt: skip
    text = str(state)
    assert not any(inner in text for inner in ("Wang", "handler", "dispatcher", "verifier", "1234", "Li"))


def test_the_same_report_sent_again_is_one_and_another_under_its_id_is_refused(city: City) -> None:
    sent = told(phone=PHONE)
    (_, first), (_, second) = ask("/public/reports", **sent), ask("/public/reports", **sent)
    assert (first, Case.objects.count(), Contact.objects.count()) == (second, 1, 1)
    status, answer = ask("/public/reports", **{**sent, "words": "Something else"})
    assert (status, answer["error"]["code"]) == (409, "case.id_reused")
    assert ask("/public/reports", **{**sent, "phone": "13900000000"})[0] == 409


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"words": "  "}, "report.words_missing"),
        ({"longitude": None, "latitude": None}, "report.place_missing"),
        ({"longitude": None}, "case.half_a_place"),
        ({"longitude": 2.35, "latitude": 48.85}, "report.outside_city"),
        ({"case_class": "9999"}, "case.class_unknown"),
        ({"phone": "call me"}, "contact.phone_unfit"),
        ({"words": "x" * 2001}, "input.invalid"),
        ({"words": "a\0b"}, "input.nul"),
    ],
)
def test_what_cannot_be_filed_is_refused_whole(city: City, change: dict[str, Any], code: str) -> None:
    status, answer = ask("/public/reports", **told(**change))
    assert (status, answer["error"]["code"]) == (422, code)
    assert (Case.objects.count(), Contact.objects.count(), CaseEvent.objects.count()) == (0, 0, 0)


def test_a_place_in_words_will_do_and_a_retired_class_will_not(city: City) -> None:
    receipt = report(longitude=None, latitude=None, address="Zezhou Road 1")
    assert Case.objects.get(code=receipt["code"]).title.endswith("Zezhou Road 1")
    CaseClass.objects.filter(code="0102").update(retired=True)
    assert ask("/public/reports", **told())[1]["error"]["code"] == "case.class_unknown"
    codes = {(one["kind"], one["code"]) for one in Client().get(f"{ROOT}/public/classes").json()}
    assert ("event", "0102") not in codes
    assert ("event", "0101") in codes


def test_neither_number_nor_secret_can_be_found_out(city: City) -> None:
    one, other = report(), report()
    wrong = [
        {"code": one["code"], "secret": "A" * 10},
        {"code": "AJ-20260101-9999", "secret": one["secret"]},
        {"code": one["code"], "secret": other["secret"]},
        {"code": "", "secret": ""},
    ]
    answers = {str(ask("/public/report-states", **pair)) for pair in wrong}
    assert len(answers) == 1, "which of the two is wrong is not told"
    assert "404" in answers.pop()
    typed = {"code": one["code"].lower(), "secret": f"{one['secret'][:5].lower()}-{one['secret'][5:]}"}
    assert ask("/public/report-states", **typed)[0] == 200
    assert one["secret"] not in str(list(CitizenReport.objects.values()))


def test_three_photographs_each_once_and_nothing_that_is_none(city: City) -> None:
    receipt = report()
    assert send_photo({**receipt, "secret": "A" * 10}, picture())[0] == 404
    for upload in (b"<html><script>alert(1)</script></html>", b"", picture()[:500]):
        assert send_photo(receipt, upload)[1]["error"]["code"] == "photo.not_a_picture"
    photo_id = str(new_id())
    assert [send_photo(receipt, picture(), photo_id)[0] for _ in range(2)] == [200, 200]
    assert Case.objects.get().photos.count() == 1
    assert [send_photo(receipt, picture())[0] for _ in range(3)] == [200, 200, 429]
    detail = client_of(city.people["intake_clerk"]).get(f"{ROOT}/cases/{Case.objects.get().pk}").json()
    assert [photo["taken_by"] for photo in detail["photos"]] == [None] * 3
    close(city, receipt["code"])
    assert send_photo(receipt, picture())[1]["error"]["code"] == "report.over"


def test_a_closed_matter_is_rated_and_an_open_one_is_not(city: City) -> None:
    receipt = report()
    rating = {**receipt, "satisfaction": "dissatisfied", "words": "Still dirty"}
    assert ask("/public/report-ratings", **rating)[1]["error"]["code"] == "report.not_closed"
    close(city, receipt["code"])
    assert ask("/public/report-ratings", **rating)[1]["satisfaction"] == "dissatisfied"
    clerk = client_of(city.people["intake_clerk"])
    reporter = clerk.get(f"{ROOT}/cases/{Case.objects.get().pk}/reporter").json()
    assert (reporter["satisfaction"], reporter["rated_words"]) == ("dissatisfied", "Still dirty")


def test_a_merged_matter_goes_on_with_the_other(city: City) -> None:
    one, other = report(), report()
    move(city, one["code"], "dispatcher", CaseAction.MERGE, into=other["code"])
    assert ask("/public/report-states", **one)[1]["state"] == "received"
    close(city, other["code"])
    state = ask("/public/report-states", **one)[1]
    assert (state["state"], [step["word"] for step in state["steps"]][-1]) == ("done", "done")
    assert "joined" in [step["word"] for step in state["steps"]]


def test_a_number_is_masked_and_read_whole_only_with_a_reason_on_the_record(city: City) -> None:
    code = report(phone=PHONE, name="Li", email="li@example.org")["code"]
    case = Case.objects.get(code=code)
    stored = str(list(Contact.objects.values())) + str(list(CaseEvent.objects.values()))
    assert "13800001234" not in stored
    assert "li@example.org" not in stored
    move(city, code, "dispatcher", CaseAction.DISPATCH, department="CG-WATER")
    handler, clerk = (client_of(city.people[who]) for who in ("handler", "intake_clerk"))
    assert handler.get(f"{ROOT}/cases/{case.pk}/reporter").json()["phone"] == "138******34"
    path = f"/cases/{case.pk}/contact-readings"
    assert ask(path, handler, reason="to ask")[0] == 403
    assert ask(path, clerk, reason="")[0] == 422
    assert ask(path, clerk, reason="to call back") == (
        200, {"name": "Li", "phone": "13800001234", "email": "li@example.org"},
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="contact.read")
    assert (entry.actor, entry.after) == ("intake_clerk", {"reason": "to call back"})
    assert "13800001234" not in str(list(AuditEntry.objects.values("before", "after")))


def test_each_address_reports_so_often_only_and_without_a_token_nothing_changes(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.REPORTING, "take", Allowance(2).take)
    assert [ask("/public/reports", **told())[0] for _ in range(3)] == [200, 200, 429]
    assert Case.objects.count() == 2
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{ROOT}/public/report-states", {}, "application/json").status_code == 403


def test_every_state_of_a_case_has_a_public_one() -> None:
    assert set(PUBLIC_STATES) | {CaseState.MERGED} == set(CaseState)
    assert {state for state, public in PUBLIC_STATES.items() if public in {"done", "not_pursued"}} == OVER - {
        CaseState.MERGED
    }


@pytest.mark.parametrize(
    ("sent", "number", "shown"),
    [
        ("+86 138-0000-1234", "13800001234", "138******34"),
        ("(0356) 555 0100", "03565550100", "035******00"),
        ("12319", "12319", "*****"),
        ("１３８００００１２３４", "13800001234", "138******34"),
        ("008613800001234", "13800001234", "138******34"),
    ],
)
def test_a_number_is_figures_and_shown_masked(sent: str, number: str, shown: str) -> None:
    assert (number_of(sent), masked(number)) == (number, shown)


@pytest.mark.parametrize("sent", ["", "abc", "1234", "1" * 16, "1234567x", "٠١٢٣٤٥٦"])
def test_what_is_no_number_is_refused(sent: str) -> None:
    with pytest.raises(InvalidInput, match=r"contact\.phone_unfit"):
        number_of(sent)


def test_what_is_encrypted_opens_under_its_own_key_only_and_unchanged() -> None:
    key, other = derived_key("secret", "a"), derived_key("secret", "b")
    for text in ("", "a", "中文 " * 100):
        sealed = encrypt(key, text)
        assert (decrypt(key, sealed), sealed == encrypt(key, text)) == (text, False)
        changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
        for wrong_key, wrong in ((other, sealed), (key, changed), (key, sealed[:8]), (key, "no base64")):
            with pytest.raises(Unavailable, match=r"encryption\.unreadable"):
                decrypt(wrong_key, wrong)
