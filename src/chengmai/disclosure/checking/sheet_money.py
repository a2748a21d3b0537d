"""The money of a project's sheet: against the table, by its sources, in its cost targets and in its overview."""

import re
from decimal import Decimal

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.arithmetic import spot
from chengmai.disclosure.checking.checked_sheets import CheckedSheet, SheetChecks
from chengmai.disclosure.checking.relations import shown
from chengmai.disclosure.checking.table_checks import find_cell
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import MONEY, Quantity
from chengmai.disclosure.reading.published_tables import PublishedTables
from chengmai.disclosure.reading.sheet_matching import MatchGround
from chengmai.disclosure.reading.sheets import FundSource, TargetSpan
from chengmai.disclosure.reading.targets import quantity_of
from chengmai.disclosure.wording import is_paid, is_unpaid

_VEHICLE_COSTS = re.compile(
    r"(?:车辆|用车|汽车)[^,，。；;\d]{0,12}(?:运维|运行|燃料|油|保险|维修|维护)[^,，。；;\d]{0,10}"
)
_ASKED = re.compile(r"(?:申请|预算|安排)[^,，。；;]{0,16}$")
_ROUNDED = Decimal(50)
"""Yuan by which an amount may be off where it is told in 万元 with two decimals."""


def check_money(one: CheckedSheet, published: PublishedTables, checks: SheetChecks) -> None:
    """All rules about a sheet's money."""
    _check_table(one, checks)
    _check_sources(one, checks)
    _check_costs(one, checks)
    _check_request(one, published.year, checks)
    _check_vehicle_costs(one, published, checks)


def _check_table(one: CheckedSheet, checks: SheetChecks) -> None:
    """Where sheet and table agree; a difference was found when they were matched."""
    fund, project = one.year_fund, one.project
    if fund is None or project is None or project.row is None:
        return
    checks.cover(fund.place, project.row.cells["total"].place)
    checks.holding += project.ground != MatchGround.NAME


def _check_sources(one: CheckedSheet, checks: SheetChecks) -> None:
    funds = one.sheet.funds
    for span in TargetSpan:
        total = funds[span, FundSource.TOTAL]
        parts = [funds[span, source] for source in FundSource if source != FundSource.TOTAL]
        told = [part for part in parts if part.amount is not None and part.printed]
        # A row of funds that could not be read makes their sum say nothing; 其他资金 is left blank for zero.
        lost = any(funds[span, source].amount is None for source in FundSource if source != FundSource.OTHER)
        if total.amount is None or not total.printed or len(told) < 2 or lost:
            continue
        computed = sum((part.amount or Decimal(0) for part in told), Decimal(0))
        checks.cover(total.place, *(part.place for part in told))
        if computed == total.amount:
            checks.holding += 1
            continue
        checks.find(
            "disclosure.sheet.sources",
            Severity.ERROR,
            total.place,
            max(told, key=lambda part: part.amount or Decimal(0)).place,
            total.printed,
            shown(computed),
            shown(total.amount - computed),
            terms=" + ".join(part.printed for part in told),
        )


def _check_costs(one: CheckedSheet, checks: SheetChecks) -> None:
    """A target of cost for the year against the year's money; one that the text explains weighs less."""
    year = one.year_yuan
    for target in one.sheet.indicators:
        quantity = quantity_of(target.value)
        if quantity is None or quantity.dimension != MONEY or quantity.per:
            continue
        if target.span != TargetSpan.YEAR or not year:
            continue
        checks.cover(target.target.place)
        if quantity.value <= year + max(quantity.half, _ROUNDED):
            checks.holding += 1
            continue
        told = {
            found.quantity.value for text in one.texts for found in text.mentions if found.quantity.dimension == MONEY
        }
        checks.find(
            "disclosure.sheet.cost",
            Severity.WARNING if quantity.value in told else Severity.ERROR,
            target.target.place,
            one.money_place,
            target.target.printed,
            f"{shown(year / quantity.scale)}{quantity.unit}",
            shown((quantity.value - year) / quantity.scale),
            name=target.name.value,
        )


def _check_request(one: CheckedSheet, budget_year: int, checks: SheetChecks) -> None:
    """What the overview asks for is the year's money."""
    year = one.year_yuan
    if not year or _plainly_asked(one, year, budget_year, checks):
        return
    asked: list[tuple[Passage, Mention]] = []
    for text in one.texts:
        for found in text.mentions:
            if not found.is_money or found.quantity.about or is_paid(found):
                continue
            if covers(found.quantity, year):
                checks.covered.add(spot(text.passage, found.quantity))
                checks.holding += 1
                return
            if text.key == "overview" and not found.depth and _ASKED.search(found.before):
                asked.append((text.passage, found))
    if asked:
        _tell_request(one, *asked[-1], year, checks)


def _plainly_asked(one: CheckedSheet, year: Decimal, budget_year: int, checks: SheetChecks) -> bool:
    """2025年预算安排90万元: a sentence that names the year's money, and no part, advance or other fund."""
    pattern = re.compile(rf"{budget_year}年(?:申请)?(?:预算安排|安排预算|预算资金)[^\d,，。；;]{{0,6}}$")
    asked = [
        (text.passage, found)
        for text in one.texts_of("overview")
        for found in text.mentions
        if found.is_money and not found.depth and pattern.search(text.passage.text[: found.start])
    ]
    others = [found for text in one.texts for found in text.mentions if found.is_money and is_unpaid(found)]
    split = any(passage.bracket_after(found.end) for passage, found in asked)
    if not asked or others or split or any(covers(found.quantity, year) for _, found in asked):
        return False
    _tell_request(one, *asked[-1], year, checks)
    return True


def _tell_request(one: CheckedSheet, passage: Passage, found: Mention, year: Decimal, checks: SheetChecks) -> None:
    quantity = found.quantity
    checks.find(
        "disclosure.sheet.request",
        Severity.WARNING,
        passage.place(found.start, found.end),
        one.money_place,
        quantity.printed,
        f"{shown(year / quantity.scale)}{quantity.unit}",
        shown((quantity.value - year) / quantity.scale),
    )


def covers(quantity: Quantity, yuan: Decimal) -> bool:
    """Whether a printed amount is a sum of yuan, as far as its digits tell."""
    return abs(quantity.value - yuan) <= max(quantity.half if quantity.decimals else Decimal(0), _ROUNDED)


def _check_vehicle_costs(one: CheckedSheet, published: PublishedTables, checks: SheetChecks) -> None:
    """Fuel, insurance and repairs of vehicles in a project, while the three public expenses have none for vehicles."""
    running = find_cell(published.tables, "three_public.vehicle_running.total")
    if running is None or running.amount is None or running.amount.value:
        return
    for text in one.texts_of("overview"):
        for found in text.mentions:
            if found.is_money and _VEHICLE_COSTS.search(found.before):
                checks.find(
                    "disclosure.sheet.vehicle_costs",
                    Severity.WARNING,
                    text.passage.place(found.start, found.end),
                    running.place,
                    found.quantity.printed,
                    running.text.strip() or "0",
                    shown(found.quantity.number),
                )
                return
