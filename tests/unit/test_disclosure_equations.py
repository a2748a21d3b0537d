"""Every way in which a text ties figures together: what is right is silent, what is off by more is found."""

import pytest

from chengmai.disclosure.checking.arithmetic import recompute
from chengmai.disclosure.document import read_document

# Each rule with a sentence that holds, one figure of it, and what that figure becomes to break it.
SENTENCES = [
    ("formula", "测算如下：(1233.13+2298.87+2360.52)*70%=4124.76万元。", "4124.76", "4224.76"),
    ("formula", "处理费为182.5万吨×1.67元/吨=304.78万元。", "304.78", "314.78"),
    ("formula", "赔偿2431.46㎡×100元/㎡+413.44㎡×200元/㎡=325834元。", "325834", "324034"),
    ("formula", "工资50人*2150元*12月=129万元。", "129万", "139万"),
    ("formula", "安排资金4958.46万元(50.63+4907.83)。", "4958.46", "4968.46"),
    ("formula", "处理费192.93万吨*1.67元/吨-322.19万元。", "322.19", "332.19"),
    ("unit", "处理费为182.5万吨×1.67元/吨=304.78元。", None, ""),
    ("parts", "政府采购预算总额5,024.31万元。其中：货物96.10万元、工程90.00万元、服务4,838.21万元。", "90.00", "99.00"),
    ("parts", "公务用车实有60辆，其中：执法执勤用车52辆、特种专业技术用车8辆。", "52辆", "51辆"),
    ("parts", "资本金为5388.35万元，其中政府方出资2155.34万元，社会资本方出资3233.01万元。", "2155.34", "2165.34"),
    ("sum", "编制经费150万元，评审经费120万元，共计270万元。", "270", "280"),
    ("sum", "规划51万元；办法38万元；意见50万元，合计139万元。", "38万", "83万"),
    ("items", "预算170万元，主要内容：1.车辆费70万元；2.诉讼费10万元；3.宣传费90万元。", "90万", "80万"),
    ("detail", "服务费696.47万元(污水274.93万元；基本水量223.54万元；中水198万元)。", "696.47", "796.47"),
    ("growth", "本年支出13,965.66万元，比上年增加2316.57万元，增长19.89%。", "19.89", "18.98"),
    ("growth", "经费预算529.14万元，比2024年预算减少14.96万元，下降2.75%。", "2.75", "2.57"),
    ("direction", "本年支出13,965.66万元，比上年增加2316.57万元，下降19.89%。", None, ""),
    ("share", "预算收入28,278.81万元，一般公共预算13,965.66万元，占49.39%。", "49.39", "43.99"),
    ("rate", "应付费2298.87万元，按70%测算1609.21万元。", "1609.21", "1906.21"),
    ("paid", "应付处置费1243.85万元，已支付906.30万元，还差337.55万元。", "337.55", "373.55"),
    ("paid", "（房租合同25万元，已支付3.00万元，22.00万元未支付）", "22.00", "4.17"),
    ("paid", "2025年安排477.9万元，已预拨159.3万元，现申请318.6万元。", "318.6", "381.6"),
    ("years", "共计390.50万元，2025年预算安排90.20万元，2026年安排300.30万元。", "300.30", "303.30"),
    ("each_year", "中标金额3年364.8240万元，服务费每年121.6080万元。", "121.6080", "126.1080"),
    ("price", "产生飞灰4318吨，处置费用2064004元，中标价478元/吨。", "2064004", "2060404"),
    ("price", "采购270套，每套5136元，共计138.67万元。", "138.67", "136.87"),
]


def findings(text: str) -> list[str]:
    found = recompute(read_document("x.txt", text)).findings
    return [one.rule.rpartition(".")[2] for one in found if one.decided]


@pytest.mark.parametrize(("rule", "text", "figure", "wrong"), SENTENCES)
def test_a_broken_relation_is_found_and_a_right_one_is_not(
    rule: str, text: str, figure: str | None, wrong: str
) -> None:
    if figure is None:
        assert rule in findings(text)
        return
    relations = recompute(read_document("x.txt", text))
    assert findings(text) == []
    assert relations.holding >= 1
    assert figure in text
    assert rule in findings(text.replace(figure, wrong, 1))


def test_a_finding_names_both_places_both_values_and_the_difference() -> None:
    text = "前言。\n\n编制经费150万元，评审经费120万元，共计280万元。"
    (one,) = recompute(read_document("x.txt", text)).findings
    line = text.split("\n")[2]
    assert (one.place.line, one.value, one.other_value, one.difference) == (3, "280万元", "270万元", "10")
    assert line[one.place.start : one.place.end] == "280万元"
    assert one.other is not None
    assert line[one.other.start : one.other.end].startswith("150万元")


@pytest.mark.parametrize(
    "text",
    [
        "合计100.00万元，其中甲33.33万元，乙33.33万元，丙33.33万元。",  # each third is rounded
        "污泥2.93万吨，处置费421.91万元，单价144元/吨。",  # the quantity is rounded
        "总投资1200余万元，其中材料926万元，人工248万元，其他26万元。",
    ],
)
def test_what_rounding_may_do_is_no_finding(text: str) -> None:
    assert findings(text) == []


def test_a_percentage_added_to_amounts_is_undecided_and_says_why() -> None:
    (one,) = recompute(read_document("x.txt", "合计(994.53+2682.17+70%-956.6+3674.83)万元。")).findings
    assert not one.decided
    assert dict(one.detail)["why"] == "disclosure.why.share_added"


def test_a_dash_is_an_equals_sign_only_where_that_holds() -> None:
    assert findings("金额145.67+1879.66+1879.66-3904.99*50%=1952.5万元。") == []
    assert findings("金额145.67+1879.66+1879.66-3904.99*50%=1852.5万元。") == ["formula"]
