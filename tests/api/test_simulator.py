"""The simulator's doors and its process: breaks by button, on the record, and nothing without a demonstration."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, Unavailable
from chengmai.settings import Settings
from chengmai.simulator import process
from chengmai.simulator.run import Plan
from tests.people import add_person, client_of
from tests.telemetry import free_port
from tests.unit.test_simulated_town import begin, town_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[process.Simulator]:
    """A real child process on a small network, with no broker to reach."""
    since = now().replace(microsecond=0) - timedelta(minutes=20)
    plan = Plan((town_plan(since, 1.0),), {"": "none"}, "127.0.0.1", free_port())
    one = process.Simulator(Settings(demo=True))
    monkeypatch.setattr(one, "_plan", lambda: plan)
    one.start()
    yield one
    one.stop()


def test_without_a_simulator_every_door_says_so() -> None:
    client = client_of(add_person("operator", Role.OPERATOR))
    assert client.get("/api/v1/simulator").json()["error"]["code"] == "simulator.not_running"
    answer = client.post("/api/v1/simulator/breaks", {"pipe": "p1", "size_m3h": 20}, content_type="application/json")
    assert answer.status_code == 503
    assert set(_recorded()) <= {("simulator.pipe_broken", "refused"), ("simulator.pipe_mended", "refused")}


def test_a_pipe_is_broken_and_mended_by_button_and_both_are_on_the_record(simulator: process.Simulator) -> None:
    client = client_of(add_person("operator", Role.OPERATOR))
    broken = _post(client, {"pipe": "P2", "size_m3h": 12})
    assert broken.status_code == 200, broken.content
    assert [(one["pipe"], one["size_m3h"]) for one in broken.json()["breaks"]] == [("P2", 12.0)]
    assert _post(client, {"pipe": "P2", "size_m3h": 12}).json()["error"]["code"] == "simulator.broken_already"
    assert _post(client, {"pipe": "none", "size_m3h": 12}).json()["error"]["code"] == "water.not_a_pipe"
    assert _post(client, {"pipe": "P1", "size_m3h": 0}).status_code == 422
    assert client.delete("/api/v1/simulator/breaks/P2").json()["breaks"] == []
    broken_twice, no_pipe = ("simulator.pipe_broken", "refused"), ("simulator.pipe_broken", "refused")
    assert _recorded() == [
        ("simulator.pipe_broken", "done"),
        broken_twice,
        no_pipe,
        ("simulator.pipe_mended", "done"),
    ]


def test_any_fault_is_begun_and_ended_by_its_own_door(simulator: process.Simulator) -> None:
    client = client_of(add_person("operator", Role.OPERATOR))
    wanted = {"network": "W", "kind": "pipe_break", "element": "P2", "size": 12}
    begun = client.post("/api/v1/simulator/faults", wanted, content_type="application/json")
    assert [(one["kind"], one["element"], one["size"]) for one in begun.json()["faults"]] == [("pipe_break", "P2", 12)]
    assert [town["kind"] for town in begun.json()["towns"]] == ["water"]
    wrong = client.post("/api/v1/simulator/faults", {**wanted, "kind": "biogas"}, content_type="application/json")
    assert wrong.json()["error"]["code"] == "simulator.no_such_fault"
    assert client.delete("/api/v1/simulator/faults/W/pipe_break/P2").json()["faults"] == []
    assert _recorded() == [
        ("simulator.fault_began", "done"),
        ("simulator.fault_began", "refused"),
        ("simulator.fault_ended", "done"),
    ]


def _recorded() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(action__startswith="simulator.").order_by("sequence")
    return list(entries.values_list("action", "result"))


def _post(client: Client, body: dict[str, Any]) -> Any:
    return client.post("/api/v1/simulator/breaks", body, content_type="application/json")


def test_the_child_moves_on_without_a_broker_and_ends_when_told(simulator: process.Simulator) -> None:
    assert simulator.ask({"do": "status"})["pid"] == simulator.pid
    simulator.ask(begin("P1", 5))
    with pytest.raises(Conflict):
        simulator.ask(begin("P1", 5))
    with pytest.raises(InvalidInput):
        simulator.ask({"do": "end", "network": "W", "kind": "pipe_break", "element": "P3"})
    simulator.stop()
    with pytest.raises(Unavailable):
        process.current()


def test_nothing_is_simulated_outside_a_demonstration() -> None:
    one = process.Simulator(Settings(demo=False))
    one.start()
    assert one.pid is None
    one.stop()
