"""Shapes of a finding of a published budget, with its places."""

from typing import Literal

from ninja import Schema


class CheckPlace(Schema):
    """Where something is printed: line from 1; in a table its row and column; offsets into the line or the cell.

    In a workbook or a CSV ``sheet`` is its name and ``row`` the row of it; ``line`` is that of ``lines`` below.
    """

    line: int
    sheet: str
    table: str
    row: int | None
    column: int | None
    start: int | None
    end: int | None
    words: str


class CheckFinding(Schema):
    """One finding: the rule, both places, both values as printed or worked out, and what is wrong in words."""

    rule: str
    rule_group: str
    severity: Literal["error", "warning", "note"]
    decided: bool
    place: CheckPlace
    other: CheckPlace | None
    value: str
    other_value: str
    difference: str
    sentence: str
