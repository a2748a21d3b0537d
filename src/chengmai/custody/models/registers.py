"""Registers that trips are held against: licences, vehicles, scales, routes, tests, what a plant says it took in."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.custody.terms import LicenceKind, Material
from chengmai.sensing.models import Gateway

MATERIALS = [(one.value, one.value) for one in Material]


class Licence(models.Model):
    """A carrier's permit or a receiver's licence with its validity; both days are valid days."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=[(one.value, one.value) for one in LicenceKind])
    number = models.CharField(max_length=64)
    material = models.CharField(max_length=24, choices=MATERIALS, default="", blank=True)
    """What it is for; empty: every material."""
    valid_from = models.DateField()
    valid_until = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("kind", "number"), name="one_licence_of_a_number"),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="a_licence_begins_before_it_ends"
            ),
        ]


class Vehicle(models.Model):
    """A truck of a carrier: what it may load and what it weighs empty [kg]."""

    plate = models.CharField(max_length=16, unique=True)
    carrier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    capacity_kg = models.PositiveIntegerField()
    tare_kg = models.PositiveIntegerField()
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)


class Scale(models.Model):
    """A weighbridge (地磅): whose it is, under which credential it tells its tickets, how its JSON is read."""

    code = models.CharField(max_length=32, unique=True)
    station = models.CharField(max_length=128)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    gateway = models.ForeignKey(Gateway, null=True, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField(default=dict, blank=True)
    """As ``ticket_reading.read_ticket_mapping`` reads it; empty for tickets in our own shape."""
    version = models.PositiveIntegerField(default=1)


class ScaleCalibration(models.Model):
    """A verification of a scale (检定) and until when it holds; append-only."""

    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="calibrations")
    on = models.DateField()
    valid_until = models.DateField()
    certificate = models.CharField(max_length=64)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("scale", "certificate"), name="one_calibration_of_a_certificate"),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("on")), name="a_calibration_holds_after_it_was_made"
            ),
        ]


class Route(models.Model):
    """The way between a sender and a receiver [m]: how long a trip can take at least."""

    sender = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    distance_m = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("sender", "receiver"), name="one_route_between_two")]


class ChelationTest(models.Model):
    """The leaching test of a batch of chelated fly ash (螯合检测); append-only."""

    sender = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    batch = models.CharField(max_length=32)
    report = models.CharField(max_length=64)
    passed = models.BooleanField()
    tested_at = models.DateTimeField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("sender", "report"), name="one_test_of_a_report")]


class PlantIntake(models.Model):
    """What a plant's own book says it took in on a day [kg]; append-only, the highest revision counts."""

    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    material = models.CharField(max_length=24, choices=MATERIALS)
    day = models.DateField()
    revision = models.PositiveIntegerField()
    kg = models.PositiveBigIntegerField()
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("receiver", "material", "day", "revision"), name="one_intake_of_a_revision")
        ]


class ThresholdEdition(models.Model):
    """The thresholds of reconciliation as they were set; append-only, the highest version counts."""

    version = models.PositiveIntegerField(unique=True)
    document = models.JSONField()
    """As ``thresholds.Thresholds`` has them."""
    reason = models.CharField(max_length=255)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
