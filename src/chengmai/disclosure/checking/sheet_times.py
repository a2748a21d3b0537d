"""Dates of a project's sheet: targets in the budget's year, the month of a deed, when everything is paid."""

import re

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.checked_sheets import GOALS, CheckedSheet, SheetChecks
from chengmai.disclosure.passages import Passage
from chengmai.disclosure.quantities import numbers
from chengmai.disclosure.reading.sheets import TargetSpan

_MONTH = re.compile(r"(?:((?:19|20)\d\d)年)?\s*(\d{1,2})月")
_PAID_BY = re.compile(r"(\d{1,2})月(?:份|底|末)?之?前完成支付")
_AT_ONCE = re.compile(r"一次性(?:全部|足额)?(?:支付|拨付|付清|发放)")
_MONTHLY = re.compile(r"(?:按月|每月|逐月)[^,，。；;]{0,6}(?:支付|拨付|发放)")
_DEED = ("采购", "支付", "验收", "评审", "施工", "竣工", "送审", "拨付", "测评", "培训", "招聘")


def check_times(one: CheckedSheet, budget_year: int, checks: SheetChecks) -> None:
    """All rules about a sheet's dates."""
    _check_dates(one, budget_year, checks)
    _check_deadlines(one, checks)
    _check_pace(one, checks)


def _check_dates(one: CheckedSheet, budget_year: int, checks: SheetChecks) -> None:
    """A date in a target: in the budget's year, and the same month as the plan tells for the same deed."""
    for target in one.sheet.indicators:
        printed, name = target.target.printed, target.name.value
        found = _MONTH.search(printed) if target.span == TargetSpan.YEAR and numbers(printed).dates else None
        if found is None:
            continue
        place = target.target.place
        if found[1] and budget_year and int(found[1]) != budget_year:
            rule = "disclosure.sheet.year"
            checks.find(rule, Severity.WARNING, place, None, printed, str(budget_year), name=name)
        deed = next((word for word in _DEED if word in name), "")
        months = _months_of(one, deed) if deed else {}
        wanted = re.findall(r"(\d{1,2})月", printed)
        if months and not any(int(month) in months for month in wanted):
            month, (passage, start, end) = next(iter(months.items()))
            other = passage.place(start, end)
            checks.find("disclosure.sheet.month", Severity.WARNING, place, other, printed, f"{month}月", name=name)


def _months_of(one: CheckedSheet, deed: str) -> dict[int, tuple[Passage, int, int]]:
    """The months in which the text does a deed: "6月完成采购", "10月份前完成支付"."""
    told: dict[int, tuple[Passage, int, int]] = {}
    pattern = re.compile(
        rf"(\d{{1,2}})月(?:份|底|初|末)?(?:之)?前?[,，]?\s*(?:完成|进行|支付|组织)?[^,，。；;\d]{{0,12}}{deed}"
    )
    for text in one.texts_of("plan", "overview", "measures", "goal", *GOALS):
        for found in pattern.finditer(text.passage.text):
            told.setdefault(int(found[1]), (text.passage, found.start(), found.end(1) + 1))
    return told


def _check_deadlines(one: CheckedSheet, checks: SheetChecks) -> None:
    """Two fields of one sheet that tell different months by which everything is paid."""
    told: dict[str, tuple[Passage, re.Match[str]]] = {}
    for text in one.texts:
        for found in _PAID_BY.finditer(text.passage.text):
            for key, (other, before) in told.items():
                if key != text.key and before[1] != found[1]:
                    checks.find(
                        "disclosure.sheet.deadline",
                        Severity.WARNING,
                        text.passage.place(*found.span()),
                        other.place(*before.span()),
                        found[0],
                        before[0],
                    )
            told.setdefault(text.key, (text.passage, found))


def _check_pace(one: CheckedSheet, checks: SheetChecks) -> None:
    """Paid every month in one field, at once in another."""
    fields = [one.sheet.fields[key] for key in ("overview", "measures", "plan")]
    at_once = [(field, found) for field in fields if (found := _AT_ONCE.search(field.value))]
    monthly = [(field, found) for field in fields if (found := _MONTHLY.search(field.value))]
    if at_once and monthly and at_once[0][0] is not monthly[0][0]:
        (field, found), (other, before) = at_once[0], monthly[0]
        checks.find("disclosure.sheet.pace", Severity.WARNING, field.place, other.place, found[0], before[0])
