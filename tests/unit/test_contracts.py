"""A contract's text: what it says, what is wrong with it, and what comes of it to the fen."""

from datetime import date
from fractions import Fraction

import pytest

from chengmai.contracts.evaluation import Account, fen_payable, work_out
from chengmai.contracts.measures import Measure, Rounding, measure, unit
from chengmai.contracts.reading import read_contract
from chengmai.contracts.scenarios import play
from chengmai.contracts.text import Contract
from chengmai.core.errors import InvalidInput
from chengmai.core.findings import Severity

WATER = """
合同 某厂污水处理费   # 全角、半角皆可
编号 W-1

已知
    水量 : 吨
    绩效 : % = 100 %

约定
    单价 = 1.25 元/吨  自 2024-01-01
    单价 = 2.32 元/吨  自 2025-01-01

计算
    处理费 = 水量 × 单价 × 绩效   取整到 0.01 元 四舍五入

应付 处理费
"""
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def read(text: str) -> Contract:
    """A contract without errors."""
    contract, findings = read_contract("c.txt", text)
    assert contract is not None
    assert [finding for finding in findings if finding.severity == Severity.ERROR] == []
    return contract


def rules(text: str) -> list[tuple[str, int | None]]:
    """What is wrong with a text, and on which lines."""
    return [(finding.rule, finding.row) for finding in read_contract("c.txt", text)[1]]


def owed(formula: str, **inputs: str) -> Account:
    """A contract of one formula over inputs told as ``3 吨``, worked out."""
    told = {name: value.split() for name, value in inputs.items()}
    given = "".join(f"  {name} : {unit_name}\n" for name, (_, unit_name) in told.items())
    head = f"已知\n{given}" if told else ""
    contract = read(f"合同 C\n{head}计算\n  甲 = {formula}\n应付 甲\n")
    return work_out(contract, {name: measure(number, unit_name) for name, (number, unit_name) in told.items()})


def yuan(account: Account) -> Fraction:
    """What is owed in yuan."""
    return account.payable.amount


def test_a_step_is_worked_out_by_the_price_of_its_days_and_keeps_what_went_into_it() -> None:
    contract = read(WATER)
    account = work_out(contract, {"水量": measure("920.54", "万吨")}, YEAR)
    step = account.worked("处理费")
    assert step.exact == measure("2135.6528", "万元")
    assert fen_payable(account) == 2_135_652_800
    assert step.used == {
        "水量": measure("9205400", "吨"),
        "单价": measure("2.32", "元/吨"),
        "绩效": Measure(Fraction(1)),
    }
    before = work_out(contract, {"水量": measure("1", "吨")}, (date(2024, 12, 1), date(2024, 12, 31)))
    assert yuan(before) == Fraction(125, 100)


def test_a_price_that_changes_inside_the_period_is_refused_with_its_day_and_line() -> None:
    with pytest.raises(InvalidInput) as caught:
        work_out(read(WATER), {"水量": measure("1", "吨")}, (date(2024, 12, 1), date(2025, 1, 31)))
    assert (caught.value.code, caught.value.params["day"], caught.value.params["line"]) == (
        "contract.term_changes",
        "2025-01-01",
        11,
    )


@pytest.mark.parametrize(
    ("told", "period", "code"),
    [
        ({}, YEAR, "contract.input_missing"),
        ({"水量": measure("1", "元")}, YEAR, "contract.input_unit"),
        ({"水量": measure("1", "吨"), "气量": measure("1", "吨")}, YEAR, "contract.no_input"),
        ({"水量": measure("1", "吨")}, None, "contract.period_needed"),
        ({"水量": measure("1", "吨")}, (date(2023, 1, 1), date(2023, 2, 1)), "contract.term_not_yet"),
    ],
)
def test_what_cannot_be_worked_out_says_why(
    told: dict[str, Measure], period: tuple[date, date] | None, code: str
) -> None:
    with pytest.raises(InvalidInput, match=code.replace(".", r"\.")):
        work_out(read(WATER), told, period)


@pytest.mark.parametrize(
    ("formula", "inputs", "amount"),
    [
        ("2 元/吨 × 吨数 + 1 万元", {"吨数": "3 吨"}, 10_006),
        ("-(1 元 - 3 元) * 2", {}, 4),
        ("10 元 - 3 元 - 2 元", {}, 5),
        ("12 元 ÷ 2 ÷ 3", {}, 2),
        ("若 吨数 ≤ 3 吨 则 1 元 否则 2 元", {"吨数": "3 吨"}, 1),
        ("若 吨数 < 3 吨 则 1 元 否则 若 吨数 = 3 吨 则 5 元 否则 2 元", {"吨数": "3 吨"}, 5),
        ("较大(1 元, 3 元, 2 元)", {}, 3),
        ("较小（2 元，1 元）", {}, 1),
        ("合计(1 元, 2 元, 3 元)", {}, 6),
        ("50 人 × 2150 元/人/月 × 1 年", {}, 1_290_000),
        ("1 亿元 × 1 ‰", {}, 100_000),
        ("3 亩 × 1 元/平方米", {}, 2000),
    ],
)
def test_formulas(formula: str, inputs: dict[str, str], amount: int) -> None:
    assert yuan(owed(formula, **inputs)) == amount


@pytest.mark.parametrize(
    ("mode", "half", "less"),
    [("四舍五入", 3, -3), ("四舍六入五成双", 2, -2), ("舍去", 2, -2), ("进位", 3, -2)],
)
def test_a_rounding_has_its_mode_and_its_step(mode: str, half: int, less: int) -> None:
    assert yuan(owed(f"2.5 元 取整到 1 元 {mode}")) == half
    assert yuan(owed(f"-2.5 元 取整到 1 元 {mode}")) == less
    assert yuan(owed("9815.65 万元 × 50 % 取整到 0.01 万元 四舍五入")) == 49_078_300


def test_what_lies_a_trace_beside_a_half_is_not_a_half() -> None:
    step = measure("1", "元")
    above = Measure(Fraction(5, 2) + Fraction(1, 10**30), step.dimension)
    below = Measure(Fraction(5, 2) - Fraction(1, 10**30), step.dimension)
    assert above.rounded(step, Rounding.HALF_EVEN).amount == 3
    assert below.rounded(step, Rounding.HALF_UP).amount == 2


def test_money_that_is_not_whole_fen_is_not_paid() -> None:
    with pytest.raises(InvalidInput, match=r"contract\.not_whole_fen"):
        fen_payable(owed("1 元 ÷ 3"))


def test_a_division_by_zero_names_its_line() -> None:
    with pytest.raises(InvalidInput) as caught:
        owed("1 元 ÷ 吨数 × 1 吨", 吨数="0 吨")
    assert (caught.value.code, caught.value.params["line"]) == ("contract.division_by_zero", 5)


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("水量 × 单价 × 绩效", "水量 + 单价", "contract.unit_differs", 14),
        ("水量 × 单价 × 绩效", "水量 × 绩效", "contract.unit_differs", 14),
        ("水量 × 单价 × 绩效", "水量 × 价格 × 绩效", "contract.name_unknown", 14),
        ("水量 × 单价 × 绩效", "水量 × 单价", "contract.input_unused", 7),
        ("取整到 0.01 元", "取整到 0.01 吨", "contract.unit_differs", 14),
        ("取整到 0.01 元", "取整到 0 元", "contract.rounding_step", 14),
        ("自 2025-01-01", "自 2024-01-01", "contract.term_twice", 11),
        ("自 2025-01-01", "自 2025-02-30", "contract.no_date", 11),
        ("绩效 : % =", "水量 : % =", "contract.name_twice", 7),
        ("应付 处理费", "应付 处理", "contract.name_unknown", None),
        ("应付 处理费", "", "contract.nothing_owed", None),
        ("2.32 元/吨", "2.32 元/公升", "contract.name_unknown", 11),
        ("水量 : 吨", "水量 : 公升", "contract.syntax", 6),
        ("水量 × 单价", "水量 ×× 单价", "contract.syntax", 14),
        ("合同 某厂", "某厂", "contract.syntax", 2),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, rule: str, line: int | None) -> None:
    assert old in WATER
    assert (rule, line) in rules(WATER.replace(old, new, 1))


def test_a_scenario_is_held_against_what_was_published() -> None:
    told = "情形 一年\n期间 2025-01-01 至 2025-12-31\n水量 = 1 万吨/天 × 365 天\n应得\n"
    expected = [
        "处理费 = 846.8 万元",
        "处理费 = 846.81 万元",
        "处理费 约 847 万元",
        "处理费 约 848 万元",
        "处理费 印作 846 万元 相差 -0.8 万元",
        "处理费 印作 846 万元 相差 -0.9 万元",
    ]
    contract = read(WATER + told + "\n".join(expected))
    assert [one.agrees for one in play(contract)] == [True, False, True, False, True, False]


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ("水量 = 1 元\n应得\n处理费 = 1 元", "contract.unit_differs"),
        ("应得\n处理费 = 1 元", "contract.input_missing"),
        ("水量 = 1 吨\n水量 = 2 吨\n应得\n处理费 = 1 元", "contract.name_twice"),
        ("水量 = 1 吨\n气量 = 2 吨\n应得\n处理费 = 1 元", "contract.no_input"),
        ("水量 = 1 吨\n应得\n运费 = 1 元", "contract.name_unknown"),
        ("水量 = 1 吨\n应得\n处理费 = 1 吨", "contract.unit_differs"),
    ],
)
def test_a_scenario_that_does_not_fit_its_contract_is_told(lines: str, rule: str) -> None:
    assert rule in [found for found, _ in rules(f"{WATER}情形 甲\n期间 2025-01-01 至 2025-02-01\n{lines}")]


def test_english_keywords_mean_the_same() -> None:
    text = """contract Water
given
  volume : 吨
agreed
  price = 2 元/吨 from 2025-01-01
computed
  fee = if volume > 1 吨 then max(volume, 2 吨) * price else 0 元 rounded to 0.01 元 half even
payable fee
scenario one year
period 2025-01-01 to 2025-12-31
volume = 3 吨
expected
fee = 6 元
fee about 6 元
"""
    assert [one.agrees for one in play(read(text))] == [True, True]


@pytest.mark.parametrize(
    "text", ["", "\x00", "合同", "合同 a\n" * 3, "(" * 90_000, "合同 甲\n计算\n甲 = " + "-" * 5000 + "1 元\n"]
)
def test_no_text_raises(text: str) -> None:
    contract, findings = read_contract("c.txt", text)
    assert findings
    assert contract is None or contract.payable == ""


def test_an_endless_text_is_refused_before_it_is_read() -> None:
    assert rules("合同 " + "长" * 100_001) == [("contract.too_long", None)]


def test_a_measure_is_told_in_a_unit_of_its_own() -> None:
    assert measure("1234.565", "元").told(unit("元")) == "1,234.57 元"
    assert measure("1234", "元").told(unit("万元"), 4) == "0.1234 万元"
    with pytest.raises(InvalidInput, match=r"contract\.unit_differs"):
        measure("1", "吨").told(unit("元"))
    with pytest.raises(InvalidInput, match=r"contract\.unit_unknown"):
        measure("1", "斤")
