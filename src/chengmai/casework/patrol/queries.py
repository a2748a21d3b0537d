"""What patrol came to: coverage by cell, what each collector did, and the assessment a company is paid by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from chengmai.access.models import Organisation, User
from chengmai.access.scope import reach
from chengmai.assets.models import GridCell
from chengmai.casework.cases.states import CaseState
from chengmai.casework.evaluation.spans import span_of
from chengmai.casework.models import Case
from chengmai.casework.patrol.models import CellVisit, DutyCell, PatrolShift
from chengmai.casework.patrol.rules import (
    RULE_VERSION,
    CompanyFacts,
    PatrolTerms,
    area_m2,
    company_score,
    is_covered,
    share_percent,
)
from chengmai.casework.patrol.terms import present_terms
from chengmai.core.clock import now
from chengmai.core.errors import NotFound
from chengmai.core.lineage import seal
from chengmai.settings import current


@dataclass(frozen=True, slots=True)
class CellCoverage:
    """A cell with its area [m2], the days on which it had to be walked, and those on which it was."""

    cell: GridCell
    area_m2: int
    days_due: int
    days_covered: int


@dataclass(frozen=True, slots=True)
class CollectorWork:
    """What a collector did in a span: cells by day owed and covered, time on duty [s], way [m], valid reports."""

    collector: User
    cells_due: int
    cells_covered: int
    shifts: int
    seconds: int
    distance_m: int
    reported: int
    valid: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a company's contract is paid by for a month: its score, of what, and the records behind it under a hash.

    ``score`` and ``coverage`` (per cent of the area owed) are None where nothing was owed.
    """

    company: str
    first: date
    last: date
    score: Decimal | None
    coverage: Decimal | None
    facts: CompanyFacts
    terms_version: int
    rule_version: int
    shifts: tuple[UUID, ...]
    cases: tuple[UUID, ...]
    hash: str

    @property
    def valid_reports(self) -> int:
        """Reports of the company's collectors that became work."""
        return self.facts.valid_reports


@dataclass(frozen=True, slots=True)
class Walked:
    """Days and cells that had to be walked, and those that were covered, as (day, cell) and by collector."""

    due: frozenset[tuple[date, int]]
    covered: frozenset[tuple[date, int]]
    due_by: Mapping[int, frozenset[tuple[date, int]]]
    covered_by: Mapping[int, frozenset[tuple[date, int]]]


def days_of(first: date | None, last: date | None) -> tuple[date, date]:
    """The days of a span up to today; raises InvalidInput as ``span_of`` does."""
    begun, over, _ = span_of(first, last)
    return begun, min(over, now().astimezone(current().zone).date())


def walked(first: date, last: date, companies: Sequence[str] | None, terms: PatrolTerms) -> Walked:
    """What had to be walked and was, of some companies or (None) of all: two reads and sets."""
    duties = DutyCell.objects.filter(since__lte=last).filter(Q(until=None) | Q(until__gt=first))
    visits = CellVisit.objects.filter(shift__day__gte=first, shift__day__lte=last)
    if companies is not None:
        duties, visits = duties.filter(company__code__in=companies), visits.filter(shift__company__code__in=companies)
    due_by: dict[int, set[tuple[date, int]]] = {}
    for collector, cell, since, until in duties.values_list("collector_id", "cell_id", "since", "until"):
        over = last if until is None else min(last, until - timedelta(days=1))
        due_by.setdefault(collector, set()).update((day, cell) for day in _days(max(first, since), over))
    covered_by: dict[int, set[tuple[date, int]]] = {}
    told = visits.values_list("shift__collector_id", "shift__day", "cell_id", "positions", "first_at", "last_at")
    for collector, day, cell, positions, first_at, last_at in told.iterator(chunk_size=5000):
        if is_covered(positions, first_at, last_at, terms):
            covered_by.setdefault(collector, set()).add((day, cell))
    due = frozenset().union(*due_by.values())
    return Walked(
        due,
        frozenset().union(*covered_by.values()) & due,
        {collector: frozenset(found) for collector, found in due_by.items()},
        {collector: frozenset(found) for collector, found in covered_by.items()},
    )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=after) for after in range((last - first).days + 1))


def coverage(user: User, first: date, last: date, company: str = "") -> list[CellCoverage]:
    """The cells that had to be walked, with how often they were, as far as this person may see."""
    found = walked(first, last, _companies(user, company), present_terms()[1])
    due, covered = _by_cell(found.due), _by_cell(found.covered)
    cells = GridCell.objects.filter(pk__in=due).order_by("code")
    return [CellCoverage(cell, area_m2(cell.ring), due[cell.pk], covered.get(cell.pk, 0)) for cell in cells]


def _by_cell(walked_days: Iterable[tuple[date, int]]) -> dict[int, int]:
    counted: dict[int, int] = {}
    for _, cell in walked_days:
        counted[cell] = counted.get(cell, 0) + 1
    return counted


def work(user: User, first: date, last: date, company: str = "") -> list[CollectorWork]:
    """What each collector did, by name; three reads whatever their number."""
    companies = _companies(user, company)
    found = walked(first, last, companies, present_terms()[1])
    shifts = _shifts(first, last, companies)
    told: dict[int, tuple[int, int, int]] = {}
    for collector, started, ended, way in shifts.values_list("collector_id", "started_at", "ended_at", "distance_m"):
        shifts_so_far, seconds, distance = told.get(collector, (0, 0, 0))
        told[collector] = (shifts_so_far + 1, seconds + _seconds(started, ended), distance + way)
    people = User.objects.filter(pk__in={*found.due_by, *told}).select_related("organisation").order_by("name", "pk")
    reports = _reports(first, last, [one.pk for one in people])
    return [
        CollectorWork(
            one,
            len(found.due_by.get(one.pk, ())),
            len(found.due_by.get(one.pk, frozenset()) & found.covered_by.get(one.pk, frozenset())),
            *told.get(one.pk, (0, 0, 0)),
            *reports.get(one.pk, (0, 0)),
        )
        for one in people
    ]


def assessment(company: str, month: date) -> Assessment:
    """The assessment of a company for the month that a day lies in; raises NotFound or InvalidInput.

    Read by whoever pays: it is worked out anew from the records each time, and the hash tells whether they changed.
    """
    organisation = Organisation.objects.filter(code=company).first()
    if organisation is None:
        raise NotFound("patrol.company_not_found", company=company)
    first, last = days_of(month.replace(day=1), None)
    version, terms = present_terms()
    found = walked(first, last, [company], terms)
    areas = {cell.pk: area_m2(cell.ring) for cell in GridCell.objects.filter(pk__in={cell for _, cell in found.due})}
    shifts = list(_shifts(first, last, [company]).order_by("pk").values_list("pk", "started_at", "ended_at"))
    reports = _valid(first, last).filter(filed_by__in=_collectors(company))
    cases = list(reports.order_by("pk").values_list("pk", flat=True))
    person_days = len({(collector, day) for collector, days in found.due_by.items() for day, _ in days})
    facts = CompanyFacts(
        area_covered=sum(areas[cell] for _, cell in found.covered),
        area_due=sum(areas[cell] for _, cell in found.due),
        valid_reports=len(cases),
        reports_due=terms.reports_a_day * person_days,
        seconds=sum(_seconds(started, ended) for _, started, ended in shifts),
        seconds_due=3600 * terms.hours_a_day * person_days,
    )
    document = {
        "company": company,
        "days": [first, last],
        "rule_version": RULE_VERSION,
        "terms": asdict(terms),
        "facts": asdict(facts),
        "covered": sorted([day.isoformat(), cell] for day, cell in found.covered),
        "shifts": [[str(pk), started, ended] for pk, started, ended in shifts],
        "cases": [str(pk) for pk in cases],
    }
    return Assessment(
        company,
        first,
        last,
        company_score(facts, terms),
        share_percent(facts.area_covered, facts.area_due),
        facts,
        version,
        RULE_VERSION,
        tuple(pk for pk, _, _ in shifts),
        tuple(cases),
        seal(document),
    )


def companies(user: User) -> list[Organisation]:
    """The companies whose collectors have cells to walk, as far as this person may see."""
    codes = reach(user)
    found = Organisation.objects.filter(pk__in=DutyCell.objects.values("company")).order_by("code")
    return list(found if codes is None else found.filter(code__in=codes))


def visible_shifts(user: User) -> QuerySet[PatrolShift]:
    """Shifts of the companies a person may see, and one's own."""
    codes = reach(user)
    found = PatrolShift.objects.select_related("collector", "company")
    return found if codes is None else found.filter(Q(company__code__in=codes) | Q(collector=user))


def _companies(user: User, company: str) -> list[str] | None:
    codes = reach(user)
    if company:
        return [company] if codes is None or company in codes else []
    return None if codes is None else sorted(codes)


def _collectors(company: str) -> QuerySet[DutyCell, int]:
    """People who ever had a cell to walk for a company."""
    return DutyCell.objects.filter(company__code=company).values_list("collector_id", flat=True)


def _shifts(first: date, last: date, companies: Sequence[str] | None) -> QuerySet[PatrolShift]:
    found = PatrolShift.objects.filter(day__gte=first, day__lte=last)
    return found if companies is None else found.filter(company__code__in=companies)


def _seconds(started: datetime, ended: datetime | None) -> int:
    return round(((ended or now()) - started).total_seconds())


def _valid(first: date, last: date) -> QuerySet[Case]:
    """Cases filed on these days that became work: not void or merged before any department had them."""
    _, _, seen = span_of(first, last)
    filed = Case.objects.filter(filed_at__gte=seen.start, filed_at__lt=seen.end, source="person")
    return filed.exclude(state__in=(CaseState.VOID, CaseState.MERGED), department=None)


def _reports(first: date, last: date, people: Sequence[int]) -> dict[int, tuple[int, int]]:
    _, _, seen = span_of(first, last)
    filed = Case.objects.filter(filed_at__gte=seen.start, filed_at__lt=seen.end, source="person", filed_by__in=people)
    invalid = Q(state__in=(CaseState.VOID, CaseState.MERGED), department=None)
    rows = filed.order_by().values("filed_by").annotate(told=Count("pk"), valid=Count("pk", filter=~invalid))
    return {row["filed_by"]: (row["told"], row["valid"]) for row in rows}
