"""The companies' desks, door by door: whatever can be read shows a company its own and nothing of another's.

The doors are those of the table; a new one that shows objects needs no line here when it lists them, and when it shows
one by its key, ``PARAMETERS`` must say which key of a company that is: else the last test refuses it.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from math import cos, radians
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from chengmai.access.models import User
from chengmai.access.roles import PERMISSIONS
from chengmai.assets.models import GridCell, Network
from chengmai.assets.services import import_network
from chengmai.budget.models import IndicatorValue
from chengmai.casework.evaluation.reports import make_report
from chengmai.casework.models import DutyCell, PatrolShift
from chengmai.core.clock import now
from chengmai.detection.observations import Observations
from chengmai.network.tiles import world
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.sensing.quarantine import Door as Way
from chengmai.sensing.quarantine import Reason, Refused
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import Settings
from tests.api.doors import DOORS, Door, Open
from tests.companies import COMPANIES, EVERY_ROLE, Company, Town, build_town
from tests.kept import kept
from tests.networks import packed
from tests.people import client_of

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
READS = {path: door for (method, path), door in DOORS.items() if method == "GET"}
MARKS = [mark for _, _, mark in COMPANIES.values()]
TILE = tuple(int(part * 2**12) for part in world(np.array([112.834]), np.array([35.5]))[0])
INDICATOR = "cases_closed_on_time"
MAY_DAY = date(2026, 5, 1)


def shift_of(company: Company) -> PatrolShift:
    """A shift of the company's person, who has a cell to walk."""
    facts = {"name": "x", "organisation": company.organisation, "ring": []}
    box = {"west": 0.0, "south": 0.0, "east": 0.0, "north": 0.0}
    cell, _ = GridCell.objects.get_or_create(code="140502001001001", defaults=facts | box)
    whose = {"collector": company.person, "company": company.organisation}
    DutyCell.objects.get_or_create(cell=cell, since=MAY_DAY, **whose)
    begun = datetime(2026, 5, 1, tzinfo=UTC)
    found, _ = PatrolShift.objects.get_or_create(
        day=MAY_DAY, started_at=begun, ended_at=begun + timedelta(hours=8), **whose
    )
    return found


PARAMETERS: dict[str, Callable[[Company], object]] = {
    "alarm_id": lambda company: company.alarm.pk,
    "warning_id": lambda company: company.warning.pk,
    "case_id": lambda company: company.case.pk,
    "photo_id": lambda company: company.photo.pk,
    "value_id": lambda company: IndicatorValue.objects.get(scope=company.organisation.code).pk,
    "report_id": lambda company: company.report.pk,
    "shift_id": lambda company: shift_of(company).pk,
    "company_code": lambda company: shift_of(company).company.code,
    "evaluation_id": lambda company: make_report(company.person, MAY_DAY, MAY_DAY).pk,
    "plan_id": lambda company: company.plan.pk,
    "work_id": lambda company: company.work.pk,
    "/rules code": lambda company: company.rule.code,
    "edition": lambda company: company.network.edition_id,
    "link": lambda company: f"{company.mark}l",
    "node": lambda company: f"{company.mark}a",
    "z": lambda company: 12,
    "x": lambda company: TILE[0],
    "y": lambda company: TILE[1],
    "time": lambda company: "2026-03-01T00:00:00Z",
    "/datastreams code": lambda company: company.stream.code,
    "/devices code": lambda company: company.device.code,
    "calibration_id": lambda company: company.device.calibrations.get().pk,
    "order_id": lambda company: company.device.orders.get().pk,
    "/projects code": lambda company: company.paper.project.code,
    "/performance code": lambda company: company.sheet.code,
    "evidence_id": lambda company: company.evidence.pk,
    "paper_id": lambda company: company.paper.pk,
    "budget_id": lambda company: company.budget.pk,
    "round_id": lambda company: company.round.pk,
    "contract_id": lambda company: company.paid.contract_id,
    "sheet_id": lambda company: company.paid.contract.sheets.get().pk,
    "statement_id": lambda company: company.paid.statement_id,
    "document_id": lambda company: company.round.documents.get().pk,
    "key": lambda company: company.budget.tables.get().key,
    "/networks code": lambda company: company.network.code,
    "/tiles code": lambda company: company.network.code,
    "/risk code": lambda company: company.network.code,
    "/risk-tiles code": lambda company: company.network.code,
    "mark": lambda company: "0",
    "register_entry_id": lambda company: company.entry.pk,
    "run_id": lambda company: company.run.pk,
    "file_id": lambda company: company.entry.facts["photo"],
    "/underground code": lambda company: company.network.code,
    "manifest_id": lambda company: company.trip.pk,
    "ticket_id": lambda company: company.ticket.pk,
    "plant": lambda company: company.organisation.code,
}
"""Which key of a company stands for a parameter of a path; ``code`` goes with the path's first word."""
OF_NOBODY = {
    "/registers/{register_code}": {"register_code": "vehicle"},
    "/registers/{register_code}/entries": {"register_code": "vehicle"},
    "/registers/{register_code}/sheet": {"register_code": "vehicle"},
    "/registers/{register_code}/availability": {"register_code": "line_outage"},
    "/checklists/{checklist}": {"checklist": "vehicle_check"},
    "/checklists/{checklist}/subjects": {"checklist": "vehicle_check"},
    "/checklists/{checklist}/standing": {"checklist": "vehicle_check"},
    "/indicators/{code}": {"code": INDICATOR},
    "/plan-templates/{code}": {"code": "water-burst"},
    "/case-classes/{kind}/{code}": {"kind": "event", "code": "0102"},
    "/calls/{call_id}": {"call_id": "01990000-0000-7000-8000-000000000001"},
}
"""Doors whose parameter names no object of anybody: they answer everybody, each with his own."""
OF_THE_BUREAU = {
    "/simulator",
    "/client-keys",
    "/seat-attendance",
    "/calls",
    "/calls/{call_id}",
    "/seats",
    "/call-backs",
}
"""Doors that refuse everybody but the bureau, whatever role they hold."""
QUERIES = {"/search": "q=Q", "/networks/{code}/isolation": "element={mark}l"}
"""What is asked instead of the table's query; ``{mark}`` is the company's whose object it is."""
TELLS_OWN = {
    *("/registers/{register_code}/entries", "/registers/{register_code}/sheet"),
    *("/registers/{register_code}/availability", "/checklists/{checklist}/subjects"),
    "/checklists/{checklist}/standing",
    *("/alarms", "/warnings", "/cases", "/rules", "/datastreams", "/networks", "/gateways", "/search", "/quarantine"),
    *("/valve-plans", "/duty-log", "/desk", "/shifts", "/timers", "/planned-works", "/set-asides", "/broken-valves"),
    *(
        "/devices",
        "/device-places",
        "/device-sheet",
        "/device-care",
        "/maintenance-orders",
        "/projects",
        "/performance",
        "/indicators/{code}",
        "/budget-rounds",
        "/custody/desk",
        "/custody/trips",
        "/custody/hand-tickets",
        "/custody/registers",
        "/settlement/contracts",
    ),
}
"""Lists that must show each company something of its own: else hiding everything would pass."""
TOO_SMALL = {"/alarms/{alarm_id}/affected": 422}
"""Doors that answer an owner so when the network is too small to be solved; a stranger is answered 404 all the same."""
MAY_BE_EMPTY = {"/tiles/{code}/{edition}/{z}/{x}/{y}"}


def filled_store(folder: Path, companies: list[Company]) -> TelemetryStore:
    """A telemetry store in which each stream has one reading and each gateway one refused message."""
    store = open_store(Settings(data_dir=folder))
    at = np.datetime64("2026-03-01T00:00", "ms")
    streams = [company.stream.pk for company in companies]
    store.insert(Observations.fresh(streams, [at] * len(streams), [1.0] * len(streams)))
    store.quarantine(
        [
            Refused(now(), company.gateway.code, Way.HTTP, Reason.UNKNOWN_STREAM, company.mark, b"{}", 2, number)
            for number, company in enumerate(companies, start=1)
        ]
    )
    return store


@pytest.fixture(scope="module")
def town(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """The town with its readings, built once for all doors and taken back at the end."""
    with kept(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        made = build_town()
        people = [one for company in made.companies.values() for one in (company.person, company.watcher)]
        _CLIENTS.update((person.username, client_of(person)) for person in (made.engineer, *people))
        store = filled_store(tmp_path_factory.mktemp("telemetry"), list(made.companies.values()))
        ingest = SimpleNamespace(last_error=None, stored_rows=0, failures=0)
        parts = SimpleNamespace(store=store, ingest=ingest, hub=SimpleNamespace(listeners=0), sources={})
        patch.setattr(runtime, "_running", parts)
        yield made
        store.close()


def key_of(path: str, name: str) -> str:
    """The name under which ``PARAMETERS`` keeps a parameter of a path."""
    return f"/{path.split('/')[1]} {name}" if name == "code" else name


def names_in(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


HELD = frozenset().union(*(PERMISSIONS[role] for role in EVERY_ROLE))
OF_ADMINISTRATORS = {
    path for path, door in READS.items() if not isinstance(door.needs, Open) and door.needs not in HELD
}
"""Doors that none of a company's roles opens."""
LISTS = {path: door for path, door in READS.items() if not names_in(path) or path in OF_NOBODY}
DETAILS = {path: door for path, door in READS.items() if path not in LISTS}


_CLIENTS: dict[str, Client] = {}
"""Who is logged in already, by name: logging in again for every door takes longer than the doors do."""


def ask(user: User, path: str, door: Door, company: Company | None = None) -> tuple[int, str]:
    """What a person is answered at a door, about an object of a company."""
    given = OF_NOBODY.get(path) or {
        name: str(PARAMETERS[key_of(path, name)](company)) for name in names_in(path) if company is not None
    }
    query = QUERIES.get(path, door.query).format(mark=company.mark if company else "")
    answer = _CLIENTS[user.username].get(ROOT + path.format(**given) + (f"?{query}" if query else ""))
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return answer.status_code, content.decode("utf-8", "replace")


def of_others(town: Town, mark: str) -> set[str]:
    return {text for other, company in town.companies.items() if other != mark for text in company.marks}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_each_company_its_own_and_nothing_of_another(path: str, town: Town) -> None:
    for mark, company in town.companies.items():
        for person in (company.person, company.watcher):
            status, text = ask(person, path, LISTS[path])
            assert status == (403 if path in OF_ADMINISTRATORS | OF_THE_BUREAU else 200), (path, text)
            assert [foreign for foreign in of_others(town, mark) if foreign in text] == [], path
            if path in TELLS_OWN:
                assert any(own in text for own in company.marks), path


@pytest.mark.parametrize("path", sorted(TELLS_OWN))
def test_the_bureau_s_engineer_is_shown_all_of_them(path: str, town: Town) -> None:
    _, text = ask(town.engineer, path, LISTS[path])
    for company in town.companies.values():
        assert any(mark in text for mark in company.marks), path


@pytest.mark.parametrize("path", DETAILS)
def test_an_object_is_there_for_its_company_and_those_above_and_for_no_other(path: str, town: Town) -> None:
    for company in town.companies.values():
        ask(company.person, "/indicators/{code}", LISTS["/indicators/{code}"])
    for mark, company in town.companies.items():
        for person in (company.person, company.watcher, town.engineer):
            status, text = ask(person, path, DETAILS[path], company)
            assert status in {200, TOO_SMALL.get(path)}, (path, person.username, text)
            assert text or path in MAY_BE_EMPTY
        for other, stranger in town.companies.items():
            if other != mark:
                status, text = ask(stranger.person, path, DETAILS[path], company)
                given = {str(PARAMETERS[key_of(path, name)](company)) for name in names_in(path)} | {f"{mark}l"}
                told = [text_ for text_ in company.marks if text_ in text and not any(text_ in one for one in given)]
                assert (status, told) == (404, []), (path, other, text)


def test_every_door_that_reads_is_walked_through_here() -> None:
    keys = {key_of(path, name) for path in DETAILS for name in names_in(path)}
    assert sorted(keys - PARAMETERS.keys()) == [], "say in PARAMETERS which key of a company this is"
    assert sorted(PARAMETERS.keys() - keys) == []


def test_whoever_moves_to_another_company_sees_what_was_hidden(town: Town) -> None:
    """So that what the tests above look for can be found at all."""
    water, gas, _ = (town.companies[mark] for mark in MARKS)
    assert water.mark not in ask(gas.person, "/alarms", LISTS["/alarms"])[1]
    User.objects.filter(pk=gas.person.pk).update(organisation=water.organisation)
    assert water.mark in ask(User.objects.get(pk=gas.person.pk), "/alarms", LISTS["/alarms"])[1]


def chamber_of_the_bureau(town: Town, holder: Company) -> None:
    """Two storm chambers of the bureau's; in the first hangs a sensor of a company's."""
    network = Network.objects.create(code="N-Qsx", name_zh="x", name_en="x", utility="storm", owner=town.bureau)
    points = "Exp_No,X,Y,High,WellDeep,Area\nQsxa,3931000,38394000,700,2.5,4\nQsxb,3931080,38394000,700,2.5,4\n"
    lines = "LineNo,S_Point,E_Point,PSize\nQsxl,Qsxa,Qsxb,DN600\n"
    assert import_network(None, network, "storm.zip", packed({"YSPoint": points, "YSLine": lines})).published
    Datastream.objects.create(
        code=f"S-CH4-{holder.mark}", name="methane", gateway=holder.gateway, owner=holder.organisation,
        quantity="methane", network=network, element="Qsxa", longitude=112.834, latitude=35.5,
    )  # fmt: skip


def test_a_company_sees_the_chambers_its_sensors_hang_in_as_outlines_and_not_the_rest(town: Town) -> None:
    holder, *others = (town.companies[mark] for mark in MARKS)
    chamber_of_the_bureau(town, holder)
    path = "/sensed-chambers"
    for person in (holder.person, holder.watcher):
        (chamber,) = json.loads(ask(person, path, LISTS[path])[1])
        assert (chamber["code"], chamber["utility"]) == ("Qsxa", "storm")
        assert (chamber["depth_m"], chamber["area_m2"]) == (2.5, 4)
        assert chamber["streams"] == [f"S-CH4-{holder.mark}"]
        west, south = chamber["outline"][0]
        east, north = chamber["outline"][2]
        assert (north - south) * 111_195 == pytest.approx(2.0, abs=0.01)
        assert (east - west) * 111_195 * cos(radians(south)) == pytest.approx(2.0, abs=0.01)
        for beyond in ("/networks/{code}/nodes/Qsxa", "/networks/{code}/nodes/Qsxb", "/networks/{code}/links/Qsxl"):
            answer = _CLIENTS[person.username].get(ROOT + beyond.format(code="N-Qsx"))
            assert answer.status_code == 404, beyond
        assert "N-Qsx" not in ask(person, "/networks", LISTS["/networks"])[1]
    for stranger in others:
        assert json.loads(ask(stranger.person, path, LISTS[path])[1]) == []
    assert json.loads(ask(town.engineer, path, LISTS[path])[1]) == [], "who sees the whole network needs no outlines"
