"""The live feed: coalesced, numbered, scoped, and whole again after a gap."""

import asyncio
import json
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chengmai.detection.observations import Observations
from chengmai.sensing.live import KEPT_DELTAS, Hub, LiveMessage, Scope
from chengmai.sensing.registry import Registry, StreamFacts


class Clock:
    """Our clock, moved by hand [s]."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(clock: Clock) -> Hub:
    streams = [StreamFacts(1, "A", "G", "WATER", 2.0, 8.0, 300), StreamFacts(2, "B", "G", "ROADS", None, None, 300)]
    registry = Registry(lambda: (streams, {}))
    registry.refresh()
    return Hub(registry, clock)


def rows(*told: tuple[int, int, float]) -> Observations:
    times = np.array([minute * 60_000 for _, minute, _ in told], dtype="datetime64[ms]")
    return Observations.fresh([stream for stream, _, _ in told], times, [value for _, _, value in told])


def listening(hub: Hub, scope: Scope = None, after: str = "") -> tuple[list[Any], Callable[[], list[Any]]]:
    subscription, first = hub.subscribe(scope, after)

    def received() -> list[Any]:
        messages = []
        while not subscription.queue.empty():
            messages.append(json.loads(subscription.queue.get_nowait().content))
        return messages

    return [json.loads(message.content) for message in first], received


def test_a_delta_has_the_last_value_of_each_stream(hub: Hub) -> None:
    first, received = listening(hub)
    assert first == [{"type": "snapshot", "epoch": hub.epoch, "seq": 0, "values": []}]
    hub.values(rows((1, 0, 5.0), (1, 2, 6.0), (1, 1, 4.0), (2, 0, 1.0)))
    hub.values(rows((1, 3, 9.0)))
    hub.tick()
    hub.tick()
    assert received() == [
        {"type": "delta", "seq": 1, "values": [["A", 180_000, 9.0, "high"], ["B", 0, 1.0, "ok"]], "changes": []}
    ]


def test_a_late_reading_does_not_turn_the_value_back(hub: Hub) -> None:
    hub.values(rows((1, 5, 5.0)))
    hub.tick()
    _, received = listening(hub)
    hub.values(rows((1, 4, 1.0)))
    hub.tick()
    assert received() == []


def test_low_high_and_stale_are_told(hub: Hub, clock: Clock) -> None:
    hub.values(rows((1, 0, 1.0)))
    hub.tick()
    first, received = listening(hub)
    assert first[0]["values"] == [["A", 0, 1.0, "low"]]
    clock.now += 901
    hub.tick()
    assert [message["values"] for message in received()] == [[["A", 0, 1.0, "stale"]]]
    hub.values(rows((1, 1, 5.0)))
    hub.tick()
    assert [message["values"] for message in received()] == [[["A", 60_000, 5.0, "ok"]]]


def test_nobody_hears_of_what_is_not_his(hub: Hub) -> None:
    hub.values(rows((1, 0, 5.0), (2, 0, 1.0)))
    hub.tick()
    first, received = listening(hub, frozenset({"WATER"}))
    assert [value[0] for value in first[0]["values"]] == ["A"]
    hub.values(rows((1, 1, 5.0), (2, 1, 1.0)))
    hub.change("alarm", "1", "raise", "WATER")
    hub.change("alarm", "2", "raise", "ROADS")
    hub.tick()
    (delta,) = received()
    assert [value[0] for value in delta["values"]] == ["A"]
    assert delta["changes"] == [{"kind": "alarm", "id": "1", "action": "raise"}]
    hub.values(rows((2, 2, 1.0)))
    hub.tick()
    assert received() == [{"type": "delta", "seq": 3, "values": [], "changes": []}]


def test_who_comes_back_gets_what_was_missed_or_a_snapshot(hub: Hub) -> None:
    for minute in range(3):
        hub.values(rows((1, minute, 5.0)))
        hub.tick()
    first, _ = listening(hub, after=f"{hub.epoch}:1")
    assert [(message["type"], message["seq"]) for message in first] == [("delta", 2), ("delta", 3)]
    assert listening(hub, after=f"{hub.epoch}:3")[0] == []
    for unknown in ("", "other:2", f"{hub.epoch}:99", f"{hub.epoch}:x", ":"):
        assert [message["type"] for message in listening(hub, after=unknown)[0]] == ["snapshot"]
    for minute in range(KEPT_DELTAS):
        hub.values(rows((1, 10 + minute, 5.0)))
        hub.tick()
    assert [message["type"] for message in listening(hub, after=f"{hub.epoch}:1")[0]] == ["snapshot"]


def test_who_is_too_slow_is_marked_and_holds_nobody_up(hub: Hub) -> None:
    slow, _ = hub.subscribe(None, "")
    for minute in range(50):
        hub.values(rows((1, minute, 5.0)))
        hub.tick()
    assert slow.behind
    assert slow.queue.qsize() <= 8
    hub.leave(slow)
    assert hub.listeners == 0


def test_the_ticker_runs_in_a_loop(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chengmai.sensing.live.TICK_S", 0.001)

    async def one_delta() -> LiveMessage:
        subscription, _ = hub.subscribe(None, "")
        ticker = asyncio.ensure_future(hub.run())
        hub.values(rows((1, 0, 5.0)))
        try:
            return await asyncio.wait_for(subscription.queue.get(), 5)
        finally:
            ticker.cancel()

    assert json.loads(asyncio.run(one_delta()).content)["seq"] == 1


def test_a_message_is_made_once_for_all_who_are_to_hear_the_same(hub: Hub) -> None:
    scopes: tuple[Scope, ...] = (None, frozenset({"WATER"}), frozenset({"ROADS"}))
    subscriptions = [hub.subscribe(scope, "", packed)[0] for scope in scopes for packed in (False, True)] * 2
    firsts = [[hub.snapshot(one.scope, one.packed) for one in subscriptions[part : part + 6]] for part in (0, 6)]
    hub.values(rows((1, 0, 5.0), (2, 0, 1.0)))
    hub.tick()
    others = [hub.subscribe(one.scope, f"{hub.epoch}:0", one.packed)[1][0] for one in subscriptions[:6]]
    sent = [one.queue.get_nowait() for one in subscriptions[:6]]
    for made, again in ((firsts[0], firsts[1]), (sent, others)):
        assert [one is other for one, other in zip(made, again, strict=True)] == [True] * 6
        assert len({id(one) for one in made}) == 6


def test_a_packed_message_holds_the_very_same(hub: Hub) -> None:
    plain, _ = hub.subscribe(None, "")
    packed, first = hub.subscribe(None, "", packed=True)
    hub.values(rows(*((1, minute, 5.0) for minute in range(50))))
    hub.change("alarm", "1", "raise", "WATER")
    hub.tick()
    message = packed.queue.get_nowait()
    assert first[0].packed
    assert message.packed
    assert zlib.decompress(message.content) == plain.queue.get_nowait().content


def test_a_snapshot_kept_since_the_last_delta_loses_nothing(hub: Hub) -> None:
    hub.values(rows((1, 0, 5.0)))
    hub.tick()
    hub.snapshot(None)
    hub.values(rows((1, 1, 6.0)))
    first, received = listening(hub)
    hub.tick()
    assert [value[2] for message in (*first, *received()) for value in message["values"]][-1] == 6.0
    assert [value[2] for value in json.loads(hub.snapshot(None).content)["values"]] == [6.0]
