"""For tests of joint disposal: plans, and the reactions of this package to the events that were emitted."""

from dataclasses import replace
from datetime import timedelta

from chengmai.disposal import duty, parties, plans, timers
from chengmai.disposal.models import PlanTemplate, Timer
from chengmai.disposal.templates import StepDraft, TemplateDraft, write_template
from chengmai.events.models import OutboxEvent
from chengmai.reactions import REACTIONS

OURS = {module.__name__ for module in (duty, parties, plans, timers)}

STEPS = [
    StepDraft("关闭阀门", "Close the valves", "owner", 60),
    StepDraft(
        "通知交警疏导", "Tell the traffic police", "external", 30, external_zh="交警", external_en="Traffic police"
    ),
    StepDraft("研判影响范围", "Assess who is affected", "desk", 15),
]


def draft(code: str = "water-burst", **changes: object) -> TemplateDraft:
    """A plan for a water leak with three steps."""
    plain = TemplateDraft(code, 0, "water", "burst", "供水爆管预案", "Water burst plan", steps=list(STEPS))
    return replace(plain, **changes)  # type: ignore[arg-type]


def burst_plan() -> PlanTemplate:
    """That plan, in force."""
    return write_template(None, draft())


def react(after: int = 0) -> int:
    """Hand events after a sequence number to this package's reactions; the number to go on from."""
    for event in OutboxEvent.objects.filter(sequence__gt=after).order_by("sequence"):
        after = event.sequence
        for reaction in REACTIONS.get(event.name, ()):
            if reaction.__module__ in OURS:
                reaction(event)
    return after


def overdue(timer: Timer, minutes: int = 1) -> None:
    """Let a timer have been over for some minutes."""
    passed = timer.due_at - timer.started_at + timedelta(minutes=minutes)
    Timer.objects.filter(pk=timer.pk).update(started_at=timer.started_at - passed, due_at=timer.due_at - passed)
