"""Slips and sums that stand sentences apart: each is found where it is one, and the sound sentence beside it is not."""

import pytest

from chengmai.disclosure.checking.checks import check_document
from chengmai.disclosure.document import read_document


def told(text: str) -> list[tuple[str, str, str]]:
    """Every decided finding of a text: rule, what is printed, what is due."""
    report = check_document(read_document("x.txt", text))
    found = [(one.rule.removeprefix("disclosure."), one.value, one.other_value) for one in report.decided]
    return [one for one in found if not one[0].startswith(("table.", "layout."))]


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ("单层面积约5米。", "单层面积约5平方米，距离5米。", ("text.unit_of", "面积约5米", "")),
        (
            "用于设备更新更新和保险。",
            "一件一件核对，由某某市城市管理局负责教育教学。",
            ("text.word_twice", "更新更新", "更新"),
        ),
        (
            "2023年6月9日开工建设，3月20日建设完成。",
            "2023年6月9日开工建设，9月20日建设完成，2024年3月验收。2022年完成采购。",
            ("text.order", "3月20日建设完成", "2023年6月9日开工"),
        ),
        (
            "根据关于成立管理所的通知（临编字〔2014〕5号）和关于管理所更名为中心的通知（临编字〔2013〕14号）。",
            "根据关于成立管理所的通知（临编字〔2014〕5号）和关于博物馆更名为中心的通知（临编字〔2013〕14号）。",
            ("text.founded", "2013", "2014"),
        ),
        (
            "2024年中标价279.63万元，现按原中标价申请2025年预算279.96万元。",
            "2024年中标价279.63万元，现按原中标价申请2025年1-6月预算139.82万元。",
            ("equation.unchanged", "279.96万元", "279.63万元"),
        ),
        (
            "中标价99.45万元，当年安排40万元，已支付39.79万元；2024年已支付合同款30万元；2025年支付尾款29.69万元。",
            "中标价99.45万元，当年安排40万元，已支付39.79万元；2024年累计已支付69.79万元；2025年支付尾款29.66万元。",
            ("equation.paid", "29.69万元", "29.66万元"),
        ),
        (
            "人工费按照149元/工日，需16700工日，费用约2000元，人工费用24.8万元。",
            "人工费按照149元/工日，需16700工日，人工费用248.8万元，材料费24.8万元。",
            ("equation.price", "24.8万元", "248.83万元"),
        ),
        (
            "一队租金：一大队：面积600平米，31.83万元（已付8万元）；二大队：面积232平米，31万元；三大队：面积280平米，25.79万元。2025年需租金87.62万元。",
            "一大队：面积600平米，31.83万元（已付8万元）；二大队：面积232平米，31万元；三大队：面积280平米，25.79万元。2025年需租金88.62万元。",
            ("equation.sum", "87.62万元", "88.62万元"),
        ),
        (
            "判决一支付120万元。判决二赔偿90692.5元。判决三赔偿162017元。2025年共申请三项赔偿款145.28万元。",
            "判决一支付120万元。判决二赔偿90692.5元。判决三赔偿162017元。2025年共申请三项赔偿款145.27万元。",
            ("equation.sum", "145.28万元", "145.271万元"),
        ),
        (
            "1.2024年度产生处置费用2064004元；2.2025年度预计处置费用234万元。2024、2025年共安排预算449.67万元。",
            "1.2024年度产生处置费用2064004元；2.2025年度预计处置费用234万元。2024、2025年共安排预算440.40万元。",
            ("equation.sum", "449.67万元", "440.4004万元"),
        ),
    ],
)
def test_a_slip_is_found_and_its_sound_sister_is_not(wrong: str, right: str, expected: tuple[str, str, str]) -> None:
    assert told(wrong) == [expected]
    assert told(right) == []


def test_what_a_document_prints_again_and_again_is_its_own_word() -> None:
    assert told("\n\n".join(["检验检测检测及认证。"] * 3)) == []


def test_a_part_with_its_own_share_is_no_whole() -> None:
    """Its whole stands in another paragraph: 7000 of 17000 is 41.2 %, and 10000 is a part like itself."""
    text = "其中:货物类采购10000元,占政府采购预算58.8%;服务类采购7000元,占政府采购预算41.2%。"
    assert told(text) == []
    assert told(f"政府采购预算17000元,{text.replace('41.2', '42.1')}") == [("equation.share", "42.1%", "41.1765%")]


def test_one_sign_is_a_change_too_and_its_percentage_may_not_go_the_other_way() -> None:
    assert told("商品和服务支出较上年减0.04万元,增0.01%。主要原因是经费减少。") == [
        ("equation.direction", "0.01%", "0.01%")
    ]
    assert told("工资福利支出较上年增18.67万元,增21.86%。主要原因是人员增加。") == []


def test_a_section_without_reasons_is_told_once() -> None:
    text = "一、支出情况说明\n\n工资支出12万元,比上年增加3万元。\n\n商品支出15万元,比上年减少5万元。\n"
    assert told(text) == [("text.no_reasons", "3万元", "")]
