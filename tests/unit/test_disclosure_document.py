"""A published document as text: what its lines are, its headings, paragraphs, tables and amounts."""

from decimal import Decimal

import pytest

from chengmai.disclosure.amounts import Fidelity, parse_amount, reprint
from chengmai.disclosure.document import Document, LineKind, read_document
from chengmai.disclosure.folding import fold, name_key, squeeze
from tests.published import PUBLISHED


@pytest.fixture(scope="module")
def published() -> Document:
    """The bureau's own document."""
    return read_document(PUBLISHED.name, PUBLISHED.read_bytes())


@pytest.mark.parametrize(
    ("printed", "value", "fidelity"),
    [
        ("28278.81", "28278.81", Fidelity.EXACT),
        ("-14.96", "-14.96", Fidelity.EXACT),
        ("", "0", Fidelity.EXACT),
        ("1,234.50", "1234.50", Fidelity.NORMALISED),
        ("1 234.50", "1234.50", Fidelity.NORMALISED),
        ("１，２３４．５０", "1234.50", Fidelity.NORMALISED),
        (" 77.81 ", "77.81", Fidelity.NORMALISED),
        ("(12.00)", "-12.00", Fidelity.NORMALISED),
        ("-", "0", Fidelity.NORMALISED),
        ("——", "0", Fidelity.NORMALISED),
        ("007", "7", Fidelity.NORMALISED),
    ],
)
def test_an_amount_is_read_and_says_how_it_was_printed(printed: str, value: str, fidelity: Fidelity) -> None:
    amount = parse_amount(printed)
    assert amount is not None
    assert (amount.value, amount.printed, amount.fidelity) == (Decimal(value), printed, fidelity)


@pytest.mark.parametrize("printed", ["1.234,50", "12,34.5", "合计", "3件", "=A1", "1-2", "1.2.3", "9" * 40, "(-3)"])
def test_what_is_no_amount_is_not_guessed(printed: str) -> None:
    assert parse_amount(printed) is None


def test_decimals_are_those_printed_and_zero_is_blank_again() -> None:
    amount = parse_amount("1,234.5")
    assert amount is not None
    assert amount.decimals == 1
    assert [reprint(Decimal(value)) for value in ("0", "0.00", "77.81", "5")] == ["", "", "77.81", "5.00"]


def test_folding_keeps_every_offset_and_leaves_the_separators_of_a_list() -> None:
    text = "（１００，２００）％　＜≦"
    assert fold(text) == "(100，200)% <≤"
    assert len(fold(text)) == len(text)
    assert squeeze("二水厂 顶棚\u200b保温") == "二水厂顶棚保温"
    assert name_key("晋城市市級預算部門（單位）") == name_key("晋城市市级 预算部门(单位)")


def test_lines_keep_their_numbers_and_noise_is_known(published: Document) -> None:
    assert published.line(453).printed.startswith("2025年度晋城市城市管理局预算收入总计28,278.81万元")
    assert {line.number for line in published.watermarks} >= {3, 21, 1952}
    assert published.line(1895).kind == LineKind.NOISE
    assert [finding.rule for finding in published.found] == ["disclosure.watermark"]


def test_a_line_stands_in_its_part_and_section(published: Document) -> None:
    assert [heading.title for heading in published.section(507)] == ["2025年度单位预算情况说明", "政府采购情况"]
    assert [heading.title for heading in published.section(474)][1:] == [
        "一般公共预算支出情况说明",
        "一般公共预算当年支出规模变化情况",
    ]
    assert all(heading.line > 58 for heading in published.headings), "the table of contents has no headings"


def test_a_sentence_that_a_page_broke_is_one_paragraph(published: Document) -> None:
    broken = [paragraph for paragraph in published.paragraphs if len(paragraph.lines) > 1]
    assert [paragraph.lines for paragraph in broken] == [(501, 503), (1925, 1927)]
    start = broken[0].text.index("紧日子")
    assert broken[0].place(start, start + 3).line == 503
    assert published.line(503).printed[broken[0].place(start, start + 3).start :].startswith("紧日子")


def test_a_table_over_two_pages_is_one_and_texts_part_tables(published: Document) -> None:
    first = published.blocks[1]
    assert (first.first_line, first.last_line, first.skipped) == (82, 117, (105,))
    assert [line.printed for line in first.caption][-3:] == [
        "2025年预算收支总表",
        "单位名称：晋城市城市管理局",
        "单位：万元",
    ]
    assert first.rows[1].cells[1] == "2025年"
    assert sum(block.rows[0].keys[0] == "项目名称" for block in published.blocks) == 39
    state_capital = next(block for block in published.blocks if block.first_line == 355)
    assert state_capital.note[0].printed == "注：本表无数据"


def test_bytes_that_are_no_text_are_a_finding() -> None:
    assert read_document("x", "一、表".encode("gb18030")).headings[0].title == "表"
    broken = read_document("x", b"\xff\xff\x00\t\x81")
    assert [finding.rule for finding in broken.found] == ["disclosure.undecodable"]
    assert read_document("x", "").lines == ()
