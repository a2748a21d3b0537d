"""A rule reads no more than its people may: what they write into it, and what the evaluation gives it."""

from typing import cast

import numpy as np
import pytest
from django.http import HttpResponse

from chengmai.access.models import Organisation
from chengmai.access.roles import Role
from chengmai.assets.models import Network
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.sensing.models import Datastream, Gateway
from chengmai.sensing.store import TelemetryStore
from chengmai.warning.evaluation import Evaluator
from chengmai.warning.models import Rule
from chengmai.warning.rule_facts import Detector, RuleFacts
from tests.disposal import City, build_city, no_readings
from tests.people import add_organisation, add_person, client_of

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture
def city() -> City:
    """The small city, and a company beside it with a stream of its own."""
    made = build_city()
    stranger = add_organisation("JC-GAS-CO", "utility")
    gateway = Gateway.objects.create(code="SIM-GAS", name="x", owner=stranger, token_hash="-")
    Datastream.objects.create(code="JC-GP-g1", name="x", gateway=gateway, owner=stranger, quantity="gas_pressure")
    return made


def test_a_rule_may_name_only_streams_that_its_writer_may_read(city: City) -> None:
    told = {"streams": [city.stream.code], "flows": {city.stream.code: 1}}
    own = Rule.objects.create(code="own-drops", kind="pressure_drop", owner=city.company, parameters={})
    engineer = client_of(add_person("own", Role.NETWORK_ENGINEER, organisation=city.company))

    def put(version: int, parameters: object) -> HttpResponse:
        body = {"version": version, "parameters": parameters, "active": True}
        return engineer.put(f"{ROOT}/rules/{own.code}", body, "application/json")

    for parameters in (
        {**told, "streams": [city.stream.code, "JC-GP-g1"]},
        {**told, "flows": {"JC-GP-g1": 1}},
        {**told, "streams": ["JC-GP-g1"], "zones": [["JC-GP-g1"]]},
    ):
        refused = put(1, parameters)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "rule.unknown_stream")
    assert put(1, told).status_code == 200


def test_a_rule_may_name_only_networks_that_its_writer_may_see(city: City) -> None:
    strange = Organisation.objects.get(code="JC-GAS-CO")
    for code, utility, owner in (("JC-GAS", "gas", strange), ("JC-SEWER", "sewer", city.company)):
        Network.objects.create(code=code, name_zh="x", name_en="x", utility=utility, owner=owner)
    told = {"gas": "JC-GAS", "chambers": {"JC-SEWER": "sewer"}, "levels": {"yellow": 20}}
    body = {"code": "CH4", "kind": "methane", "network": "JC-SEWER", "parameters": told}
    engineer = client_of(add_person("own", Role.NETWORK_ENGINEER, organisation=city.company))
    refused = engineer.post(f"{ROOT}/rules", body, "application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "network.unknown")
    Network.objects.filter(code="JC-GAS").update(owner=city.company)
    assert engineer.post(f"{ROOT}/rules", body, "application/json").status_code == 200


def test_a_rule_is_given_only_what_its_owner_s_people_may_read(city: City) -> None:
    seen: dict[str, set[str]] = {}

    class Looker:
        def evaluate(self, rule: RuleFacts, rows: Observations, memory: object, read: object) -> list[Signal]:
            seen[rule.code] = set(rule.streams)
            return []

    class Store:
        read = no_readings

        def read_after(self, batch: int, limit: int) -> Observations:
            return Observations(*(np.array([1], dtype) for dtype in ("u4", "datetime64[ms]", "f8", "u4", "u8")))

    for code, owner in (
        ("bureau", city.bureau),
        ("section", city.water),
        ("company", city.company),
        ("gas", add_organisation("JC-GAS-CO")),
    ):
        Rule.objects.create(code=code, kind="limit", owner=owner, parameters={"streams": ["JC-GP-g1"]})
    Evaluator(cast(TelemetryStore, Store()), lambda kind: cast(Detector, Looker())).round()
    both = {city.stream.code, "JC-GP-g1"}
    assert seen == {
        "bureau": both,
        "section": {city.stream.code},
        "company": {city.stream.code},
        "gas": {"JC-GP-g1"},
        city.rule.code: {city.stream.code},
    }
