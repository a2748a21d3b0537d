"""The doors to the checks of a published budget: a file in; findings with places and their text, or a workbook, out."""

from hashlib import sha256
from pathlib import PurePath
from urllib.parse import quote

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from chengmai.access.audit import record, take_turn
from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.budget.checking.schemas import CheckFinding
from chengmai.budget.checking.sheet import as_workbook, counts
from chengmai.budget.checking.views import finding_out
from chengmai.budget.performance.printing import XLSX
from chengmai.core import heavy
from chengmai.core.errors import InvalidInput
from chengmai.core.messages import choose_language
from chengmai.disclosure.checking.checks import CheckReport, check_file
from chengmai.disclosure.findings import DocumentPlace
from chengmai.settings import current

router = Router(tags=["budget"])
MOST_BYTES = 4_000_000
"""A published text or its workbook is some hundreds of kilobytes; what is larger is not one."""
MOST_FINDINGS, MOST_FIGURES = 2000, 1000
"""An answer shows no more; its counts tell how many there are."""
_LONGEST_WAIT_S = 300


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
    """A printed figure that no rule speaks of; ``where`` is its line, or its sheet and row."""

    line: int
    column: int
    where: str
    printed: str


class BudgetCheckOut(Schema):
    """What checking a published budget found, with the lines of its text.

    ``rows`` has the row of its sheet for each line of a workbook or a CSV; it is empty for a text.
    """

    source: str
    counts: CheckCounts
    findings: list[CheckFinding]
    uncovered: list[UncoveredFigure]
    lines: list[str]
    rows: list[int]


@router.post("/budget/checks", response=BudgetCheckOut, auth=May(Permission.INDICATOR_READ))
def check_budget(request: HttpRequest, file: File[UploadedFile]) -> BudgetCheckOut:
    """Check a published budget, as text, XLSX or CSV; nothing but the fact that it was checked is kept."""
    report = _checked(request, file)
    language = choose_language(language_of(request))
    document = report.document
    return BudgetCheckOut(
        source=document.source,
        counts=CheckCounts(**counts(report)),
        findings=[finding_out(one, language) for one in report.findings[:MOST_FINDINGS]],
        uncovered=[
            UncoveredFigure(
                line=line, column=column, where=document.placed(DocumentPlace(line)).short, printed=one.printed
            )
            for (line, column, _), one in list(report.uncovered.items())[:MOST_FIGURES]
        ],
        lines=[line.printed for line in document.lines],
        rows=[document.row_of(line.number) for line in document.lines] if document.origins else [],
    )


@router.post("/budget/checks/workbook", auth=May(Permission.INDICATOR_READ))
def check_budget_into_workbook(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Check a published budget and answer all findings as a workbook; kept is what the check itself keeps."""
    report = _checked(request, file)
    data = heavy.run(as_workbook, report, choose_language(language_of(request))).result(_LONGEST_WAIT_S)
    answer = HttpResponse(data, content_type=XLSX)
    name = quote(f"{PurePath(report.document.source).stem}.xlsx")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


def _checked(request: HttpRequest, file: UploadedFile) -> CheckReport:
    """The report of an uploaded file, its check on the record; raises TooLarge and InvalidInput."""
    user = caller(request)
    name = PurePath(file.name or "upload").name[:200]
    data = content_of(file, min(MOST_BYTES, current().max_upload_bytes))
    if not data.strip():
        raise InvalidInput("budget.check.empty", value=name)
    report = heavy.run(check_file, name, data).result(_LONGEST_WAIT_S)
    with transaction.atomic():
        take_turn()
        told = {"name": name, **counts(report)}
        record(user, "budget.check", "document", sha256(data).hexdigest()[:32], after=told)
    return report
