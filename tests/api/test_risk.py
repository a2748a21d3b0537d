"""Risk through its doors: the list, the reasons of one pipe, tiles with colours, and a table that engineers change."""

from typing import Any

import mapbox_vector_tile
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.risk.customary_tables import CUSTOMARY
from chengmai.warning.models import Alarm
from tests.disposal import build_city, issue
from tests.networks import publish
from tests.people import add_organisation, add_person, client_of
from tests.valve_networks import Customer, Pipe, small_network

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture
def engineer() -> Client:
    """A bureau's engineer before a water network of three pipes, one of which leaked."""
    city = build_city()
    arrays = small_network(4, [Pipe(0, 1), Pipe(1, 2), Pipe(2, 3)], customers=[Customer(2, 500, "hospital")])
    arrays.links.attributes[1]["laid_year"] = 1970
    publish(city.network, arrays)
    warning = issue(city)
    Alarm.objects.filter(pk=warning.alarm_id).update(elements=[{"code": "p1", "kind": "link", "score": 1.0}])
    return client_of(add_person("engineer", Role.NETWORK_ENGINEER))


def risk(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{ROOT}/risk/JC-WATER{query}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def water_table(client: Client) -> dict[str, Any]:
    return next(table for table in client.get(f"{ROOT}/risk-tables").json() if table["utility"] == "water")


def test_the_riskiest_pipe_comes_first_with_its_reasons(engineer: Client) -> None:
    found = risk(engineer)
    assert [pipe["code"] for pipe in found["items"]] == ["p1", "p2", "p0"]
    assert sum(row["pipes"] for row in found["sums"]) == found["total"] == 3
    reasons = {reason["fact"]: reason for reason in found["items"][0]["reasons"]}
    assert reasons["past_leaks"]["value"] == 1
    assert reasons["age_years"]["points"] == 5
    assert reasons["cover_m"]["value"] is None
    alone = engineer.get(f"{ROOT}/risk/JC-WATER/links/p1").json()
    assert alone == found["items"][0]
    assert engineer.get(f"{ROOT}/risk/JC-WATER/links/none").status_code == 404


def test_a_changed_table_is_a_new_version_that_changes_colours_and_tiles(engineer: Client) -> None:
    before, table = risk(engineer), water_table(engineer)
    assert table["version"] == 0
    levels = [[4, "red"], [3, "orange"], [2, "yellow"], [1, "blue"]]
    body = {"version": 0, "factors": table["factors"], "levels": levels, "note": "整治年"}
    assert engineer.put(f"{ROOT}/risk-tables/water", body, "application/json").json()["version"] == 1
    after = risk(engineer)
    assert (after["table_version"], before["tiles"] != after["tiles"]) == (1, True)
    assert {pipe["level"] for pipe in after["items"]} == {"red"}
    tile = engineer.get(f"{ROOT}{after['tiles']}/12/3331/1615")
    links = mapbox_vector_tile.decode(tile.content)["links"]["features"]
    assert {link["properties"]["risk"] for link in links} == {"red"}
    assert AuditEntry.objects.get(action="risk.table_changed").after["note"] == "整治年"
    stale = engineer.put(f"{ROOT}/risk-tables/water", body, "application/json")
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "version.stale")


def test_a_coloured_tile_asks_the_database_no_more_than_a_plain_one(engineer: Client) -> None:
    found = risk(engineer)
    counts = []
    for path in (f"/tiles/JC-WATER/{found['edition']}", found["tiles"]):
        engineer.get(f"{ROOT}{path}/12/3331/1615")
        with CaptureQueriesContext(connection) as asked:
            assert engineer.get(f"{ROOT}{path}/12/3331/1615").content
        counts.append(len(asked))
    assert counts[1] <= counts[0]


def test_a_mark_keeps_its_colours_and_an_unknown_one_is_not_kept(engineer: Client) -> None:
    before, table = risk(engineer), water_table(engineer)
    levels = [[4, "red"], [3, "orange"], [2, "yellow"], [1, "blue"]]
    body = {"version": 0, "factors": table["factors"], "levels": levels, "note": ""}
    engineer.put(f"{ROOT}/risk-tables/water", body, "application/json")
    after = risk(engineer)
    unknown = after["tiles"].rpartition("/")[0] + "/7-00000000"
    told = {}
    for path in (before["tiles"], after["tiles"], unknown):
        answer = engineer.get(f"{ROOT}{path}/12/3331/1615")
        links = mapbox_vector_tile.decode(answer.content)["links"]["features"]
        colours = {link["properties"]["code"]: link["properties"]["risk"] for link in links}
        told[path] = (colours, answer.headers["Cache-Control"])
    kept = "private, max-age=86400"
    assert told[before["tiles"]] == ({pipe["code"]: pipe["level"] for pipe in before["items"]}, kept)
    assert told[after["tiles"]] == (dict.fromkeys(("p0", "p1", "p2"), "red"), kept)
    assert told[unknown] == (told[after["tiles"]][0], "no-store")


def test_a_broken_table_changes_nothing(engineer: Client) -> None:
    body = {"version": 0, "factors": CUSTOMARY["water"]["factors"], "levels": [[3, "red"]], "note": ""}
    answer = engineer.put(f"{ROOT}/risk-tables/water", body, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "risk.levels")
    assert water_table(engineer)["version"] == 0


def test_one_colour_can_be_asked_for_and_pages_follow(engineer: Client) -> None:
    colours = [pipe["level"] for pipe in risk(engineer)["items"]]
    only = risk(engineer, f"?level={colours[0]}")
    assert only["total"] == colours.count(colours[0])
    assert [pipe["code"] for pipe in risk(engineer, "?skip=1&limit=1")["items"]] == ["p2"]


def test_a_network_without_an_assessment_says_so(engineer: Client) -> None:
    answer = engineer.put(f"{ROOT}/risk-tables/storm", {"version": 0, "factors": [], "levels": []}, "application/json")
    assert answer.status_code == 422
    assert engineer.get(f"{ROOT}/risk/NONE").status_code == 404


@pytest.mark.parametrize("path", ["/risk/JC-WATER", "/risk/JC-WATER/links/p1", "/risk-tiles/JC-WATER/1/0-0/0/0/0"])
def test_another_company_sees_nothing_of_it(engineer: Client, path: str) -> None:
    gas = add_organisation("JC-GAS-CO", "utility")
    stranger = client_of(add_person("gas", Role.NETWORK_ENGINEER, organisation=gas))
    assert stranger.get(ROOT + path).status_code == 404


def test_only_the_bureau_changes_the_table_that_holds_for_all(engineer: Client) -> None:
    gas = add_organisation("JC-GAS-CO", "utility")
    stranger = client_of(add_person("gas", Role.NETWORK_ENGINEER, organisation=gas))
    answer = stranger.put(f"{ROOT}/risk-tables/water", {"version": 0, **CUSTOMARY["water"]}, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "risk.bureau_only")
