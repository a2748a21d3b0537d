"""Writing the explanation of a budget from its tables and registers, section by section; pure.

Amounts are ten thousand yuan (万元) as the text prints them. Nothing is guessed: what neither a table nor a register
tells is marked for a person.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from chengmai.disclosure.drafting.draft_tables import Grids
from chengmai.disclosure.drafting.explanation_words import (
    SectionForm,
    amount,
    change,
    explanation_form,
    percent,
    quantity,
)
from chengmai.disclosure.drafting.registers import (
    THREE_PUBLIC,
    VEHICLES,
    AssetKind,
    ComparedFigure,
    ComparedSubject,
    ProcurementKind,
    ProjectClass,
    Registers,
)
from chengmai.disclosure.explanation import ExplanationPassage, PassageKind
from chengmai.disclosure.folding import name_key

_NUMBERED = re.compile(r"^[一二三四五六七八九十]+、")
_HEADINGS = ((3, re.compile(r"^（([一二三四五六七八九十]+)）(\S{2,30})$")), (4, re.compile(r"^(\d)、(\S{2,20})$")))


@dataclass(frozen=True, slots=True)
class ExplainedFigure:
    """A figure that a section speaks of, with the cell it comes from; ``register`` where no table tells it."""

    text: str
    table: str = ""
    row: str = ""
    column: str = ""
    register: str = ""
    name: str = ""
    """What the row is called where its key says nothing, as of a class."""


@dataclass(frozen=True, slots=True)
class DraftedSection:
    """One section as drafted; ``marks`` is how often a person must still write something."""

    form: SectionForm
    passages: tuple[ExplanationPassage, ...]
    figures: tuple[ExplainedFigure, ...]
    marks: int


@dataclass(frozen=True)
class ExplanationBasis:
    """What an explanation is written from: tables, registers, how many target sheets go with it."""

    unit_name: str
    year: int
    grids: Grids
    registers: Registers
    sheets: int | None = None


@dataclass
class _Writing:
    """One section in writing: every figure that is looked up is noted down."""

    basis: ExplanationBasis
    figures: list[ExplainedFigure]

    def cell(self, table: str, row: str, column: str, name: str = "") -> int:
        """The money of a cell [fen]."""
        fen = self.basis.grids[table].fen(row, column) if table in self.basis.grids else 0
        self.figures.append(ExplainedFigure(amount(fen), table, row, column, name=name))
        return fen

    def changed(self, fen: int, subject: ComparedSubject) -> str:
        """How a subject stands to the year before, in words."""
        return self.changed_from(fen, self.basis.registers.figure(subject), subject)

    def changed_from(self, fen: int, told: ComparedFigure, row: str) -> str:
        """The same of a figure that is told otherwise, as of several subjects together."""
        if told.before is not None and told.before != fen:
            self.figures.append(ExplainedFigure(amount(abs(fen - told.before)), register="compared", row=row))
        return change(fen, told)

    def with_share(self, fen: int, whole: int) -> str:
        """An amount and its share."""
        share = explanation_form().words["share"].format(share=percent(fen, whole))
        return f"{amount(fen)}万元，{share}"


def draft_explanation(basis: ExplanationBasis) -> tuple[DraftedSection, ...]:
    """Every section of the explanation, in its order."""
    return tuple(_drafted(form, basis) for form in explanation_form().sections)


def _drafted(form: SectionForm, basis: ExplanationBasis) -> DraftedSection:
    known = explanation_form()
    writing = _Writing(basis, [])
    year = {"year": str(basis.year), "year_before": str(basis.year - 1), "unit": basis.unit_name}
    marks = {f"{name}_mark": mark for name, mark in known.marks.items()}
    write = _SECTIONS.get(form.key)
    values = {**year, **marks, **({} if write is None else write(writing))}
    passages = tuple(_passage(text.format_map(values)) for text in form.paragraphs)
    figures = tuple(dict.fromkeys(writing.figures))
    return DraftedSection(form, passages, figures, sum(known.count_marks(one.text) for one in passages))


def _passage(text: str) -> ExplanationPassage:
    for level, pattern in _HEADINGS:
        found = pattern.match(text)
        if found:
            return ExplanationPassage(PassageKind.HEADING, level, found[1], found[2])
    return ExplanationPassage(PassageKind.TEXT, text=text)


def _totals(at: _Writing) -> Mapping[str, str]:
    income, expenditure = at.cell("totals", "total", "income"), at.cell("totals", "total", "total")
    return {
        "income": amount(income),
        "current": amount(at.cell("totals", "current", "income")),
        "carried": amount(at.cell("totals", "carried", "income")),
        "income_change": at.changed(income, ComparedSubject.INCOME),
        "expenditure": amount(expenditure),
        "arranged": amount(at.cell("totals", "total", "current")),
        "carried_spent": amount(at.cell("totals", "total", "carried")),
        "expenditure_change": at.changed(expenditure, ComparedSubject.EXPENDITURE),
    }


def _income(at: _Writing) -> Mapping[str, str]:
    whole = at.cell("totals", "total", "income")
    sources = ("general", "fund", "state_capital", "special_account", "own", "carried")
    told = {key: at.with_share(at.cell("totals", key, "income"), whole) for key in sources}
    return {"income": amount(whole)} | told


def _expenditure(at: _Writing) -> Mapping[str, str]:
    whole = at.cell("expenditure", "total", "total")
    told = {key: at.with_share(at.cell("expenditure", "total", key), whole) for key in ("basic", "project")}
    return {"expenditure": amount(whole)} | told


def _appropriation(at: _Writing) -> Mapping[str, str]:
    classes = [
        f"{name}{amount(at.cell('appropriation', code, 'total', name))}万元"
        for code, name in _classes(at, "appropriation", "total")
    ]
    return {
        "total": amount(at.cell("appropriation", "total", "income")),
        **{key: amount(at.cell("appropriation", "total", key)) for key in ("general", "fund", "state_capital")},
        "current": amount(at.cell("appropriation", "current", "income")),
        "carried": amount(at.cell("appropriation", "carried", "income")),
        "classes": "、".join(classes) or explanation_form().words["nothing"],
    }


def _general(at: _Writing) -> Mapping[str, str]:
    whole = at.cell("general", "total", "total")
    classes = [
        f"{name}{at.with_share(at.cell('general', code, 'total', name), whole)}"
        for code, name in _classes(at, "general", "total")
    ]
    return {
        "general": amount(whole),
        "general_change": at.changed(whole, ComparedSubject.GENERAL),
        "classes": "；".join(classes) or explanation_form().words["nothing"],
    }


def _classes(at: _Writing, table: str, column: str) -> Iterator[tuple[str, str]]:
    """The function classes of a table that have money, with their names."""
    grid = at.basis.grids.get(table)
    for row in () if grid is None else grid.rows:
        if row.key.isdigit() and len(row.key) == 3 and row.fen.get(column):
            yield row.key, _NUMBERED.sub("", name_key(row.name))


def _basic(at: _Writing) -> Mapping[str, str]:
    told = {"basic": amount(at.cell("basic", "total", "total"))}
    grid = at.basis.grids.get("basic")
    for column in ("personnel", "public"):
        told[column] = amount(at.cell("basic", "total", column))
        rows = [] if grid is None else [row.name for row in grid.rows if row.level == 2 and row.fen.get(column)]
        told[f"{column}_items"] = "、".join(rows) or explanation_form().words["nothing"]
    return told


def _three_public(at: _Writing) -> Mapping[str, str]:
    """The items of table 10 and how each changed; vehicles and the whole change as their items together do."""
    told = {}
    for subject in THREE_PUBLIC:
        fen = at.cell("three_public", subject, "total")
        told[subject.value] = amount(fen)
        told[f"{subject}_change"] = at.changed(fen, subject)
    vehicles = (ComparedSubject.VEHICLE_PURCHASE, ComparedSubject.VEHICLE_RUNNING)
    for key, row, items in (
        ("vehicle", "three_public_vehicle", vehicles),
        ("total", "three_public_total", THREE_PUBLIC),
    ):
        fen = at.cell("three_public", key, "total")
        told[key] = amount(fen)
        before = _together([at.basis.registers.figure(one) for one in items])
        told[f"{key}_change"] = at.changed_from(fen, before, row)
    return told


def _together(figures: list[ComparedFigure]) -> ComparedFigure:
    """Items as one figure: known when each is; their reasons one after the other, each once."""
    known = [one.before for one in figures if one.before is not None]
    before = sum(known) if len(known) == len(figures) else None
    reasons = dict.fromkeys(one.reason.strip().rstrip("。；;") for one in figures if one.reason.strip())
    return ComparedFigure(figures[0].subject, before, reason="；".join(reasons))


def _operating(at: _Writing) -> Mapping[str, str]:
    fen = at.cell("operating", "total", "total")
    return {"operating": amount(fen), "operating_change": at.changed(fen, ComparedSubject.OPERATING)}


def _procurement(at: _Writing) -> Mapping[str, str]:
    lines, mark = at.basis.registers.procurement, explanation_form().marks["figure"]
    if lines is None:
        return dict.fromkeys(("procurement", *ProcurementKind), mark)
    sums = {kind: sum(one.total for one in lines if one.kind == kind) for kind in ProcurementKind}
    told = {"procurement": sum(sums.values()), **{kind.value: fen for kind, fen in sums.items()}}
    for key, fen in told.items():
        at.figures.append(ExplainedFigure(amount(fen), register="procurement", row=key))
    return {key: amount(fen) for key, fen in told.items()}


def _performance(at: _Writing) -> Mapping[str, str]:
    grid, classes = at.basis.grids.get("projects"), at.basis.registers.classes
    rows = [] if grid is None else [row for row in grid.rows if row.level == 1]
    amounts = [(classes.get(name_key(row.name)), row.fen.get("total", 0)) for row in rows]
    whole, mark = at.cell("projects", "total", "total"), explanation_form().marks["figure"]
    told = {"projects": str(len(rows)), "amount": amount(whole)}
    classed = bool(rows) and all(kind is not None for kind, _ in amounts)
    for kind in ProjectClass:
        of_kind = [fen for known, fen in amounts if known == kind]
        told[f"{kind}_count"] = str(len(of_kind)) if classed else mark
        told[kind.value] = amount(sum(of_kind)) if classed else mark
        if classed:
            at.figures.append(ExplainedFigure(told[kind.value], register="classes", row=kind))
    # The whole of the share is not printed here: it is no figure of this section.
    expenditure = at.basis.grids.get("expenditure")
    whole_projects = 0 if expenditure is None else expenditure.fen("total", "project")
    # Sheets say what they tell of by name only; their money is known when each project has one.
    all_told = at.basis.sheets is not None and bool(rows) and at.basis.sheets == len(rows)
    told["sheets"] = str(at.basis.sheets) if all_told else mark
    told["sheets_amount"] = amount(whole) if all_told else mark
    told["sheets_share"] = percent(whole, whole_projects) if all_told else mark
    for kind in ProjectClass:
        told[f"{kind}_sheets"] = told[f"{kind}_count"] if all_told else mark
        told[f"{kind}_told"] = told[kind.value] if all_told else mark
    return told


def _assets(at: _Writing) -> Mapping[str, str]:
    held, mark = at.basis.registers.assets, explanation_form().marks["figure"]
    told = {kind.value: quantity(held[kind]) if kind in held else mark for kind in AssetKind}
    present = [held[kind] for kind in VEHICLES if kind in held]
    told["vehicles"] = quantity(sum(present, Decimal(0))) if len(present) == len(VEHICLES) else mark
    at.figures.extend(ExplainedFigure(told[kind], register="assets", row=kind) for kind in AssetKind if kind in held)
    return told


def _services(at: _Writing) -> Mapping[str, str]:
    lines, form = at.basis.registers.procurement, explanation_form()
    if lines is None:
        return {"purchases": form.marks["figure"]}
    bought = [one for one in lines if one.code]
    for one in bought:
        at.figures.append(ExplainedFigure(amount(one.total), register="procurement", row=one.name, name=one.name))
    if not bought:
        return {"purchases": "无政府购买服务"}
    named = "、".join(f"{one.code}{one.service or one.name}{amount(one.total)}万元" for one in bought)
    return {"purchases": f"政府购买服务指导性目录{named}"}


_SECTIONS: Mapping[str, Callable[[_Writing], Mapping[str, str]]] = {
    "totals": _totals,
    "income": _income,
    "expenditure": _expenditure,
    "appropriation": _appropriation,
    "general": _general,
    "basic": _basic,
    "three_public": _three_public,
    "operating": _operating,
    "procurement": _procurement,
    "performance": _performance,
    "assets": _assets,
    "services": _services,
}
"""What each section that speaks of figures fills in."""
