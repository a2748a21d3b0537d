"""What is wrong with a contract that can be read: names, units of every step, dates, what is owed, its scenarios."""

from collections import defaultdict
from datetime import date

from chengmai.contracts.measures import BARE, MONEY, Dimension, dimension_told, times
from chengmai.contracts.text import (
    Called,
    Choice,
    Contract,
    Expression,
    Joined,
    Literal,
    Name,
    Negated,
    Operator,
    Scenario,
    Step,
)
from chengmai.core.findings import Finding, Severity


def check(file: str, contract: Contract) -> list[Finding]:
    """Every finding on a contract, in the order of its text; units are followed through without any value."""
    checker = _Checker(file)
    checker.inputs(contract)
    checker.terms(contract)
    for step in contract.steps:
        checker.step(step)
    checker.owed(contract)
    for scenario in contract.scenarios:
        checker.scenario(scenario, contract)
    return sorted(checker.findings, key=lambda finding: finding.row or 0)


class _Unfit(Exception):
    """Two dimensions that do not go together, or a name without a dimension: then both are None."""

    def __init__(self, left: Dimension | None = None, right: Dimension | None = None) -> None:
        super().__init__()
        self.left, self.right = left, right


class _Checker:
    """Walks a text once; ``known`` holds what may be spoken of so far, None where its dimension is in doubt."""

    def __init__(self, file: str) -> None:
        self.findings: list[Finding] = []
        self.known: dict[str, Dimension | None] = {}
        self._file = file
        self._used: set[str] = set()

    def inputs(self, contract: Contract) -> None:
        for one in contract.inputs:
            self._new(one.name, one.line)
            if one.usual is not None:
                self._held(one.name, one.usual, one.line, one.unit.dimension)
            self.known[one.name] = one.unit.dimension

    def terms(self, contract: Contract) -> None:
        days: dict[str, set[date | None]] = defaultdict(set)
        for term in contract.terms:
            if not days[term.name]:
                self._new(term.name, term.line)
            elif term.since is None or None in days[term.name] or term.since in days[term.name]:
                self._tell(term.line, term.name, "contract.term_twice")
            due = self.known.get(term.name) if days[term.name] else None
            days[term.name].add(term.since)
            self.known[term.name] = self._held(term.name, term.value, term.line, due)

    def step(self, step: Step) -> None:
        self._new(step.name, step.line)
        found = self._held(step.name, step.value, step.line, None)
        if step.cut is not None and found is not None:
            if step.cut.step.value.dimension != found:
                self._units(step.line, step.name, found, step.cut.step.value.dimension)
            elif step.cut.step.value.amount <= 0:
                self._tell(step.line, step.name, "contract.rounding_step", ("step", step.cut.step.written))
        self.known[step.name] = found

    def owed(self, contract: Contract) -> None:
        steps = {step.name: step.line for step in contract.steps}
        if not contract.payable:
            self._tell(None, "", "contract.nothing_owed")
        elif contract.payable not in steps:
            self._tell(None, contract.payable, "contract.name_unknown")
        elif self.known[contract.payable] not in (MONEY, None):
            self._units(steps[contract.payable], contract.payable, self.known[contract.payable], MONEY)
        for one in contract.inputs:
            if one.name not in self._used:
                self._tell(one.line, one.name, "contract.input_unused", severity=Severity.WARNING)

    def scenario(self, scenario: Scenario, contract: Contract) -> None:
        inputs = {one.name: one for one in contract.inputs}
        if scenario.period and scenario.period[0] > scenario.period[1]:
            self._tell(scenario.line, scenario.title, "contract.period_backwards")
        told = [name for name, *_ in scenario.values]
        for name, value, line in scenario.values:
            if name not in inputs:
                self._tell(line, name, "contract.no_input")
            else:
                self._held(name, value, line, inputs[name].unit.dimension)
            if told.count(name) > 1:
                self._tell(line, name, "contract.name_twice")
        for one in contract.inputs:
            if one.usual is None and one.name not in told:
                self._tell(scenario.line, one.name, "contract.input_missing")
        steps = {step.name for step in contract.steps}
        for expected in scenario.expected:
            if expected.name not in steps:
                self._tell(expected.line, expected.name, "contract.name_unknown")
            elif self.known[expected.name] not in (expected.value.value.dimension, None):
                self._units(expected.line, expected.name, self.known[expected.name], expected.value.value.dimension)

    def _new(self, name: str, line: int) -> None:
        if name in self.known:
            self._tell(line, name, "contract.name_twice")

    def _held(self, name: str, value: Expression, line: int, due: Dimension | None) -> Dimension | None:
        """The dimension of a value, None where it has none; told if it is not the one that is due."""
        try:
            found = self._dimension(value)
        except _Unfit as unfit:
            if unfit.left is not None:
                self._units(line, name, unfit.left, unfit.right)
            return None
        if due is not None and found is not None and found != due:
            self._units(line, name, found, due)
        return found

    def _dimension(self, value: Expression) -> Dimension | None:
        match value:
            case Literal():
                return value.value.dimension
            case Name(name, line):
                self._used.add(name)
                if name not in self.known:
                    self._tell(line, name, "contract.name_unknown")
                    raise _Unfit
                return self.known[name]
            case Negated(of):
                return self._dimension(of)
            case Called(_, several):
                return self._one([self._dimension(one) for one in several])
            case Choice():
                self._one([self._dimension(value.left), self._dimension(value.right)])
                return self._one([self._dimension(value.then), self._dimension(value.otherwise)])
            case Joined(operator, left, right):
                both = self._dimension(left), self._dimension(right)
                if operator in (Operator.ADD, Operator.SUBTRACT):
                    return self._one(list(both))
                if both[0] is None or both[1] is None:
                    return None
                return times(both[0], both[1], 1 if operator is Operator.MULTIPLY else -1)

    @staticmethod
    def _one(several: list[Dimension | None]) -> Dimension | None:
        """The one dimension that all have; a dimension in doubt goes with any."""
        sure = [one for one in several if one is not None]
        for other in sure[1:]:
            if other != sure[0]:
                raise _Unfit(sure[0], other)
        return sure[0] if sure else None

    def _units(self, line: int, name: str, left: Dimension | None, right: Dimension | None) -> None:
        self._tell(
            line,
            name,
            "contract.unit_differs",
            ("left", dimension_told(left or BARE)),
            ("right", dimension_told(right or BARE)),
        )

    def _tell(
        self,
        line: int | None,
        name: str,
        rule: str,
        *detail: tuple[str, str],
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.findings.append(Finding(self._file, line, name, None, rule, severity, detail=detail))
