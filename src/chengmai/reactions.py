"""One table: which functions answer which event. Every function may be called again for the same event."""

from collections.abc import Callable, Mapping

from chengmai.budget.units.checking import check_handed_in
from chengmai.budget.units.services import DOCUMENT_CAME
from chengmai.casework.cases.filing import open_case_from_warning
from chengmai.casework.clocks.escalation import note_escalation
from chengmai.casework.events import CASE_EVENTS
from chengmai.casework.hotline.services import CALL_BACK_DUE, CALL_CHANGED, ask_back
from chengmai.disposal import duty, parties, plans, timers
from chengmai.disposal.events import DISPOSAL_EVENTS
from chengmai.disposal.valve_steps import VALVE_EVENTS
from chengmai.events.models import OutboxEvent
from chengmai.sensing import runtime
from chengmai.warning import device_orders, grouping, locating
from chengmai.warning.events import ALARM_EVENTS, PLANNED_WORK_CHANGED, WARNING_EVENTS


def show_live(event: OutboxEvent) -> None:
    """Tell the people who look at the live feed that an alarm, a warning, a case or a network changed."""
    kind = event.name.partition(".")[0]
    hub, told = runtime.current().hub, event.payload
    for organisation in {told["owner"], told.get("left", "") or told["owner"]}:
        hub.change(kind, str(told["id"]), str(told["action"]), str(organisation))


Table = Mapping[str, tuple[Callable[[OutboxEvent], None], ...]]


def joined(*tables: Table) -> dict[str, tuple[Callable[[OutboxEvent], None], ...]]:
    """One table of several: an event is answered by the functions of all, in the tables' order."""
    names = dict.fromkeys(name for table in tables for name in table)
    return {name: tuple(function for table in tables for function in table.get(name, ())) for name in names}


REACTIONS = joined(
    dict.fromkeys((*ALARM_EVENTS, *WARNING_EVENTS, *CASE_EVENTS, *DISPOSAL_EVENTS, *VALVE_EVENTS), (show_live,)),
    dict.fromkeys(grouping.GROUPED_ON, (grouping.regroup,)),
    {
        "alarm.raised": (locating.request, timers.begin_assessment, device_orders.order_care),
        "alarm.returned": (timers.follow_alarm,),
        "alarm.changed": (timers.follow_alarm,),
        "network.published": (show_live,),
        PLANNED_WORK_CHANGED: (show_live,),
        CALL_CHANGED: (show_live,),
        CALL_BACK_DUE: (show_live,),
        "warning.issued": (open_case_from_warning, timers.follow_warning, parties.notify),
        "warning.dismissed": (timers.follow_warning,),
        "warning.revised": (parties.notify,),
        "warning.lifted": (timers.follow_warning, plans.end_plans),
        "case.moved": (timers.follow_case,),
        "case.escalated": (note_escalation,),
        "case.closed": (timers.follow_case, ask_back),
        DOCUMENT_CAME: (check_handed_in,),
    },
    dict.fromkeys(duty.AUTOMATIC, (duty.note_event,)),
)
