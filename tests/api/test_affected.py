"""Whom an alarm concerns, through the door: water downstream, stations and rooms of a heat network, scope."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from chengmai.access.roles import Role
from chengmai.assets.models import Network
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Element, Reason, Signal, Span
from chengmai.network.customers import Customers
from chengmai.network.pipe_network import Demands, PipeNetwork
from chengmai.sensing import runtime
from chengmai.sensing.live import Hub
from chengmai.sensing.models import Datastream, Gateway
from chengmai.sensing.registry import Registry
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import current
from chengmai.warning.locating import rank_heat
from chengmai.warning.models import Alarm, Rule, RuleKind
from chengmai.warning.services import apply_signal
from tests.disposal import City, build_city, no_readings
from tests.networks import add_network, publish
from tests.people import add_organisation, add_person, client_of
from tests.pipe_networks import pipe_network

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 1, 10, 4, tzinfo=UTC)


def supplied(network: PipeNetwork, rows: list[tuple[str, int, str]]) -> PipeNetwork:
    """A network with customers (node, users, category)."""
    at = network.node_index
    table = Customers(
        np.array([f"u{i}" for i in range(len(rows))]),
        np.array([at[node] for node, _, _ in rows], dtype=np.int32),
        np.array([users for _, users, _ in rows], dtype=np.int32),
        np.array([category for _, _, category in rows]),
        np.array([f"{category} {node}" for node, _, category in rows]),
    )
    return replace(network, customers=table)


HEAT = supplied(
    pipe_network(
        {
            "h1": {"source": True, "supply_c": 110.0, "pressure_kpa": 400.0, "lift_kpa": 500.0, "x": 112.85, "y": 35.5},
            "h2": {"x": 112.851, "y": 35.5},
            "h3": {"heat_kw": 900.0, "building_class": "light", "station": "三号站", "x": 112.852, "y": 35.5},
            "h4": {"heat_kw": 600.0, "building_class": "heavy", "station": "四号站", "x": 112.851, "y": 35.501},
        },
        [("hp1", "h1", "h2", 400.0, 0.15), ("hp2", "h3", "h2", 300.0, 0.1), ("hp3", "h2", "h4", 300.0, 0.1)],
    ),
    [("h3", 120, "residential"), ("h3", 1, "hospital"), ("h4", 80, "residential")],
)
WATER = supplied(
    replace(
        pipe_network(
            {"r": {"source": True, "z": 60.0}, "a": {}, "b": {}, "c": {}},
            [("p", "r", "a", 500.0, 0.3), ("q", "c", "a", 300.0, 0.2), ("s", "a", "b", 300.0, 0.2)],
        ),
        demands=Demands(
            np.array([2, 3], dtype=np.int32), np.array([0.01, 0.01]), np.full(2, -1, dtype=np.int32), np.array(["", ""])
        ),
    ),
    [("b", 10, "residential"), ("c", 20, "school"), ("a", 5, "commercial")],
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelemetryStore]:
    opened = open_store(replace(current(), data_dir=tmp_path_factory.mktemp("telemetry"), telemetry_url=""))
    yield opened
    opened.close()


@pytest.fixture
def city(store: TelemetryStore) -> Iterator[City]:
    built = build_city()
    runtime.hold(runtime.Running(store, None, Hub(Registry())))  # type: ignore[arg-type]
    yield built
    runtime.hold(None)


def stream(network: Network, code: str, quantity: str, element: str) -> Datastream:
    gateway, _ = Gateway.objects.get_or_create(
        code=f"G-{network.code}", defaults={"name": "g", "owner": network.owner, "token_hash": "-"}
    )
    return Datastream.objects.create(
        code=code,
        name=code,
        gateway=gateway,
        owner=network.owner,
        quantity=quantity,
        network=network,
        element=element,
    )


def alarm(
    network: Network,
    kind: RuleKind,
    at: Datastream,
    *elements: Element,
    reasons: tuple[Reason, ...] = (Reason("limit.low"),),
    size_m3h: float | None = None,
) -> Alarm:
    rule = Rule.objects.create(code=f"r-{kind}", kind=kind, network=network, owner=network.owner, parameters={})
    span = Span(at.pk, MOMENT, MOMENT + timedelta(minutes=10))
    found = Signal(f"{at.code}#x", Condition.BEGIN, "orange", MOMENT, MOMENT, reasons, (span,), size_m3h, elements)
    raised = apply_signal(rule, found, no_readings)
    assert raised is not None
    return raised


def affected(city: City, raised: Alarm, who: str = "operator", status: int = 200) -> Any:
    answer = client_of(city.people[who]).get(f"/api/v1/alarms/{raised.pk}/affected")
    assert answer.status_code == status, answer.content
    return answer.json()


def heat_network(city: City) -> Network:
    company = add_organisation("JC-HEAT-CO", "utility")
    city.people["heat"] = add_person("heat", Role.UTILITY_DISPATCHER, organisation=company)
    network = add_network("JC-HEAT", company)
    publish(network, HEAT)
    Network.objects.filter(pk=network.pk).update(utility="heat")
    return Network.objects.get(pk=network.pk)


def test_a_cold_station_tells_who_grows_cold_and_how_fast(city: City, store: TelemetryStore) -> None:
    network = heat_network(city)
    supply = stream(network, "HTS-h3", "supply_temperature", "h3")
    outdoor = stream(network, "OT", "air_temperature", "h1")
    room = stream(network, "RT-h3", "room_temperature", "h3")
    elsewhere = stream(network, "RT-h4", "room_temperature", "h4")
    when = np.array([np.datetime64("2026-01-10T04:00", "ms")] * 3)
    store.insert(Observations.fresh([outdoor.pk, room.pk, elsewhere.pk], when, [-5.0, 21.0, 25.0]))
    told = affected(city, alarm(network, RuleKind.COLD_STATION, supply))
    assert (told["known"], told["utility"], told["place"]) == (True, "heat", "h3")
    assert [(one["code"], one["name"], one["users"]) for one in told["stations"]] == [("h3", "三号站", 121)]
    assert (told["users"], told["connections"]) == (121, 2)
    assert [place["category"] for place in told["key_places"]] == ["hospital"]
    assert (told["outdoor_c"], told["room_c"]) == (-5.0, 21.0)
    (curve,) = told["outages"]
    assert curve["building_class"] == "light"
    assert curve["cold_after_h"] == pytest.approx(30 * np.log(26 / 23), abs=0.06)
    assert curve["points"][0] == [0.0, 21.0]
    assert curve["points"][-1][1] < 18


def test_a_burst_concerns_what_lies_behind_the_broken_pipe(city: City) -> None:
    network = heat_network(city)
    make_up = stream(network, "MK", "make_up_flow", "h1")
    broken = Element("hp1", "pipe", 1.0)
    told = affected(city, alarm(network, RuleKind.HEAT_BURST, make_up, broken))
    assert (told["place"], told["pipes"], told["users"]) == ("hp1", 3, 201)
    assert {one["code"] for one in told["stations"]} == {"h3", "h4"}
    assert told["outages"] == []  # nobody tells how cold it is outdoors
    assert len(told["paths"]) == 3
    assert affected(city, alarm(network, RuleKind.MAKE_UP, make_up))["known"] is False


def test_a_burst_that_is_not_located_concerns_what_lies_behind_the_deepest_fall(city: City) -> None:
    network = heat_network(city)
    make_up = stream(network, "MK", "make_up_flow", "h1")
    stream(network, "HP-h4", "heat_pressure", "h4")
    fallen = Reason("heat_burst.fallen", {"sensors": 1, "stream": "HP-h4", "largest_kpa": 20.0})
    told = affected(city, alarm(network, RuleKind.HEAT_BURST, make_up, reasons=(fallen,)))
    assert (told["place"], told["users"]) == ("h4", 80)


def test_a_burst_is_located_from_the_readings_and_written_down_with_them(city: City, store: TelemetryStore) -> None:
    network = heat_network(city)
    make_up, around = stream(network, "MK", "make_up_flow", "h1"), stream(network, "HQ", "heat_flow", "h1")
    pressures = [stream(network, f"HP-{code}", "heat_pressure", code) for code in ("h2", "h3", "h4")]
    falls = {"h2": 21.0, "h3": 45.0, "h4": 21.0}  # 20 kPa everywhere, and more where the lost water comes through
    rows = []
    for minute in range(-30, 4):
        when = np.datetime64(MOMENT.replace(tzinfo=None), "ms") + np.timedelta64(minute, "m")
        rows += [(one.pk, when, 600.0 - (falls[one.element] if minute >= 0 else 0.0)) for one in pressures]
        rows.append((around.pk, when, 60.0))
    store.insert(Observations.fresh(*zip(*rows, strict=True)))
    raised = alarm(network, RuleKind.HEAT_BURST, make_up, size_m3h=40.0)
    told = {"streams": [one.code for one in pressures], "circulation": "HQ", "make_up": "MK"}
    Rule.objects.filter(pk=raised.rule.pk).update(parameters=told)
    Alarm.objects.filter(pk=raised.pk).update(raised_at=MOMENT + timedelta(minutes=3))
    raised = Alarm.objects.select_related("rule", "network__edition").get(pk=raised.pk)
    ranking, run = rank_heat(raised, store.read)
    assert ranking.elements[0].code == "hp2"
    assert run["sensors"] == ["HP-h2", "HP-h3", "HP-h4"]
    assert run["circulation_m3h"] == 60.0


def test_bad_water_concerns_those_downstream_only(city: City) -> None:
    publish(city.network, WATER)
    city.network.refresh_from_db()
    chlorine = stream(city.network, "CL-c", "chlorine", "c")
    told = affected(city, alarm(city.network, RuleKind.LIMIT, chlorine))
    assert (told["place"], told["pipes"], told["users"]) == ("c", 0, 20)
    assert [place["category"] for place in told["key_places"]] == ["school"]
    near = stream(city.network, "CL-a", "chlorine", "a")
    Rule.objects.filter(code="r-limit").update(code="r-limit-before", active=False)
    told = affected(city, alarm(city.network, RuleKind.LIMIT, near))
    assert (told["pipes"], told["users"], told["stations"]) == (2, 35, [])
    assert {one["category"]: one["users"] for one in told["categories"]} == {
        "school": 20,
        "residential": 10,
        "commercial": 5,
    }


def test_others_are_not_told(city: City) -> None:
    network = heat_network(city)
    raised = alarm(network, RuleKind.COLD_STATION, stream(network, "HTS-h3", "supply_temperature", "h3"))
    assert affected(city, raised, "heat")["known"]
    affected(city, raised, "outsider", 404)
    affected(city, raised, "company", 404)
