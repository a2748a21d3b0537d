"""A day of the city, played by its crew through the platform's doors."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import urllib3

from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError
from chengmai.demo.crew import WASTE_PARTIES, clerk_of
from chengmai.demo.day import calls, leaks, street_work, trips
from chengmai.demo.day.actors import Actor, Journal, Refused
from chengmai.demo.day.plan import plan_reports
from chengmai.demo.day.report import leak_facts, states_of, times_of
from chengmai.demo.people import APPEARANCE, GAS_COMPANY, HEAT_COMPANY, WATER, WATER_COMPANY
from chengmai.settings import current
from chengmai.simulator.day_report import DayReport

CLASSES = ("0102", "0104", "0201", "0501", "0103", "0106", "0502", "0107", "0101")
"""Classes of events that collectors report most, the most frequent first; those the city has are taken."""
AT_WORK = 12
"""How many reports are under way at the same moment."""
T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Told what is under way, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class WantedDay:
    """How large a day."""

    seed: int = 2026
    reports: int = 1_500
    calls: int = 240
    trips: int = 500
    leaks: bool = True


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the doors: passwords by user name, secrets of weighbridges by their codes."""

    passwords: Mapping[str, str]
    scales: Mapping[str, str]


def play(address: str, keys: Keys, wanted: WantedDay, tell: Progress) -> DayReport:
    """Play a day against the platform at an address; raises Unavailable when it does not answer."""
    journal, began = Journal(), now()
    people = _come_in(address, keys.passwords, journal, tell)
    crew = street_work.Crew(
        _all(people, "collector"), _all(people, "dispatch"), _all(people, "check"), _handlers(people)
    )
    failed: list[str] = []
    with ThreadPoolExecutor(len(leaks.LEAKS) + 1) as side:
        stories = side.submit(_leaks, people, crew, failed) if wanted.leaks else None
        ground = _Ground.read(crew.collectors[0])
        cases = _reports(crew, wanted, ground, failed, tell)
        ended, called = _calls(_all(people, "seat"), crew, wanted, ground, failed, tell)
        cases += called
        carried = _trips(people, keys, wanted, failed, tell)
        told = stories.result() if stories else []
    return DayReport(
        seed=wanted.seed,
        began_at=began,
        ended_at=now(),
        people=len(people),
        reports=wanted.reports,
        cases=states_of(cases),
        leaks=[leak_facts(story) for story in told],
        calls=ended,
        trips=carried,
        requests=times_of(journal),
        refused=journal.refused,
        failed=failed,
    )


def _come_in(address: str, passwords: Mapping[str, str], journal: Journal, tell: Progress) -> dict[str, Actor]:
    parts = urlsplit(address)
    doors = urllib3.HTTPConnectionPool(parts.hostname or "127.0.0.1", parts.port, maxsize=AT_WORK + 8, block=True)
    people: dict[str, Actor] = {}
    for username, password in passwords.items():
        people[username] = Actor(doors, username, password, journal)
        tell("people", len(people), len(passwords))
    return people


def _all(people: Mapping[str, Actor], prefix: str) -> list[Actor]:
    return [actor for name, actor in sorted(people.items()) if name.rpartition("_")[0] == prefix]


def _handlers(people: Mapping[str, Actor]) -> dict[str, list[Actor]]:
    of = {
        APPEARANCE: "handler",
        WATER: "water_hand",
        WATER_COMPANY: "water_crew",
        GAS_COMPANY: "gas_crew",
        HEAT_COMPANY: "heat_crew",
    }
    return {organisation: _all(people, prefix) for organisation, prefix in of.items()}


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where and what people report: streets, and the classes that are reported most and that the city has."""

    streets: list[list[tuple[float, float]]]
    classes: list[str]

    @classmethod
    def read(cls, actor: Actor) -> "_Ground":
        known = {one["code"] for one in actor.get("/case-classes", kind="classes") if one["kind"] == "event"}
        features = actor.get("/city", kind="city")["streets"]["features"]
        streets = [feature["geometry"]["coordinates"] for feature in features]
        return cls(streets, [code for code in CLASSES if code in known])


def _reports(
    crew: street_work.Crew, wanted: WantedDay, ground: _Ground, failed: list[str], tell: Progress
) -> list[dict[str, Any]]:
    planned = plan_reports(wanted.seed, wanted.reports, len(crew.collectors), ground.classes, ground.streets)
    work = [(f"report {one.number}", partial(street_work.live_through, one, crew)) for one in planned]
    return _side_by_side("reports", work, failed, tell)


def _calls(
    seats: list[Actor], crew: street_work.Crew, wanted: WantedDay, ground: _Ground, failed: list[str], tell: Progress
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The calls' counts, and the cases that they opened, each brought to its end."""
    calls.sit_down(seats)
    planned = calls.plan_calls(wanted.seed, wanted.calls, len(seats), ground.streets)
    answering = [(f"call {one.number}", partial(calls.answer, one, seats[one.seat])) for one in planned]
    ended = _side_by_side("calls", answering, failed, tell)
    outcomes = Counter(str(one["call"]["outcome"]) for one in ended)
    filed = [one["case_id"] for one in ended if one["call"]["outcome"] == "filed"]
    handling = [(f"case {case}", partial(street_work.settle, case, at, crew)) for at, case in enumerate(filed)]
    cases = _side_by_side("called", handling, failed, tell)
    return {"calls": len(ended), **outcomes}, cases


def _trips(
    people: Mapping[str, Actor], keys: Keys, wanted: WantedDay, failed: list[str], tell: Progress
) -> dict[str, Any] | None:
    """A day of waste told by its parties, and what the desk made of it."""
    if wanted.trips == 0:
        return None
    clerks = {party: people[clerk_of(party)] for party in WASTE_PARTIES}
    crew = trips.WasteCrew(clerks, people["waste_watch_01"], keys.scales)
    zone = current().zone
    day = trips.planned(wanted.seed, trips.free_day(crew.supervisor, now().astimezone(zone).date()), zone, wanted.trips)
    trips.prepare(day, crew)
    told = _side_by_side("trips", trips.work_of(day, crew), failed, tell)
    return trips.held_against(day, dict(told), crew)


def _side_by_side(what: str, work: Sequence[tuple[str, Callable[[], T]]], failed: list[str], tell: Progress) -> list[T]:
    """Do pieces of work, several at the same moment; what the platform refused is noted and left out."""
    found: list[T] = []
    with ThreadPoolExecutor(AT_WORK) as hands:
        under_way = {hands.submit(piece): name for name, piece in work}
        for number, done in enumerate(as_completed(under_way), start=1):
            try:
                found.append(done.result())
            except Refused as refused:
                failed.append(f"{under_way[done]}: {refused}")
            tell(what, number, len(work))
    return found


def _leaks(people: Mapping[str, Actor], crew: street_work.Crew, failed: list[str]) -> list[leaks.LeakStory]:
    watch = leaks.Watch(
        operator=people["watch_01"],
        leader=people["lead_01"],
        dispatcher=crew.dispatchers[0],
        handlers=dict(crew.handlers),
        verifier=crew.verifiers[0],
    )
    there = watch.operator.get("/alarms", kind="alarm list", open="true", limit=200)["items"]
    seen, taken, lock = {str(alarm["id"]) for alarm in there}, set[str](), threading.Lock()

    def claim(alarm: str) -> bool:
        with lock:
            free = alarm not in taken
            taken.add(alarm)
            return free

    stories = []
    with ThreadPoolExecutor(len(leaks.LEAKS)) as hands:
        running = [(leak, hands.submit(leaks.live_through, leak, watch, seen, claim)) for leak in leaks.LEAKS]
        for leak, one in running:
            try:
                stories.append(one.result())
            except (Refused, ChengmaiError) as error:
                failed.append(f"{leak.kind} {leak.element}: {error}")
    return stories
