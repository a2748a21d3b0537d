"""Bookings of a sheet (XLSX or CSV): every row checked first, what is wrong named by row, field, value and rule."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from chengmai.access.models import User
from chengmai.budget.execution.adjustment import present_set
from chengmai.budget.execution.limits import SpendingRow, Spot, bookings_of, overspent, spent
from chengmai.budget.execution.services import Spending, book_sheet, demand_sound, known_booking, rows_to_spend
from chengmai.budget.models import BudgetSet
from chengmai.core.errors import ChengmaiError
from chengmai.core.findings import Finding
from chengmai.core.money import told
from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.folding import name_key, squeeze
from chengmai.network.headed_sheets import first_headed
from chengmai.network.records import Place
from chengmai.network.survey_files import sheets_of

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "row": ("科目编码或项目", "科目编码", "项目名称", "项目", "Row"),
    "fund": ("资金来源", "Fund"),
    "amount": ("金额（元）", "金额", "支付金额", "Amount"),
    "on": ("日期", "支付日期", "Date"),
    "voucher": ("凭证号", "凭证编号", "Voucher"),
    "note": ("摘要", "备注", "Note"),
}
"""Field -> what its column may be called; amounts are yuan."""
FUND_WORDS = {
    "一般公共预算": "general",
    "政府性基金": "fund",
    "政府性基金预算": "fund",
    "国有资本经营预算": "state_capital",
    "财政专户管理资金": "special_account",
    "单位资金": "own",
}
MOST_ROWS = 10_000
_HEADER_ROWS = 8
_NEEDED = ("row", "amount", "on", "voucher")
_FEN = 100
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")


@dataclass
class BookingSheet:
    """A sheet as it was read: what may be booked, what is wrong, what was booked of it."""

    spendings: list[Spending] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    known: int = 0
    booked: int = 0


def import_bookings(user: User, budget_id: object, file_name: str, data: bytes, dry_run: bool) -> BookingSheet:
    """Check every row of a sheet, then book all or none; ``dry_run`` books nothing.

    A row whose voucher is booked already counts as known. Raises NotFound or Conflict for a budget that is not present.
    """
    budget = present_set(user, budget_id)  # type: ignore[arg-type]
    sheet = _read(file_name, data, budget)
    if not dry_run and not sheet.findings and sheet.spendings:
        booked = book_sheet(user, budget.pk, sheet.spendings)
        sheet.booked = sum(one.created for one in booked)
        sheet.known = len(booked) - sheet.booked
    return sheet


def _read(file_name: str, data: bytes, budget: BudgetSet) -> BookingSheet:
    found = BookingSheet()
    sheets, found.findings = sheets_of(file_name, data)
    rows, done = rows_to_spend(budget), spent(bookings_of(budget))
    headed = first_headed(sheets, COLUMNS, _NEEDED, name_key, within=_HEADER_ROWS)
    if headed is None:
        if not found.findings:
            found.findings.append(Place(file_name).finding("booking.no_header", COLUMNS["row"][0]))
        return found
    if headed.below > MOST_ROWS:
        rows_told = len(headed.sheet.rows)
        found.findings.append(Place(file_name).finding("booking.too_many_rows", value=rows_told, most=MOST_ROWS))
        return found
    for place, texts in headed.rows():
        one, findings = _spending(place, texts, rows)
        if one is not None:
            findings = list(_check(place, one, budget, rows, done, found))
        found.findings += findings
    return found


def _check(
    place: Place,
    one: Spending,
    budget: BudgetSet,
    rows: dict[Spot, SpendingRow],
    done: Mapping[Spot, dict[str, int]],
    found: BookingSheet,
) -> Iterator[Finding]:
    """What stands against a row that could be read; one that may be booked is kept."""
    try:
        demand_sound(budget, rows, one)
        known = known_booking(budget, one)
    except ChengmaiError as error:
        told_ = tuple((name, str(value)) for name, value in error.params.items())
        yield replace(place.finding(error.code, None, one.voucher), detail=told_)
        return
    twice = [each for each in found.spendings if _identity(each) == _identity(one)]
    if twice and (twice[0].amount_fen, twice[0].on) != (one.amount_fen, one.on):
        yield place.finding("booking.twice", "voucher", one.voucher)
        return
    if known is None and not twice:
        row = rows[one.table, one.row]
        over = overspent(row, done[row.spot], one.fund, one.amount_fen)
        if over:
            yield place.finding("booking.over_budget", "amount", told(one.amount_fen), name=row.name, over=told(over))
            return
        done[row.spot][one.fund] = done[row.spot].get(one.fund, 0) + one.amount_fen
    found.known += known is not None
    if not twice:
        found.spendings.append(one)


def _identity(one: Spending) -> tuple[str, str, str, str]:
    return one.voucher.strip(), one.table, one.row, one.fund


def _spending(
    place: Place, texts: Mapping[str, str], rows: Mapping[Spot, SpendingRow]
) -> tuple[Spending | None, list[Finding]]:
    findings: list[Finding] = []
    row = _row(place, texts["row"], rows, findings)
    amount = parse_amount(texts["amount"])
    if amount is None or amount.blank or amount.value * _FEN != (amount.value * _FEN).to_integral_value():
        findings.append(place.finding("booking.no_amount", "amount", texts["amount"]))
    on = _day(texts["on"])
    if on is None:
        findings.append(place.finding("booking.no_day", "on", texts["on"]))
    told_fund = texts.get("fund", "")
    fund = FUND_WORDS.get(name_key(told_fund), told_fund)
    if fund and fund not in FUND_WORDS.values():
        findings.append(place.finding("booking.no_fund", "fund", told_fund))
    if findings or row is None or amount is None or on is None:
        return None, findings
    voucher = texts["voucher"]
    return Spending(row.table, row.key, int(amount.value * _FEN), on, voucher, fund, texts.get("note", "")), []


def _row(place: Place, text: str, rows: Mapping[Spot, SpendingRow], findings: list[Finding]) -> SpendingRow | None:
    """The row of a class code, of a project's key in its table (p12), or of a name that only one project has."""
    wanted = squeeze(text)
    fitting: Sequence[SpendingRow] = [row for row in rows.values() if wanted in (row.key, f"{row.table}.{row.key}")]
    fitting = fitting or [row for row in rows.values() if name_key(row.name) == name_key(text)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        keys = ", ".join(f"{row.table}.{row.key}" for row in fitting)
        findings.append(place.finding("booking.row_ambiguous", "row", text, keys=keys))
    else:
        findings.append(place.finding("booking.no_row", "row", text))
    return None


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
