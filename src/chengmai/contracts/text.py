"""A contract's text as data: inputs with units, agreed terms with dates, computed steps, and worked scenarios."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chengmai.contracts.measures import Measure, Rounding, Unit


@dataclass(frozen=True, slots=True)
class Literal:
    """A quantity as written."""

    value: Measure
    written: str


@dataclass(frozen=True, slots=True)
class Name:
    """An input, a term or an earlier step, by its name."""

    name: str
    line: int


class Operator(StrEnum):
    """What joins two expressions, by its sign."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "×"
    DIVIDE = "÷"


@dataclass(frozen=True, slots=True)
class Joined:
    """Two expressions and what joins them."""

    operator: Operator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Negated:
    """The negative of an expression."""

    of: "Expression"


class Function(StrEnum):
    """What may be called: the greatest, the least, the sum of some expressions."""

    MAX = "max"
    MIN = "min"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Called:
    """A function of expressions, at least one."""

    function: Function
    of: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two expressions, by a comparison (``<``, ``<=``, ``>``, ``>=``, ``=``) of two others."""

    left: "Expression"
    comparison: str
    right: "Expression"
    then: "Expression"
    otherwise: "Expression"


Expression = Literal | Name | Joined | Negated | Called | Choice


@dataclass(frozen=True, slots=True)
class Input:
    """What must be told each time, in a unit; ``usual`` stands when it is not."""

    name: str
    unit: Unit
    usual: Expression | None
    line: int


@dataclass(frozen=True, slots=True)
class Term:
    """What was agreed; from a day on, or always. A name may have several, each from another day."""

    name: str
    value: Expression
    since: date | None
    line: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The rounding of a step: to whole steps of a quantity, by a mode."""

    step: Literal
    mode: Rounding


@dataclass(frozen=True, slots=True)
class Step:
    """One computed amount; ``formula`` is its text as written."""

    name: str
    value: Expression
    cut: Cut | None
    formula: str
    line: int


class Agreement(StrEnum):
    """How a published figure relates to the computed: it is the same, it is about it, or it is off by what is said."""

    EXACTLY = "exactly"
    ABOUT = "about"
    PRINTED = "printed"


@dataclass(frozen=True, slots=True)
class Expected:
    """A published figure of a step; ``off`` is published less computed where the text says that they differ."""

    name: str
    agreement: Agreement
    value: Literal
    off: Measure | None
    line: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A worked example: what is told, for which days, and what comes of it."""

    title: str
    period: tuple[date, date] | None
    values: tuple[tuple[str, Expression, int], ...]
    expected: tuple[Expected, ...]
    line: int


@dataclass(frozen=True)
class Contract:
    """A contract as read. ``payable`` names the step that is owed; it is money."""

    title: str
    code: str
    basis: str
    inputs: tuple[Input, ...]
    terms: tuple[Term, ...]
    steps: tuple[Step, ...]
    payable: str
    scenarios: tuple[Scenario, ...]
    text: str


def names_in(expression: Expression) -> Iterator[Name]:
    """Every name an expression speaks of, in the order of writing."""
    match expression:
        case Name():
            yield expression
        case Joined(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Negated(of):
            yield from names_in(of)
        case Called(_, several):
            for one in several:
                yield from names_in(one)
        case Choice():
            for one in (expression.left, expression.right, expression.then, expression.otherwise):
                yield from names_in(one)
        case Literal():
            return
