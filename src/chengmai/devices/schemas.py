"""Shapes of the register's doors."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from chengmai.core.units import Quantity
from chengmai.devices.battery import BatteryState, ForecastBasis
from chengmai.devices.report import ReportGroup
from chengmai.devices.states import DeviceAction, DeviceState

Short = Annotated[str, StringConstraints(max_length=64)]


class TypeQuantity(Schema):
    """A quantity a type measures: range and accuracy in ``unit``, or the accuracy in percent of range or reading."""

    quantity: Quantity
    low: float | None = None
    high: float | None = None
    accuracy: float | None = None
    accuracy_of: Literal["range", "reading", "absolute"] = "absolute"


class TypeQuantityOut(TypeQuantity):
    """The same with the quantity's unit."""

    unit: str


class DeviceTypeIn(Schema):
    """What a type is told to be."""

    name_zh: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    name_en: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    quantities: list[TypeQuantity] = []
    calibration_days: int | None = Field(None, ge=1, le=36_500)
    battery_days: int | None = Field(None, ge=1, le=36_500)
    interval_s: int = Field(300, ge=1, le=31_622_400)


class NewDeviceType(DeviceTypeIn):
    """A type to be made."""

    code: str


class DeviceTypeChange(DeviceTypeIn):
    """A type as it shall be, and the version the caller saw."""

    version: int


class DeviceTypeOut(Schema):
    """A type of device."""

    code: str
    name_zh: str
    name_en: str
    quantities: list[TypeQuantityOut]
    calibration_days: int | None
    battery_days: int | None
    interval_s: int
    version: int


class DeviceIn(Schema):
    """What is told of a device; codes of type, owner, network, element and datastreams; degrees."""

    type: str
    owner: str
    serial: str = ""
    maker: str = ""
    model: str = ""
    project: str = ""
    lot: str = ""
    installed_on: date | None = None
    longitude: float | None = None
    latitude: float | None = None
    network: str = ""
    element: str = ""
    streams: list[str] = Field([], max_length=100)
    note: str = ""


class NewDevice(DeviceIn):
    """A device to be registered."""

    code: str


class DeviceChange(DeviceIn):
    """A device as it shall be told, and the version the caller saw."""

    version: int


class DeviceActionIn(Schema):
    """A step of a device's life; ``day`` is when it was installed."""

    action: DeviceAction
    version: int
    note: str = Field("", max_length=2000)
    day: date | None = None


class NamedCode(Schema):
    """A code with its names."""

    code: str
    name_zh: str
    name_en: str


class DeviceOut(Schema):
    """A device in a list."""

    code: str
    type: NamedCode
    owner: NamedCode
    serial: str
    maker: str
    model: str
    project: str
    lot: str
    installed_on: date | None
    longitude: float | None
    latitude: float | None
    network: str
    element: str
    state: DeviceState
    note: str
    version: int


class DevicePage(Schema):
    """Devices, how many are wanted, and how many of these are in each state (the state asked for left aside)."""

    items: list[DeviceOut]
    total: int
    states: dict[str, int]


class DeviceFilter(Schema):
    """Which devices."""

    q: str = Field("", max_length=100)
    type: Short = ""
    state: DeviceState | Literal[""] = ""
    owner: Short = ""
    project: Short = ""
    lot: Short = ""
    network: Short = ""
    element: Short = ""


class DeviceQuery(DeviceFilter):
    """Which devices, and which of them."""

    skip: int = Field(0, ge=0)
    limit: int = Field(50, ge=1, le=500)


class FedStream(Schema):
    """A datastream that a device feeds, with its last reading; ``last_at`` is the device's time."""

    code: str
    name: str
    quantity: Quantity
    unit: str
    interval_s: int
    since: datetime
    value: float | None
    last_at: datetime | None
    heard_at: datetime | None


class DeviceStep(Schema):
    """A step in a device's history."""

    at: datetime
    actor: str | None
    action: str
    from_state: str
    to_state: str
    note: str
    facts: dict[str, Any]


class CredentialFacts(Schema):
    """A device's own credential: its MQTT user, the topic below which it may publish, and how its messages are read."""

    user: str
    topic: str
    active: bool
    mapping: str | None


class BatteryOut(Schema):
    """A battery's last charge, and when it will be empty: by its readings' trend or by its type's nominal life."""

    percent: float
    at: datetime
    empty_at: datetime | None
    basis: ForecastBasis
    state: BatteryState


class DeviceDetail(DeviceOut):
    """One device with what it feeds, its care and history, and what the caller may do to it."""

    streams: list[FedStream]
    credential: CredentialFacts | None
    calibration_due: date | None
    battery: BatteryOut | None
    may_maintain: bool
    history: list[DeviceStep]
    allowed_actions: list[DeviceAction]
    may_change: bool


class DevicePlace(Schema):
    """A device on the map."""

    code: str
    type: str
    state: DeviceState
    longitude: float
    latitude: float


class SheetQuery(DeviceFilter):
    """Which devices a sheet holds, and in which format; a template holds none."""

    format: Literal["xlsx", "csv"] = "xlsx"
    template: bool = False


class ReportQuery(DeviceFilter):
    """Local days, both included (default: the last seven), and by what the rows are put together."""

    first: date | None = None
    last: date | None = None
    by: ReportGroup = ReportGroup.TYPE
