"""Histories only grow: raw SQL that edits or removes a step is refused by the database itself."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from chengmai.budget.services import compute
from chengmai.casework.cases.photos import add_photo
from chengmai.casework.cases.states import CaseState
from chengmai.casework.models import Case
from chengmai.core.clock import month_span, now
from chengmai.core.identity import new_id
from chengmai.disposal.checks import check_again
from chengmai.disposal.duty import write_entry
from chengmai.disposal.plans import start_plan
from chengmai.settings import current
from chengmai.warning.models import Alarm, Rule, Warning
from tests.disposal import City, bring, build_city, issue, open_case
from tests.joint_disposal import burst_plan
from tests.pictures import picture

pytestmark = pytest.mark.django_db

GROWING = {
    "warning_alarmevent": "note",
    "warning_warningevent": "note",
    "casework_caseevent": "note",
    "casework_photo": "sha256",
    "disposal_planevent": "note",
    "disposal_dutyentry": "text",
    "disposal_secondcheck": "note",
    "budget_indicatorvalue": "lineage_hash",
    "budget_indicatorinput": "object_id",
}


@pytest.fixture
def city() -> City:
    built = build_city()
    warning = issue(built)
    case = bring(built, open_case(warning), CaseState.ON_SITE)
    start_plan(warning.pk, built.people["operator"], burst_plan().code)
    check_again(warning.pk, built.people["operator"], True, "dry")
    write_entry(built.people["operator"], new_id(), "calm night")
    add_photo(case.pk, built.people["handler"], new_id(), picture())
    bring_to_the_end(built, case)
    at = now().astimezone(current().zone)
    compute("cases_closed_on_time", *month_span(at.year, at.month, current().zone))
    return built


def bring_to_the_end(city: City, case: Case) -> None:
    from chengmai.casework.cases.states import CaseAction
    from tests.disposal import act

    for action in (CaseAction.FINISH, CaseAction.VERIFY, CaseAction.CLOSE):
        case = act(city, case, action)


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", list(GROWING))
def test_a_step_can_be_neither_edited_nor_removed(city: City, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
    refused(f"UPDATE {table} SET {GROWING[table]} = 'edited'")
    refused(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        refused(f"TRUNCATE {table} CASCADE")


def test_the_database_itself_allows_one_open_alarm_warning_and_case(city: City) -> None:
    alarm, warning, case = Alarm.objects.get(), Warning.objects.get(), Case.objects.get()
    for row, code in ((alarm, "GJ-x"), (warning, "YJ-x"), (case, "AJ-x")):
        row.pk, row.code = new_id(), code
        row._state.adding = True
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_the_database_itself_allows_one_active_version_of_a_rule(city: City) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.create(code=city.rule.code, version=2, kind="limit", owner=city.company, active=True)
