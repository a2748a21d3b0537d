"""Manifests: one for each trip of a vehicle, told in three parts by sender, carrier and receiver."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.core.identity import new_id
from chengmai.custody.models.registers import MATERIALS
from chengmai.custody.terms import CustodyAction, ManifestState


class ManifestSerial(models.Model):
    """The last serial given in a year, province and city; moved in the transaction of its manifest."""

    prefix = models.CharField(max_length=8, unique=True)
    """Year 4 + province 2 + city 2."""
    last = models.PositiveIntegerField()


class Manifest(models.Model):
    """A transfer manifest (转移联单) of one trip; weights are whole kilograms, a share of water is per mille."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=14, unique=True)
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ManifestState])
    version = models.PositiveIntegerField(default=1)
    fingerprint = models.CharField(max_length=64)
    """Hash of what the sender sent: the same again is the same manifest."""

    sender = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    sender_contact = models.CharField(max_length=128)
    material = models.CharField(max_length=24, choices=MATERIALS)
    waste_name = models.CharField(max_length=64)
    waste_code = models.CharField(max_length=16, default="", blank=True)
    form = models.CharField(max_length=32, default="", blank=True)
    hazard = models.CharField(max_length=32, default="", blank=True)
    packing = models.CharField(max_length=32, default="", blank=True)
    batch = models.CharField(max_length=32, default="", blank=True)
    """Of fly ash: the batch whose chelation test must have passed."""
    sent_kg = models.PositiveIntegerField()
    handed_over_at = models.DateTimeField()

    carrier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    permit = models.CharField(max_length=64, default="", blank=True)
    driver = models.CharField(max_length=64, default="", blank=True)
    plate = models.CharField(max_length=16)
    route = models.CharField(max_length=255, default="", blank=True)
    started_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    carried_kg = models.PositiveIntegerField(null=True)

    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    licence = models.CharField(max_length=64, default="", blank=True)
    received_kg = models.PositiveIntegerField(null=True)
    major_difference = models.BooleanField(null=True)
    opinion = models.CharField(max_length=255, default="", blank=True)
    disposal = models.CharField(max_length=64, default="", blank=True)
    moisture_permille = models.PositiveSmallIntegerField(null=True)
    """Of sludge: the water in it as the receiver's laboratory found it."""
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=("handed_over_at",)),
            models.Index(fields=("receiver", "handed_over_at")),
            models.Index(fields=("plate", "handed_over_at")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(sent_kg__gt=0), name="a_manifest_sends_something"),
            models.CheckConstraint(
                condition=models.Q(moisture_permille=None) | models.Q(moisture_permille__lte=1000),
                name="a_share_of_water_is_a_share",
            ),
        ]


class ManifestStep(models.Model):
    """One part told of a manifest: by whom and when; append-only."""

    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=16, choices=[(one.value, one.value) for one in CustodyAction])
    told = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
