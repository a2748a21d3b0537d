"""The lifeline construction project as the bureau's published target sheet of 2025 tells it.

From the sheet: the quantities (29 gas, 17 water, 10 heat and 51 centre items, 2 platforms, 3 system programs), the
three cost ceilings, the five milestones, what the year's application was made of, and the 26 million yuan approved. The
sheet knows no lots; each specialised part is taken for one. Bookings and days reached are not in it, so there are none.
"""

from datetime import date

from chengmai.budget.construction.services import (
    HeadingDraft,
    LotDraft,
    MilestoneDraft,
    ProjectDraft,
    QuantityDraft,
    write_project,
)
from chengmai.budget.construction.states import CeilingRule, QuantityKind
from chengmai.budget.models import ConstructionProject
from chengmai.core.money import fen_of
from chengmai.demo.devices import PROJECT

_HARDWARE, _PLATFORM, _SOFTWARE = "HARDWARE", "PLATFORM", "SOFTWARE"


def _yuan(ten_thousands: str) -> int:
    """Fen of an amount as the sheet tells it, in ten thousand yuan with two decimals."""
    return fen_of(ten_thousands.replace(".", "") + "00")


HEADINGS = (
    HeadingDraft(_HARDWARE, "硬件设备购置费", "Hardware", _yuan("263.78")),
    HeadingDraft(_PLATFORM, "平台软件开发费", "Platform development", _yuan("213.89")),
    HeadingDraft(_SOFTWARE, "软件产品购置费", "Software products", _yuan("430.97")),
    # The application for the year: not targets of cost, so what goes over is marked and not refused.
    HeadingDraft("OPERATION", "运维费", "Operation", _yuan("32.28"), CeilingRule.MARK),
    HeadingDraft("STUDY", "可研编制费", "Feasibility study", _yuan("47.00"), CeilingRule.MARK),
    HeadingDraft("MANAGEMENT", "建设单位管理费", "Management by the owner", _yuan("30.00"), CeilingRule.MARK),
    HeadingDraft("SECURITY", "等保测评费", "Security grading", _yuan("30.00"), CeilingRule.MARK),
)


def _devices(number: int) -> tuple[QuantityDraft, ...]:
    return (QuantityDraft(QuantityKind.DEVICE, number, "项"),)


LOTS = (
    LotDraft("gas", "燃气专项硬件设备", "Gas hardware", _devices(29), _HARDWARE),
    LotDraft("water", "供水专项硬件设备", "Water hardware", _devices(17), _HARDWARE),
    LotDraft("heat", "供热专项硬件设备", "Heat hardware", _devices(10), _HARDWARE),
    LotDraft("centre", "指挥中心智能化设备", "Command centre", _devices(51), _HARDWARE),
    LotDraft(
        "platforms",
        "平台建设软件开发",
        "Platform development",
        (QuantityDraft(QuantityKind.PLATFORM, 2, "套"),),
        _PLATFORM,
    ),
    LotDraft(
        "programs", "购置系统软件", "System software", (QuantityDraft(QuantityKind.SOFTWARE, 3, "套"),), _SOFTWARE
    ),
)
MILESTONES = (
    MilestoneDraft("START", "启动项目建设", "Construction begins", date(2025, 1, 31), "2025年1月"),
    MilestoneDraft(
        "DEVICES",
        "完成监测中心智能化设备、场景物联网设备建设工作",
        "Centre and field devices built",
        date(2025, 3, 31),
        "2025年3月前",
    ),
    MilestoneDraft(
        "SURVEY",
        "完成管网探测、数据加工处理、管网三维模型建设、支撑保障系统建设工作",
        "Survey, data, 3D model and supporting systems done",
        date(2025, 6, 30),
        "2025年6月底前",
    ),
    MilestoneDraft(
        "SYSTEMS",
        "完成运行监测系统建设、模型算法调测、系统整体联调工作",
        "Monitoring system, models and joint tests done",
        date(2025, 10, 31),
        "2025年10月前",
    ),
    MilestoneDraft(
        "PAYMENT", "完成项目部分工程款的支付", "Part of the works paid for", date(2025, 12, 31), "2025年12月底前"
    ),
)
OVERVIEW = (
    "以建设城市生命线安全运行监测为总牵引，重点覆盖燃气、供水、供热三大领域，建成后基本实现对主城区范围内高风险区、高敏感区、"
    "高后果区“三高”区域内地下管线及其附属设施的实时监测、动态预警、精准溯源、协同处置。本年申报金额2713.49万元，用于支付项目建设"
    "2574.21万元（40%）、运维费32.28万元、可研编制费47万元，建设单位管理费30万元，等保测评费30万元；安排预算资金2600万元。"
)


def ensure_project(owner: str) -> None:
    """Register the project when it is missing."""
    if ConstructionProject.objects.filter(code=PROJECT).exists():
        return
    write_project(
        None,
        ProjectDraft(
            code=PROJECT,
            version=0,
            name_zh="晋城市城市生命线建设项目",
            name_en="Jincheng urban lifeline project",
            owner=owner,
            unit="数字化服务中心",
            overview=OVERVIEW,
            basis="2024年2月18日市八届政府第38次常务会议",
            source="晋城市市级预算部门（单位）项目支出绩效目标表（2025年度）",
            budget_fen=_yuan("2600.00"),
            headings=HEADINGS,
            lots=LOTS,
            milestones=MILESTONES,
        ),
    )
