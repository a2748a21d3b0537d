"""The register of construction projects: registering and revising, milestones reached, deliveries, papers."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.access.scope import reaches
from chengmai.budget.construction.queries import paper_of, visible_project
from chengmai.budget.construction.states import CeilingRule, QuantityKind
from chengmai.budget.models import (
    ConstructionProject,
    CostHeading,
    Delivery,
    LotQuantity,
    Milestone,
    ProjectLot,
    ProjectPaper,
)
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.lineage import seal
from chengmai.core.money import told
from chengmai.disposal.reports import store
from chengmai.settings import current

MOST_ROWS = 100
"""Lots, headings or milestones of one project."""


@dataclass(frozen=True, slots=True)
class HeadingDraft:
    """A cost heading as it shall be; no ceiling is None."""

    code: str
    name_zh: str
    name_en: str
    ceiling_fen: int | None = None
    rule: CeilingRule = CeilingRule.REFUSE


@dataclass(frozen=True, slots=True)
class QuantityDraft:
    """How many of a kind a lot promises."""

    kind: QuantityKind
    planned: int
    unit: str


@dataclass(frozen=True, slots=True)
class LotDraft:
    """A lot as it shall be; ``heading`` is the code of the heading that pays for it, or empty."""

    code: str
    name_zh: str
    name_en: str
    quantities: Sequence[QuantityDraft]
    heading: str = ""
    contractor: str = ""


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """A milestone as it is planned."""

    code: str
    name_zh: str
    name_en: str
    planned_on: date
    planned_text: str = ""


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A whole project as it shall be; ``version`` is the one the sender saw, 0 for a new one."""

    code: str
    version: int
    name_zh: str
    name_en: str
    owner: str
    unit: str = ""
    overview: str = ""
    basis: str = ""
    source: str = ""
    budget_fen: int = 0
    headings: Sequence[HeadingDraft] = ()
    lots: Sequence[LotDraft] = ()
    milestones: Sequence[MilestoneDraft] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """That a milestone was reached: when, shown by what words and paper."""

    version: int
    on: date
    evidence: str
    paper: UUID | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery as it was sent; ``id`` is made by the client, a negative number takes one back."""

    id: UUID
    lot: str
    kind: QuantityKind
    number: int
    on: date
    document: str
    paper: UUID | None = None


def today() -> date:
    """The city's present day."""
    return now().astimezone(current().zone).date()


@transaction.atomic
def write_project(user: User | None, draft: ProjectDraft) -> ConstructionProject:
    """Register a project or make its next version; rows keep their identity by their codes.

    Raises InvalidInput, NotAllowed (an owner out of reach), NotFound (scope), or Conflict: stale, or a row that is
    booked on, delivered to, reached or accepted would vanish.
    """
    take_turn()
    _demand_sound(draft)
    owner = Organisation.objects.filter(code=draft.owner).first()
    if owner is None:
        raise InvalidInput("project.owner_unknown", owner=draft.owner)
    if not reaches(user, owner):
        raise NotAllowed("project.owner_out_of_reach", owner=draft.owner)
    project = ConstructionProject.objects.filter(code=draft.code).first()
    if project is not None and not reaches(user, project.owner):
        raise Conflict("project.code_taken", code=draft.code)
    before = {} if project is None else facts_of(project)
    present = 0 if project is None else project.version
    if present != draft.version:
        raise Conflict("version.stale", sent=draft.version, present=present)
    names = ("name_zh", "name_en", "unit", "overview", "basis", "source")
    values: dict[str, Any] = {name: getattr(draft, name).strip() for name in names}
    values |= {"owner": owner, "budget_fen": draft.budget_fen}
    if project is None:
        project = ConstructionProject.objects.create(code=draft.code, added_at=now(), **values)
    else:
        ConstructionProject.objects.filter(pk=project.pk).update(**values, version=present + 1)
        project.refresh_from_db()
    _write_rows(project, draft)
    record(user, "project.write", "project", project.code, before=before or None, after=facts_of(project))
    return project


def _demand_sound(draft: ProjectDraft) -> None:
    rows: tuple[Sequence[HeadingDraft | LotDraft | MilestoneDraft], ...] = (
        draft.headings,
        draft.lots,
        draft.milestones,
    )
    named = (draft, *(one for part in rows for one in part))
    if not all(one.code.strip() and one.name_zh.strip() and one.name_en.strip() for one in named):
        raise InvalidInput("project.name_missing")
    for part in rows:
        codes = [one.code for one in part]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice or len(part) > MOST_ROWS:
            raise InvalidInput("project.rows_unfit", twice=", ".join(twice), most=MOST_ROWS)
    known = {one.code for one in draft.headings}
    for lot in draft.lots:
        if lot.heading and lot.heading not in known:
            raise InvalidInput("project.heading_unknown", heading=lot.heading)
        kinds = [one.kind for one in lot.quantities]
        if len(set(kinds)) != len(kinds) or not all(one.planned > 0 and one.unit.strip() for one in lot.quantities):
            raise InvalidInput("project.quantities_unfit", lot=lot.code)
    if draft.budget_fen < 0 or any((one.ceiling_fen or 0) < 0 for one in draft.headings):
        raise InvalidInput("project.amount_negative")


def _write_rows(project: ConstructionProject, draft: ProjectDraft) -> None:
    try:
        # Rows that hold on to something refuse to go: PROTECT tells them apart from those that never were used.
        _drop(project.lots.exclude(code__in=[one.code for one in draft.lots]))
        _drop(project.headings.exclude(code__in=[one.code for one in draft.headings]))
        _drop(project.milestones.exclude(code__in=[one.code for one in draft.milestones]))
    except IntegrityError as error:
        raise Conflict("project.row_in_use") from error
    headings = {
        row.code: CostHeading.objects.update_or_create(
            project=project, code=row.code, defaults={"position": position, **_plain(row, "code")}
        )[0]
        for position, row in enumerate(draft.headings, start=1)
    }
    for position, lot in enumerate(draft.lots, start=1):
        defaults = {"position": position, **_plain(lot, "code", "quantities"), "heading": headings.get(lot.heading)}
        kept, _ = ProjectLot.objects.update_or_create(project=project, code=lot.code, defaults=defaults)
        try:
            _drop(kept.quantities.exclude(kind__in=[one.kind for one in lot.quantities]))
        except IntegrityError as error:
            raise Conflict("project.row_in_use") from error
        for quantity in lot.quantities:
            LotQuantity.objects.update_or_create(lot=kept, kind=quantity.kind, defaults=_plain(quantity, "kind"))
    for position, milestone in enumerate(draft.milestones, start=1):
        defaults = {"position": position, **_plain(milestone, "code")}
        Milestone.objects.update_or_create(project=project, code=milestone.code, defaults=defaults)


def _plain(row: Any, *without: str) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name not in without}


def _drop(rows: Any) -> None:
    """Delete rows nobody refers to; a milestone that was reached is referred to by its evidence."""
    if rows.model is Milestone and rows.exclude(actual_on=None).exists():
        raise IntegrityError
    rows.delete()


def facts_of(project: ConstructionProject) -> dict[str, Any]:
    """What a project is made of, as audit keeps it; amounts in yuan."""
    return {
        "version": project.version,
        "name": project.name_zh,
        "owner": project.owner.code,
        "budget": told(project.budget_fen),
        "headings": {
            one.code: None if one.ceiling_fen is None else told(one.ceiling_fen) for one in project.headings.all()
        },
        "lots": {
            lot.code: {one.kind: one.planned for one in lot.quantities.all()}
            for lot in project.lots.prefetch_related("quantities")
        },
        "milestones": {one.code: one.planned_on.isoformat() for one in project.milestones.all()},
    }


@transaction.atomic
def reach_milestone(user: User | None, project: ConstructionProject, code: str, reached: Reached) -> Milestone:
    """Write down that a milestone was reached; raises NotFound, Conflict (stale, reached already) or InvalidInput."""
    take_turn()
    milestone = project.milestones.filter(code=code).first()
    if milestone is None:
        raise NotFound("project.milestone_unknown", milestone=code)
    if milestone.version != reached.version:
        raise Conflict("version.stale", sent=reached.version, present=milestone.version)
    if milestone.actual_on is not None:
        raise Conflict("project.milestone_reached", on=milestone.actual_on.isoformat())
    if not reached.evidence.strip():
        raise InvalidInput("project.evidence_missing")
    _demand_past(reached.on)
    values: dict[str, Any] = {"actual_on": reached.on, "evidence": reached.evidence.strip()}
    values |= {"paper": paper_of(project, reached.paper), "noted_at": now(), "noted_by": user}
    Milestone.objects.filter(pk=milestone.pk).update(**values, version=milestone.version + 1)
    milestone.refresh_from_db()
    after = {"milestone": code, "on": reached.on.isoformat(), "evidence": milestone.evidence, "paper": reached.paper}
    record(user, "project.milestone", "project", project.code, after=after)
    return milestone


@transaction.atomic
def reopen_milestone(user: User, project: ConstructionProject, code: str, version: int, reason: str) -> Milestone:
    """Take back that a milestone was reached, with a reason; what was written down stays in the audit trail."""
    take_turn()
    milestone = project.milestones.filter(code=code).first()
    if milestone is None:
        raise NotFound("project.milestone_unknown", milestone=code)
    if milestone.version != version:
        raise Conflict("version.stale", sent=version, present=milestone.version)
    if milestone.actual_on is None:
        raise Conflict("project.milestone_open", milestone=code)
    if not reason.strip():
        raise InvalidInput("project.reason_missing")
    before = {"milestone": code, "on": milestone.actual_on.isoformat(), "evidence": milestone.evidence}
    cleared: dict[str, Any] = {"actual_on": None, "evidence": "", "paper": None, "noted_at": None, "noted_by": None}
    Milestone.objects.filter(pk=milestone.pk).update(**cleared, version=version + 1)
    milestone.refresh_from_db()
    after = {"milestone": code, "reason": reason.strip()}
    record(user, "project.milestone_reopened", "project", project.code, before=before, after=after)
    return milestone


def note_delivery(user: User | None, project: ConstructionProject, sent: Delivered) -> Delivery:
    """Write down a delivery of what no register counts; sent again under the same id it is one delivery.

    Raises InvalidInput (devices are counted in their register, a day to come, more taken back than came), NotFound, or
    Conflict when the id stands for another delivery.
    """
    fingerprint = seal({**asdict(sent), "project": project.code})
    with transaction.atomic():
        take_turn()
        known = Delivery.objects.filter(pk=sent.id).first()
        if known is not None:
            if known.fingerprint != fingerprint:
                raise Conflict("case.id_reused", id=sent.id)
            return known
        quantity = LotQuantity.objects.filter(lot__project=project, lot__code=sent.lot, kind=sent.kind).first()
        if quantity is None:
            raise NotFound("project.quantity_unknown", lot=sent.lot, kind=sent.kind.value)
        if sent.kind is QuantityKind.DEVICE:
            raise InvalidInput("project.devices_are_counted")
        if not sent.document.strip():
            raise InvalidInput("project.document_missing")
        _demand_past(sent.on)
        if sent.number == 0 or delivered(quantity) + sent.number < 0:
            raise InvalidInput("project.delivery_number", number=sent.number, delivered=delivered(quantity))
        made = Delivery.objects.create(
            id=sent.id,
            quantity=quantity,
            number=sent.number,
            on=sent.on,
            document=sent.document.strip(),
            paper=paper_of(project, sent.paper),
            noted_at=now(),
            noted_by=user,
            fingerprint=fingerprint,
        )
        record(user, "project.delivery", "project", project.code, after=asdict(sent))
    return made


def delivered(quantity: LotQuantity) -> int:
    """How many were delivered so far."""
    return int(quantity.deliveries.aggregate(total=Sum("number"))["total"] or 0)


def demand_writer(user: User) -> None:
    """Raise NotAllowed unless the person may change something on a project that a paper can show."""
    if not {Permission.PROJECT_MANAGE, Permission.PROJECT_BOOK} & user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.PROJECT_MANAGE.value)


def add_paper(user: User, project: ConstructionProject, name: str, data: bytes) -> ProjectPaper:
    """Keep a scanned document (PDF) of a project; the same document again is the one that is there.

    Raises InvalidInput for what is no PDF, or Unavailable when the disk refuses.
    """
    if not data.startswith(b"%PDF-"):
        raise InvalidInput("project.paper_not_pdf")
    sha256 = hashlib.sha256(data).hexdigest()
    store(sha256, data)
    with transaction.atomic():
        take_turn()
        values = {"name": name.strip()[:128] or "paper.pdf", "size": len(data), "added_at": now(), "added_by": user}
        paper, made = ProjectPaper.objects.get_or_create(project=project, sha256=sha256, defaults=values)
        if made:
            record(user, "project.paper", "project", project.code, after={"paper": str(paper.pk), "sha256": sha256})
    return paper


def visible_paper(user: User, paper_id: UUID) -> ProjectPaper:
    """A paper of a project within the person's scope; raises NotFound."""
    paper = ProjectPaper.objects.select_related("project").filter(pk=paper_id).first()
    if paper is None:
        raise NotFound("project.paper_not_found", id=paper_id)
    visible_project(user, paper.project.code)
    return paper


def _demand_past(on: date) -> None:
    if on > today():
        raise InvalidInput("project.day_to_come", day=on.isoformat())
