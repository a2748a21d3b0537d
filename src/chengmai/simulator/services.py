"""Breaking and mending pipes of the demonstration's simulated town, on the record."""

from typing import Any

from chengmai.access import audit
from chengmai.access.models import User
from chengmai.core.errors import ChengmaiError
from chengmai.simulator import process


def break_pipe(user: User, pipe: str, size_m3h: float) -> dict[str, Any]:
    """Break a pipe; raises Unavailable without a simulator, InvalidInput, or Conflict when it is broken already."""
    command = {"do": "break", "pipe": pipe, "size_m3h": size_m3h}
    return _do(user, "simulator.pipe_broken", command)


def mend_pipe(user: User, pipe: str) -> dict[str, Any]:
    """Mend a pipe; raises Unavailable without a simulator, InvalidInput when it is whole."""
    return _do(user, "simulator.pipe_mended", {"do": "mend", "pipe": pipe})


def _do(user: User, action: str, command: dict[str, Any]) -> dict[str, Any]:
    """Ask first and record what came of it, so that nobody waits for the audit chain while the child thinks."""
    pipe, after = str(command["pipe"]), {"size_m3h": command.get("size_m3h")}
    try:
        answer = process.current().ask(command)
    except ChengmaiError as error:
        audit.record(user, action, "pipe", pipe, after={**after, "error": error.code}, result="refused")
        raise
    audit.record(user, action, "pipe", pipe, after=after)
    return answer
