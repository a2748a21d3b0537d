"""Contingency plans, limits of time and the table of parties hold for the whole city: its bureau writes them."""

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.errors import NotAllowed


def demand_manager(user: User) -> None:
    """Raise NotAllowed unless a person may write the city's tables: permitted, and one of the bureau's people."""
    if Permission.CONTINGENCY_PLAN_MANAGE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.CONTINGENCY_PLAN_MANAGE.value)
    if not user.sees_whole_city:
        raise NotAllowed("disposal.bureau_only")
