"""Doors of the demonstration's simulator."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from chengmai.access.doors import May, Session, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.errors import NotAllowed
from chengmai.settings import current
from chengmai.simulator import process, services
from chengmai.simulator.day_report import last_day
from chengmai.simulator.towns import FaultKind, TownKind

router = Router(tags=["simulator"])


class BreakRequest(Schema):
    """Which pipe to break, and how much shall escape at its present pressure."""

    pipe: str = Field(max_length=64)
    size_m3h: float = Field(gt=0, le=200, allow_inf_nan=False)


class BreakFacts(Schema):
    """A broken pipe."""

    pipe: str
    since: datetime
    size_m3h: float


class FaultRequest(Schema):
    """What shall fail: an element of a network, how, and how much (the unit is the kind's)."""

    network: str = Field(max_length=32)
    kind: FaultKind
    element: str = Field(max_length=64)
    size: float = Field(gt=0, le=1000, allow_inf_nan=False)


class FaultFacts(Schema):
    """Something that fails; ``size`` in the unit of its kind."""

    network: str
    kind: FaultKind
    element: str
    size: float
    since: datetime


class TownFacts(Schema):
    """Where one of the simulated towns stands."""

    kind: TownKind
    simulated_until: datetime
    history_done: bool


class SimulatorFacts(Schema):
    """Where the simulation stands; ``breaks`` are the broken water pipes among the faults."""

    simulated_until: datetime
    history_done: bool
    interval_s: float
    towns: list[TownFacts]
    breaks: list[BreakFacts]
    faults: list[FaultFacts]


class LeakOfDay(Schema):
    """What became of a leak; seconds from its beginning, None where it was not found or not mended in time."""

    network: str
    kind: str
    element: str
    found_after_s: float | None
    closed_after_s: float | None
    alarm: str
    warning: str
    warning_id: str
    case: str


class RequestsOfDay(Schema):
    """Requests of one kind: how many, and how long their answers took [s]."""

    kind: str
    count: int
    median_s: float
    p95_s: float
    longest_s: float


class DayOut(Schema):
    """A day of the city as it was played; ``failed`` is what went wrong and should not have."""

    seed: int
    began_at: datetime
    ended_at: datetime
    people: int
    reports: int
    cases: dict[str, int]
    leaks: list[LeakOfDay]
    trips: dict[str, Any] | None
    calls: dict[str, Any] | None
    requests: list[RequestsOfDay]
    refused: dict[str, int]
    failed: list[str]


def _of_the_city(request: HttpRequest) -> User:
    """Who calls; raises NotAllowed for people of a company: what fails anywhere is the whole city's to know."""
    user = caller(request)
    if not user.sees_whole_city:
        raise NotAllowed("simulator.city_only")
    return user


@router.get("/simulator", auth=May(Permission.SIMULATOR_CONTROL), response=SimulatorFacts)
def simulator_status(request: HttpRequest) -> Any:
    """The simulator's state; 503 where none runs, as everywhere but in a demonstration."""
    _of_the_city(request)
    return process.current().ask({"do": "status"})


@router.get("/simulator/day", auth=Session(), response=DayOut | None)
def played_day(request: HttpRequest) -> Any:
    """The last day that was played in this demonstration; null before the first, and where it is none."""
    return last_day(current().data_dir) if current().demo else None


@router.post("/simulator/breaks", auth=May(Permission.SIMULATOR_CONTROL), response=SimulatorFacts)
def break_pipe(request: HttpRequest, body: BreakRequest) -> Any:
    """Break a pipe of the simulated town."""
    return services.break_pipe(_of_the_city(request), body.pipe, body.size_m3h)


@router.delete("/simulator/breaks/{pipe}", auth=May(Permission.SIMULATOR_CONTROL), response=SimulatorFacts)
def mend_pipe(request: HttpRequest, pipe: str) -> Any:
    """Mend a pipe of the simulated town."""
    return services.mend_pipe(_of_the_city(request), pipe)


@router.post("/simulator/faults", auth=May(Permission.SIMULATOR_CONTROL), response=SimulatorFacts)
def begin_fault(request: HttpRequest, body: FaultRequest) -> Any:
    """Let something fail in a simulated town: a gas leak, biogas, a burst, a cold station, ..."""
    return services.begin_fault(_of_the_city(request), body.network, body.kind, body.element, body.size)


@router.delete(
    "/simulator/faults/{network}/{kind}/{element}", auth=May(Permission.SIMULATOR_CONTROL), response=SimulatorFacts
)
def end_fault(request: HttpRequest, network: str, kind: FaultKind, element: str) -> Any:
    """Mend what fails in a simulated town."""
    return services.end_fault(_of_the_city(request), network, kind, element)
