"""The doors to networks: facts, tiles, search and imports, each within the caller's scope."""

import csv
import io

import mapbox_vector_tile
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.models import Organisation
from chengmai.access.roles import Role
from chengmai.assets.models import City, GridCell, Network, Street
from chengmai.assets.services import import_network
from chengmai.network.tiles import world
from tests.networks import add_network, packed, sample
from tests.people import add_organisation, add_person, client_of

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def network() -> Network:
    made = add_network("W", add_organisation())
    import_network(None, made, "hillside.inp", sample("hillside.inp"))
    return made


@pytest.fixture
def engineer(network: Network) -> Client:
    return client_of(add_person("engineer", Role.NETWORK_ENGINEER))


@pytest.fixture
def stranger(network: Network) -> Client:
    elsewhere = Organisation.objects.create(code="X", name_zh="X", name_en="X", kind="department")
    return client_of(add_person("stranger", Role.NETWORK_ENGINEER, organisation=elsewhere))


def test_networks_are_listed_with_their_edition(engineer: Client) -> None:
    listed = engineer.get(f"{API}/networks").json()
    assert [item["code"] for item in listed] == ["W"]
    edition = listed[0]["edition"]
    assert (edition["nodes"], edition["links"], edition["findings"]) == (9, 10, 2)
    west, south, east, north = listed[0]["bounds"]
    assert west < 112.85 < east
    assert south < 35.50 < north


def test_facts_of_a_link_and_a_node(engineer: Client) -> None:
    link = engineer.get(f"{API}/networks/W/links/P3").json()
    assert (link["start"], link["end"], link["diameter_mm"]) == ("B", "C", 254.0)
    assert len(link["line"]) == 4
    node = engineer.get(f"{API}/networks/W/nodes/C").json()
    assert node["links"] == ["P3", "V1", "V2"]
    assert node["demand_m3h"] == pytest.approx(200 * 0.003785411784 * 60, abs=1e-3)
    missing = engineer.get(f"{API}/networks/W/nodes/none")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "network.node_unknown")


def test_a_tile_holds_what_lies_there(engineer: Client) -> None:
    facts = engineer.get(f"{API}/networks").json()[0]
    x, y = world_tile(14, facts["bounds"])
    answer = engineer.get(f"{API}/tiles/W/{facts['edition']['id']}/14/{x}/{y}")
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in answer.headers["Cache-Control"]
    layers = mapbox_vector_tile.decode(answer.content)
    assert {f["properties"]["code"] for f in layers["links"]["features"]} >= {"P1", "P3", "PU1"}
    assert {f["properties"]["kind"] for f in layers["nodes"]["features"]} == {"junction", "reservoir", "tank"}
    assert engineer.get(f"{API}/tiles/W/{facts['edition']['id']}/14/0/0").content == b""
    assert engineer.get(f"{API}/tiles/W/999999/14/{x}/{y}").status_code == 404


def world_tile(z: int, bounds: list[float]) -> tuple[int, int]:
    import numpy as np

    middle = world(np.array([(bounds[0] + bounds[2]) / 2]), np.array([(bounds[1] + bounds[3]) / 2]))[0]
    return int(middle[0] * 2**z), int(middle[1] * 2**z)


def test_nobody_sees_another_organisations_network(stranger: Client, network: Network) -> None:
    assert stranger.get(f"{API}/networks").json() == []
    edition = network.edition_id
    for path in ("networks/W/links/P1", "networks/W/nodes/A", f"tiles/W/{edition}/0/0/0",
                 f"networks/W/editions/{edition}/findings.csv"):  # fmt: skip
        assert stranger.get(f"{API}/{path}").status_code == 404, path
    upload = {"file": SimpleUploadedFile("a.inp", sample("hillside.inp"))}
    assert stranger.post(f"{API}/networks/W/imports", upload).status_code == 404
    assert stranger.get(f"{API}/search", {"q": "P3"}).json() == []


def test_an_import_answers_with_findings_and_their_sheet(engineer: Client) -> None:
    answer = engineer.post(f"{API}/networks/W/imports", {"file": SimpleUploadedFile("b.inp", sample("broken.inp"))})
    body = answer.json()
    assert answer.status_code == 200
    assert body["counts"]["links"] == 2
    assert body["counts"]["errors"] > 25
    assert all(finding["message"] and finding["file"] == "b.inp" for finding in body["findings"])
    sheet = engineer.get(f"{API}/networks/W/editions/{body['edition']['id']}/findings.csv")
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert len(rows) == len(body["findings"]) + 1


def test_an_import_with_errors_waits_for_a_second_act(engineer: Client, stranger: Client, network: Network) -> None:
    seen = engineer.get(f"{API}/networks").json()[0]["edition"]
    upload = {"file": SimpleUploadedFile("b.inp", sample("broken.inp"))}
    body = engineer.post(f"{API}/networks/W/imports", upload).json()
    held = body["edition"]["id"]
    assert (body["created"], body["published"]) == (True, False)
    facts = engineer.get(f"{API}/networks").json()[0]
    assert (facts["edition"], [one["id"] for one in facts["waiting"]]) == (seen, [held])
    assert engineer.get(f"{API}/tiles/W/{held}/0/0/0").status_code == 404, "nobody sees it yet"
    operator = client_of(add_person("watcher", Role.OPERATOR))
    assert operator.get(f"{API}/networks").json()[0]["waiting"] == []
    act = f"{API}/networks/W/editions/{held}/publication"
    assert operator.post(act).status_code == 403
    assert stranger.post(act).status_code == 404
    assert engineer.post(f"{API}/networks/W/editions/999999/publication").status_code == 404
    facts = engineer.post(act).json()
    assert (facts["edition"]["id"], facts["waiting"]) == (held, [])
    assert Network.objects.get(code="W").edition_id == held


@pytest.mark.parametrize("file", ["broken.inp", "hillside.inp"])
def test_a_file_that_is_only_checked_leaves_nothing(engineer: Client, network: Network, file: str) -> None:
    upload = {"file": SimpleUploadedFile(file, sample(file) + b"\n")}
    body = engineer.post(f"{API}/networks/W/imports?dry_run=true", upload).json()
    assert (body["edition"], body["created"], body["published"]) == (None, False, False)
    assert body["counts"]["links"] > 0
    assert len(body["findings"]) == body["counts"]["errors"] + body["counts"]["warnings"] > 0
    assert network.editions.count() == 1
    assert Network.objects.get(code="W").edition_id == network.edition_id


def test_an_import_without_errors_is_published_at_once(engineer: Client) -> None:
    upload = {"file": SimpleUploadedFile("c.inp", sample("hillside.inp") + b"\n")}
    body = engineer.post(f"{API}/networks/W/imports", upload).json()
    assert body["published"] is True
    assert engineer.get(f"{API}/networks").json()[0]["edition"]["id"] == body["edition"]["id"]


def test_an_import_without_anything_loadable_keeps_the_edition(engineer: Client, network: Network) -> None:
    before = Network.objects.get(code="W").edition_id
    body = engineer.post(f"{API}/networks/W/imports", {"file": SimpleUploadedFile("x.zip", b"PK\x03\x04broken")}).json()
    assert body["edition"] is None
    assert "file.unreadable" in {finding["rule"] for finding in body["findings"]}
    assert Network.objects.get(code="W").edition_id == before


def test_a_reader_of_the_map_may_not_import(network: Network) -> None:
    handler = client_of(add_person("handler", Role.DEPARTMENT_HANDLER))
    upload = {"file": SimpleUploadedFile("a.inp", sample("hillside.inp"))}
    assert handler.post(f"{API}/networks/W/imports", upload).status_code == 403
    assert handler.get(f"{API}/networks").status_code == 200


def test_the_citys_frame(engineer: Client) -> None:
    assert engineer.get(f"{API}/city").json()["error"]["code"] == "city.missing"
    City.objects.create(name_zh="晋城", name_en="Jincheng", demonstration=True, longitude=112.85, latitude=35.5)
    Street.objects.create(name_zh="梧桐街", name_en="Wutong Street", path=[[112.85, 35.5], [112.86, 35.5]])
    ring = [[112.8, 35.4], [112.9, 35.4], [112.9, 35.6], [112.8, 35.6], [112.8, 35.4]]
    GridCell.objects.create(
        code="140502001001001", name="01", organisation=add_organisation(), ring=ring,
        west=112.8, south=35.4, east=112.9, north=35.6,
    )  # fmt: skip
    city = engineer.get(f"{API}/city").json()
    assert city["demonstration"] is True
    assert city["bounds"] == [112.8, 35.4, 112.9, 35.6]
    assert city["streets"]["features"][0]["properties"]["name_en"] == "Wutong Street"
    assert city["cells"]["features"][0]["geometry"]["type"] == "Polygon"
    found = engineer.get(f"{API}/search", {"q": "wutong"}).json()
    assert [(hit["kind"], hit["label"]) for hit in found] == [("street", "梧桐街")]


def test_search_finds_elements_exact_codes_first(engineer: Client) -> None:
    found = engineer.get(f"{API}/search", {"q": "p1"}).json()
    assert (found[0]["kind"], found[0]["code"], found[0]["network"]) == ("link", "P1", "W")


def test_an_answer_with_very_many_findings_is_cut_and_the_sheet_is_whole(engineer: Client) -> None:
    broken = "".join(f" x{n} high\n" for n in range(1200))
    text = sample("hillside.inp").decode().replace("[RESERVOIRS]", f"{broken}[RESERVOIRS]")
    body = engineer.post(f"{API}/networks/W/imports", {"file": SimpleUploadedFile("m.inp", text.encode())}).json()
    assert body["counts"]["errors"] == 1200
    assert len(body["findings"]) == 1000
    sheet = engineer.get(f"{API}/networks/W/editions/{body['edition']['id']}/findings.csv")
    assert len(list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))) == 1 + 1202


def test_a_network_is_made_of_one_utility_and_takes_only_its_surveys(engineer: Client, stranger: Client) -> None:
    add_organisation("GASCO", "utility")
    wanted = {"code": "G-1", "utility": "gas", "owner": "GASCO", "name_zh": "燃气", "name_en": ""}
    made = engineer.post(f"{API}/networks", wanted, "application/json")
    assert (made.status_code, made.json()["survey_code"], made.json()["name_en"]) == (201, "RQ", "G-1")
    refused = {
        409: {**wanted},
        404: {**wanted, "code": "G-2", "owner": "NOBODY"},
        422: {**wanted, "code": "G 3"},
    }
    for status, body in refused.items():
        assert engineer.post(f"{API}/networks", body, "application/json").status_code == status, body
    assert stranger.post(f"{API}/networks", {**wanted, "code": "G-4"}, "application/json").status_code == 404
    points = "Exp_No,X,Y\na,3931000,38394000\nb,3931080,38394000\n"
    lines = "S_Point,E_Point,PSize,Material\na,b,DN100,PE\n"
    for tables, outcome in (
        ({"JSPoint": points, "JSLine": lines}, (0, {"table.other_network", "table.missing"})),
        ({"RQPoint": points, "RQLine": lines}, (1, {"network.no_source", "network.no_valves"})),
    ):
        upload = {"file": SimpleUploadedFile("t.zip", packed(tables))}
        told = engineer.post(f"{API}/networks/G-1/imports", upload).json()
        assert (told["counts"]["links"], {finding["rule"] for finding in told["findings"]}) == outcome
    water = {"file": SimpleUploadedFile("a.inp", sample("hillside.inp"))}
    told = engineer.post(f"{API}/networks/G-1/imports", water).json()
    assert [finding["rule"] for finding in told["findings"]] == ["inp.other_utility"]
    assert told["edition"] is None


def test_chambers_without_conduits_are_loaded_with_a_finding(engineer: Client) -> None:
    add_organisation("CABLES", "utility")
    wanted = {"code": "T-1", "utility": "telecom", "owner": "CABLES", "name_zh": "通信", "name_en": "Telecom"}
    assert engineer.post(f"{API}/networks", wanted, "application/json").status_code == 201
    points = "Exp_No,X,Y,WellDeep,Area\na,3931000,38394000,1.6,1.2\nb,3931080,38394000,1.8,0.8\n"
    upload = {"file": SimpleUploadedFile("t.zip", packed({"TXPoint": points}))}
    told = engineer.post(f"{API}/networks/T-1/imports", upload).json()
    assert (told["published"], told["counts"]["nodes"], told["counts"]["links"]) == (True, 2, 0)
    assert [finding["rule"] for finding in told["findings"]] == ["network.no_conduits"]
    node = engineer.get(f"{API}/networks/T-1/nodes/a").json()
    assert (node["survey"]["well_deep_m"], node["survey"]["area_m2"]) == (1.6, 1.2)
    edition = told["edition"]["id"]
    x, y = world_tile(16, engineer.get(f"{API}/networks").json()[0]["bounds"])
    assert mapbox_vector_tile.decode(engineer.get(f"{API}/tiles/T-1/{edition}/16/{x}/{y}").content).keys() == {"nodes"}
