"""What the checks need of a project's target sheet, through the noise of a scan: name, money, text, targets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chengmai.disclosure.amounts import Amount, parse_amount
from chengmai.disclosure.document import BlockRow, TableBlock
from chengmai.disclosure.findings import DocumentPlace
from chengmai.disclosure.folding import fold, name_key, squeeze
from chengmai.disclosure.passages import Passage
from chengmai.disclosure.quantities import MONEY, Quantity, measure, numbers

TERM, YEAR = "实施期资金总额", "年度资金总额"
_SOURCES = ("中央财政资金", "省级财政资金", "财政资金", "单位自筹", "其他资金")
_LEVELS = re.compile(
    r"(?:绩效指标|产出指标|效益指标|满意度指标|[数质]量指标|时效指标|成本指标|经济效[益率]|社会效益|生态效益|可持续(?:发展|性)?影响|可持续发展|服务对象满意度|"
    r"[一二三]级指标|指标值|总体目标|实施期目标|年度目标)(?:指标)?"
)
_EVERY = re.compile(r"(?:每|全)\S{1,9}")
_BESIDE = re.compile(
    r"[\s≤≥<>=,.、/前底内初末中上下旬完成之以的左右约每至到起和次人月年日套辆件条度不低于少超过大小等]*"
)
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Money:
    """A sum of money of a sheet, in yuan as it is printed there, and where."""

    amount: Amount
    place: DocumentPlace


@dataclass(frozen=True, slots=True)
class Target:
    """One indicator's target as printed: ``side`` is term or year; ``quantity`` is None for a word or a date."""

    name: str
    printed: str
    side: str
    place: DocumentPlace
    quantity: Quantity | None

    @property
    def operator(self) -> str:
        """≤, ≥ or nothing; < and > are printed for them."""
        first = fold(self.printed).strip()[:1]
        return {"<": "≤", "≤": "≤", ">": "≥", "≥": "≥"}.get(first, "")


@dataclass
class SheetFacts:
    """One project's sheet; ``unit_yuan`` is how many yuan the printed unit of its money has.

    ``sources_lost`` says that a row of funds could not be read, so that their sum says nothing.
    """

    block: TableBlock
    name: str = ""
    name_place: DocumentPlace | None = None
    unit_yuan: Decimal = Decimal(1)
    totals: dict[str, Money] = field(default_factory=dict)
    sources: dict[str, list[Money]] = field(default_factory=dict)
    sources_lost: bool = False
    goals: list[tuple[str, str, DocumentPlace]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)

    @property
    def lines(self) -> range:
        """The lines it is printed on."""
        return range(self.block.first_line, self.block.last_line + 1)

    def yuan(self, kind: str) -> Decimal | None:
        """The whole money of the term or of the year, in yuan; None where no figure is printed."""
        found = self.totals.get(kind)
        return None if found is None else found.amount.value * self.unit_yuan


def read_sheets(blocks: Sequence[TableBlock], passages: Sequence[Passage]) -> list[SheetFacts]:
    """The facts of every sheet, in the order of print."""
    by_line: dict[int, list[Passage]] = {}
    for passage in passages:
        if passage.table:
            by_line.setdefault(passage.lines[0], []).append(passage)
    sheets = []
    for block in blocks:
        sheet = SheetFacts(block)
        _read(sheet)
        sheet.passages = [one for line in sheet.lines for one in by_line.get(line, ())]
        sheets.append(sheet)
    return sheets


def _read(sheet: SheetFacts) -> None:
    rows = sheet.block.rows
    in_targets = False
    for index, row in enumerate(rows, 1):
        keys = row.keys
        first = next((key for key in keys if key), "")
        if first == "项目名称" and not sheet.name:
            column = next((place for place, key in enumerate(keys) if key and key != "项目名称"), None)
            if column is not None:
                sheet.name = squeeze(_bare(row.cells[column]))
                sheet.name_place = sheet.block.place(index, column + 1)
        if any(TERM in key or YEAR in key for key in keys):
            _read_totals(sheet, index, row, rows)
        if any(source in key for key in keys for source in _SOURCES):
            _read_sources(sheet, index, row, rows)
        if first == "总体目标":
            _read_goals(sheet, index, row)
        if "三级指标" in keys:
            in_targets = True
        elif first.startswith("负责人"):
            in_targets = False
        elif in_targets:
            sheet.targets += _targets(sheet.block, index, row)


def _bare(cell: str) -> str:
    return _MARKUP.sub("\t", cell).partition("\t")[0].strip()


def _read_totals(sheet: SheetFacts, index: int, row: BlockRow, rows: Sequence[BlockRow]) -> None:
    unit = re.search(r"项目资金[(]?(亿元|万元|千元|元)", "".join(row.keys).replace("(", "").replace(")", ""))
    if unit:
        sheet.unit_yuan = measure("元", unit[1].removesuffix("元"))[1]
    found = _labelled(sheet.block, index, row, (TERM, YEAR))
    if not found and index < len(rows):
        figures = _only_figures(sheet.block, index + 1, rows[index])
        found = dict(zip((TERM, YEAR), figures, strict=False)) if len(figures) == 2 else {}
    for kind, money in found.items():
        sheet.totals.setdefault(kind, money)


def _read_sources(sheet: SheetFacts, index: int, row: BlockRow, rows: Sequence[BlockRow]) -> None:
    labels = [key for key in row.keys if any(source in key for source in _SOURCES)]
    kinds = [TERM, YEAR] if len(labels) >= 2 else [YEAR]
    figures = [
        Money(amount, sheet.block.place(index, column))
        for column, cell in enumerate(row.cells, 1)
        if (amount := _money(cell)) is not None
    ]
    if not figures and index < len(rows):
        figures = _only_figures(sheet.block, index + 1, rows[index])
    if len(figures) == 2:
        kinds = [TERM, YEAR]
    if len(figures) == len(kinds):
        for kind, money in zip(kinds, figures, strict=True):
            sheet.sources.setdefault(kind, []).append(money)
    elif any("其他" not in label for label in labels):
        sheet.sources_lost = True


def _money(cell: str) -> Amount | None:
    bare = _bare(cell)
    amount = parse_amount(bare) if bare else None
    return None if amount is None or amount.blank else amount


def _labelled(block: TableBlock, index: int, row: BlockRow, labels: tuple[str, ...]) -> dict[str, Money]:
    found: dict[str, Money] = {}
    wanted = ""
    for column, (key, cell) in enumerate(zip(row.keys, row.cells, strict=True), 1):
        label = next((one for one in labels if one in key), "")
        amount = _money(cell)
        if label:
            wanted = label
        elif amount is not None and wanted:
            found.setdefault(wanted, Money(amount, block.place(index, column)))
    return found


def _only_figures(block: TableBlock, index: int, row: BlockRow) -> list[Money]:
    """The figures of a row that holds nothing else: what a scan moved below its labels."""
    figures = []
    for column, cell in enumerate(row.cells, 1):
        amount = _money(cell)
        if amount is not None:
            figures.append(Money(amount, block.place(index, column)))
        elif cell.strip():
            return []
    return figures


def _read_goals(sheet: SheetFacts, index: int, row: BlockRow) -> None:
    texts = [(place, cell) for place, cell in enumerate(row.cells, 1) if cell.strip() and name_key(cell) != "总体目标"]
    for side, (column, cell) in zip(("term", "year"), texts, strict=False):
        sheet.goals.append((side, _bare(cell), sheet.block.place(index, column)))


def _targets(block: TableBlock, index: int, row: BlockRow) -> Iterator[Target]:
    cells = [(column, _bare(cell)) for column, cell in enumerate(row.cells, 1)]
    named = [(column, text) for column, text in cells if text and not _LEVELS.fullmatch(name_key(text))]
    pairs = []
    place = 0
    while place + 1 < len(named):
        (_, name), (column, target) = named[place], named[place + 1]
        if not _is_target(name) and _is_target(target) and len(target) <= 24:
            pairs.append((name, target, column))
            place += 2
        else:
            place += 1
    middle = len(row.cells) / 2
    last = max((column for column, text in cells if text), default=0)
    for number, (name, target, column) in enumerate(pairs):
        # A single pair is that of the year only if nothing stands behind it: a scan moves cells to the right.
        side = "year" if number or (column > middle + 1 and column == last) else "term"
        yield Target(squeeze(name), target, side, block.place(index, column), _quantity(target))


def _is_target(text: str) -> bool:
    """A figure, a date or a period and nothing else: "2025年污水处理量" is a name, "2025年6月底前" a target."""
    folded = fold(text)
    if _EVERY.fullmatch(folded):
        return True
    found = numbers(folded)
    if not found.quantities and not found.dates:
        return False
    rest = folded
    spans = [(one.start, one.end) for one in found.quantities] + [(one.start, one.end) for one in found.dates]
    for start, end in sorted(spans, reverse=True):
        rest = rest[:start] + rest[end:]
    return _BESIDE.fullmatch(rest) is not None


def _quantity(target: str) -> Quantity | None:
    found = numbers(target)
    return found.quantities[0] if len(found.quantities) == 1 and not found.dates else None


def is_cost(target: Target) -> bool:
    """Whether a target is an amount of money, and no price for one of something."""
    return target.quantity is not None and target.quantity.dimension == MONEY and not target.quantity.per
