"""Time limits: what holds where nobody set anything else, and what the table says."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.disposal.city_tables import demand_manager
from chengmai.disposal.models import TimeLimit
from chengmai.disposal.states import TimerKind
from chengmai.network.utilities import Utility
from chengmai.warning.states import Severity

LONGEST_MIN = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Limit:
    """Minutes for something, who hears of it when they are over; ``version`` is 0 where the table says nothing."""

    kind: TimerKind
    utility: str
    level: str
    minutes: int
    escalate_to: Role
    version: int = 0


DEFAULTS: tuple[Limit, ...] = (
    Limit(TimerKind.ASSESSMENT, "", "", 15, Role.SHIFT_LEADER),
    Limit(TimerKind.SIGNING, "", Severity.RED, 5, Role.SHIFT_LEADER),
    Limit(TimerKind.SIGNING, "", Severity.ORANGE, 10, Role.SHIFT_LEADER),
    Limit(TimerKind.SIGNING, "", Severity.YELLOW, 30, Role.SHIFT_LEADER),
    Limit(TimerKind.ON_SITE, Utility.GAS, "", 30, Role.SHIFT_LEADER),
)
"""The customary limits of lifeline centres: 15 min to assess, 5/10/30 min to sign, 30 min to be at a gas leak."""


def limits() -> list[Limit]:
    """Every limit: the defaults, each replaced by the table's row for the same, and the table's further rows."""
    known = {(limit.kind, limit.utility, limit.level): limit for limit in DEFAULTS}
    for row in TimeLimit.objects.order_by("pk"):
        key = (TimerKind(row.kind), row.utility, row.level)
        known[key] = Limit(*key, row.minutes, Role(row.escalate_to), row.version)
    return sorted(known.values(), key=lambda limit: (limit.kind, limit.utility, limit.level))


def limit_for(kind: TimerKind, utility: str, level: str) -> Limit | None:
    """The limit that says most about a case: of its utility and level, of one of them, of neither; None for none."""
    fitting = [
        limit
        for limit in limits()
        if limit.kind is kind and limit.utility in ("", utility) and limit.level in ("", level)
    ]
    return max(fitting, key=lambda limit: (limit.utility != "", limit.level != ""), default=None)


@transaction.atomic
def set_limit(user: User, wanted: Limit) -> Limit:
    """Write one limit; raises NotAllowed, InvalidInput, or Conflict when somebody else wrote it meanwhile."""
    take_turn()
    demand_manager(user)
    if not 0 < wanted.minutes <= LONGEST_MIN:
        raise InvalidInput("limit.out_of_range", minutes=wanted.minutes, most=LONGEST_MIN)
    key = {"kind": wanted.kind.value, "utility": wanted.utility, "level": wanted.level}
    before = next((one for one in limits() if (one.kind, one.utility, one.level) == tuple(key.values())), None)
    values = {"minutes": wanted.minutes, "escalate_to": wanted.escalate_to.value}
    if wanted.version == 0:
        try:
            with transaction.atomic():
                TimeLimit.objects.create(**key, **values)
        except IntegrityError as error:
            raise Conflict("version.stale", sent=0, present="?") from error
    elif not TimeLimit.objects.filter(**key, version=wanted.version).update(**values, version=wanted.version + 1):
        raise Conflict("version.stale", sent=wanted.version, present="?")
    told = None if before is None else {"minutes": before.minutes, "escalate_to": before.escalate_to.value}
    record(user, "limit.set", "limit", ":".join(key.values()), before=told, after=values)
    return Limit(wanted.kind, wanted.utility, wanted.level, wanted.minutes, wanted.escalate_to, wanted.version + 1)
