"""The outbox worker: brings every event to every function that answers it, once in effect, in order per aggregate.

The effect and its mark commit in one transaction, so a kill between them leaves neither. What takes long is done
before that transaction, under the delivery's lease, and in a thread of its own: SQLite has one writer, and nobody may
hold it while he computes. A failed delivery is tried again after a growing pause, and after ``MOST_ATTEMPTS`` it is
dead: visible, and holding back the later events of its aggregate at that consumer until somebody retries or discards
it.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import partial, update_wrapper

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q

from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import Conflict, NotFound
from chengmai.core.identity import new_id
from chengmai.events.models import Delivery, DeliveryState, OutboxEvent
from chengmai.events.outbox import waiting

log = logging.getLogger("chengmai.events")

Reaction = Callable[[OutboxEvent], None]
Effect = Callable[[], object]

MOST_ATTEMPTS = 8
LEASE = timedelta(seconds=120)
LONG_LEASE = timedelta(seconds=300)
"""For prepared reactions: longer than the longest of them computes."""
LONGEST_PAUSE_S = 300
SPREAD_AT_ONCE = 200
CLAIM_AT_ONCE = 50
IDLE_S = 1.0
"""Longest wait for events of other processes [s]; events of this process wake the worker at once."""


class Prepared:
    """A reaction that computes for long: the function decorated computes, and returns what is then to be written.

    It runs outside any transaction; the effect it returns, None for nothing to do, is written with the mark.
    """

    def __init__(self, prepare: Callable[[OutboxEvent], Effect | None]) -> None:
        self.prepare = prepare
        update_wrapper(self, prepare)

    def __call__(self, event: OutboxEvent) -> None:
        """Both at once."""
        if (effect := self.prepare(event)) is not None:
            effect()


class Background(Prepared):
    """A prepared reaction that nobody waits for: it has a thread of its own, so that hundreds hold up no other."""


def consumer_name(reaction: Reaction) -> str:
    """The name under which a function's deliveries are kept: its module below the platform and its own name."""
    return f"{reaction.__module__}.{reaction.__qualname__}".removeprefix("chengmai.")


class Deliverer:
    """Delivers by a table event -> functions; an event's name may be a pattern such as ``alarm.*``."""

    def __init__(self, reactions: Mapping[str, tuple[Reaction, ...]]) -> None:
        self._reactions = reactions
        self._consumers = {consumer_name(function): function for row in reactions.values() for function in row}
        prepared = frozenset(name for name, function in self._consumers.items() if isinstance(function, Prepared))
        self.background = frozenset(name for name in prepared if isinstance(self._consumers[name], Background))
        self.slow = prepared - self.background
        self.quick = frozenset(self._consumers) - prepared

    def consumers_of(self, name: str) -> list[str]:
        """The consumers of an event, each once, in the table's order."""
        found = [
            consumer_name(function)
            for pattern, functions in self._reactions.items()
            if fnmatchcase(name, pattern)
            for function in functions
        ]
        return list(dict.fromkeys(found))

    def round(self, consumers: Collection[str] | None = None, stopping: Callable[[], bool] = lambda: False) -> int:
        """Spread new events and try what is due, at some consumers only if any are named, until ``stopping``.

        Returns how much was done, 0 when there is nothing to do.
        """
        done = self._spread()
        for delivery in self._due(self._consumers if consumers is None else consumers):
            if stopping():
                break
            done += self._attempt(delivery)
        return done

    def take_over(self) -> int:
        """Free what a process that ended without a word had claimed, for one that is alone; returns how much it was.

        Nothing is done twice by it: whoever still worked under such a lease would find it gone.
        """
        left = Delivery.objects.filter(consumer__in=self._consumers, state=DeliveryState.PENDING).exclude(_free(now()))
        return left.update(lease_until=None, lease_by="")

    def _spread(self) -> int:
        """Make one delivery per event and consumer; asks before it takes a lock, for this runs every second."""
        unspread = OutboxEvent.objects.filter(spread=False).order_by("sequence")
        if not unspread.exists():
            return 0
        with transaction.atomic():
            events = list(unspread.select_for_update()[:SPREAD_AT_ONCE])
            Delivery.objects.bulk_create(
                Delivery(event=event, consumer=consumer, due_at=event.happened_at)
                for event in events
                for consumer in self.consumers_of(event.name)
            )
            OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(spread=True)
        reach("delivery.spread")
        return len(events)

    def _due(self, consumers: Collection[str]) -> list[Delivery]:
        """Deliveries that may be tried now: due, not leased, and the first of their aggregate at their consumer."""
        earlier = Delivery.objects.filter(
            consumer=OuterRef("consumer"),
            event__aggregate=OuterRef("event__aggregate"),
            event_id__lt=OuterRef("event_id"),
            state__in=[DeliveryState.PENDING, DeliveryState.DEAD],
        )
        unspread = OutboxEvent.objects.filter(
            spread=False, aggregate=OuterRef("event__aggregate"), sequence__lt=OuterRef("event_id")
        )
        due = Delivery.objects.filter(_free(now()), state=DeliveryState.PENDING, due_at__lte=now())
        ready = due.filter(~Exists(earlier), ~Exists(unspread), consumer__in=consumers)
        return list(ready.select_related("event").order_by("event_id", "id")[:CLAIM_AT_ONCE])

    def _attempt(self, delivery: Delivery) -> int:
        """Claim one delivery and carry it out. The claim commits first: a process that dies has used up an attempt."""
        token = str(new_id())
        held = Delivery.objects.filter(pk=delivery.pk, lease_by=token, state=DeliveryState.PENDING)
        claimed = Delivery.objects.filter(_free(now()), pk=delivery.pk, state=DeliveryState.PENDING).update(
            lease_by=token, lease_until=now() + self._lease(delivery), attempts=F("attempts") + 1
        )
        if not claimed:
            return 0
        reach("delivery.claimed")
        attempts = delivery.attempts + 1
        if attempts > MOST_ATTEMPTS:
            held.update(state=DeliveryState.DEAD, lease_until=None, error="every attempt ended with its process")
            return 1
        try:
            effect = self._effect_of(delivery)
            with transaction.atomic():
                if not held.update(state=DeliveryState.DONE, lease_until=None, error=""):
                    return 0
                effect()
                reach("delivery.effect")
        except Exception as error:
            log.exception("event %s at %s, attempt %d", delivery.event.name, delivery.consumer, attempts)
            dead = attempts >= MOST_ATTEMPTS
            pause = timedelta(seconds=min(2**attempts, LONGEST_PAUSE_S))
            held.update(
                state=DeliveryState.DEAD if dead else DeliveryState.PENDING,
                lease_until=None,
                due_at=now() + pause,
                error=f"{type(error).__name__}: {error}"[:2000],
            )
        reach("delivery.done")
        return 1

    def _lease(self, delivery: Delivery) -> timedelta:
        return LEASE if delivery.consumer in self.quick else LONG_LEASE

    def _effect_of(self, delivery: Delivery) -> Effect:
        """What is to be written; of a prepared reaction all that takes long is done here, outside the transaction."""
        reaction = self._consumers[delivery.consumer]
        if not isinstance(reaction, Prepared):
            return partial(reaction, delivery.event)
        effect = reaction.prepare(delivery.event)
        reach("delivery.prepared")
        return effect or _nothing


def _nothing() -> None:
    """The effect of a preparation that found nothing to do."""


def _free(moment: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=moment)


class OutboxWorker:
    """The threads that deliver: one for quick reactions, one for prepared ones, one for what nobody waits for.

    ``failure`` says why one ended if nobody stopped it.
    """

    def __init__(self, reactions: Mapping[str, tuple[Reaction, ...]]) -> None:
        self.failure: BaseException | None = None
        deliverer = Deliverer(reactions)
        self._deliverer = deliverer
        self._stopping = threading.Event()
        self._spread = {"outbox-prepared": threading.Event(), "outbox-background": threading.Event()}
        """Wake the other threads: the first, woken by ``waiting``, has delivered, and so spread, something."""
        self._threads = [
            threading.Thread(target=self._run, args=(deliverer.quick, waiting), name="outbox"),
            *(
                threading.Thread(target=self._run, args=(consumers, self._spread[name]), name=name)
                for name, consumers in (
                    ("outbox-prepared", deliverer.slow),
                    ("outbox-background", deliverer.background),
                )
            ),
        ]

    def start(self) -> None:
        """Begin delivering, at once also what a killed predecessor held: an installation has one worker."""
        self._deliverer.take_over()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the deliveries in hand and end."""
        self._stopping.set()
        waiting.set()
        self._wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _wake(self) -> None:
        for news in self._spread.values():
            news.set()

    def _run(self, consumers: Collection[str], news: threading.Event) -> None:
        try:
            while not self._stopping.is_set():
                self._pass(consumers, news)
        except BaseException as error:
            log.exception("the outbox worker has ended")
            self.failure = error
            raise
        finally:
            connection.close()

    def _pass(self, consumers: Collection[str], news: threading.Event) -> None:
        """One round; a database that is locked or full for a while is waited for, with everything kept as it is."""
        news.clear()
        try:
            done = self._deliverer.round(consumers, self._stopping.is_set)
        except (DatabaseError, InterfaceError):
            log.exception("the outbox waits for the database")
            connection.close()
            done = 0
        if done:
            self._wake()
        elif not self._stopping.is_set():
            news.wait(IDLE_S)


def retry(delivery: int) -> Delivery:
    """Give a dead delivery all its attempts again; raises NotFound, or Conflict when it is not dead."""
    return _revive(delivery, DeliveryState.PENDING)


def discard(delivery: int) -> Delivery:
    """Give a dead delivery up, so that later events of its aggregate go on; raises like ``retry``."""
    return _revive(delivery, DeliveryState.DISCARDED)


def _revive(delivery: int, state: DeliveryState) -> Delivery:
    changed = Delivery.objects.filter(pk=delivery, state=DeliveryState.DEAD).update(
        state=state, attempts=0, due_at=now(), lease_until=None
    )
    found = Delivery.objects.select_related("event").filter(pk=delivery).first()
    if found is None:
        raise NotFound("delivery.unknown", id=delivery)
    if not changed:
        raise Conflict("delivery.not_dead", id=delivery, state=found.state)
    transaction.on_commit(waiting.set)
    return found
