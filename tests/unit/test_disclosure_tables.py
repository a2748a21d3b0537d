"""The thirteen tables of the real document, printed anew with every number equal; and what broken ones are told as."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

import chengmai.disclosure
from chengmai.core.messages import LANGUAGES, catalogue
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.classes import Classification, class_codes, parent
from chengmai.disclosure.document import read_document
from chengmai.disclosure.folding import squeeze
from chengmai.disclosure.reading.published_tables import PublishedTables, read_tables
from tests.published import PUBLISHED

TEXT = PUBLISHED.read_text()


@pytest.fixture(scope="module")
def published() -> PublishedTables:
    """The tables of the bureau's own document."""
    return read_tables(read_document(PUBLISHED.name, TEXT))


def read(text: str) -> PublishedTables:
    """The tables of a text."""
    return read_tables(read_document("changed.txt", text))


def rules(tables: PublishedTables) -> dict[str, int]:
    """How often each rule was broken."""
    return dict(Counter(finding.rule.removeprefix("disclosure.") for finding in tables.findings))


def test_all_thirteen_tables_print_anew_with_every_number_equal(published: PublishedTables) -> None:
    assert [table.form.number for table in published.tables.values()] == list(range(1, 14))
    figures = 0
    for table in published.tables.values():
        printed = [row for row in table.block.rows if any(cell.strip() for cell in row.cells)]
        grid = table.grid(published.layout.decimals)
        assert [[squeeze(cell) for cell in row] for row in grid] == [list(map(squeeze, row.cells)) for row in printed]
        figures += sum(bool(re.fullmatch(r"-?\d+\.\d\d", cell)) for row in grid for cell in row)
    assert figures == sum(len(re.findall(r"(?<=\t)\d+\.\d\d(?=\t|$)", line)) for line in TEXT.splitlines()[:448])
    assert published.findings == ()


def test_cells_are_found_by_code_and_know_their_place(published: PublishedTables) -> None:
    cell = published.tables["income"].cell("2120104", "general")
    assert cell is not None
    assert cell.amount is not None
    assert cell.amount.value == Decimal("1685.94")
    assert (cell.place.line, cell.place.row, cell.place.column) == (140, 16, 4)
    assert (published.year, published.unit_name) == (2025, "晋城市城市管理局")
    sides = published.tables["totals"]
    assert [
        sides.row("total", side).amount(column).value
        for side, column in (("income", "income"), ("expenditure", "carried"))
    ] == [  # type: ignore[union-attr]
        Decimal("28278.81"),
        Decimal("77.81"),
    ]
    carried = published.tables["appropriation"].cell("carried_general", "income", "income")
    assert carried is not None
    assert carried.amount is not None
    assert carried.amount.printed == "77.81"


def test_rows_know_what_they_add_up(published: PublishedTables) -> None:
    for key, column in (("income", "total"), ("expenditure", "project"), ("general", "basic"), ("basic", "total")):
        table = published.tables[key]
        for row in table.rows:
            below = [child.amount(column) for child in table.children(row)]
            whole = row.amount(column)
            if below and whole is not None and None not in below:
                parts = sum(part.value for part in below if part is not None)
                assert abs(parts - whole.value) <= Decimal("0.005") * (len(below) + 1), (key, row.key)
    projects = published.tables["projects"]
    total = projects.row("total")
    assert total is not None
    assert len(projects.children(total)) == 37
    three = published.tables["three_public"]
    vehicles = three.row("vehicle")
    assert vehicles is not None
    assert [row.key for row in three.children(vehicles)] == ["vehicle_purchase", "vehicle_running"]


def test_names_broken_by_the_scan_are_normalised_and_keep_their_print(published: PublishedTables) -> None:
    normalised = [cell for *_, cell in published.cells() if cell.fidelity == Fidelity.NORMALISED]
    assert len(normalised) == 19
    assert all(squeeze(cell.printed) == squeeze(cell.text) for cell in normalised)
    assert "二十二、国有资本经营预算支出" in {cell.text for cell in normalised}


def test_columns_in_another_order_are_read_by_their_labels() -> None:
    lines = TEXT.splitlines()
    for index in range(163, 194):
        cells = lines[index].split("\t")
        lines[index] = "\t".join([cells[0], cells[1], cells[4], cells[3], cells[2]] if index > 164 else cells)
    lines[164] = "科目编码\t科目名称\t项目支出\t基本支出\t合计"
    tables = read("\n".join(lines))
    row = tables.tables["expenditure"].row("total")
    assert row is not None
    assert [row.amount(column).printed for column in ("total", "basic", "project")] == [  # type: ignore[union-attr]
        "28278.81",
        "4484.35",
        "23794.46",
    ]
    assert rules(tables) == {"column.order": 1}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2120104\t城管执法\t1685.94\t\t1685.94", "2120104\t城管执法\t1685.94\t\t一六八五", {"cell.no_amount": 2}),
        ("2120104\t城管执法\t1685.94\t\t", "212O104\t城管执法\t1685.94\t\t", {"code.malformed": 2}),
        ("2120104\t城管执法\t1685.94\t\t", "2120104\t城管执罚\t1685.94\t\t", {"code.other_name": 2}),
        ("2120104\t城管执法\t1685.94\t\t", "2129904\t城管执法\t1685.94\t\t", {"code.unknown": 2}),
        ("77.81\n上年结转", "77.81 <td>1.00</td>\n上年结转", {"cell.markup": 1}),
        ("529.14\t529.14\t\t\n晋", "529.14\t529.14\t\t\t9\n晋", {"row.too_wide": 1}),
        ("公务接待费\t1.00\t1.00\t\t", "公务接待费\t1.00", {"row.too_short": 1}),
        ("\n公务接待费\t1.00", "\n会议费\t1.00", {"row.unknown": 1}),
        ("\n公务接待费\t1.00", "\n\t1.00", {"row.no_label": 1}),
        ("2025年预算收入总表\n", "2024年预算收入总表\n", {"table.year": 1}),
        ("单位：万元\n\n项目\t\t本年收入", "单位：元\n\n项目\t\t本年收入", {"table.other_unit": 1}),
        ("单位：万元\n\n项目\t\t本年收入", "\n\n项目\t\t本年收入", {"table.no_unit": 1}),
        ("2025年财政拨款安排机关运行经费预算表\n", "", {"table.title_missing": 1}),
        ("基本工资\t工资", "基本公资\t工资", {"class.unknown": 1}),
        ("培训费\t培训费", "差旅费\t培训费", {"row.twice": 1}),
    ],
)
def test_what_is_wrong_with_a_table_is_told(old: str, new: str, expected: dict[str, int]) -> None:
    head, contents, rest = TEXT.partition("第二部分 2025年单位预算报表\n\n预算公开表1")
    assert old in rest
    tables = read(head + contents + rest.replace(old, new))
    assert rules(tables) == expected
    assert len(tables.tables) == 13


def test_tables_missing_unknown_twice_and_of_another_unit_are_told() -> None:
    lines = TEXT.splitlines()
    without = read("\n".join(lines[:362] + lines[376:]))
    assert rules(without) == {"table.missing": 1}
    unknown = read("\n".join([*lines[:447], "附表", "甲\t乙", "1.00\t2.00", "3.50\t4.00", "以上", *lines[447:]]))
    assert rules(unknown) == {"table.unknown": 1}
    again = [line.replace("晋城市城市管理局", "晋城市园林局") for line in lines[376:385]]
    two = read("\n".join([*lines[:447], *again, *lines[447:]]))
    assert rules(two) == {"table.second_unit": 1}
    twice = read("\n".join([*lines[:447], *lines[376:385], *lines[447:]]))
    assert rules(twice) == {"table.twice": 1}


def test_a_table_whose_header_is_printed_again_on_the_next_page_is_one() -> None:
    lines = TEXT.splitlines()
    paged = [*lines[:177], "", "仅供内部审核", "- 7 -", "", *lines[163:165], *lines[177:]]
    tables = read("\n".join(paged))
    assert tables.findings == ()
    assert len(tables.tables["expenditure"].rows) == 29


def test_codes_have_parents_and_versions() -> None:
    assert parent(Classification.FUNCTION, "2120104") == "21201"
    assert parent(Classification.FUNCTION, "212") is None
    assert parent(Classification.FUNCTION, "21") is None
    assert class_codes(2026).year == 2025
    assert class_codes(1999).year == 2025
    orphans = [
        code
        for classification in Classification
        for code in class_codes(2025).names[classification]
        if (above := parent(classification, code)) and above not in class_codes(2025).names[classification]
    ]
    assert orphans == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_sentence(language: str) -> None:
    folder = Path(chengmai.disclosure.__file__).parent
    said = {rule for file in folder.rglob("*.py") for rule in re.findall(r'"(disclosure\.[a-z_.]+)"', file.read_text())}
    assert len(said) > 20
    reasons = {rule for rule in said if rule.startswith("disclosure.why.")}
    assert {rule for rule in said - reasons if f"finding.{rule}" not in catalogue(language)} == set()
