"""A budget printed from its data is read back with every number equal; what is held back is found and masked."""

import pytest

from chengmai.disclosure.document import read_document
from chengmai.disclosure.explanation import ExplanationPassage, PassageKind
from chengmai.disclosure.printing.explanation import read_explanation
from chengmai.disclosure.printing.sheets import SheetLine, SheetText, sheet_rows
from chengmai.disclosure.printing.text import PrintedBudget, PrintedTargetSheet, amount_text
from chengmai.disclosure.printing.withheld import MASK, WithheldKind, masked, masked_text, pieces
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.sheets import FundSource, IndicatorLevel, TargetSpan
from tests.printed_budgets import printed_from
from tests.published import PUBLISHED


@pytest.fixture(scope="module")
def published() -> Disclosure:
    """The bureau's own document as read."""
    return read_disclosure(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))


@pytest.fixture(scope="module")
def again(published: Disclosure) -> tuple[PrintedBudget, Disclosure]:
    """The same printed from its data, and read back."""
    printed = printed_from(published)
    return printed, read_disclosure(printed.document())


def test_the_explanation_begins_behind_the_contents_and_leaves_tables_out(published: Disclosure) -> None:
    passages = read_explanation(published.document, published.tables.blocks)
    assert (passages[0].level, passages[0].number, passages[0].text) == (1, "一", "概况")
    parts = [one.text for one in passages if one.level == 1]
    assert parts == ["概况", "2025年单位预算报表", "2025年度单位预算情况说明", "名词解释"]
    kinds = [one.kind for one in passages]
    assert [kinds.count(kind) for kind in (PassageKind.TABLES, PassageKind.SHEETS, PassageKind.CATALOGUE)] == [1, 1, 1]
    text = "\n".join(one.text for one in passages)
    assert "28,278.81万元" in text
    for left_out in (
        "单位名称：",
        "仅供内部审核",
        "项目支出绩效目标表\n",
        "预算公开表1\n",
        "注：本表无数据",
        "实施期资金总额",
    ):
        assert left_out not in text, left_out


def test_every_number_of_every_table_is_read_back_equal(
    published: Disclosure, again: tuple[PrintedBudget, Disclosure]
) -> None:
    _, read = again
    assert read.tables.findings == ()
    assert (read.tables.year, read.tables.unit_name) == (2025, "晋城市城市管理局")
    before, after = (
        [
            (table.key, row.key, row.side, cell.column, cell.text, cell.amount and cell.amount.value)
            for table, row, cell in one.tables.cells()
        ]
        for one in (published, read)
    )
    assert len(before) == 1414
    assert before == after


def test_sheets_catalogue_and_passages_are_read_back_the_same(
    published: Disclosure, again: tuple[PrintedBudget, Disclosure]
) -> None:
    printed, read = again
    told = [
        [[(one.key, one.value, one.amount, one.fidelity) for one in sheet.all_fields()] for sheet in each.sheets]
        for each in (published, read)
    ]
    assert len(told[0]) == 37
    assert told[0] == told[1]
    assert published.catalogue is not None
    assert read.catalogue is not None
    entries = [
        [(one.department, one.code, one.name, one.limited_to) for one in each.entries]
        for each in (published.catalogue, read.catalogue)
    ]
    assert len(entries[0]) > 1000
    assert entries[0] == entries[1]
    assert (read.catalogue.issue, read.catalogue.year) == (published.catalogue.issue, published.catalogue.year)
    assert read_explanation(read.document, read.tables.blocks) == printed.passages
    assert printed_from(read).text == printed.text, "printing what was read changes nothing"


def test_a_sheet_made_here_is_read_back_exactly() -> None:
    yuan = {
        (span, source): amount
        for span, amounts in ((TargetSpan.TERM, (900, 500, 400)), (TargetSpan.YEAR, (300, 100, 200)))
        for source, amount in zip((FundSource.TOTAL, FundSource.CENTRAL, FundSource.LOCAL), amounts, strict=True)
    }
    lines = [
        SheetLine(span, level, f"{level.value} {name}", target)
        for span, more in ((TargetSpan.TERM, 2), (TargetSpan.YEAR, 1))
        for level in IndicatorLevel
        for name, target in (("甲", "≥90%"), ("乙", "提升"), ("丙", "2025年6月"))[:more]
    ]
    told = {name: f"{name}的内容" for name in ("name", "department", "unit", "overview", "basis", "necessity")}
    told |= {"measures": "m", "plan": "p", "goal_term": "g", "goal_year": "h", "filled": "20250102"}
    text = SheetText({**told, "attribute": "经常性项目（长期开展）", "term": "3年"}, yuan, lines)
    read = PrintedTargetSheet(1, sheet_rows(text)).read
    assert read.findings == ()
    assert {key: read.fund(*key) for key in yuan} == yuan
    back = [(one.span, one.level2, one.name.value, one.target.printed) for one in read.indicators]
    assert sorted(back) == sorted((one.span, one.level, one.name, one.target) for one in lines)
    assert {key: read.fields[key].value for key in told} == {**told, "filled": "2025-01-02"}


@pytest.mark.parametrize(
    ("fen", "printed"), [(0, ""), (1_000_000, "1.00"), (-250_000, "-0.25"), (1, "0.000001"), (1_230_000, "1.23")]
)
def test_money_is_never_cut_by_printing(fen: int, printed: str) -> None:
    assert amount_text(fen, "万元") == printed


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("身份证号11010519491231002X", [WithheldKind.ID_CARD]),
        ("编号110105194912310021不是", []),
        ("联系人：王小明，手机13812345678", [WithheldKind.PERSON, WithheldKind.MOBILE]),
        ("李四 电话 138 1234 5678", [WithheldKind.PERSON, WithheldKind.MOBILE]),
        ("账号 6222 0212 3456 7890 129", []),
        ("账号 6222 0212 3456 7890 128", [WithheldKind.BANK_CARD]),
        ("账号4111111111111111", [WithheldKind.BANK_CARD]),
        ("填报日期：20250306115744", []),
        ("机密★10年", [WithheldKind.SECRET]),
        ("加强内部控制和内部审计", []),
        ("内部资料，注意保存", [WithheldKind.INTERNAL]),
        ("负责人：", []),
        ("保守国家秘密，建筑面积5136.8平方米，共计13800000000元", []),
    ],
)
def test_what_is_held_back_is_told_by_rule(text: str, kinds: list[WithheldKind]) -> None:
    assert [kind for *_, kind in pieces(text)] == kinds
    assert (MASK in masked_text(text)) == bool(kinds)


def test_masking_touches_every_text_and_no_figure_unless_cleared(published: Disclosure) -> None:
    printed = printed_from(published)
    assert masked(printed).withheld == ()
    secret = ExplanationPassage(PassageKind.TEXT, text="经办人：王小明，手机13812345678，机密★")
    with_it = PrintedBudget("甲局", 2025, printed.tables, (secret,), printed.sheets)
    result = masked(with_it)
    assert [piece.kind for piece in result.withheld] == [WithheldKind.PERSON, WithheldKind.MOBILE, WithheldKind.SECRET]
    assert result.budget.passages[0].text == f"经办人：{MASK}，手机{MASK}，{MASK}"
    assert result.budget.tables == with_it.tables
    cleared = masked(with_it, frozenset({result.withheld[1].digest})).budget.passages[0].text
    assert cleared == f"经办人：{MASK}，手机13812345678，{MASK}"
    assert "13812345678" not in result.withheld[1].hint
