"""Roles and what each may do: one table, read by every door and shown in the docs."""

from enum import StrEnum


class Role(StrEnum):
    """A post a person can hold; the three administrators are separated: none holds another's permissions."""

    OPERATOR = "operator"
    SHIFT_LEADER = "shift_leader"
    INTAKE_CLERK = "intake_clerk"
    DISPATCHER = "dispatcher"
    DEPARTMENT_HANDLER = "department_handler"
    COLLECTOR = "collector"
    VERIFIER = "verifier"
    NETWORK_ENGINEER = "network_engineer"
    UTILITY_DISPATCHER = "utility_dispatcher"
    FINANCE = "finance"
    FINANCE_LEADER = "finance_leader"
    CUSTODY_CLERK = "custody_clerk"
    CUSTODY_SUPERVISOR = "custody_supervisor"
    AUDITOR = "auditor"
    CONTRACTOR = "contractor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
"""The three separated administrators: whoever holds one of these roles holds no other."""


class Permission(StrEnum):
    """One thing a door may ask for."""

    MAP_READ = "map.read"
    SENSING_READ = "sensing.read"
    SENSING_MANAGE = "sensing.manage"
    QUARANTINE_READ = "quarantine.read"
    NETWORK_IMPORT = "network.import"
    ALARM_READ = "alarm.read"
    ALARM_ACKNOWLEDGE = "alarm.acknowledge"
    ALARM_SHELVE = "alarm.shelve"
    RULE_MANAGE = "rule.manage"
    WARNING_READ = "warning.read"
    WARNING_ASSESS = "warning.assess"
    WARNING_ISSUE = "warning.issue"
    WARNING_LIFT = "warning.lift"
    WARNING_SIGN = "warning.sign"
    PLANNED_WORK_MANAGE = "planned_work.manage"
    VALVE_PLAN = "valve.plan"
    VALVE_CONFIRM = "valve.confirm"
    CONTINGENCY_PLAN_MANAGE = "contingency_plan.manage"
    DUTY_LOG_READ = "duty_log.read"
    DUTY_LOG_WRITE = "duty_log.write"
    DEVICE_READ = "device.read"
    DEVICE_MANAGE = "device.manage"
    DEVICE_MAINTAIN = "device.maintain"
    RISK_MANAGE = "risk.manage"
    PROJECT_READ = "project.read"
    PROJECT_MANAGE = "project.manage"
    PROJECT_BOOK = "project.book"
    CASE_READ = "case.read"
    CASE_FILE = "case.file"
    CASE_CONFIRM = "case.confirm"
    CASE_DISPATCH = "case.dispatch"
    CASE_HANDLE = "case.handle"
    CASE_VERIFY = "case.verify"
    CASE_CLOSE = "case.close"
    CASEWORK_MANAGE = "casework.manage"
    PATROL_WALK = "patrol.walk"
    PATROL_READ = "patrol.read"
    CUSTODY_READ = "custody.read"
    CUSTODY_TELL = "custody.tell"
    CUSTODY_RESOLVE = "custody.resolve"
    CUSTODY_MANAGE = "custody.manage"
    CONTACT_READ = "contact.read"
    CALL_ANSWER = "call.answer"
    REGISTER_READ = "register.read"
    REGISTER_WRITE = "register.write"
    REGISTER_APPROVE = "register.approve"
    REGISTER_MANAGE = "register.manage"
    INDICATOR_READ = "indicator.read"
    PERFORMANCE_MANAGE = "performance.manage"
    BUDGET_READ = "budget.read"
    BUDGET_MANAGE = "budget.manage"
    BUDGET_APPROVE = "budget.approve"
    BUDGET_RELEASE = "budget.release"
    SETTLEMENT_READ = "settlement.read"
    SETTLEMENT_DRAFT = "settlement.draft"
    SETTLEMENT_CHECK = "settlement.check"
    SETTLEMENT_APPROVE = "settlement.approve"
    SETTLEMENT_PAY = "settlement.pay"
    EVENT_READ = "event.read"
    EVENT_RETRY = "event.retry"
    USER_READ = "user.read"
    USER_MANAGE = "user.manage"
    ROLE_ASSIGN = "role.assign"
    AUDIT_READ = "audit.read"
    SIMULATOR_CONTROL = "simulator.control"


CALLS_CUSTOMERS = frozenset({Permission.WARNING_SIGN, Permission.VALVE_PLAN, Permission.VALVE_CONFIRM})
"""With any of these a person tells key users of a cut-off, and sees their telephone numbers."""
_WATCH = frozenset(
    {
        Permission.MAP_READ,
        Permission.SENSING_READ,
        Permission.ALARM_READ,
        Permission.WARNING_READ,
        Permission.CASE_READ,
        Permission.INDICATOR_READ,
        Permission.DEVICE_READ,
        Permission.DUTY_LOG_READ,
        Permission.PROJECT_READ,
        Permission.BUDGET_READ,
        Permission.CUSTODY_READ,
        Permission.REGISTER_READ,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: _WATCH
    | {
        Permission.REGISTER_WRITE,
        Permission.ALARM_ACKNOWLEDGE,
        Permission.WARNING_ASSESS,
        Permission.WARNING_ISSUE,
        Permission.WARNING_SIGN,
        Permission.VALVE_PLAN,
        Permission.DUTY_LOG_WRITE,
        Permission.QUARANTINE_READ,
        Permission.SIMULATOR_CONTROL,
    },
    Role.SHIFT_LEADER: _WATCH
    | {
        Permission.REGISTER_WRITE,
        Permission.REGISTER_APPROVE,
        Permission.ALARM_ACKNOWLEDGE,
        Permission.ALARM_SHELVE,
        Permission.WARNING_ASSESS,
        Permission.WARNING_ISSUE,
        Permission.WARNING_LIFT,
        Permission.WARNING_SIGN,
        Permission.VALVE_PLAN,
        Permission.PLANNED_WORK_MANAGE,
        Permission.CONTINGENCY_PLAN_MANAGE,
        Permission.DUTY_LOG_WRITE,
        Permission.CASE_FILE,
        Permission.CASE_DISPATCH,
        Permission.CASE_CLOSE,
        Permission.PATROL_READ,
        Permission.CASEWORK_MANAGE,
        Permission.CONTACT_READ,
        Permission.QUARANTINE_READ,
        Permission.SIMULATOR_CONTROL,
    },
    Role.INTAKE_CLERK: frozenset(
        {
            Permission.MAP_READ,
            Permission.CASE_READ,
            Permission.CASE_FILE,
            Permission.CALL_ANSWER,
            Permission.CONTACT_READ,
        }
    ),
    Role.DISPATCHER: frozenset(
        {
            Permission.MAP_READ,
            Permission.WARNING_READ,
            Permission.CASE_READ,
            Permission.CASE_DISPATCH,
        }
    ),
    Role.DEPARTMENT_HANDLER: frozenset(
        {
            Permission.REGISTER_READ,
            Permission.REGISTER_WRITE,
            Permission.MAP_READ,
            Permission.CASE_READ,
            Permission.CASE_HANDLE,
            Permission.VALVE_CONFIRM,
            Permission.DEVICE_READ,
            Permission.DEVICE_MAINTAIN,
        }
    ),
    Role.COLLECTOR: frozenset(
        {
            Permission.MAP_READ,
            Permission.CASE_READ,
            Permission.CASE_FILE,
            Permission.CASE_CONFIRM,
            Permission.PATROL_WALK,
        }
    ),
    Role.VERIFIER: frozenset(
        {
            Permission.MAP_READ,
            Permission.WARNING_READ,
            Permission.CASE_READ,
            Permission.CASE_VERIFY,
            Permission.CASE_CLOSE,
            Permission.INDICATOR_READ,
        }
    ),
    Role.NETWORK_ENGINEER: _WATCH
    | {
        Permission.REGISTER_WRITE,
        Permission.SENSING_MANAGE,
        Permission.QUARANTINE_READ,
        Permission.NETWORK_IMPORT,
        Permission.RULE_MANAGE,
        Permission.VALVE_PLAN,
        Permission.PLANNED_WORK_MANAGE,
        Permission.DEVICE_MANAGE,
        Permission.DEVICE_MAINTAIN,
        Permission.RISK_MANAGE,
        Permission.PROJECT_MANAGE,
        Permission.SIMULATOR_CONTROL,
    },
    Role.UTILITY_DISPATCHER: _WATCH
    | {
        Permission.ALARM_ACKNOWLEDGE,
        Permission.WARNING_SIGN,
        Permission.VALVE_PLAN,
        Permission.VALVE_CONFIRM,
        Permission.PLANNED_WORK_MANAGE,
        Permission.DEVICE_MAINTAIN,
        Permission.DUTY_LOG_WRITE,
        Permission.QUARANTINE_READ,
        Permission.CASE_HANDLE,
    },
    Role.FINANCE: frozenset(
        {
            Permission.REGISTER_READ,
            Permission.CUSTODY_READ,
            Permission.INDICATOR_READ,
            Permission.CASE_READ,
            Permission.WARNING_READ,
            Permission.PROJECT_READ,
            Permission.PROJECT_BOOK,
            Permission.PERFORMANCE_MANAGE,
            Permission.BUDGET_READ,
            Permission.BUDGET_MANAGE,
            Permission.SETTLEMENT_READ,
            Permission.SETTLEMENT_DRAFT,
            Permission.SETTLEMENT_CHECK,
            Permission.SETTLEMENT_PAY,
        }
    ),
    Role.FINANCE_LEADER: frozenset(
        {
            Permission.REGISTER_READ,
            Permission.REGISTER_APPROVE,
            Permission.CUSTODY_READ,
            Permission.INDICATOR_READ,
            Permission.PROJECT_READ,
            Permission.BUDGET_READ,
            Permission.BUDGET_APPROVE,
            Permission.BUDGET_RELEASE,
            Permission.SETTLEMENT_READ,
            Permission.SETTLEMENT_CHECK,
            Permission.SETTLEMENT_APPROVE,
        }
    ),
    Role.CUSTODY_CLERK: frozenset({Permission.CUSTODY_READ, Permission.CUSTODY_TELL}),
    Role.CUSTODY_SUPERVISOR: frozenset(
        {
            Permission.CUSTODY_READ,
            Permission.CUSTODY_TELL,
            Permission.CUSTODY_RESOLVE,
            Permission.CUSTODY_MANAGE,
        }
    ),
    Role.AUDITOR: _WATCH
    | {Permission.QUARANTINE_READ, Permission.EVENT_READ, Permission.SETTLEMENT_READ, Permission.PATROL_READ},
    Role.CONTRACTOR: frozenset({Permission.SETTLEMENT_READ}),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {
            Permission.REGISTER_READ,
            Permission.REGISTER_MANAGE,
            Permission.USER_READ,
            Permission.USER_MANAGE,
            Permission.EVENT_READ,
            Permission.EVENT_RETRY,
            Permission.CASEWORK_MANAGE,
        }
    ),
    Role.SECURITY_ADMINISTRATOR: frozenset({Permission.USER_READ, Permission.ROLE_ASSIGN}),
    Role.AUDIT_ADMINISTRATOR: frozenset({Permission.USER_READ, Permission.AUDIT_READ}),
}
