"""The doors of Open311 GeoReport v2, in XML and JSON, with errors in the standard's shape.

The test endpoint reads like the other and checks what is posted as strictly, but files nothing.
"""

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from chengmai.access import audit
from chengmai.access.allowance import Allowance
from chengmai.assets.queries import city
from chengmai.casework.citizens import services as citizens
from chengmai.casework.citizens.client_keys import client_of
from chengmai.casework.citizens.contacts import Reachable
from chengmai.casework.citizens.models import CitizenReport, ClientKey, KeyPurpose, ReportChannel
from chengmai.casework.citizens.queries import open_classes
from chengmai.casework.models import CaseClass, ClassKind
from chengmai.connectors.open311 import requests, services
from chengmai.connectors.open311.formats import JSON, XML, answer
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, InvalidInput, NotAllowed, NotFound, TooMany
from chengmai.core.identity import new_id
from chengmai.core.messages import choose_language, message
from chengmai.settings import current

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
ROOTS = {"open311/v2": "production", "open311/test/v2": "test"}
"""Where each endpoint lies, and its type."""
READING, POSTING = Allowance(120), Allowance(30)
"""Requests a minute of one address."""
LONGEST_WORDS, LONGEST_FIELD = 4000, 200
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,64})\](?:\[\])?")
View = Callable[..., HttpResponse]


class SeveralErrors(Exception):
    """More than one thing is wrong with what was sent; all are told at once."""

    def __init__(self, errors: list[ChengmaiError]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


def language_of(request: HttpRequest) -> str:
    """The reader's language, else the installation's."""
    return choose_language(request.headers.get("Accept-Language", "") or current().language)


def door(*methods: str) -> Callable[[View], View]:
    """A view whose errors have the standard's shape in the asked form; XML where none is asked for."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, form: str | None = None, **named: Any) -> HttpResponse:
            shape = form if form in (XML, JSON) else XML
            try:
                (POSTING if request.method == "POST" else READING).take(audit.address.get())
                if form not in (None, XML, JSON):
                    raise NotFound("open311.format_unknown", form=form)
                if request.method not in methods:
                    raise InvalidInput("open311.method", known=", ".join(methods))
                _demand_jurisdiction(request)
                return view(request, form=shape, **named)
            except SeveralErrors as error:
                return _refused(request, error.errors, shape)
            except ChengmaiError as error:
                return _refused(request, [error], shape)

        return guarded

    return wrap


def _refused(request: HttpRequest, errors: list[ChengmaiError], form: str) -> HttpResponse:
    """The standard has 404 for what is not there, 403 for a key, 400 for all else; 429 and 5xx keep their meaning."""
    language = language_of(request)
    rows = [{"code": _status(error), "description": message(error.code, language, error.params)} for error in errors]
    return answer("errors", rows, form, max(_status(error) for error in errors[:1]))


def _status(error: ChengmaiError) -> int:
    if isinstance(error, NotFound | NotAllowed | TooMany) or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return error.status
    return HTTPStatus.BAD_REQUEST.value


def _demand_jurisdiction(request: HttpRequest) -> None:
    """This installation serves one jurisdiction: it may be left out, but not be another one."""
    told = request.POST.get("jurisdiction_id", "") or request.GET.get("jurisdiction_id", "")
    if told and told != jurisdiction():
        raise NotFound("open311.jurisdiction_unknown", jurisdiction=told[:64])


def jurisdiction() -> str:
    """The jurisdiction_id of this installation."""
    return current().open311_jurisdiction or city().district


@door("GET", "HEAD")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Which endpoints there are. Its media type is bare, as the standard's validator compares it; so it is ASCII."""
    newest = max((row.since for row in open_classes()), default=now())
    changed = requests.w3(min(newest, now()))
    language = language_of(request)
    base = request.build_absolute_uri("/")
    told = {
        "changeset": changed,
        "contact": current().open311_contact or message("open311.contact", language, {}),
        "key_service": message("open311.key_service", language, {}),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{base}{root}",
                "changeset": changed,
                "type": kind,
                "formats": ["text/xml", "application/json"],
            }
            for root, kind in ROOTS.items()
        ],
    }
    return answer("discovery", told, form, bare=True)


@door("GET", "HEAD")
def service_list(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """The present classes."""
    return answer("services", services.service_list(language_of(request), batch=current().open311_tokens), form)


@door("GET", "HEAD")
def service_definition(request: HttpRequest, code: str, form: str, test: bool = False) -> HttpResponse:
    """What is asked about one service."""
    return answer("service_definition", services.definition(services.class_of(code), language_of(request)), form)


@door("GET", "HEAD", "POST")
def all_requests(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """Report a matter, or read what was reported."""
    if request.method == "POST":
        return _post(request, form, test=test)
    cases = requests.found(requests.read_filter(request.GET))
    return answer("service_requests", requests.told(cases, language_of(request), _reader(request)), form)


@door("GET", "HEAD")
def one_request(request: HttpRequest, code: str, form: str, test: bool = False) -> HttpResponse:
    """One matter by its number."""
    case = requests.public_cases().filter(code=code).first()
    if case is None:
        raise NotFound("open311.request_unknown", code=code[:32])
    return answer("service_requests", requests.told([case], language_of(request), _reader(request)), form)


@door("GET", "HEAD")
def token(request: HttpRequest, code: str, form: str, test: bool = False) -> HttpResponse:
    """The number of a matter that was answered with a token."""
    report = CitizenReport.objects.select_related("case").filter(secret_hash=citizens.hash_of(code)).first()
    if report is None:
        raise NotFound("open311.token_unknown")
    return answer("service_requests", [{"service_request_id": report.case.code, "token": code}], form)


@door("GET", "HEAD", "POST")
def nothing(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """Any other address below the endpoint."""
    raise NotFound("door.not_found")


def _reader(request: HttpRequest) -> ClientKey | None:
    key = request.GET.get("api_key", "")
    return client_of(key, KeyPurpose.OPEN311) if key else None


def _post(request: HttpRequest, form: str, *, test: bool) -> HttpResponse:
    client = client_of(request.POST.get("api_key", "") or request.GET.get("api_key", ""), KeyPurpose.OPEN311)
    told = _told(request)
    if test:
        citizens.check(told)
        return _posted({"service_request_id": f"TEST-{told.id.hex[-8:]}"}, request, form, test=True)
    made, secret = citizens.report(told, client)
    own = {"token": secret} if current().open311_tokens else {"service_request_id": made.case.code}
    return _posted(own, request, form, test=False)


def _posted(own: dict[str, Any], request: HttpRequest, form: str, *, test: bool) -> HttpResponse:
    notice = message("open311.notice_test" if test else "open311.notice", language_of(request), {})
    return answer("service_requests", [{**own, "service_notice": notice, "account_id": None}], form, 201)


def _told(request: HttpRequest) -> citizens.ToldReport:
    """What was posted, as a report; raises SeveralErrors with everything that is missing or unfit."""
    sent = request.POST
    wrong: list[ChengmaiError] = []
    if any("\0" in value for values in sent.lists() for value in values[1]):
        wrong.append(InvalidInput("input.nul"))
    row = _service(sent.get("service_code", "").strip(), wrong)
    longitude, latitude = (_degrees(sent.get(name, ""), name, wrong) for name in ("long", "lat"))
    place = sent.get("address_string", "").strip() or sent.get("address_id", "").strip()
    words = sent.get("description", "").strip()
    if (longitude is None or latitude is None) and not place and not wrong:
        wrong.append(InvalidInput("report.place_missing"))
    if len(words) > LONGEST_WORDS:
        wrong.append(InvalidInput("open311.too_long", name="description", most=LONGEST_WORDS))
    named = ("address_string", "first_name", "last_name", "phone", "email", "account_id", "device_id", "media_url")
    wrong += [
        InvalidInput("open311.too_long", name=name, most=LONGEST_FIELD)
        for name in named
        if len(sent.get(name, "")) > LONGEST_FIELD
    ]
    if row is None or wrong:
        raise SeveralErrors(wrong)
    language = language_of(request)
    answers: dict[str, list[str]] = {}
    for name in sent:
        if fitting := _ATTRIBUTE.fullmatch(name):
            answers.setdefault(fitting.group(1), []).extend(sent.getlist(name))
    return citizens.ToldReport(
        id=new_id(),
        case_class=row.code,
        class_kind=ClassKind(row.kind),
        words=words or services.name_of(row, "zh-CN"),
        address=place,
        longitude=longitude if latitude is not None else None,
        latitude=latitude if longitude is not None else None,
        contact=Reachable(
            " ".join(part for part in (sent.get("last_name", "").strip(), sent.get("first_name", "").strip()) if part),
            sent.get("phone", ""),
            sent.get("email", ""),
        ),
        language=language,
        channel=ReportChannel.OPEN311,
        attributes=dict(services.checked_answers(row, answers, language)),
        media_url=sent.get("media_url", "").strip(),
    )


def _service(code: str, wrong: list[ChengmaiError]) -> CaseClass | None:
    if not code:
        wrong.append(InvalidInput("open311.service_missing"))
        return None
    try:
        return services.class_of(code)
    except NotFound as error:
        wrong.append(error)
        return None


def _degrees(text: str, name: str, wrong: list[ChengmaiError]) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    most = 90.0 if name == "lat" else 180.0
    if not -most <= value <= most:
        wrong.append(InvalidInput("open311.degrees_unfit", name=name, value=text[:40]))
        return None
    return value
