"""The explanation against the tables: every amount that names a cell, counts, years, reasons, placeholders, notes."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.arithmetic import Spot, spot
from chengmai.disclosure.checking.relations import shown
from chengmai.disclosure.checking.table_checks import find_cell
from chengmai.disclosure.document import Document, LineKind
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.layouts import ColumnKind
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.quantities import MONEY, measure
from chengmai.disclosure.reading.published_tables import PublishedTables
from chengmai.disclosure.reading.tables import TableCell
from chengmai.disclosure.wording import is_change, is_of_projects

_YEAR_OF_SUBJECT = re.compile(
    r"(?:^|(?<=[。；;\n\t]))\s*((?:19|20)\d\d)年度?[^,，。；;\d]{0,30}?(?:预算|收入|支出|经费)"
)
_LAST_YEAR = re.compile(r"比|较|上年|去年|决算|截至|截止|同期")
_VEHICLES = re.compile(r"(?P<which>编制|实有)$")
_EMPTY_NOTE = re.compile(r"无|没有|不涉及|为空|零")


@dataclass
class TextChecks:
    """What text and tables tell differently, which figures of both were compared, and how many agree."""

    findings: list[DocumentFinding] = field(default_factory=list)
    covered: set[Spot] = field(default_factory=set)
    holding: int = 0


@cache
def text_rules() -> dict[str, Any]:
    """The rules that ship, as data."""
    return tomllib.loads((files("chengmai.disclosure") / "data" / "text-rules.toml").read_text("utf-8"))


def check_text(document: Document, published: PublishedTables, passages: tuple[Passage, ...]) -> TextChecks:
    """Every paragraph against the tables, and what a paragraph must have or must not hold by itself."""
    checks = TextChecks()
    reasons: dict[str, list[DocumentFinding]] = {}
    for passage in passages:
        if passage.table:
            continue
        section = " ".join(heading.title for heading in document.section(passage.lines[0]))
        _check_amounts(passage, section, published, checks)
        _check_vehicles(passage, checks)
        reasons.setdefault(section, []).extend(_without_reason(document, passage))
        if section and published.tables:
            checks.findings += _wrong_year(passage, published.year)
        checks.findings += _wordings(passage)
    checks.findings += [_told_once(found) for found in reasons.values() if found]
    checks.findings += _placeholders(document)
    checks.findings += _empty_tables(published)
    return checks


def _check_amounts(passage: Passage, section: str, published: PublishedTables, checks: TextChecks) -> None:
    scale = measure("元", published.layout.unit.removesuffix("元"))[1]
    for one in passage.mentions:
        if one.quantity.about or is_change(one) or one.quantity.per:
            continue
        if one.quantity.dimension == MONEY:
            cell = _meant(one, section, published)
            if cell is not None and cell.amount is not None:
                _compare(passage, one, cell, scale, checks)
        elif one.quantity.unit in ("个", "项"):
            _check_count(passage, one, section, published, checks)
        elif one.quantity.unit == "%" and is_of_projects(passage, one):
            _check_share_of_projects(passage, one, published, scale, checks)


def _meant(one: Mention, section: str, published: PublishedTables) -> TableCell | None:
    """The cell that the words before an amount name."""
    words = one.before.replace(" ", "").removesuffix("为").removesuffix("共计" if "金额" not in one.before else "")
    for rule in text_rules()["amounts"]:
        if re.search(rule["section"], section) and re.search(rule["words"], words):
            return find_cell(published.tables, rule["cell"])
    for rule in text_rules()["classes"]:
        if not re.search(rule["section"], section):
            continue
        table = rule["cell"].partition(":")[0].partition(".")[0]
        if table in published.tables:
            for row in published.tables[table].rows:
                name = re.sub(r"^[一二三四五六七八九十]+、", "", name_key(row.name))
                if row.key.isdigit() and row.level == 1 and len(name) > 3 and name_key(words).endswith(name):
                    return find_cell(published.tables, rule["cell"].format(code=row.key))
    return None


def _compare(passage: Passage, one: Mention, cell: TableCell, scale: Decimal, checks: TextChecks) -> None:
    if cell.amount is None:
        return
    checks.covered |= {spot(passage, one.quantity), (cell.place.line, cell.place.column or 0, 0)}
    due = cell.amount.value * scale
    coarse = one.quantity.half if one.quantity.decimals < cell.amount.decimals and one.quantity.number else Decimal(0)
    if abs(one.quantity.value - due) <= coarse:
        checks.holding += 1
        return
    difference = (one.quantity.value - due) / one.quantity.scale
    checks.findings.append(
        DocumentFinding(
            "disclosure.text.amount",
            Severity.ERROR,
            passage.place(one.start, one.end),
            cell.place,
            one.quantity.printed,
            cell.text.strip() or "0",
            shown(difference),
            detail=(("words", one.before[-24:]),),
        )
    )


def _check_count(passage: Passage, one: Mention, section: str, published: PublishedTables, checks: TextChecks) -> None:
    for rule in text_rules()["counts"]:
        table = published.tables.get(rule["of"])
        if table is None or not re.search(rule["section"], section) or not re.search(rule["words"], one.before):
            continue
        rows = [row for row in table.rows if row.level == 1]
        checks.covered.add(spot(passage, one.quantity))
        if one.quantity.number == len(rows):
            checks.holding += 1
            continue
        checks.findings.append(
            DocumentFinding(
                "disclosure.text.count",
                Severity.ERROR,
                passage.place(one.start, one.end),
                rows[0].cells[next(iter(rows[0].cells))].place if rows else None,
                one.quantity.printed,
                str(len(rows)),
                shown(one.quantity.number - len(rows)),
            )
        )


def _check_share_of_projects(
    passage: Passage, one: Mention, published: PublishedTables, scale: Decimal, checks: TextChecks
) -> None:
    """占项目支出总额的百分之几: the whole is that of table 3, what was carried over included."""
    whole = find_cell(published.tables, "expenditure.total.project")
    part = next((other for other in reversed(passage.mentions[: one.index]) if other.is_money), None)
    if whole is None or whole.amount is None or not whole.amount.value or part is None:
        return
    computed = part.quantity.value / (whole.amount.value * scale) * 100
    if abs(computed - one.quantity.number) <= Decimal(5).scaleb(-one.quantity.decimals - 1) and (
        one.quantity.decimals or computed == one.quantity.number
    ):
        checks.holding += 1
        return
    checks.findings.append(
        DocumentFinding(
            "disclosure.text.share",
            Severity.WARNING,
            passage.place(one.start, one.end),
            whole.place,
            one.quantity.printed,
            f"{shown(computed)}%",
            shown(one.quantity.number - computed),
            detail=(("terms", f"{part.quantity.printed} / {whole.text.strip()}"),),
        )
    )


def _check_vehicles(passage: Passage, checks: TextChecks) -> None:
    """More vehicles than the establishment allows."""
    told = {found["which"]: one for one in passage.mentions if (found := _VEHICLES.search(one.before))}
    if {"编制", "实有"} <= told.keys() and told["编制"].quantity.dimension == told["实有"].quantity.dimension == "辆":
        allowed, present = told["编制"].quantity, told["实有"].quantity
        checks.covered |= {spot(passage, allowed), spot(passage, present)}
        if present.number > allowed.number:
            checks.findings.append(
                DocumentFinding(
                    "disclosure.text.vehicles",
                    Severity.WARNING,
                    passage.place(present.start, present.end),
                    passage.place(allowed.start, allowed.end),
                    present.printed,
                    allowed.printed,
                    shown(present.number - allowed.number, 0),
                )
            )


def _without_reason(document: Document, passage: Passage) -> Iterator[DocumentFinding]:
    """比上年增加…, and nowhere in the paragraph or the next one a word of why."""
    for one in passage.mentions:
        if not is_change(one) or not one.is_money or not one.quantity.number:
            continue
        if not re.search(r"比|较", passage.text[max(0, one.start - 24) : one.start]):
            continue
        last = passage.lines[-1]
        following = "".join(line.folded for line in document.lines[last : last + 3] if line.kind == LineKind.TEXT)
        # A reason stands behind its change; what stands before it is that of another.
        if not re.search(text_rules()["reasons"]["words"], passage.text[one.start :] + following[:120]):
            yield DocumentFinding(
                "disclosure.text.no_reason",
                Severity.WARNING,
                passage.place(one.start, one.end),
                value=one.quantity.printed,
            )


def _told_once(found: list[DocumentFinding]) -> DocumentFinding:
    """A section that gives no reason for many changes is told once: a clerk needs its place, not a list of amounts."""
    if len(found) == 1:
        return found[0]
    return replace(found[0], rule="disclosure.text.no_reasons", detail=(("times", str(len(found))),))


def _wrong_year(passage: Passage, year: int) -> Iterator[DocumentFinding]:
    for found in _YEAR_OF_SUBJECT.finditer(passage.text):
        if int(found[1]) != year and not _LAST_YEAR.search(found[0]):
            yield DocumentFinding(
                "disclosure.text.year",
                Severity.ERROR,
                passage.place(*found.span(1)),
                value=found[1],
                other_value=str(year),
            )


def _wordings(passage: Passage) -> Iterator[DocumentFinding]:
    for rule in text_rules()["wordings"]:
        for found in re.finditer(rule["pattern"], passage.text):
            yield DocumentFinding(
                "disclosure.text.wording",
                Severity.NOTE,
                passage.place(*found.span()),
                value=found[0],
                other_value=rule["due"],
            )


def _placeholders(document: Document) -> Iterator[DocumentFinding]:
    pattern = re.compile("|".join(text_rules()["placeholders"]["patterns"]))
    for line in document.lines:
        if line.kind in (LineKind.BLANK, LineKind.NOISE):
            continue
        for found in pattern.finditer(line.folded):
            place = DocumentPlace(line.number, start=found.start(), end=found.end())
            yield DocumentFinding("disclosure.text.placeholder", Severity.ERROR, place, value=found[0])


def _empty_tables(published: PublishedTables) -> Iterator[DocumentFinding]:
    """A table without a figure must say so below it."""
    for table in published.tables.values():
        money = {column.key for column in table.columns if column.kind == ColumnKind.MONEY}
        filled = any(
            cell.amount is not None and not cell.amount.blank
            for row in table.rows
            for key, cell in row.cells.items()
            if key in money
        )
        note = "".join(line.folded for line in table.block.note[:3])
        if not filled and not _EMPTY_NOTE.search(note):
            yield DocumentFinding(
                "disclosure.table.empty",
                Severity.WARNING,
                table.block.place(len(table.block.rows), None, table.key),
                value=table.caption.title,
            )
