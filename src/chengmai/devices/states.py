"""The life of a device as one table, and who may take each step."""

from enum import StrEnum

from chengmai.access.roles import Permission


class DeviceState(StrEnum):
    """Where a device stands between the store and the scrap heap."""

    IN_STOCK = "in_stock"
    INSTALLED = "installed"
    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"
    SCRAPPED = "scrapped"


class DeviceAction(StrEnum):
    """One step in a device's life."""

    INSTALL = "install"
    COMMISSION = "commission"
    SUSPEND = "suspend"
    RESUME = "resume"
    REMOVE = "remove"
    SCRAP = "scrap"


_S, _A = DeviceState, DeviceAction
DEVICE_TRANSITIONS: dict[tuple[DeviceState, DeviceAction], DeviceState] = {
    (_S.IN_STOCK, _A.INSTALL): _S.INSTALLED,
    (_S.IN_STOCK, _A.SCRAP): _S.SCRAPPED,
    (_S.INSTALLED, _A.COMMISSION): _S.IN_SERVICE,
    (_S.INSTALLED, _A.REMOVE): _S.IN_STOCK,
    # What is in service is expected to report: it is taken out of service before it is taken away.
    (_S.IN_SERVICE, _A.SUSPEND): _S.OUT_OF_SERVICE,
    (_S.OUT_OF_SERVICE, _A.RESUME): _S.IN_SERVICE,
    (_S.OUT_OF_SERVICE, _A.REMOVE): _S.IN_STOCK,
    (_S.OUT_OF_SERVICE, _A.SCRAP): _S.SCRAPPED,
}
DEVICE_PERMISSIONS: dict[DeviceAction, Permission] = {
    _A.INSTALL: Permission.DEVICE_MAINTAIN,
    _A.COMMISSION: Permission.DEVICE_MAINTAIN,
    _A.SUSPEND: Permission.DEVICE_MAINTAIN,
    _A.RESUME: Permission.DEVICE_MAINTAIN,
    _A.REMOVE: Permission.DEVICE_MAINTAIN,
    _A.SCRAP: Permission.DEVICE_MANAGE,
}
PLACED = frozenset({DeviceState.INSTALLED, DeviceState.IN_SERVICE, DeviceState.OUT_OF_SERVICE})
"""States in which a device is somewhere in the city."""
FREEING = frozenset({DeviceAction.REMOVE, DeviceAction.SCRAP})
"""Steps after which a device feeds no stream any more."""


class MaintenanceState(StrEnum):
    """Where a maintenance order stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    DONE = "done"
    VOID = "void"


class MaintenanceAction(StrEnum):
    """One step on a maintenance order."""

    ASSIGN = "assign"
    GIVE_BACK = "give_back"
    FINISH = "finish"
    VOID = "void"


class MaintenanceKind(StrEnum):
    """What a maintenance order is about."""

    FAULT = "fault"
    CALIBRATION = "calibration"
    BATTERY = "battery"
    INSPECTION = "inspection"


_M, _D = MaintenanceState, MaintenanceAction
MAINTENANCE_TRANSITIONS: dict[tuple[MaintenanceState, MaintenanceAction], MaintenanceState] = {
    (_M.OPEN, _D.ASSIGN): _M.ASSIGNED,
    (_M.OPEN, _D.VOID): _M.VOID,
    (_M.ASSIGNED, _D.ASSIGN): _M.ASSIGNED,
    (_M.ASSIGNED, _D.GIVE_BACK): _M.OPEN,
    (_M.ASSIGNED, _D.FINISH): _M.DONE,
    (_M.ASSIGNED, _D.VOID): _M.VOID,
}
MAINTENANCE_PERMISSIONS: dict[MaintenanceAction, Permission] = dict.fromkeys(
    MaintenanceAction, Permission.DEVICE_MAINTAIN
)
PENDING = (MaintenanceState.OPEN, MaintenanceState.ASSIGNED)
"""States in which an order waits for somebody."""
