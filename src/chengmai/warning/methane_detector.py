"""Methane in chambers as a kind of rule: levels, a verdict, likely pipes; what it reads, it reads for one chamber."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

import numpy as np

from chengmai.assets.queries import load_network
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.units import Quantity
from chengmai.detection.chamber_map import ChamberMap, chamber_map
from chengmai.detection.gas_tracing import PipeFacts, TracingSettings, trace
from chengmai.detection.methane_levels import DEFAULT_LEVELS, LARGE_M3
from chengmai.detection.methane_signals import JudgedChamber, methane_signal
from chengmai.detection.methane_verdict import Course, MethaneSigns, Neighbour, Verdict, judge
from chengmai.detection.methane_watch import WatchEvent, WatchSettings, watch
from chengmai.detection.night_signals import utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Reason, Signal, Span
from chengmai.network.customers import KEY_CATEGORIES
from chengmai.network.nearness import node_points, plane_of
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.settings import current
from chengmai.warning.rule_facts import Read, RuleFacts, StreamFacts

BESIDE_M = 220.0
"""Chambers this far away are looked at together [m]."""
GATHERING_M = 40.0
"""People gather over a chamber this near to a hospital, a school or another key user [m] (default)."""
PRESSURES_M = 600.0
MEASURABLE_PERCENT = 20.0
"""A laser sensor for chambers measures no more [%VOL]; beyond it %LEL is likely told for %VOL."""
PAST_DAYS = 7
_OWN, _BESIDE, _CITED = timedelta(hours=50), timedelta(hours=14), timedelta(hours=6)
Networks = Callable[[str], PipeNetwork]


@dataclass(frozen=True, eq=False)
class _Ground:
    """What lies below ground for a rule: the chambers, the gas network, chambers over which people gather."""

    chambers: ChamberMap
    index: dict[tuple[str, str], int]
    gas: PipeNetwork | None
    pipes: dict[str, PipeFacts]
    gathering: frozenset[int]


class MethaneDetector:
    """Watches every methane stream of a rule's networks."""

    def __init__(self, networks: Networks = load_network) -> None:
        self._networks = networks
        self._grounds: dict[tuple[str, int], tuple[tuple[PipeNetwork | None, ...], _Ground]] = {}
        self._past: dict[tuple[int, int], np.ndarray] = {}
        """Highest values by hour of whole past days, by stream and day: past days do not change."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows, oldest first; raises InvalidInput for parameters that are none."""
        settings = _settings(rule.parameters)
        watched = {facts.id: (code, facts) for code, facts in rule.streams.items() if _is_methane(facts, rule)}
        mine = rows.take(np.isin(rows.stream, list(watched)))
        times = mine.time.astype("datetime64[ms]").astype(np.int64)
        states: dict[str, Any] = memory.setdefault("streams", {})
        signals = []
        for row in np.lexsort((mine.stream, mine.revision, times)).tolist():
            stream, moment = int(mine.stream[row]), int(times[row])
            state = states.setdefault(str(stream), {})
            event = watch(state, moment, float(mine.value[row]), settings)
            if event is None:
                continue
            code, facts = watched[stream]
            if event is WatchEvent.END:
                signals.append(_over(code, facts, moment, float(mine.value[row]), state))
            else:
                signals += self._judged(rule, code, facts, moment, state, event, settings, read)
        return signals

    def _judged(
        self,
        rule: RuleFacts,
        code: str,
        facts: StreamFacts,
        moment: int,
        state: dict[str, Any],
        event: WatchEvent,
        settings: WatchSettings,
        read: Read,
    ) -> list[Signal]:
        ground = self._ground(rule)
        place = ground.index.get((facts.network, facts.element))
        if place is None:
            return [_unplaced(code, facts, moment, state)] if event is WatchEvent.BEGIN else []
        near = _near(rule, ground, place)
        now = utc(moment)
        own = self._own(rule, ground, place, now, read)
        beside = _courses(near.values(), now - _BESIDE, now, read)
        courses = {other: beside[one.id] for other, one in near.items() if len(beside.get(one.id, ()))}
        methane = own[Quantity.METHANE]
        signs = MethaneSigns(
            kind=ground.chambers.kind[place],
            methane=methane,
            hour=now.astimezone(current().zone).hour,
            usual=self._usual(facts.id, now, read),
            ethane=own.get(Quantity.ETHANE),
            temperature=own.get(Quantity.AIR_TEMPERATURE),
            water_level=own.get(Quantity.WATER_LEVEL),
            neighbours=_neighbours(ground.chambers, place, courses),
            pressure_fall=self._pressure_fall(rule, ground, facts, now, read),
            gas_pipe_m=_gas_pipe_m(ground, place),
        )
        verdict = judge(signs)
        measured = {other: float(np.median(course.value[-2:])) for other, course in courses.items()}
        measured[place] = float(np.median(methane.value[-2:]))
        above = {other: _excess(course) for other, course in {**courses, place: methane}.items()}
        looked_for = verdict.verdict in (Verdict.LEAK, Verdict.UNCLEAR)
        pipes = trace(ground.chambers, above, ground.pipes, now.year, _tracing(rule.parameters)) if looked_for else []
        judged = JudgedChamber(
            code, place, methane, verdict, pipes, measured, place in ground.gathering, int(state["began"])
        )
        spans = [Span(one.id, now - _CITED, now) for one in [facts, *_companions(rule, facts), *near.values()]]
        condition = Condition.BEGIN if event is WatchEvent.BEGIN else Condition.UPDATE
        levels = {str(name): float(least) for name, least in rule.parameters.get("levels", DEFAULT_LEVELS).items()}
        large = float(rule.parameters.get("large_m3", LARGE_M3))
        found = methane_signal(judged, condition, ground.chambers, ground.gas, levels, large, spans, facts.place)
        return [_doubted(found, measured[place])]

    # -- what lies below --------------------------------------------------------------------------------------------

    def _ground(self, rule: RuleFacts) -> _Ground:
        """The ground of a rule; built anew when one of its networks has another edition."""
        kinds = {str(code): Utility(kind) for code, kind in rule.parameters.get("chambers", {}).items()}
        found = {code: network for code in sorted(kinds) if (network := self._network(code)) is not None}
        gas = self._network(str(rule.parameters.get("gas", "")))
        if not found:
            raise InvalidInput("rule.no_chambers", rule=rule.code)
        present = (*found.values(), gas)
        known = self._grounds.get((rule.code, rule.version))
        if known is None or any(one is not other for one, other in zip(known[0], present, strict=True)):
            chambers = chamber_map(found, kinds, gas)
            pipes = _pipe_facts(gas, rule.parameters.get("leaks_before", {}))
            index = chambers.index()
            gathering = _gathering(chambers, index, gas, rule.parameters.get("gathering", ()))
            known = (present, _Ground(chambers, index, gas, pipes, gathering))
            self._grounds[rule.code, rule.version] = known
        return known[1]

    def _network(self, code: str) -> PipeNetwork | None:
        if not code:
            return None
        try:
            return self._networks(code)
        except NotFound:
            return None

    # -- what is read -----------------------------------------------------------------------------------------------

    def _own(self, rule: RuleFacts, ground: _Ground, place: int, now: datetime, read: Read) -> dict[Quantity, Course]:
        """The courses of everything that is measured in one chamber."""
        key = ground.chambers.key[place]
        mine = [one for one in rule.streams.values() if (one.network, one.element) == key]
        found = _courses(mine, now - _OWN, now, read)
        return {one.quantity: found[one.id] for one in mine if one.id in found}

    def _usual(self, stream: int, now: datetime, read: Read) -> np.ndarray:
        """Highest values by hour of the last whole days (n, 24); days without readings are left out."""
        zone, days = current().zone, []
        today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for back in range(PAST_DAYS, 0, -1):
            day = today - timedelta(days=back)
            key = (stream, day.toordinal())
            if key not in self._past:
                rows = read([stream], day, day + timedelta(days=1) - timedelta(milliseconds=1))
                since = rows.time.astype("datetime64[ms]").astype(np.int64) - round(day.timestamp() * 1000)
                hours = since // 3_600_000
                highest = np.full(24, np.nan)
                for hour in np.unique(hours):
                    if 0 <= hour < 24:
                        highest[hour] = rows.value[hours == hour].max()
                self._past[key] = highest
            if not np.isnan(self._past[key]).all():
                days.append(self._past[key])
        return np.array(days) if days else np.full((0, 24), np.nan)

    def _pressure_fall(
        self, rule: RuleFacts, ground: _Ground, facts: StreamFacts, now: datetime, read: Read
    ) -> float | None:
        """The largest fall of a gas pressure nearby against yesterday's at this time, as a share; None unknown."""
        near = _near_pressures(rule, ground, facts)
        if not near:
            return None
        minutes = timedelta(minutes=20)
        present = _courses(near, now - minutes, now, read)
        day = timedelta(days=1)
        usual = _courses(near, now - day - timedelta(hours=1), now - day + timedelta(hours=1), read)
        falls = [
            1 - float(np.median(present[one.id].value)) / float(np.median(usual[one.id].value))
            for one in near
            if one.id in present and one.id in usual and float(np.median(usual[one.id].value)) > 0
        ]
        return max(falls, default=None)


def _doubted(signal: Signal, percent: float) -> Signal:
    """A value that no such sensor can measure is alarmed all the same, and says that its unit may be another."""
    if percent <= MEASURABLE_PERCENT:
        return signal
    doubt = Reason("methane.unit_doubtful", {"percent": round(percent, 1), "most": MEASURABLE_PERCENT})
    return replace(signal, reasons=(*signal.reasons, doubt))


def _settings(parameters: Mapping[str, Any]) -> WatchSettings:
    levels = parameters.get("levels", DEFAULT_LEVELS)
    try:
        return WatchSettings(
            {str(name): float(least) for name, least in levels.items()},
            float(parameters.get("dead_band_lel", 5.0)),
            float(parameters.get("on_delay_s", 60.0)),
            float(parameters.get("off_delay_s", 900.0)),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidInput("rule.methane_parameters", reason=repr(error)) from error


def _tracing(parameters: Mapping[str, Any]) -> TracingSettings:
    try:
        return TracingSettings(**{str(name): float(value) for name, value in parameters.get("tracing", {}).items()})
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidInput("rule.methane_parameters", reason=repr(error)) from error


def _is_methane(facts: StreamFacts, rule: RuleFacts) -> bool:
    return facts.quantity is Quantity.METHANE and facts.network in rule.parameters.get("chambers", {})


def _companions(rule: RuleFacts, facts: StreamFacts) -> list[StreamFacts]:
    """The other streams of a stream's chamber."""
    return [
        one
        for one in rule.streams.values()
        if (one.network, one.element) == (facts.network, facts.element) and one.id != facts.id
    ]


def _near(rule: RuleFacts, ground: _Ground, place: int) -> dict[int, StreamFacts]:
    """Methane streams of other chambers nearby, by place, nearest first."""
    streams = {
        at: one
        for one in rule.streams.values()
        if _is_methane(one, rule) and (at := ground.index.get((one.network, one.element))) is not None
    }
    return {int(other): streams[int(other)] for other in ground.chambers.beside(place, BESIDE_M) if other in streams}


def _near_pressures(rule: RuleFacts, ground: _Ground, facts: StreamFacts) -> list[StreamFacts]:
    if ground.gas is None or facts.longitude is None or facts.latitude is None:
        return []
    plane = plane_of(ground.gas)
    here = plane.metres(np.array([facts.longitude]), np.array([facts.latitude]))[0]
    away = []
    for one in rule.streams.values():
        if one.quantity is Quantity.GAS_PRESSURE and one.longitude is not None and one.latitude is not None:
            there = plane.metres(np.array([one.longitude]), np.array([one.latitude]))[0]
            away.append((float(np.hypot(*(there - here))), one.id, one))
    return [one for metres, _, one in sorted(away, key=lambda entry: entry[:2])[:6] if metres <= PRESSURES_M]


def _courses(streams: Iterable[StreamFacts], start: datetime, end: datetime, read: Read) -> dict[int, Course]:
    """Readings of some streams, those without any left out."""
    ids = [one.id for one in streams]
    if not ids:
        return {}
    rows = read(ids, start, end)
    times = rows.time.astype("datetime64[ms]").astype(np.int64)
    found = {}
    for stream in np.unique(rows.stream):
        mine = rows.stream == stream
        found[int(stream)] = Course(times[mine], rows.value[mine])
    return found


def _neighbours(chambers: ChamberMap, place: int, courses: Mapping[int, Course]) -> tuple[Neighbour, ...]:
    paths = chambers.paths([place], BESIDE_M)[0]
    away = np.hypot(*(chambers.point - chambers.point[place]).T)
    return tuple(
        Neighbour(float(paths[other]), float(away[other]), chambers.kind[other], course)
        for other, course in courses.items()
    )


def _excess(course: Course) -> float:
    """Methane above what this chamber had before its last hours [%VOL]."""
    before = course.value[course.time < course.time[-1] - 8 * 3_600_000]
    usual = float(np.median(before)) if len(before) >= 3 else float(course.value.min())
    return max(float(np.median(course.value[-2:])) - usual, 0.0)


def _gas_pipe_m(ground: _Ground, place: int) -> float | None:
    """The nearest gas pipe from the chamber and those joined with it; None without a gas network."""
    if ground.gas is None:
        return None
    paths = ground.chambers.paths([place], 120.0)[0]
    reached = ground.chambers.pipe_m[np.isfinite(paths)]
    return float(reached.min()) if reached.size else float("inf")


def _pipe_facts(gas: PipeNetwork | None, leaks_before: Mapping[str, Any]) -> dict[str, PipeFacts]:
    if gas is None:
        return {}
    return {
        str(code): PipeFacts(
            str(told.get("pressure_class", "")), _year(told.get("laid_year")), int(leaks_before.get(str(code), 0))
        )
        for code, told in zip(gas.links.code, gas.links.attributes, strict=True)
    }


def _year(told: object) -> int:
    return int(told) if isinstance(told, int | float) and isfinite(told) else 0


def _gathering(
    chambers: ChamberMap,
    index: Mapping[tuple[str, str], int],
    gas: PipeNetwork | None,
    named: Iterable[str],
) -> frozenset[int]:
    """Chambers named as ``NETWORK:code``, and those near a key user of the gas network."""
    parts = [str(one).partition(":") for one in named]
    found = {index[network, code] for network, _, code in parts if (network, code) in index}
    if gas is None:
        return frozenset(found)
    key_users = np.isin(gas.customers.category, list(KEY_CATEGORIES))
    points = node_points(gas, plane_of(gas))[np.unique(gas.customers.node[key_users])]
    for point in points:
        found |= set(np.flatnonzero(np.hypot(*(chambers.point - point).T) <= GATHERING_M).tolist())
    return frozenset(found)


def _over(code: str, facts: StreamFacts, moment: int, value: float, state: Mapping[str, Any]) -> Signal:
    """Back below the lowest level."""
    at = utc(moment)
    return Signal(
        subject=code,
        condition=Condition.END,
        severity="yellow",
        began_at=at,
        raised_at=at,
        reasons=(Reason("methane.over", {"lel": round(20 * value, 1)}),),
        evidence=(Span(facts.id, at - timedelta(hours=1), at),),
        longitude=facts.longitude,
        latitude=facts.latitude,
    )


def _unplaced(code: str, facts: StreamFacts, moment: int, state: Mapping[str, Any]) -> Signal:
    """A chamber that no published network has: there is gas, but nothing can be said of where it comes from."""
    at = utc(moment)
    return Signal(
        subject=code,
        condition=Condition.BEGIN,
        severity="orange",
        began_at=utc(int(state["began"])),
        raised_at=at,
        reasons=(Reason("methane.chamber_unknown", {"network": facts.network, "chamber": facts.element}),),
        evidence=(Span(facts.id, at - timedelta(hours=1), at),),
        longitude=facts.longitude,
        latitude=facts.latitude,
        facts={"verdict": Verdict.UNCLEAR.value, "confidence": 0.0},
    )
