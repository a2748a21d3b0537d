"""Doors of the demonstration's simulator."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.simulator import process, services

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


class SimulatorFacts(Schema):
    """Where the simulation stands."""

    simulated_until: datetime
    history_done: bool
    interval_s: float
    breaks: list[BreakFacts]


@router.get("/simulator", auth=May(Permission.SIMULATOR_CONTROL), response=SimulatorFacts)
def simulator_status(request: HttpRequest) -> Any:
    """The simulator's state; 503 where none runs, as everywhere but in a demonstration."""
    return process.current().ask({"do": "status"})


@router.post("/simulator/breaks", auth=May(Permission.SIMULATOR_CONTROL), response=SimulatorFacts)
def break_pipe(request: HttpRequest, body: BreakRequest) -> Any:
    """Break a pipe of the simulated town."""
    return services.break_pipe(caller(request), body.pipe, body.size_m3h)


@router.delete("/simulator/breaks/{pipe}", auth=May(Permission.SIMULATOR_CONTROL), response=SimulatorFacts)
def mend_pipe(request: HttpRequest, pipe: str) -> Any:
    """Mend a pipe of the simulated town."""
    return services.mend_pipe(caller(request), pipe)
