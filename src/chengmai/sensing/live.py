"""The live feed: last value per stream, news of alarms, warnings, cases and networks, coalesced in numbered deltas.

A message is made once for all who are to hear the same in the same form, however many they are.
"""

import asyncio
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from chengmai.core.identity import new_id
from chengmai.detection.observations import Observations
from chengmai.sensing.registry import Registry, StreamFacts

TICK_S = 0.5
MOST_CHANGES = 10_000
"""Changes that wait for the next delta; none is made while nobody has ever listened."""
KEPT_DELTAS = 240
STALE_INTERVALS = 3
_STALE_CHECK_S = 5.0
_QUEUED = 8
_PACKING = 6

Value = tuple[str, int, float, str]
"""Stream code, phenomenon time [ms since 1970], value in the stream's unit, status ok | low | high | stale."""


@dataclass(slots=True)
class _State:
    time_ms: int
    value: float
    heard_ms: int
    stale: bool = False


SEATS = "@seats"
"""Owner of what only the hotline's seats hear of: no organisation has such a code."""
Scope = frozenset[str] | None
"""Codes of the owners whose objects a listener may see; None is the whole city."""


@dataclass(frozen=True, slots=True)
class Change:
    """News of an object, for those who may see its owner's objects."""

    kind: str
    id: str
    action: str
    owner: str


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """One message as it goes out: JSON, or the same in zlib's form where ``packed``."""

    content: bytes
    packed: bool = False


class _Made:
    """A message in every form it was asked for: made once for all who share a scope and a form."""

    def __init__(self, content: Callable[[Scope], dict[str, Any]]) -> None:
        self._content = content
        self._forms: dict[tuple[Scope, bool], LiveMessage] = {}

    def message(self, scope: Scope, packed: bool) -> LiveMessage:
        form = (scope, packed)
        if form not in self._forms:
            if packed:
                content = zlib.compress(self.message(scope, False).content, _PACKING)
            else:
                content = msgspec.json.encode(self._content(scope))
            self._forms[form] = LiveMessage(content, packed)
        return self._forms[form]


class _Delta(_Made):
    """Changes since the delta before, by their owners."""

    def __init__(self, seq: int, values: list[tuple[str, Value]], changes: list[Change]) -> None:
        super().__init__(self._told_to)
        self.seq = seq
        self._values = values
        self._changes = changes

    def _told_to(self, scope: Scope) -> dict[str, Any]:
        return {
            "type": "delta",
            "seq": self.seq,
            "values": [value for owner, value in self._values if scope is None or owner in scope],
            "changes": [
                {"kind": change.kind, "id": change.id, "action": change.action}
                for change in self._changes
                if scope is None or change.owner in scope
            ],
        }


class Subscription:
    """One listener's queue; ``behind`` says that it was too slow and needs a snapshot."""

    def __init__(self, scope: Scope, packed: bool) -> None:
        self.scope = scope
        self.packed = packed
        self.queue: asyncio.Queue[LiveMessage] = asyncio.Queue(_QUEUED)
        self.behind = False


class Hub:
    """``values`` and ``change`` from any thread; ``run``, ``subscribe`` and ``leave`` in the server's loop."""

    def __init__(self, registry: Registry, clock: Callable[[], float] = time.time) -> None:
        self.epoch = str(new_id())
        self.seq = 0
        self._registry = registry
        self._clock = clock
        self._lock = threading.Lock()
        self._state: dict[int, _State] = {}
        self._touched: set[int] = set()
        self._changes: list[Change] = []
        self._deltas: deque[_Delta] = deque(maxlen=KEPT_DELTAS)
        self._subscriptions: set[Subscription] = set()
        self._stale_checked = 0.0
        self._snapshot: _Made | None = None
        self._snapshot_of = ("", -1)

    def load(self, rows: Observations, heard: dict[int, int]) -> None:
        """Start from what the store holds as newest."""
        with self._lock:
            for stream, moment, value in _newest(rows):
                self._state[stream] = _State(moment, value, heard.get(stream, 0))

    def values(self, rows: Observations) -> None:
        """Take in stored rows; a stream's value is the one with its youngest phenomenon time."""
        heard = int(self._clock() * 1000)
        with self._lock:
            for stream, moment, value in _newest(rows):
                state = self._state.get(stream)
                if state is None or moment >= state.time_ms:
                    self._state[stream] = _State(moment, value, heard)
                    self._touched.add(stream)

    def change(self, kind: str, id: str, action: str, owner_code: str) -> None:
        """Tell that an alarm, a warning, a case or a network changed."""
        with self._lock:
            if len(self._changes) >= MOST_CHANGES:
                self._changes.clear()
                self.epoch = str(new_id())  # whoever comes back begins anew: he cannot be told what he missed
            self._changes.append(Change(kind, id, action, owner_code))

    def subscribe(self, scope: Scope, after: str, packed: bool = False) -> tuple[Subscription, list[LiveMessage]]:
        """A new listener and what it must be sent first: the deltas it missed, or a snapshot."""
        subscription = Subscription(scope, packed)
        self._subscriptions.add(subscription)
        epoch, _, number = after.rpartition(":")
        if epoch == self.epoch and number.isdigit():
            missed = [delta for delta in self._deltas if delta.seq > int(number)]
            if int(number) <= self.seq and len(missed) == self.seq - int(number):
                return subscription, [delta.message(scope, packed) for delta in missed]
        return subscription, [self.snapshot(scope, packed)]

    def leave(self, subscription: Subscription) -> None:
        """A listener went."""
        self._subscriptions.discard(subscription)

    @property
    def listeners(self) -> int:
        """How many are listening."""
        return len(self._subscriptions)

    def snapshot(self, scope: Scope, packed: bool = False) -> LiveMessage:
        """Everything a scope may see, as of the last delta sent or a little later: what came since is told again."""
        if self._snapshot is None or self._snapshot_of != (self.epoch, self.seq):
            self._snapshot, self._snapshot_of = _Made(self._whole), (self.epoch, self.seq)
        return self._snapshot.message(scope, packed)

    def _whole(self, scope: Scope) -> dict[str, Any]:
        with self._lock:
            shown = [
                value
                for stream in list(self._state)
                if (facts := self._registry.by_id(stream)) is not None and (scope is None or facts.owner in scope)
                for value in (self._value(facts, self._state[stream]),)
            ]
        return {"type": "snapshot", "epoch": self.epoch, "seq": self.seq, "values": shown}

    async def run(self) -> None:
        """Send deltas twice a second until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self.tick()

    def tick(self) -> None:
        """Make one delta of what came since the last, if anything did, and hand it to every listener."""
        with self._lock:
            self._find_stale()
            touched, self._touched = self._touched, set()
            changes, self._changes = self._changes, []
            values = [
                (facts.owner, self._value(facts, self._state[stream]))
                for stream in sorted(touched)
                if (facts := self._registry.by_id(stream)) is not None
            ]
        if not values and not changes:
            return
        self.seq += 1
        delta = _Delta(self.seq, values, changes)
        self._deltas.append(delta)
        for subscription in self._subscriptions:
            if subscription.behind:
                continue
            try:
                subscription.queue.put_nowait(delta.message(subscription.scope, subscription.packed))
            except asyncio.QueueFull:
                subscription.behind = True

    def _find_stale(self) -> None:
        now = self._clock()
        if now - self._stale_checked < _STALE_CHECK_S:
            return
        self._stale_checked = now
        for stream, state in self._state.items():
            facts = self._registry.by_id(stream)
            if facts is not None and not state.stale and self._is_stale(facts, state):
                state.stale = True
                self._touched.add(stream)

    def _is_stale(self, facts: StreamFacts, state: _State) -> bool:
        return self._clock() * 1000 - state.heard_ms > STALE_INTERVALS * facts.interval_s * 1000

    def _value(self, facts: StreamFacts, state: _State) -> Value:
        if self._is_stale(facts, state):
            status = "stale"
        elif facts.low is not None and state.value < facts.low:
            status = "low"
        elif facts.high is not None and state.value > facts.high:
            status = "high"
        else:
            status = "ok"
        return facts.code, state.time_ms, state.value, status


def _newest(rows: Observations) -> list[tuple[int, int, float]]:
    """Stream, time [ms] and value of each stream's youngest row, its newest revision."""
    found: dict[int, tuple[int, int, float]] = {}
    times = rows.time.astype("datetime64[ms]").astype("int64").tolist()
    for stream, moment, value, revision in zip(
        rows.stream.tolist(), times, rows.value.tolist(), rows.revision.tolist(), strict=True
    ):
        if stream not in found or (moment, revision) >= found[stream][:2]:
            found[stream] = (moment, revision, value)
    return [(stream, moment, value) for stream, (moment, _, value) in found.items()]
