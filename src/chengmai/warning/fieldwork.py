"""What field work a warning has caused, told from above: casework hands in its answer when it is loaded.

A warning shows its cases' progress and is lifted by it, yet never stores it and never imports casework.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengmai.core.errors import Unavailable


@dataclass(frozen=True, slots=True)
class FieldWork:
    """One case of a warning, as far as a warning needs to know it; ``closed`` only when it was verified and closed."""

    warning_id: UUID
    case_id: UUID
    case_code: str
    state: str
    closed: bool
    due_at: datetime | None


Answer = Callable[[Collection[UUID]], list[FieldWork]]
_answers: list[Answer] = []


def provide(answer: Answer) -> None:
    """Hand in the function that knows the cases of warnings; the last one handed in answers."""
    _answers[:] = [answer]


def of_warnings(warnings: Collection[UUID]) -> list[FieldWork]:
    """The cases of the warnings; raises Unavailable when nobody handed in an answer."""
    if not _answers:
        raise Unavailable("warning.field_work_unknown")
    return _answers[0](warnings)
