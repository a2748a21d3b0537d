"""Project sheets by themselves and against the tables of projects: every rule, sheet by sheet."""

from collections.abc import Sequence

from chengmai.disclosure.checking.checked_sheets import CheckedSheet, SheetChecks
from chengmai.disclosure.checking.sheet_money import check_money
from chengmai.disclosure.checking.sheet_targets import check_targets
from chengmai.disclosure.checking.sheet_times import check_times
from chengmai.disclosure.reading.published_tables import PublishedTables


def check_sheets(sheets: Sequence[CheckedSheet], published: PublishedTables) -> SheetChecks:
    """Money, targets, goals and times of every sheet; what sheet and table differ in is told where they are matched."""
    checks = SheetChecks()
    for one in sheets:
        check_money(one, published, checks)
        check_targets(one, checks)
        check_times(one, published.year, checks)
    return checks
