"""A day of waste on the road: every party tells its part of each trip, scales send tickets, the desk is held to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from chengmai.core.identity import new_id
from chengmai.demo.day.actors import Actor
from chengmai.demo.waste import message_of, words_of
from chengmai.simulator.waste_town import LINES, Mistake, PlayedTrip, WasteDay
from chengmai.simulator.waste_trips import expected, play

MISTAKES: dict[Mistake, int] = dict.fromkeys([kind for kind in Mistake if kind is not Mistake.LATE], 2)
"""How many of each kind; who is played at once confirms now or not at all, never late."""
_LOOKED_BACK = 14
_MOST = 1000


@dataclass(frozen=True, slots=True)
class WasteCrew:
    """Who tells what: a clerk for each party by its code, who supervises, and the secrets of the scales' gateways."""

    clerks: Mapping[str, Actor]
    supervisor: Actor
    scale_tokens: Mapping[str, str]


def free_day(supervisor: Actor, today: date) -> date:
    """The latest day before yesterday without a trip."""
    days = (today - timedelta(days=back) for back in range(2, _LOOKED_BACK))
    return next(day for day in days if not _trips_on(supervisor, day))


def prepare(day: WasteDay, crew: WasteCrew) -> None:
    """What is told of a day as a whole: plants' books, and the test of its batch of fly ash."""
    ash = next(line.sender for line in LINES if line.material == "fly_ash")
    test = {
        "sender": ash,
        "batch": day.tested_batch,
        "report": f"JC-{day.day:%Y%m%d}",
        "passed": True,
        "tested_at": day.tested_at.isoformat(),
    }
    crew.supervisor.post("/custody/chelation-tests", test, kind="waste test")
    for (plant, material), kg in day.intakes.items():
        book = {"receiver": plant, "material": material.value, "day": day.day.isoformat(), "kg": kg}
        crew.clerks[plant].post("/custody/intakes", book, kind="waste book")


def tell(trip: PlayedTrip, crew: WasteCrew) -> tuple[int, str]:
    """A trip told by its parties and its scales: its index, and the number its manifest was given."""
    number = _manifest(trip, crew) if trip.manifest else ""
    for ticket in trip.tickets:
        told = message_of(words_of(trip, ticket, number))
        crew.clerks[trip.line.receiver].send_as(
            ticket.scale, crew.scale_tokens[ticket.scale], "/custody/scale-tickets", told, kind="waste ticket"
        )
    return trip.index, number


def _manifest(trip: PlayedTrip, crew: WasteCrew) -> str:
    line = trip.line
    body = {
        "id": str(new_id()),
        "sender": line.sender,
        "carrier": trip.carrier,
        "receiver": line.receiver,
        "material": line.material.value,
        "waste_name": line.waste_name,
        "plate": trip.plate,
        "sent_kg": trip.sent_kg,
        "handed_over_at": trip.handed_over_at.isoformat(),
        "batch": trip.batch,
    }
    made = crew.clerks[line.sender].post("/custody/manifests", body, kind="waste hand over")
    path, version = f"/custody/manifests/{made['id']}", made["version"]
    steps: list[tuple[str, Actor, dict[str, Any]]] = []
    if trip.started_at is not None:
        steps.append(("departure", crew.clerks[trip.carrier], {"started_at": trip.started_at.isoformat()}))
    if trip.arrived_at is not None and trip.carried_kg is not None:
        arrived = {"arrived_at": trip.arrived_at.isoformat(), "carried_kg": trip.carried_kg}
        steps.append(("arrival", crew.clerks[trip.carrier], arrived))
    if trip.received_kg is not None:
        received = {"received_kg": trip.received_kg, "moisture_permille": trip.moisture_permille}
        steps.append(("receipt", crew.clerks[line.receiver], received))
    for name, actor, told in steps:
        version = actor.post(f"{path}/{name}", {"version": version, **told}, kind=f"waste {name}")["version"]
    return str(made["number"])


def held_against(day: WasteDay, numbers: Mapping[int, str], crew: WasteCrew) -> dict[str, Any]:
    """What the desk found of a day beside the mistakes that it was given."""
    asked = {"first": day.day.isoformat(), "last": day.day.isoformat(), "limit": _MOST}
    desk = crew.supervisor.get("/custody/desk", kind="waste desk", **asked)
    found = {(one["rule"], one["subject"]) for one in desk["items"]}
    given = {(rule.value, subject) for rule, subject in expected(day, numbers)}
    return {
        "trips": len(day.trips),
        "faults": len(given),
        "found": len(given & found),
        "missed": len(given - found),
        "invented": len(found - given),
        "held": desk["held_trips"],
        "day": day.day.isoformat(),
    }


def planned(seed: int, day: date, zone: ZoneInfo, trips: int) -> WasteDay:
    """The day that is told."""
    return play(seed, day, zone, trips, MISTAKES)


def work_of(day: WasteDay, crew: WasteCrew) -> list[tuple[str, Callable[[], tuple[int, str]]]]:
    """The trips as pieces of work with their names."""
    return [(f"trip {trip.index}", partial(tell, trip, crew)) for trip in day.trips]


def _trips_on(supervisor: Actor, day: date) -> int:
    asked = {"first": day.isoformat(), "last": day.isoformat()}
    return int(supervisor.get("/custody/trips", kind="waste trips", **asked)["total"])
