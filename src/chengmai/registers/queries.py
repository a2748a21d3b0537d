"""Reads on registers, scoped to who asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import within_reach
from chengmai.core.clock import now
from chengmai.core.errors import NotFound
from chengmai.registers.definitions import KindDef, MoveDef
from chengmai.registers.models import ChecklistRun, EntryReference, RegisterEntry
from chengmai.settings import current

SOON_DAYS = 30
"""What runs out within so many days runs out soon (default)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries a list shows; an empty field asks for nothing."""

    q: str = ""
    state: str = ""
    owner: str = ""
    target: UUID | None = None
    since: date | None = None
    until: date | None = None
    expiring_days: int | None = None


def today() -> date:
    """The city's day."""
    return now().astimezone(current().zone).date()


def visible_entries(user: User) -> QuerySet[RegisterEntry]:
    """The entries within a person's reach."""
    return within_reach(RegisterEntry.objects.select_related("kind", "owner"), user)


def entry_for(user: User, entry_id: UUID) -> RegisterEntry:
    """One entry; raises NotFound when there is none in the person's scope."""
    found = visible_entries(user).filter(pk=entry_id).first()
    if found is None:
        raise NotFound("register.entry_unknown", id=entry_id)
    return found


def matching(entries: QuerySet[RegisterEntry], wanted: Wanted) -> QuerySet[RegisterEntry]:
    """Of these entries, the wanted ones, the newest day first."""
    if wanted.q.strip():
        entries = entries.filter(Q(code__icontains=wanted.q.strip()) | Q(words__icontains=wanted.q.strip()))
    if wanted.state:
        entries = entries.filter(state=wanted.state)
    if wanted.owner:
        entries = entries.filter(owner__code=wanted.owner)
    if wanted.target is not None:
        entries = entries.filter(references__target=wanted.target)
    if wanted.since is not None:
        entries = entries.filter(on__gte=wanted.since)
    if wanted.until is not None:
        entries = entries.filter(on__lt=wanted.until)
    if wanted.expiring_days is not None:
        entries = entries.filter(expires_on__lte=today() + timedelta(days=wanted.expiring_days))
        return entries.order_by("expires_on", "code")
    return entries.order_by("-on", "code")


def state_counts(entries: QuerySet[RegisterEntry]) -> dict[str, int]:
    """How many of these entries are in each state."""
    return dict(entries.order_by().values_list("state").annotate(Count("pk")))


def sum_fen(entries: QuerySet[RegisterEntry]) -> int | None:
    """The amounts of these entries together [fen]; None where none has one."""
    found: int | None = entries.order_by().aggregate(sum=Sum("amount_fen"))["sum"]
    return found


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many entries of a kind are in each state, and how many run out soon or did."""

    states: dict[str, int]
    expiring: int
    expired: int


def counts(user: User) -> dict[str, KindCount]:
    """Of every kind with entries within reach, by its code."""
    rows = visible_entries(user).order_by()
    found: dict[str, dict[str, int]] = {}
    for kind, state, number in rows.values_list("kind__code", "state").annotate(Count("pk")):
        found.setdefault(kind, {})[state] = number
    day = today()
    ending = rows.filter(expires_on__lte=day + timedelta(days=SOON_DAYS))
    soon = dict(ending.values_list("kind__code").annotate(Count("pk")))
    over = dict(ending.filter(expires_on__lt=day).values_list("kind__code").annotate(Count("pk")))
    return {kind: KindCount(states, soon.get(kind, 0), over.get(kind, 0)) for kind, states in found.items()}


def allowed_moves(user: User, entry: RegisterEntry, kind: KindDef) -> list[MoveDef]:
    """The moves this person may make of an entry now, as far as they hang on state, permission and person."""
    held = user.permissions
    found = []
    for move in kind.moves:
        needed = Permission.REGISTER_APPROVE if move.approval else Permission.REGISTER_WRITE
        if entry.state in move.come_from and needed in held and not same_person(user, entry, move):
            found.append(move)
    return found


def same_person(user: User, entry: RegisterEntry, move: MoveDef) -> bool:
    """Whether a move wants another person than the one who made the step before, and this is that one."""
    if not move.other_than:
        return False
    step = entry.history.filter(action=move.other_than).order_by("-pk").first()
    return step is None or step.actor_id == user.pk


def labels_of(targets: Iterable[RegisterEntry], titles: dict[int, str]) -> dict[str, str]:
    """How entries are called where they are referred to; ``titles`` names the title field of each kind."""
    found = {}
    for one in targets:
        title = str(one.facts.get(titles.get(one.kind_id, ""), ""))
        found[str(one.pk)] = f"{one.code} {title}".strip() if title != one.code else one.code
    return found


def targets_of(user: User, entries: Iterable[RegisterEntry]) -> dict[str, RegisterEntry]:
    """What these entries refer to, within reach, by identity."""
    rows = EntryReference.objects.filter(entry__in=list(entries)).values_list("target_id", flat=True)
    return {str(one.pk): one for one in visible_entries(user).filter(pk__in=set(rows))}


def visible_runs(user: User) -> QuerySet[ChecklistRun]:
    """The filled checklists within a person's reach."""
    rows = ChecklistRun.objects.select_related("checklist", "owner", "subject", "filled_by")
    return within_reach(rows, user)


def run_for(user: User, run_id: UUID) -> ChecklistRun:
    """One filled checklist; raises NotFound when there is none in the person's scope."""
    found = visible_runs(user).filter(pk=run_id).first()
    if found is None:
        raise NotFound("checklist.run_unknown", id=run_id)
    return found
