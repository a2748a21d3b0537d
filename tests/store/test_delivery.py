"""The outbox: once in effect whatever is killed, in order per aggregate, retried, and dead in plain sight."""

import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from chengmai.core.clock import now
from chengmai.events import delivery
from chengmai.events.delivery import Deliverer, OutboxWorker, Prepared
from chengmai.events.models import Delivery, DeliveryState, OutboxEvent
from chengmai.events.outbox import emit
from chengmai.events.queries import dead, stats
from tests.store.forked import ForkedProcess

LONGEST_S = 60.0
POINTS = ("delivery.spread", "delivery.claimed", "delivery.effect", "delivery.done")
ALL_POINTS = {"plain": POINTS, "prepared": (*POINTS, "delivery.prepared")}


def answered() -> dict[str, list[int]]:
    """The causes answered, by aggregate, in the order of the answers."""
    found: dict[str, list[int]] = defaultdict(list)
    for event in OutboxEvent.objects.filter(name="answered").order_by("sequence"):
        found[event.aggregate].append(event.payload["cause"])
    return found


def answer(event: OutboxEvent) -> None:
    emit("answered", event.aggregate, {"cause": event.sequence})


def fails(event: OutboxEvent) -> None:
    answer(event)
    raise ValueError("no such case")


def due_now() -> None:
    """As if every pause had passed."""
    Delivery.objects.update(due_at=now() - timedelta(seconds=1))


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_no_kill_loses_or_doubles_an_effect_or_breaks_the_order() -> None:
    chance = random.Random(20260711)
    for number in range(12):
        emit("asked", f"case:{number % 3}", {})
    kills = 0
    for _ in range(16):
        reaction = chance.choice(tuple(ALL_POINTS))
        crash = f"{chance.choice(ALL_POINTS[reaction])}:{chance.randint(1, 3)}"
        environment = os.environ | {"CHENGMAI_CRASH_AT": crash}
        with ForkedProcess(
            "tests.store.outbox_process", environment, connection.settings_dict["NAME"], reaction
        ) as run:
            ended = run.wait(LONGEST_S)
        assert ended in {0, -9}
        kills += ended == -9
        causes = answered()
        for aggregate, sequence in causes.items():
            asked = OutboxEvent.objects.filter(name="asked", aggregate=aggregate).order_by("sequence")
            assert sequence == list(asked.values_list("sequence", flat=True)[: len(sequence)])
        if sum(map(len, causes.values())) == 12:
            emit("asked", "case:1", {})
            for number in range(11):
                emit("asked", f"case:{number % 3}", {})
            OutboxEvent.objects.filter(name="answered").delete()
            OutboxEvent.objects.filter(name="asked", deliveries__state=DeliveryState.DONE).delete()
    assert kills >= 10


@pytest.mark.django_db
def test_a_failing_delivery_leaves_no_effect_waits_longer_each_time_and_dies() -> None:
    first = emit("asked", "case:1", {})
    second = emit("asked", "case:1", {})
    other = emit("asked", "case:2", {})
    deliverer = Deliverer({"asked": (fails,)})
    pauses = []
    for _ in range(delivery.MOST_ATTEMPTS):
        deliverer.round()
        found = Delivery.objects.get(event=first)
        pauses.append((found.due_at - now()).total_seconds())
        due_now()
    assert found.state == DeliveryState.DEAD
    assert found.error == "ValueError: no such case"
    assert pauses == sorted(pauses)
    assert answered() == {}
    assert Delivery.objects.get(event=second).attempts == 0, "later events of the aggregate wait for the dead one"
    assert Delivery.objects.get(event=other).attempts > 0
    assert {entry.event_id: entry.held_back for entry in dead(None, 10)}[first.pk] == 1

    repaired = Deliverer({"asked": (answer,)})
    repaired._consumers = {next(iter(deliverer._consumers)): answer}
    delivery.retry(found.pk)
    while repaired.round():
        due_now()
    assert answered()["case:1"] == [first.sequence, second.sequence]


@pytest.mark.django_db
def test_a_discarded_delivery_lets_the_later_ones_go_on() -> None:
    first, second = emit("asked", "case:1", {}), emit("asked", "case:1", {})
    deliverer = Deliverer({"asked": (answer,)})
    deliverer._spread()
    Delivery.objects.filter(event=first).update(state=DeliveryState.DEAD)
    assert deliverer.round() == 0
    delivery.discard(Delivery.objects.get(event=first).pk)
    deliverer.round()
    assert answered() == {"case:1": [second.sequence]}


@pytest.mark.django_db
def test_a_delivery_leased_to_another_process_is_left_alone_until_the_lease_is_over() -> None:
    event = emit("asked", "case:1", {})
    deliverer = Deliverer({"asked": (answer,)})
    deliverer._spread()
    Delivery.objects.update(lease_by="another", lease_until=now() + timedelta(seconds=60))
    assert deliverer.round() == 0
    Delivery.objects.update(lease_until=now() - timedelta(seconds=1))
    assert deliverer.round() == 1
    assert answered() == {"case:1": [event.sequence]}


@pytest.mark.django_db
def test_an_attempt_that_lost_its_lease_has_no_effect() -> None:
    emit("asked", "case:1", {})

    def slow(event: OutboxEvent) -> None:
        raise AssertionError("must not be called")

    deliverer = Deliverer({"asked": (slow,)})
    deliverer._spread()
    (found,) = deliverer._due(deliverer.quick)
    Delivery.objects.update(lease_by="another", lease_until=now() + timedelta(seconds=60), attempts=F("attempts") + 1)
    assert deliverer._attempt(found) == 0


@pytest.mark.django_db
def test_a_delivery_that_kills_its_process_each_time_dies_too() -> None:
    emit("asked", "case:1", {})
    deliverer = Deliverer({"asked": (answer,)})
    deliverer._spread()
    Delivery.objects.update(attempts=delivery.MOST_ATTEMPTS)
    deliverer.round()
    assert Delivery.objects.get().state == DeliveryState.DEAD
    assert answered() == {}


@pytest.mark.django_db
def test_patterns_name_several_events_and_a_consumer_gets_each_event_once() -> None:
    def watch(event: OutboxEvent) -> None: ...

    deliverer = Deliverer({"alarm.*": (watch,), "alarm.raised": (answer, watch)})
    assert deliverer.consumers_of("alarm.raised") == [delivery.consumer_name(watch), delivery.consumer_name(answer)]
    assert deliverer.consumers_of("case.filed") == []


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_deliver_each_event_once_and_in_order() -> None:
    workers = [OutboxWorker({"asked": (answer,)}) for _ in range(3)]
    for worker in workers:
        worker.start()
    writers = [threading.Thread(target=_ask, args=(f"case:{n}",)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    _until_idle()
    for worker in workers:
        worker.stop()
    assert [worker.failure for worker in workers] == [None] * 3
    causes = answered()
    for number in range(3):
        asked = OutboxEvent.objects.filter(name="asked", aggregate=f"case:{number}").order_by("sequence")
        assert causes[f"case:{number}"] == list(asked.values_list("sequence", flat=True))


@pytest.mark.django_db(transaction=True)
def test_others_write_while_a_prepared_reaction_computes() -> None:
    event = emit("asked", "case:1", {})

    @Prepared
    def compute(event: OutboxEvent) -> Callable[[], None]:
        assert not connection.in_atomic_block
        writer = threading.Thread(target=_ask, args=("case:2", 1))
        writer.start()
        writer.join(10)
        assert not writer.is_alive(), "the database's one writer was held"

        def write() -> None:
            assert connection.in_atomic_block
            assert Delivery.objects.get(event=event).state == DeliveryState.DONE
            answer(event)

        return write

    deliverer = Deliverer({"asked": (compute,)})
    deliverer._spread()
    (found,) = deliverer._due(deliverer.slow)
    assert deliverer._attempt(found) == 1
    assert (Delivery.objects.get(event=event).error, answered()) == ("", {"case:1": [event.sequence]})


@pytest.mark.django_db
def test_a_prepared_reaction_without_lease_is_void() -> None:
    emit("asked", "case:1", {})

    @Prepared
    def compute(event: OutboxEvent) -> Callable[[], None]:
        Delivery.objects.update(lease_by="another")
        return lambda: answer(event)

    assert Deliverer({"asked": (compute,)}).round() == 1
    assert (Delivery.objects.get().state, answered()) == (DeliveryState.PENDING, {})


@pytest.mark.django_db
def test_a_prepared_reaction_may_find_nothing_to_do() -> None:
    emit("asked", "case:1", {})

    @Prepared
    def compute(event: OutboxEvent) -> None: ...

    Deliverer({"asked": (compute,)}).round()
    assert Delivery.objects.get().state == DeliveryState.DONE


@pytest.mark.django_db(transaction=True)
def test_quick_reactions_pass_one_that_computes() -> None:
    begun, go_on = threading.Event(), threading.Event()

    @Prepared
    def compute(event: OutboxEvent) -> Callable[[], None]:
        begun.set()
        assert go_on.wait(20)
        return lambda: answer(event)

    worker = OutboxWorker({"asked": (compute,), "told": (answer,)})
    worker.start()
    try:
        asked = emit("asked", "case:1", {})
        assert begun.wait(20)
        told = emit("told", "case:2", {})
        until = time.monotonic() + 20
        while "case:2" not in answered():
            assert time.monotonic() < until, "it waited for the one that computes"
            time.sleep(0.02)
    finally:
        go_on.set()
        worker.stop()
    assert answered() == {"case:1": [asked.sequence], "case:2": [told.sequence]}


def _ask(aggregate: str, times: int = 15) -> None:
    try:
        for _ in range(times):
            with transaction.atomic():
                emit("asked", aggregate, {})
    finally:
        connection.close()


def _until_idle() -> None:
    pause = threading.Event()
    for _ in range(600):
        found = stats()
        if not found.unspread and all(consumer.pending == 0 for consumer in found.consumers):
            return
        pause.wait(0.1)
    raise AssertionError(f"the outbox did not become idle: {stats()}")


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_process_had_claimed_is_delivered_when_the_next_one_starts() -> None:
    emit("asked", "case:1", {})
    reactions = {"asked": (answer,)}
    Deliverer(reactions)._spread()
    Delivery.objects.update(lease_by="a process that was killed", lease_until=now() + timedelta(minutes=5), attempts=1)
    assert Deliverer(reactions).round() == 0, "it may still be at work"
    worker = OutboxWorker(reactions)
    worker.start()
    until = time.monotonic() + 20
    while not answered():
        assert time.monotonic() < until, "it waits for a lease that nobody holds"
        time.sleep(0.02)
    worker.stop()
    assert {key: len(causes) for key, causes in answered().items()} == {"case:1": 1}
