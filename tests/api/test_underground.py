"""The doors to what lies underground, each within the caller's reach."""

import gzip

import pytest
from django.test import Client

from chengmai.access.models import Organisation
from chengmai.access.roles import Role
from chengmai.assets.models import Network
from chengmai.assets.services import import_network
from chengmai.network.geometry_3d import decode
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
