"""The public pages of budgets: open to anybody, only what is public, sound for a screen reader; files that hold."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from frictionless import Package, system
from jsonschema import Draft4Validator
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from chengmai.access.allowance import Allowance
from chengmai.access.roles import Role
from chengmai.budget.models import BudgetPassage, BudgetSet
from chengmai.budget.public import pages as public_pages
from chengmai.budget.published.services import load_published
from chengmai.budget.published.states import PUBLIC, BudgetSetState
from chengmai.core.errors import TooMany
from chengmai.disclosure.reading.disclosures import read_disclosure
from chengmai.disclosure.reading.workbook import open_document
from tests.kept import kept
from tests.people import add_organisation, add_person, client_of
from tests.published import PUBLISHED
from tests.released import unprotected

pytestmark = pytest.mark.django_db
PROFILE = Path(__file__).parent.parent / "data" / "frictionless" / "fiscal-data-package.json"
DATA = PUBLISHED.read_bytes()


class Page(HTMLParser):
    """What a page holds, as a screen reader meets it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of every such element."""
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def published(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[BudgetSet]:
    """The bureau's published budget."""
    with kept(django_db_blocker):
        loaded = load_published(add_person("finance", Role.FINANCE), "CG", "2025.txt", DATA).budget
        assert loaded is not None
        yield loaded


@pytest.fixture
def budget(published: BudgetSet, monkeypatch: pytest.MonkeyPatch) -> BudgetSet:
    """The published budget, and an allowance of its own for each test."""
    monkeypatch.setattr(public_pages, "_pages", Allowance(1000))
    monkeypatch.setattr(public_pages, "_files", Allowance(1000))
    return published


def get(budget: BudgetSet, tail: str = "", root: str = "public", client: Client | None = None) -> Any:
    """The answer to somebody who asks for a page."""
    return (client or Client()).get(f"/{root}/budgets/{budget.pk}{tail}")


PAGES = ("", "?lang=en", "/projects", "/projects/2", "/catalogue", "/changes")


@pytest.mark.parametrize("tail", PAGES)
def test_a_page_is_open_to_anybody_and_sound_for_a_screen_reader(budget: BudgetSet, tail: str) -> None:
    answer = get(budget, tail)
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    page = Page(answer.content.decode())
    assert [one["lang"] for one in page.all("html")] == ["en" if "en" in tail else "zh-CN"]
    assert page.all("script") == []
    assert [len(page.all(tag)) for tag in ("main", "header", "footer", "h1", "title")][:4] == [1, 1, 1, 1]
    assert page.all("a")[0]["href"] == "#main"
    levels = [int(tag[1]) for tag, _ in page.tags if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert all(one.get("scope") in {"col", "colgroup", "row"} for one in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    named = {one["aria-labelledby"] for one in page.all("section", "nav", "div") if one.get("aria-labelledby")}
    assert named <= set(ids)
    anchors = {str(one["href"])[1:] for one in page.all("a") if str(one.get("href")).startswith("#")}
    assert anchors <= set(ids)
    assert all(one.get("role") != "region" or one.get("tabindex") == "0" for one in page.all("div"))
    assert all(one.get("aria-label") or one.get("aria-hidden") for one in page.all("svg"))


def test_every_figure_of_every_table_stands_on_the_page(budget: BudgetSet) -> None:
    page = Page(get(budget).content.decode())
    text = {part.strip() for part in page.text}
    for cell in (
        budget.tables.model.objects.get(budget=budget, key="expenditure").cells.exclude(fen=None).exclude(fen=0)
    ):
        assert f"{Decimal(cell.fen) / 1_000_000:,.2f}" in text
    assert "第四部分 名词解释" in text
    assert len(page.all("table")) == 14, "thirteen tables and the flows"


def test_a_project_tells_target_by_target_what_the_year_brings_of_the_term(budget: BudgetSet) -> None:
    html = get(budget, "/projects/11").content.decode()
    sheet = read_disclosure(open_document("2025.txt", DATA)).sheets[10]
    table = html.partition('id="targets"')[2].partition("</table>")[0]
    rows = table.partition("<tbody>")[2].split("<tr>")[1:]
    printed = {one.name.value for one in sheet.indicators}
    assert len(rows) == len({(one.level2, one.name.value) for one in sheet.indicators}) > 5
    assert all(any(name in row for row in rows) for name in printed)
    drawn = [row for row in rows if "<svg" in row]
    assert drawn
    assert all("年度目标占实施期目标" in row for row in drawn)


def test_drafts_are_not_there_for_the_public_and_carry_their_mark_inside(budget: BudgetSet) -> None:
    clerk = client_of(add_person("clerk", Role.FINANCE))
    company = add_organisation("GAS", "company")
    stranger = client_of(add_person("stranger", Role.FINANCE, organisation=company))
    for state in set(BudgetSetState) - set(PUBLIC):
        with unprotected():
            BudgetSet.objects.filter(pk=budget.pk).update(state=state)
        for tail in (*PAGES, "/files/budget.pdf", "/files/datapackage.json"):
            answer = get(budget, tail)
            assert answer.status_code == 404, (state, tail)
            assert answer.headers["Content-Type"].startswith("text/html")
    BudgetSet.objects.filter(pk=budget.pk).update(state=BudgetSetState.DRAFT)
    assert Client().get("/public/budgets").content.decode().count("/public/budgets/") == 0
    assert get(budget, root="preview").status_code == 401
    assert get(budget, root="preview", client=stranger).status_code == 404
    for tail in PAGES:
        inside = get(budget, tail, "preview", clerk)
        assert inside.headers["Cache-Control"] == "no-store"
        assert ("DRAFT" if "en" in tail else "草稿") in inside.content.decode()
    book = load_workbook(io.BytesIO(get(budget, "/files/budget.xlsx", "preview", clerk).content))
    assert all(page.oddHeader.center.text == "草稿" for page in book.worksheets)
    assert str(book.worksheets[0]["A1"].value).startswith("草稿")
    assert get(budget, "/files/budget.txt", "preview", clerk).content.decode().startswith("草稿")
    assert b"%PDF" in get(budget, "/files/budget.pdf", "preview", clerk).content[:8]


def test_the_workbook_has_a_page_a_table_with_real_numbers(budget: BudgetSet) -> None:
    book = load_workbook(io.BytesIO(get(budget, "/files/budget.xlsx").content))
    assert book.sheetnames[:13] == [f"表{number}" for number in range(1, 14)]
    page = book["表2"]
    total = next(row for row in page.iter_rows() if row[0].value == "合计")
    assert [cell.value for cell in total[2:5]] == [28201.0, 13965.66, 14235.34]
    assert all(cell.data_type == "n" for cell in total[2:5])
    assert not any(cell.data_type == "f" for page in book for row in page.iter_rows() for cell in row)


def test_the_data_package_is_valid_and_adds_up_to_what_is_printed(budget: BudgetSet, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(get(budget, "/files/datapackage.zip").content)) as packed:
        packed.extractall(tmp_path)
    told = json.loads(get(budget, "/files/datapackage.json").content)
    assert told == json.loads((tmp_path / "datapackage.json").read_text())
    assert [error.message for error in Draft4Validator(json.loads(PROFILE.read_text())).iter_errors(told)] == []
    with system.use_context(trusted=True):
        package = Package(tmp_path / "datapackage.json")
        report = package.validate()
        assert report.valid, report.flatten(["type", "message"])
        rows = {resource.name: resource.read_rows() for resource in package.resources}
    sums = {name: sum(row["value"] for row in rows[name]) for name in ("income", "expenditure", "projects")}
    assert sums["income"] == sums["expenditure"] == Decimal("282788100")
    # Projects are rounded to a hundredth of ten thousand yuan each, and may differ from their total by that.
    assert abs(sums["projects"] - Decimal("237944600")) <= 200
    assert len(rows["tables"]) == 1414
    loose = get(budget, "/files/data/income.csv")
    assert loose.content == (tmp_path / "data" / "income.csv").read_bytes()
    assert loose.headers["Access-Control-Allow-Origin"] == "*"
    assert get(budget, "/files/data/none.csv").status_code == 404


def test_the_text_and_the_pdf_are_the_same_bytes_each_time(budget: BudgetSet) -> None:
    first = get(budget, "/files/budget.pdf")
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.content == get(budget, "/files/budget.pdf").content
    assert get(budget, "/files/budget.txt").content.decode().count("\t") > 5000


def test_what_is_held_back_is_masked_in_every_public_form(budget: BudgetSet) -> None:
    passage = BudgetPassage.objects.filter(budget=budget, kind="text").first()
    assert passage is not None
    passage.text = "联系人：王小明，手机13812345678，机密★"
    with unprotected():
        passage.save()
    for tail in ("", "/files/budget.txt", "/files/datapackage.zip"):
        content = get(budget, tail).content
        assert b"13812345678" not in content
        assert "王小明".encode() not in content
    assert "■■■" in get(budget).content.decode()


def test_whoever_asks_too_often_waits_and_is_told_so_on_a_page(
    budget: BudgetSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_pages, "_pages", Allowance(2))
    answers = [get(budget, "/changes") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "30"
    assert "请稍候" in answers[2].content.decode()
    assert Client().post(f"/public/budgets/{budget.pk}").status_code == 405


def test_an_allowance_fills_up_again_and_knows_addresses_apart() -> None:
    allowance = Allowance(60)
    for _ in range(60):
        allowance.take("a", 0.0)
    with pytest.raises(TooMany):
        allowance.take("a", 0.5)
    allowance.take("b", 0.5)
    allowance.take("a", 1.6)
    with pytest.raises(TooMany):
        allowance.take("a", 1.7)


def test_last_year_stands_beside_this_one_where_both_are_public(budget: BudgetSet) -> None:
    assert "与上年比较" not in get(budget).content.decode()
    clerk = add_person("clerk", Role.FINANCE)
    load_published(
        clerk, "CG", "2026.txt", DATA.decode().replace("2025年", "2026年").replace("2025预算", "2026预算").encode()
    )
    later = BudgetSet.objects.get(year=2026)
    page = get(later).content.decode()
    assert "与上年比较" in page
    assert "+0.0%" in page


def test_a_cell_of_a_two_sided_table_names_the_header_of_its_own_side_and_of_its_column(budget: BudgetSet) -> None:
    page = Page(get(budget).content.decode())
    headers = {one["id"] for one in page.all("th") if one.get("id")}
    cells = [one["headers"].split() for one in page.all("td") if one.get("headers")]
    assert len(cells) > 30
    assert {word for words in cells for word in words} <= headers
    for words in cells:
        if [word for word in words if "-r" in word]:
            assert len([word for word in words if "-r" in word]) == 1, words
    totals = [words for words in cells if words[0].startswith("totals-r") and len(words) > 1]
    first, second = (
        {word for words in totals for word in words if word.endswith(f"-{at}") and "-r" in word} for at in (1, 3)
    )
    assert first
    assert second
    left = [words for words in totals if words[0] in first]
    assert all(any(word in ("totals-h0-1",) for word in words) for words in left), "income stands under income"
    right = [words for words in totals if words[0] in second]
    assert all(any(word in ("totals-h0-3",) for word in words) for words in right), "expenditure under expenditure"


def test_every_column_and_title_has_english_for_who_reads_english(budget: BudgetSet) -> None:
    text = get(budget, "?lang=en").content.decode()
    page = Page(text)
    assert 'lang="en">General public budget</span>' in text
    assert "2025 budget</span>" in text
    heads = text.split("<thead>")[1:]
    tables = [head.split("</thead>")[0] for head in heads if '<span class="soft">' in head.split("</thead>")[0]]
    assert len(tables) == 13
    untold = [cell for head in tables for cell in head.split("<th ")[1:] if '<span lang="en">' not in cell]
    untold = [cell for cell in untold if not re.search(r">\d+</th>", cell)]
    assert untold == [], "a word over a column that the catalogue does not know"
    assert len(page.all("caption")) == len(page.all("table"))
    assert 'lang="en">General public budget' not in get(budget).content.decode()
