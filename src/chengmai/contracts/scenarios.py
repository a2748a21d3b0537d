"""Worked examples of a contract held against what was published: what agrees, what does not, and by how much."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from chengmai.contracts.evaluation import Account, value_of, work_out
from chengmai.contracts.measures import Measure
from chengmai.contracts.text import Agreement, Contract, Expected, Literal, Scenario

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published figure beside the computed one; ``off`` is published less computed, ``agrees`` as the text said."""

    scenario: Scenario
    expected: Expected
    computed: Measure
    off: Measure
    agrees: bool


def play(contract: Contract) -> Iterator[Comparison]:
    """Every expectation of every scenario; raises InvalidInput for a scenario that cannot be worked out."""
    for scenario in contract.scenarios:
        account = _account(contract, scenario)
        for expected in scenario.expected:
            yield compare(scenario, expected, account)


def compare(scenario: Scenario, expected: Expected, account: Account) -> Comparison:
    """Hold a published figure against the account: equal, about (within one of its last digit), or off as said."""
    computed = account.worked(expected.name).value
    off = expected.value.value - computed
    match expected.agreement:
        case Agreement.EXACTLY:
            agrees = off.amount == _ZERO
        case Agreement.ABOUT:
            agrees = abs(off.amount) < last_digit(expected.value)
        case Agreement.PRINTED:
            agrees = expected.off is not None and off == expected.off and off.amount != _ZERO
    return Comparison(scenario, expected, computed, off, agrees)


def last_digit(literal: Literal) -> Fraction:
    """One of the last digit as written: of 2358 万元 it is 1 万元, of 0.50 元 one fen."""
    digits = literal.written.partition(" ")[0].replace(",", "").lstrip("-")
    decimals = len(digits.partition(".")[2])
    if not Fraction(digits):
        return Fraction(1, 10**decimals)
    return abs(literal.value.amount) / Fraction(digits) * Fraction(1, 10**decimals)


def _account(contract: Contract, scenario: Scenario) -> Account:
    told = {name: value_of(value, {}, line) for name, value, line in scenario.values}
    return work_out(contract, told, scenario.period)
