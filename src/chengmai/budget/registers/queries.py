"""Reading the registers of a unit's year, and what the tables have to say to them."""

from decimal import Decimal

from chengmai.budget.models import BudgetSet, RegisterBook
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.published.queries import catalogue_of, present_catalogue
from chengmai.budget.published.states import BudgetSetState
from chengmai.disclosure.drafting.draft_tables import Grids
from chengmai.disclosure.drafting.register_ties import purchase_ties, register_ties
from chengmai.disclosure.drafting.registers import (
    FUNDS,
    AssetKind,
    ComparedFigure,
    ComparedSubject,
    ProcurementKind,
    ProcurementLine,
    ProjectClass,
    Registers,
)
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue

HUNDREDTHS = Decimal("0.01")


def book_of(budget: BudgetSet) -> RegisterBook | None:
    """The book of a set's unit and year; None while nothing was written."""
    rows = RegisterBook.objects.filter(owner=budget.owner, year=budget.year).select_related("changed_by")
    return rows.first()


def registers_of(budget: BudgetSet) -> Registers:
    """The registers of a set's unit and year as they were written."""
    book = book_of(budget)
    return Registers() if book is None else registers_in(book)


def registers_in(book: RegisterBook) -> Registers:
    """What a book holds."""
    lines = [
        ProcurementLine(
            kind=ProcurementKind(one.kind),
            name=one.name,
            fen={fund: getattr(one, f"{fund}_fen") for fund in FUNDS},
            code=one.code,
            service=one.service,
            project=one.project,
        )
        for one in book.procurement.order_by("position")
    ]
    compared = [
        ComparedFigure(ComparedSubject(one.subject), one.before_fen, one.now_fen, one.reason)
        for one in book.compared.all()
    ]
    return Registers(
        procurement=lines if book.procurement_told else None,
        assets={AssetKind(one.kind): Decimal(one.hundredths) * HUNDREDTHS for one in book.assets.all()},
        compared={one.subject: one for one in compared},
        classes={name_key(one.name): ProjectClass(one.project_class) for one in book.classes.order_by("pk")},
    )


def tables_before(budget: BudgetSet) -> Grids | None:
    """The tables of the year before that are in force, or those a draft was made from; None when there are none."""
    before = BudgetSet.objects.filter(owner=budget.owner, year=budget.year - 1, state=BudgetSetState.PRESENT).first()
    return None if before is None else grids_of(before)


def catalogue_for(budget: BudgetSet) -> ServiceCatalogue | None:
    """The catalogue that goes with a set, else the one in force."""
    return catalogue_of(budget.catalogue) if budget.catalogue is not None else present_catalogue()


def ties_of(budget: BudgetSet, registers: Registers, grids: Grids, before: Grids | None) -> list[DocumentFinding]:
    """What registers and tables tell differently."""
    found = register_ties(registers, grids, before)
    catalogue = catalogue_for(budget) if any(one.code for one in registers.procurement or ()) else None
    return found + ([] if catalogue is None else purchase_ties(registers, catalogue, budget.unit_name))
