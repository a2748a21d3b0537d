"""Who is concerned by warnings: the table, and the parties of each warning with their signatures."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.assets.models import Network
from chengmai.core.identity import new_id
from chengmai.disposal.states import PartyKind
from chengmai.warning.models import Warning


class PartyRow(models.Model):
    """One row of the table of parties: who is concerned by warnings of a utility or a network at some levels."""

    utility = models.CharField(max_length=16, default="", blank=True)
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT)
    levels = models.JSONField(default=list)
    """Levels by name; empty stands for any."""
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in PartyKind])
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT)
    name_zh = models.CharField(max_length=128, default="", blank=True)
    name_en = models.CharField(max_length=128, default="", blank=True)
    phone = models.CharField(max_length=64, default="", blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind=PartyKind.ORGANISATION.value) | models.Q(organisation__isnull=False),
                name="an_organisation_party_names_it",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=PartyKind.EXTERNAL.value) | ~models.Q(name_zh="") & ~models.Q(phone=""),
                name="an_external_party_has_name_and_phone",
            ),
        ]


class Party(models.Model):
    """A party of an issued warning, and its signature: its own people's, or a telephone call that was noted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="parties")
    key = models.CharField(max_length=128)
    """Who it is, so that none is asked twice: ``org:<code>``, ``external:<name>``, ``user:<code>``."""
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in PartyKind])
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    phone = models.CharField(max_length=64, default="", blank=True)
    notified_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    spoken_to = models.CharField(max_length=128, default="", blank=True)
    """Who answered the call, where it was signed by telephone."""
    note = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("warning", "key"), name="one_party_per_warning"),
            models.CheckConstraint(
                condition=models.Q(signed_at=None, signed_by=None)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
                name="a_signature_has_time_and_person",
            ),
        ]
