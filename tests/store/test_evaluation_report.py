"""A report on casework: its figures stay as they were, whoever touches them is noticed, and both prints tell them."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from chengmai.access.models import AuditEntry
from chengmai.assets.models import City as CityRow
from chengmai.casework.cases.states import CaseState
from chengmai.casework.evaluation import printing, reports
from chengmai.casework.models import Case, CaseClass, EvaluationReport
from chengmai.core.errors import NotFound, Unavailable
from chengmai.core.identity import new_id
from tests.disposal import City, build_city

pytestmark = pytest.mark.django_db

MAY = (date(2026, 5, 1), date(2026, 5, 31))
BEGUN = datetime(2026, 5, 10, tzinfo=UTC)


@pytest.fixture
def city() -> City:
    CityRow.objects.create(name_zh="晋城", name_en="Jincheng", longitude=112.85, latitude=35.5, district="140502")
    made = build_city()
    for number in range(8):
        close(made, late=number < 2)
    return made


def close(city: City, *, late: bool) -> None:
    Case.objects.create(
        id=(fresh := new_id()),
        code=f"T{fresh.hex[-20:]}",
        case_class=CaseClass.objects.order_by("pk")[0],
        source="person",
        title="x",
        state=CaseState.CLOSED,
        department=city.water,
        handler=city.people["handler"],
        filed_by=city.people["collector"],
        filed_at=BEGUN,
        due_at=BEGUN + timedelta(days=2),
        handled_at=BEGUN + timedelta(days=1),
        closed_at=BEGUN + timedelta(days=3 if late else 1),
    )


def test_a_report_keeps_the_figures_it_was_made_of(city: City) -> None:
    leader = city.people["shift_leader"]
    first = reports.make_report(leader, *MAY)
    assert reports.make_report(leader, *MAY).pk == first.pk
    close(city, late=False)
    second = reports.make_report(leader, *MAY)
    due = [one.tables[0]["total"]["figures"][9]["of_cases"] for one in (reports.report_of(leader, first.pk), second)]
    assert due == [8, 9]
    assert AuditEntry.objects.filter(action="evaluation.report").count() == 2


def test_changed_figures_are_noticed(city: City) -> None:
    leader = city.people["shift_leader"]
    made = reports.make_report(leader, *MAY)
    made.tables[0]["total"]["figures"][9]["counted_cases"] += 1
    EvaluationReport.objects.filter(pk=made.pk).update(tables=made.tables)
    with pytest.raises(Unavailable):
        reports.report_of(leader, made.pk)


def test_a_department_reads_reports_of_its_own_cases_only(city: City) -> None:
    whole = reports.make_report(city.people["shift_leader"], *MAY)
    own = reports.make_report(city.people["outsider"], *MAY)
    assert own.tables[0]["total"]["figures"][9]["of_cases"] == 0
    with pytest.raises(NotFound):
        reports.report_of(city.people["outsider"], whole.pk)
    assert reports.report_of(city.people["outsider"], own.pk).scope == "CG-APPEARANCE"


@pytest.mark.parametrize(
    ("language", "title", "rate"),
    [("zh-CN", "考评通报", "按期结案率"), ("en", "evaluation of casework", "Closed on time")],
)
def test_the_print_tells_title_rates_and_people(city: City, language: str, title: str, rate: str) -> None:
    leader = city.people["shift_leader"]
    made = reports.make_report(leader, *MAY)
    assert printing.print_report(made, leader, language).startswith(b"%PDF")
    text = str(printing.document_of(made, language))
    for told in (title, rate, "75.00 %", "6/8", "handler"):
        assert told in text


def test_the_workbook_holds_counts_as_numbers(city: City) -> None:
    leader = city.people["shift_leader"]
    data = printing.export_report(reports.make_report(leader, *MAY), leader, "zh-CN")
    book = load_workbook(BytesIO(data))
    assert len(book.worksheets) == 9
    page = book.worksheets[1]
    head = [cell.value for cell in page[2]]
    row = dict(zip(head, [cell.value for cell in page[3]], strict=True))
    assert (row["部门"], row["按期结案率"], row["按期结案数"], row["应结案数"]) == ("CG-WATER", 75, 6, 8)
    assert AuditEntry.objects.filter(action="evaluation.print").count() == 1
