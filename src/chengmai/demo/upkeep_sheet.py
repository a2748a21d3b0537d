"""The target sheet of 2025 for the platform's operation and its lines as it was published, bound to the registers."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from chengmai.budget.models import SheetIndicator, TargetSheet
from chengmai.budget.performance.services import FundDraft, IndicatorDraft, SheetDraft, bind, write_sheet
from chengmai.budget.performance.terms import Aspect, Comparison, FundSource, Group, Span
from chengmai.core.money import fen_of

CODE = "2025-UPKEEP"
C, A, G = Comparison, Aspect, Group
_ASSESSED = "城市综合管理服务平台三级安全等级保护测评时间"
BINDINGS: dict[str, tuple[str, Mapping[str, str]]] = {
    "坐席员数量": ("register_count", {"register": "seat", "states": "on_contract"}),
    "租赁线路数量": ("register_count", {"register": "line", "states": "in_use"}),
    "城管通业务卡数量": ("register_count", {"register": "terminal", "states": "in_use"}),
    "维护城市综合管理服务平台设备及软件种类": (
        "register_distinct", {"register": "equipment", "states": "in_use,in_repair", "field": "kind"},
    ),
    "平台故障排除率": ("register_rate", {"register": "fault", "states": "cleared"}),
    "线路通畅率": ("availability", {"outages": "line_outage"}),
    _ASSESSED: ("register_day", {"register": "security_assessment", "states": "passed"}),
}  # fmt: skip
"""Name of an indicator -> the source that tells it, and about what."""


def _indicators(span: Span) -> Iterator[IndicatorDraft]:
    counts = [("租赁线路数量", 17, "条"), ("城管通业务卡数量", 340, "个")]
    for name, number, unit in [*([("坐席员数量", 12, "名")] if span is Span.TERM else []), *counts]:
        value = Decimal(number)
        yield IndicatorDraft(span, G.OUTPUT, A.QUANTITY, name, C.EQUAL, value, unit, printed=f"{number}{unit}")
    kinds = "维护城市综合管理服务平台设备及软件种类"
    yield IndicatorDraft(span, G.OUTPUT, A.QUALITY, kinds, C.AT_LEAST, Decimal(12), "种", printed="≥12种")
    for name in ("平台故障排除率", "线路通畅率"):
        yield IndicatorDraft(span, G.OUTPUT, A.QUALITY, name, C.EQUAL, Decimal(100), "%", printed="100%")
    for name, day, printed in (
        (_ASSESSED, date(2025, 9, 30), "2025年9月前"),
        ("网络线路租赁采购完成时间", date(2025, 6, 30), "2025年6月"),
        ("网络租赁费支付时间", date(2025, 10, 31), "2025年10月前"),
    ):
        yield IndicatorDraft(span, G.OUTPUT, A.TIMELINESS, name, C.BY_DATE, by=day, printed=printed)
    yield IndicatorDraft(
        span, G.OUTPUT, A.TIMELINESS, "坐席员工作时间", C.WORD, word="每个工作日", printed="每个工作日"
    )
    for name, wan in (("城市综合管理服务平台运维费用", 33), ("城市综合管理服务平台网络线路租赁成本", 155)):
        yield IndicatorDraft(span, G.OUTPUT, A.COST, name, C.AT_MOST, Decimal(wan), "万元", printed=f"≤{wan}万元")
    for name, word in (("提高城市管理信息化水平", "提高"), ("综合管理平台安全稳定运行提升度", "稳定")):
        yield IndicatorDraft(span, G.BENEFIT, A.SOCIAL, name, C.WORD, word=word, printed=word)
    satisfied = (span, G.SATISFACTION, A.SATISFACTION, "使用人员满意度", C.ABOVE, Decimal(90), "%")
    yield IndicatorDraft(*satisfied, printed=">90%")


def ensure_upkeep_sheet(owner: str) -> None:
    """Write the sheet and bind it when it is missing."""
    if TargetSheet.objects.filter(code=CODE).exists():
        return
    sheet = write_sheet(
        None,
        SheetDraft(
            code=CODE,
            version=0,
            year=2025,
            name="城市综合管理服务平台运维费及网络线路租赁",
            owner=owner,
            department="215-晋城市城市管理局",
            unit="晋城市城市管理局",
            attribute="延续性项目（阶段开展）",
            term="3年",
            measures="严格执行政府采购管理办法及财政支付管理规定，日常工作由数字化城管指挥协调服务中心进行监督实施。",
            source="晋城市市级预算部门（单位）项目支出绩效目标表（2025年度）",
            funds=(FundDraft(Span.YEAR, FundSource.CITY, fen_of("1880000.00")),),
            indicators=(*_indicators(Span.TERM), *_indicators(Span.YEAR)),
        ),
    )
    rows = SheetIndicator.objects.filter(sheet=sheet, name__in=BINDINGS).order_by("pk")
    for version, indicator in enumerate(rows, start=1):
        source, subject = BINDINGS[indicator.name]
        bind(None, sheet, indicator.pk, source, subject, version)
