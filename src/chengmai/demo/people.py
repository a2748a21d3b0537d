"""Who works in the demonstration city: organisations and one person for every role, invented."""

from dataclasses import dataclass

from chengmai.access.models import OrganisationKind
from chengmai.access.roles import Role

BUREAU, WATER, GAS, HEAT, APPEARANCE = "CG", "CG-WATER", "CG-GAS", "CG-HEAT", "CG-APPEARANCE"
SANITATION, KITCHEN = "CG-SANITATION", "JC-KITCHEN"
WATER_COMPANY, GAS_COMPANY, HEAT_COMPANY = "JC-WATER-CO", "JC-GAS-CO", "JC-HEAT-CO"
COLLECTING_COMPANY = "JC-COLLECT-CO"
SEWAGE_WORKS, INCINERATOR, LANDFILL = "JC-SEWAGE-CO", "JC-INCINERATION-CO", "JC-LANDFILL-CO"
WASTE_WORKS, STAFFING = "JC-WASTE-CO", "JC-STAFFING-CO"


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation; ``parent`` is a code above it in the table, ``contact`` an invented telephone number."""

    code: str
    name_zh: str
    name_en: str
    kind: OrganisationKind
    parent: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with one role."""

    username: str
    name: str
    organisation: str
    role: Role


ORGANISATIONS = (
    OrganisationRow(BUREAU, "城市管理局", "City Management Bureau", OrganisationKind.BUREAU, contact="0356-5550100"),
    OrganisationRow(WATER, "供水管理科", "Water Supply Section", OrganisationKind.DEPARTMENT, BUREAU),
    OrganisationRow(APPEARANCE, "市容管理科", "City Appearance Section", OrganisationKind.DEPARTMENT, BUREAU),
    OrganisationRow(GAS, "燃气管理科", "Gas Section", OrganisationKind.DEPARTMENT, BUREAU),
    OrganisationRow(HEAT, "供热管理科", "Heat Section", OrganisationKind.DEPARTMENT, BUREAU),
    OrganisationRow(SANITATION, "环境卫生科", "Sanitation Section", OrganisationKind.DEPARTMENT, BUREAU),
    OrganisationRow(WATER_COMPANY, "供水公司", "Water Company", OrganisationKind.UTILITY, WATER, "0356-5550111"),
    OrganisationRow(GAS_COMPANY, "燃气公司", "Gas Company", OrganisationKind.UTILITY, GAS, "0356-5550122"),
    OrganisationRow(HEAT_COMPANY, "供热公司", "Heat Company", OrganisationKind.UTILITY, HEAT, "0356-5550133"),
    OrganisationRow(COLLECTING_COMPANY, "信息采集公司", "Collecting Company", OrganisationKind.CONTRACTOR, APPEARANCE),
    OrganisationRow(SEWAGE_WORKS, "污水处理公司", "Sewage Company", OrganisationKind.CONTRACTOR, WATER),
    OrganisationRow(INCINERATOR, "垃圾焚烧发电公司", "Incineration Company", OrganisationKind.CONTRACTOR, SANITATION),
    OrganisationRow(LANDFILL, "填埋场运营公司", "Landfill Company", OrganisationKind.CONTRACTOR, SANITATION),
    OrganisationRow(WASTE_WORKS, "餐厨废弃物处理公司", "Food Waste Company", OrganisationKind.CONTRACTOR, APPEARANCE),
    OrganisationRow(STAFFING, "劳务服务公司", "Staffing Company", OrganisationKind.CONTRACTOR, BUREAU),
)
PEOPLE = (
    PersonRow("operator", "李值守", BUREAU, Role.OPERATOR),
    PersonRow("shift_leader", "王领班", BUREAU, Role.SHIFT_LEADER),
    PersonRow("intake_clerk", "张受理", BUREAU, Role.INTAKE_CLERK),
    PersonRow("dispatcher", "刘派遣", BUREAU, Role.DISPATCHER),
    PersonRow("department_handler", "陈抢修", WATER_COMPANY, Role.DEPARTMENT_HANDLER),
    PersonRow("department_handler_2", "杨市容", APPEARANCE, Role.DEPARTMENT_HANDLER),
    PersonRow("collector", "赵采集", BUREAU, Role.COLLECTOR),
    PersonRow("verifier", "黄核查", BUREAU, Role.VERIFIER),
    PersonRow("network_engineer", "周管网", BUREAU, Role.NETWORK_ENGINEER),
    PersonRow("utility_dispatcher", "郑调度", WATER_COMPANY, Role.UTILITY_DISPATCHER),
    PersonRow("gas_dispatcher", "冯燃气", GAS_COMPANY, Role.UTILITY_DISPATCHER),
    PersonRow("gas_handler", "韩抢修", GAS_COMPANY, Role.DEPARTMENT_HANDLER),
    PersonRow("heat_dispatcher", "何供热", HEAT_COMPANY, Role.UTILITY_DISPATCHER),
    PersonRow("heat_handler", "任抢修", HEAT_COMPANY, Role.DEPARTMENT_HANDLER),
    PersonRow("water_section", "秦供水", WATER, Role.UTILITY_DISPATCHER),
    PersonRow("gas_section", "尤燃气", GAS, Role.UTILITY_DISPATCHER),
    PersonRow("heat_section", "许供热", HEAT, Role.UTILITY_DISPATCHER),
    PersonRow("finance", "吴财务", BUREAU, Role.FINANCE),
    PersonRow("finance_2", "钱复核", BUREAU, Role.FINANCE),
    PersonRow("finance_leader", "林主管", BUREAU, Role.FINANCE_LEADER),
    PersonRow("contractor", "沈污水", SEWAGE_WORKS, Role.CONTRACTOR),
    PersonRow("custody_supervisor", "丁监管", SANITATION, Role.CUSTODY_SUPERVISOR),
    PersonRow("kitchen_clerk", "方过磅", KITCHEN, Role.CUSTODY_CLERK),
    PersonRow("kitchen_clerk_2", "石复核", KITCHEN, Role.CUSTODY_CLERK),
    PersonRow("haul_clerk", "邵运输", "JC-HAUL-1", Role.CUSTODY_CLERK),
    PersonRow("auditor", "徐审计", BUREAU, Role.AUDITOR),
    PersonRow("system_administrator", "孙系统", BUREAU, Role.SYSTEM_ADMINISTRATOR),
    PersonRow("security_administrator", "马安全", BUREAU, Role.SECURITY_ADMINISTRATOR),
    PersonRow("audit_administrator", "朱审计", BUREAU, Role.AUDIT_ADMINISTRATOR),
)
