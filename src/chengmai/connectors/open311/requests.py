"""Citizens' matters as GeoReport v2 tells them: which are asked for, and what the public hears of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.http import QueryDict

from chengmai.assets.streets import Streets
from chengmai.casework.cases.filing import FROM_CITIZEN, FROM_HOTLINE
from chengmai.casework.cases.states import OVER, CaseState
from chengmai.casework.citizens.course import last_of, public_state
from chengmai.casework.citizens.models import CitizenReport, ClientKey
from chengmai.casework.models import Case
from chengmai.connectors.open311.services import any_of, name_of, service_code
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.core.messages import choose_language, message
from chengmai.settings import current

LONGEST_SPAN = timedelta(days=90)
MOST = 1000
"""The standard's limits: a span of 90 days, and as many requests in one answer."""
PUBLIC_DECIMALS = 4
"""Of a place's degrees, about 10 m: whose own report it is gets the place as it was sent."""
STATUSES = {"open", "closed"}


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What is asked for; numbers of requests override all else, as the standard has it."""

    codes: tuple[str, ...]
    services: tuple[str, ...]
    statuses: frozenset[str]
    start: datetime
    end: datetime
    page: int
    page_size: int


def read_filter(told: QueryDict) -> RequestFilter:
    """The filter of a query; raises InvalidInput for a time, a status or a page that cannot be read."""
    statuses = frozenset(_parts(told, "status"))
    if not statuses <= STATUSES:
        raise InvalidInput("open311.status_unfit", value=",".join(sorted(statuses - STATUSES))[:64])
    start, end = _moment(told, "start_date"), _moment(told, "end_date", last=True)
    end = end or (min(start + LONGEST_SPAN, now()) if start else now())
    start = start or end - LONGEST_SPAN
    # A whole day given at each end reaches to the end of the last one.
    if end - start > LONGEST_SPAN + timedelta(days=1):
        raise InvalidInput("open311.span_too_long", days=LONGEST_SPAN.days)
    return RequestFilter(
        codes=tuple(_parts(told, "service_request_id"))[:MOST],
        services=tuple(_parts(told, "service_code")),
        statuses=statuses,
        start=start,
        end=end,
        page=_number(told, "page", 1, 1_000_000),
        page_size=_number(told, "page_size", MOST, MOST),
    )


def public_cases() -> QuerySet[Case]:
    """The cases that the public hears of: what citizens reported, here or by telephone."""
    related = ("case_class", "department", "report__client", "merged_into")
    cases = Case.objects.filter(source__in=(FROM_CITIZEN, FROM_HOTLINE)).select_related(*related)
    return cases.annotate(updated_at=Max("history__at"))


def found(wanted: RequestFilter) -> Iterable[Case]:
    """The cases a filter asks for, newest first."""
    cases = public_cases().order_by("-filed_at", "-pk")
    if wanted.codes:
        return cases.filter(code__in=wanted.codes)
    cases = cases.filter(filed_at__gte=wanted.start, filed_at__lte=wanted.end)
    if wanted.services:
        cases = cases.filter(any_of(wanted.services))
    if wanted.statuses == {"open"}:
        cases = cases.exclude(state__in=OVER)
    elif wanted.statuses == {"closed"}:
        cases = cases.filter(state__in=OVER)
    first = (wanted.page - 1) * wanted.page_size
    return cases[first : first + wanted.page_size]


def told(cases: Iterable[Case], language: str, client: ClientKey | None) -> list[dict[str, Any]]:
    """Cases as the standard shows them; words, address and exact place only to the program that sent them."""
    streets = Streets()
    return [_one(case, language, client, streets) for case in cases]


def _one(case: Case, language: str, client: ClientKey | None, streets: Streets) -> dict[str, Any]:
    zh = choose_language(language) == "zh-CN"
    report: CitizenReport | None = getattr(case, "report", None)
    own = report is not None and client is not None and report.client_id == client.pk
    last = last_of(case)
    closed = CaseState(last.state) in OVER
    updated: datetime = (last.closed_at if closed else None) or case.updated_at  # type: ignore[attr-defined] # annotated
    department = last.department
    return {
        "service_request_id": case.code,
        "status": "closed" if closed else "open",
        "status_notes": _note(case, language),
        "service_name": name_of(case.case_class, language),
        "service_code": service_code(case.case_class),
        "description": case.description if own else None,
        "agency_responsible": (department.name_zh if zh else department.name_en) if department else None,
        "service_notice": None,
        "requested_datetime": w3(case.filed_at),
        "updated_datetime": w3(max(updated, case.filed_at)),
        "expected_datetime": w3(last.due_at) if last.due_at else None,
        "address": _address(case, report if own else None, streets, zh=zh),
        "address_id": None,
        "zipcode": None,
        "lat": _degrees(case.latitude, own=own),
        "long": _degrees(case.longitude, own=own),
        "media_url": (report.media_url or None) if own and report else None,
    }


def _note(case: Case, language: str) -> str:
    joined = f"{message('open311.note.joined', language, {'code': last_of(case).code})} " if case.merged_into else ""
    return joined + message(f"open311.note.{public_state(case)}", language, {})


def _address(case: Case, report: CitizenReport | None, streets: Streets, *, zh: bool) -> str | None:
    if report is not None and report.address:
        return report.address
    if case.longitude is None or case.latitude is None:
        return None
    street = streets.nearest(case.longitude, case.latitude)
    return None if street is None else (street.name_zh if zh else street.name_en)


def _degrees(value: float | None, *, own: bool) -> float | None:
    return value if value is None or own else round(value, PUBLIC_DECIMALS)


def w3(moment: datetime) -> str:
    """A moment as the standard writes it, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _parts(told: QueryDict, name: str) -> list[str]:
    """Values of a parameter that may be given several times, and with commas."""
    return [part.strip() for value in told.getlist(name) for part in value.split(",") if part.strip()]


def _moment(told: QueryDict, name: str, *, last: bool = False) -> datetime | None:
    """A moment with its zone, or a day of the city's; a plus sign that became a blank on its way is one again."""
    text = told.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("open311.time_unfit", name=name, value=text[:40]) from error
    if len(text) == len("2026-01-31"):
        day = read.date() + timedelta(days=1) if last else read.date()
        return datetime.combine(day, time(), current().zone)
    if read.tzinfo is None:
        raise InvalidInput("open311.time_unfit", name=name, value=text[:40])
    return read


def _number(told: QueryDict, name: str, default: int, most: int) -> int:
    text = told.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= most):
        raise InvalidInput("open311.page_unfit", name=name, most=most)
    return int(text)
