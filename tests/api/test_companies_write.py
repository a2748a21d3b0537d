"""The companies' desks, door by door: nothing of another company's can be written, whatever role one holds.

The doors are those of the table. What a body or a path names must be a company's own; else the answer is that there is
no such thing, nothing is written, and nothing of the other's is told.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoDbBlocker

from chengmai.access.models import AuditEntry, User
from chengmai.casework.models import Case, Escalation
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.custody.book import Discrepancy
from chengmai.custody.desk import desk_of
from chengmai.custody.loading import DaySpan
from chengmai.custody.terms import CustodyRule
from chengmai.disposal.handover import sign_out
from chengmai.disposal.models import BrokenValve, HandOver, Party, PlanStep, Timer, ValveStep
from chengmai.disposal.plans import start_plan
from chengmai.settings import current
from chengmai.warning.models import SetAside
from tests.api.doors import DOORS, Open
from tests.api.test_companies import HELD, MARKS, PARAMETERS, ROOT, key_of, names_in
from tests.companies import Company, Town, build_town
from tests.kept import kept
from tests.people import client_of
from tests.pictures import picture

pytestmark = pytest.mark.django_db

WRITES = {
    (method, path): door
    for (method, path), door in DOORS.items()
    if method != "GET" and not isinstance(door.needs, Open) and door.needs in HELD
}
OF_THE_CITY = {
    *("/limits", "/party-rows", "/party-rows/{row_id}", "/plan-templates/{code}"),
    *(
        "/device-types",
        "/device-types/{code}",
        "/payload-mappings/{code}",
        "/performance-scheme",
        "/risk-tables/{utility}",
        "/simulator/breaks",
        "/simulator/breaks/{pipe}",
    ),
    *("/simulator/faults", "/simulator/faults/{network}/{kind}/{element}"),
    *("/case-classes/{kind}/{code}", "/class-trades/{trade}", "/case-class-imports", "/work-calendar/{year}"),
    *("/grid-imports", "/component-imports", "/evaluation/weights", "/custody/thresholds"),
    *("/client-keys", "/client-keys/{key_id}", "/calls/played", "/call-suggestions", "/seats/own"),
    *("/calls/{call_id}/answer", "/calls/{call_id}/filing", "/calls/{call_id}/attachment", "/calls/{call_id}/end"),
    *("/call-backs/{call_back_id}", "/call-backs/{call_back_id}/number"),
    *("/patrol/terms", "/patrol/duty/{username}"),
}
"""Doors that no company passes, whatever role its people hold: what they write is the whole city's."""
OF_ONESELF = {
    "/register-files",
    "/registers/{register_code}/imports",
    "/checklist-runs/{run_id}",
    *("/profiles", "/excavations/check", "/desk/shift", "/hand-overs", "/duty-log", "/cases"),
    *(
        "/budget/checks",
        "/budget/checks/workbook",
        "/budgets",
        "/mapping-trials",
        "/performance-imports",
        "/purchased-services/check",
    ),
    *("/device-imports", "/evaluation/reports"),
}
"""Doors whose body names nothing of anybody's, or a file whose rows have tests of their own: they write one's own."""
BODIES: dict[tuple[str, str], Callable[[Company], dict[str, object]]] = {
    ("POST", "/registers/{register_code}/entries"): lambda company: {
        "owner": company.organisation.code, "values": {"plate": "P1", "model": "M", "kind": "patrol"},
    },
    ("POST", "/networks"): lambda company: {"owner": company.organisation.code},
    ("PUT", "/projects/{code}"): lambda company: {"owner": company.organisation.code},
    ("PUT", "/performance/{code}"): lambda company: {"owner": company.organisation.code},
    ("POST", "/budget-rounds"): lambda company: {"owner": company.organisation.code},
    ("POST", "/budget-drafts"): lambda company: {"owner": company.organisation.code, "unit_name": company.mark},
    ("POST", "/settlement/contracts"): lambda company: {"owner": company.organisation.code},
    ("POST", "/maintenance-orders"): lambda company: {"device": company.device.code},
    ("POST", "/gateways"): lambda company: {"owner": company.organisation.code},
    ("POST", "/devices"): lambda company: {"type": "water-pressure", "owner": company.organisation.code},
    ("POST", "/rules"): lambda company: {"network": company.network.code, "parameters": company.rule.parameters},
    ("POST", "/rule-previews"): lambda company: {
        "network": company.network.code, "parameters": company.rule.parameters,
    },
    ("POST", "/set-asides"): lambda company: {
        "rule": company.rule.code, "until": (now() + timedelta(hours=1)).isoformat(),
    },
    ("POST", "/planned-works"): lambda company: {"network": company.network.code},
    ("PUT", "/planned-works/{work_id}"): lambda company: {"network": company.network.code},
    ("POST", "/cases/{case_id}/valve-plans"): lambda company: {
        "network": company.network.code, "element": f"{company.mark}l",
    },
    ("POST", "/custody/discrepancies/{fingerprint}/resolution"): lambda company: {
        "day": loose_ticket(company).day.isoformat(), "plant": company.organisation.code,
    },
    ("POST", "/custody/manifests"): lambda company: {
        "id": str(new_id()), "sender": company.organisation.code, "carrier": "CG", "receiver": "CG",
    },
    ("POST", "/custody/hand-tickets"): lambda company: {"id": str(new_id()), "scale": f"{company.mark}-S"},
    ("PUT", "/custody/licences"): lambda company: {"organisation": company.organisation.code},
    ("PUT", "/custody/vehicles"): lambda company: {"carrier": company.organisation.code},
    ("PUT", "/custody/scales"): lambda company: {"owner": company.organisation.code},
    ("POST", "/custody/calibrations"): lambda company: {"scale": f"{company.mark}-S"},
    ("PUT", "/custody/routes"): lambda company: {"sender": company.organisation.code, "receiver": "CG"},
    ("POST", "/custody/chelation-tests"): lambda company: {"sender": company.organisation.code},
    ("POST", "/custody/intakes"): lambda company: {"receiver": company.organisation.code},
}  # fmt: skip
"""What of a company's a body names, beside the body of the table."""


def loose_ticket(company: Company) -> Discrepancy:
    """The discrepancy of a company's ticket that has no manifest."""
    today = now().astimezone(current().zone).date()
    found = desk_of(DaySpan(today - timedelta(days=1), today)).found
    return next(one for one in found if one.rule is CustodyRule.MISSING_LEG and str(company.ticket.pk) in one.tickets)


def _escalation(case: Case) -> Escalation:
    told = {"clock": case.clocks.latest("pk"), "share": 100, "role": "shift_leader", "at": now()}
    return Escalation.objects.get_or_create(event_id=-case.clocks.latest("pk").pk, defaults=told)[0]


WRITTEN: dict[str, Callable[[Company], object]] = {
    **PARAMETERS,
    "register_code": lambda company: "vehicle",
    "/gateways code": lambda company: company.gateway.code,
    "/plan-steps step_id": lambda company: PlanStep.objects.filter(plan__warning=company.warning)[0].pk,
    "step_id": lambda company: ValveStep.objects.filter(plan=company.plan).values_list("pk", flat=True)[0],
    "fault_id": lambda company: BrokenValve.objects.get(network=company.network).pk,
    "aside_id": lambda company: SetAside.objects.get(stream=company.stream.code).pk,
    "party_id": lambda company: Party.objects.filter(warning=company.warning)[0].pk,
    "timer_id": lambda company: Timer.objects.filter(warning=company.warning)[0].pk,
    "hand_over_id": lambda company: HandOver.objects.get(shift__desk=company.organisation).pk,
    "escalation_id": lambda company: _escalation(company.case).pk,
    "fingerprint": lambda company: loose_ticket(company).fingerprint,
    "typed_id": lambda company: company.typed.pk,
    "kind": lambda company: "monitoring",
    "milestone": lambda company: "start",
    "lot": lambda company: "none",
    "entry_id": lambda company: company.paper.pk,
    "acceptance_id": lambda company: company.paper.pk,
    "adjustment_id": lambda company: company.paper.pk,
    "booking_id": lambda company: company.paper.pk,
    "payment_id": lambda company: company.paid.pk,
}
"""Which key of a company stands for a parameter of a door that writes."""
UNMADE = {"milestone", "lot", "entry_id", "acceptance_id", "adjustment_id", "booking_id"}
"""Parts of a project or budget of which the town has none: that itself is hidden before they are looked for."""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """The town, with a shift of each company's signed out; built once and taken back at the end."""
    with kept(django_db_blocker):
        made = build_town()
        for company in made.companies.values():
            sign_out(company.person, "calm")
            start_plan(company.warning.pk, made.engineer, "water-burst")
            _CLIENTS[company.person.username] = client_of(company.person)
        yield made


_CLIENTS: dict[str, Client] = {}


def written_key(path: str, name: str) -> str:
    """The name under which ``WRITTEN`` keeps a parameter: with the path's first word where it means two things."""
    told = f"/{path.split('/')[1]} {name}"
    return told if told in WRITTEN else key_of(path, name)


def send(user: User, method: str, path: str, company: Company) -> tuple[int, str]:
    """What a person is answered who writes something of a company's."""
    door = DOORS[method, path]
    place = path.format(**{name: str(WRITTEN[written_key(path, name)](company)) for name in names_in(path)})
    more = BODIES.get((method, path), lambda _: {})(company)
    body = door.body if isinstance(door.body, list) else {**(door.body or {}), **more}
    client = _CLIENTS[user.username]
    if door.file is not None:
        answer = client.post(ROOT + place, {**body, door.file: SimpleUploadedFile("file.jpg", picture())})
    else:
        answer = client.generic(method, ROOT + place, json.dumps(body), "application/json")
    return answer.status_code, answer.content.decode("utf-8", "replace")


ABOUT_SOMEBODY = sorted(row for row in WRITES if row[1] not in OF_THE_CITY | OF_ONESELF)


@pytest.mark.parametrize(("method", "path"), ABOUT_SOMEBODY)
def test_nobody_writes_what_is_another_company_s(method: str, path: str, town: Town) -> None:
    owner, stranger, _ = (town.companies[mark] for mark in MARKS)
    known = set(AuditEntry.objects.values_list("pk", flat=True))
    status, text = send(stranger.person, method, path, owner)
    # What a path names is not found; an owner or network that a body names may be refused in other words.
    refused = {403, 404, 422} if (method, path) in BODIES else {404}
    assert status in refused, text
    unknown = json.loads(text)["error"]["code"]
    written = AuditEntry.objects.exclude(pk__in=known).exclude(action="door.refused")
    assert list(written.values_list("action", flat=True)) == []
    # The same is there for its owner: refused perhaps for what it says, not as something that is not there.
    if not UNMADE & set(names_in(path)):
        status, text = send(owner.person, method, path, owner)
        assert status != 500, text
        assert status < 400 or json.loads(text)["error"]["code"] != unknown


@pytest.mark.parametrize(("method", "path"), sorted(row for row in WRITES if row[1] in OF_THE_CITY))
def test_what_holds_for_the_whole_city_no_company_writes(method: str, path: str, town: Town) -> None:
    person = town.companies[MARKS[0]].person
    door = DOORS[method, path]
    place, client = path.format(**door.path), _CLIENTS[person.username]
    if door.file is not None:
        answer = client.post(ROOT + place, {door.file: SimpleUploadedFile("file.csv", b"a")})
    else:
        answer = client.generic(method, ROOT + place, json.dumps(door.body or {}), "application/json")
    assert answer.status_code == 403, answer.content


def test_every_door_that_writes_is_walked_through_here() -> None:
    paths = {path for _, path in WRITES}
    assert paths >= OF_THE_CITY | OF_ONESELF, "a door of these lists is no more"
    keys = {written_key(path, name) for _, path in ABOUT_SOMEBODY for name in names_in(path)}
    assert sorted(keys - WRITTEN.keys()) == [], "say in WRITTEN which key of a company this is"
    nameless = [row for row in ABOUT_SOMEBODY if not names_in(row[1]) and row not in BODIES]
    assert nameless == [], "say in BODIES what of a company the body names"
