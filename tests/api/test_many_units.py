"""Many units through their doors: a list, many documents, checks in the background, a table that opens."""

import io
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.budget.models import RoundDocument
from chengmai.budget.units import checking
from chengmai.core import heavy
from chengmai.core.clock import now
from chengmai.events.delivery import Deliverer
from chengmai.events.models import Delivery, DeliveryState
from chengmai.reactions import REACTIONS
from tests.people import add_organisation, add_person, client_of
from tests.published import PUBLISHED

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/budget-rounds"
LINES = PUBLISHED.read_text().splitlines()
SMALL = "\n".join([*LINES[:521], *LINES[3115:]])
"""The document without its sheets and its catalogue: checked in a moment."""
NAME = "晋城市城市管理局"


@pytest.fixture
def finance() -> Client:
    return client_of(add_person("finance", Role.FINANCE))


@pytest.fixture
def round_(finance: Client) -> str:
    told = finance.post(ROOT, {"name": "2025", "year": 2025}, "application/json")
    assert told.status_code == 200, told.content
    return f"{ROOT}/{told.json()['id']}"


def send(client: Client, door: str, *files: tuple[str, bytes]) -> Any:
    answer = client.post(door, {"file": [SimpleUploadedFile(name, data) for name, data in files]})
    assert answer.status_code == 200, answer.content
    return answer.json()


def list_of(*rows: str) -> bytes:
    return ("单位编码,单位名称,截止日期,报送日期\n" + "\n".join(rows)).encode()


def unit_text(name: str) -> bytes:
    return SMALL.replace(printed_name(), name).encode()


def printed_name() -> str:
    line = next(line for line in LINES if line.startswith("单位名称"))
    return line.split("：", 1)[1].split()[0]


def deliver() -> None:
    """Let the background do what waits."""
    deliverer = Deliverer(REACTIONS)
    while deliverer.round():
        pass


def test_many_documents_become_one_table_that_opens_to_findings(finance: Client, round_: str) -> None:
    late = (now().date() - timedelta(days=3)).isoformat()
    told = send(
        finance,
        f"{round_}/units",
        ("units.csv", list_of("1,甲局,2999-01-01,", f"2,乙局,{late},", f"3,丙局,{late},", "4,丁局,2999-01-01,")),
    )
    assert told == {"units": 4, "findings": []}
    wrong = SMALL.replace(printed_name(), "乙局").replace("28278.81", "28278.91", 1).encode()
    told = send(
        finance,
        f"{round_}/documents",
        ("1.txt", unit_text("甲局")),
        ("2.txt", wrong),
        ("4.xlsx", b"PK\x03\x04 nothing"),
        ("again.txt", unit_text("甲局")),
        ("x.exe", b"MZ"),
        ("other.txt", unit_text("戊局")),
    )
    assert (told["taken"], told["known"]) == (4, ["again.txt"])
    assert [one["name"] for one in told["refused"]] == ["x.exe"]
    before = finance.get(round_).json()
    assert before["progress"] == {"documents": 4, "waiting": 4, "checked": 0, "failed": 0}
    assert [row["state"] for row in before["rows"]] == ["checking", "checking", "missing", "checking"]
    deliver()
    seen = finance.get(round_).json()
    assert finance.get(f"{round_}/progress").json() == {"documents": 4, "waiting": 0, "checked": 4, "failed": 0}
    rows = {row["code"]: row for row in seen["rows"]}
    assert {code: row["state"] for code, row in rows.items()} == {
        "1": "on_time", "2": "late", "3": "missing", "4": "unusable",
    }  # fmt: skip
    assert (rows["2"]["days_late"], rows["3"]["days_late"]) == (3, 3)
    assert rows["1"]["shown"]["income"] == "282788100.00"
    assert [one["unit_name"] for one in seen["astray"]] == ["戊局"]
    totals = seen["totals"]
    assert totals["income"]["units"] == 2
    assert totals["errors"] == sum(row["shown"]["errors"] for row in rows.values() if row["shown"])
    more = rows["2"]["shown"]["errors"] - rows["1"]["shown"]["errors"]
    assert more > 0, "the mistyped total is an error of the second unit alone"
    rule = next(rule for rule, counts in rows["2"]["shown"]["rules"].items() if counts.get("error"))
    opened = finance.get(f"{round_}/documents/{rows['2']['shown']['id']}/findings?rule={rule}").json()
    assert opened["total"] == sum(rows["2"]["shown"]["rules"][rule].values())
    assert {one["rule"] for one in opened["findings"]} == {rule}
    assert all(one["sentence"] and one["text"] for one in opened["findings"])
    book = openpyxl.load_workbook(io.BytesIO(finance.get(f"{round_}/workbook").content))
    assert [sheet.title for sheet in book] == ["单位汇总", "单位与规则", "逾期与未报", "未归入单位", "全部问题"]
    behind = [row[0] for row in book["逾期与未报"].iter_rows(min_row=2, values_only=True)]
    assert behind == ["2", "3", "4"]
    done = [entry.action for entry in AuditEntry.objects.filter(object_kind="disclosure_round")]
    assert done == ["budget.round_start", "budget.round_units", "budget.round_hand_in"]


def test_a_stray_document_is_assigned_and_stays_so_when_the_list_comes_anew(finance: Client, round_: str) -> None:
    send(finance, f"{round_}/units", ("units.csv", list_of("1,甲局,,", "2,乙局,,")))
    send(finance, f"{round_}/documents", ("x.txt", unit_text("戊局")))
    deliver()
    key = finance.get(round_).json()["astray"][0]["id"]
    door = f"{round_}/documents/{key}/unit"
    assert finance.put(door, {"unit": "9"}, "application/json").status_code == 404
    told = finance.put(door, {"unit": "2"}, "application/json").json()
    assert [row["state"] for row in told["rows"]] == ["awaited", "on_time"]
    send(finance, f"{round_}/units", ("units.csv", list_of("2,乙局,,", "5,戊局,,")))
    assert [row["state"] for row in finance.get(round_).json()["rows"]] == ["on_time", "awaited"]
    send(finance, f"{round_}/units", ("units.csv", list_of("5,戊局,,")))
    assert [row["state"] for row in finance.get(round_).json()["rows"]] == ["on_time"], "its unit is gone"
    refused = send(finance, f"{round_}/units", ("units.csv", list_of("5,戊局,never,")))
    assert (refused["units"], len(refused["findings"])) == (1, 1)
    assert "never" in refused["findings"][0]["sentence"]


def broken(error: Exception) -> Callable[..., Any]:
    """Heavy work that fails for a file of a name."""
    real = heavy.run

    def run(work: Any, name: str, *more: Any) -> Any:
        if name == "bad.txt":
            raise error
        return real(work, name, *more)

    return run


def test_a_document_that_cannot_be_checked_harms_no_other(
    finance: Client, round_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "run", broken(ValueError("a rule that fails")))
    send(finance, f"{round_}/documents", ("bad.txt", b"one"), ("good.txt", unit_text("甲局")))
    deliver()
    rows = {row["shown"]["name"]: row["shown"] for row in finance.get(round_).json()["rows"]}
    assert (rows["bad.txt"]["state"], rows["bad.txt"]["error"]) == ("failed", "unexpected")
    assert rows["good.txt"]["state"] == "checked"
    monkeypatch.undo()
    door = f"{round_}/documents/{rows['bad.txt']['id']}/checks"
    assert finance.post(door).status_code == 200
    assert finance.post(door).status_code == 409, "it waits already"
    deliver()
    assert finance.get(f"{round_}/progress").json()["checked"] == 2


def test_a_document_that_ends_its_process_is_tried_again_and_then_set_aside(
    finance: Client, round_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "run", broken(BrokenExecutor("killed")))
    send(finance, f"{round_}/documents", ("bad.txt", b"one"), ("good.txt", unit_text("甲局")))
    for attempt in range(1, checking.MOST_ATTEMPTS + 1):
        deliver()
        assert RoundDocument.objects.get(name="bad.txt").attempts == attempt
        Delivery.objects.update(due_at=now() - timedelta(seconds=1))
    deliver()
    told = RoundDocument.objects.get(name="bad.txt")
    assert (told.state, told.error) == ("failed", "process_ended")
    assert RoundDocument.objects.get(name="good.txt").state == "checked"
    assert not Delivery.objects.exclude(state=DeliveryState.DONE).exists()


def test_a_round_is_its_organisation_s_own_and_only_the_finance_people_write(round_: str) -> None:
    company = add_organisation("GAS", "utility")
    stranger = client_of(add_person("stranger", Role.FINANCE, organisation=company))
    assert stranger.get(round_).status_code == 404
    assert stranger.get(ROOT).json() == []
    assert stranger.post(f"{round_}/documents", {"file": SimpleUploadedFile("a.txt", b"x")}).status_code == 404
    reader = client_of(add_person("reader", Role.AUDITOR))
    assert reader.get(round_).json()["may_manage"] is False
    assert reader.post(f"{round_}/documents", {"file": SimpleUploadedFile("a.txt", b"x")}).status_code == 403
    own = stranger.post(ROOT, {"name": "own", "year": 2025}, "application/json").json()
    assert own["owner"]["code"] == "GAS"
    taken = stranger.post(ROOT, {"name": "own", "year": 2025}, "application/json")
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "units.round_taken")


def test_the_day_of_the_upload_counts_where_the_list_notes_none(finance: Client, round_: str) -> None:
    send(finance, f"{round_}/units", ("units.csv", list_of("1,甲局,2025-02-20,2025-02-19")))
    send(finance, f"{round_}/documents", ("1.txt", unit_text("甲局")))
    deliver()
    (row,) = finance.get(round_).json()["rows"]
    assert (row["state"], row["handed_in_on"]) == ("on_time", "2025-02-19")
    assert row["shown"]["received_on"] >= date(2026, 1, 1).isoformat()
