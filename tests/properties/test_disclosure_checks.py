"""Whatever a document holds, checking it yields findings and no exception, and every place is inside the document."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.disclosure.checking.checks import check_document
from chengmai.disclosure.document import read_document

WORDS = """
合计 其中： 共计 占 增长 比上年增加 已支付 未支付 现申请 按 每吨 分别为 一、 1. （ ）
( ) + - * / = % 万元 元/吨 万吨 亩 ㎡ 。 ； ，
2025年 24.11-24.3 项目名称 年度资金总额： 三级指标 指标值
科目编码 科目名称 100.00 0 12,345.6 〔2022〕15号 A110115 XX 三百二十
"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\t"])
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=60).map("".join)


@settings(max_examples=120, deadline=None)
@given(TEXTS)
def test_no_text_raises_and_every_place_is_in_the_document(text: str) -> None:
    document = read_document("any.txt", text)
    report = check_document(document)
    for finding in report.findings:
        for place in (finding.place, finding.other):
            assert place is None or 0 <= place.line <= max(1, len(document.lines))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    check_document(read_document("any.bin", data))
