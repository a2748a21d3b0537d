"""Rules that small texts show best: the catalogue's codes, what is told twice, the names of ties."""

import pytest
from benchmarks.disclosure_checks import plain
from benchmarks.disclosure_documents import Generator

from chengmai.core.messages import LANGUAGES, catalogue
from chengmai.disclosure.checking.checks import check_document
from chengmai.disclosure.checking.table_checks import TIES, table_rules
from chengmai.disclosure.document import read_document

CATALOGUE = """代码\t一级目录\t二级目录\t三级目录\t四级目录
住房和城乡建设\t\t\t\t
A\t公共服务
A11\t\t城乡维护服务
A1101\t\t\t公共设施管理服务
A110101\t\t\t\t污水处理服务
A110102\t\t\t\t城市管理执法和信息化平台运行辅助服务
A110103\t\t\t\t垃圾处理服务
交通运输\t\t\t\t
A\t公共服务
A11\t\t城乡维护服务
A1101\t\t\t公共设施管理服务
A110101\t\t\t\t客货运枢纽场站综合管理服务
水利\t\t\t\t
A\t公共服务
A11\t\t城乡维护服务
A1101\t\t\t公共设施管理服务
A110101\t\t\t\t水库管理服务
"""


def rules(text: str) -> set[str]:
    report = check_document(read_document("x.txt", text))
    return {
        one.rule.removeprefix("disclosure.")
        for one in report.findings
        if one.rule.startswith(("disclosure.entry.", "disclosure.purchase.", "disclosure.repeated."))
    }


def test_a_sound_catalogue_that_the_text_cites_rightly_has_no_findings() -> None:
    assert rules(f"目录A110102城市管理执法和信息化平台运行辅助服务279万元。\n\n{CATALOGUE}") == set()


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("A110103\t", "B110103\t", "entry.astray"),
        ("A110103\t", "A110203\t", "entry.no_parent"),
        ("A110103\t", "A110102\t", "entry.twice"),
        ("A110103\t", "A110104\t", "entry.gap"),
        ("A110103\t\t\t\t垃圾处理服务", "A110103\t\t\t\t", "entry.no_name"),
        (
            "A11\t\t城乡维护服务\nA1101\t\t\t公共设施管理服务\nA110101\t\t\t\t水库",
            "A11\t\t城乡维修服务\nA1101\t\t\t公共设施管理服务\nA110101\t\t\t\t水库",
            "entry.other_name",
        ),
        ("目录A110102", "目录A110115", "purchase.other_code"),
        ("目录A110102城市管理执法和信息化平台运行辅助服务279万元", "目录A110102某某服务279万元", "purchase.not_listed"),
    ],
)
def test_a_broken_catalogue_is_found(right: str, wrong: str, rule: str) -> None:
    text = f"目录A110102城市管理执法和信息化平台运行辅助服务279万元。\n\n{CATALOGUE}"
    assert right in text
    assert rules(text.replace(right, wrong)) == {rule}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "按《关于招聘辅助人员的请示》（晋市城字〔2020〕74号）。另见《关于招聘辅助人员的请示》（晋市城字〔2020〕75号）。",
            "repeated.number",
        ),
        (
            "按《关于招聘辅助人员的请示》（晋市城字〔2020〕74号）。另见《关于招转辅助人员的请示》（晋市城字〔2020〕74号）。",
            "repeated.title",
        ),
        ("租期24.11-24.3，已付5万元。", "repeated.span"),
        ("2026年-2024年间每年评估。", "repeated.span"),
        ("山西省财政厅、山西省水利厅、山西省教育厅、山西省公安厅、山西省民政厅和陕西省住建厅。", "repeated.province"),
    ],
)
def test_what_is_told_twice_and_differently_is_found(text: str, rule: str) -> None:
    assert rules(text) == {rule}


def test_sheets_of_one_project_are_held_against_each_other() -> None:
    sheet = (
        "项目支出绩效目标表\n\n项目名称\t\t{name}\t\t\n项目属性\t\t经常性项目\t\t\n"
        "项目概况\t\t该厂于2021年{month}月1日起正式接管，2024年污水处理量{volume}万吨，运营经费列入市级财政预算。\t\t\n"
        "立项依据\t\t会议纪要\t\t\n"
    )
    same = sheet.format(name="污水厂运营费", month=8, volume="1016.63")
    other = sheet.format(name="污水厂运营费", month=6, volume="995.08")
    assert rules(f"{same}\n\n{same}") == set()
    assert rules(f"{same}\n\n{other}") == {"repeated.date", "repeated.quantity"}
    assert rules(f"{same}\n\n{sheet.format(name='垃圾厂运营费', month=6, volume='995.08')}") == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tie_has_its_name(language: str) -> None:
    assert {f"disclosure.tie.{name}" for name in TIES} <= catalogue(language).keys()
    assert {rule.name for rule in table_rules()} <= TIES


def changed(title: str, row: str, column: int, figure: str) -> set[str]:
    """The rules between tables that a figure typed wrongly into one cell of a consistent document breaks."""
    lines = plain(Generator(1003).write()).split("\n")
    start = next(index for index, line in enumerate(lines) if line.endswith(title))
    at = next(index for index in range(start, len(lines)) if lines[index].split("\t")[0] == row)
    cells = lines[at].split("\t")
    assert cells[column].replace(".", "").isdigit()
    cells[column] = figure
    lines[at] = "\t".join(cells)
    report = check_document(read_document("x.txt", "\n".join(lines)))
    names = {dict(one.detail).get("name", "") for one in report.findings if one.rule.startswith("disclosure.table.")}
    return {one.rule.rpartition(".")[2] for one in report.findings} | {name.rpartition(".")[2] for name in names}


@pytest.mark.parametrize(
    ("title", "row", "column", "expected"),
    [
        ("预算支出总表", "2080505", 3, {"columns", "levels"}),
        ("预算支出总表", "2080505", 2, {"columns", "levels", "rows", "code_expenditure"}),
        ("一般公共预算支出预算表（不含上年结转）", "2210201", 2, {"columns", "levels", "rows", "code_general"}),
        ("预算收支总表", "收入总计", 1, {"across", "balance"}),
        ("预算收支总表", "上年结转", 1, {"across", "income_total", "income_carried"}),
        ("政府性基金预算收入表（不含上年结转）", "合计", 2, {"across", "fund_tables"}),
        ("财政拨款安排机关运行经费预算表", "部门合计", 2, {"columns", "across", "operating_table"}),
        ("财政拨款安排“三公”经费支出预算表", "②公务用车运行维护费", 1, {"columns", "across", "vehicles"}),
        ("财政拨款安排“三公”经费支出预算表", "公务接待费", 2, {"columns", "across", "reception"}),
        ("项目支出预算表（上年结转）", "上年奖励补助资金", 1, {"columns", "levels"}),
    ],
)
def test_a_wrong_cell_breaks_the_ties_it_is_in(title: str, row: str, column: int, expected: set[str]) -> None:
    assert expected <= changed(title, row, column, "7.77")
