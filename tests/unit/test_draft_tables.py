"""A draft's tables: sums to the fen, typing and pasting as a clerk does it, every step with its way back."""

from dataclasses import replace

import pytest

from chengmai.core.findings import Severity
from chengmai.disclosure.document import read_document
from chengmai.disclosure.drafting.carrying import CarriedProject, carry_over, next_year
from chengmai.disclosure.drafting.draft_edits import AddRow, PasteCells, RemoveRow, SetCell, Step, apply, clipboard_rows
from chengmai.disclosure.drafting.draft_findings import broken_ties
from chengmai.disclosure.drafting.draft_rows import NewRow
from chengmai.disclosure.drafting.draft_tables import GridTable, empty_tables, from_published, in_wan
from chengmai.disclosure.drafting.totalling import sums_of, totalled
from chengmai.disclosure.layouts import layout_for
from chengmai.disclosure.reading.published_tables import read_tables
from tests.published import PUBLISHED

UNIT = "晋城市城市管理局"
YEAR = 2026


@pytest.fixture(scope="module")
def published() -> dict[str, GridTable]:
    """The published tables as a draft would hold them, sums worked out."""
    read = read_tables(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))
    return {key: totalled(from_published(table, "万元")) for key, table in read.tables.items()}


@pytest.fixture(scope="module")
def empty() -> dict[str, GridTable]:
    """Every table of the layout without a figure."""
    return {key: totalled(table) for key, table in empty_tables(layout_for(YEAR), YEAR, UNIT).items()}


def done(table: GridTable, *steps: Step) -> GridTable:
    """The table after steps that are all taken, and taken back again by their undo."""
    edited = apply(table, steps, YEAR)
    assert edited.refused == ()
    back = apply(edited.table, edited.undo, YEAR)
    assert back.refused == ()
    assert back.table == table
    again = apply(back.table, back.undo, YEAR)
    assert again.table == edited.table, "redo"
    return edited.table


def rules(table: GridTable, *steps: Step) -> list[str]:
    """The rules by which steps are refused; the table is then as it was."""
    edited = apply(table, steps, YEAR)
    assert not edited.refused or edited.table is table
    return [one.rule for one in edited.refused]


def test_the_published_sums_are_those_worked_out_but_for_print_s_rounding(published: dict[str, GridTable]) -> None:
    read = read_tables(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))
    differing = {
        (key, row.key, column): row.fen[column] - was.fen.get(column, 0)
        for key, table in published.items()
        for row, was in zip(table.rows, from_published(read.tables[key], "万元").rows, strict=True)
        for column in row.fen
        if row.fen[column] != was.fen.get(column, 0)
    }
    assert {abs(fen) for fen in differing.values()} == {10_000}, "a hundredth of ten thousand yuan"
    assert set(differing) == {
        ("totals", "212", "total"),
        ("expenditure", "212", "total"),
        ("expenditure", "21201", "total"),
        ("appropriation", "current", "total"),
        ("appropriation", "current", "general"),
        ("appropriation", "total", "total"),
        ("appropriation", "total", "general"),
        ("basic", "total", "total"),
    }


def test_an_empty_layout_has_its_rows_and_breaks_no_rule(empty: dict[str, GridTable]) -> None:
    assert len(empty) == 13
    assert [row.key for row in empty["appropriation"].rows if row.side == "income"][-4:] == [
        "carried_general",
        "carried_fund",
        "carried_state_capital",
        "total",
    ]
    assert [row.name for row in empty["projects"].rows] == [UNIT]
    assert broken_ties(empty) == []


def test_what_is_typed_below_comes_out_above_exactly(empty: dict[str, GridTable]) -> None:
    table = done(
        empty["general"],
        AddRow(NewRow(code="2120104"), (("basic", "0.1"), ("project", "1,234.50"))),
        AddRow(NewRow(code="2120101"), (("basic", "0.2"),)),
        AddRow(NewRow(code="2080505"), (("basic", "０．３"),)),
    )
    assert [(row.key, row.name, row.level) for row in table.rows] == [
        ("total", "合计", 0),
        ("208", "社会保障和就业支出", 1),
        ("20805", "行政事业单位养老支出", 2),
        ("2080505", "机关事业单位基本养老保险缴费支出", 3),
        ("212", "城乡社区支出", 1),
        ("21201", "城乡社区管理事务", 2),
        ("2120101", "行政运行", 3),
        ("2120104", "城管执法", 3),
    ]
    assert [in_wan(table.fen("total", column)) for column in ("total", "basic", "project")] == [
        "1235.10",
        "0.60",
        "1234.50",
    ]
    assert in_wan(table.fen("21201", "total")) == "1234.80"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("1,234.50", "1234.50"),
        ("1 234.50", "1234.50"),
        ("１２３４．５０", "1234.50"),
        ("１，２３４．５", "1234.50"),
        ("", ""),
        ("-", ""),
        ("——", ""),
        ("0.000001", "0.000001"),
        (" 7 ", "7.00"),
    ],
)
def test_amounts_are_typed_as_people_type_them(empty: dict[str, GridTable], text: str, stored: str) -> None:
    table = apply(empty["three_public"], [SetCell("reception", "general", text)], YEAR).table
    assert in_wan(table.fen("reception", "general")) == in_wan(table.fen("total", "total")) == stored


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1.234,50", "draft.no_amount"),
        ("12万元", "draft.no_amount"),
        ("=A1", "draft.no_amount"),
        ("-5", "draft.below_zero"),
        ("(5)", "draft.below_zero"),
        ("0.0000001", "draft.too_fine"),
        ("99999999999", "draft.too_large"),
    ],
)
def test_what_is_no_amount_is_refused(empty: dict[str, GridTable], text: str, rule: str) -> None:
    assert rules(empty["three_public"], SetCell("reception", "general", text)) == [rule]


def test_a_sum_cannot_be_typed_over(published: dict[str, GridTable]) -> None:
    table = published["expenditure"]
    for cell in (("total", "basic"), ("212", "project"), ("21201", "basic"), ("2120104", "total")):
        assert rules(table, SetCell(*cell, "1")) == ["draft.computed"]
    assert rules(table, SetCell("2120104", "name", "x")) == ["draft.text_fixed"]
    assert rules(published["projects"], SetCell("total", "general", "1")) == ["draft.computed"]


def test_a_rectangle_from_a_sheet_lands_where_it_is_pasted_or_nowhere(published: dict[str, GridTable]) -> None:
    table = published["general"]
    text = "0\t546.26\r\n0\t1,685.94\r\n"
    after = done(table, PasteCells("2120102", "basic", text.replace("546.26", "600")))
    assert in_wan(after.fen("2120102", "project")) == "600.00"
    assert in_wan(after.fen("total", "total")) == "14019.40"
    bad = apply(table, [PasteCells("2120102", "basic", "1\t2\nx\t3\n")], YEAR)
    assert [(one.row, one.column, one.value, one.rule) for one in bad.refused] == [
        ("2120104", "basic", "x", "draft.no_amount")
    ]
    assert bad.table is table
    assert rules(table, PasteCells("2210201", "project", "1\t2")) == ["draft.beyond_columns"]
    assert rules(table, PasteCells("2210201", "project", "1\n2")) == ["draft.beyond_rows"]


def test_pasted_sums_are_held_against_what_comes_out_and_not_taken(published: dict[str, GridTable]) -> None:
    edited = apply(published["general"], [PasteCells("2120102", "total", "546.26\t\t546.26\n9.99\t\t1685.94")], YEAR)
    assert edited.refused == ()
    [one] = edited.differing
    assert (one.row, one.column, one.value, one.rule) == ("2120104", "total", "9.99", "draft.sum_differs")
    assert dict(one.told) == {"computed": "1685.94"}


def test_whole_blocks_with_their_codes_and_names_are_pasted_into_empty_tables(
    published: dict[str, GridTable], empty: dict[str, GridTable]
) -> None:
    for key, first in (("general", "code"), ("projects", "name"), ("basic", "department_class"), ("income", "code")):
        table = published[key]
        lines = []
        for row in table.rows:
            texts, fen = list(row.texts.values()), [in_wan(row.fen[column]) for column in row.fen]
            lines.append("\t".join([*texts, *fen]))
        edited = apply(empty[key], [PasteCells("", first, "\r\n".join(lines))], YEAR)
        assert edited.refused == (), key
        assert edited.differing == (), key
        assert [(row.key, row.fen) for row in edited.table.rows] == [(row.key, row.fen) for row in table.rows], key


def test_the_first_row_below_takes_over_what_was_typed_above(empty: dict[str, GridTable]) -> None:
    section = done(empty["general"], AddRow(NewRow(code="21201"), (("project", "5"),)))
    below = done(section, AddRow(NewRow(code="2120104")))
    assert in_wan(below.fen("2120104", "project")) == in_wan(below.fen("total", "total")) == "5.00"
    without = done(below, RemoveRow("2120104"))
    assert in_wan(without.fen("21201", "project")) == ""


def test_removing_a_class_removes_what_is_below_it_and_undo_brings_all_back(published: dict[str, GridTable]) -> None:
    after = done(published["income"], RemoveRow("212"))
    assert [row.key for row in after.rows if row.key.startswith("212")] == []
    assert in_wan(after.fen("total", "total")) == "1105.91"
    names = done(published["projects"], RemoveRow("p3"), SetCell("p4", "name", "另一个名称"))
    assert len(names.rows) == len(published["projects"].rows) - 1


@pytest.mark.parametrize(
    ("key", "step", "rule"),
    [
        ("general", AddRow(NewRow(code="2120104")), "draft.row_there"),
        ("general", AddRow(NewRow(code="212010")), "draft.code_malformed"),
        ("general", AddRow(NewRow(code="2129999")), "draft.code_unknown"),
        ("basic", AddRow(NewRow(code="30299", beside="没有")), "draft.row_there"),
        ("basic", AddRow(NewRow(code="30203", beside="没有")), "draft.code_unknown"),
        ("projects", AddRow(NewRow(name=" ")), "draft.name_missing"),
        ("projects", AddRow(NewRow(name="合计")), "draft.name_total"),
        ("totals", AddRow(NewRow("income", name="x")), "draft.rows_fixed"),
        ("totals", RemoveRow("201", "expenditure"), "draft.rows_fixed"),
        ("general", RemoveRow("total"), "draft.rows_fixed"),
    ],
)
def test_rows_that_cannot_be_are_refused(published: dict[str, GridTable], key: str, step: Step, rule: str) -> None:
    assert rules(published[key], step) == [rule]


def test_a_code_that_is_not_held_here_may_be_told_with_its_name(published: dict[str, GridTable]) -> None:
    added = done(published["general"], AddRow(NewRow(code="2120188", name="某项支出"))).row("2120188", "")
    assert added is not None
    assert (added.name, added.level) == ("某项支出", 3)


def test_ties_are_found_at_their_cells_and_rounding_is_only_a_note(published: dict[str, GridTable]) -> None:
    broken = apply(published["projects"], [SetCell("p5", "general", "39.23")], YEAR).table
    found = broken_ties({**published, "projects": broken})
    before = {(one.finding.rule, one.row, one.column) for one in broken_ties(published)}
    new = [one for one in found if (one.finding.rule, one.row, one.column) not in before]
    assert {(one.finding.place.table, one.row, one.column, one.severity, one.finding.difference) for one in new} == {
        ("expenditure", "total", "project", Severity.ERROR, "-1"),
        ("projects", "total", "general", Severity.ERROR, "1"),
    }


def test_the_next_year_begins_with_rows_and_projects_and_without_what_was_carried(
    published: dict[str, GridTable],
) -> None:
    bare = next_year(published, with_amounts=False)
    assert [row.key for row in bare["general"].rows] == [row.key for row in published["general"].rows]
    assert [row.name for row in bare["projects"].rows] == [row.name for row in published["projects"].rows]
    assert not any(fen for table in bare.values() for row in table.rows for fen in row.fen.values())
    assert [row.level for row in bare["projects_carried"].rows] == [0, 0]
    full = next_year(published, with_amounts=True)
    assert in_wan(full["expenditure"].fen("total", "total")) == "28201.00"
    assert in_wan(full["totals"].fen("total", "total")) == in_wan(full["totals"].fen("total", "income")) == "28201.00"
    assert in_wan(full["appropriation"].fen("total", "total")) == "28201.00"
    assert [
        one for one in broken_ties(full) if one.severity == Severity.ERROR and one.finding.place.table != "basic"
    ] == []


def test_what_is_carried_over_stands_in_every_place_and_breaks_no_tie(published: dict[str, GridTable]) -> None:
    start = next_year(published, with_amounts=True)
    carried = [
        CarriedProject("再生水专项规划", "2120102", {"general": 12_345_600}),
        CarriedProject("金匠污水处理厂运营费", "2121401", {"fund": 50_000_000}),
        CarriedProject("新路灯", "2120399", {"general": 100}),
    ]
    done_ = carry_over(start, carried, YEAR)
    assert done_.refused == ()
    tables = done_.tables
    told = {
        in_wan(tables[key].fen(row, column))
        for key, row, column in (
            ("projects_carried", "total", "total"),
            ("income", "total", "carried"),
            ("totals", "carried", "income"),
            ("totals", "total", "carried"),
            ("appropriation", "carried", "income"),
        )
    }
    assert told == {"62.3457"}
    before = {(one.finding.rule, one.row, one.column) for one in broken_ties(start)}
    new = [one for one in broken_ties(tables) if (one.finding.rule, one.row, one.column) not in before]
    assert [(one.severity, one.row, one.column) for one in new] == [(Severity.WARNING, "212", "fund")], (
        "table 8 leaves out what is carried over"
    )
    refused = carry_over(start, [carried[0], CarriedProject("x", "212", {"general": 1})], YEAR)
    assert {one.rule for one in refused.refused} == {"draft.computed"}
    assert refused.tables is start


def test_a_clipboard_is_read_as_spreadsheets_write_it() -> None:
    assert clipboard_rows('a\tb\r\n"c\nd"\t""""\r\n\r\n') == [["a", "b"], ["c d", '"']]
    assert clipboard_rows("") == []
    assert clipboard_rows("1\n\n2\n") == [["1"], [""], ["2"]]


def test_every_rule_within_one_table_holds_after_summing(empty: dict[str, GridTable]) -> None:
    """Whatever is typed: cells that a rule of one table ties are among the sums, or the rule could break."""
    for key, table in empty.items():
        typed = [
            (row, column)
            for row in table.rows
            for column in row.fen
            if (row.key, column) not in sums_of(table.form, table.rows)
        ]
        steps = [SetCell(row.key, column, str(number)) for number, (row, column) in enumerate(typed, 1)]
        filled = apply(table, steps, YEAR)
        assert filled.refused == ()
        alone = [one for one in broken_ties({key: filled.table}) if one.finding.rule != "disclosure.table.across"]
        assert alone == [], key


def test_a_sum_that_print_had_rounded_moves_by_what_its_parts_move_by() -> None:
    read = read_tables(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))
    printed = {key: from_published(table, "万元") for key, table in read.tables.items()}
    rounded = [key for key, table in printed.items() if totalled(table) != table]
    assert rounded, "the published sums are rounded, each for itself"
    assert [key for key in rounded if totalled(printed[key], printed[key]) != printed[key]] == []
    table = printed["expenditure"]
    typed = in_wan(table.fen("2120104", "project") + 1_000_000)
    edited = apply(table, [SetCell("2120104", "project", typed)], YEAR)
    for row in ("212", "21201", "2120104"):
        assert edited.table.fen(row, "total") == table.fen(row, "total") + 1_000_000
    assert apply(edited.table, edited.undo, YEAR).table == table


def test_a_sum_further_off_than_rounding_is_worked_out_anew() -> None:
    read = read_tables(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))
    table = from_published(read.tables["projects"], "万元")
    exact = totalled(table)
    off = replace(
        table,
        rows=tuple(
            replace(row, fen={**row.fen, "general": row.fen["general"] + 2_000_000_000}) if row.key == "total" else row
            for row in table.rows
        ),
    )
    assert totalled(off, off).fen("total", "general") == exact.fen("total", "general")
