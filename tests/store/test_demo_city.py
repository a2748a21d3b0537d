"""The demonstration city loads whole, twice without harm, and never over a real one."""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from pytest_django import DjangoDbBlocker

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.assets.models import City, GridCell, Network, Street
from chengmai.assets.queries import cell_at, load_network
from chengmai.casework.classes.editions import department_of, present_class, trades
from chengmai.casework.models import CaseClass
from chengmai.core.clock import now
from chengmai.core.errors import Conflict
from chengmai.core.messages import LANGUAGES, message
from chengmai.custody.models import Scale
from chengmai.demo.city import Accounts, load_city
from chengmai.demo.devices import CENTRE, LOTS, PROJECT
from chengmai.detection.night_signals import area_of
from chengmai.devices.battery import BatteryState
from chengmai.devices.care import needing_care
from chengmai.devices.checking import DeviceFacts, Known, faults_of
from chengmai.devices.models import Calibration, Device, DeviceStream
from chengmai.devices.queries import count_by_lot
from chengmai.network.pipe_network import LinkKind
from chengmai.network.utilities import Utility
from chengmai.sensing.models import Datastream, Gateway
from chengmai.sensing.tokens import token_fits
from chengmai.settings import current
from chengmai.simulator.process import GATEWAYS, plan_towns
from chengmai.warning.models import Rule, RuleKind
from chengmai.warning.places import area_name
from tests.kept import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def accounts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Accounts]:
    """The city, loaded once for all tests here and taken back at their end."""
    with kept(django_db_blocker):
        yield load_city()


def test_every_role_has_a_person_who_can_log_in(accounts: Accounts) -> None:
    assert {Role(account.role) for account in accounts.people} == set(Role)
    assert len({account.password for account in accounts.people}) == len(accounts.people)
    for account in accounts.people:
        user = User.objects.get(username=account.username)
        assert user.check_password(account.password)
        assert account.password not in repr(account)
        assert user.password_changed_at is not None


OWNERS = {
    "JC-WATER": "JC-WATER-CO",
    "JC-GAS": "JC-GAS-CO",
    "JC-HEAT": "JC-HEAT-CO",
    "JC-STORM": "CG",
    "JC-SEWER": "CG",
    "JC-POWER": "CG",
    "JC-TELECOM": "CG",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_has_a_name_in_the_list_of_accounts(language: str) -> None:
    names = {role: message(f"demo.role.{role}", language, {}) for role in Role}
    assert [role for role, name in names.items() if name.startswith("demo.role")] == []


def test_each_network_belongs_to_its_company_and_has_no_findings(accounts: Accounts) -> None:
    found = Network.objects.select_related("owner", "edition")
    assert {network.code: network.owner.code for network in found} == OWNERS
    assert {network.utility for network in found} == {utility.value for utility in Utility}
    for network in found:
        assert network.edition is not None
        assert network.edition.findings == [], network.code
        arrays = load_network(network)
        assert abs(arrays.nodes.x.mean() - 112.85) < 0.02
        assert abs(arrays.nodes.y.mean() - 35.50) < 0.02


def test_what_can_be_shut_off_and_whom_that_cuts_off_is_known(accounts: Accounts) -> None:
    for code in ("JC-WATER", "JC-GAS", "JC-HEAT"):
        arrays = load_network(code)
        pipes = int((arrays.links.kind == LinkKind.PIPE).sum())
        assert 0.4 * pipes < len(arrays.valves) < 0.8 * pipes
        assert 0 < (~arrays.valves.works).sum() < 0.06 * len(arrays.valves)
        categories = set(arrays.customers.category)
        assert {"hospital", "school", "residential"} <= categories
        assert arrays.customers.users.sum() > 7000
    water = load_network("JC-WATER").customers
    heat = load_network("JC-HEAT")
    stations = {told["station"] for told in heat.nodes.attributes if "station" in told}
    assert set(water.name[water.category == "heat_station"]) == stations
    assert 25 <= len(stations) <= 40


def test_chambers_lie_beside_gas_pipes_and_have_a_volume(accounts: Accounts) -> None:
    gas = load_network("JC-GAS")
    pipes = shapely.STRtree([shapely.LineString(gas.line(i)) for i in range(len(gas.links))])
    degree_m = 111_000.0
    for code in ("JC-STORM", "JC-SEWER", "JC-POWER", "JC-TELECOM"):
        chambers = load_network(code)
        assert 120 <= len(chambers.nodes) <= 250
        assert all(told["well_deep_m"] > 1 and told["area_m2"] > 0.5 for told in chambers.nodes.attributes)
        places = shapely.points(chambers.nodes.x, chambers.nodes.y)
        _, away = pipes.query_nearest(places, return_distance=True, all_matches=False)
        assert np.median(away) * degree_m < 12, code


def test_every_utility_s_gateways_belong_to_its_company(accounts: Accounts) -> None:
    weighbridges = Scale.objects.exclude(gateway=None).values("gateway")
    gateways = Gateway.objects.exclude(pk__in=weighbridges).select_related("owner")
    assert {gateway.code: gateway.owner.code for gateway in gateways} == {
        "SIM": "JC-WATER-CO",
        "BM19": "JC-WATER-CO",
        "SIM-GAS": "JC-GAS-CO",
        "SIM-HEAT": "JC-HEAT-CO",
        "SIM-SPACE": "JC-GAS-CO",
    }
    by_trade = trades()
    answering = [department_of(row, by_trade) for row in (present_class("0402"), present_class("0102")) if row]
    assert [one.code for one in answering if one] == ["JC-WATER-CO", "CG-APPEARANCE"]
    assert User.objects.get(username="department_handler").organisation.code == "JC-WATER-CO"


def test_the_water_network_is_the_published_one(accounts: Accounts) -> None:
    arrays = load_network("JC-WATER")
    assert (len(arrays.nodes), len(arrays.links)) == (785, 909)
    assert set(arrays.links.material) == {"", "PE", "铸铁", "钢管", "球墨铸铁"}


def test_every_stream_has_its_place_in_its_network(accounts: Accounts) -> None:
    streams = Datastream.objects.select_related("network", "gateway")
    assert streams.filter(gateway__code__in=["SIM", "BM19"]).count() == 33 + 4 + 4 + 8 * 3
    assert streams.filter(gateway__code="SIM-HEAT").count() == 34 * 5 + 2 + 20
    assert not streams.filter(longitude=None).exists()
    arrays = {network.code: load_network(network) for network in Network.objects.select_related("edition")}
    for stream in streams:
        assert stream.network is not None
        assert stream.owner == stream.gateway.owner
        own = arrays[stream.network.code]
        assert stream.element in own.node_index or stream.element in own.link_index


def test_rules_name_streams_that_exist(accounts: Accounts) -> None:
    codes = set(Datastream.objects.values_list("code", flat=True))
    heat = {RuleKind.COLD_STATION.value, RuleKind.MAKE_UP.value, RuleKind.HEAT_BURST.value}
    kinds = {rule.kind for rule in Rule.objects.all()}
    assert kinds >= {RuleKind.LIMIT.value, RuleKind.NIGHT_FLOW.value, RuleKind.PRESSURE_DROP.value, *heat}
    for rule in Rule.objects.all():
        if rule.kind == RuleKind.NIGHT_FLOW:
            assert set(area_of(rule.parameters).streams) <= codes
        else:
            assert set(rule.parameters.get("streams", [])) <= codes
        assert {
            rule.parameters[name] for name in ("make_up", "circulation", "outdoor") if name in rule.parameters
        } <= codes


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
    assert set(accounts.gateway_tokens) == {"SIM", "BM19", "SIM-GAS", "SIM-HEAT", "SIM-SPACE"}
    for code, token in accounts.gateway_tokens.items():
        assert token_fits(token, Gateway.objects.get(code=code).token_hash)


def test_a_real_city_is_left_alone(accounts: Accounts) -> None:
    City.objects.update(demonstration=False)
    User.objects.filter(username="audit_administrator").delete()
    with pytest.raises(Conflict):
        load_city()
    assert not User.objects.filter(username="audit_administrator").exists()


def test_every_live_stream_has_a_device_that_breaks_no_rule(accounts: Accounts) -> None:
    unfed = Datastream.objects.exclude(gateway__code="BM19").exclude(fed_by__until=None, fed_by__isnull=False)
    assert list(unfed.values_list("code", flat=True)) == []
    told = [
        DeviceFacts(
            device.code, device.type.code, device.owner.code, serial=device.serial, maker=device.maker,
            project=device.project, lot=device.lot, installed_on=device.installed_on, longitude=device.longitude,
            latitude=device.latitude, network=device.network.code if device.network else "", element=device.element,
            streams=tuple(device.feeds.values_list("stream__code", flat=True)),
        )
        for device in Device.objects.select_related("type", "owner", "network")
    ]  # fmt: skip
    known = Known.read(None, told)
    assert [fault for one in told for fault in faults_of(one, known)] == []
    counted = count_by_lot(PROJECT)
    assert {lot: counted[lot]["in_service"] for lot in LOTS} == LOTS
    assert counted["centre"] == {**dict.fromkeys(counted["centre"], 0), **dict(CENTRE)}


def test_the_city_s_devices_are_looked_after_and_a_few_things_are_due(accounts: Accounts) -> None:
    engineer, today = User.objects.get(username="network_engineer"), now().astimezone(current().zone).date()
    due = needing_care(engineer, 30)
    overdue = [care for care in due if care.calibration_due is not None and care.calibration_due < today]
    low = [care for care in due if care.battery is not None and care.battery.state is BatteryState.LOW]
    assert 1 <= len(overdue) <= 3
    assert 1 <= len(low) <= 3
    assert len(due) <= 12
    assert not Calibration.objects.exclude(passed=True).exists()


def test_every_stream_tells_as_often_as_its_device_s_type_asks(accounts: Accounts) -> None:
    feeds = DeviceStream.objects.filter(until=None).select_related("stream", "device__type")
    assert {feed.stream.interval_s for feed in feeds} == {300, 900, 1800}
    assert [feed.stream.code for feed in feeds if feed.stream.interval_s != feed.device.type.interval_s] == []
    towns = plan_towns(current(), GATEWAYS, 1, 5.0, now(), {})
    assert {town.history_step_s for town in towns} == {300.0}
    assert all(sensor.interval_s % 300 == 0 for town in towns for sensor in town.sensors)
