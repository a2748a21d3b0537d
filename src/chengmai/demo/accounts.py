"""The demonstration's organisations and people: one person in every role, each with a password made on the spot."""

from dataclasses import dataclass

from django.db import transaction

from chengmai.access.models import Organisation, OrganisationKind, User
from chengmai.access.roles import Role
from chengmai.access.services import add_user, reset_password
from chengmai.core.clock import now

BUREAU, WATER, APPEARANCE, COMPANY = "CG", "CG-WATER", "CG-APPEARANCE", "JC-WATER-CO"

_ORGANISATIONS: tuple[tuple[str, str, str, OrganisationKind, str | None], ...] = (
    (BUREAU, "城市管理局（演示）", "City Management Bureau (demonstration)", OrganisationKind.BUREAU, None),
    (WATER, "供水管理科", "Water Supply Section", OrganisationKind.DEPARTMENT, BUREAU),
    (APPEARANCE, "市容科", "City Appearance Section", OrganisationKind.DEPARTMENT, BUREAU),
    (COMPANY, "供水公司", "Water Company", OrganisationKind.UTILITY, BUREAU),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demonstration; the user name is the role's name, so that a visitor finds it."""

    username: str
    name: str
    role: Role
    organisation: str = BUREAU


PEOPLE: tuple[Person, ...] = (
    Person("operator", "王值班", Role.OPERATOR),
    Person("shift_leader", "李班长", Role.SHIFT_LEADER),
    Person("intake_clerk", "赵受理", Role.INTAKE_CLERK),
    Person("dispatcher", "钱派遣", Role.DISPATCHER),
    Person("department_handler", "孙处置", Role.DEPARTMENT_HANDLER, WATER),
    Person("appearance_handler", "周市容", Role.DEPARTMENT_HANDLER, APPEARANCE),
    Person("collector", "吴采集", Role.COLLECTOR),
    Person("verifier", "郑核查", Role.VERIFIER),
    Person("network_engineer", "冯管网", Role.NETWORK_ENGINEER, COMPANY),
    Person("finance", "陈财务", Role.FINANCE),
    Person("auditor", "褚审计", Role.AUDITOR),
    Person("system_administrator", "卫系统", Role.SYSTEM_ADMINISTRATOR),
    Person("security_administrator", "蒋安全", Role.SECURITY_ADMINISTRATOR),
    Person("audit_administrator", "沈审计", Role.AUDIT_ADMINISTRATOR),
)


def make_organisations() -> dict[str, Organisation]:
    """The organisations by code, made where they are missing."""
    made: dict[str, Organisation] = {}
    for code, name_zh, name_en, kind, parent in _ORGANISATIONS:
        facts = {"name_zh": name_zh, "name_en": name_en, "kind": kind, "parent": made[parent] if parent else None}
        made[code], _ = Organisation.objects.get_or_create(code=code, defaults=facts)
    return made


def make_accounts() -> dict[str, str]:
    """An account for every person and its fresh password by user name; one that is there gets a new password.

    Unlike a password handed out by an administrator, these need not be changed at the first log-in.
    """
    with transaction.atomic():
        make_organisations()
        there = set(User.objects.values_list("username", flat=True))
        passwords = {
            person.username: reset_password(None, person.username)
            if person.username in there
            else add_user(None, person.username, person.name, person.organisation, [person.role])
            for person in PEOPLE
        }
        User.objects.filter(username__in=passwords).update(password_changed_at=now())
    return passwords
