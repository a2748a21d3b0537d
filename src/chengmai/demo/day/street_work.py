"""A report on its way: a collector files it, a dispatcher sends it, a handler works on it, others close it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.demo.day.actors import Actor
from chengmai.demo.day.plan import Fate, PlannedReport


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works today; handlers by the code of their organisation."""

    collectors: Sequence[Actor]
    dispatchers: Sequence[Actor]
    verifiers: Sequence[Actor]
    handlers: Mapping[str, Sequence[Actor]]


@dataclass
class CaseWork:
    """A case in hand: each step is taken on the version the one before it left."""

    case: dict[str, Any]

    @property
    def state(self) -> str:
        """Where the case stands."""
        return str(self.case["state"])

    def step(self, actor: Actor, action: str, note: str = "", **more: Any) -> None:
        """Somebody takes a step."""
        body = {"id": str(new_id()), "action": action, "version": self.case["version"], "note": note, **more}
        self.case = actor.post(f"/cases/{self.case['id']}/actions", body, kind=f"case {action}")


def live_through(report: PlannedReport, crew: Crew) -> dict[str, Any]:
    """Let a report come to its end; the case as it then stands."""
    collector = crew.collectors[report.collector]
    dispatcher = crew.dispatchers[report.number % len(crew.dispatchers)]
    work = CaseWork(_filed(collector, report))
    if report.fate is Fate.VOID:
        work.step(dispatcher, "void", "不属于城市管理范围")
        return work.case
    if report.fate in (Fate.CONFIRMED, Fate.DENIED):
        other = crew.collectors[(report.collector + 1) % len(crew.collectors)]
        work.step(dispatcher, "ask_confirmation", "请到现场核实")
        work.step(other, "confirm" if report.fate is Fate.CONFIRMED else "deny", "到现场看过")
        if report.fate is Fate.DENIED:
            work.step(dispatcher, "void", "现场核实不属实")
            return work.case
    _handle(work, report.number, report.fate, crew)
    return work.case


def settle(case_id: str, number: int, crew: Crew) -> dict[str, Any]:
    """Take a case that somebody filed to its end; the case as it then stands."""
    work = CaseWork(crew.dispatchers[number % len(crew.dispatchers)].get(f"/cases/{case_id}", kind="case read"))
    _handle(work, number, Fate.PLAIN, crew)
    return work.case


def _handle(work: CaseWork, number: int, fate: Fate, crew: Crew) -> None:
    """From dispatch to closing."""
    dispatcher = crew.dispatchers[number % len(crew.dispatchers)]
    verifier = crew.verifiers[number % len(crew.verifiers)]
    work.step(dispatcher, "dispatch")
    handlers = crew.handlers[work.case["department"]["code"]]
    handler = handlers[number % len(handlers)]
    here = {"longitude": work.case["longitude"], "latitude": work.case["latitude"]}
    if fate is Fate.RETURNED:
        work.step(handler, "return_to_dispatcher", "地点不明，请补充")
        work.step(dispatcher, "dispatch", "已补充地点")
    if fate is Fate.URGED:
        work.step(dispatcher, "urge", "市民再次来电")
    work.step(handler, "sign")
    work.step(handler, "arrive", **here)
    if fate is Fate.EXTENDED:
        work.step(handler, "ask_extension", "需要吊车配合", amount=1)
        work.step(dispatcher, "extend", "同意", amount=1)
    work.step(handler, "finish", "已清理完毕")
    if fate is Fate.SENT_BACK:
        work.step(verifier, "send_back", "现场仍有残留")
        work.step(handler, "arrive", **here)
        work.step(handler, "finish", "已再次清理")
    work.step(verifier, "verify")
    work.step(verifier, "close")


def _filed(collector: Actor, report: PlannedReport) -> dict[str, Any]:
    body = {
        "id": str(new_id()),
        "case_class": report.case_class,
        "title": report.words or "巡查发现",
        "description": report.words,
        "longitude": report.place[0],
        "latitude": report.place[1],
        "reported_at": now().isoformat(),
    }
    case: dict[str, Any] = collector.post("/cases", body, kind="case file")
    if report.photographed:
        fields = {"id": str(new_id())}
        path = f"/cases/{case['id']}/photos"
        case = collector.upload(path, fields, "site.jpg", _picture(report.number), kind="case photo")
    return case


def _picture(number: int) -> bytes:
    """A small picture that differs from every other."""
    random = np.random.default_rng(number)
    pixels = random.integers(0, 255, (48, 64, 3), dtype=np.uint8)
    encoded = BytesIO()
    Image.fromarray(pixels).resize((640, 480)).save(encoded, "JPEG", quality=80)
    return encoded.getvalue()
