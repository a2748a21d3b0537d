"""Breaking and mending pipes of the demonstration's simulated town, on the record."""

from typing import Any

from django.db import transaction

from chengmai.access import audit
from chengmai.access.models import User
from chengmai.simulator import process


def break_pipe(user: User, pipe: str, size_m3h: float) -> dict[str, Any]:
    """Break a pipe; raises Unavailable without a simulator, InvalidInput, or Conflict when it is broken already."""
    with transaction.atomic():
        audit.record(user, "simulator.pipe_broken", "pipe", pipe, after={"size_m3h": size_m3h})
        return process.current().ask({"do": "break", "pipe": pipe, "size_m3h": size_m3h})


def mend_pipe(user: User, pipe: str) -> dict[str, Any]:
    """Mend a pipe; raises Unavailable without a simulator, InvalidInput when it is whole."""
    with transaction.atomic():
        audit.record(user, "simulator.pipe_mended", "pipe", pipe)
        return process.current().ask({"do": "mend", "pipe": pipe})
