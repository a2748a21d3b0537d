"""A contract worked out over frozen quantities, and its account as people read it: formula, figures, result."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from chengmai.contracts.evaluation import Account, Worked, value_of, work_out
from chengmai.contracts.measures import MONEY, Measure, Rounding, dimension_told, unit
from chengmai.contracts.text import Contract, Input, Literal
from chengmai.core.errors import InvalidInput
from chengmai.settlement.models import SheetQuantity
from chengmai.settlement.quantities import measure_of, usual_over_months
from chengmai.settlement.terms import OverMonths

_FINEST = 6
"""Decimals shown at most; what is exact beyond them is kept as a fraction beside it."""
_ROUNDINGS = {
    Rounding.HALF_UP: "四舍五入",
    Rounding.HALF_EVEN: "四舍六入五成双",
    Rounding.DOWN: "舍去",
    Rounding.UP: "进位",
}


def inputs_of(
    read: Contract, rows: Iterable[SheetQuantity], months: Sequence[date], over: Mapping[str, OverMonths]
) -> dict[str, Measure]:
    """What several months' quantities come to, input by input; adjustments go to the month they adjust.

    Raises InvalidInput for an input told in some months only, or that must be alike in all and is not.
    """
    told: dict[str, dict[date, Measure]] = {}
    for row in rows:
        month = (row.adjusts or row).sheet.month
        amount = measure_of(row.quantity_millionths, row.unit)
        of_input = told.setdefault(row.input, {})
        of_input[month] = of_input[month] + amount if month in of_input else amount
    return {
        one.name: _over_months(one, told[one.name], months, over.get(one.name) or usual_over_months(one.unit))
        for one in read.inputs
        if one.name in told
    }


def _over_months(one: Input, told: Mapping[date, Measure], months: Sequence[date], over: OverMonths) -> Measure:
    usual = None if one.usual is None else value_of(one.usual, {}, one.line)
    values = []
    for month in months:
        value = told.get(month, usual)
        if value is None or (month not in told and over is OverMonths.SUM and value.amount):
            raise InvalidInput("settlement.told_in_part", name=one.name, month=f"{month:%Y-%m}")
        values.append(value)
    if over is OverMonths.SUM:
        return Measure(sum((value.amount for value in values), Fraction(0)), one.unit.dimension)
    if any(value != values[0] for value in values):
        raise InvalidInput("settlement.not_alike", name=one.name)
    return values[0]


def account_of(read: Contract, told: Mapping[str, Measure], period: tuple[date, date]) -> Account:
    """The contract worked out; raises InvalidInput as ``work_out`` does, naming the line of the text."""
    return work_out(read, told, period)


def document_of(account: Account) -> dict[str, Any]:
    """An account as it is stored and opened: every step with its formula, what went into it, exact and cut."""
    shown = {one.name: one.unit.name for one in account.contract.inputs}
    return {
        "period": [day.isoformat() for day in account.period or ()],
        "inputs": {name: spoken(value, shown.get(name)) for name, value in account.inputs.items()},
        "terms": {name: spoken(value, _written_unit(account.contract, name)) for name, value in account.terms.items()},
        "steps": [_step(account.contract, one, shown) for one in account.steps],
        "payable": account.contract.payable,
    }


def _step(contract: Contract, worked: Worked, shown: Mapping[str, str]) -> dict[str, Any]:
    step = worked.step
    used = {
        name: spoken(value, shown.get(name) or _written_unit(contract, name)) for name, value in worked.used.items()
    }
    cut = None if step.cut is None else f"{step.cut.step.written} {_ROUNDINGS[step.cut.mode]}"
    return {
        "name": step.name,
        "line": step.line,
        "formula": " ".join(step.formula.split()),
        "with_figures": _with_figures(step.formula, used),
        "used": used,
        "exact": str(worked.exact.amount),
        "uncut": spoken(worked.exact) if worked.exact != worked.value else "",
        "value": spoken(worked.value),
        "rounding": cut,
    }


def _with_figures(formula: str, used: Mapping[str, str]) -> str:
    """The formula with the figures in the places of their names."""
    if not used:
        return " ".join(formula.split())
    names = "|".join(re.escape(name) for name in sorted(used, key=len, reverse=True))
    whole = rf"(?<![A-Za-z_0-9\u4e00-\u9fff])({names})(?![A-Za-z_0-9\u4e00-\u9fff])"
    return " ".join(re.sub(whole, lambda found: used[found[1]], formula).split())


def _written_unit(contract: Contract, name: str) -> str | None:
    """The unit a term was agreed in, where it is written as one quantity."""
    value = next((term.value for term in contract.terms if term.name == name), None)
    return value.written.partition(" ")[2] or None if isinstance(value, Literal) else None


def spoken(value: Measure, unit_name: str | None = None) -> str:
    """An amount for people in a unit, money with two decimals at least, others with as many as they need."""
    if unit_name is None and value.dimension:
        unit_name = dimension_told(value.dimension)
    if not unit_name or "·" in unit_name or "^" in unit_name or unit(unit_name).dimension != value.dimension:
        return f"{float_free(value.amount)} {unit_name or ''}".strip()
    number = float_free(value.amount / unit(unit_name).scale, 2 if value.dimension == MONEY else 0)
    return f"{number} {unit_name}"


def float_free(amount: Fraction, least: int = 0) -> str:
    """A number in digits with thousands marks, at most six decimals (half up), at least ``least``."""
    told = Measure(amount).rounded(Measure(Fraction(1, 10**_FINEST)), Rounding.HALF_UP).amount
    sign, whole = "-" if told < 0 else "", abs(told)
    digits = f"{int(whole * 10**_FINEST):07d}"
    before, after = digits[:-_FINEST], digits[-_FINEST:].rstrip("0")
    after = after.ljust(least, "0")
    return f"{sign}{int(before):,}{'.' + after if after else ''}"
