"""Names of the events this package emits; the payload holds ``id``, ``code``, ``action`` and ``owner``."""

from typing import Literal, get_args

from chengmai.disposal.models import HandOver, Party, Plan, Timer
from chengmai.events.models import OutboxEvent
from chengmai.events.outbox import emit

DisposalEventName = Literal["timer.escalated", "timer.changed", "party.signed", "plan.moved", "shift.moved"]
DISPOSAL_EVENTS: tuple[DisposalEventName, ...] = get_args(DisposalEventName)


def disposal_event(
    name: DisposalEventName, subject: Timer | Party | Plan | HandOver, code: str, action: str, owner: str
) -> OutboxEvent:
    """Emit one of DISPOSAL_EVENTS; ``owner`` is the organisation whose people may see it."""
    kind = name.partition(".")[0]
    return emit(name, f"{kind}:{subject.pk}", {"id": str(subject.pk), "code": code, "action": action, "owner": owner})
