"""The evaluation's cursor: it moves with the alarms or not at all, and one broken rule harms no other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import InterfaceError, connection

from chengmai.access.models import Organisation
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Reason, Signal, Span
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import Settings
from chengmai.warning import evaluation
from chengmai.warning.evaluation import Evaluator
from chengmai.warning.models import EvaluationCursor, Rule
from chengmai.warning.rule_facts import Read, RuleFacts
from tests.people import add_organisation

pytestmark = pytest.mark.django_db(transaction=True)


class Recorder:
    """A detector that signals every value over 10 and remembers how many rows it saw."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        memory["rows"] = memory.get("rows", 0) + len(rows)
        if rule.parameters.get("broken"):
            raise ValueError("broken rule")
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        return [
            Signal(str(value), Condition.BEGIN, "red", moment, moment, (Reason("x"),), ())
            for value in rows.value[rows.value > 10].tolist()
        ]


class Applied(list[tuple[str, str]]):
    """Stands for the alarms' service; ``fail`` makes the next signal fail."""

    fail: BaseException | None = None

    def __init__(self) -> None:
        self.cited: list[Any] = []

    def __call__(self, rule: Rule, signal: Signal, cited: Any) -> None:
        self.cited.append(cited)
        if self.fail is not None:
            error, self.fail = self.fail, None
            add_organisation("WRITTEN-BEFORE-THE-FAILURE")
            raise error
        self.append((rule.code, signal.subject))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TelemetryStore]:
    opened = open_store(replace(Settings(), data_dir=tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def applied() -> Applied:
    return Applied()


def evaluator(store: TelemetryStore, applied: Applied) -> Evaluator:
    return Evaluator(store, lambda kind: Recorder(), applied)


def add_rule(code: str, **parameters: Any) -> Rule:
    return Rule.objects.create(code=code, kind="limit", owner=add_organisation(), parameters=parameters)


def put(store: TelemetryStore, values: Sequence[float], minute: int = 0) -> None:
    start = datetime(2026, 1, 1) + timedelta(minutes=minute)  # noqa: DTZ001
    times = [np.datetime64(start + timedelta(seconds=place), "ms") for place in range(len(values))]
    store.insert(Observations.fresh([1] * len(values), times, values))


def seen(code: str) -> int:
    import msgspec

    return int(msgspec.msgpack.decode(bytes(EvaluationCursor.objects.get(name=code).memory))["rows"])


def test_every_row_is_seen_once_also_by_a_later_evaluator(store: TelemetryStore, applied: Applied) -> None:
    add_rule("A")
    put(store, [1, 20])
    put(store, [30], minute=1)
    first = evaluator(store, applied)
    assert first.round()
    assert not first.round()
    put(store, [40], minute=2)
    assert evaluator(store, applied).round()
    assert applied == [("A", "20.0"), ("A", "30.0"), ("A", "40.0")]
    assert seen("A") == 4


def test_a_new_rule_goes_through_the_history_on_its_own(store: TelemetryStore, applied: Applied) -> None:
    add_rule("A")
    put(store, [20])
    evaluator(store, applied).round()
    add_rule("B")
    put(store, [30], minute=1)
    evaluator(store, applied).round()
    assert applied == [("A", "20.0"), ("B", "20.0"), ("B", "30.0"), ("A", "30.0")]


def test_a_failing_alarm_moves_neither_cursor_nor_memory(store: TelemetryStore, applied: Applied) -> None:
    add_rule("A")
    put(store, [20, 30])
    applied.fail = RuntimeError("no")
    one = evaluator(store, applied)
    assert not one.round()
    assert EvaluationCursor.objects.get(name="A").batch == 0
    assert "RuntimeError" in one.errors["A"]
    assert not Organisation.objects.filter(code="WRITTEN-BEFORE-THE-FAILURE").exists()
    assert evaluator(store, applied).round()
    assert applied == [("A", "20.0"), ("A", "30.0")]
    assert seen("A") == 2


def test_a_broken_rule_waits_while_the_others_go_on(store: TelemetryStore, applied: Applied) -> None:
    broken = add_rule("A", broken=True)
    add_rule("B")
    put(store, [20])
    one = evaluator(store, applied)
    assert one.round()
    assert applied == [("B", "20.0")]
    assert list(one.errors) == ["A"]
    assert EvaluationCursor.objects.get(name="A").batch == 0
    broken.parameters = {}
    broken.save()
    assert evaluator(store, applied).round()
    assert applied[1:] == [("A", "20.0")]


def test_of_two_evaluators_by_mistake_one_has_no_effect(store: TelemetryStore, applied: Applied) -> None:
    add_rule("A")
    put(store, [20])
    one = evaluator(store, applied)
    kept = one._cursors(list(Rule.objects.all()))
    assert evaluator(store, applied).round()
    one._cursors = lambda rules: kept  # type: ignore[method-assign]
    assert not one.round()
    assert "evaluation.moved" in one.errors["A"]
    assert EvaluationCursor.objects.get(name="A").batch == 1
    assert seen("A") == 1


def test_evidence_is_read_and_cited_before_the_database_s_writer_is_taken(
    store: TelemetryStore, applied: Applied
) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)

    class Citing(Recorder):
        def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
            span = Span(1, moment, moment + timedelta(minutes=1))
            return [replace(one, evidence=(span,)) for one in super().evaluate(rule, rows, memory, read)]

    read, reads = store.read, list[bool]()

    def watched(*arguments: Any) -> Observations:
        reads.append(connection.in_atomic_block)
        return read(*arguments)

    store.read = watched  # type: ignore[method-assign]
    add_rule("A")
    put(store, [1, 20, 30])
    assert Evaluator(store, lambda kind: Citing(), applied).round()
    assert reads == [False, False]
    assert [citation["rows"] for cited in applied.cited for citation in cited] == [3, 3]


def test_a_rule_whose_memory_cannot_be_read_waits_while_the_others_go_on(
    store: TelemetryStore, applied: Applied
) -> None:
    add_rule("A")
    add_rule("B")
    EvaluationCursor.objects.create(name="A", memory=b"\xc1", moved_at=datetime(2026, 1, 1, tzinfo=UTC))
    put(store, [20])
    one = evaluator(store, applied)
    assert one.round()
    assert applied == [("B", "20.0")]
    assert list(one.errors) == ["A"]


def test_the_thread_waits_for_a_database_that_is_away_and_tells_any_other_end(
    store: TelemetryStore, applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, rounds = evaluator(store, applied), list[Exception]()

    def broken() -> bool:
        rounds.append(InterfaceError("connection already closed") if not rounds else ZeroDivisionError())
        raise rounds[-1]

    monkeypatch.setattr(one, "round", broken)
    monkeypatch.setattr(evaluation, "IDLE_S", 0.01)
    one.start()
    one._thread.join(20)
    assert len(rounds) == 2
    assert one.failure is rounds[-1]
