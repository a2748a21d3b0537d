"""Who has gone silent, by the clock: rules of the kind ``silent`` held against when streams were last heard of."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from chengmai.core.clock import now
from chengmai.detection.night_signals import utc
from chengmai.detection.signals import Condition, Reason, Signal, Span
from chengmai.detection.silence import Expected, Silence, silences
from chengmai.devices.expected import newly_expected, not_expected
from chengmai.sensing import runtime
from chengmai.sensing.store import TelemetryStore
from chengmai.warning import services
from chengmai.warning.evaluation import stream_facts
from chengmai.warning.models import Alarm, Rule, RuleKind
from chengmai.warning.rule_facts import RuleFacts
from chengmai.warning.states import AlarmState

log = logging.getLogger(__name__)

REFUSED_WITHIN = timedelta(hours=1)
"""How far back refused readings explain a silence."""


def expected_of(rule: RuleFacts, at: datetime) -> list[Expected]:
    """The streams a rule expects to hear of: its gateways', but those whose device is not in service."""
    gateways = set(rule.parameters["gateways"])
    mine = [facts for facts in rule.streams.values() if facts.gateway in gateways]
    absent = not_expected()
    longest = max((facts.interval_s for facts in mine), default=0) * float(rule.parameters["intervals"])
    fresh = newly_expected(at - timedelta(seconds=longest))
    return [
        Expected(facts.id, facts.gateway, 1000 * facts.interval_s, _ms(fresh.get(facts.id)))
        for facts in mine
        if facts.id not in absent
    ]


def _ms(moment: datetime | None) -> int:
    return 0 if moment is None else round(moment.timestamp() * 1000)


def silence_subject(silence: Silence, codes: Mapping[int, str]) -> str:
    """What an alarm of a silence is about: a gateway, or a stream by its code."""
    return f"{silence.gateway}#gateway" if silence.stream is None else f"{codes[silence.stream]}#silent"


class SilenceWatch:
    """Looks at every rule of its kind; what has gone silent is begun, who speaks again is ended."""

    def __init__(self, listening: datetime | None = None) -> None:
        self._listening = listening or now()
        """Nobody is missed for the time before we listened."""

    def look(self, at: datetime) -> int:
        """Begin and end alarms as of a moment; returns how many signals were applied. Nothing without telemetry."""
        parts = runtime.running()
        if parts is None:
            return 0
        applied = 0
        for rule in Rule.objects.select_related("network", "owner").filter(active=True, kind=RuleKind.SILENT):
            applied += self._look_at(rule, at, parts.store)
        return applied

    def _look_at(self, rule: Rule, at: datetime, store: TelemetryStore) -> int:
        network = rule.network.code if rule.network else ""
        facts = RuleFacts(rule.code, rule.version, rule.parameters, network, stream_facts(network, rule.owner))
        codes = {stream.id: code for code, stream in facts.streams.items()}
        moment, since = (round(each.timestamp() * 1000) for each in (at, self._listening))
        expected = expected_of(facts, at)
        found = silences(moment, store.heard(), since, expected, float(rule.parameters["intervals"]))
        silent = {silence_subject(one, codes): one for one in found}
        standing = set(
            Alarm.objects.filter(rule_code=rule.code)
            .exclude(state__in=[AlarmState.NORMAL, AlarmState.RETURNED])
            .values_list("subject", flat=True)
        )
        for subject in sorted(silent.keys() - standing):
            services.apply_signal(rule, _begun(rule, facts, subject, silent[subject], at, store), store.read)
        for subject in sorted(standing - silent.keys()):
            services.apply_signal(rule, _over(facts, subject, expected, at), store.read)
        return len(silent.keys() ^ standing)


def _begun(rule: Rule, facts: RuleFacts, subject: str, silence: Silence, at: datetime, store: TelemetryStore) -> Signal:
    last = utc(silence.since_ms) if silence.since_ms else None
    streams = {stream.id: (code, stream) for code, stream in facts.streams.items()}
    place: tuple[float | None, float | None] = (None, None)
    if silence.stream is None:
        first = Reason("silent.gateway", {"gateway": silence.gateway, "streams": silence.quiet, **_since(last, at)})
        evidence: tuple[Span, ...] = ()
    else:
        code, stream = streams[silence.stream]
        first = Reason("silent.stream", {"stream": code, **_since(last, at)})
        place = stream.place
        evidence = _last_reading(silence.stream, store)
    return Signal(
        subject=subject,
        condition=Condition.BEGIN,
        severity=str(rule.parameters.get("severity", "yellow")),
        began_at=last or at,
        raised_at=at,
        reasons=(first, *_refused(silence.gateway, at, store)),
        evidence=evidence,
        longitude=place[0],
        latitude=place[1],
    )


def _since(last: datetime | None, at: datetime) -> dict[str, str | int | float]:
    minutes = 0.0 if last is None else (at - last).total_seconds() / 60
    return {"minutes": round(minutes, 1)}


def _last_reading(stream: int, store: TelemetryStore) -> tuple[Span, ...]:
    latest = store.latest()
    told = latest.time[latest.stream == stream]
    if not len(told):
        return ()
    moment = utc(int(told[0].astype("datetime64[ms]").astype("int64")))
    return (Span(stream, moment, moment),)


def _refused(gateway: str, at: datetime, store: TelemetryStore) -> tuple[Reason, ...]:
    """What the gateway told that could not be believed: a clock that jumped is silent, and this says why."""
    recent = [
        row
        for row in store.quarantined(limit=200, gateways=[gateway])
        if row["received"].timestamp() >= (at - REFUSED_WITHIN).timestamp()
    ]
    reasons = sorted({str(row["reason"]) for row in recent})
    if not recent:
        return ()
    return (Reason("silent.refused", {"count": len(recent), "reasons": ", ".join(reasons)}),)


def _over(facts: RuleFacts, subject: str, expected: Sequence[Expected], at: datetime) -> Signal:
    """Somebody speaks again, or nothing is expected of him any more: an alarm does not say one for the other."""
    code, _, kind = subject.rpartition("#")
    if kind == "gateway":
        spoken = any(one.gateway == code for one in expected)
        reason = Reason("silent.gateway_over" if spoken else "silent.gateway_not_expected", {"gateway": code})
    else:
        spoken = code in facts.streams and any(one.stream == facts.streams[code].id for one in expected)
        reason = Reason("silent.stream_over" if spoken else "silent.stream_not_expected", {"stream": code})
    place = facts.streams[code].place if code in facts.streams else (None, None)
    return Signal(
        subject=subject,
        condition=Condition.END,
        severity="blue",
        began_at=at,
        raised_at=at,
        reasons=(reason,),
        evidence=(),
        longitude=place[0],
        latitude=place[1],
    )
