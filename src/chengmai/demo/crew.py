"""The crew of the demonstration city: collectors, seats and handlers in their real number, invented.

Nobody knows their passwords: whoever is to work with one gives the account a new one. Those of ``people`` are shown.
"""

from collections.abc import Iterator

from django.contrib.auth.hashers import make_password
from django.db import transaction

from chengmai.access import audit
from chengmai.access.models import Organisation, RoleAssignment, User
from chengmai.access.roles import Role
from chengmai.access.services import reset_password
from chengmai.core.clock import now
from chengmai.custody.models import Scale
from chengmai.demo.people import (
    APPEARANCE,
    BUREAU,
    COLLECTING_COMPANY,
    GAS_COMPANY,
    HEAT_COMPANY,
    SANITATION,
    WATER,
    WATER_COMPANY,
    PersonRow,
)
from chengmai.sensing.services import renew_token
from chengmai.simulator.waste_town import CARRIERS, LAPSED_CARRIER, LINES

COLLECTORS, SEATS, HANDLERS, DISPATCHERS, VERIFIERS = 60, 12, 24, 3, 6
WASTE_PARTIES = (
    *dict.fromkeys(code for line in LINES for code in (line.sender, line.receiver)),
    *CARRIERS,
    LAPSED_CARRIER,
)
"""Codes of whoever hands over, carries or receives waste."""
POSTS = (
    ("watch", 2, BUREAU, Role.OPERATOR),
    ("lead", 1, BUREAU, Role.SHIFT_LEADER),
    ("water_crew", 2, WATER_COMPANY, Role.DEPARTMENT_HANDLER),
    ("gas_crew", 2, GAS_COMPANY, Role.DEPARTMENT_HANDLER),
    ("heat_crew", 2, HEAT_COMPANY, Role.DEPARTMENT_HANDLER),
    ("water_hand", 2, WATER, Role.DEPARTMENT_HANDLER),
    ("waste_watch", 1, SANITATION, Role.CUSTODY_SUPERVISOR),
    *((f"waste_{party.removeprefix('JC-').lower()}", 1, party, Role.CUSTODY_CLERK) for party in WASTE_PARTIES),
    ("collector", COLLECTORS, COLLECTING_COMPANY, Role.COLLECTOR),
    ("seat", SEATS, BUREAU, Role.INTAKE_CLERK),
    ("handler", HANDLERS, APPEARANCE, Role.DEPARTMENT_HANDLER),
    ("dispatch", DISPATCHERS, BUREAU, Role.DISPATCHER),
    ("check", VERIFIERS, BUREAU, Role.VERIFIER),
)
"""Prefix of the accounts' names, how many, where they work, as what."""
_SURNAMES = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严金魏姜谢邹窦章苏潘葛范彭鲁韦马苗"
_GIVEN = ("晓明", "建军", "丽华", "志强", "雪梅", "国栋", "海燕", "文博", "秀兰", "永刚", "雅琴", "立新", "春生")


def crew() -> Iterator[PersonRow]:
    """Everybody of the crew; each name stands once."""
    at = 0
    for prefix, many, organisation, role in POSTS:
        for number in range(1, many + 1):
            name = _SURNAMES[at % len(_SURNAMES)] + _GIVEN[at % len(_GIVEN)]
            yield PersonRow(f"{prefix}_{number:02d}", name, organisation, role)
            at += 1


def ensure_crew() -> None:
    """Accounts of the crew that are missing."""
    with transaction.atomic():
        rows = {row.username: row for row in crew()}
        known = set(User.objects.filter(username__in=rows).values_list("username", flat=True))
        missing = [row for row in rows.values() if row.username not in known]
        if not missing:
            return
        organisations = {one.code: one for one in Organisation.objects.all()}
        User.objects.bulk_create(
            User(
                username=row.username,
                name=row.name,
                organisation=organisations[row.organisation],
                password=make_password(None),
                password_changed_at=now(),
            )
            for row in missing
        )
        made = dict(User.objects.filter(username__in=[row.username for row in missing]).values_list("username", "pk"))
        RoleAssignment.objects.bulk_create(RoleAssignment(user_id=made[row.username], role=row.role) for row in missing)
        audit.record(None, "user.added", "user", "*", after={"crew": len(missing)})


def let_in() -> dict[str, str]:
    """Give everybody of the crew a new password; passwords by user name. Nobody has seen the old ones.

    One by one: making so many takes seconds, in which others must be able to write.
    """
    passwords = {row.username: reset_password(None, row.username) for row in crew()}
    User.objects.filter(username__in=passwords).update(password_changed_at=now())
    return passwords


def clerk_of(party: str) -> str:
    """The account of whoever tells a waste party's part."""
    return f"waste_{party.removeprefix('JC-').lower()}_01"


def let_scales_in() -> dict[str, str]:
    """Give every weighbridge a new secret; secrets by the code of the scale, which is its gateway's too."""
    gateways = Scale.objects.exclude(gateway=None).values_list("gateway__code", flat=True)
    return {code: renew_token(None, code) for code in gateways}
