"""One table: which functions answer which event. Every function may be called again for the same event."""

from collections.abc import Callable

from chengmai.casework.events import CASE_EVENTS
from chengmai.casework.filing import open_case_from_warning
from chengmai.events.models import OutboxEvent
from chengmai.sensing import runtime
from chengmai.warning import locating
from chengmai.warning.events import ALARM_EVENTS, WARNING_EVENTS


def show_live(event: OutboxEvent) -> None:
    """Tell the people who look at the live feed that an alarm, a warning, a case or a network changed."""
    kind = event.name.partition(".")[0]
    hub, told = runtime.current().hub, event.payload
    for organisation in {told["owner"], told.get("left", "") or told["owner"]}:
        hub.change(kind, str(told["id"]), str(told["action"]), str(organisation))


REACTIONS: dict[str, tuple[Callable[[OutboxEvent], None], ...]] = {
    **dict.fromkeys((*ALARM_EVENTS, *WARNING_EVENTS, *CASE_EVENTS), (show_live,)),
    "alarm.raised": (show_live, locating.request),
    "network.published": (show_live,),
    "warning.issued": (open_case_from_warning, show_live),
}
