"""The lifeline project's performance target sheet of 2025 as it was published, its figures bound to their evidence.

The year's half of the published sheet leaves the centre's 51 items out and tells the completion rate twice; both are
kept as printed. Its target for programs is not printed and is the term's. The sheet shows no money: the year's 26
million yuan are those of the table of projects.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from chengmai.budget.models import SheetIndicator, TargetSheet
from chengmai.budget.performance.services import FundDraft, IndicatorDraft, SheetDraft, bind, write_sheet
from chengmai.budget.performance.terms import Aspect, Comparison, FundSource, Group, Span
from chengmai.core.money import fen_of
from chengmai.demo.devices import PROJECT
from chengmai.demo.lifeline_project import OVERVIEW

CODE = "2025-LIFELINE"
C = Comparison
OUTPUT, BENEFIT = Group.OUTPUT, Group.BENEFIT
_COUNTS = (
    ("燃气专项硬件设备", 29, "项", "lot_devices", "gas"),
    ("供水专项硬件设备", 17, "项", "lot_devices", "water"),
    ("供热专项硬件设备", 10, "项", "lot_devices", "heat"),
    ("指挥中心智能化设备", 51, "项", "lot_devices", "centre"),
    ("购置系统软件", 3, "套", "lot_deliveries", "programs"),
    ("平台建设软件开发", 2, "套", "lot_deliveries", "platforms"),
)
_COSTS = (
    ("硬件设备购置费", "263.78", "HARDWARE"),
    ("平台软件开发费", "213.89", "PLATFORM"),
    ("软件产品购置费", "430.97", "SOFTWARE"),
)
_DAYS = (
    ("平台建设完成时间", date(2025, 10, 31), "2025年10月", "SYSTEMS"),
    ("相关费用支付时间", date(2025, 12, 31), "2025年12月底前", "PAYMENT"),
)
_WORDS = (
    (Aspect.ECONOMIC, "健全城市安全风险管控体系", "健全"),
    (Aspect.SOCIAL, "保障群众生命财产安全", "有效保障"),
    (Aspect.SOCIAL, "提升风险预警能力", "提升"),
    (Aspect.SUSTAINABLE, "系统建设对公共服务质量的影响", "长期"),
)


def _indicators(span: Span) -> Iterator[IndicatorDraft]:
    for name, number, unit, _, lot in _COUNTS:
        if span is Span.TERM or lot != "centre":
            value = Decimal(number)
            yield IndicatorDraft(span, OUTPUT, Aspect.QUANTITY, name, C.EQUAL, value, unit, printed=f"{number}{unit}")
    if span is Span.YEAR:
        yield IndicatorDraft(
            span, OUTPUT, Aspect.QUANTITY, "平台建设完成率", C.EQUAL, Decimal(100), "%", printed="100%"
        )
    yield IndicatorDraft(span, OUTPUT, Aspect.QUALITY, "平台建设完成率", C.EQUAL, Decimal(100), "%", printed="100%")
    for name, day, printed, _ in _DAYS:
        yield IndicatorDraft(span, OUTPUT, Aspect.TIMELINESS, name, C.BY_DATE, by=day, printed=printed)
    for name, wan, _ in _COSTS:
        value = Decimal(wan)
        yield IndicatorDraft(span, OUTPUT, Aspect.COST, name, C.AT_MOST, value, "万元", printed=f"≤{wan}万元")
    for aspect, name, word in _WORDS:
        yield IndicatorDraft(span, BENEFIT, aspect, name, C.WORD, word=word, printed=word)
    satisfied = (span, Group.SATISFACTION, Aspect.SATISFACTION, "市民满意度", C.ABOVE, Decimal(90), "%")
    yield IndicatorDraft(*satisfied, printed=">90%")


SHEET = SheetDraft(
    code=CODE,
    version=0,
    year=2025,
    name="晋城市城市生命线建设项目",
    owner="CG",
    department="215-晋城市城市管理局",
    unit="数字化服务中心",
    attribute="经常性项目（长期开展）",
    overview=OVERVIEW,
    basis="2024年2月18日市八届政府第38次常务会议，《关于晋城市2023年国民经济和社会发展计划执行情况与2024年国民经济和社会发展计划草案的报告》"
    "起草情况的汇报",
    necessity="城市生命线是维系城市正常运行、满足群众生产生活需要的重要基础设施，推进城市生命线建设项目对于防范和化解城市安全风险、提高城市"
    "防灾减灾能力、保障群众生命财产安全十分必要。",
    measures="具体由数字化服务中心负责，制定详细的实施进度计划。",
    plan="1.2025年1月启动项目建设；2.2025年3月前，完成监测中心智能化设备、场景物联网设备建设工作；3.2025年6月底前，完成管网探测、数据加工处理、"
    "管网三维模型建设、支撑保障系统建设工作；4.2025年10月前，完成运行监测系统建设、模型算法调测、系统整体联调工作；5.2025年12月底前，完成项目"
    "部分工程款的支付。",
    goal_term="通过完成城市生命线项目的各项工作，维系城市正常运行，防范和化解城市安全风险、提高城市防灾减灾能力、保障群众生命财产安全。",
    goal_year="通过完成城市生命线项目的各项工作，维系城市正常运行，防范和化解城市安全风险、提高城市防灾减灾能力、保障群众生命财产安全。",
    source="晋城市市级预算部门（单位）项目支出绩效目标表（2025年度）",
    project=PROJECT,
    funds=(FundDraft(Span.YEAR, FundSource.UNTOLD, fen_of("26000000.00")),),
    indicators=(*_indicators(Span.TERM), *_indicators(Span.YEAR)),
)


def _bindings() -> dict[str, tuple[str, Mapping[str, str]]]:
    """Name of an indicator -> the source that tells it, and about what."""
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for name, _, _, source, lot in _COUNTS:
        found[name] = (source, {"project": PROJECT, "lot": lot})
    for name, _, heading in _COSTS:
        found[name] = ("heading_committed", {"project": PROJECT, "heading": heading})
    for name, _, _, milestone in _DAYS:
        found[name] = ("milestone", {"project": PROJECT, "milestone": milestone})
    return found


def ensure_sheet() -> None:
    """Write the sheet and bind it when it is missing."""
    if TargetSheet.objects.filter(code=CODE).exists():
        return
    sheet = write_sheet(None, SHEET)
    bindings = _bindings()
    for version, indicator in enumerate(
        SheetIndicator.objects.filter(sheet=sheet, name__in=bindings).order_by("pk"), 1
    ):
        source, subject = bindings[indicator.name]
        bind(None, sheet, indicator.pk, source, subject, version)
