"""A target sheet in the usual form, as cells of a grid: the PDF and the workbook are made of the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, zip_longest

from chengmai.budget.models import Assessment, SheetIndicator, TargetSheet
from chengmai.budget.performance.scheme import scheme_of
from chengmai.budget.performance.services import of_micro, target_text
from chengmai.budget.performance.terms import AssessmentKind, AssessmentState, FundSource, Group, Span
from chengmai.core.messages import message
from chengmai.core.money import yuan_of

COLUMNS = 8
"""Label; level 1, level 2, name, target of the term; level 2, name, target of the year."""
WIDTHS = (6, 6, 6, 13, 8, 6, 13, 8)
EVALUATION_WIDTHS = (7, 8, 18, 9, 10, 6, 6, 20)


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell of a form with how far it reaches; a number has its digits at the right."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    head: bool = False
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FormPart:
    """One form: its title, the columns' widths, its rows."""

    title: str
    subtitle: str
    widths: tuple[int, ...]
    rows: list[list[FormCell]]


def parts_of(sheet: TargetSheet, language: str) -> list[FormPart]:
    """The target sheet, and the newest self-evaluation that was given."""
    found = [_sheet(sheet, language)]
    given = sheet.assessments.filter(kind=AssessmentKind.SELF_EVALUATION, state=AssessmentState.SUBMITTED)
    newest = given.order_by("-number").first()
    return [*found, _evaluation(sheet, newest, language)] if newest is not None else found


def word(name: str, language: str, **params: object) -> str:
    """A word of the form."""
    return message(f"form.{name}", language, params)


def term_of(family: str, name: str, language: str) -> str:
    """A term of the form: an aspect, a group, a source of funds, a reason, a grade."""
    return message(f"form.{family}.{name}", language, {})


def _sheet(sheet: TargetSheet, language: str) -> FormPart:
    def head(name: str, colspan: int = 1, rowspan: int = 1) -> FormCell:
        return FormCell(word(name, language), colspan, rowspan, head=True)

    rows = [
        [head("name"), FormCell(sheet.name, 7)],
        [head("department"), FormCell(sheet.department, 3), head("unit"), FormCell(sheet.unit, 3)],
        [head("attribute"), FormCell(sheet.attribute, 3), head("term"), FormCell(sheet.term, 3)],
        *_funds(sheet, language),
    ]
    for name in ("overview", "basis", "necessity", "measures", "plan"):
        rows.append([head(name), FormCell(getattr(sheet, name), 7)])
    rows.append([head("goal", rowspan=2), head("goal_term", 4), head("goal_year", 3)])
    rows.append([FormCell(sheet.goal_term, 4), FormCell(sheet.goal_year, 3)])
    indicators = list(_indicators(sheet, language))
    titles = [head(name) for name in ("level1", "level2", "level3", "target", "level2", "level3", "target")]
    rows.append([head("indicators", rowspan=len(indicators) + 1), *titles])
    subtitle = word("subtitle", language, year=sheet.year)
    return FormPart(word("title", language), subtitle, WIDTHS, [*rows, *indicators])


def _funds(sheet: TargetSheet, language: str) -> Iterable[list[FormCell]]:
    told = {(fund.span, fund.source): fund.amount_fen for fund in sheet.funds.all()}
    sources = [one for one in FundSource if one is not FundSource.UNTOLD]

    def amount(span: Span, fen: int | None, colspan: int) -> FormCell:
        yuan = None if fen is None else yuan_of(fen)
        return FormCell("" if yuan is None else f"{yuan:,.2f}", colspan, amount=yuan)

    def total(span: Span) -> int | None:
        found = [fen for (of, _), fen in told.items() if of == span]
        return sum(found) if found else None

    first = FormCell(word("funds", language), 1, len(sources) + 1, head=True)
    year = FormCell(word("total_year", language), 2, head=True)
    whole = FormCell(word("total_term", language), 2, head=True)
    yield [first, whole, amount(Span.TERM, total(Span.TERM), 2), year, amount(Span.YEAR, total(Span.YEAR), 1)]
    for one in sources:
        label = FormCell(term_of("fund", one, language), 2)
        term, of_year = told.get((Span.TERM, one)), told.get((Span.YEAR, one))
        yield [label, amount(Span.TERM, term, 2), label, amount(Span.YEAR, of_year, 1)]


def _indicators(sheet: TargetSheet, language: str) -> Iterable[list[FormCell]]:
    """Rows of both spans beside each other, level 1 reaching over its rows; an empty sheet has one empty row."""
    told = list(sheet.indicators.order_by("position"))
    if not told:
        yield [FormCell("") for _ in range(COLUMNS - 1)]
    for group in Group:
        halves = [[one for one in told if one.group == group and one.span == span] for span in (Span.TERM, Span.YEAR)]
        pairs = list(zip_longest(*(_half(rows, language) for rows in halves), fillvalue=[FormCell("")] * 3))
        for place, (term, year) in enumerate(pairs):
            first = [FormCell(term_of("group", group, language), 1, len(pairs), head=True)] if place == 0 else []
            yield [*first, *term, *year]


def _half(rows: Sequence[SheetIndicator], language: str) -> list[list[FormCell]]:
    """Level 2, name and target of each indicator; the name of level 2 stands once for those that follow each other."""
    found = []
    for aspect, members in groupby(rows, lambda one: one.aspect):
        for place, one in enumerate(members):
            label = term_of("aspect", aspect, language) if place == 0 else ""
            found.append([FormCell(label), FormCell(one.name), FormCell(target_text(one))])
    return found


def _evaluation(sheet: TargetSheet, given: Assessment, language: str) -> FormPart:
    def head(name: str, colspan: int = 1, rowspan: int = 1) -> FormCell:
        return FormCell(word(name, language), colspan, rowspan, head=True)

    full = scheme_of(given.scheme_version).execution
    executed = "" if given.executed_fen is None else f"{yuan_of(given.executed_fen):,.2f}"
    columns = ("level1", "level2", "level3", "target", "actual", "full", "points", "reason")
    rows = [
        [head("name"), FormCell(sheet.name, 7)],
        [head("execution"), FormCell(executed, 3), head("points"), FormCell(_points(given.execution_points_hundredths)),
         FormCell(f"/ {full}"), FormCell(given.note)],
        [head(name) for name in columns],
    ]  # fmt: skip
    for line in given.lines.select_related("indicator").order_by("indicator__position"):
        one, share = line.indicator, line.share_ten_thousandths
        value, unit = of_micro(line.value_micro), one.unit
        actual = line.on.isoformat() if line.on else line.text
        if value is not None:
            actual = f"{value:f}{unit}"
        elif share is not None:
            actual = f"{Decimal(share) / 100:f}% {line.text}".strip()
        reason = f"{term_of('reason', line.reason, language)} {line.reason_text}".strip() if line.reason else ""
        level = [FormCell(term_of("group", one.group, language)), FormCell(term_of("aspect", one.aspect, language))]
        scored = [FormCell(_points(line.full_hundredths)), FormCell(_points(line.points_hundredths))]
        rows.append(
            [*level, FormCell(one.name), FormCell(target_text(one)), FormCell(actual), *scored, FormCell(reason)]
        )
    grade = term_of("grade", given.grade, language) if given.grade else ""
    rows.append([head("total", 5), FormCell("100.00"), FormCell(_points(given.score_hundredths)), FormCell(grade)])
    subtitle = word("subtitle", language, year=sheet.year)
    return FormPart(word("evaluation", language), subtitle, EVALUATION_WIDTHS, rows)


def _points(hundredths: int) -> str:
    return f"{Decimal(hundredths) / 100:.2f}"
