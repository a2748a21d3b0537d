"""The list of datastreams: in the shape it is declared in, whatever is asked for, thousands of them without objects."""

from typing import Any

import pytest

from chengmai.access.roles import Role
from chengmai.core.units import Quantity
from chengmai.sensing.api import DatastreamOut
from tests.people import add_organisation, add_person, client_of
from tests.telemetry import add_gateway, add_stream

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """What the bureau's engineer is told of two companies' streams."""
    water, gas = add_gateway()[0], add_gateway("GAS", "JC-GAS-CO")[0]
    add_stream("P-1", water, name="北站压力", low=14.0, longitude=112.8, latitude=35.5)
    add_stream("P-2", water, active=False)
    add_stream("CH4-1", gas, quantity=Quantity.METHANE.value, interval_s=1800)
    client = client_of(add_person("engineer", Role.NETWORK_ENGINEER))
    told: list[dict[str, Any]] = client.get("/api/v1/datastreams").json()
    return told


def asked(**query: object) -> list[str]:
    client = client_of(add_person(f"engineer-{len(query)}-{'-'.join(query)}", Role.NETWORK_ENGINEER))
    answer = client.get("/api/v1/datastreams", query)
    assert answer.status_code == 200, answer.content
    return [one["code"] for one in answer.json()]


def test_every_row_is_what_the_interface_declares(rows: list[dict[str, Any]]) -> None:
    assert [one["code"] for one in rows] == ["CH4-1", "P-1", "P-2"]
    for row in rows:
        assert DatastreamOut.model_validate(row).model_dump(mode="json") == row
    assert (rows[0]["unit"], rows[0]["interval_s"], rows[1]["name"]) == ("%VOL", 1800, "北站压力")


def test_a_page_asks_for_what_it_needs(rows: list[dict[str, Any]]) -> None:
    assert asked(owner="JC-GAS-CO") == ["CH4-1"]
    assert asked(quantity="methane") == ["CH4-1"]
    assert asked(active="true") == ["CH4-1", "P-1"]
    assert asked(code=["P-1", "P-2"]) == ["P-1", "P-2"]
    assert asked(q="北站") == ["P-1"]
    assert asked(limit=1) == ["CH4-1"]


def test_a_company_is_told_its_own_whatever_it_asks(rows: list[dict[str, Any]]) -> None:
    gas = add_person("gas", Role.UTILITY_DISPATCHER, organisation=add_organisation("JC-GAS-CO", "utility"))
    client = client_of(gas)
    assert [one["code"] for one in client.get("/api/v1/datastreams").json()] == ["CH4-1"]
    assert client.get("/api/v1/datastreams", {"code": ["P-1"]}).json() == []
