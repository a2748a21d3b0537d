"""The guard at every door: who asks, and may they. Every route names one as its ``auth=``."""

from typing import cast

from django.http import HttpRequest
from ninja.utils import check_csrf

from chengmai.access import audit
from chengmai.access.allowance import Allowance
from chengmai.access.models import User
from chengmai.access.passwords import must_change
from chengmai.access.roles import Permission
from chengmai.core.errors import NotAllowed, NotAuthenticated
from chengmai.settings import current


class Open:
    """Admits anybody, logged in or not, but asks for a CSRF token where something changes.

    With an allowance each address may ask so often only, counted before anything that it sent is read.
    """

    permissions: tuple[Permission, ...] = ()

    def __init__(self, allowance: Allowance | None = None) -> None:
        self.allowance = allowance

    def __call__(self, request: HttpRequest) -> bool:
        """True; raises TooMany, or NotAllowed without a valid CSRF token."""
        if self.allowance is not None:
            self.allowance.take(audit.address.get())
        _demand_csrf(request)
        return True


class Session:
    """Admits anybody who is logged in; ``request.auth`` is then the user."""

    permissions: tuple[Permission, ...] = ()
    old_password_will_do = False

    def __call__(self, request: HttpRequest) -> User:
        """The logged-in user.

        Raises NotAuthenticated, or NotAllowed without a valid CSRF token or with a password that is due for a change.
        """
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            raise NotAuthenticated("door.not_logged_in")
        _demand_csrf(request)
        if not self.old_password_will_do and must_change(user):
            raise NotAllowed("door.password_due")
        return user


class OwnSession(Session):
    """Admits anybody who is logged in, also with a password that must be changed first."""

    old_password_will_do = True


class May(Session):
    """Admits people who hold all the named permissions: ``auth=May(Permission.ALARM_READ)``."""

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    def __call__(self, request: HttpRequest) -> User:
        """The logged-in user; raises NotAllowed, and records the attempt, when a permission is missing."""
        user = super().__call__(request)
        held = user.permissions
        for permission in self.permissions:
            if permission not in held:
                tried = {"method": request.method, "path": request.path[:255]}
                audit.record(user, "door.refused", "door", permission.value, after=tried, result="refused")
                raise NotAllowed("door.not_allowed", permission=permission.value)
        return user


def caller(request: HttpRequest) -> User:
    """The person the door let in."""
    return cast(User, request.auth)  # type: ignore[attr-defined]


def language_of(request: HttpRequest) -> str:
    """The person's own language, else what the caller accepts, else the installation's."""
    return caller(request).language or request.headers.get("Accept-Language", "") or current().language


def _demand_csrf(request: HttpRequest) -> None:
    if check_csrf(request) is not None:
        raise NotAllowed("door.csrf")
