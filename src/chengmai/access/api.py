"""Doors: the session, people and their roles, the audit trail."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from chengmai.access import audit, queries, services, sessions
from chengmai.access.doors import May, Open, OwnSession, Session, caller
from chengmai.access.models import AuditEntry, Organisation, User
from chengmai.access.passwords import must_change
from chengmai.access.roles import Permission, Role
from chengmai.core.clock import now
from chengmai.core.errors import NotAuthenticated
from chengmai.settings import current

router = Router(tags=["access"])

Name = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class OrganisationOut(Schema):
    """An organisation."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    parent: str | None = None


class Me(Schema):
    """Who is logged in, what that person may do, and what the page must know before anything else."""

    username: str
    name: str
    organisation: OrganisationOut
    roles: list[Role]
    permissions: list[Permission]
    language: str
    must_change_password: bool
    demo: bool
    server_time: datetime
    time_zone: str


class LogIn(Schema):
    """A user name and its password."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Secret


class LanguageIn(Schema):
    """The language a person wants to read: zh-CN or en."""

    language: str


class PasswordIn(Schema):
    """The present password and the wanted one."""

    old: Secret
    new: Secret


class UserOut(Schema):
    """An account as the administrators see it."""

    username: str
    name: str
    organisation: str
    roles: list[Role]
    is_active: bool
    locked_until: datetime | None
    password_changed_at: datetime | None
    must_change_password: bool


class UserPage(Schema):
    """A page of accounts; ``next`` goes into ``after``."""

    items: list[UserOut]
    next: str | None


class UserIn(Schema):
    """A new account."""

    username: Name
    name: Name
    organisation: Annotated[str, StringConstraints(max_length=32)]


class UserAdded(Schema):
    """The new account and its one-time password, shown once."""

    user: UserOut
    password: str


class UserChange(Schema):
    """What to change of an account; what is left out stays."""

    name: Name | None = None
    organisation: Annotated[str, StringConstraints(max_length=32)] | None = None
    is_active: bool | None = None


class RolesIn(Schema):
    """All roles a person shall hold."""

    roles: list[Role]


class OneTimePassword(Schema):
    """A password that opens one log-in and must be changed then."""

    password: str


class AuditOut(Schema):
    """One entry of the audit trail."""

    sequence: int
    at: datetime
    actor: str
    address: str
    action: str
    object_kind: str
    object_id: str
    result: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str


class AuditPage(Schema):
    """A page of the audit trail, newest first; ``next`` goes into ``before``."""

    items: list[AuditOut]
    next: int | None


class AuditFilter(Schema):
    """Which entries of the audit trail."""

    object_kind: str | None = None
    object_id: str | None = None
    actor: str | None = None
    before: int | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class VerificationOut(Schema):
    """What reading the whole chain found."""

    entries: int
    intact: bool
    head_sequence: int
    head_hash: str
    broken_at: int | None
    reason: str


def _organisation(found: Organisation) -> OrganisationOut:
    parent = found.parent.code if found.parent else None
    return OrganisationOut(
        code=found.code, name_zh=found.name_zh, name_en=found.name_en, kind=found.kind, parent=parent
    )


def _me(user: User) -> Me:
    return Me(
        username=user.username,
        name=user.name,
        organisation=_organisation(user.organisation),
        roles=sorted(user.roles),
        permissions=sorted(user.permissions),
        language=user.language or current().language,
        must_change_password=must_change(user),
        demo=current().demo,
        server_time=now(),
        time_zone=current().time_zone,
    )


def _user(user: User) -> UserOut:
    return UserOut(
        username=user.username,
        name=user.name,
        organisation=user.organisation.code,
        roles=sorted(user.roles),
        is_active=user.is_active,
        locked_until=user.locked_until if user.locked_until and user.locked_until > now() else None,
        password_changed_at=user.password_changed_at,
        must_change_password=must_change(user),
    )


@router.get("/session", auth=Open(), response=Me)
def read_session(request: HttpRequest) -> Me:
    """Who is logged in; also sets the CSRF cookie, which every changing request sends back as X-CSRFToken."""
    get_token(request)
    if not isinstance(request.user, User):
        raise NotAuthenticated("door.not_logged_in")
    return _me(request.user)


@router.post("/session", auth=Open(), response=Me)
def log_in(request: HttpRequest, body: LogIn) -> Me:
    """Log in."""
    return _me(sessions.log_in(request, body.username, body.password))


@router.delete("/session", auth=OwnSession(), response={204: None})
def log_out(request: HttpRequest) -> None:
    """Log out."""
    sessions.log_out(request)


@router.put("/session/language", auth=OwnSession(), response=Me)
def choose_language(request: HttpRequest, body: LanguageIn) -> Me:
    """Choose the language to read."""
    services.choose_language(caller(request), body.language)
    return _me(caller(request))


@router.put("/session/password", auth=OwnSession(), response=Me)
def change_password(request: HttpRequest, body: PasswordIn) -> Me:
    """Choose a new password; all other sessions of the person end."""
    services.change_password(request, caller(request), body.old, body.new)
    return _me(caller(request))


@router.get("/organisations", auth=Session(), response=list[OrganisationOut])
def list_organisations(request: HttpRequest) -> list[OrganisationOut]:
    """All organisations."""
    return [_organisation(found) for found in queries.organisations()]


@router.get("/users", auth=May(Permission.USER_READ), response=UserPage)
def list_users(request: HttpRequest, after: str = "", limit: Annotated[int, Field(ge=1, le=200)] = 100) -> UserPage:
    """Accounts in the order of their user names."""
    found = queries.users(after, limit)
    return UserPage(items=[_user(user) for user in found], next=found[-1].username if len(found) == limit else None)


@router.post("/users", auth=May(Permission.USER_MANAGE), response={201: UserAdded})
def add_user(request: HttpRequest, body: UserIn) -> UserAdded:
    """Make an account; its one-time password is in the answer and nowhere else. It has no role yet."""
    password = services.add_user(caller(request), body.username, body.name, body.organisation)
    return UserAdded(user=_user(User.objects.get(username=body.username)), password=password)


@router.patch("/users/{username}", auth=May(Permission.USER_MANAGE), response=UserOut)
def change_user(request: HttpRequest, username: str, body: UserChange) -> UserOut:
    """Change name, organisation, or whether the account may be used."""
    changed = services.change_user(
        caller(request), username, name=body.name, organisation=body.organisation, is_active=body.is_active
    )
    return _user(changed)


@router.put("/users/{username}/roles", auth=May(Permission.ROLE_ASSIGN), response=UserOut)
def assign_roles(request: HttpRequest, username: str, body: RolesIn) -> UserOut:
    """Give a person exactly these roles; nobody assigns roles to himself."""
    return _user(services.assign_roles(caller(request), username, body.roles))


@router.post("/users/{username}/unlock", auth=May(Permission.USER_MANAGE), response=UserOut)
def unlock_user(request: HttpRequest, username: str) -> UserOut:
    """End a lock-out before its time."""
    return _user(services.unlock(caller(request), username))


@router.post("/users/{username}/password", auth=May(Permission.USER_MANAGE), response=OneTimePassword)
def reset_password(request: HttpRequest, username: str) -> OneTimePassword:
    """Replace a forgotten password; not for administrators, whose passwords the command line resets."""
    return OneTimePassword(password=services.reset_password(caller(request), username))


@router.get("/audit", auth=May(Permission.AUDIT_READ), response=AuditPage)
def list_audit(request: HttpRequest, wanted: Query[AuditFilter]) -> AuditPage:
    """The audit trail, newest first."""
    found = queries.audit_entries(**wanted.dict())
    return AuditPage(
        items=[_entry(entry) for entry in found], next=found[-1].sequence if len(found) == wanted.limit else None
    )


@router.get("/audit/verification", auth=May(Permission.AUDIT_READ), response=VerificationOut)
def verify_audit(request: HttpRequest) -> audit.Verification:
    """Read the whole chain and say whether it is intact."""
    return audit.verify()


def _entry(entry: AuditEntry) -> AuditOut:
    return AuditOut.from_orm(entry)
