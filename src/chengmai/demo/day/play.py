"""A day of the city, played by its crew through the platform's doors."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3

from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError
from chengmai.demo.day import leaks, street_work
from chengmai.demo.day.actors import Actor, Journal, Refused
from chengmai.demo.day.plan import plan_reports
from chengmai.demo.day.report import leak_facts, states_of, times_of
from chengmai.demo.people import APPEARANCE, GAS_COMPANY, HEAT_COMPANY, WATER, WATER_COMPANY
from chengmai.simulator.day_report import DayReport

CLASSES = ("0102", "0104", "0201", "0501", "0103", "0106", "0502", "0107", "0101")
"""Classes of events that collectors report most, the most frequent first; those the city has are taken."""
AT_WORK = 12
"""How many reports are under way at the same moment."""
Progress = Callable[[str, int, int], None]
"""Told what is under way, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class WantedDay:
    """How large a day."""

    seed: int = 2026
    reports: int = 1_500
    leaks: bool = True


def play(address: str, passwords: Mapping[str, str], wanted: WantedDay, tell: Progress) -> DayReport:
    """Play a day against the platform at an address; raises Unavailable when it does not answer."""
    journal, began = Journal(), now()
    people = _come_in(address, passwords, journal, tell)
    crew = street_work.Crew(
        _all(people, "collector"), _all(people, "dispatch"), _all(people, "check"), _handlers(people)
    )
    failed: list[str] = []
    with ThreadPoolExecutor(len(leaks.LEAKS) + 1) as side:
        stories = side.submit(_leaks, people, crew, failed) if wanted.leaks else None
        cases = _reports(crew, wanted, failed, tell)
        told = stories.result() if stories else []
    return DayReport(
        seed=wanted.seed,
        began_at=began,
        ended_at=now(),
        people=len(people),
        reports=wanted.reports,
        cases=states_of(cases),
        leaks=[leak_facts(story) for story in told],
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


def _reports(crew: street_work.Crew, wanted: WantedDay, failed: list[str], tell: Progress) -> list[dict[str, Any]]:
    first = crew.collectors[0]
    known = {one["code"] for one in first.get("/case-classes", kind="classes") if one["kind"] == "event"}
    city = first.get("/city", kind="city")
    streets = [feature["geometry"]["coordinates"] for feature in city["streets"]["features"]]
    classes = [code for code in CLASSES if code in known]
    planned = plan_reports(wanted.seed, wanted.reports, len(crew.collectors), classes, streets)
    cases: list[dict[str, Any]] = []
    with ThreadPoolExecutor(AT_WORK) as hands:
        under_way = {hands.submit(street_work.live_through, report, crew): report for report in planned}
        for done in as_completed(under_way):
            try:
                cases.append(done.result())
            except Refused as refused:
                failed.append(f"report {under_way[done].number}: {refused}")
            tell("reports", len(cases) + len(failed), len(planned))
    return cases


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
