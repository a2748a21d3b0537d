"""Three leaks of the day: something fails in the simulated city, and the watch takes it from alarm to lift."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chengmai.core.errors import Unavailable
from chengmai.demo.day.actors import Actor, Refused
from chengmai.demo.day.street_work import CaseWork


@dataclass(frozen=True, slots=True)
class PlannedLeak:
    """What fails: a kind of the simulator, an element of its network, how much (in the kind's unit)."""

    network: str
    kind: str
    element: str
    size: float
    alarms: frozenset[str]
    """Kinds of rules of which one must find it."""


LEAKS = (
    PlannedLeak("JC-WATER", "pipe_break", "p420", 40.0, frozenset({"pressure_drop", "night_flow"})),
    PlannedLeak("JC-GAS", "gas_leak", "gp6", 60.0, frozenset({"methane"})),
    PlannedLeak("JC-HEAT", "heat_burst", "hp20", 60.0, frozenset({"heat_burst", "make_up"})),
)
FOUND_WITHIN_S = 600.0
_LOOK_EVERY_S = 2.0
MOST_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Watch:
    """Who takes leaks on: the operator, who leads and lifts, who dispatches, who handles, who verifies."""

    operator: Actor
    leader: Actor
    dispatcher: Actor
    handlers: dict[str, Sequence[Actor]]
    verifier: Actor


@dataclass
class LeakStory:
    """What became of a leak; seconds from its beginning."""

    leak: PlannedLeak
    found_after_s: float | None = None
    closed_after_s: float | None = None
    alarm: str = ""
    warning: str = ""
    warning_id: str = ""
    case: str = ""
    reason: str = ""
    steps: list[str] = field(default_factory=list)


def live_through(leak: PlannedLeak, watch: Watch, seen: set[str], claim: Callable[[str], bool]) -> LeakStory:
    """Let something fail and be found, warned of, repaired, checked and lifted.

    ``seen`` are alarms that were there before; ``claim`` takes an alarm for one leak and answers whether it was free.
    """
    story, began = LeakStory(leak), time.monotonic()
    body = {"network": leak.network, "kind": leak.kind, "element": leak.element, "size": leak.size}
    watch.operator.post("/simulator/faults", body, kind="simulator fault")
    alarm = _found(leak, watch.operator, seen, claim)
    if alarm is None:
        story.reason = "not_found"
        return story
    story.found_after_s, story.alarm = time.monotonic() - began, alarm["code"]
    _dispose(story, alarm, watch)
    story.closed_after_s = time.monotonic() - began
    return story


def _found(leak: PlannedLeak, operator: Actor, seen: set[str], claim: Callable[[str], bool]) -> dict[str, Any] | None:
    end = time.monotonic() + FOUND_WITHIN_S
    while time.monotonic() < end:
        for alarm in operator.get("/alarms", kind="alarm list", open="true", limit=200)["items"]:
            if alarm["kind"] in leak.alarms and alarm["id"] not in seen and claim(alarm["id"]):
                return dict(alarm)
        time.sleep(_LOOK_EVERY_S)
    return None


def _dispose(story: LeakStory, alarm: dict[str, Any], watch: Watch) -> None:
    _acknowledge(watch, alarm)
    level = alarm["severity"] if alarm["severity"] in ("red", "orange", "yellow", "blue") else "orange"
    warning = watch.operator.post(f"/alarms/{alarm['id']}/warning", {"level": level}, kind="warning open")
    issue = {"action": "issue", "version": warning["version"], "level": level, "text": "请立即处置"}
    warning = watch.operator.post(f"/warnings/{warning['id']}/actions", issue, kind="warning issue")
    story.warning, story.warning_id = warning["code"], warning["id"]
    case = _case_of(watch, warning["id"])
    story.case = case["case_code"]
    work = CaseWork(watch.dispatcher.get(f"/cases/{case['case_id']}", kind="case read"))
    work.step(watch.dispatcher, "dispatch")
    handler = watch.handlers[work.case["department"]["code"]][0]
    for action, note in (("sign", ""), ("arrive", ""), ("report", "现场已围挡"), ("finish", "已更换破损管段")):
        work.step(handler, action, note)
    leak = story.leak
    path = f"/simulator/faults/{leak.network}/{leak.kind}/{leak.element}"
    watch.operator.delete(path, kind="simulator mend")
    work.step(watch.verifier, "verify")
    work.step(watch.verifier, "close")
    check = {"passed": True, "note": "复核：数值恢复"}
    watch.operator.post(f"/warnings/{warning['id']}/checks", check, kind="warning check")
    version = watch.leader.get(f"/warnings/{warning['id']}", kind="warning read")["version"]
    lift = {"action": "lift", "version": version, "note": "现场已恢复"}
    watch.leader.post(f"/warnings/{warning['id']}/actions", lift, kind="warning lift")
    timeline = watch.leader.get(f"/warnings/{warning['id']}/timeline", kind="warning read")
    story.steps = [f"{entry['kind']} {entry['action']}" for entry in timeline["entries"]]


def _acknowledge(watch: Watch, alarm: dict[str, Any]) -> None:
    """An alarm that is young changes under one's hand: who is told so looks again."""
    for attempt in range(MOST_LOOKS):
        version = watch.operator.get(f"/alarms/{alarm['id']}", kind="alarm read")["version"]
        act = {"action": "acknowledge", "version": version}
        try:
            watch.operator.post(f"/alarms/{alarm['id']}/actions", act, kind="alarm acknowledge")
            return
        except Refused as refused:
            if refused.code != "version.stale" or attempt == MOST_LOOKS - 1:
                raise


def _case_of(watch: Watch, warning: str) -> dict[str, Any]:
    """The case that the warning opens by itself, a moment after it is issued."""
    for _ in range(60):
        cases = watch.operator.get(f"/warnings/{warning}", kind="warning read")["cases"]
        if cases:
            return dict(cases[0])
        time.sleep(0.5)
    raise Unavailable("day.no_case", warning=warning)
