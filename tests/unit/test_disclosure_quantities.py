"""Numbers of a Chinese text: value, unit, precision, place; dates, codes and numbers of items are no amounts."""

from decimal import Decimal

import pytest

from chengmai.disclosure.quantities import AREA, MASS, MONEY, SHARE, numbers


@pytest.mark.parametrize(
    ("text", "value", "dimension", "decimals"),
    [
        ("28,278.81万元", "282788100", MONEY, 2),
        ("１２．５亿元", "1250000000", MONEY, 1),
        ("约2358万", "23580000", MONEY, 0),
        ("1016.63万吨", "10166300", MASS, 2),
        ("0.65万平方米", "6500", AREA, 2),
        ("1503.65㎡", "1503.65", AREA, 2),
        ("109平方公里", "109000000", AREA, 0),
        ("占49.39%", "0.4939", SHARE, 2),
        ("提高2.5个百分点", "0.025", "points", 1),
        ("百分之四十", "0.40", SHARE, 0),
        ("三百二十万元", "3200000", MONEY, 0),
        ("60辆", "60", "辆", 0),
        ("270名", "270", "人", 0),
    ],
)
def test_a_number_has_its_value_dimension_and_precision(text: str, value: str, dimension: str, decimals: int) -> None:
    (one,) = numbers(text).quantities
    assert (one.value, one.dimension, one.decimals) == (Decimal(value), dimension, decimals)


def test_an_area_in_mu_is_two_thirds_of_a_thousand_square_metres() -> None:
    (one,) = numbers("3亩").quantities
    assert round(one.value, 6) == Decimal(2000)


@pytest.mark.parametrize(
    "text",
    [
        "2024年12月31日",
        "24.1.1-24.5.27",
        "8.19-12.31日",
        "2022年-2024年",
        "25年1-4月",
        "20250307165706",
        "晋发改成本监审〔2022〕15号",
        "（2024）晋行终3号",
        "DB14/1928-2019",
        "A110115城市管理",
    ],
)
def test_dates_and_codes_are_no_amounts(text: str) -> None:
    assert numbers(text).quantities == ()


def test_the_number_of_an_item_is_not_part_of_its_year() -> None:
    found = numbers("金额；2.2022年污泥处置量2.93万吨")
    assert [one.printed for one in found.quantities] == ["2.93万吨"]
    assert [date.text for date in found.dates] == ["2022年"]


@pytest.mark.parametrize(
    ("text", "per", "value"),
    [("478元/吨", ("吨",), "478"), ("每吨处理费106元", ("吨",), "106"), ("每人每年40000元", ("人", "年"), "40000")],
)
def test_a_price_tells_what_it_is_for(text: str, per: tuple[str, ...], value: str) -> None:
    (one,) = numbers(text).quantities
    assert one.value == Decimal(value)
    assert one.per[0] == per[0]


def test_an_offset_is_that_of_the_text() -> None:
    text = "共计１２，其中3万元"
    for one in numbers(text).quantities:
        assert text[one.start : one.end] in ("１２", "3万元")


def test_the_ends_of_a_range_are_no_exact_amounts() -> None:
    assert all(one.about for one in numbers("50-60万元").quantities)
    assert not any(one.about for one in numbers("50万元").quantities)
