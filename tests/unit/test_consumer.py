"""The consumer of the broker's log: what waits in memory is bounded, and the hurry of a start ends for certain."""

import asyncio
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import nats.errors
import numpy as np
import pytest
from nats.aio.msg import Msg

from chengmai.detection.observations import Observations
from chengmai.sensing import consumer
from chengmai.sensing.consumer import Consumer
from chengmai.sensing.ingest import Counts
from chengmai.sensing.screening import Screened


class Outage:
    """An ingest whose store does not answer: what is submitted waits."""

    def __init__(self) -> None:
        self.waiting: list[Future[Counts]] = []

    def screen(self, arrivals: object) -> Screened:
        return Screened(Observations.fresh([], [], []), np.zeros(0, dtype=np.uint64), [])

    def submit(self, screened: Screened, *, patient: bool) -> "Future[Counts]":
        self.waiting.append(Future())
        return self.waiting[-1]


def message(size: int) -> Any:
    async def ack() -> None: ...

    subject, reply = "$MQTT.msgs.chengmai.v1.SIM.observations", "$JS.ACK.s.c.1.1.1.1.0"
    return SimpleNamespace(data=bytes(size), subject=subject, reply=reply, ack=ack)


@pytest.mark.parametrize(("messages", "size"), [(4, 10), (20_000, 300)])
def test_in_an_outage_no_more_waits_than_may_in_messages_or_bytes(
    monkeypatch: pytest.MonkeyPatch, messages: int, size: int
) -> None:
    most = 4
    monkeypatch.setattr(consumer, "_OUTSTANDING", messages)
    monkeypatch.setattr(consumer, "_OUTSTANDING_BYTES", 1000)
    ingest = Outage()
    one, fetched = Consumer(ingest, 0, ""), list[int]()  # type: ignore[arg-type]

    class Subscription:
        async def fetch(self, count: int, timeout: float) -> list[Msg]:
            assert len(fetched) < most, "it went on reading"
            fetched.append(1)
            if len(fetched) == most:
                asyncio.get_running_loop().call_later(0.05, end)
            return [message(size)]

    def end() -> None:
        one._stopping.set()
        for waits in ingest.waiting:
            waits.set_result(Counts())

    asyncio.run(one._follow(Subscription(), []))
    one._screeners.shutdown()
    assert len(fetched) == most


def test_the_usual_patience_is_asked_for_until_the_broker_grants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "_HASTY_ACK_WAIT_S", 0)
    monkeypatch.setattr(consumer, "_RETRY_S", 0)
    asked: list[float] = []

    class Stream:
        async def add_consumer(self, stream: str, configuration: Any) -> None:
            asked.append(configuration.ack_wait)
            if len(asked) < 3:
                raise nats.errors.TimeoutError

    asyncio.run(consumer._calm_down(Stream()))  # type: ignore[arg-type]
    assert asked == [60, 60, 60]
