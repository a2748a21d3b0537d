"""The guard at every door: who asks, and may they."""

from django.http import HttpRequest
from ninja.utils import check_csrf

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.errors import NotAllowed, NotAuthenticated


class Session:
    """Admits anybody who is logged in; give it as ``auth=`` of a route, ``request.auth`` is then the user."""

    permissions: tuple[Permission, ...] = ()

    def __call__(self, request: HttpRequest) -> User:
        """The logged-in user; raises NotAuthenticated, or NotAllowed without a valid CSRF token."""
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            raise NotAuthenticated("door.not_logged_in")
        if check_csrf(request) is not None:
            raise NotAllowed("door.csrf", reason="missing")
        return user


class May(Session):
    """Admits people who hold all the named permissions: ``auth=May(Permission.ALARM_READ)``."""

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    def __call__(self, request: HttpRequest) -> User:
        """The logged-in user; raises NotAllowed when a permission is missing."""
        user = super().__call__(request)
        for permission in self.permissions:
            if permission not in user.permissions:
                raise NotAllowed("door.not_allowed", permission=permission.value)
        return user
