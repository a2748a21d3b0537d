"""One table: which function answers which event. Filled where the functions are written."""

from collections.abc import Callable

from chengmai.events.models import OutboxEvent

REACTIONS: dict[str, tuple[Callable[[OutboxEvent], None], ...]] = {}
