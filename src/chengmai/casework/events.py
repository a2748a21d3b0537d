"""Names of the events this package emits; the payload holds ``id``, ``code``, ``action`` and ``owner``."""

from collections.abc import Mapping
from typing import Literal, get_args

from chengmai.casework.models import Case
from chengmai.events.models import OutboxEvent
from chengmai.events.outbox import emit

CaseEventName = Literal["case.opened", "case.moved", "case.closed", "case.photographed", "case.noted", "case.escalated"]
CASE_EVENTS: tuple[CaseEventName, ...] = get_args(CaseEventName)


def case_event(
    name: CaseEventName, case: Case, action: str, left: str = "", more: Mapping[str, object] | None = None
) -> OutboxEvent:
    """Emit one of CASE_EVENTS; ``owner`` is the department that may see the case, empty before it is dispatched.

    ``left`` is the department it was taken from, which must hear of it too; ``more`` joins the payload.
    """
    return emit(
        name,
        f"case:{case.pk}",
        {
            "id": str(case.pk),
            "code": case.code,
            "action": action,
            "owner": case.department.code if case.department else "",
            "left": left,
            "source": case.source,
            "source_id": case.source_id,
            **(more or {}),
        },
    )
