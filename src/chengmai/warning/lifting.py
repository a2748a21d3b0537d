"""What stands in the way of lifting a warning, told from above: joint disposal hands in its answer when it is loaded.

A warning may be lifted without a reason only when nothing of its disposal is left open; it never imports disposal.
"""

from collections.abc import Callable

from chengmai.access.models import User
from chengmai.core.errors import Conflict
from chengmai.warning.models import Warning

Answer = Callable[[Warning, User], list[Conflict]]
_answers: list[Answer] = []


def provide(answer: Answer) -> None:
    """Hand in the function that knows what is left open; the last one handed in answers."""
    _answers[:] = [answer]


def hindrances(warning: Warning, user: User) -> list[Conflict]:
    """Why this person may not lift this warning without a reason, each as the error to answer with."""
    return [found for answer in _answers for found in answer(warning, user)]
