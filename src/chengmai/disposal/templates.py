"""Contingency plans as the city keeps them: written as versions, each step with somebody responsible for it."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.core.findings import Finding
from chengmai.disposal.city_tables import demand_manager
from chengmai.disposal.limits import LONGEST_MIN
from chengmai.disposal.models import PlanTemplate, PlanTemplateStep
from chengmai.disposal.states import Responsible
from chengmai.network.utilities import Utility
from chengmai.warning.states import Severity

MOST_STEPS = 60
NOBODY = "plan_step_without_responsible"
"""The finding of a step that nobody answers for."""


@dataclass(frozen=True, slots=True)
class StepDraft:
    """One step as it was sent; ``responsible`` is empty where nobody was named."""

    title_zh: str
    title_en: str
    responsible: str
    limit_minutes: int
    organisation: str = ""
    external_zh: str = ""
    external_en: str = ""


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A whole plan as it was sent; ``version`` is the one the sender saw, 0 for a new plan."""

    code: str
    version: int
    utility: str
    kind: str
    name_zh: str
    name_en: str
    levels: list[str] = field(default_factory=list)
    steps: list[StepDraft] = field(default_factory=list)
    active: bool = True


def templates() -> QuerySet[PlanTemplate]:
    """The plans in force, with their steps."""
    return _with_steps().filter(active=True).order_by("utility", "code")


def versions(code: str) -> list[PlanTemplate]:
    """Every version a plan had, newest first, also of one that was retired; raises NotFound."""
    found = list(_with_steps().filter(code=code).order_by("-version"))
    if not found:
        raise NotFound("plan.template_unknown", plan=code)
    return found


def _with_steps() -> QuerySet[PlanTemplate]:
    return PlanTemplate.objects.select_related("made_by").prefetch_related("steps__organisation")


def findings_of(draft: TemplateDraft) -> list[Finding]:
    """All that is wrong with a plan's steps, each finding with its row; a step nobody answers for is refused."""
    known = set(Organisation.objects.values_list("code", flat=True))
    found: list[Finding] = []
    for row, step in enumerate(draft.steps, start=1):

        def broken(name: str, value: str, rule: str, row: int = row) -> None:
            found.append(Finding(draft.code, row, name, value, rule))

        if not step.title_zh.strip() or not step.title_en.strip():
            broken("title", step.title_zh or step.title_en, "plan_step_without_title")
        if not step.responsible.strip():
            broken("responsible", "", NOBODY)
        elif step.responsible not in set(Responsible):
            broken("responsible", step.responsible, "plan_step_responsible_unknown")
        elif step.responsible == Responsible.ORGANISATION and step.organisation not in known:
            broken("organisation", step.organisation, NOBODY)
        elif step.responsible == Responsible.EXTERNAL and not step.external_zh.strip():
            broken("external", step.external_zh, NOBODY)
        if not 0 < step.limit_minutes <= LONGEST_MIN:
            broken("limit_minutes", str(step.limit_minutes), "plan_step_limit")
    return found


@transaction.atomic
def write_template(user: User | None, draft: TemplateDraft) -> PlanTemplate:
    """Write the next version of a plan; raises NotAllowed, Conflict (stale) or InvalidInput with every broken row."""
    take_turn()
    if user is not None:
        demand_manager(user)
    _demand_sound(draft)
    newest = PlanTemplate.objects.filter(code=draft.code).order_by("-version").first()
    present = newest.version if newest else 0
    if present != draft.version:
        raise Conflict("version.stale", sent=draft.version, present=present)
    PlanTemplate.objects.filter(code=draft.code, active=True).update(active=False)
    made = PlanTemplate.objects.create(
        code=draft.code,
        version=present + 1,
        utility=draft.utility,
        kind=draft.kind,
        levels=draft.levels,
        name_zh=draft.name_zh.strip(),
        name_en=draft.name_en.strip(),
        active=draft.active,
        made_at=now(),
        made_by=user,
    )
    organisations = {found.code: found for found in Organisation.objects.all()}
    PlanTemplateStep.objects.bulk_create(
        PlanTemplateStep(
            template=made,
            position=position,
            title_zh=step.title_zh.strip(),
            title_en=step.title_en.strip(),
            responsible=step.responsible,
            organisation=organisations[step.organisation] if step.responsible == Responsible.ORGANISATION else None,
            external_zh=step.external_zh.strip() if step.responsible == Responsible.EXTERNAL else "",
            external_en=step.external_en.strip() if step.responsible == Responsible.EXTERNAL else "",
            limit_minutes=step.limit_minutes,
        )
        for position, step in enumerate(draft.steps, start=1)
    )
    after: dict[str, Any] = {"version": made.version, "steps": len(draft.steps), "active": draft.active}
    record(user, "plan_template.write", "plan_template", draft.code, before={"version": present}, after=after)
    return made


def _demand_sound(draft: TemplateDraft) -> None:
    if not draft.code.strip() or not draft.name_zh.strip() or not draft.name_en.strip():
        raise InvalidInput("plan.name_missing")
    if draft.utility not in set(Utility) or not set(draft.levels) <= set(Severity):
        raise InvalidInput("plan.scope_unknown", utility=draft.utility, levels=", ".join(draft.levels))
    if not 0 < len(draft.steps) <= MOST_STEPS:
        raise InvalidInput("plan.number_of_steps", steps=len(draft.steps), most=MOST_STEPS)
    found = findings_of(draft)
    if found:
        orphans = [finding for finding in found if finding.rule == NOBODY]
        rows = ", ".join(str(row) for row in sorted({finding.row for finding in orphans or found if finding.row}))
        told = [finding.as_dict() for finding in found]
        if orphans:
            raise InvalidInput("plan.step_without_responsible", rows=rows, findings=told)
        raise InvalidInput("plan.steps_broken", rows=rows, findings=told)
