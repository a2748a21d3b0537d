"""Doors to the care of devices: calibrations, batteries, maintenance orders, and the report on how devices tell."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import numpy as np
from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import StringConstraints

from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.clock import now
from chengmai.core.units import UNITS, Quantity
from chengmai.devices import care, maintenance, queries, views
from chengmai.devices.battery import BatteryState
from chengmai.devices.completeness import Tally
from chengmai.devices.models import Calibration, MaintenanceOrder
from chengmai.devices.report import ReportGroup, report
from chengmai.devices.schemas import DeviceDetail, ReportQuery
from chengmai.devices.states import PENDING, MaintenanceAction, MaintenanceKind, MaintenanceState
from chengmai.settings import current

router = Router()


class CalibrationIn(Schema):
    """A calibration; errors are reading less reference in the quantity's unit; without ``next_due`` by the type."""

    on: date
    by: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    quantity: Quantity
    reference: float
    before_error: float
    after_error: float
    next_due: date | None = None


class CalibrationOut(Schema):
    """A calibration; ``passed`` is None where the type tells no accuracy; ``certificate`` is its file's name."""

    id: UUID
    on: date
    by: str
    quantity: Quantity
    unit: str
    reference: float
    before_error: float
    after_error: float
    passed: bool | None
    next_due: date | None
    certificate: str


class BatteryIn(Schema):
    """A battery's charge as read off now; ``replaced`` for a new battery."""

    percent: float
    replaced: bool = False


class CareOut(Schema):
    """A device whose calibration or battery runs out; None for what is not due."""

    code: str
    type_zh: str
    type_en: str
    owner_zh: str
    owner_en: str
    calibration_due: date | None
    battery_empty: date | None
    battery_percent: float | None
    battery_state: BatteryState | None


class CareQuery(Schema):
    """How many days ahead."""

    days: int = Field(30, ge=0, le=3650)


class OrderIn(Schema):
    """A maintenance order to be opened."""

    device: str
    kind: MaintenanceKind
    cause: str = Field(max_length=500)
    due_on: date | None = None


class OrderActionIn(Schema):
    """A step on an order; without an assignee it is the caller's."""

    action: MaintenanceAction
    version: int
    note: str = Field("", max_length=2000)
    assignee: str = ""


class OrderStepOut(Schema):
    """A step in an order's history."""

    at: datetime
    actor: str | None
    action: str
    from_state: str
    to_state: str
    note: str


class MaintenanceOrderOut(Schema):
    """A maintenance order with its history and what the caller may do."""

    id: UUID
    code: str
    device: str
    owner: str
    kind: MaintenanceKind
    cause: str
    alarm: str
    state: MaintenanceState
    assignee: str | None
    due_on: date | None
    opened_at: datetime
    opened_by: str | None
    ended_at: datetime | None
    version: int
    allowed_actions: list[MaintenanceAction]
    history: list[OrderStepOut]


class OrderPage(Schema):
    """Orders, newest first, and how many are wanted."""

    items: list[MaintenanceOrderOut]
    total: int


class OrderQuery(Schema):
    """Which orders: of a state (``pending`` for open and assigned), of a device, one's own."""

    state: MaintenanceState | None = None
    pending: bool = False
    device: str = Field("", max_length=64)
    mine: bool = False
    skip: int = Field(0, ge=0)
    limit: int = Field(50, ge=1, le=200)


class RateOut(Schema):
    """Intervals expected and complete, and rates in percent; None where nothing was expected."""

    expected: int
    complete: int
    completeness_percent: float | None
    online_percent: float | None


class ReportRow(Schema):
    """The rates of a group."""

    code: str
    devices: int
    expected: int
    complete: int
    completeness_percent: float | None
    online_percent: float | None


class ReportDay(Schema):
    """The rates of a local day."""

    day: date
    expected: int
    complete: int
    completeness_percent: float | None
    online_percent: float | None


class DeviceReportOut(Schema):
    """Online rate and completeness of devices in service, as a whole, by group (the worst first) and by day."""

    first: date
    last: date
    by: ReportGroup
    devices: int
    total: RateOut
    rows: list[ReportRow]
    days: list[ReportDay]


@router.get("/devices/{code}/calibrations", auth=May(Permission.DEVICE_READ), response=list[CalibrationOut])
def list_calibrations(request: HttpRequest, code: str) -> list[CalibrationOut]:
    """A device's calibrations, newest first."""
    device = queries.device_for(caller(request), code)
    return [_calibration(row) for row in device.calibrations.order_by("-on", "-noted_at")]


@router.post("/devices/{code}/calibrations", auth=May(Permission.DEVICE_MAINTAIN), response={201: CalibrationOut})
def calibrate(
    request: HttpRequest, code: str, told: Form[CalibrationIn], certificate: File[UploadedFile | None] = None
) -> Status[CalibrationOut]:
    """Note a calibration, with its certificate (PDF, JPEG or PNG) if there is one."""
    facts = care.CalibrationFacts(**told.dict())
    data, name = (certificate.read(), certificate.name or "") if certificate else (b"", "")
    return Status(201, _calibration(care.calibrate(caller(request), code, facts, data, name)))


@router.get("/calibrations/{calibration_id}/certificate", auth=May(Permission.DEVICE_READ), response={200: bytes})
def download_certificate(request: HttpRequest, calibration_id: UUID) -> HttpResponse:
    """A calibration's certificate."""
    found, data, kind = care.certificate_of(caller(request), calibration_id)
    answer = HttpResponse(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.pk}.{kind.partition("/")[2]}"'
    return answer


@router.post("/devices/{code}/battery", auth=May(Permission.DEVICE_MAINTAIN), response=DeviceDetail)
def note_battery(request: HttpRequest, code: str, body: BatteryIn) -> DeviceDetail:
    """Note a battery's charge."""
    user = caller(request)
    care.note_battery(user, code, body.percent, replaced=body.replaced)
    return views.device_detail(user, queries.device_for(user, code))


@router.get("/device-care", auth=May(Permission.DEVICE_READ), response=list[CareOut])
def list_care(request: HttpRequest, wanted: Query[CareQuery]) -> list[CareOut]:
    """Devices whose calibration or battery runs out within so many days, overdue ones too, the soonest first."""
    return [
        CareOut(
            code=row.device.code,
            type_zh=row.device.type.name_zh,
            type_en=row.device.type.name_en,
            owner_zh=row.device.owner.name_zh,
            owner_en=row.device.owner.name_en,
            calibration_due=row.calibration_due,
            battery_empty=row.battery_empty,
            battery_percent=row.battery.percent if row.battery else None,
            battery_state=row.battery.state if row.battery else None,
        )
        for row in care.needing_care(caller(request), wanted.days)
    ]


@router.get("/maintenance-orders", auth=May(Permission.DEVICE_READ), response=OrderPage)
def list_orders(request: HttpRequest, wanted: Query[OrderQuery]) -> OrderPage:
    """Maintenance orders in the user's scope, newest first."""
    user = caller(request)
    orders = maintenance.visible_orders(user)
    if wanted.state is not None:
        orders = orders.filter(state=wanted.state)
    if wanted.pending:
        orders = orders.filter(state__in=PENDING)
    if wanted.device:
        orders = orders.filter(device__code=wanted.device)
    if wanted.mine:
        orders = orders.filter(assignee=user)
    page = orders.prefetch_related("history__actor")[wanted.skip : wanted.skip + wanted.limit]
    return OrderPage(items=[_order(user, order) for order in page], total=orders.count())


@router.post("/maintenance-orders", auth=May(Permission.DEVICE_MAINTAIN), response={201: MaintenanceOrderOut})
def open_order(request: HttpRequest, body: OrderIn) -> Status[MaintenanceOrderOut]:
    """Open a maintenance order."""
    user = caller(request)
    made = maintenance.open_order(user, body.device, body.kind, body.cause, body.due_on)
    return Status(201, _order(user, maintenance.order_for(user, made.pk)))


@router.get("/maintenance-orders/{order_id}", auth=May(Permission.DEVICE_READ), response=MaintenanceOrderOut)
def read_order(request: HttpRequest, order_id: UUID) -> MaintenanceOrderOut:
    """One maintenance order."""
    user = caller(request)
    return _order(user, maintenance.order_for(user, order_id))


@router.post(
    "/maintenance-orders/{order_id}/actions", auth=May(Permission.DEVICE_MAINTAIN), response=MaintenanceOrderOut
)
def act_on_order(request: HttpRequest, order_id: UUID, body: OrderActionIn) -> MaintenanceOrderOut:
    """Assign an order, give it back, finish it or declare it void."""
    user = caller(request)
    step = maintenance.OrderStep(body.action, body.version, body.note, body.assignee)
    return _order(user, maintenance.act_on_order(user, order_id, step))


@router.get("/device-report", auth=May(Permission.DEVICE_READ), response=DeviceReportOut)
def read_report(request: HttpRequest, wanted: Query[ReportQuery]) -> DeviceReportOut:
    """Online rate and completeness of the wanted devices over local days."""
    last = wanted.last or now().astimezone(current().zone).date()
    first = wanted.first or last - timedelta(days=6)
    found = report(caller(request), views.wanted_of(wanted), first, last, wanted.by)
    rows = [ReportRow(code=code, devices=found.devices[code], **_rates(tally)) for code, tally in found.groups.items()]
    return DeviceReportOut(
        first=first,
        last=last,
        by=wanted.by,
        devices=sum(found.devices.values()),
        total=RateOut(**_rates(found.total)),
        rows=sorted(rows, key=lambda row: (row.completeness_percent or 0.0, row.code)),
        days=[ReportDay(day=day, **_rates(_of_day(found.total, number))) for number, day in enumerate(found.days)],
    )


def _of_day(tally: Tally, number: int) -> Tally:
    cut = slice(number, number + 1)
    return Tally(tally.expected[cut], tally.complete[cut], tally.due_online[cut], tally.online[cut])


def _rates(tally: Tally) -> dict[str, Any]:
    expected, complete, due, online = (
        int(np.sum(part)) for part in (tally.expected, tally.complete, tally.due_online, tally.online)
    )
    return {
        "expected": expected,
        "complete": complete,
        "completeness_percent": round(100 * complete / expected, 2) if expected else None,
        "online_percent": round(100 * online / due, 2) if due else None,
    }


def _calibration(row: Calibration) -> CalibrationOut:
    quantity = Quantity(row.quantity)
    return CalibrationOut(
        id=row.pk,
        on=row.on,
        by=row.by,
        quantity=quantity,
        unit=UNITS[quantity],
        reference=row.reference,
        before_error=row.before_error,
        after_error=row.after_error,
        passed=row.passed,
        next_due=row.next_due,
        certificate=row.certificate_name if row.certificate else "",
    )


def _order(user: User, order: MaintenanceOrder) -> MaintenanceOrderOut:
    steps = sorted(order.history.select_related("actor"), key=lambda step: (step.at, step.pk))
    return MaintenanceOrderOut(
        id=order.pk,
        code=order.code,
        device=order.device.code,
        owner=order.device.owner.code,
        kind=MaintenanceKind(order.kind),
        cause=order.cause,
        alarm=order.alarm,
        state=MaintenanceState(order.state),
        assignee=order.assignee.name if order.assignee else None,
        due_on=order.due_on,
        opened_at=order.opened_at,
        opened_by=order.opened_by.name if order.opened_by else None,
        ended_at=order.ended_at,
        version=order.version,
        allowed_actions=maintenance.allowed_steps(user, order),
        history=[
            OrderStepOut(
                at=step.at,
                actor=step.actor.name if step.actor else None,
                action=step.action,
                from_state=step.from_state,
                to_state=step.to_state,
                note=step.note,
            )
            for step in steps
        ],
    )
