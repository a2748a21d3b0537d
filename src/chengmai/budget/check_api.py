"""The door to the checks of a published budget: a file in; findings with places, and the text they stand in, out."""

from hashlib import sha256
from pathlib import PurePath
from typing import Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from chengmai.access.audit import record, take_turn
from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.budget.check_sheet import counts, place_in_words, sentence
from chengmai.core import heavy
from chengmai.core.errors import InvalidInput, TooLarge
from chengmai.core.messages import choose_language, message
from chengmai.disclosure.checks import CheckReport, check_file
from chengmai.disclosure.findings import DocumentPlace
from chengmai.settings import current

router = Router(tags=["budget"])
MOST_BYTES = 4_000_000
"""A published text is some hundreds of kilobytes; what is larger is not one."""
MOST_FINDINGS, MOST_FIGURES = 2000, 1000
"""An answer shows no more; its counts tell how many there are."""
_LONGEST_WAIT_S = 300


class CheckPlace(Schema):
    """Where something is printed: line from 1; in a table its row and column; offsets into the line or the cell."""

    line: int
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


class CheckCounts(Schema):
    """Findings by severity, places that cannot be decided, relations that hold, figures and those a rule weighs."""

    error: int
    warning: int
    note: int
    undecided: int
    holding: int
    figures: int
    covered: int
    share: str


class UncoveredFigure(Schema):
    """A printed figure that no rule speaks of."""

    line: int
    column: int
    printed: str


class BudgetCheckOut(Schema):
    """What checking a published budget found, with the lines of its text."""

    source: str
    counts: CheckCounts
    findings: list[CheckFinding]
    uncovered: list[UncoveredFigure]
    lines: list[str]


@router.post("/budget/checks", response=BudgetCheckOut, auth=May(Permission.INDICATOR_READ))
def check_budget(request: HttpRequest, file: File[UploadedFile]) -> BudgetCheckOut:
    """Check the text of a published budget; nothing but the fact that it was checked is kept."""
    user = caller(request)
    most = min(MOST_BYTES, current().max_upload_bytes)
    if file.size is None or file.size > most:
        raise TooLarge("import.too_large", limit_bytes=most)
    name, data = PurePath(file.name or "upload").name[:200], file.read()
    if not data.strip():
        raise InvalidInput("budget.check.empty", value=name)
    report = heavy.run(check_file, name, data).result(_LONGEST_WAIT_S)
    language = choose_language(language_of(request))
    found = counts(report)
    with transaction.atomic():
        take_turn()
        record(user, "budget.check", "document", sha256(data).hexdigest()[:32], after={"name": name, **found})
    return BudgetCheckOut(
        source=name,
        counts=CheckCounts(**found),
        findings=_findings(report, language),
        uncovered=[
            UncoveredFigure(line=line, column=column, printed=one.printed)
            for (line, column, _), one in list(report.uncovered.items())[:MOST_FIGURES]
        ],
        lines=[line.printed for line in report.document.lines],
    )


def _findings(report: CheckReport, language: str) -> list[CheckFinding]:
    return [
        CheckFinding(
            rule=one.rule,
            rule_group=message(f"budget.check.group.{_group(one.rule)}", language, {}),
            severity=one.severity.value,
            decided=one.decided,
            place=_place(one.place, language),
            other=None if one.other is None else _place(one.other, language),
            value=one.value,
            other_value=one.other_value,
            difference=one.difference,
            sentence=sentence(one, language),
        )
        for one in report.findings[:MOST_FINDINGS]
    ]


GROUPS = ("equation", "table", "text", "sheet", "catalogue", "repeated", "document")
"""Kinds of rules as a clerk filters them; the last is the file as it was read."""


def _group(rule: str) -> str:
    kind = rule.removeprefix("disclosure.").partition(".")[0]
    return kind if kind in GROUPS else GROUPS[-1]


def _place(place: DocumentPlace, language: str) -> CheckPlace:
    return CheckPlace(
        line=place.line,
        table=place.table,
        row=place.row,
        column=place.column,
        start=place.start,
        end=place.end,
        words=place_in_words(place, language),
    )
