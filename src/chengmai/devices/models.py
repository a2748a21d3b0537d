"""The register of devices: their types as data, each device with its life, place and the streams it feeds."""

from django.db import models
from django.db.models import Q

from chengmai.access.models import Organisation, User
from chengmai.assets.models import Network
from chengmai.core.identity import new_id
from chengmai.devices.states import PENDING, DeviceState, MaintenanceKind, MaintenanceState
from chengmai.sensing.models import Datastream, Gateway


class DeviceType(models.Model):
    """A kind of device, as data: what it measures how well, and what care it needs."""

    code = models.CharField(max_length=32, unique=True)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    quantities = models.JSONField(default=list)
    """Rows as ``type_table.read_quantities`` reads them; empty for a device that measures nothing."""
    calibration_days = models.PositiveIntegerField(null=True)
    """How long a calibration holds; None for what needs none."""
    battery_days = models.PositiveIntegerField(null=True)
    """How long a full battery lasts; None for what runs on mains."""
    interval_s = models.PositiveIntegerField(default=300)
    """How often a device of the type should report, where its stream does not say."""
    version = models.PositiveIntegerField(default=1)


class Device(models.Model):
    """One thing with an asset code, wherever it is in its life."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True)
    type = models.ForeignKey(DeviceType, on_delete=models.PROTECT)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    serial = models.CharField(max_length=64, default="", blank=True)
    maker = models.CharField(max_length=64, default="", blank=True)
    model = models.CharField(max_length=64, default="", blank=True)
    project = models.CharField(max_length=32, default="", blank=True)
    """Code of the construction project that brought it."""
    lot = models.CharField(max_length=32, default="", blank=True)
    """The project's lot, such as gas, water, heat or centre."""
    installed_on = models.DateField(null=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT)
    element = models.CharField(max_length=64, default="", blank=True)
    """Code of the node or link it sits on; looked up in the network's published edition."""
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in DeviceState], default=DeviceState.IN_STOCK
    )
    gateway = models.OneToOneField(Gateway, null=True, on_delete=models.PROTECT, related_name="device")
    """Its own credential, if it ever was given one."""
    note = models.CharField(max_length=500, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=("project", "lot", "state"))]
        constraints = [
            models.UniqueConstraint(fields=("maker", "serial"), condition=~Q(serial=""), name="one_device_per_serial"),
            models.CheckConstraint(condition=Q(lot="") | ~Q(project=""), name="a_lot_belongs_to_a_project"),
        ]


class DeviceStream(models.Model):
    """A device feeds a datastream from one moment to another; a stream has one device at a time."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="feeds")
    stream = models.ForeignKey(Datastream, on_delete=models.PROTECT, related_name="fed_by")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("stream",), condition=Q(until=None), name="one_device_per_stream")
        ]


class DeviceEvent(models.Model):
    """One step in a device's life, or a change of what is told of it; append-only."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=32)
    from_state = models.CharField(max_length=16, default="", blank=True)
    to_state = models.CharField(max_length=16)
    note = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=("device", "at"))]


class Calibration(models.Model):
    """A device was held against a reference; append-only. Errors are in the quantity's unit, reading less reference."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="calibrations")
    on = models.DateField()
    by = models.CharField(max_length=128)
    """Who did it: a person or a laboratory."""
    quantity = models.CharField(max_length=32)
    reference = models.FloatField()
    before_error = models.FloatField()
    after_error = models.FloatField()
    passed = models.BooleanField(null=True)
    """Whether the error left is within the type's accuracy; None where the type tells none."""
    next_due = models.DateField(null=True)
    certificate = models.CharField(max_length=64, default="", blank=True)
    """SHA-256 of the certificate, empty for none."""
    certificate_name = models.CharField(max_length=128, default="", blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=("device", "on"))]


class BatteryNote(models.Model):
    """A battery's charge as a person read it off; append-only."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="battery_notes")
    at = models.DateTimeField()
    percent = models.FloatField()
    replaced = models.BooleanField(default=False)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=("device", "at"))]


class MaintenanceOrder(models.Model):
    """Work on a device: opened by a person or by an alarm, assigned, done or void."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in MaintenanceKind])
    cause = models.CharField(max_length=500)
    alarm = models.CharField(max_length=24, default="", blank=True)
    """Code of the alarm that opened it; empty for a person."""
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in MaintenanceState], default=MaintenanceState.OPEN
    )
    assignee = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=("state", "opened_at"))]
        constraints = [
            models.UniqueConstraint(
                fields=("device", "kind"),
                condition=~Q(alarm="") & Q(state__in=[one.value for one in PENDING]),
                name="one_pending_order_of_alarms_per_kind",
            )
        ]


class MaintenanceEvent(models.Model):
    """One step of a maintenance order; append-only."""

    order = models.ForeignKey(MaintenanceOrder, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=32)
    from_state = models.CharField(max_length=16, default="", blank=True)
    to_state = models.CharField(max_length=16)
    note = models.TextField(default="", blank=True)
