"""Gateways that bring readings, and the datastreams they bring."""

from django.db import models

from chengmai.access.models import Organisation
from chengmai.assets.models import Network
from chengmai.core.units import Quantity


class PayloadMapping(models.Model):
    """How a maker's own JSON is read, as data; devices of a maker share one."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=128)
    document = models.JSONField()
    """As ``mapping.read_mapping`` reads it."""
    version = models.PositiveIntegerField(default=1)


class Gateway(models.Model):
    """A device or system that may publish: its MQTT user name is its code, its secret is kept as a hash."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=128)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    token_hash = models.CharField(max_length=128)
    active = models.BooleanField(default=True)
    mapping = models.ForeignKey(PayloadMapping, null=True, on_delete=models.PROTECT, related_name="gateways")
    """How its messages are read; None for readings in our own shape."""


class Datastream(models.Model):
    """One measured quantity at one place; its ``id`` is the stream's identity in the telemetry store."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=128)
    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, related_name="datastreams")
    sender = models.ForeignKey(Gateway, null=True, on_delete=models.PROTECT, related_name="own_datastreams")
    """A credential that alone may tell this stream: that of the device that feeds it; None for the gateway's."""
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    quantity = models.CharField(max_length=32, choices=[(q.value, q.value) for q in Quantity])
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT)
    element = models.CharField(max_length=64, default="", blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    interval_s = models.PositiveIntegerField(default=300)
    active = models.BooleanField(default=True)
