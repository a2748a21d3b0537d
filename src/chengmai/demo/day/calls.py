"""Calls at the twelve seats: each becomes a case, a word in a case that is known, or an answer at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chengmai.core.identity import new_id
from chengmai.demo.day.actors import Actor
from chengmai.demo.day.plan import Place, on_streets

MATTERS = (
    "小区门口暴露垃圾没人清理",
    "路面不洁，有泥土抛洒",
    "人行道上有占道经营的摊位",
    "绿地里脏乱，树枝折断",
    "路边有废弃车辆停了很久",
    "道路积水，车辆难以通行",
)
ASKED = "咨询公交卡办理地点，已告知窗口电话"
CONSULTED = 0.2
"""Share of calls that only ask something."""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call: at which seat, what is told, where; ``asks`` when it only asks something."""

    number: int
    seat: int
    words: str
    place: Place
    asks: bool


def plan_calls(seed: int, many: int, seats: int, streets: Sequence[Sequence[Place]]) -> list[PlannedCall]:
    """So many calls, spread over the seats."""
    random = np.random.default_rng([seed, 1])
    places = on_streets(random, many, streets)
    return [
        PlannedCall(
            number=number,
            seat=number % seats,
            words=MATTERS[int(random.integers(len(MATTERS)))],
            place=places[number],
            asks=bool(random.random() < CONSULTED),
        )
        for number in range(many)
    ]


def sit_down(seats: Sequence[Actor]) -> None:
    """Everybody takes a seat of their own."""
    for number, clerk in enumerate(seats, start=1):
        clerk.put("/seats/own", {"seat": number}, kind="seat")


def answer(call: PlannedCall, clerk: Actor) -> dict[str, Any]:
    """Take a call to its end at a seat: its outcome, and the case that it opened or was attached to."""
    ringing = clerk.post("/calls/played", {}, kind="call ring")["id"]
    clerk.post(f"/calls/{ringing}/answer", {}, kind="call answer")
    if call.asks:
        body = {"outcome": "consulted", "words": ASKED}
        return dict(clerk.post(f"/calls/{ringing}/end", body, kind="call end"))
    where = {"longitude": call.place[0], "latitude": call.place[1]}
    asked = {"call": ringing, "words": call.words, **where}
    offered = clerk.post("/call-suggestions", asked, kind="call suggestions")
    if offered["duplicates"]:
        body = {"code": offered["duplicates"][0]["code"], "words": call.words}
        return dict(clerk.post(f"/calls/{ringing}/attachment", body, kind="call attachment"))
    events = [one["code"] for one in offered["classes"] if one["kind"] == "event"]
    told = {"id": str(new_id()), "case_class": events[0] if events else "0102", "words": call.words}
    return dict(clerk.post(f"/calls/{ringing}/filing", {**told, **where}, kind="call filing"))
