"""Every published contract settled through its sheets comes to the very fen that its text alone comes to.

The store's tests run on both databases, so both come to the same.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from importlib.resources import files

import pytest

from chengmai.contracts.evaluation import fen_payable, value_of, work_out
from chengmai.contracts.measures import Measure
from chengmai.contracts.reading import read_contract
from chengmai.contracts.text import Contract, Scenario
from chengmai.settlement.quantities import told
from chengmai.settlement.sheets import ByHand, open_sheet, tell
from chengmai.settlement.versions import ContractDraft, load_contract
from tests.settling import Settling, approved, freeze, settling

pytestmark = pytest.mark.django_db
MILLION = 10**6


def scenarios() -> list[tuple[str, Contract, Scenario]]:
    """Every worked example of every text that ships."""
    found = []
    for file in sorted((files("chengmai.demo") / "contracts").iterdir(), key=lambda one: one.name):
        contract, _ = read_contract(file.name, file.read_text("utf-8"))
        assert contract is not None
        found += [(file.name, contract, scenario) for scenario in contract.scenarios]
    return found


SCENARIOS = scenarios()


@pytest.fixture
def made() -> Settling:
    return settling(budget=False)


@pytest.mark.parametrize(
    ("name", "contract", "scenario"), SCENARIOS, ids=[f"{name} {one.title}" for name, _, one in SCENARIOS]
)
def test_a_statement_is_what_the_text_alone_comes_to(
    made: Settling, name: str, contract: Contract, scenario: Scenario
) -> None:
    year = scenario.period[0].year if scenario.period else 2025
    month = date(year, 1, 1)
    values = {given: value_of(value, {}, line) for given, value, line in scenario.values}
    alone = fen_payable(work_out(contract, values, (month, date(year, 1, 31))))
    version = load_contract(made.clerk, ContractDraft(name, contract.text, "CG", "WORKS", month)).version
    assert version is not None
    sheet = open_sheet(made.clerk, version.contract, month)
    units = {one.name: one.unit for one in contract.inputs}
    quantities = [ByHand(given, number_of(value, units[given].scale), units[given].name, "核定表")
                  for given, value in values.items()]  # fmt: skip
    if quantities:
        sheet = tell(made.clerk, sheet.pk, sheet.version, quantities)
    freeze(made, sheet)
    if alone < 0:
        pytest.fail("no published example owes less than nothing")
    statement = approved(replace(made, contract=version.contract), month)
    assert statement.total_fen == alone


def number_of(value: Measure, scale: Fraction) -> str:
    """A measure's number in a unit, as a person would type it."""
    millionths = value.amount / scale * MILLION
    assert millionths.denominator == 1
    return told(int(millionths))
