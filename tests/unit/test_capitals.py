"""Amounts in capital characters, by examples of the rules for bills; where two forms are allowed, one is written."""

import pytest

from chengmai.settlement.capitals import capitals


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "壹拾万零柒仟元伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (523_560_000, "伍佰贰拾叁万伍仟陆佰元整"),
        (10_000_000_000_000, "壹仟亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (100_000_000_000, "壹拾亿元整"),
        (10_001_000_000, "壹亿零壹万元整"),
        (-1_00, "负壹元整"),
    ],
)
def test_an_amount_is_written_as_on_a_bill(fen: int, written: str) -> None:
    assert capitals(fen) == written
