"""What the doors of an explanation in the making answer."""

from chengmai.budget.explaining import schemas
from chengmai.budget.explaining.queries import Explaining, explaining_of
from chengmai.budget.models import BudgetSet
from chengmai.budget.preparing.views import cell_name
from chengmai.budget.published.passages import passages_seal
from chengmai.budget.published.states import BudgetSetState
from chengmai.budget.registers.views import tie_out
from chengmai.core.messages import message
from chengmai.disclosure.drafting.explaining import DraftedSection, ExplainedFigure
from chengmai.disclosure.drafting.explanation_merging import section_place, standing, told_figures
from chengmai.disclosure.drafting.explanation_words import explanation_form
from chengmai.disclosure.explanation import PassageKind, heading_line


def explanation_out(budget: BudgetSet, language: str, may_write: bool) -> schemas.ExplanationOut:
    """A set's explanation with each section's draft and figures."""
    at, form = explaining_of(budget), explanation_form()
    inside = _inside(at)
    passages = [
        schemas.ExplainedPassageOut(
            kind=one.passage.kind,
            level=one.passage.level,
            number=one.passage.number,
            text=one.passage.text,
            drafted=bool(one.passage.text) and not one.own,
            marks=form.count_marks(one.passage.text),
            section=inside.get(position, ""),
        )
        for position, one in enumerate(at.kept)
    ]
    return schemas.ExplanationOut(
        unit_name=budget.unit_name,
        year=budget.year,
        version=budget.version,
        state=BudgetSetState(budget.state),
        editable=may_write and budget.state == BudgetSetState.DRAFT,
        seal=passages_seal(one.passage for one in at.kept),
        marks=sum(one.marks for one in passages),
        mark_words=list(form.marks.values()),
        passages=passages,
        sections=[_section(at, section, language) for section in at.sections],
        ties=[tie_out(one, language) for one in at.ties],
    )


def _inside(at: Explaining) -> dict[int, str]:
    """Of each passage that a section holds, its heading among them, the section's key."""
    found: dict[int, str] = {}
    for section in at.sections:
        place = section_place(at.kept, section.form)
        if place is not None:
            found |= dict.fromkeys(range(place.heading, place.end), section.form.key)
    return found


def _section(at: Explaining, section: DraftedSection, language: str) -> schemas.ExplainedSectionOut:
    form, place = section.form, section_place(at.kept, section.form)
    body = () if place is None else at.kept[place.start : place.end]
    told = told_figures(section.figures, "\n".join(one.passage.text for one in body))
    title = form.heading or next(one.heading for one in explanation_form().parts if one.key == form.part)
    return schemas.ExplainedSectionOut(
        key=form.key,
        title=title,
        standing=standing(at.kept, section),
        carried=form.key in at.carried,
        keeps=form.keeps,
        marks=section.marks,
        drafted=[
            heading_line(one.level, one.number, one.text) if one.kind == PassageKind.HEADING else one.text
            for one in section.passages
        ],
        figures=[
            schemas.ExplainedFigureOut(
                label=_label(at, one, language),
                text=one.text,
                table=one.table,
                row=one.row,
                column=one.column,
                told=is_told,
            )
            for one, is_told in zip(section.figures, told, strict=True)
        ],
    )


def _label(at: Explaining, figure: ExplainedFigure, language: str) -> str:
    """What a figure is, as people call it: its cell, or the line of its register."""
    if figure.table:
        known = at.grids.get(figure.table)
        return figure.row if known is None else cell_name(known, figure.row, figure.column, language)
    register = message(f"register.{figure.register}", language, {})
    row = figure.name or message(f"register.{figure.register}.{figure.row}", language, {})
    return f"{register} · {row}"
