"""What each table block of a document is: one of the layout's tables, a target sheet, the catalogue, or unknown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from chengmai.core.findings import Severity
from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.document import BlockRow, Document, TableBlock
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import name_key, squeeze
from chengmai.disclosure.layouts import Layout, TableForm, header_key, layout_for

_ALIKE = 0.85
"""How alike a printed title and a layout's must be (ratio of matching characters) to be the same table."""
_SAME_HEADER = 0.9
_SOME_HEADER = 0.5
_TITLE_NUMBER = re.compile(r"^(?:(?:预算|部门|单位)?公开表|附表|附件|表)[一二三四五六七八九十\d]+[:、.]?")
_UNIT_NAME = re.compile(r"(?:单位|部门)名称:(.+?)(?=(?:金额)?单位:|$)")
_MONEY_UNIT = re.compile(r"(?:^|[^名])单位:\(?(亿元|万元|千元|元)")
_YEAR = re.compile(r"(20\d\d)\s*年?")
_SHEET_LABELS = frozenset({"主管部门及代码", "项目属性", "项目概况", "立项依据", "绩效指标", "总体目标"})
_CATALOGUE_HEADER = ("代码", "一级目录")


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands over a table: its title, whose it is, and in which unit money is told; empty when not printed."""

    title: str = ""
    title_line: int = 0
    unit_name: str = ""
    money_unit: str = ""
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block that is one of the layout's tables."""

    form: TableForm
    block: TableBlock
    caption: Caption


@dataclass(frozen=True)
class SortedBlocks:
    """All blocks of a document by what they are."""

    layout: Layout
    year: int
    tables: tuple[PlacedBlock, ...]
    sheets: tuple[TableBlock, ...]
    catalogues: tuple[TableBlock, ...]
    unknown: tuple[TableBlock, ...]
    findings: tuple[DocumentFinding, ...] = field(default=())


def sort_blocks(document: Document, layout: Layout | None = None) -> SortedBlocks:
    """Tell the blocks apart; a table of the layout that is missing, there twice, or not known is a finding."""
    year = budget_year(document)
    chosen = layout or layout_for(year)
    findings: list[DocumentFinding] = []
    placed: dict[str, PlacedBlock] = {}
    sheets, catalogues, unknown = [], [], []
    for block in (part for whole in document.blocks for part in _split(whole, chosen)):
        if is_sheet(block):
            sheets.append(block)
        elif any(row.keys[:2] == _CATALOGUE_HEADER for row in block.rows[:3]):
            catalogues.append(block)
        else:
            table = _place(block, chosen, placed, findings)
            if table is not None and table.form.key in placed:
                findings.append(_twice(placed[table.form.key], table.block, table.caption))
            elif table is not None:
                placed[table.form.key] = table
            elif _has_figures(block):
                unknown.append(block)
                findings.append(_found("disclosure.table.unknown", block.place(1), value=block.rows[0].cells[0]))
    findings += _missing(chosen, placed, year) if placed else []
    if placed and year not in chosen.years:
        findings.append(_found("disclosure.layout.no_year", DocumentPlace(1), Severity.WARNING, str(year)))
    tables = tuple(sorted(placed.values(), key=lambda table: table.form.number))
    return SortedBlocks(chosen, year, tables, tuple(sheets), tuple(catalogues), tuple(unknown), tuple(findings))


def budget_year(document: Document) -> int:
    """The year most tables and titles are about; 0 when the document names none."""
    told: dict[int, int] = {}
    for block in document.blocks:
        for line in block.caption:
            for found in _YEAR.findall(line.folded):
                told[int(found)] = told.get(int(found), 0) + 1
    return max(told, key=lambda year: (told[year], year), default=0)


def is_sheet(block: TableBlock) -> bool:
    """Whether a block is a project's target sheet, by its row labels."""
    labels = {key for row in block.rows for key in row.keys[:2]}
    return len(labels & _SHEET_LABELS) >= 2


def read_caption(block: TableBlock, title: str = "") -> Caption:
    """What the lines over a table say; ``title`` is that of the layout, to tell which line it is."""
    best, best_line, ratio = "", 0, 0.0
    unit_name = money_unit = ""
    for line in reversed(block.caption):
        key = squeeze(line.printed)
        alike = _title_ratio(key, title) if title else 0.0
        if alike > ratio:
            best, best_line, ratio = line.printed.strip(), line.number, alike
        if found := _UNIT_NAME.search(key):
            unit_name = unit_name or found[1]
        if found := _MONEY_UNIT.search(key):
            money_unit = money_unit or found[1]
    years = tuple(int(year) for year in _YEAR.findall(best))
    return Caption(best, best_line, unit_name, money_unit, years)


def _found(
    rule: str, place: DocumentPlace, severity: Severity = Severity.ERROR, value: str = "", **detail: object
) -> DocumentFinding:
    told = tuple((name, str(part)) for name, part in detail.items())
    return DocumentFinding(rule=rule, severity=severity, place=place, value=value[:80], detail=told)


def _split(block: TableBlock, layout: Layout) -> Iterable[TableBlock]:
    """A block in which another table's header begins is two: the text between them was lost."""
    tops = {tuple(header_key(cell) for cell in form.header[0]) for form in layout.tables}
    own = _top(block.rows[0])
    cuts = [0]
    for index, row in enumerate(block.rows[1:], 1):
        top = _top(row)
        far = index - cuts[-1] > 3
        begins_sheet = top[0] == "项目名称" and sum(map(bool, top)) == 2
        if far and (begins_sheet or (top in tops and top not in _header_of(own, layout))):
            cuts.append(index)
            own = top
    if len(cuts) == 1:
        return [block]
    ends = [*cuts[1:], len(block.rows)]
    return [
        TableBlock(block.number, block.rows[start:end], block.caption if start == 0 else (), block.skipped, block.note)
        for start, end in zip(cuts, ends, strict=True)
    ]


def _header_of(top: tuple[str, ...], layout: Layout) -> set[tuple[str, ...]]:
    """All header rows of the tables whose header begins with this row, itself among them."""
    forms = [form.header for form in layout.tables if tuple(header_key(cell) for cell in form.header[0]) == top]
    return {top, *(tuple(header_key(cell) for cell in row) for header in forms for row in header)}


def _top(row: BlockRow) -> tuple[str, ...]:
    return tuple(header_key(cell) for cell in row.cells)


def _place(
    block: TableBlock, layout: Layout, placed: dict[str, PlacedBlock], findings: list[DocumentFinding]
) -> PlacedBlock | None:
    words = {header_key(cell) for row in block.rows[:3] for cell in row.cells if cell}
    scored = []
    for form in layout.tables:
        header = len(words & form.words) / len(form.words)
        if header < _SOME_HEADER:
            continue
        caption = read_caption(block, form.title)
        title = _title_ratio(caption.title, form.title)
        scored.append((title if title >= _ALIKE else 0.0, header, form, caption))
    if not scored:
        return None
    title, header, form, caption = max(scored, key=lambda one: one[:2])
    if not title:
        rivals = [one for one in scored if one[1] == header and one[2].key not in placed]
        if header < _SAME_HEADER or len(rivals) != 1:
            return None
        _, _, form, caption = rivals[0]
        short = form.title.replace("{year}年", "")
        findings.append(_found("disclosure.table.title_missing", block.place(1), Severity.WARNING, short))
    return PlacedBlock(form, block, caption)


def _twice(first: PlacedBlock, block: TableBlock, caption: Caption) -> DocumentFinding:
    """The same table again: that of another unit, or a repetition; only the first is read."""
    another = first.caption.unit_name != caption.unit_name
    rule = "disclosure.table.second_unit" if another else "disclosure.table.twice"
    return DocumentFinding(
        rule=rule,
        severity=Severity.ERROR,
        place=block.place(1, table=first.form.key),
        other=first.block.place(1, table=first.form.key),
        value=caption.unit_name or caption.title,
        other_value=first.caption.unit_name or first.caption.title,
    )


@lru_cache(maxsize=4096)
def _title_ratio(printed: str, title: str) -> float:
    key, wanted = _TITLE_NUMBER.sub("", header_key(printed)), header_key(title)
    if key == wanted:
        return 1.0
    if abs(len(key) - len(wanted)) > len(wanted) // 2:
        return 0.0
    return SequenceMatcher(None, key, wanted, autojunk=False).ratio()


def _has_figures(block: TableBlock) -> bool:
    """Whether a block is a table of figures, and not an imprint or a list of contents with its page numbers."""
    cells: Sequence[str] = [cell for row in block.rows for cell in row.cells if cell.strip()]
    figures = [amount for cell in cells if (amount := parse_amount(cell)) is not None and not amount.blank]
    return len(block.rows) > 1 and len(figures) > 1 and any(amount.decimals for amount in figures)


def _missing(layout: Layout, placed: dict[str, PlacedBlock], year: int) -> list[DocumentFinding]:
    return [
        _found(
            "disclosure.table.missing",
            DocumentPlace(1, form.key),
            value=form.title.replace("{year}", str(year)),
            number=form.number,
        )
        for form in layout.tables
        if form.key not in placed
    ]


def unit_name_of(tables: Iterable[PlacedBlock]) -> str:
    """Whose budget it is: the name most tables carry."""
    names = [table.caption.unit_name for table in tables if table.caption.unit_name]
    return max(set(names), key=lambda name: (names.count(name), name), default="")


def is_total(text: str) -> bool:
    """Whether a row's label says that it adds up the others."""
    return name_key(text) in {"合计", "总计", "部门合计", "单位合计", "支出合计", "收入合计"}
