"""What the doors of many units answer."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.budget.checking.sheet import GROUPS, group_in_words, group_of
from chengmai.budget.checking.views import finding_out
from chengmai.budget.models import DisclosureRound, RoundDocument
from chengmai.budget.published.schemas import BudgetOwner
from chengmai.budget.units import schemas
from chengmai.budget.units.queries import handed_in, overview_of
from chengmai.budget.units.rules import DocumentState, HandedIn, HandInState, RolledUp, UnitRow, UnitsOverview
from chengmai.budget.units.services import HandInResult, read_stored
from chengmai.core.findings import Finding
from chengmai.core.messages import message
from chengmai.core.money import told
from chengmai.disclosure.checking.unit_documents import UnitReading
from chengmai.disclosure.document import Document
from chengmai.disclosure.findings import DocumentPlace, stored_finding
from chengmai.disclosure.reading.workbook import open_document

MOST_FINDINGS = 500
"""Findings of a document that one answer shows; its total tells how many there are."""
LONGEST_LINE = 600


def round_out(found: DisclosureRound) -> schemas.RoundOut:
    """A round."""
    owner, documents = found.owner, found.documents
    return schemas.RoundOut(
        id=found.pk,
        owner=BudgetOwner(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en),
        name=found.name,
        year=found.year,
        started_at=found.started_at,
        units=found.units.count(),
        documents=documents.count(),
        waiting=documents.filter(state=DocumentState.WAITING).count(),
    )


def detail(user: User, found: DisclosureRound, today: date, language: str) -> schemas.RoundDetail:
    """A round as one table."""
    seen = overview_of(found, today)
    return schemas.RoundDetail(
        round=round_out(found),
        as_of=today,
        may_manage=Permission.BUDGET_MANAGE in user.permissions,
        progress=progress_out(seen.progress),
        totals=totals_out(seen.rolled_up, len(seen.rows)),
        rules=rules_out(seen, language),
        rows=[_row(row) for row in seen.rows],
        astray=[document_out(one) for one in seen.astray],
    )


def progress_out(progress: Mapping[DocumentState, int]) -> schemas.RoundProgress:
    """How far the checks are."""
    counts = {state.value: progress.get(state, 0) for state in DocumentState}
    return schemas.RoundProgress(documents=sum(counts.values()), **counts)


def rules_out(seen: UnitsOverview, language: str) -> list[schemas.RoundRule]:
    """The rules that found something, by their kind, the most frequent of a kind first."""
    ordered = sorted(seen.rules.items(), key=lambda one: (GROUPS.index(group_of(one[0])), -one[1][0], one[0]))
    return [
        schemas.RoundRule(
            rule=rule,
            name=rule_name(rule, language),
            rule_group=group_in_words(rule, language),
            findings=findings,
            units=units,
        )
        for rule, (findings, units) in ordered
    ]


def rule_name(rule: str, language: str) -> str:
    """The short name of a rule."""
    return message(f"rule.{rule}", language, {})


def totals_out(rolled: RolledUp, units: int) -> schemas.RoundTotals:
    """All units together."""
    sums = {name: schemas.SumOut(yuan=told(fen), units=count) for name, (fen, count) in rolled.figures.items()}
    return schemas.RoundTotals(
        units=units,
        on_time=rolled.states.get(HandInState.ON_TIME, 0),
        late=rolled.states.get(HandInState.LATE, 0),
        missing=rolled.states.get(HandInState.MISSING, 0),
        unusable=rolled.states.get(HandInState.UNUSABLE, 0),
        awaited=rolled.states.get(HandInState.AWAITED, 0),
        checking=rolled.states.get(HandInState.CHECKING, 0),
        income=sums["income"],
        spending=sums["spending"],
        three_public=sums["three_public"],
        errors=rolled.findings["error"],
        warnings=rolled.findings["warning"],
        notes=rolled.findings["note"],
        undecided=rolled.findings["undecided"],
    )


def _row(row: UnitRow) -> schemas.UnitRowOut:
    shown, unit = row.shown, row.unit
    printed = "" if shown is None or shown.reading is None else shown.reading.unit_name
    return schemas.UnitRowOut(
        code="" if unit is None else unit.code,
        name=printed if unit is None else unit.name,
        due_on=None if unit is None else unit.due,
        handed_in_on=row.handed_in,
        state=row.state,
        days_late=row.days_late,
        counted=row.counted is not None,
        shown=None if shown is None else document_out(shown),
        others=[document_out(one) for one in row.documents if one is not shown],
    )


def document_out(one: HandedIn) -> schemas.RoundDocumentOut:
    """A document that came."""
    reading = one.reading or UnitReading("", 0, 0, 0, None, None, None)
    return schemas.RoundDocumentOut(
        id=UUID(one.key),
        name=one.name,
        received_on=one.received,
        unit=one.unit,
        ground=one.ground,
        state=one.state,
        error=one.error,
        unit_name=reading.unit_name,
        year=reading.year,
        tables=reading.tables,
        income=_yuan(reading.income),
        spending=_yuan(reading.spending),
        three_public=_yuan(reading.three_public),
        errors=reading.count("error"),
        warnings=reading.count("warning"),
        notes=reading.count("note"),
        undecided=reading.count("undecided"),
        rules=reading.rules,
    )


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else told(fen)


def findings_out(one: RoundDocument, rule: str, language: str) -> schemas.DocumentFindings:
    """A document's findings, of one rule if it is named, each with the lines it speaks of."""
    found = [stored_finding(each) for each in one.findings if not rule or each["rule"] == rule]
    document = open_document(one.name, read_stored(one))
    return schemas.DocumentFindings(
        document=document_out(handed_in(one)),
        total=len(found),
        findings=[
            schemas.UnitFinding(
                **finding_out(each, language).model_dump(),
                text=_line(document, each.place),
                other_text=_line(document, each.other),
            )
            for each in found[:MOST_FINDINGS]
        ],
    )


def _line(document: Document, place: DocumentPlace | None) -> str:
    if place is None or not 1 <= place.line <= len(document.lines):
        return ""
    return document.lines[place.line - 1].printed[:LONGEST_LINE]


def list_out(units: int, findings: list[Finding], language: str) -> schemas.UnitListOut:
    """What became of a list of units."""
    return schemas.UnitListOut(
        units=units,
        findings=[
            schemas.ListFinding(row=one.row, sentence=message(f"finding.{one.rule}", language, _told(one)))
            for one in findings
        ],
    )


def _told(one: Finding) -> dict[str, object]:
    return {
        "file": one.file,
        "row": one.row or "",
        "field": one.field or "",
        "value": one.value or "",
        **dict(one.detail),
    }


def hand_in_out(result: HandInResult, language: str) -> schemas.HandInOut:
    """What became of an upload."""
    return schemas.HandInOut(
        taken=len(result.taken),
        known=result.known,
        refused=[
            schemas.RefusedFileOut(name=one.name, reason=message(f"units.refused.{one.reason}", language, {}))
            for one in result.refused
        ],
    )
