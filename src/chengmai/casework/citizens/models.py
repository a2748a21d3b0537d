"""What citizens told beside the case it became, who they are, and the keys of programs that speak for them."""

from django.db import models

from chengmai.access.models import User
from chengmai.core.identity import new_id


class Satisfaction(models.TextChoices):
    """What a citizen thinks of how a matter was handled."""

    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"


class ReportChannel(models.TextChoices):
    """How a citizen's report came in."""

    WEB = "web"
    OPEN311 = "open311"


class KeyPurpose(models.TextChoices):
    """What a program's key opens."""

    OPEN311 = "open311"
    TELEPHONE = "telephone"


class ClientKey(models.Model):
    """The key of a program that is not ours: a citizens' app, a telephone system; only its hash is kept."""

    name = models.CharField(max_length=64)
    purpose = models.CharField(max_length=12, choices=KeyPurpose.choices)
    key_hash = models.CharField(max_length=64, unique=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)


class Contact(models.Model):
    """How a citizen is reached: encrypted; a keyed hash finds the same number again, a masked form is shown."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.TextField(default="", blank=True)
    phone = models.TextField(default="", blank=True)
    email = models.TextField(default="", blank=True)
    phone_key = models.CharField(max_length=64, default="", blank=True, db_index=True)
    phone_masked = models.CharField(max_length=24, default="", blank=True)


class CitizenReport(models.Model):
    """What a citizen told on the public page or through an Open311 client; the case holds words and place."""

    case = models.OneToOneField("casework.Case", on_delete=models.PROTECT, related_name="report")
    channel = models.CharField(max_length=8, choices=ReportChannel.choices)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="reports")
    client = models.ForeignKey(ClientKey, null=True, on_delete=models.PROTECT, related_name="reports")
    """The program it came through; None for our own page."""
    address = models.CharField(max_length=255, default="", blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    """Hash of the secret that lets its sender ask for its state."""
    attributes = models.JSONField(default=dict)
    """Answers to the attributes of an Open311 service definition."""
    media_url = models.CharField(max_length=500, default="", blank=True)
    language = models.CharField(max_length=8, default="zh-CN")
    satisfaction = models.CharField(max_length=12, choices=Satisfaction.choices, default="", blank=True)
    rated_at = models.DateTimeField(null=True)
    rated_words = models.CharField(max_length=500, default="", blank=True)
