"""Reading construction projects within a person's scope."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from chengmai.access.models import User
from chengmai.access.scope import within_reach
from chengmai.budget.construction.rules import Booked, Sums, sums
from chengmai.budget.construction.states import CostKind
from chengmai.budget.models import (
    Acceptance,
    AcceptanceStep,
    ConstructionProject,
    CostEntry,
    CostHeading,
    Milestone,
    ProjectLot,
    ProjectPaper,
)
from chengmai.core.errors import NotFound


def visible_projects(user: User) -> QuerySet[ConstructionProject]:
    """The projects of the organisations a person may see."""
    return within_reach(ConstructionProject.objects.select_related("owner"), user).order_by("code")


def visible_project(user: User, code: str) -> ConstructionProject:
    """One project within the person's scope; raises NotFound."""
    found = visible_projects(user).filter(code=code).first()
    if found is None:
        raise NotFound("project.not_found", code=code)
    return found


def lots_of(project: ConstructionProject) -> list[ProjectLot]:
    """A project's lots in order, with what they promise, what was delivered, and their acceptances."""
    steps = AcceptanceStep.objects.select_related("actor").order_by("at", "pk")
    acceptances = Acceptance.objects.select_related("applied_by", "paper").order_by("applied_at")
    acceptances = acceptances.prefetch_related("defects", Prefetch("history", steps))
    lots = project.lots.select_related("heading").order_by("position")
    return list(lots.prefetch_related("quantities__deliveries", Prefetch("acceptances", acceptances)))


def headings_of(project: ConstructionProject) -> list[CostHeading]:
    """A project's cost headings in order."""
    return list(project.headings.order_by("position"))


def entries_of(project: ConstructionProject) -> list[CostEntry]:
    """All that was booked on a project, oldest first."""
    rows = CostEntry.objects.filter(heading__project=project)
    return list(rows.select_related("heading", "lot", "booked_by", "paper").order_by("booked_at", "pk"))


def milestones_of(project: ConstructionProject) -> list[Milestone]:
    """A project's milestones in order."""
    return list(project.milestones.select_related("noted_by", "paper").order_by("position"))


def booked(entries: list[CostEntry]) -> list[Booked]:
    """Entries as their sums need them."""
    return [Booked(CostKind(one.kind), one.amount_fen, one.contract_id is not None) for one in entries]


def sums_of(heading: CostHeading) -> Sums:
    """What a heading's entries come to now."""
    return sums(booked(list(heading.entries.all())))


def paper_of(project: ConstructionProject, paper_id: UUID | None) -> ProjectPaper | None:
    """The project's own paper of an id, None for none; raises NotFound for another's."""
    if paper_id is None:
        return None
    found = project.papers.filter(pk=paper_id).first()
    if found is None:
        raise NotFound("project.paper_not_found", id=paper_id)
    return found
