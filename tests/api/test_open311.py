"""Open311 GeoReport v2: the public validator's 22 rules, each by its own words, and what the standard asks beyond them.

The validator is SeeClickFix's open311-validator (Apache-2.0): 19 rules of discovery, 2 of services, 1 of creating.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from django.http import HttpResponse
from django.test import Client

from chengmai.access.allowance import Allowance
from chengmai.assets.models import City as CityRow
from chengmai.casework.cases import services as case_services
from chengmai.casework.cases.states import CaseAction
from chengmai.casework.citizens.client_keys import add_key, revoke_key
from chengmai.casework.citizens.models import CitizenReport, KeyPurpose
from chengmai.casework.models import Case, CaseClass
from chengmai.connectors.open311 import views
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.settings import current
from tests.disposal import City, build_city

pytestmark = pytest.mark.django_db
V2 = "/open311/v2"
PLACE = {"lat": "35.5", "long": "112.85"}


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> City:
    """The city, with an allowance of its own for each test."""
    monkeypatch.setattr(views, "READING", Allowance(1000))
    monkeypatch.setattr(views, "POSTING", Allowance(1000))
    CityRow.objects.create(name_zh="城", name_en="City", longitude=112.85, latitude=35.5, district="140502")
    return build_city()


@pytest.fixture
def key(city: City) -> str:
    """The key of a citizens' app."""
    return add_key(None, "An app", KeyPurpose.OPEN311)[1]


def get(address: str, **told: Any) -> HttpResponse:
    return Client(headers={"Accept-Language": "en"}).get(address, told)  # type: ignore[return-value]


def tree(address: str, **told: Any) -> Element:
    return ElementTree.fromstring(get(f"{address}.xml", **told).content)


def parsed(address: str, **told: Any) -> Any:
    return json.loads(get(f"{address}.json", **told).content)


def post(key: str, form: str = "json", root: str = V2, **told: Any) -> HttpResponse:
    sent = {"api_key": key, "service_code": "E0102", "description": "Refuse on the pavement", **PLACE, **told}
    return Client(headers={"Accept-Language": "en"}).post(f"{root}/requests.{form}", sent)  # type: ignore[return-value]


def errors_of(response: HttpResponse) -> list[tuple[int, str]]:
    return [(row["code"], row["description"]) for row in json.loads(response.content)]


class Discovered:
    """Discovery in both forms."""

    def __init__(self) -> None:
        self.xml_answer, self.json_answer = get("/open311/discovery.xml"), get("/open311/discovery.json")
        self.xml = ElementTree.fromstring(self.xml_answer.content)
        self.json = json.loads(self.json_answer.content)
        self.xml_endpoints = [
            {
                **{child.tag: child.text for child in one if child.tag != "formats"},
                "formats": [form.text for form in one.findall("formats/format")],
            }
            for one in self.xml.findall("endpoints/endpoint")
        ]
        self.endpoints: list[dict[str, Any]] = [*self.xml_endpoints, *self.json["endpoints"]]


def moment(text: str | None) -> datetime:
    read = datetime.fromisoformat(text or "")
    assert read.tzinfo is not None
    return read


def every(name: str) -> Callable[[Discovered], bool]:
    return lambda found: all(one[name] for one in found.endpoints)


DISCOVERY: dict[str, Callable[[Discovered], bool]] = {
    "discovery.xml should be mime type text/xml": lambda found: found.xml_answer.headers["Content-Type"] == "text/xml",
    "discovery.json should be mime type application/json": (
        lambda found: found.json_answer.headers["Content-Type"] == "application/json"
    ),
    'url should end with "discovery"': lambda found: get("/open311/v2/discovery").status_code == 200,
    "both formats should return results": lambda found: len(found.xml) > 0 and bool(found.json),
    "both formats should have contacts": lambda found: bool(found.xml.findtext("contact") and found.json["contact"]),
    "both formats should have key_service information": (
        lambda found: bool(found.xml.findtext("key_service") and found.json["key_service"])
    ),
    "return valid DateTime objects": (
        lambda found: moment(found.xml.findtext("changeset")) == moment(found.json["changeset"])
    ),
    "contacts should return same for both formats": (
        lambda found: found.xml.findtext("contact") == found.json["contact"]
    ),
    # A client that makes lists of repeated elements finds one endpoint to be no list: there are two.
    "xml endpoint should be an array": lambda found: len(found.xml_endpoints) > 1,
    "there should be at least one endpoint": lambda found: len(found.xml_endpoints) > 0,
    "each endpoint should have a specification": every("specification"),
    "each endpoint should have a url": every("url"),
    "each endpoint should have a changeset": every("changeset"),
    "each endpoint should have a valid changeset": lambda found: all(moment(e["changeset"]) for e in found.endpoints),
    "each endpoint should have a changeset in the past": (
        lambda found: all(moment(e["changeset"]) < datetime.now(UTC) for e in found.endpoints)
    ),
    "each endpoint should have a type": every("type"),
    "each endpoint should have an array of formats": (
        lambda found: all(isinstance(e["formats"], list) and len(e["formats"]) > 1 for e in found.endpoints)
    ),
    "each endpoint should have at least one supported format": every("formats"),
    "all v2 endpoints should support xml": lambda found: all("text/xml" in e["formats"] for e in found.endpoints),
}


@pytest.fixture
def discovered(city: City) -> Discovered:
    CaseClass.objects.update(since=now() - timedelta(hours=1))
    return Discovered()


def test_there_are_the_validator_s_22_rules() -> None:
    assert len(DISCOVERY) + 2 + 1 == 22


@pytest.mark.parametrize("rule", DISCOVERY)
def test_discovery_rule(rule: str, discovered: Discovered) -> None:
    assert DISCOVERY[rule](discovered)


def test_services_rule_there_should_be_at_least_one_service(city: City) -> None:
    for root in views.ROOTS:
        assert len(tree(f"/{root}/services").findall("service")) == len(parsed(f"/{root}/services")) > 40


def test_services_rule_all_services_should_have_a_service_code(city: City) -> None:
    codes = [one.findtext("service_code") for one in tree(f"{V2}/services").findall("service")]
    assert all(codes)
    assert len(set(codes)) == len(codes) == len([one["service_code"] for one in parsed(f"{V2}/services")])


def test_create_rule_each_should_return_something(key: str) -> None:
    """As the validator posts: the first service, an address in words, an e-mail address, no place in degrees."""
    first = tree(f"{V2}/services").findtext("service/service_code")
    for root in views.ROOTS:
        sent = {"service_code": first, "address_string": "Zezhou Road 1", "email": "foo@bar.com", "lat": "", "long": ""}
        answer = post(key, "xml", f"/{root}", **sent, description="I know")
        assert answer.status_code == 201
        assert ElementTree.fromstring(answer.content).findtext("request/service_request_id")


# --- what the standard asks beyond the validator ------------------------------------------------------------------


def test_services_are_the_present_classes_in_both_forms(city: City) -> None:
    answer = get(f"{V2}/services.xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert get(f"{V2}/services.json").headers["Content-Type"] == "application/json; charset=utf-8"
    rows = {one["service_code"]: one for one in parsed(f"{V2}/services")}
    assert rows["E0102"]["service_name"] == "Exposed refuse"
    assert (rows["E0102"]["group"], rows["E0102"]["type"], rows["E0102"]["metadata"]) == (
        "City appearance", "realtime", False,
    )  # fmt: skip
    assert rows["C0101"]["metadata"] is True
    CaseClass.objects.filter(kind="event", code="0102").update(retired=True)
    assert "E0102" not in {one["service_code"] for one in parsed(f"{V2}/services")}
    told = {one.findtext("service_code"): one for one in tree(f"{V2}/services").findall("service")}
    assert told["C0101"].findtext("metadata") == "true"


def test_a_definition_lists_its_attributes_and_their_values(city: City) -> None:
    definition = tree(f"{V2}/services/C0101")
    assert (definition.tag, definition.findtext("service_code")) == ("service_definition", "C0101")
    assert [one.text for one in definition.findall("attributes/attribute/code")] == ["component", "condition"]
    assert [one.text for one in definition.findall("attributes/attribute/values/value/key")] == [
        "damaged", "lost", "other",
    ]  # fmt: skip
    assert parsed(f"{V2}/services/E0102") == {"service_code": "E0102", "attributes": []}


def test_a_report_becomes_a_case_with_its_attributes(key: str) -> None:
    answer = post(key, service_code="C0101", **{"attribute[condition]": "lost", "attribute[component][]": "P-7"})
    assert answer.status_code == 201
    (told,) = json.loads(answer.content)
    case = Case.objects.get(code=told["service_request_id"])
    assert (case.source, case.case_class.code, case.description) == ("citizen", "0101", "Refuse on the pavement")
    assert (case.longitude, case.latitude) == (112.85, 35.5)
    assert case.report.attributes == {"condition": "lost", "component": "P-7"}
    assert case.report.client is not None
    assert case.report.client.name == "An app"


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"api_key": ""}, 403, "key"),
        ({"api_key": "wrong"}, 403, "key"),
        ({"service_code": ""}, 400, "service_code was not provided"),
        ({"service_code": "E9999"}, 404, "service_code E9999 was not found"),
        ({"lat": "", "long": ""}, 400, "place"),
        ({"lat": "95"}, 400, "lat"),
        ({"long": "east"}, 400, "long"),
        ({"jurisdiction_id": "elsewhere"}, 404, "jurisdiction_id elsewhere was not found"),
        ({"description": "x" * 4001}, 400, "description"),
        ({"phone": "no number"}, 400, "telephone"),
        ({"attribute[danger]": "people"}, 400, "danger"),
    ],
)
def test_what_is_wrong_is_answered_in_the_standard_s_shape(
    key: str, sent: dict[str, str], status: int, words: str
) -> None:
    answer = post(**{"key": key, **{"key" if name == "api_key" else name: value for name, value in sent.items()}})
    assert answer.status_code == status
    ((code, description),) = errors_of(answer)
    assert code == status
    assert words in description
    assert Case.objects.count() == 0
    found = ElementTree.fromstring(
        post(**{"key": key, "form": "xml", **{"key" if n == "api_key" else n: v for n, v in sent.items()}}).content
    )
    assert (found.tag, found.findtext("error/code")) == ("errors", str(status))


def test_everything_that_is_wrong_is_told_at_once(key: str) -> None:
    answer = post(key, service_code="", lat="x", long="")
    assert [code for code, _ in errors_of(answer)] == [400, 400]


def test_a_revoked_key_and_one_of_another_purpose_open_nothing(key: str, city: City) -> None:
    telephone = add_key(None, "Exchange", KeyPurpose.TELEPHONE)[1]
    assert post(telephone).status_code == 403
    made, other = add_key(None, "Old app", KeyPurpose.OPEN311)
    assert post(other).status_code == 201
    revoke_key(city.people["shift_leader"], made.pk)
    assert post(other).status_code == 403


def test_the_test_endpoint_checks_and_files_nothing(key: str) -> None:
    answer = post(key, root="/open311/test/v2")
    assert (answer.status_code, Case.objects.count()) == (201, 0)
    assert json.loads(answer.content)[0]["service_request_id"].startswith("TEST-")
    assert post(key, root="/open311/test/v2", lat="1", long="").status_code == 400


def test_only_the_program_that_sent_it_reads_a_citizen_s_words(key: str) -> None:
    post(key, phone="13800001234", last_name="Li", address_string="Room 3", media_url="https://example.org/a.jpg")
    other = add_key(None, "Another app", KeyPurpose.OPEN311)[1]
    for asked in ({}, {"api_key": other}):
        (row,) = parsed(f"{V2}/requests", **asked)
        assert (row["description"], row["address"], row["media_url"]) == (None, None, None)
        assert "1234" not in json.dumps(row)
    (own,) = parsed(f"{V2}/requests", api_key=key)
    assert (own["description"], own["address"]) == ("Refuse on the pavement", "Room 3")
    assert "13800001234" not in json.dumps(own)
    assert get(f"{V2}/requests.json", api_key="wrong").status_code == 403


def test_a_request_follows_its_case(key: str, city: City) -> None:
    code = json.loads(post(key).content)[0]["service_request_id"]
    (row,) = parsed(f"{V2}/requests/{code}")
    assert (row["status"], row["service_code"], row["agency_responsible"]) == ("open", "E0102", None)
    case = Case.objects.get(code=code)
    step = case_services.Step(new_id(), CaseAction.DISPATCH, case.version, department="CG-WATER")
    case_services.act_on_case(case.pk, city.people["dispatcher"], step)
    (row,) = parsed(f"{V2}/requests/{code}")
    assert (row["status_notes"], row["agency_responsible"]) == (
        "Passed on to the department responsible.", "CG-WATER",
    )  # fmt: skip
    assert row["requested_datetime"] <= row["updated_datetime"]
    step = case_services.Step(new_id(), CaseAction.VOID, case.version + 1, note="told twice by Mr Li")
    case_services.act_on_case(case.pk, city.people["dispatcher"], step)
    found = tree(f"{V2}/requests/{code}")
    assert (found.findtext("request/status"), found.findtext("request/description")) == ("closed", "")
    assert b"Mr Li" not in get(f"{V2}/requests/{code}.xml").content
    assert get(f"{V2}/requests/AJ-20000101-0001.xml").status_code == 404
    assert [parsed(f"{V2}/requests", status=status) != [] for status in ("open", "closed", "open,closed")] == [
        False, True, True,
    ]  # fmt: skip


def test_cases_of_the_bureau_s_own_are_not_told(city: City) -> None:
    from tests.disposal import file

    file(city)
    assert parsed(f"{V2}/requests") == []


def reported(key: str, **told: Any) -> str:
    return str(json.loads(post(key, **told).content)[0]["service_request_id"])


def test_time_windows_and_pages_are_the_standard_s(key: str) -> None:
    codes = [reported(key) for _ in range(3)]
    for number, code in enumerate(codes):
        Case.objects.filter(code=code).update(filed_at=now() - timedelta(days=50 * number, minutes=1))

    def ids(**asked: str) -> list[str]:
        return [row["service_request_id"] for row in parsed(f"{V2}/requests", **asked)]

    assert ids() == codes[:2], "the last ninety days, newest first"
    assert ids(service_request_id=",".join(codes[1:])) == codes[1:], "numbers override times"
    assert ids(page_size="1") == codes[:1]
    assert ids(page_size="1", page="2") == codes[1:2]
    old = (now() - timedelta(days=120)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(start_date=old) == codes[1:], "ninety days from there on"
    assert ids(end_date=(now() - timedelta(days=40)).isoformat()) == codes[1:], "a blank may stand for the plus"
    assert ids(service_code="C0102,E0101") == []
    assert ids(service_code="E0102,C0101") == codes[:2]
    span = {"start_date": old, "end_date": now().strftime("%Y-%m-%dT%H:%M:%SZ")}
    for wrong in (span, {"start_date": "yesterday"}, {"start_date": "2026-01-01T00:00:00"}, {"page": "0"},
                  {"page_size": "1001"}, {"status": "done"}):  # fmt: skip
        answer = get(f"{V2}/requests.json", **wrong)
        assert (answer.status_code, errors_of(answer)[0][0]) == (400, 400), wrong


def test_an_installation_may_answer_with_tokens(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGMAI_OPEN311_TOKENS", "true")
    current.cache_clear()
    assert {one["type"] for one in parsed(f"{V2}/services")} == {"batch"}
    (told,) = json.loads(post(key).content)
    assert "service_request_id" not in told
    (found,) = parsed(f"{V2}/tokens/{told['token']}")
    assert found == {"service_request_id": CitizenReport.objects.get().case.code, "token": told["token"]}
    assert get(f"{V2}/tokens/NOSUCHTOKEN.xml").status_code == 404


def test_wrong_forms_methods_and_addresses_are_errors_of_the_same_shape(city: City) -> None:
    for address, status in ((f"{V2}/services.html", 404), (f"{V2}/nothing.json", 404), (f"{V2}/services/X1.json", 404)):
        answer = get(address)
        assert answer.status_code == status, address
        if answer.headers["Content-Type"].startswith("text/xml"):
            assert b"<errors><error><code>404" in answer.content
        else:
            assert errors_of(answer)[0][0] == status
    answer = Client().put(f"{V2}/services.json")
    assert (answer.status_code, errors_of(answer)[0][0]) == (400, 400)  # type: ignore[arg-type]


def test_an_address_that_asks_too_often_is_told_so(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "READING", Allowance(2))
    assert [get(f"{V2}/services.json").status_code for _ in range(3)] == [200, 200, 429]


def test_characters_that_xml_cannot_hold_break_no_answer(key: str) -> None:
    code = reported(key, description="a\x0bb < & 中")
    assert tree(f"{V2}/requests/{code}", api_key=key).findtext("request/description") == "a\ufffdb < & 中"
