"""Checking a published budget through its door: findings with places, bounded, for some roles, on the record."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.budget.checking import api as check_api
from tests.people import add_person, client_of
from tests.published import PUBLISHED

pytestmark = pytest.mark.django_db
SHORT = "编制经费150万元，评审经费120万元，共计280万元。".encode()


@pytest.fixture
def finance() -> Client:
    return client_of(add_person("finance", Role.FINANCE))


def send(client: Client, data: bytes, name: str = "budget.txt") -> Any:
    return client.post("/api/v1/budget/checks", {"file": SimpleUploadedFile(name, data)})


def test_a_wrong_sum_comes_with_both_places_in_the_caller_s_language(finance: Client) -> None:
    answer = send(finance, SHORT)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    (found,) = [one for one in told["findings"] if one["rule"] == "disclosure.equation.sum"]
    line = told["lines"][found["place"]["line"] - 1]
    assert line[found["place"]["start"] : found["place"]["end"]] == "280万元"
    assert (found["value"], found["other_value"], found["difference"]) == ("280万元", "270万元", "10")
    assert "共计" not in found["sentence"]
    assert "270万元" in found["sentence"]
    assert told["counts"]["error"] >= 1


def test_that_a_budget_was_checked_is_on_the_record_and_its_text_is_not(finance: Client) -> None:
    assert send(finance, SHORT).status_code == 200
    entry = AuditEntry.objects.filter(action="budget.check").get()
    assert entry.after["name"] == "budget.txt"
    assert entry.after["error"] >= 1
    assert "评审" not in str(entry.after)


def test_what_is_empty_or_too_large_is_refused(finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = send(finance, b" \n ")
    assert empty.status_code == 422
    assert b"budget.check.empty" in empty.content
    monkeypatch.setattr(check_api, "MOST_BYTES", 10)
    assert send(finance, SHORT).status_code == 413


def test_bytes_that_are_no_text_are_findings_and_no_failure(finance: Client) -> None:
    answer = send(finance, bytes(range(128, 256)) * 20)
    assert answer.status_code == 200
    assert answer.json()["counts"]["error"] >= 1


def table_in_csv() -> bytes:
    """The bureau's table of projects as a CSV, one figure of it wrong."""
    lines = PUBLISHED.read_text().splitlines()
    start = next(index for index, line in enumerate(lines) if line.endswith("项目支出预算表（本年预算）"))
    text = io.StringIO()
    for line in lines[start : start + 50]:
        csv.writer(text).writerow(line.replace("121.61\t121.61", "121.61\t131.61").split("\t"))
    return text.getvalue().encode("utf-8-sig")


def test_a_sheet_is_told_by_sheet_and_row_and_findings_come_as_a_workbook(finance: Client) -> None:
    told = send(finance, table_in_csv(), "项目表.csv").json()
    found = next(one for one in told["findings"] if one["rule"] == "disclosure.table.columns")
    assert (found["place"]["sheet"], found["place"]["words"]) == (
        "项目表",
        f"工作表“项目表”第{found['place']['row']}行第2列",
    )
    line = told["lines"][found["place"]["line"] - 1]
    assert "131.61" in line
    assert told["rows"][found["place"]["line"] - 1] == found["place"]["row"]
    answer = finance.post("/api/v1/budget/checks/workbook", {"file": SimpleUploadedFile("项目表.csv", table_in_csv())})
    assert answer.status_code == 200
    assert "xlsx" in answer["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert "disclosure.table.columns" in {row[7] for row in sheet.iter_rows(values_only=True)}
    assert AuditEntry.objects.filter(action="budget.check").count() == 2


def test_whoever_reads_no_indicators_checks_no_budget() -> None:
    assert send(client_of(add_person("clerk", Role.INTAKE_CLERK)), SHORT).status_code == 403


def test_the_published_document_is_answered_whole(finance: Client) -> None:
    told = send(finance, PUBLISHED.read_bytes()).json()
    assert len(told["lines"]) == 3142
    assert {one["rule_group"] for one in told["findings"]} >= {"算术", "绩效目标表", "购买服务目录", "前后不一"}
    assert all(1 <= one["place"]["line"] <= 3142 for one in told["findings"])
