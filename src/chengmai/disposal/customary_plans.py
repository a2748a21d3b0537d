"""Contingency plans to begin with, as lifeline centres and utility companies customarily write them; cities edit them.

The order follows the emergency plans that cities publish: tell and cordon off, cut off, look for people in danger,
repair, measure again, restore, tell everybody that it is over. Times are minutes from the plan's start; a water main is
shut off within 4 hours, a gas crew is on site within 30 minutes.
"""

from chengmai.disposal.models import PlanTemplate
from chengmai.disposal.party_table import RowDraft, add_row, rows
from chengmai.disposal.states import PartyKind
from chengmai.disposal.templates import StepDraft, TemplateDraft, write_template
from chengmai.network.utilities import Utility
from chengmai.warning.states import Severity

TRAFFIC = ("交警支队", "Traffic police")
FIRE = ("消防救援支队", "Fire and rescue")
HEALTH = ("卫生健康委", "Health commission")

_SERIOUS = [Severity.RED.value, Severity.ORANGE.value]


def _desk(zh: str, en: str, minutes: int) -> StepDraft:
    return StepDraft(zh, en, "desk", minutes)


def _owner(zh: str, en: str, minutes: int) -> StepDraft:
    return StepDraft(zh, en, "owner", minutes)


def _section(zh: str, en: str, minutes: int) -> StepDraft:
    return StepDraft(zh, en, "section", minutes)


def _outside(whom: tuple[str, str], zh: str, en: str, minutes: int) -> StepDraft:
    return StepDraft(zh, en, "external", minutes, external_zh=whom[0], external_en=whom[1])


PLANS: tuple[TemplateDraft, ...] = (
    TemplateDraft(
        "gas-leak",
        0,
        Utility.GAS.value,
        "gas_leak",
        "燃气泄漏应急预案",
        "Gas leak contingency plan",
        steps=[
            _desk("核实报警地点、浓度和相邻空间，通知燃气公司", "Verify place, concentration, spaces; tell all", 5),
            _outside(FIRE, "通知消防救援队伍到场待命", "Ask the fire service to stand by on site", 10),
            _outside(TRAFFIC, "警戒区外围交通管制，禁火禁车", "Close the roads around; no flames, no engines", 20),
            _owner("抢修队到场，检测浓度并划定警戒区", "Crew on site measures and marks the danger zone", 30),
            _owner("打开井盖自然通风，严禁明火和非防爆电器", "Open lids to vent; no flames, no unsafe devices", 40),
            _section("核查周边用户和人员密集场所，组织疏散", "Check users and crowded places; evacuate", 45),
            _owner("按关阀方案关闭阀门，切断气源", "Close the valves of the isolation plan", 60),
            _owner("开挖、查漏、抢修", "Dig, find and repair the leak", 480),
            _owner("置换、复测，浓度连续 30 分钟为零", "Purge and measure again: zero for 30 minutes", 540),
            _owner("恢复供气，入户确认安全点火", "Restore supply; confirm safe ignition in homes", 720),
            _desk("发布恢复信息，资料归档", "Tell that supply is back; file the records", 740),
        ],
    ),
    TemplateDraft(
        "water-burst",
        0,
        Utility.WATER.value,
        "burst",
        "供水爆管应急预案",
        "Water main burst contingency plan",
        steps=[
            _desk("核实爆管位置和影响范围，通知供水公司", "Verify place and extent; tell the company", 10),
            _owner("抢修队到场，围挡并设置警示", "Crew on site fences off and sets warning signs", 45),
            _outside(TRAFFIC, "涉水路段交通疏导", "Lead the traffic around flooded roads", 45),
            _owner("按关阀方案关闭阀门，止水", "Close the valves of the isolation plan", 240),
            _section("核查停水用户，医院、学校、换热站优先送水", "Tanker water: hospitals, schools first", 240),
            _desk("发布停水通知和预计恢复时间", "Publish the outage and when it will end", 60),
            _owner("开挖、修复管道", "Dig and repair the main", 1440),
            _owner("冲洗、消毒，水质检测合格", "Flush, disinfect, water tested and sound", 1560),
            _owner("恢复供水，确认末端压力不低于 0.14 MPa", "Restore; 0.14 MPa at the far end at least", 1620),
            _desk("发布恢复信息，资料归档", "Tell that supply is back; file the records", 1640),
        ],
    ),
    TemplateDraft(
        "heat-burst",
        0,
        Utility.HEAT.value,
        "burst",
        "供热管网爆管应急预案",
        "Heat main burst contingency plan",
        steps=[
            _desk("核实位置、失压和补水情况，通知供热公司", "Verify place, pressure and make-up; tell company", 10),
            _owner("抢修队到场，围挡防烫，设置警示", "Crew on site fences off against scalding", 45),
            _outside(TRAFFIC, "蒸汽弥漫路段交通管制", "Close roads in steam", 45),
            _owner("供回水阀成对关闭，停止补水", "Close supply and return valves in pairs", 120),
            _section("核查停热用户，重点保障医院、学校、养老机构", "Check who is cold; hospitals first", 180),
            _desk("发布停热通知和预计恢复时间", "Publish the outage and when it will end", 60),
            _owner("排水、开挖、修复管道", "Drain, dig and repair the main", 1440),
            _owner("充水、排气、升温，恢复循环", "Fill, bleed, warm up, circulate again", 1740),
            _owner("回访用户室温不低于 18 ℃", "Ask users: rooms at 18 degC at least", 2160),
            _desk("发布恢复信息，资料归档", "Tell that heating is back; file the records", 2180),
        ],
    ),
    TemplateDraft(
        "water-quality",
        0,
        Utility.WATER.value,
        "quality",
        "供水水质异常应急预案",
        "Water quality contingency plan",
        steps=[
            _desk("核实异常指标、测点和上游来水，通知供水公司", "Verify value, sensor, inflow; tell company", 10),
            _owner("现场取样复测余氯、浊度、pH", "Sample again: chlorine, turbidity, pH", 60),
            _owner("隔离受影响管段，防止扩散", "Isolate the affected part of the network", 120),
            _outside(HEALTH, "通报卫生健康部门，联合评估", "Tell the health authority; assess together", 60),
            _desk("发布用水提示，告知受影响用户", "Publish advice on use; tell affected users", 60),
            _section("组织应急送水，医院、学校优先", "Tanker water, hospitals and schools first", 180),
            _owner("排放、冲洗、加氯，查明原因", "Drain, flush, chlorinate, find the cause", 720),
            _owner("连续两次检测合格", "Two sound tests in a row", 1440),
            _desk("解除用水提示，资料归档", "Withdraw the advice; file the records", 1460),
        ],
    ),
)

PARTIES: tuple[RowDraft, ...] = (
    RowDraft(PartyKind.SECTION),
    RowDraft(PartyKind.KEY_USER, levels=_SERIOUS),
    RowDraft(PartyKind.EXTERNAL, levels=_SERIOUS, name_zh=TRAFFIC[0], name_en=TRAFFIC[1], phone="122"),
    RowDraft(PartyKind.EXTERNAL, Utility.GAS.value, "", [], name_zh=FIRE[0], name_en=FIRE[1], phone="119"),
    RowDraft(PartyKind.EXTERNAL, "", "", [Severity.RED.value], "", "应急管理局", "Emergency bureau", "12350"),
)
"""Who is concerned beside the owner, customarily; the telephone numbers are the national ones."""


def load_customary() -> list[PlanTemplate]:
    """Write the plans and the table of parties where there is nothing yet; the plans written."""
    known = set(PlanTemplate.objects.values_list("code", flat=True))
    if not rows().exists():
        for row in PARTIES:
            add_row(None, row)
    return [write_template(None, plan) for plan in PLANS if plan.code not in known]
