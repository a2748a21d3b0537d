"""The evaluation: every stored row goes through every rule, exactly once in effect.

Each rule has a durable cursor over the stored batches and a memory. Both move in the transaction that writes the
alarms the rows caused, so a kill at any moment leaves either all of it or none, and the gap is gone through again.
A rule that fails stays where it is and is tried again; the others go on.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.db.models import QuerySet

from chengmai.access.models import Organisation, User
from chengmai.access.scope import within_reach
from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import ChengmaiError, Conflict
from chengmai.core.units import Quantity
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.sensing.store import TelemetryStore
from chengmai.warning import detectors, evidence, services
from chengmai.warning.models import EvaluationCursor, Rule
from chengmai.warning.rule_facts import Detector, RuleFacts, StreamFacts

log = logging.getLogger("chengmai.evaluation")

IDLE_S = 1.0
"""Longest wait for rows that nobody announced [s]; rows of this process's writer wake the evaluation at once."""
RETRY_S = 5.0
"""How long a rule that failed is left alone [s]."""
FACTS_S = 10.0
"""How long what is known of a network's datastreams is believed [s]."""

ROUND_ROWS = 10_000
"""Rows gone through in one transaction, about: others must not wait long for the database's one writer."""

Apply = Callable[[Rule, Signal, services.Citations], object]


class _Stopped(Exception):
    """The platform stops while alarms are being written: the round is rolled back and comes again at the next start."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What one rule made of some rows: signals with their evidence, and the memory to keep with the moved cursor."""

    rule: Rule
    cursor: EvaluationCursor
    signals: list[tuple[Signal, services.Citations]]
    memory: bytes


class Evaluator:
    """A part of the platform with one thread. ``round`` may also be called by hand where no thread runs."""

    def __init__(
        self,
        store: TelemetryStore | None = None,
        detector_for: Callable[[str], Detector] = detectors.detector_for,
        apply: Apply = services.apply_cited,
    ) -> None:
        self._given_store = store
        self._detector_for = detector_for
        self._apply = apply
        self._news = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="evaluation", daemon=True)
        self._facts: dict[tuple[str, ...], tuple[float, dict[str, StreamFacts]]] = {}
        self._rest_until: dict[str, float] = {}
        self.failure: Exception | None = None
        """What ended the thread before its time, for whoever watches over the parts."""
        self.errors: dict[str, str] = {}
        """Rules that fail at present, and why."""

    def start(self) -> None:
        """Begin; the gap since the last run is gone through first."""
        parts = runtime.running()
        if parts is not None:
            parts.ingest.listeners.append(self._announce)
        self._thread.start()

    def stop(self) -> None:
        """End; a round in hand is finished, or rolled back when it is writing alarms."""
        self._stopping = True
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def _store(self) -> TelemetryStore:
        return self._given_store or runtime.current().store

    def _announce(self, rows: Observations) -> None:
        self._news.set()

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._pass()
        except _Stopped:
            log.info("stopped while alarms were being written; their round comes again")
        except Exception as error:
            log.exception("the evaluation has ended")
            self.failure = error
        finally:
            connection.close()

    def _pass(self) -> None:
        """One round; a store or a database that does not answer is waited for, with everything kept as it is."""
        self._news.clear()
        try:
            close_old_connections()
            moved = self.round()
        except (ChengmaiError, DatabaseError, InterfaceError) as error:
            log.error("the evaluation waits: %s", error)
            moved = False
            time.sleep(IDLE_S)
        if not moved:
            self._news.wait(IDLE_S)

    def round(self) -> bool:
        """Take every active rule one step on; False when none had rows to go through."""
        rules = list(_judged_by_rows().select_related("network", "owner").order_by("code"))
        cursors = self._cursors(rules)
        awake = [rule for rule in rules if self._rest_until.get(rule.code, 0) <= time.monotonic()]
        moved = False
        for batch in sorted({cursors[rule.code].batch for rule in awake}):
            rows = self._store.read_after(batch, ROUND_ROWS)
            if not len(rows):
                continue
            results = [
                result
                for rule in awake
                if cursors[rule.code].batch == batch
                and (result := self._judge(rule, cursors[rule.code], rows)) is not None
            ]
            moved = self._commit(results, int(rows.batch[-1])) or moved
        return moved

    def _judge(self, rule: Rule, cursor: EvaluationCursor, rows: Observations) -> _Result | None:
        """A rule's signals from some rows; None when it failed, which is remembered and told."""
        try:
            memory: dict[str, Any] = msgspec.msgpack.decode(bytes(cursor.memory)) if cursor.memory else {}
            signals = self._detector_for(rule.kind).evaluate(self._rule_facts(rule), rows, memory, self._store.read)
            cited = [(signal, evidence.cite(signal.evidence, self._store.read)) for signal in signals]
            return _Result(rule, cursor, cited, msgspec.msgpack.encode(memory))
        except Exception as error:  # noqa: BLE001 - one rule's fault must not keep the others from being evaluated
            self._rest(rule, error)
            return None

    def _commit(self, results: list[_Result], batch: int) -> bool:
        """Write alarms, cursors and memories of all rules that went through the same rows, in one transaction."""
        if not results:
            return False
        moved = False
        with transaction.atomic():
            for result in results:
                try:
                    with transaction.atomic():
                        for signal, cited in result.signals:
                            if self._stopping:
                                raise _Stopped
                            self._apply(result.rule, signal, cited)
                            reach("evaluation.after_alarm")
                        self._move(result, batch)
                    moved = True
                    self._recovered(result.rule)
                except (OperationalError, InterfaceError, _Stopped):
                    raise  # not the rule's fault
                except Exception as error:  # noqa: BLE001 - as above; its savepoint is rolled back
                    self._rest(result.rule, error)
            reach("evaluation.before_commit")
        reach("evaluation.after_commit")
        return moved

    def _move(self, result: _Result, batch: int) -> None:
        """Compare and set, so that of two evaluations by mistake only one has an effect."""
        moved = EvaluationCursor.objects.filter(name=result.cursor.name, batch=result.cursor.batch).update(
            batch=batch, memory=result.memory, moved_at=now()
        )
        if not moved:
            raise Conflict("evaluation.moved", rule=result.rule.code)

    def _cursors(self, rules: list[Rule]) -> dict[str, EvaluationCursor]:
        codes = [rule.code for rule in rules]
        found = {cursor.name: cursor for cursor in EvaluationCursor.objects.filter(name__in=codes)}
        for code in codes:
            if code not in found:
                found[code], _ = EvaluationCursor.objects.get_or_create(name=code, defaults={"moved_at": now()})
        return found

    def _rule_facts(self, rule: Rule) -> RuleFacts:
        network = rule.network.code if rule.network else ""
        return RuleFacts(
            code=rule.code,
            version=rule.version,
            parameters=rule.parameters,
            network_code=network,
            streams=self._streams((network, *further_networks(rule.parameters)), rule.owner),
        )

    def _streams(self, networks: tuple[str, ...], owner: Organisation) -> dict[str, StreamFacts]:
        known = self._facts.get((owner.code, *networks))
        if known is not None and time.monotonic() - known[0] < FACTS_S:
            return known[1]
        facts = stream_facts(networks[0], owner, networks[1:])
        self._facts[owner.code, *networks] = (time.monotonic(), facts)
        return facts

    def _rest(self, rule: Rule, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        if self.errors.get(rule.code) != told:
            log.error("rule %s fails and waits: %s", rule.code, told, exc_info=not isinstance(error, ChengmaiError))
        self.errors[rule.code] = told
        self._rest_until[rule.code] = time.monotonic() + RETRY_S
        self._facts.clear()

    def _recovered(self, rule: Rule) -> None:
        if self.errors.pop(rule.code, None) is not None:
            log.info("rule %s goes on", rule.code)


def further_networks(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The networks whose datastreams a rule watches beside its own network's: those of chambers."""
    return tuple(sorted(parameters.get("chambers", ())))


def stream_facts(network: str, owner: Organisation, further: Sequence[str] = ()) -> dict[str, StreamFacts]:
    """What detectors see of the datastreams of a network, by code; of all where the code is empty.

    Only those that people of the rule's ``owner`` may see: its alarms show them the readings.
    """
    found = within_reach(Datastream.objects.select_related("gateway", "network"), User(organisation=owner))
    return {
        stream.code: StreamFacts(
            id=stream.pk,
            quantity=Quantity(stream.quantity),
            element=stream.element,
            longitude=stream.longitude,
            latitude=stream.latitude,
            gateway=stream.gateway.code,
            interval_s=stream.interval_s,
            network=stream.network.code if stream.network else "",
        )
        for stream in (found.filter(network__code__in=(network, *further)) if network else found)
    }


def _judged_by_rows() -> QuerySet[Rule]:
    return Rule.objects.filter(active=True).exclude(kind__in=detectors.BY_THE_CLOCK)


def lag() -> dict[str, int]:
    """How many stored batches each active rule has still to go through."""
    last = runtime.current().store.batch
    codes = _judged_by_rows().values_list("code", flat=True)
    at = dict(EvaluationCursor.objects.filter(name__in=codes).values_list("name", "batch"))
    return {code: last - at.get(code, 0) for code in codes}
