"""A preview is the live detector run over kept readings: for every kind it finds what the rule found as they came."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Signal
from chengmai.warning import rule_preview
from chengmai.warning.detectors import DETECTORS, new_detector
from chengmai.warning.methane_detector import MethaneDetector
from chengmai.warning.models import RuleKind
from chengmai.warning.rule_facts import Detector, Read, RuleFacts
from chengmai.warning.rule_parameters import PARAMETERS, preview_days
from chengmai.warning.rule_preview import Raised, replay
from chengmai.warning.rule_streams import judged_streams
from tests.unit import test_heat_detectors as heat
from tests.unit import test_methane_detector as methane
from tests.unit import test_night_flow_detector as night
from tests.unit import test_pressure_drop_detector as drop

BEGINNING, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)


def reader(rows: Observations) -> Read:
    """A store that holds these rows."""

    def read(streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        low, high = (np.datetime64(one.astimezone(UTC).replace(tzinfo=None), "ms") for one in (start, end))
        part = rows.take(np.isin(rows.stream, list(streams)) & (rows.time >= low) & (rows.time <= high))
        return part.take(np.lexsort((part.time, part.stream)))

    return read


def parts_of(rows: Observations, count: int) -> Iterator[Observations]:
    ordered = rows.take(np.argsort(rows.time, kind="stable"))
    for part in np.array_split(np.arange(len(ordered)), count):
        yield ordered.take(part)


def live(detector: Detector, rule: RuleFacts, rows: Observations) -> list[Signal]:
    """What the rule says while readings come, a few at once."""
    memory: dict[str, Any] = {}
    return [one for part in parts_of(rows, 60) for one in detector.evaluate(rule, part, memory, reader(rows))]


def previewed(detector: Detector, kind: str, rule: RuleFacts, rows: Observations) -> list[Raised]:
    """What a preview says, which reads nothing but the streams that the rule judges, in large pieces."""
    mine = rows.take(np.isin(rows.stream, judged_streams(kind, rule)))
    return replay(detector, rule, parts_of(mine, 2), reader(rows), BEGINNING, END).alarms


def alarms_of(signals: Sequence[Signal]) -> list[tuple[str, datetime, datetime | None]]:
    ends = {one.subject: one.raised_at for one in signals if one.condition is Condition.END}
    begun = [one for one in signals if one.condition is Condition.BEGIN]
    return [(one.subject, one.raised_at, ends.get(one.subject)) for one in begun]


HEAT: dict[str, tuple[RuleFacts, Observations]] = {
    RuleKind.COLD_STATION: (
        heat.COLD,
        heat.rows_of({"OT": [-9.0] * 21, "HTS-1": [70.0] * 3 + [55.0] * 9 + [69.5] * 9}),
    ),
    RuleKind.MAKE_UP: (heat.MAKE_UP, heat.rows_of({"HQ": [1000.0] * 20, "MK": [1.0] * 6 + [6.0] * 8 + [2.0] * 6})),
    RuleKind.HEAT_BURST: (
        heat.BURST,
        heat.burst_rows([1.0] * 20 + [41.0] * 15 + [1.0] * 10, {"HP-1": 30.0, "HP-2": 12.0, "HP-3": 2.0}, 20),
    ),
}


def story_of(kind: str) -> tuple[RuleFacts, Observations]:
    """A rule and readings in which it finds something."""
    match kind:
        case RuleKind.NIGHT_FLOW:
            return night.RULE, night._record()
        case RuleKind.PRESSURE_DROP:
            return drop.RULE, drop._record("p497")
    return HEAT[kind]


@pytest.mark.parametrize("kind", [RuleKind.NIGHT_FLOW, RuleKind.PRESSURE_DROP, *HEAT])
def test_a_preview_finds_what_the_rule_found_live(kind: str) -> None:
    rule, rows = story_of(kind)
    found = alarms_of(live(DETECTORS[kind], rule, rows))
    assert found
    told = [(one.subject, one.raised, one.ended) for one in previewed(new_detector(kind), kind, rule, rows)]
    assert told == found


def test_a_preview_of_methane_finds_the_chambers_of_the_leak() -> None:
    record = methane.Record()
    methane.leaking(record)
    ids, times, values = (np.array(column) for column in zip(*record._told, strict=True))
    rows = Observations.fresh(ids.tolist(), times.astype("datetime64[ms]"), values.tolist())
    told = previewed(MethaneDetector(record._network), RuleKind.METHANE, record.rule, rows)
    assert {(one.subject, one.raised) for one in told} == {
        (subject, raised) for subject, raised, _ in alarms_of(record.signals)
    }


def test_a_preview_learns_apart_from_the_running_rules_and_every_kind_has_one() -> None:
    for kind in PARAMETERS:
        assert preview_days(kind)
        if kind != RuleKind.SILENT:
            assert new_detector(kind) is not DETECTORS[kind]
            assert type(new_detector(kind)) is type(DETECTORS[kind])
    with pytest.raises(InvalidInput):
        new_detector("magic")


def test_too_many_readings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_preview, "MOST_ROWS", 10)
    rule, rows = HEAT[RuleKind.MAKE_UP]
    with pytest.raises(InvalidInput, match="preview_too_large"):
        previewed(new_detector(RuleKind.MAKE_UP), RuleKind.MAKE_UP, rule, rows)
