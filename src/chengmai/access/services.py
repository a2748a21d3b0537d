"""Use-cases on people: each locks, checks, changes, and leaves its entry in the audit trail."""

from collections.abc import Iterable

from django.contrib.auth import update_session_auth_hash
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from chengmai.access import audit, sessions
from chengmai.access.models import Organisation, RoleAssignment, User
from chengmai.access.passwords import check_password_rules, fresh_password
from chengmai.access.roles import ADMINISTRATORS, Role
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.messages import LANGUAGES


def add_user(actor: User | None, username: str, name: str, organisation: str, roles: Iterable[Role] = ()) -> str:
    """Make an account and return its one-time password, which must be changed at the first log-in.

    ``roles`` is for the command line and the demonstration, where no administrator exists yet.
    Raises InvalidInput for a bad name, Conflict for a taken one, NotFound for an unknown organisation.
    """
    password = fresh_password()
    if not username.isascii() or not username.replace("_", "a").replace("-", "a").replace(".", "a").isalnum():
        raise InvalidInput("user.bad_username", value=username)
    granted = _checked_roles(roles)
    user = User(username=username, name=name, organisation=_organisation(organisation))
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            RoleAssignment.objects.bulk_create(RoleAssignment(user=user, role=role) for role in granted)
            after = {"name": name, "organisation": organisation, "roles": sorted(granted)}
            audit.record(actor, "user.added", "user", username, after=after)
    except IntegrityError as error:
        raise Conflict("user.taken", username=username) from error
    return password


def change_user(
    actor: User, username: str, *, name: str | None, organisation: str | None, is_active: bool | None
) -> User:
    """Change a person's name, organisation or whether the account may be used.

    Raises NotAllowed on one's own account, Conflict when the last administrator of a kind would go.
    """
    with transaction.atomic():
        user = _locked(username)
        if user.pk == actor.pk:
            raise NotAllowed("user.own_account")
        before = {"name": user.name, "organisation": user.organisation.code, "is_active": user.is_active}
        if is_active is False:
            for role in user.roles & ADMINISTRATORS:
                _demand_another(role, user)
        user.name = user.name if name is None else name
        user.organisation = user.organisation if organisation is None else _organisation(organisation)
        user.is_active = user.is_active if is_active is None else is_active
        user.save(update_fields=["name", "organisation", "is_active"])
        after = {"name": user.name, "organisation": user.organisation.code, "is_active": user.is_active}
        audit.record(actor, "user.changed", "user", username, before=before, after=after)
        if before["is_active"] and not user.is_active:
            sessions.end_all(username)
    return user


def assign_roles(actor: User, username: str, roles: Iterable[Role]) -> User:
    """Give a person exactly these roles.

    Raises NotAllowed for one's own account, Conflict for roles that exclude each other or when the last
    administrator of a kind would go.
    """
    wanted = _checked_roles(roles)
    with transaction.atomic():
        user = _locked(username)
        if user.pk == actor.pk:
            raise NotAllowed("user.own_roles")
        held = user.roles
        for role in (held - wanted) & ADMINISTRATORS:
            _demand_another(role, user)
        user.role_assignments.exclude(role__in=wanted).delete()
        RoleAssignment.objects.bulk_create(RoleAssignment(user=user, role=role) for role in wanted - held)
        before, after = {"roles": sorted(held)}, {"roles": sorted(wanted)}
        audit.record(actor, "user.roles_assigned", "user", username, before=before, after=after)
    return User.objects.get(pk=user.pk)


def unlock(actor: User, username: str) -> User:
    """End a lock-out before its time."""
    with transaction.atomic():
        user = _locked(username)
        user.locked_until, user.failed_logins = None, 0
        user.save(update_fields=["locked_until", "failed_logins"])
        audit.record(actor, "user.unlocked", "user", username)
    return user


def reset_password(actor: User | None, username: str) -> str:
    """Replace a forgotten password by a one-time password, which is returned; every session of the person ends.

    Whoever resets an administrator's password could act as that administrator, so that is left to the command line.
    Raises NotAllowed for an administrator's or one's own account.
    """
    password = fresh_password()
    with transaction.atomic():
        user = _locked(username)
        if actor is not None and (user.roles & ADMINISTRATORS or user.pk == actor.pk):
            raise NotAllowed("user.administrator_password")
        user.set_password(password)
        user.password_changed_at, user.locked_until, user.failed_logins = None, None, 0
        user.save(update_fields=["password", "password_changed_at", "locked_until", "failed_logins"])
        audit.record(actor, "user.password_reset", "user", username)
        sessions.end_all(username)
    return password


def change_password(request: HttpRequest, user: User, old: str, new: str) -> None:
    """Let a person choose a new password; every other session of that person ends.

    Raises InvalidInput when the old one is wrong (that counts as a failed log-in) or the new one breaks a rule,
    NotAllowed while the account is locked, TooMany when one address fails too often.
    """
    sessions.demand_password(user, old)
    check_password_rules(new, user)
    user.set_password(new)
    with transaction.atomic():
        user.password_changed_at = now()
        user.save(update_fields=["password", "password_changed_at"])
        audit.record(user, "user.password_changed", "user", user.username)
        update_session_auth_hash(request, user)
        sessions.end_all(user.username, but=request.session.session_key)


def add_bureau(code: str) -> None:
    """Make the bureau itself, the first organisation of an installation; it can be named later."""
    with transaction.atomic():
        Organisation.objects.create(code=code, name_zh=code, name_en=code, kind="bureau")
        audit.record(None, "organisation.added", "organisation", code, after={"kind": "bureau"})


def choose_language(user: User, language: str) -> None:
    """Set the language a person reads; raises InvalidInput for one we do not speak."""
    if language not in LANGUAGES:
        raise InvalidInput("language.unknown", value=language, known=", ".join(LANGUAGES))
    with transaction.atomic():
        before, user.language = user.language, language
        user.save(update_fields=["language"])
        audit.record(
            user, "user.language", "user", user.username, before={"language": before}, after={"language": language}
        )


def _locked(username: str) -> User:
    """The person's row, locked after the chain: others hold the chain while they need the row of whoever acts."""
    audit.take_turn()
    user = User.objects.select_for_update(of=("self",)).select_related("organisation").filter(username=username).first()
    if user is None:
        raise NotFound("user.unknown", username=username)
    return user


def _organisation(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise NotFound("organisation.unknown", code=code)
    return found


def _checked_roles(roles: Iterable[Role]) -> set[Role]:
    wanted = set(roles)
    if wanted & ADMINISTRATORS and len(wanted) > 1:
        raise Conflict("user.roles_exclude", roles=", ".join(sorted(wanted)))
    return wanted


def _demand_another(role: Role, user: User) -> None:
    """Locks every assignment of the role, so that two of the last two cannot go at the same moment."""
    holders = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user").filter(role=role)
    if not any(held.user.is_active and held.user_id != user.pk for held in holders):
        raise Conflict("user.last_administrator", role=role.value)
