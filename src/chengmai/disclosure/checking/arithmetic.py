"""All running text of a document recomputed: relations between its figures, and figures nothing speaks of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from chengmai.disclosure.checking.changes import changes
from chengmai.disclosure.checking.formulas import formulas
from chengmai.disclosure.checking.prices import prices
from chengmai.disclosure.checking.relations import Relation, Verdict, as_finding
from chengmai.disclosure.checking.told_lists import told_totals
from chengmai.disclosure.checking.totals import totals
from chengmai.disclosure.document import Document
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.passages import Passage, passages
from chengmai.disclosure.quantities import MONEY, PLAIN, Quantity, numbers

_HAS_DIGIT = re.compile(r"[0-9０-９]")
Spot = tuple[int, int, int]
"""Line, column (0 outside tables) and offset of a printed figure."""


@dataclass(frozen=True)
class Arithmetic:
    """What was recomputed: passages with figures, the relations found in them, in the order of print."""

    passages: tuple[Passage, ...]
    relations: tuple[Relation, ...]

    @property
    def findings(self) -> list[DocumentFinding]:
        """One finding for each relation that is broken or undecided."""
        return [found for relation in self.relations if (found := as_finding(relation)) is not None]

    @property
    def covered(self) -> set[Spot]:
        """The figures that at least one relation recomputes; an undecided one recomputes nothing."""
        return {
            spot(relation.passage, one)
            for relation in self.relations
            if relation.verdict != Verdict.UNDECIDED
            for one in relation.covered
        }

    @property
    def holding(self) -> int:
        """How many relations hold."""
        return sum(relation.verdict == Verdict.HOLDS for relation in self.relations)


def spot(passage: Passage, quantity: Quantity) -> Spot:
    """Where a figure of a passage stands."""
    place = passage.place(quantity.start, quantity.end)
    return (place.line, place.column or 0, place.start or 0)


def recompute(document: Document) -> Arithmetic:
    """Every formula, sum, share, growth, payment and product that a document's text prints, worked out again."""
    found: list[Passage] = []
    relations: list[Relation] = []
    for table, group in groupby(passages(document), key=lambda one: one.table):
        block = tuple(group)
        known = _known_prices(document, table)
        for passage in block:
            if len(passage.numbers.quantities) < 2:
                found.append(passage)
                continue
            found.append(passage)
            relations += _without_doubles(
                [
                    *formulas(passage),
                    *totals(passage),
                    *told_totals(passage),
                    *changes(passage),
                    *prices(passage, known),
                ]
            )
    return Arithmetic(tuple(found), tuple(relations))


def _without_doubles(relations: list[Relation]) -> Iterator[Relation]:
    """A figure that one rule reaches is not doubted by another that may have read the sentence wrongly.

    A formula, a list of parts and a payment are told by their own words; products are found by nearness, so they yield.
    """
    told = {
        one.total.start
        for one in relations
        if one.verdict == Verdict.BROKEN and one.rule != "disclosure.equation.price"
    }
    held = {one.total.start for one in relations if one.verdict == Verdict.HOLDS}
    values = {(one.total.number, one.total.unit) for one in relations if one.verdict == Verdict.HOLDS}
    for relation in relations:
        if relation.verdict == Verdict.UNDECIDED and (relation.total.number, relation.total.unit) in values:
            continue
        doubted = relation.verdict != Verdict.HOLDS and relation.rule in (
            "disclosure.equation.price",
            "disclosure.equation.rate",
        )
        if doubted and relation.total.start in held:
            continue
        if (
            relation.rule == "disclosure.equation.price"
            and relation.verdict == Verdict.BROKEN
            and relation.total.start in told
        ):
            continue
        yield relation


def _known_prices(document: Document, table: str) -> tuple[Quantity, ...]:
    """Unit prices in the short cells of a table, as targets of cost."""
    if not table:
        return ()
    block = document.blocks[int(table.removeprefix("#")) - 1]
    found = []
    for row in block.rows:
        for cell in row.cells:
            if "元/" in cell or "元／" in cell:
                found += [one for one in numbers(cell).quantities if one.dimension == MONEY and one.per]
    return tuple(found)


def figures(document: Document, read: tuple[Passage, ...]) -> dict[Spot, Quantity]:
    """Every figure of a document with a unit or decimals: amounts, shares, quantities; no dates or codes.

    ``read`` are its passages, whose numbers are known already.
    """
    result: dict[Spot, Quantity] = {}
    known: set[tuple[int, int]] = set()
    for passage in read:
        known.add((passage.lines[0], passage.column or 0))
        for one in passage.numbers.quantities:
            if one.dimension != PLAIN or one.decimals:
                result[spot(passage, one)] = one
    for block in document.blocks:
        for row in block.rows:
            for column, cell in enumerate(row.cells, 1):
                if (row.line, column) in known or not _HAS_DIGIT.search(cell):
                    continue
                for one in _numbers_of_cell(cell):
                    if one.dimension != PLAIN or one.decimals:
                        result[row.line, column, one.start] = one
    return result


@lru_cache(maxsize=65536)
def _numbers_of_cell(cell: str) -> tuple[Quantity, ...]:
    """The figures of a short cell; the same ones stand in many: 0, 100%, 万元."""
    return numbers(cell).quantities
