"""Working a contract out: every step exact, cut only where the contract says so, with all that went into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chengmai.contracts.measures import Measure
from chengmai.contracts.text import (
    Called,
    Choice,
    Contract,
    Expression,
    Function,
    Joined,
    Literal,
    Name,
    Negated,
    Operator,
    Step,
    Term,
    names_in,
)
from chengmai.core.errors import InvalidInput

_COMPARED = {
    "<": (-1,),
    "<=": (-1, 0),
    ">": (1,),
    ">=": (1, 0),
    "=": (0,),
}


@dataclass(frozen=True, slots=True)
class Worked:
    """One step worked out: its exact value, the value it is cut to, and what it was worked out from, by name."""

    step: Step
    exact: Measure
    value: Measure
    used: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class Account:
    """A contract worked out for some days: every step in its order, and what is owed."""

    contract: Contract
    period: tuple[date, date] | None
    inputs: Mapping[str, Measure]
    terms: Mapping[str, Measure]
    steps: tuple[Worked, ...]

    def worked(self, name: str) -> Worked:
        """A step by its name; raises KeyError for none."""
        return {one.step.name: one for one in self.steps}[name]

    @property
    def payable(self) -> Measure:
        """What is owed."""
        return self.worked(self.contract.payable).value


def work_out(contract: Contract, told: Mapping[str, Measure], period: tuple[date, date] | None = None) -> Account:
    """Work a contract without errors out for what is told, on the terms of the period's days.

    Raises InvalidInput naming the line: an input missing, unknown or of a wrong unit, a division by zero, a term
    that changes inside the period (its quantities must be told apart, before and after).
    """
    known: dict[str, Measure] = {}
    for name in told:
        if name not in {one.name for one in contract.inputs}:
            raise InvalidInput("contract.no_input", name=name)
    for one in contract.inputs:
        if one.name in told:
            value = told[one.name]
            if value.dimension != one.unit.dimension:
                raise InvalidInput("contract.input_unit", name=one.name, unit=one.unit.name, line=one.line)
        elif one.usual is None:
            raise InvalidInput("contract.input_missing", name=one.name, line=one.line)
        else:
            value = value_of(one.usual, known, one.line)
        known[one.name] = value
    inputs = dict(known)
    terms: dict[str, Measure] = {}
    for name in dict.fromkeys(term.name for term in contract.terms):
        term = _in_force([term for term in contract.terms if term.name == name], period)
        terms[name] = known[name] = value_of(term.value, known, term.line)
    steps: list[Worked] = []
    for step in contract.steps:
        exact = value_of(step.value, known, step.line)
        value = exact if step.cut is None else exact.rounded(step.cut.step.value, step.cut.mode)
        used = {one.name: known[one.name] for one in names_in(step.value)}
        steps.append(Worked(step, exact, value, used))
        known[step.name] = value
    return Account(contract, period, inputs, terms, tuple(steps))


def _in_force(terms: list[Term], period: tuple[date, date] | None) -> Term:
    """The one term of a name that holds on every day of the period."""
    if len(terms) == 1 and terms[0].since is None:
        return terms[0]
    if period is None:
        raise InvalidInput("contract.period_needed", name=terms[0].name, line=terms[0].line)
    first, last = period
    held = [term for term in sorted(terms, key=_since) if _since(term) <= last]
    begun = [term for term in held if _since(term) <= first]
    if not begun:
        raise InvalidInput("contract.term_not_yet", name=terms[0].name, line=terms[0].line, day=first.isoformat())
    if held[-1] is not begun[-1]:
        raise InvalidInput(
            "contract.term_changes", name=terms[0].name, line=held[-1].line, day=_since(held[-1]).isoformat()
        )
    return begun[-1]


def _since(term: Term) -> date:
    return term.since or date.min


def value_of(expression: Expression, known: Mapping[str, Measure], line: int) -> Measure:
    """The value of an expression on a line whose names are known; raises InvalidInput for a division by zero."""

    def of(part: Expression) -> Measure:
        return value_of(part, known, line)

    match expression:
        case Literal():
            return expression.value
        case Name(name, at):
            if name not in known:
                raise InvalidInput("contract.name_unknown", name=name, line=at)
            return known[name]
        case Negated(part):
            return -of(part)
        case Called(function, several):
            return _called(function, [of(one) for one in several])
        case Choice():
            holds = of(expression.left).compared(of(expression.right)) in _COMPARED[expression.comparison]
            return of(expression.then if holds else expression.otherwise)
        case Joined(operator, left, right):
            divisor = of(right)
            if operator is Operator.DIVIDE and divisor.amount == 0:
                raise InvalidInput("contract.division_by_zero", line=line)
            return _joined(operator, of(left), divisor)


def _called(function: Function, values: list[Measure]) -> Measure:
    found = values[0]
    for other in values[1:]:
        if function is Function.SUM:
            found += other
        elif found.compared(other) == (-1 if function is Function.MAX else 1):
            found = other
    return found


def _joined(operator: Operator, left: Measure, right: Measure) -> Measure:
    match operator:
        case Operator.ADD:
            return left + right
        case Operator.SUBTRACT:
            return left - right
        case Operator.MULTIPLY:
            return left * right
        case Operator.DIVIDE:
            return left / right


def fen_payable(account: Account) -> int:
    """What is owed in whole fen; raises InvalidInput where the contract does not cut it to fen or coarser."""
    fen = account.payable.amount * 100
    if fen != Fraction(int(fen)):
        raise InvalidInput("contract.not_whole_fen", name=account.contract.payable, title=account.contract.title)
    return int(fen)
