"""Indicators: computed from cases, stored with their inputs, again only when the inputs changed."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from chengmai.access.models import Organisation
from chengmai.budget.models import IndicatorInput, IndicatorValue
from chengmai.budget.services import compute, is_sealed
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.models import Case
from chengmai.core.clock import month_span, now
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.settings import current
from tests.disposal import City, act, bring, build_city, file, late

pytestmark = pytest.mark.django_db

ON_TIME = "cases_closed_on_time"


@pytest.fixture
def city() -> City:
    return build_city()


def this_month() -> tuple[datetime, datetime]:
    at = now().astimezone(current().zone)
    return month_span(at.year, at.month, current().zone)


def value(code: str = ON_TIME, scope: str = "") -> tuple[int, int]:
    computed = compute(code, *this_month(), scope)
    return computed.numerator, computed.denominator


def test_each_case_counts_as_the_definition_says(city: City) -> None:
    file(city)
    assert value() == (0, 0)
    bring(city, file(city), CaseState.HANDLED)
    assert value() == (0, 1)
    bring(city, file(city), CaseState.CLOSED)
    assert value() == (1, 2)
    late(bring(city, file(city), CaseState.CLOSED))
    assert (value(), value("cases_closed")) == ((1, 3), (2, 3))
    late(bring(city, file(city), CaseState.SIGNED))
    assert value() == (1, 4)
    late(bring(city, file(city), CaseState.VOID))
    assert (value(), value("cases_closed")) == ((1, 4), (2, 4))


def test_a_value_is_stored_again_only_when_an_input_changed(city: City) -> None:
    case = bring(city, file(city), CaseState.VERIFIED)
    first = compute(ON_TIME, *this_month())
    assert compute(ON_TIME, *this_month()).pk == first.pk
    act(city, case, CaseAction.CLOSE)
    second = compute(ON_TIME, *this_month())
    assert (second.pk != first.pk, second.numerator, first.numerator) == (True, 1, 0)
    assert IndicatorValue.objects.count() == 2
    stored = IndicatorInput.objects.get(value=second)
    case.refresh_from_db()
    assert (stored.object_id, stored.object_version, stored.counted) == (str(case.pk), case.version, True)
    assert stored.fact["closed_at"] == case.closed_at.isoformat()  # type: ignore[union-attr]


def test_reading_an_unchanged_indicator_writes_nothing(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bring(city, file(city), CaseState.CLOSED)
    compute(ON_TIME, *this_month())
    with django_assert_num_queries(2) as executed:
        compute(ON_TIME, *this_month())
    assert all(query["sql"].startswith("SELECT") for query in executed.captured_queries)


def test_a_department_s_value_holds_its_own_cases(city: City) -> None:
    bring(city, file(city), CaseState.CLOSED)
    assert value(scope="CG-WATER") == (1, 1)
    assert value(scope="CG-APPEARANCE") == (0, 0)


def test_a_value_says_when_it_was_edited(city: City) -> None:
    bring(city, file(city), CaseState.CLOSED)
    computed = compute(ON_TIME, *this_month())
    stored = IndicatorValue.objects.get(pk=computed.pk)
    assert is_sealed(stored)
    stored.numerator = 0
    assert not is_sealed(stored)


def test_last_month_s_value_is_not_touched_by_a_case_of_this_month(city: City) -> None:
    start, _ = this_month()
    before = (start - timedelta(days=2)).astimezone(current().zone)
    span = month_span(before.year, before.month, current().zone)
    bring(city, file(city), CaseState.CLOSED)
    assert compute(ON_TIME, *span).denominator == 0
    Case.objects.update(handled_at=start - timedelta(days=1))
    assert compute(ON_TIME, *span).denominator == 1


def test_an_unknown_indicator_is_not_found() -> None:
    with pytest.raises(NotFound):
        compute("happiness", *this_month())


def test_an_overdue_case_counts_as_closed_only_in_the_month_that_saw_it_handled(city: City) -> None:
    start, end = this_month()
    before = month_span(*_month_before(start), current().zone)
    case = bring(city, file(city), CaseState.CLOSED)
    Case.objects.filter(pk=case.pk).update(due_at=before[0] + timedelta(days=3))
    month_before, month = (compute("cases_closed", *span) for span in (before, (start, end)))
    assert (month_before.numerator, month_before.denominator) == (0, 1)
    assert (month.numerator, month.denominator) == (1, 1)


def _month_before(start: datetime) -> tuple[int, int]:
    day = start.astimezone(current().zone) - timedelta(days=1)
    return day.year, day.month


def test_a_span_that_has_not_begun_is_refused_and_stores_nothing(city: City) -> None:
    start, end = (moment + timedelta(days=40) for moment in this_month())
    with pytest.raises(InvalidInput, match="span_not_begun"):
        compute(ON_TIME, start, end)
    assert not IndicatorValue.objects.exists()


def test_an_organisation_s_value_counts_the_cases_of_those_below_it(city: City) -> None:
    bring(city, file(city), CaseState.CLOSED)
    department = Case.objects.get().department
    above = Organisation.objects.create(code="ABOVE", name_zh="上级", name_en="above", kind="department")
    assert value(scope="ABOVE") == (0, 0)
    Organisation.objects.filter(pk=department.pk).update(parent=above)
    assert value(scope="ABOVE") == (1, 1)
