"""Maintenance orders: opened by a person or an alarm, assigned to somebody, done with a word or void with a reason."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import reaches, within_reach
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.devices.models import Device, DeviceStream, MaintenanceEvent, MaintenanceOrder
from chengmai.devices.queries import device_for
from chengmai.devices.states import (
    MAINTENANCE_PERMISSIONS,
    MAINTENANCE_TRANSITIONS,
    PENDING,
    DeviceState,
    MaintenanceAction,
    MaintenanceKind,
    MaintenanceState,
)
from chengmai.settings import current

PREFIX = "WX"


@dataclass(frozen=True, slots=True)
class OrderStep:
    """A step on an order; ``assignee`` is a user name, by default the person who asks."""

    action: MaintenanceAction
    version: int
    note: str = ""
    assignee: str = ""


def visible_orders(user: User) -> QuerySet[MaintenanceOrder]:
    """Orders of the devices within a person's reach, newest first."""
    orders = MaintenanceOrder.objects.select_related("device__type", "device__owner", "assignee", "opened_by")
    return within_reach(orders, user, "device__owner").order_by("-opened_at", "-pk")


def order_for(user: User, order_id: UUID) -> MaintenanceOrder:
    """One order; raises NotFound when there is none in the person's scope."""
    found = visible_orders(user).filter(pk=order_id).first()
    if found is None:
        raise NotFound("maintenance.unknown", id=order_id)
    return found


def open_order(
    user: User, device_code: str, kind: MaintenanceKind, cause: str, due_on: date | None = None
) -> MaintenanceOrder:
    """Open an order; raises NotFound, InvalidInput (no cause), or Conflict for a scrapped device."""
    if not cause.strip():
        raise InvalidInput("maintenance.cause_missing")
    with transaction.atomic():
        take_turn()
        device = device_for(user, device_code)
        if device.state == DeviceState.SCRAPPED:
            raise Conflict("device.scrapped", code=device_code)
        return _open(device, user, kind, cause.strip(), due_on=due_on)


def open_for_alarm(
    stream: str, alarm: str, cause: str, kind: MaintenanceKind = MaintenanceKind.FAULT
) -> MaintenanceOrder | None:
    """The order of a kind that an alarm opens for the device feeding a stream.

    None without such a device in service, or when an alarm's order of that kind is pending for it.
    """
    with transaction.atomic():
        take_turn()
        feed = DeviceStream.objects.select_related("device__owner").filter(stream__code=stream, until=None).first()
        if feed is None or feed.device.state != DeviceState.IN_SERVICE:
            return None
        if feed.device.orders.filter(state__in=PENDING, kind=kind).exclude(alarm="").exists():
            return None
        return _open(feed.device, None, kind, cause, alarm=alarm)


def _open(
    device: Device, user: User | None, kind: MaintenanceKind, cause: str, *, due_on: date | None = None, alarm: str = ""
) -> MaintenanceOrder:
    moment = now()
    order = MaintenanceOrder.objects.create(
        code=_next_code(),
        device=device,
        kind=kind,
        cause=cause,
        alarm=alarm,
        due_on=due_on,
        opened_at=moment,
        opened_by=user,
    )
    _note(order, user, "open", "", cause)
    return order


def _next_code() -> str:
    """WX-20261122-0001; the audit chain's turn, which the caller holds, keeps numbers unique."""
    day = now().astimezone(current().zone).date()
    start = f"{PREFIX}-{day:%Y%m%d}-"
    return f"{start}{MaintenanceOrder.objects.filter(code__startswith=start).count() + 1:04d}"


def act_on_order(user: User, order_id: UUID, step: OrderStep) -> MaintenanceOrder:
    """Take a step; raises NotFound, NotAllowed, Conflict (stale, state) or InvalidInput (no note, unfit assignee)."""
    with transaction.atomic():
        take_turn()
        order = order_for(user, order_id)
        permission = MAINTENANCE_PERMISSIONS[step.action]
        if permission not in user.permissions:
            raise NotAllowed("door.not_allowed", permission=permission.value)
        if order.version != step.version:
            raise Conflict("version.stale", sent=step.version, present=order.version)
        state = MAINTENANCE_TRANSITIONS.get((MaintenanceState(order.state), step.action))
        if state is None:
            raise Conflict("maintenance.action_forbidden", action=step.action.value, state=order.state)
        if step.action in (MaintenanceAction.FINISH, MaintenanceAction.VOID) and not step.note.strip():
            raise InvalidInput("maintenance.note_missing")
        assignee = order.assignee
        if step.action is MaintenanceAction.ASSIGN:
            assignee = _assignee(user, order.device, step.assignee)
        elif step.action is MaintenanceAction.GIVE_BACK:
            assignee = None
        was, order.state = order.state, state.value
        ended = None if state in PENDING else now()
        found = MaintenanceOrder.objects.filter(pk=order.pk, version=order.version)
        if not found.update(state=state, assignee=assignee, ended_at=ended, version=order.version + 1):
            raise Conflict("version.stale", sent=step.version, present="?")
        _note(order, user, step.action.value, was, step.note)
    return order_for(user, order_id)


def _assignee(user: User, device: Device, username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first() if username else user
    if found is None or not reaches(found, device.owner) or Permission.DEVICE_MAINTAIN not in found.permissions:
        raise InvalidInput("maintenance.assignee_unfit", value=username)
    return found


def _note(order: MaintenanceOrder, user: User | None, action: str, was: str, note: str) -> None:
    MaintenanceEvent.objects.create(
        order=order, at=now(), actor=user, action=action, from_state=was, to_state=order.state, note=note.strip()
    )
    after = {"state": order.state, "device": order.device.code, "note": note.strip()}
    record(user, f"maintenance.{action}", "maintenance", order.code, before={"state": was}, after=after)


def allowed_steps(user: User, order: MaintenanceOrder) -> list[MaintenanceAction]:
    """What this person may do to this order now."""
    held = user.permissions
    return [
        action
        for action, permission in MAINTENANCE_PERMISSIONS.items()
        if permission in held and (MaintenanceState(order.state), action) in MAINTENANCE_TRANSITIONS
    ]
