"""The 37 target sheets of the real document: counted, matched to their projects, and nothing printed in them lost."""

from collections import Counter
from decimal import Decimal

import pytest

from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.document import read_document
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.sheet_cells import sheet_rows
from chengmai.disclosure.reading.sheet_matching import MatchGround
from chengmai.disclosure.reading.sheets import FundSource, ProjectAttribute, ProjectSheet, TargetIndicator, TargetSpan
from chengmai.disclosure.reading.targets import TargetKind, looks_like_target, parse_target
from tests.published import PUBLISHED

TEXT = PUBLISHED.read_text()
TERM, YEAR = TargetSpan.TERM, TargetSpan.YEAR


@pytest.fixture(scope="module")
def published() -> Disclosure:
    """What the bureau's own document discloses."""
    return read_disclosure(read_document(PUBLISHED.name, TEXT))


def sheet_at(published: Disclosure, line: int) -> ProjectSheet:
    """The sheet that begins on a line."""
    return next(sheet for sheet in published.sheets if sheet.block.first_line == line)


def told_on(sheet: ProjectSheet, line: int) -> list[str]:
    """Span, level, name and target of the indicators a line prints, "-" for what is in doubt."""
    shown: list[TargetIndicator] = [
        one for one in sheet.indicators if line in (one.name.place.line, one.target.place.line)
    ]
    parts = [(one.span.value, one.level2 or "", one.name.value, one.target.value) for one in shown]
    return [" ".join(part or "-" for part in told) for told in parts]


def test_every_field_is_exact_normalised_or_a_finding_and_counted(published: Disclosure) -> None:
    counts = published.counts()
    assert len(published.sheets) == 37
    assert {name: tuple(count[one] for one in Fidelity) for name, count in counts.items()} == {
        "cells": (1395, 19, 0),
        "projects": (24, 13, 0),
        "fields": (2458, 600, 159),
        "entries": (1017, 19, 1),
    }


def test_nothing_printed_in_a_sheet_is_lost(published: Disclosure) -> None:
    lost = []
    for sheet in published.sheets:
        kept = {(field.place.line, field.place.column) for field in sheet.all_fields()}
        kept |= {(finding.place.line, finding.place.column) for finding in sheet.findings}
        stamps = sheet.fields["filled"].printed
        for row in sheet_rows(sheet.block):
            lost += [
                (row.line, token.text)
                for token in row.tokens
                if token.label is None and (row.line, token.column + 1) not in kept and token.text not in stamps
            ]
    assert {text for _, text in lost} <= {"20250307173653", "20250108173805", "20250307180526"}, "a stamp printed twice"


def test_an_exact_field_is_what_is_printed_and_a_doubtful_one_has_no_value(published: Disclosure) -> None:
    for sheet in published.sheets:
        for field in sheet.fields.values():
            assert bool(field.value) == (field.fidelity != Fidelity.FINDING)
            if field.fidelity == Fidelity.EXACT and field.key not in ("attribute", "term", "filled"):
                assert field.value == field.printed
        for fund in sheet.funds.values():
            assert (fund.amount is None) == (fund.fidelity == Fidelity.FINDING)


def test_a_plain_sheet_is_read_whole(published: Disclosure) -> None:
    sheet = sheet_at(published, 667)
    assert (sheet.name, sheet.attribute, sheet.term_years) == ("城管服装采购项目", ProjectAttribute.RECURRENT, 99)
    assert sheet.fund(YEAR) == sheet.fund(YEAR, FundSource.LOCAL) == Decimal(461500)
    assert sheet.fund(TERM, FundSource.OTHER) == 0
    assert sheet.fields["department"].value == "215-晋城市城市管理局"
    assert sheet.fields["goal_year"].value.startswith("按照国家、省、部要求，为300名")
    assert sheet.fields["filled"].value == "2025-02-14"
    assert told_on(sheet, 689) == ["term cost 服装购置标准 5136元/人/套", "year cost 服装购置标准 5136元/人/套"]
    first = sheet.indicators[0]
    assert first.value is not None
    assert (first.level1, first.value.kind, first.value.number, first.value.unit) == (
        "output", TargetKind.FIGURE, 270, "套"
    )  # fmt: skip


def test_money_in_a_row_of_its_own_or_without_its_label_is_found(published: Disclosure) -> None:
    below = sheet_at(published, 848)
    assert (below.fund(TERM), below.fund(YEAR)) == (Decimal(770000), Decimal(770000))
    assert below.funds[YEAR, FundSource.TOTAL].fidelity == Fidelity.NORMALISED
    unlabelled = sheet_at(published, 1824)
    assert unlabelled.fund(TERM, FundSource.LOCAL) == Decimal(5800000)
    empty = sheet_at(published, 1278)
    assert empty.fund(YEAR) is None
    assert Counter(finding.rule for finding in empty.findings)["disclosure.sheet.funds_missing"] == 2


def test_text_moved_into_the_next_row_is_found_and_says_so(published: Disclosure) -> None:
    overview = sheet_at(published, 1469).fields["overview"]
    assert overview.value.startswith("以习近平新时代")
    assert (overview.place.line, overview.fidelity) == (1478, Fidelity.NORMALISED)
    term = sheet_at(published, 700).fields["term"]
    assert (term.value, term.printed, term.place.line) == ("99", "99年", 703)


@pytest.mark.parametrize(
    ("first", "line", "expected"),
    [
        (527, 547, ["term timeliness 采购完成时间 2025年6月"]),
        (527, 548, ["term timeliness 修缮完成时间 2025年9月", "year timeliness 修缮完成时间 2025年9月"]),
        (527, 550, ["term cost 办公场所修缮成本 ≤390万元", "year cost 办公场所修缮成本 -"]),
        (700, 732, ["term cost 单位日常运行成本 ≤170万元", "year cost 单位日常运行成本 ≤170万元"]),
        (848, 871, ["term quantity 2025年处置新产生飞灰量 ≤10172.38吨", "year quantity 2025年处置新产生飞灰量 -"]),
        (1130, 1148, ["term quantity 2025年污水处理量 ≤168.2万吨", "year quantity 2025年基本污水处理量 ≤296.46万吨"]),
        (1130, 1173, ["term satisfaction 服务对象满意度 >95%", "year satisfaction 服务对象满意度 >95%"]),
        (1180, 1199, ["term quantity 2025年中水处理量 ≤201.3万吨", "year quantity 2025年中水处理量 -"]),
        (1318, 1342, ["term timeliness 预拨资金支付完成时间 3月底前", "year timeliness 预拨资金支付完成时间 3月底前"]),
        (1356, 1391, ["term satisfaction 市民满意度 >90%", "year satisfaction 市民满意度 >90%"]),
        (1398, 1425, ["term - 降低城市环境污染 降低", "year - 降低城市环境污染 降低"]),
        (1654, 1674, ["term - 工程款项支付完成时间 2025年6月前", "year - 工程款项支付完成时间 2025年6月前"]),
        (922, 951, ["year social 综合管理平台安全稳定运行提升度 稳定"]),
    ],
)
def test_shifted_rows_of_indicators_are_put_right_or_left_in_doubt(
    published: Disclosure, first: int, line: int, expected: list[str]
) -> None:
    assert told_on(sheet_at(published, first), line) == expected


def test_projects_find_their_sheets_by_name_and_amount(published: Disclosure) -> None:
    grounds = Counter(project.ground for project in published.projects)
    assert grounds == {MatchGround.NAME_AND_AMOUNT: 24, MatchGround.AMOUNT: 8, MatchGround.TOLD_AMOUNT: 5}
    by_line = {one.row.line: one.sheet.block.first_line for one in published.projects if one.row and one.sheet}
    assert len(by_line) == 37
    assert [by_line[line] for line in (396, 402, 408)] == [632, 598, 564], "three projects of one name"
    assert [by_line[line] for line in (397, 403)] == [1318, 1278], "two whose money is lost on the sheets"
    assert (by_line[419], by_line[422]) == (1029, 997), "two misread names, told apart by their money"
    names = [finding for finding in published.findings if finding.rule == "disclosure.sheet.other_name"]
    assert len(names) == 8
    assert ("晋光热电分派职工工资", "春光热电分流职工工资") in {(one.value, one.other_value) for one in names}


def test_a_project_without_sheet_and_a_sheet_without_project_are_found() -> None:
    lines = TEXT.splitlines()
    without = read_disclosure(read_document("x", "\n".join(lines[:559] + lines[592:])))
    assert [one.rule for one in without.findings if one.rule.startswith("disclosure.sheet.no")].count(
        "disclosure.sheet.none"
    ) == 1
    other = TEXT.replace("协助行政执法保安服务项目\t121.61\t121.61", "某某专项\t7.00\t7.00")
    rules = Counter(finding.rule for finding in read_disclosure(read_document("x", other)).findings)
    assert (rules["disclosure.sheet.none"], rules["disclosure.sheet.no_project"]) == (1, 1)
    dearer = TEXT.replace("协助行政执法保安服务项目\t121.61\t121.61", "协助行政执法保安服务项目\t131.61\t131.61")
    found = read_disclosure(read_document("x", dearer)).findings
    apart = next(finding for finding in found if finding.rule == "disclosure.sheet.other_amount")
    assert (apart.value, apart.other_value, apart.difference) == ("1,216,100", "1,316,100.00", "-100,000.00")


@pytest.mark.parametrize(
    ("printed", "kind", "operator", "number", "unit"),
    [
        ("≤1016.63万吨", TargetKind.FIGURE, "≤", "1016.63", "万吨"),
        ("＞９０％", TargetKind.FIGURE, ">", "90", "%"),
        ("不少于1,000个", TargetKind.FIGURE, "≥", "1000", "个"),
        ("2150元/人/月", TargetKind.FIGURE, "=", "2150", "元/人/月"),
        ("2025年6月底前", TargetKind.DATE, "", None, ""),
        ("6月前、10月前", TargetKind.DATE, "", None, ""),
        ("每四个月支付一次", TargetKind.PERIOD, "", None, ""),
        ("基本稳定", TargetKind.WORD, "", None, ""),
    ],
)
def test_targets_are_understood(printed: str, kind: TargetKind, operator: str, number: str | None, unit: str) -> None:
    target = parse_target(printed)
    assert target is not None
    assert looks_like_target(printed)
    assert (target.kind, target.operator, target.unit) == (kind, operator, unit)
    assert target.number == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "name",
    [
        "2025年污水处理量",
        "2024评估报告初稿编制完成时间",
        "改善南村河水体污染状况",
        "工程尾款",
        "4项配套指南等则编制完成时间",
    ],
)
def test_names_are_not_taken_for_targets(name: str) -> None:
    assert not looks_like_target(name)
