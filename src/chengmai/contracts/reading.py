"""Reading a contract's text: syntax by a grammar, then names, units and dates; all that is wrong is told at once."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from chengmai.contracts.checks import check
from chengmai.contracts.measures import UNIT_NAMES, Rounding, measure, unit
from chengmai.contracts.text import (
    Agreement,
    Called,
    Choice,
    Contract,
    Cut,
    Expected,
    Expression,
    Function,
    Input,
    Joined,
    Literal,
    Name,
    Negated,
    Operator,
    Scenario,
    Step,
    Term,
)
from chengmai.core.errors import InvalidInput
from chengmai.core.findings import Finding

_LONGEST = 100_000
"""Characters of a contract; more is no contract."""
_DEEPEST = 100
"""Expressions inside each other; a sum of a hundred terms is one too, and belongs into steps."""
_MODES = {
    "四舍五入": Rounding.HALF_UP,
    "half up": Rounding.HALF_UP,
    "四舍六入五成双": Rounding.HALF_EVEN,
    "half even": Rounding.HALF_EVEN,
    "舍去": Rounding.DOWN,
    "down": Rounding.DOWN,
    "进位": Rounding.UP,
    "up": Rounding.UP,
}
_FUNCTIONS = {
    "较大": Function.MAX,
    "max": Function.MAX,
    "较小": Function.MIN,
    "min": Function.MIN,
    "合计": Function.SUM,
    "sum": Function.SUM,
}
_OPERATORS = {
    "add": Operator.ADD,
    "subtract": Operator.SUBTRACT,
    "multiply": Operator.MULTIPLY,
    "divide": Operator.DIVIDE,
}
_COMPARISONS = {"≤": "<=", "≥": ">="}
_Node = Tree[Token]


def read_contract(file: str, text: str) -> tuple[Contract | None, tuple[Finding, ...]]:
    """The contract of a text and what is wrong with it; None when it cannot be read, and no text raises.

    ``file`` is its name in the findings. A contract with findings of severity error must not be computed with.
    """
    if len(text) > _LONGEST:
        return None, (Finding(file, None, None, str(len(text)), "contract.too_long"),)
    try:
        tree = _grammar().parse(text.replace("\ufeff", "").rstrip() + "\n")
    except UnexpectedInput as error:
        return None, (_syntax(file, text, error),)
    try:
        contract = _Reader(text).contract(tree)
    except _Misread as error:
        return None, (Finding(file, error.line, None, error.value, error.rule, detail=error.detail),)
    return contract, tuple(check(file, contract))


class _Misread(Exception):
    """A number, unit or date that has the right form and no meaning."""

    def __init__(self, line: int, value: str, error: InvalidInput) -> None:
        super().__init__(error.code)
        self.line, self.value, self.rule = line, value, error.code
        self.detail = tuple((name, str(told)) for name, told in error.params.items())


@cache
def _grammar() -> Lark:
    grammar = (files("chengmai.contracts") / "data" / "contract.lark").read_text("utf-8")
    one = "(" + "|".join(UNIT_NAMES) + ")"
    units = rf"{one}([ \t]*\/[ \t]*{one}(?![A-Za-z_\u4e00-\u9fff]))*(?![A-Za-z_\u4e00-\u9fff])"
    return Lark(grammar.replace("/UNITS/", f"/{units}/"), parser="lalr", propagate_positions=True)


def _syntax(file: str, text: str, error: UnexpectedInput) -> Finding:
    lines = text.splitlines()
    line = max(error.line, 1) if isinstance(error, UnexpectedCharacters | UnexpectedToken) else len(lines)
    shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    column = error.column if isinstance(error, UnexpectedCharacters | UnexpectedToken) else 0
    return Finding(file, line, None, shown[:80], "contract.syntax", detail=(("column", str(max(column, 1))),))


class _Reader:
    """Turns the parse tree of one text into data."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\ufeff", "")
        self._depth = 0

    def contract(self, tree: _Node) -> Contract:
        head = next(tree.find_data("head"))
        return Contract(
            title=_text(head),
            code=next((_text(one) for one in tree.find_data("code")), ""),
            basis="\n".join(_text(one) for one in _inside(head, "basis")),
            inputs=tuple(self._input(one) for section in _inside(tree, "given") for one in _inside(section, "input")),
            terms=tuple(self._term(one) for section in _inside(tree, "agreed") for one in _inside(section, "term")),
            steps=tuple(self._step(one) for section in _inside(tree, "computed") for one in _inside(section, "step")),
            payable=next((_token(one, "NAME") for one in _inside(tree, "payable")), ""),
            scenarios=tuple(self._scenario(one) for one in _inside(tree, "scenario")),
            text=self._text,
        )

    def _input(self, node: _Node) -> Input:
        usual = next(_trees(node), None)
        told = _token(node, "UNIT")
        line = node.meta.line
        try:
            return Input(_token(node, "NAME"), unit(told), None if usual is None else self._expression(usual), line)
        except InvalidInput as error:
            raise _Misread(line, told, error) from error

    def _term(self, node: _Node) -> Term:
        since = _token(node, "DATE")
        day = _day(since, node.meta.line) if since else None
        return Term(_token(node, "NAME"), self._expression(next(_trees(node))), day, node.meta.line)

    def _step(self, node: _Node) -> Step:
        value = next(_trees(node))
        cut = next(iter(_inside(node, "rounding")), None)
        formula = self._text[value.meta.start_pos : value.meta.end_pos]
        return Step(
            _token(node, "NAME"),
            self._expression(value),
            None if cut is None else self._cut(cut),
            formula,
            node.meta.line,
        )

    def _cut(self, node: _Node) -> Cut:
        return Cut(self._literal(next(_trees(node))), _MODES[_token(node, "MODE")])

    def _scenario(self, node: _Node) -> Scenario:
        days = [_day(str(token), node.meta.line) for token in node.children if _is(token, "DATE")]
        return Scenario(
            title=_text(node),
            period=(days[0], days[1]) if days else None,
            values=tuple(
                (_token(one, "NAME"), self._expression(next(_trees(one))), one.meta.line)
                for one in _inside(node, "value")
            ),
            expected=tuple(self._expected(one) for one in _trees(node) if one.data in set(Agreement)),
            line=node.meta.line,
        )

    def _expected(self, node: _Node) -> Expected:
        quantity, *off = _trees(node)
        return Expected(
            _token(node, "NAME"),
            Agreement(str(node.data)),
            self._literal(quantity),
            self._literal(off[0]).value if off else None,
            node.meta.line,
        )

    def _expression(self, node: _Node) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Misread(node.meta.line, "", InvalidInput("contract.too_deep", most=_DEEPEST))
        read = self._read(node, list(_trees(node)))
        self._depth -= 1
        return read

    def _read(self, node: _Node, parts: list[_Node]) -> Expression:
        match str(node.data):
            case "quantity":
                return self._literal(node)
            case "name":
                return Name(_token(node, "NAME"), node.meta.line)
            case "negative":
                return Negated(self._expression(parts[0]))
            case "call":
                return Called(_FUNCTIONS[_token(node, "FUNCTION")], tuple(self._expression(one) for one in parts))
            case "choice":
                condition, then, otherwise = parts
                left, right = _trees(condition)
                sign = _token(condition, "COMPARISON")
                return Choice(
                    self._expression(left),
                    _COMPARISONS.get(sign, sign),
                    self._expression(right),
                    self._expression(then),
                    self._expression(otherwise),
                )
            case operator:
                return Joined(_OPERATORS[operator], self._expression(parts[0]), self._expression(parts[1]))

    def _literal(self, node: _Node) -> Literal:
        sign = "-" if _token(node, "SIGN") in ("-", "−") else ""
        number, name = _token(node, "NUMBER"), _token(node, "UNIT")
        try:
            return Literal(measure(sign + number, name), f"{sign}{number} {name}".strip())
        except InvalidInput as error:
            raise _Misread(node.meta.line, f"{number} {name}", error) from error


def _day(written: str, line: int) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise _Misread(line, written, InvalidInput("contract.no_date", value=written)) from error


def _trees(node: _Node) -> Iterator[_Node]:
    """The expressions and parts below a node, without roundings, which belong to the step."""
    for child in node.children:
        if isinstance(child, Tree) and child.data != "rounding":
            yield child


def _inside(node: _Node, kind: str) -> list[_Node]:
    return [child for child in node.children if isinstance(child, Tree) and child.data == kind]


def _is(child: object, kind: str) -> bool:
    return isinstance(child, Token) and child.type == kind


def _token(node: _Node, kind: str) -> str:
    return next((str(child) for child in node.children if _is(child, kind)), "")


def _text(node: _Node) -> str:
    return _token(node, "TEXT").strip()
