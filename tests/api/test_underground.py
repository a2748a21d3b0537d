"""The doors to what lies underground, each within the caller's reach."""

import gzip
import io
import json
import zipfile

import pytest
from django.test import Client

from chengmai.access.models import AuditEntry, Organisation
from chengmai.access.roles import Role
from chengmai.assets.models import Network
from chengmai.assets.queries import load_network
from chengmai.assets.services import import_network
from chengmai.network.burial import DEFAULT_COVER_M
from chengmai.network.geometry_3d import decode
from chengmai.network.local_plane import LocalPlane
from chengmai.network.utilities import Utility
from tests.networks import add_network, sample
from tests.people import add_organisation, add_person, client_of

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def network() -> Network:
    made = add_network("W", add_organisation())
    import_network(None, made, "hillside.inp", sample("hillside.inp"))
    return made


@pytest.fixture
def operator(network: Network) -> Client:
    return client_of(add_person("operator", Role.OPERATOR))


def test_an_edition_comes_as_one_packed_buffer_whole_or_cut(operator: Client, network: Network) -> None:
    path = f"{API}/underground/W/{network.edition_id}"
    packed = operator.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    head, arrays = decode(gzip.decompress(packed.content))
    # Of ten links one joins two nodes at the same place: it has no length to draw.
    assert (head["utility"], len(head["links"])) == ("water", 9)
    assert arrays["tubes"].reshape(-1, 7)[:, 2].max() < 0
    plain = operator.get(path)
    assert "Content-Encoding" not in plain.headers
    assert decode(plain.content)[0] == head

    west, south, east, north = operator.get(f"{API}/networks").json()[0]["bounds"]
    corner = f"{west},{south},{(west + east) / 2},{(south + north) / 2}"
    some, _ = decode(operator.get(path, {"bbox": corner}).content)
    assert 0 < len(some["links"]) < 9
    assert set(some["links"]) < set(head["links"])


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "113,35,112,36", "112,36,113,35", "112,35,113,nan"])
def test_a_box_that_is_none_is_refused(operator: Client, network: Network, bbox: str) -> None:
    answer = operator.get(f"{API}/underground/W/{network.edition_id}", {"bbox": bbox})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "underground.bounds_invalid")


def test_nobody_sees_what_others_have_underground(operator: Client, network: Network) -> None:
    elsewhere = Organisation.objects.create(code="X", name_zh="X", name_en="X", kind="utility")
    stranger = client_of(add_person("stranger", Role.UTILITY_DISPATCHER, organisation=elsewhere))
    path = f"{API}/underground/W/{network.edition_id}"
    assert operator.get(path).status_code == 200
    assert stranger.get(path).status_code == 404
    assert operator.get(f"{API}/underground/W/999999").status_code == 404


def around(network: Network, code: str, east_m: float, north_m: float) -> list[list[float]]:
    """A rectangle of half sides around the middle of a link, in degrees."""
    x, y = load_network(network).midpoint(load_network(network).link_index[code])
    east, north = LocalPlane(x, y).degrees([[east_m, north_m]])[0] - (x, y)
    return [[x - east, y - north], [x + east, y - north], [x + east, y + north], [x - east, y + north]]


def post(client: Client, path: str, body: object) -> tuple[int, dict]:
    answer = client.post(f"{API}/{path}", json.dumps(body), "application/json")
    return answer.status_code, answer.json()


def test_a_profile_tells_what_crosses_and_what_runs_along(operator: Client, network: Network) -> None:
    corner = around(network, "P1", 40, 40)
    status, found = post(operator, "profiles", {"path": [corner[0], corner[2]]})
    assert status == 200
    crossing = next(one for one in found["crossings"] if one["code"] == "P1")
    assert (crossing["network"], crossing["utility"], crossing["depth_assumed"]) == ("W", "water", True)
    assert 0 < crossing["station_m"] < found["length_m"] == pytest.approx(113.1, abs=0.1)

    arrays = load_network(network)
    line = arrays.line(arrays.link_index["P1"]).tolist()
    _, along = post(operator, "profiles", {"path": line, "reach_m": 5})
    assert {run["code"] for run in along["runs"]} >= {"P1"}


def test_a_route_that_is_none_is_refused(operator: Client) -> None:
    status, answer = post(operator, "profiles", {"path": [[112.85, 35.5], [112.85, 35.5]]})
    assert (status, answer["error"]["code"]) == (422, "profile.route_length")
    status, answer = post(operator, "profiles", {"path": [[112.0, 35.5], [113.0, 35.5]]})
    assert (status, answer["error"]["code"]) == (422, "profile.route_length")


def test_a_pit_over_a_pipe_strikes_it_and_names_its_owner(operator: Client, network: Network) -> None:
    Organisation.objects.filter(pk=network.owner_id).update(contact="0356-1")
    pit = {"outline": around(network, "P1", 3, 3), "depth_m": 2.5}
    status, found = post(operator, "excavations/check", pit)
    assert status == 200
    assert [(one["code"], one["danger"], one["default"]) for one in found["pipes"]][:1] == [("P1", "struck", True)]
    assert found["least_cover_m"] == DEFAULT_COVER_M[Utility.WATER]
    assert found["pipes"][0]["under_m"] == pytest.approx(DEFAULT_COVER_M[Utility.WATER] - 2.5, abs=0.01)
    (owner,) = found["owners"]
    assert (owner["contact"], owner["worst"], owner["own"], owner["utilities"]) == ("0356-1", "struck", True, ["water"])
    entry = AuditEntry.objects.get(action="excavation.checked")
    assert (entry.actor, entry.object_id, entry.after["depth_m"]) == ("operator", found["number"], 2.5)

    pit["depth_m"] = 1.0
    _, shallow = post(operator, "excavations/check", pit)
    assert shallow["pipes"][0]["danger"] == "beneath"


def test_of_another_owner_s_pipe_only_the_owner_and_the_danger_are_told(operator: Client, network: Network) -> None:
    Organisation.objects.filter(pk=network.owner_id).update(contact="0356-1", name_zh="某公司")
    elsewhere = Organisation.objects.create(code="X", name_zh="X", name_en="X", kind="utility")
    stranger = client_of(add_person("stranger", Role.UTILITY_DISPATCHER, organisation=elsewhere))
    status, found = post(stranger, "excavations/check", {"outline": around(network, "P1", 3, 3), "depth_m": 2.5})
    assert status == 200
    assert (found["pipes"], found["at_hand"], found["least_cover_m"]) == ([], [], None)
    assert found["owners"] == [
        {
            "name_zh": "某公司",
            "name_en": "CG",
            "contact": "0356-1",
            "utilities": ["water"],
            "worst": "struck",
            "own": False,
        }
    ]
    assert "P1" not in json.dumps(found)
    _, route = post(stranger, "profiles", {"path": around(network, "P1", 40, 40)})
    assert (route["crossings"], route["runs"], route["chambers"]) == ([], [], [])


@pytest.mark.parametrize(
    ("outline", "code"),
    [
        ([[112.85, 35.5], [112.851, 35.501], [112.851, 35.5], [112.85, 35.501]], "excavation.outline_invalid"),
        ([[112.85, 35.5], [112.86, 35.5], [112.86, 35.51]], "excavation.area"),
        ([[112.85, 35.5], [112.85, 35.5], [112.85, 35.5]], "excavation.outline_invalid"),
    ],
)
def test_a_pit_that_is_none_is_refused(operator: Client, network: Network, outline: list, code: str) -> None:
    status, answer = post(operator, "excavations/check", {"outline": outline, "depth_m": 2})
    assert (status, answer["error"]["code"]) == (422, code)
    assert not AuditEntry.objects.filter(action="excavation.checked").exists()


def test_valves_and_chambers_at_hand_are_told(operator: Client) -> None:
    gas = add_network("G", add_organisation())
    Network.objects.filter(pk=gas.pk).update(utility="storm")
    gas.refresh_from_db()
    lines = "S_Point,E_Point,PSize,LineNo,S_Deep,E_Deep\na,b,400,ysp1,1.6,1.8\n"
    points = "Exp_No,X,Y,High,WellDeep\na,3931000,38394000,700,2.1\nb,3931000,38394030,700,2.2\n"
    sheets = io.BytesIO()
    with zipfile.ZipFile(sheets, "w") as packed:
        packed.writestr("YSPoint.csv", points)
        packed.writestr("YSLine.csv", lines)
    import_network(None, gas, "ys.zip", sheets.getvalue(), publish_anyway=True)
    gas.refresh_from_db()
    _, found = post(operator, "excavations/check", {"outline": around(gas, "ysp1", 16, 1), "depth_m": 1})
    assert [(one["code"], one["kind"]) for one in found["at_hand"]] == [("a", "chamber"), ("b", "chamber")]
    # Surveyed to the invert at 1.6 m: the top of DN400 lies at 1.2 m.
    assert [(one["danger"], one["cover_m"]) for one in found["pipes"]] == [("beneath", 1.2)]
