"""The doors of patrol: shifts and positions from phones, coverage, what companies are paid by, terms."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from chengmai.access import audit
from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.casework.patrol import queries, schemas, services, terms
from chengmai.casework.patrol.models import PatrolShift
from chengmai.casework.patrol.rules import Fix, share_percent
from chengmai.core.clock import now
from chengmai.core.errors import NotFound
from chengmai.warning.views import organisation_ref, person_ref

router = Router(tags=["casework"])
MOST_SHIFTS = 1000


@router.put("/patrol/shifts/{shift_id}", response=schemas.PatrolShiftOut, auth=May(Permission.PATROL_WALK))
def tell_shift(request: HttpRequest, shift_id: UUID, body: schemas.PatrolShiftIn) -> schemas.PatrolShiftOut:
    """Begin one's shift, or end it; sent again it changes nothing."""
    return _shift(services.tell_shift(caller(request), shift_id, body.started_at, body.ended_at))


@router.post("/patrol/shifts/{shift_id}/positions", response=schemas.PositionsTaken, auth=May(Permission.PATROL_WALK))
def take_positions(request: HttpRequest, shift_id: UUID, body: schemas.PositionsIn) -> schemas.PositionsTaken:
    """Positions of one's own shift in a batch; each is kept once, whatever lies outside the shift is not kept."""
    sent = [
        services.SentPosition(one.id, Fix(one.at, one.longitude, one.latitude, one.accuracy_m))
        for one in body.positions
    ]
    return schemas.PositionsTaken(**asdict(services.take_positions(caller(request), shift_id, sent)))


@router.get("/patrol/shifts", response=list[schemas.PatrolShiftOut], auth=May(Permission.PATROL_READ))
def list_shifts(request: HttpRequest, wanted: Query[schemas.PatrolFilter]) -> list[schemas.PatrolShiftOut]:
    """Shifts of some days, newest first."""
    first, last = queries.days_of(wanted.first, wanted.last)
    found = queries.visible_shifts(caller(request)).filter(day__gte=first, day__lte=last)
    if wanted.company:
        found = found.filter(company__code=wanted.company)
    return [_shift(one) for one in found.order_by("-started_at")[:MOST_SHIFTS]]


@router.get("/patrol/shifts/{shift_id}/track", response=list[schemas.TrackPoint], auth=May(Permission.PATROL_READ))
def read_track(request: HttpRequest, shift_id: UUID) -> list[schemas.TrackPoint]:
    """The positions of a shift that are still kept; whoever reads them stands in the audit trail."""
    user = caller(request)
    shift = queries.visible_shifts(user).filter(pk=shift_id).first()
    if shift is None:
        raise NotFound("patrol.shift_not_found", id=shift_id)
    audit.record(
        user, "patrol.track_read", "patrol_shift", str(shift.pk), after={"collector": shift.collector.username}
    )
    return [
        schemas.TrackPoint(at=one.at, longitude=one.longitude, latitude=one.latitude, accuracy_m=one.accuracy_m)
        for one in shift.fixes.order_by("at")
    ]


@router.get("/patrol", response=schemas.CoverageOut, auth=May(Permission.PATROL_READ))
def read_patrol(request: HttpRequest, wanted: Query[schemas.PatrolFilter]) -> schemas.CoverageOut:
    """Coverage by cell, what each collector did, and the assessment of each company for the month it ends in."""
    user = caller(request)
    first, last = queries.days_of(wanted.first, wanted.last)
    cells = queries.coverage(user, first, last, wanted.company)
    due = sum(one.area_m2 * one.days_due for one in cells)
    covered = sum(one.area_m2 * one.days_covered for one in cells)
    return schemas.CoverageOut(
        first=first,
        last=last,
        computed_at=now(),
        area_m2=sum(one.area_m2 for one in cells),
        area_percent=_text(share_percent(covered, due)),
        terms=read_terms(request),
        cells=[_cell(one) for one in cells],
        collectors=[_work(one) for one in queries.work(user, first, last, wanted.company)],
        assessments=[_assessment(user, one.code, last) for one in queries.companies(user)],
    )


@router.get(
    "/patrol/assessments/{company_code}", response=schemas.CompanyAssessmentOut, auth=May(Permission.PATROL_READ)
)
def read_assessment(
    request: HttpRequest, company_code: str, wanted: Query[schemas.PatrolFilter]
) -> schemas.CompanyAssessmentOut:
    """What a company is paid by for the month of ``first`` (the present one)."""
    user = caller(request)
    if company_code not in {one.code for one in queries.companies(user)}:
        raise NotFound("patrol.company_not_found", company=company_code)
    return _assessment(user, company_code, queries.days_of(wanted.first, wanted.last)[0])


@router.get("/patrol/terms", response=schemas.PatrolTermsOut, auth=May(Permission.PATROL_READ))
def read_terms(request: HttpRequest) -> schemas.PatrolTermsOut:
    """The terms in force; version 0 are the customary ones."""
    version, present = terms.present_terms()
    return schemas.PatrolTermsOut(version=version, **asdict(present))


@router.put("/patrol/terms", response=schemas.PatrolTermsOut, auth=May(Permission.CASEWORK_MANAGE))
def write_terms(request: HttpRequest, body: schemas.PatrolTermsIn) -> schemas.PatrolTermsOut:
    """Put other terms in force as the next version."""
    told = body.model_dump(exclude={"version", "note"})
    terms.change_terms(caller(request), body.version, told, body.note)
    return read_terms(request)


@router.put("/patrol/duty/{username}", response=list[str], auth=May(Permission.CASEWORK_MANAGE))
def give_duty(request: HttpRequest, username: str, body: schemas.DutyIn) -> list[str]:
    """Say which cells a collector has to walk from today on."""
    services.give_duty(caller(request), username, body.cells)
    return sorted(set(body.cells))


def _shift(shift: PatrolShift) -> schemas.PatrolShiftOut:
    return schemas.PatrolShiftOut(
        id=shift.pk,
        collector=person_ref(shift.collector),
        company=organisation_ref(shift.company),
        day=shift.day,
        started_at=shift.started_at,
        ended_at=shift.ended_at,
        distance_m=shift.distance_m,
        positions=shift.positions,
    )


def _cell(one: queries.CellCoverage) -> schemas.CellCoverageOut:
    return schemas.CellCoverageOut(
        code=one.cell.code,
        name=one.cell.name,
        ring=one.cell.ring,
        area_m2=one.area_m2,
        days_due=one.days_due,
        days_covered=one.days_covered,
        percent=_text(share_percent(one.days_covered, one.days_due)),
    )


def _work(one: queries.CollectorWork) -> schemas.CollectorWorkOut:
    return schemas.CollectorWorkOut(
        collector=person_ref(one.collector),
        company=organisation_ref(one.collector.organisation),
        cells_due=one.cells_due,
        cells_covered=one.cells_covered,
        percent=_text(share_percent(one.cells_covered, one.cells_due)),
        shifts=one.shifts,
        seconds=one.seconds,
        distance_m=one.distance_m,
        reported=one.reported,
        valid=one.valid,
    )


def _assessment(user: User, company: str, day: date) -> schemas.CompanyAssessmentOut:
    found = queries.assessment(company, day)
    facts = found.facts
    return schemas.CompanyAssessmentOut(
        company=organisation_ref(next(one for one in queries.companies(user) if one.code == company)),
        first=found.first,
        last=found.last,
        score=_text(found.score),
        coverage_percent=_text(found.coverage),
        **asdict(facts),
        shifts=len(found.shifts),
        terms_version=found.terms_version,
        rule_version=found.rule_version,
        hash=found.hash,
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
