"""Letting things fail in the demonstration's simulated towns, and mending them, on the record."""

from typing import Any

from chengmai.access import audit
from chengmai.access.models import User
from chengmai.core.errors import ChengmaiError
from chengmai.simulator import process
from chengmai.simulator.towns import FaultKind


def break_pipe(user: User, pipe: str, size_m3h: float) -> dict[str, Any]:
    """Break a water pipe; raises Unavailable without a simulator, InvalidInput, Conflict when it is broken already."""
    command = {"do": "begin", "network": "", "kind": FaultKind.PIPE_BREAK.value, "element": pipe, "size": size_m3h}
    return _do(user, "simulator.pipe_broken", "pipe", command, {"size_m3h": size_m3h})


def mend_pipe(user: User, pipe: str) -> dict[str, Any]:
    """Mend a water pipe; raises Unavailable without a simulator, InvalidInput when it is whole."""
    command = {"do": "end", "network": "", "kind": FaultKind.PIPE_BREAK.value, "element": pipe}
    return _do(user, "simulator.pipe_mended", "pipe", command, {"size_m3h": None})


def begin_fault(user: User, network: str, kind: FaultKind, element: str, size: float) -> dict[str, Any]:
    """Let something fail; raises Unavailable, InvalidInput, or Conflict when it fails already."""
    command = {"do": "begin", "network": network, "kind": kind.value, "element": element, "size": size}
    told = {"network": network, "kind": kind.value, "size": size}
    return _do(user, "simulator.fault_began", "element", command, told)


def end_fault(user: User, network: str, kind: FaultKind, element: str) -> dict[str, Any]:
    """Mend what fails; raises Unavailable, or InvalidInput when it does not fail."""
    command = {"do": "end", "network": network, "kind": kind.value, "element": element}
    return _do(user, "simulator.fault_ended", "element", command, {"network": network, "kind": kind.value})


def _do(user: User, action: str, thing: str, command: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Ask first and record what came of it, so that nobody waits for the audit chain while the child thinks."""
    element = str(command["element"])
    try:
        answer = process.current().ask(command)
    except ChengmaiError as error:
        audit.record(user, action, thing, element, after={**told, "error": error.code}, result="refused")
        raise
    audit.record(user, action, thing, element, after=told)
    return answer
