"""Construction projects as their doors show them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.budget.construction import queries, schemas
from chengmai.budget.construction.counts import ABSENT, Counts, devices_by_lot
from chengmai.budget.construction.rules import MilestoneLight, Sums, light_of, present, sums
from chengmai.budget.construction.services import today
from chengmai.budget.construction.states import (
    ACCEPTANCE_TRANSITIONS,
    STANDING,
    AcceptanceAction,
    AcceptanceState,
    CeilingRule,
    CostKind,
    QuantityKind,
)
from chengmai.budget.models import (
    Acceptance,
    ConstructionProject,
    CostEntry,
    CostHeading,
    LotQuantity,
    Milestone,
    ProjectLot,
    ProjectPaper,
)
from chengmai.core.clock import now
from chengmai.core.money import told
from chengmai.warning.schemas import OrganisationRef, PersonRef


@dataclass(frozen=True, slots=True)
class _Rows:
    """A project's rows as they are shown, and the figures of all of them."""

    lots: list[schemas.LotOut]
    headings: list[schemas.HeadingOut]
    entries: list[CostEntry]
    milestones: list[schemas.MilestoneOut]
    sums: schemas.ProjectSums


def _rows(project: ConstructionProject, may_manage: bool) -> _Rows:
    counts, day = devices_by_lot(project.code), today()
    entries, headings = queries.entries_of(project), queries.headings_of(project)
    lots = [_lot(lot, counts, may_manage) for lot in queries.lots_of(project)]
    milestones = [_milestone(one, day) for one in queries.milestones_of(project)]
    devices = [one for lot in lots for one in lot.quantities if one.kind is QuantityKind.DEVICE]
    lights = [one.light for one in milestones]
    total = sums(queries.booked(entries))
    found = schemas.ProjectSums(
        devices_planned=sum(one.planned for one in devices),
        devices_present=sum(one.present for one in devices),
        lots=len(lots),
        lots_accepted=sum(any(one.state is AcceptanceState.PASSED for one in lot.acceptances) for lot in lots),
        milestones=len(lights),
        milestones_reached=sum(one in (MilestoneLight.REACHED, MilestoneLight.REACHED_LATE) for one in lights),
        milestones_overdue=lights.count(MilestoneLight.OVERDUE),
        budget=told(project.budget_fen),
        committed=told(total.committed),
        paid=told(total.paid),
        over=told(sum(_sums(one, entries).over(one.ceiling_fen) for one in headings)),
    )
    return _Rows(lots, [_heading(one, entries) for one in headings], entries, milestones, found)


def summary(project: ConstructionProject) -> schemas.ProjectSummary:
    """A project as a list shows it."""
    return schemas.ProjectSummary(**_facts(project), sums=_rows(project, False).sums)


def whole(project: ConstructionProject, user: User) -> schemas.ProjectOut:
    """A project with all its rows, for one person."""
    may_manage = Permission.PROJECT_MANAGE in user.permissions
    rows = _rows(project, may_manage)
    reversed_ids = {one.reverses_id for one in rows.entries}
    return schemas.ProjectOut(
        **_facts(project),
        sums=rows.sums,
        overview=project.overview,
        basis=project.basis,
        source=project.source,
        counted_at=now(),
        lots=rows.lots,
        headings=rows.headings,
        entries=[_entry(one, one.pk in reversed_ids) for one in rows.entries],
        milestones=rows.milestones,
        may_manage=may_manage,
        may_book=Permission.PROJECT_BOOK in user.permissions,
    )


def _facts(project: ConstructionProject) -> dict[str, Any]:
    return {
        "code": project.code,
        "name_zh": project.name_zh,
        "name_en": project.name_en,
        "owner": _organisation(project),
        "unit": project.unit,
        "version": project.version,
    }


def _sums(heading: CostHeading, entries: list[CostEntry]) -> Sums:
    return sums(queries.booked([one for one in entries if one.heading_id == heading.pk]))


def _organisation(project: ConstructionProject) -> OrganisationRef:
    owner = project.owner
    return OrganisationRef(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en)


def _person(user: User | None) -> PersonRef | None:
    return None if user is None else PersonRef(username=user.username, name=user.name)


def paper_out(paper: ProjectPaper) -> schemas.PaperOut:
    """A paper as others name it."""
    return schemas.PaperOut(id=paper.pk, name=paper.name, size=paper.size)


def _paper(paper: ProjectPaper | None) -> schemas.PaperOut | None:
    return None if paper is None else paper_out(paper)


def _lot(lot: ProjectLot, counts: Counts, may_manage: bool) -> schemas.LotOut:
    acceptances = list(lot.acceptances.all())
    standing = any(one.state in STANDING for one in acceptances)
    return schemas.LotOut(
        code=lot.code,
        name_zh=lot.name_zh,
        name_en=lot.name_en,
        heading=lot.heading.code if lot.heading else "",
        contractor=lot.contractor,
        quantities=[_quantity(one, counts.get(lot.code, {})) for one in lot.quantities.all()],
        acceptances=[acceptance_out(one, may_manage) for one in acceptances],
        may_apply=may_manage and not standing,
    )


def _quantity(quantity: LotQuantity, states: Any) -> schemas.QuantityOut:
    kind = QuantityKind(quantity.kind)
    devices = dict(states) if kind is QuantityKind.DEVICE else {}
    there = present(devices, ABSENT) if kind is QuantityKind.DEVICE else _delivered(quantity)
    return schemas.QuantityOut(kind=kind, planned=quantity.planned, unit=quantity.unit, present=there, states=devices)


def _delivered(quantity: LotQuantity) -> int:
    return sum(one.number for one in quantity.deliveries.all())


def acceptance_out(acceptance: Acceptance, may_manage: bool) -> schemas.AcceptanceOut:
    """An acceptance with what may be done to it."""
    state = AcceptanceState(acceptance.state)
    allowed = [action for action in AcceptanceAction if (state, action) in ACCEPTANCE_TRANSITIONS]
    return schemas.AcceptanceOut(
        id=acceptance.pk,
        state=state,
        applied_at=acceptance.applied_at,
        applied_by=PersonRef(username=acceptance.applied_by.username, name=acceptance.applied_by.name),
        held_on=acceptance.held_on,
        members=acceptance.members,
        result=acceptance.result,
        paper=_paper(acceptance.paper),
        version=acceptance.version,
        defects=[
            schemas.DefectOut(
                text=one.text, found_on=one.found_on, mended_at=one.mended_at, mended_note=one.mended_note
            )
            for one in acceptance.defects.all()
        ],
        history=[
            schemas.AcceptanceStepOut(
                at=one.at,
                actor=PersonRef(username=one.actor.username, name=one.actor.name),
                action=one.action,
                to_state=AcceptanceState(one.to_state),
                note=one.note,
            )
            for one in acceptance.history.all()
        ],
        allowed_actions=allowed if may_manage else [],
    )


def _heading(heading: CostHeading, entries: list[CostEntry]) -> schemas.HeadingOut:
    found = _sums(heading, entries)
    return schemas.HeadingOut(
        code=heading.code,
        name_zh=heading.name_zh,
        name_en=heading.name_en,
        ceiling=None if heading.ceiling_fen is None else told(heading.ceiling_fen),
        rule=CeilingRule(heading.rule),
        contracted=told(found.contracted),
        committed=told(found.committed),
        paid=told(found.paid),
        over=told(found.over(heading.ceiling_fen)),
    )


def _entry(entry: CostEntry, is_reversed: bool) -> schemas.EntryOut:
    return schemas.EntryOut(
        id=entry.pk,
        heading=entry.heading.code,
        lot=entry.lot.code if entry.lot else "",
        kind=CostKind(entry.kind),
        amount=told(entry.amount_fen),
        on=entry.on,
        document=entry.document,
        payee=entry.payee,
        note=entry.note,
        contract=entry.contract_id,
        reverses=entry.reverses_id,
        reversed=is_reversed,
        over_ceiling=told(entry.over_ceiling_fen),
        paper=_paper(entry.paper),
        booked_at=entry.booked_at,
        booked_by=_person(entry.booked_by),
    )


def _milestone(milestone: Milestone, day: date) -> schemas.MilestoneOut:
    return schemas.MilestoneOut(
        code=milestone.code,
        name_zh=milestone.name_zh,
        name_en=milestone.name_en,
        planned_on=milestone.planned_on,
        planned_text=milestone.planned_text,
        actual_on=milestone.actual_on,
        light=light_of(milestone.planned_on, milestone.actual_on, day),
        evidence=milestone.evidence,
        paper=_paper(milestone.paper),
        noted_at=milestone.noted_at,
        noted_by=_person(milestone.noted_by),
        version=milestone.version,
    )
