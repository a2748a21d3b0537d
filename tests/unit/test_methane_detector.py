"""The methane rule on a simulated street: what it says, where it points, and what it says when it knows little."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chengmai.core.errors import InvalidInput, NotFound
from chengmai.detection.chamber_map import chamber_map
from chengmai.detection.gas_tracing import PipeFacts, trace
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Signal
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.simulator.gas_town import GasTown
from chengmai.simulator.towns import FaultKind
from chengmai.warning.methane_detector import MethaneDetector
from chengmai.warning.rule_facts import RuleFacts, StreamFacts
from tests.gas_networks import KINDS, UTILITIES, SteadySupply, sensors, street

START = datetime(2026, 5, 4, 2, tzinfo=UTC)
PARAMETERS: dict[str, Any] = {"gas": "GAS", "chambers": KINDS, "levels": {"yellow": 20, "orange": 50, "red": 100}}


def facts() -> dict[str, StreamFacts]:
    return {
        one.stream: StreamFacts(place, one.quantity, one.element, 112.8, 35.5, network=one.network)
        for place, one in enumerate(sensors(), start=1)
    }


class Record:
    """Readings of a town, and the signals of a rule that is shown them one step at a time."""

    def __init__(self, parameters: dict[str, Any] = PARAMETERS, networks: dict[str, PipeNetwork] | None = None) -> None:
        self.networks = networks or street()
        self.town = GasTown(
            street(), UTILITIES, sensors(), ZoneInfo("Asia/Shanghai"), 3, START, SteadySupply(street()["GAS"])
        )
        self.facts, self.memory, self.signals = facts(), dict[str, Any](), list[Signal]()
        self.rule = RuleFacts("CH4", 1, parameters, "GAS", self.facts)
        self.detector = MethaneDetector(self._network)
        self._told: list[tuple[int, int, float]] = []

    def _network(self, code: str) -> PipeNetwork:
        if code not in self.networks:
            raise NotFound("network.unknown", code=code)
        return self.networks[code]

    def read(self, streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        low, high = start.timestamp() * 1000, end.timestamp() * 1000
        mine = sorted(one for one in self._told if one[0] in streams and low <= one[1] <= high)
        times = np.array([time for _, time, _ in mine], dtype=np.int64).astype("datetime64[ms]")
        return Observations.fresh([one[0] for one in mine], times, [one[2] for one in mine])

    def go_on(self, minutes: int, step_s: int = 60) -> list[Signal]:
        """Run the town and the rule; the signals of this stretch."""
        before = len(self.signals)
        for _ in range(minutes * 60 // step_s):
            readings = self.town.advance(self.town.now + timedelta(seconds=step_s))
            moment = round(self.town.now.timestamp() * 1000)
            rows = [(self.facts[code].id, moment, value) for code, value in readings.items()]
            self._told += rows
            batch = Observations.fresh(
                [stream for stream, _, _ in rows],
                np.full(len(rows), moment).astype("datetime64[ms]"),
                [value for _, _, value in rows],
            )
            self.signals += self.detector.evaluate(self.rule, batch, self.memory, self.read)
        return self.signals[before:]


def leaking(record: Record) -> list[Signal]:
    record.go_on(240, 600)
    record.town.begin_fault("GAS", FaultKind.GAS_LEAK, "gp2", 22.0)
    return record.go_on(45)


def test_a_leak_is_called_one_with_its_pipe_its_time_and_its_radii_and_ends_when_mended() -> None:
    record = Record()
    told = leaking(record)
    begun = [one for one in told if one.condition is Condition.BEGIN]
    assert {one.subject for one in begun} >= {"CH4-ws4", "CH4-dl4"}
    last = {one.subject: one for one in told}["CH4-ws4"]
    assert last.facts["verdict"] == "leak"
    assert last.facts["confidence"] > 0.9
    assert last.elements[0].code == "gp2"
    assert last.elements[0].score > 0.4
    assert begun[0].facts["to_lel_s"] is None or begun[0].facts["to_lel_s"] >= 0
    assert 0 < last.facts["blast"]["heavy_m"] < last.facts["blast"]["light_m"]
    assert last.facts["impact"]["pipe"] == "gp2"
    assert last.facts["chamber"] == {
        "network": "SEWER",
        "code": "ws4",
        "kind": "sewer",
        "volume_m3": pytest.approx(5.33),
    }
    assert {one["code"] for one in last.facts["joined"]} >= {"ws2", "ws6"}
    assert {span.stream for span in last.evidence} >= {record.facts["CH4-ws4"].id, record.facts["C2H6-ws4"].id}
    assert {"yellow", "orange", "red"} >= {one.severity for one in told}
    record.town.end_fault("GAS", FaultKind.GAS_LEAK, "gp2")
    ended = [one for one in record.go_on(1500, 600) if one.condition is Condition.END]
    assert {one.subject for one in ended} >= {"CH4-ws4", "CH4-dl4"}
    assert "active" not in record.memory["streams"][str(record.facts["CH4-dl4"].id)]


def test_biogas_is_called_biogas_and_points_at_no_pipe() -> None:
    record = Record()
    record.go_on(240, 600)
    record.town.begin_fault("SEWER", FaultKind.BIOGAS, "ws4", 0.8)
    told = [one for one in record.go_on(60) if one.subject == "CH4-ws4"]
    assert told
    assert {one.facts["verdict"] for one in told} == {"biogas"}
    assert told[-1].elements == ()
    assert told[-1].severity in ("yellow", "orange", "red"), "it can explode all the same"


def test_a_sensor_that_tells_lel_for_volume_is_alarmed_and_doubted() -> None:
    record = Record()
    record.go_on(60, 600)
    stream, moment = record.facts["CH4-ws4"].id, round(record.town.now.timestamp() * 1000)
    for step in range(1, 4):
        at = moment + 60_000 * step
        record._told.append((stream, at, 46.0))
        batch = Observations.fresh([stream], np.array([at]).astype("datetime64[ms]"), [46.0])
        record.signals += record.detector.evaluate(record.rule, batch, record.memory, record.read)
    begun = next(one for one in record.signals if one.subject == "CH4-ws4")
    assert begun.reasons[-1].code == "methane.unit_doubtful"
    assert begun.reasons[-1].params == {"percent": 46.0, "most": 20.0}
    assert "methane.unit_doubtful" not in {one.code for told in leaking(Record()) for one in told.reasons}


def test_a_chamber_that_no_network_has_is_an_alarm_that_says_so() -> None:
    networks = street()
    record = Record(networks={"GAS": networks["GAS"], "POWER": networks["POWER"]})
    told = [one for one in leaking(record) if one.subject == "CH4-ws4"]
    assert [one.reasons[0].code for one in told] == ["methane.chamber_unknown"]
    assert told[0].facts["verdict"] == "unclear"


def test_without_a_gas_network_the_verdict_says_that_pipes_are_not_known() -> None:
    networks = street()
    del networks["GAS"]
    told = [one for one in leaking(Record(networks=networks)) if one.subject == "CH4-ws4"]
    assert told[-1].elements == ()
    assert "methane.no_gas_network" in [reason.code for reason in told[-1].reasons]


def test_the_memory_can_be_kept_and_the_same_rows_again_change_nothing() -> None:
    import msgspec

    record = Record()
    told = leaking(record)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(record.memory))
    assert kept == record.memory
    moment = round(record.town.now.timestamp() * 1000)
    again = Observations.fresh([record.facts["CH4-ws4"].id], np.array([moment]).astype("datetime64[ms]"), [9.0])
    assert record.detector.evaluate(record.rule, again, record.memory, record.read) == []
    assert told


def test_parameters_that_are_none_are_refused() -> None:
    for wrong in ({"levels": {"yellow": "much"}}, {"on_delay_s": "soon"}, {"levels": 3}):
        with pytest.raises(InvalidInput):
            Record({**PARAMETERS, **wrong}).go_on(1)
    with pytest.raises(InvalidInput, match="no_chambers"):
        leaking(Record({**PARAMETERS, "chambers": {"SEWER": "sewer"}}, {"GAS": street()["GAS"]}))


def test_pressure_age_and_history_make_a_pipe_likelier_and_quiet_chambers_make_it_less() -> None:
    networks = street()
    gas = networks.pop("GAS")
    networks.pop("STORM")
    chambers = chamber_map(networks, {"SEWER": Utility.SEWER, "POWER": Utility.POWER}, gas)
    at = chambers.index()
    seen = {at["SEWER", f"ws{i}"]: value for i, value in ((2, 0.3), (3, 2.0), (4, 1.0), (8, 0.0))}
    plain = {one.code: one.share for one in trace(chambers, seen, {}, 2026)}
    assert set(plain) >= {"gp1", "gp2"}
    assert sum(plain.values()) == pytest.approx(1.0)
    for facts_of in (PipeFacts("medium_a"), PipeFacts(laid_year=1950), PipeFacts(leaks_before=2)):
        weighed = {one.code: one.share for one in trace(chambers, seen, {"gp2": facts_of}, 2026)}
        assert weighed["gp2"] > plain["gp2"]
    loud = {one.code: one.share for one in trace(chambers, {**seen, at["SEWER", "ws8"]: 2.0}, {}, 2026)}
    assert loud["gp3"] > plain.get("gp3", 0)
    assert trace(chambers, {at["SEWER", "ws1"]: 0.0}, {}, 2026) == []
