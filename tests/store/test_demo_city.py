"""The demonstration city loads whole, twice without harm, and never over a real one."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.assets.models import City, GridCell, Network, Street
from chengmai.assets.queries import cell_at, load_network
from chengmai.casework.models import CaseClass
from chengmai.core.errors import Conflict
from chengmai.demo.city import Accounts, load_city
from chengmai.detection.night_signals import area_of
from chengmai.sensing.models import Datastream, Gateway
from chengmai.sensing.tokens import token_fits
from chengmai.warning.models import Rule, RuleKind
from chengmai.warning.places import area_name

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def accounts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Accounts]:
    """The city, loaded once for all tests here and taken back at their end; passwords hashed fast."""
    fast = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), fast, transaction.atomic():
        yield load_city()
        transaction.set_rollback(True)


def test_every_role_has_a_person_who_can_log_in(accounts: Accounts) -> None:
    assert {Role(account.role) for account in accounts.people} == set(Role)
    assert len({account.password for account in accounts.people}) == len(accounts.people)
    for account in accounts.people:
        user = User.objects.get(username=account.username)
        assert user.check_password(account.password)
        assert account.password not in repr(account)
        assert user.password_changed_at is not None


def test_the_network_has_no_findings_and_lies_in_the_city(accounts: Accounts) -> None:
    network = Network.objects.get(code="JC-WATER")
    assert network.edition is not None
    assert network.edition.findings == []
    arrays = load_network("JC-WATER")
    assert (len(arrays.nodes), len(arrays.links)) == (785, 909)
    assert abs(arrays.nodes.x.mean() - 112.85) < 0.02
    assert abs(arrays.nodes.y.mean() - 35.50) < 0.02
    assert set(arrays.links.material) == {"", "PE", "铸铁", "钢管", "球墨铸铁"}


def test_every_stream_has_its_place_in_the_network(accounts: Accounts) -> None:
    streams = Datastream.objects.all()
    assert streams.count() == 33 + 4 + 4
    assert not streams.filter(longitude=None).exists()
    arrays = load_network("JC-WATER")
    elements = set(arrays.node_index) | set(arrays.link_index)
    assert {stream.element for stream in streams} <= elements


def test_rules_name_streams_that_exist(accounts: Accounts) -> None:
    codes = set(Datastream.objects.values_list("code", flat=True))
    assert {rule.kind for rule in Rule.objects.all()} == set(RuleKind.values)
    for rule in Rule.objects.all():
        if rule.kind == RuleKind.NIGHT_FLOW:
            assert set(area_of(rule.parameters).streams) <= codes
        else:
            assert set(rule.parameters["streams"]) <= codes


def test_every_balance_area_has_a_name_that_tells_the_record_from_the_running_city(accounts: Accounts) -> None:
    rules = Rule.objects.filter(kind=RuleKind.NIGHT_FLOW)
    for language in ("zh-CN", "en"):
        names = {rule.code: area_name(rule.parameters, language) for rule in rules}
        assert len(set(names.values())) == len(names) == 4
        assert {code for code, name in names.items() if "2019" in name} == {"BM19-NIGHT-MAIN", "BM19-NIGHT-TANK"}


def test_cells_have_valid_codes_and_cover_the_network(accounts: Accounts) -> None:
    arrays = load_network("JC-WATER")
    codes = list(GridCell.objects.values_list("code", flat=True))
    assert all(len(code) == 15 and code.isdigit() and code.startswith("140502") for code in codes)
    assert len(set(codes)) == len(codes)
    for node in range(0, len(arrays.nodes), 40):
        assert cell_at(float(arrays.nodes.x[node]), float(arrays.nodes.y[node])) is not None
    assert cell_at(112.0, 35.0) is None
    assert Street.objects.count() == 30


def test_loading_again_adds_nothing_and_tells_no_secret(accounts: Accounts) -> None:
    tables = (User, Organisation, Network, Street, GridCell, Gateway, Datastream, Rule, CaseClass, City)
    before = [table.objects.count() for table in tables]
    again = load_city()
    assert again == Accounts((), {})
    assert [table.objects.count() for table in tables] == before


def test_gateways_get_tokens_that_fit(accounts: Accounts) -> None:
    assert set(accounts.gateway_tokens) == {"SIM", "BM19"}
    for code, token in accounts.gateway_tokens.items():
        assert token_fits(token, Gateway.objects.get(code=code).token_hash)


def test_a_real_city_is_left_alone(accounts: Accounts) -> None:
    City.objects.update(demonstration=False)
    User.objects.filter(username="finance").delete()
    with pytest.raises(Conflict):
        load_city()
    assert not User.objects.filter(username="finance").exists()
