"""The target sheets of a published document become ours, whole or not at all, and what is in doubt is said."""

from collections import Counter

import pytest
from django.db.models import Sum

from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.budget.models import SheetFund, SheetIndicator, TargetSheet
from chengmai.budget.performance.importing import import_document
from chengmai.budget.performance.services import visible_sheets
from chengmai.budget.performance.terms import Comparison, FundSource
from chengmai.core.errors import InvalidInput
from tests.people import add_organisation, add_person
from tests.published import PUBLISHED

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return add_person("clerk", Role.FINANCE)


def test_every_sheet_of_the_document_is_stored_once(clerk: User) -> None:
    data = PUBLISHED.read_bytes()
    found = import_document(clerk, "2025.txt", data)
    assert (len(found.loaded.made), TargetSheet.objects.count()) == (37, 37)
    assert SheetIndicator.objects.count() == found.indicators
    reasons = Counter(one.reason for one in found.left_out)
    # 764 indicators are printed; each is stored or left out with a reason.
    assert found.indicators + sum(reasons.values()) == 764
    assert reasons["performance.left.target"] >= 20
    again = import_document(clerk, "2025.txt", data)
    assert (again.loaded.made, len(again.loaded.kept), TargetSheet.objects.count()) == ([], 37, 37)


def test_targets_dates_and_money_are_as_printed(clerk: User) -> None:
    import_document(clerk, "2025.txt", PUBLISHED.read_bytes())
    sheet = TargetSheet.objects.get(name="晋城市城市生命线建设项目")
    rows = {one.name: one for one in sheet.indicators.filter(span="term")}
    assert (rows["燃气专项硬件设备"].value_micro, rows["燃气专项硬件设备"].unit) == (29_000_000, "项")
    assert rows["硬件设备购置费"].comparison == Comparison.AT_MOST
    assert rows["平台建设完成时间"].by is not None
    assert rows["平台建设完成时间"].by.isoformat() == "2025-10-31"
    assert rows["健全城市安全风险管控体系"].word == "健全"
    # The sheet shows no money; the table of projects does.
    assert [(one.span, one.source, one.amount_fen) for one in sheet.funds.all()] == [
        ("year", FundSource.UNTOLD, 26_000_000_00)
    ]
    # The explanation of the same document says that 37 projects come to 23,716.65 (ten thousand yuan).
    of_year = SheetFund.objects.filter(span="year").aggregate(total=Sum("amount_fen"))["total"]
    assert of_year == 23_716_65_0000


def test_a_document_without_sheets_changes_nothing(clerk: User) -> None:
    with pytest.raises(InvalidInput, match=r"performance\.no_sheets"):
        import_document(clerk, "empty.txt", "预算公开".encode())
    assert not TargetSheet.objects.exists()


def test_two_organisations_import_their_own_and_hear_nothing_of_each_other(clerk: User) -> None:
    stranger = add_person("stranger", Role.FINANCE, organisation=add_organisation("JC-GAS-CO", "utility"))
    data = PUBLISHED.read_bytes()
    import_document(clerk, "2025.txt", data)
    theirs = import_document(stranger, "other.txt", data)
    assert (len(theirs.loaded.made), theirs.loaded.kept) == (37, [])
    assert {code.split("-", 1)[1][:9] for code in theirs.loaded.made} == {"JC-GAS-CO"}
    assert {one.sheet for one in theirs.left_out} <= set(theirs.loaded.made)
    assert set(visible_sheets(stranger).values_list("code", flat=True)) == set(theirs.loaded.made)
    again = import_document(stranger, "other.txt", data)
    assert (again.loaded.made, again.loaded.kept) == ([], theirs.loaded.made)
