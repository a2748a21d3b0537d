"""Published budgets through their doors: loaded whole and once, printed anew, in scope; the catalogue asked."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.budget.models import BudgetCell, BudgetSet, BudgetTable, CatalogueEntry, PurchaseCatalogue
from chengmai.disclosure.document import read_document
from tests.people import add_organisation, add_person, client_of
from tests.published import PUBLISHED

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/budgets"
DATA = PUBLISHED.read_bytes()
NO_AMOUNT = DATA.replace(b"\t529.14\t529.14", "\t五百\t529.14".encode())
NO_TITLE = DATA.replace("2025年预算收入总表".encode(), "另一张表".encode()).replace(
    "本年收入\t".encode(), "某\t".encode()
)


@pytest.fixture
def finance() -> Client:
    """A finance clerk of the bureau."""
    return client_of(add_person("finance", Role.FINANCE))


def send(client: Client, data: bytes, query: str = "") -> tuple[int, dict[str, object]]:
    """The status and the answer of sending a document."""
    answer = client.post(f"{ROOT}{query}", {"file": SimpleUploadedFile(PUBLISHED.name, data)})
    return answer.status_code, answer.json()


def test_the_document_is_loaded_printed_anew_and_is_one_set_however_often_it_is_sent(finance: Client) -> None:
    status, loaded = send(finance, DATA)
    assert (status, loaded["created"], loaded["tables"]) == (200, True, 13)
    again = send(finance, DATA)[1]
    assert (again["created"], again["budget"]) == (False, loaded["budget"])
    assert (BudgetSet.objects.count(), BudgetTable.objects.count(), BudgetCell.objects.count()) == (1, 13, 1414)
    assert AuditEntry.objects.filter(action="budget.load").count() == 1
    [listed] = finance.get(ROOT).json()
    whole = finance.get(f"{ROOT}/{listed['id']}").json()
    assert (listed["unit_name"], listed["year"], listed["version"]) == ("晋城市城市管理局", 2025, 1)
    assert len(whole["findings"]) == len(loaded["findings"]) == 105  # type: ignore[arg-type]
    lines = {line.number: line for line in read_document("x", DATA).lines}
    for head in whole["tables"]:
        table = finance.get(f"{ROOT}/{listed['id']}/tables/{head['key']}").json()
        assert len(table["printed_rows"]) == head["rows"]
        for row in table["printed_rows"]:
            printed = [cell.replace(" ", "") for cell in lines[row["line"]].cells]
            assert [printed[cell["position"] - 1] for cell in row["cells"]] == [
                cell["text"].replace(" ", "") for cell in row["cells"]
            ]


def test_money_is_kept_in_fen_and_told_in_yuan(finance: Client) -> None:
    budget = send(finance, DATA)[1]["budget"]
    assert isinstance(budget, dict)
    assert BudgetCell.objects.get(table__key="income", row_key="2120104", column="general").fen == 168_594_0000
    table = finance.get(f"{ROOT}/{budget['id']}/tables/three_public").json()
    total = table["printed_rows"][-1]
    assert [cell["yuan"] for cell in total["cells"]] == [None, "10000.00", "10000.00", "0.00", "0.00"]


def test_a_later_document_of_the_year_replaces_the_present_one_and_leaves_it_readable(finance: Client) -> None:
    first = send(finance, DATA)[1]["budget"]
    second = send(finance, DATA + b"\n")[1]["budget"]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert {one["version"]: one["state"] for one in finance.get(ROOT).json()} == {1: "replaced", 2: "present"}
    assert finance.get(f"{ROOT}/{first['id']}/tables/basic").status_code == 200
    assert PurchaseCatalogue.objects.count() == 1, "the same catalogue in both"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xff\x00", "budget.load.no_table"),
        (b"", "budget.load.no_table"),
        (NO_AMOUNT, "budget.load.broken"),
        (re.sub(rb"20\d\d", b"", DATA), "budget.load.no_year"),
        (NO_TITLE, "budget.load.broken"),
    ],
)
def test_what_cannot_be_read_whole_is_refused_and_nothing_is_stored(finance: Client, data: bytes, code: str) -> None:
    status, answer = send(finance, data)
    assert (status, answer["error"]["code"]) == (422, code)  # type: ignore[index]
    assert not BudgetSet.objects.exists()
    assert not CatalogueEntry.objects.exists()
    assert send(finance, data, "?dry_run=true")[0] == 200


def test_only_reading_stores_nothing_and_scope_holds(finance: Client) -> None:
    assert send(finance, DATA, "?dry_run=true")[1]["budget"] is None
    assert not BudgetSet.objects.exists()
    assert send(finance, DATA, "?owner=none")[1]["error"]["code"] == "budget.no_owner"  # type: ignore[index]
    budget = send(finance, DATA)[1]["budget"]
    assert isinstance(budget, dict)
    company = add_organisation("GAS", "company")
    stranger = client_of(add_person("stranger", Role.FINANCE, organisation=company))
    assert stranger.get(ROOT).json() == []
    assert stranger.get(f"{ROOT}/{budget['id']}").status_code == 404
    assert send(stranger, DATA, "?owner=CG")[0] == 404
    assert client_of(add_person("handler", Role.DEPARTMENT_HANDLER)).get(ROOT).status_code == 403


def test_the_catalogue_is_searched_and_a_purchase_is_held_against_it(finance: Client) -> None:
    assert finance.get("/api/v1/purchased-services?asked=A").json()["entries"] == []
    told = {"code": "A110115", "name": "城市管理执法和信息化平台运行辅助服务", "department": "住房和城乡建设"}
    door = "/api/v1/purchased-services/check"
    assert finance.post(door, told, "application/json").status_code == 404
    send(finance, DATA)
    found = finance.get("/api/v1/purchased-services?asked=平台运行").json()
    assert [(entry["code"], entry["path"]) for entry in found["entries"]] == [
        ("A110111", ["公共服务", "城乡维护服务", "公共设施管理服务"])
    ]
    assert len(found["departments"]) == 32
    check = finance.post(door, told, "application/json").json()
    assert (check["outcome"], check["near"][0]["code"]) == ("other_code", "A110111")
    assert "A110111" in check["sentence"]
    right = finance.post(door, {**told, "code": "A110111"}, "application/json").json()
    assert (right["outcome"], right["sentence"]) == ("listed", "")


def test_a_sheet_of_one_table_is_read_but_not_loaded_as_if_it_were_the_set(finance: Client) -> None:
    rows = ["2025年财政拨款安排机关运行经费预算表", "单位名称：晋城市城市管理局,单位：万元"]
    rows += ["单位名称,2025预算数,,,", ",合计,一般公共预算,政府性基金预算,国有资本经营预算", "部门合计,529.14,529.14,,"]
    upload = SimpleUploadedFile("operating.csv", "\n".join(rows).encode())
    read = finance.post(f"{ROOT}?dry_run=true", {"file": upload}).json()
    assert (read["tables"], read["of_tables"]) == (1, 13)
    assert sum(one["rule"] == "disclosure.table.missing" for one in read["findings"]) == 12
    upload.seek(0)
    assert finance.post(ROOT, {"file": upload}).json()["error"]["code"] == "budget.load.broken"
