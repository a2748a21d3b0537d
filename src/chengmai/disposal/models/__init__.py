"""Tables of joint disposal, one file a subject."""

from chengmai.disposal.models.duty import DutyEntry, HandOver, Shift
from chengmai.disposal.models.parties import Party, PartyRow
from chengmai.disposal.models.plans import Plan, PlanEvent, PlanStep, PlanTemplate, PlanTemplateStep
from chengmai.disposal.models.reports import Report, SecondCheck
from chengmai.disposal.models.timers import TimeLimit, Timer
from chengmai.disposal.models.valve_plans import BrokenValve, ValvePlan, ValveSearch, ValveStep

__all__ = [
    "BrokenValve",
    "DutyEntry",
    "HandOver",
    "Party",
    "PartyRow",
    "Plan",
    "PlanEvent",
    "PlanStep",
    "PlanTemplate",
    "PlanTemplateStep",
    "Report",
    "SecondCheck",
    "Shift",
    "TimeLimit",
    "Timer",
    "ValvePlan",
    "ValveSearch",
    "ValveStep",
]
