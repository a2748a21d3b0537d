"""A target sheet made here as the rows of the printed form: fields, money by source, goals, indicators."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest

from chengmai.disclosure.reading.sheets import FundSource, IndicatorLevel, TargetSpan

WIDTH = 8
_FUNDS = (
    (FundSource.CENTRAL, "其中：中央财政资金"),
    (FundSource.PROVINCE, "省级财政资金"),
    (FundSource.LOCAL, "市县（区）财政资金"),
    (FundSource.OWN, "单位自筹"),
    (FundSource.OTHER, "其他资金"),
)
_TEXTS = (
    ("overview", "项目概况"),
    ("basis", "立项依据"),
    ("necessity", "项目设立必要性"),
    ("measures", "保证项目实施的制度、措施"),
    ("plan", "项目实施计划"),
)
_LEVELS = {
    IndicatorLevel.QUANTITY: ("产出指标", "数量指标"),
    IndicatorLevel.QUALITY: ("产出指标", "质量指标"),
    IndicatorLevel.TIMELINESS: ("产出指标", "时效指标"),
    IndicatorLevel.COST: ("产出指标", "成本指标"),
    IndicatorLevel.ECONOMIC: ("效益指标", "经济效益"),
    IndicatorLevel.SOCIAL: ("效益指标", "社会效益"),
    IndicatorLevel.ECOLOGICAL: ("效益指标", "生态效益"),
    IndicatorLevel.SUSTAINABLE: ("效益指标", "可持续影响"),
    IndicatorLevel.SATISFACTION: ("满意度指标", "服务对象满意度"),
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One indicator to print: its span, level, name and target."""

    span: TargetSpan
    level: IndicatorLevel
    name: str
    target: str


@dataclass(frozen=True)
class SheetText:
    """What a sheet is to say; money [yuan] by span and source, texts by the keys of a sheet's fields."""

    texts: Mapping[str, str]
    funds: Mapping[tuple[TargetSpan, FundSource], Decimal] = field(default_factory=dict)
    lines: Sequence[SheetLine] = ()


def sheet_rows(sheet: SheetText) -> tuple[tuple[str, ...], ...]:
    """The rows of the form, each as wide as the form."""
    return tuple(_wide(row) for row in _rows(sheet))


def _wide(row: Iterable[str]) -> tuple[str, ...]:
    cells = [" ".join(cell.split()) for cell in row]
    return (*cells, *[""] * (WIDTH - len(cells)))


def _rows(sheet: SheetText) -> Iterator[list[str]]:
    told = sheet.texts
    yield ["项目名称", "", told.get("name", "")]
    yield ["主管部门及代码", "", told.get("department", ""), "", "实施单位", told.get("unit", "")]
    yield ["项目属性", "", told.get("attribute", ""), "", "项目期", told.get("term", "")]
    term, year = (_money(sheet, span, FundSource.TOTAL) for span in (TargetSpan.TERM, TargetSpan.YEAR))
    yield ["项目资金（元）", "实施期资金总额：", "", term, "年度资金总额：", year]
    for source, label in _FUNDS:
        of_term, of_year = (_money(sheet, span, source) for span in (TargetSpan.TERM, TargetSpan.YEAR))
        yield ["", label, "", of_term, label, of_year]
    for key, label in _TEXTS:
        yield [label, "", told.get(key, "")]
    yield ["实施期目标", "", "", "", "", "年度目标"]
    yield ["总体目标", "", told.get("goal_term", ""), "", "", told.get("goal_year", "")]
    yield ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "二级指标", "三级指标", "指标值"]
    yield from _indicators(sheet.lines)
    yield ["负责人：", "", "经办人：", "", "联系电话：", "", "填报日期：", told.get("filled", "")]


def _money(sheet: SheetText, span: TargetSpan, source: FundSource) -> str:
    """An amount in yuan; a source that is not told is nothing where those told add up to the total."""
    amount = sheet.funds.get((span, source))
    if amount is None:
        told = (held for (of, one), held in sheet.funds.items() if of == span and one != FundSource.TOTAL)
        parts = sum(told, Decimal(0))
        return "0" if sheet.funds.get((span, FundSource.TOTAL)) == parts else ""
    return f"{amount:,.2f}".removesuffix(".00")


def _indicators(lines: Sequence[SheetLine]) -> Iterator[list[str]]:
    before = ""
    for level, (first, second) in _LEVELS.items():
        halves = [
            [one for one in lines if one.level == level and one.span == span]
            for span in (TargetSpan.TERM, TargetSpan.YEAR)
        ]
        for term, year in zip_longest(*halves):
            cells = [second, *_half(term), second, *_half(year)]
            yield ["", first if first != before else "", *cells]
            before = first


def _half(one: SheetLine | None) -> tuple[str, str]:
    return ("", "") if one is None else (one.name, one.target)
