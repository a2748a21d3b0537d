"""Stored networks in editions, and the city they lie in."""

from django.db import models

from chengmai.access.models import Organisation
from chengmai.network.utilities import Utility


class Network(models.Model):
    """A pipe network of one owner; what people see is the edition it points to."""

    code = models.CharField(max_length=32, unique=True)
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    utility = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Utility])
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    edition = models.ForeignKey("NetworkEdition", null=True, on_delete=models.PROTECT, related_name="+")


class NetworkEdition(models.Model):
    """One import of a network: invisible until the network points to it; never changed once it is loaded whole."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="editions")
    source = models.CharField(max_length=255)
    source_hash = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    findings = models.JSONField(default=list)
    model = models.JSONField(default=dict)
    """What the hydraulic model needs beside nodes and links: patterns, curves, controls, options; and a summary.

    The summary is written last: an edition without one was not loaded to its end.
    """


class NetworkNode(models.Model):
    """A surveyed point: a junction, a reservoir or a tank. Lengths in m, coordinates in degrees (CGCS2000)."""

    edition = models.ForeignKey(NetworkEdition, on_delete=models.CASCADE, related_name="nodes")
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    longitude = models.FloatField()
    latitude = models.FloatField()
    elevation_m = models.FloatField()
    attributes = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("edition", "code"), name="one_node_per_code")]


class NetworkLink(models.Model):
    """A pipe, pump or valve between two nodes. ``path`` holds the vertices between them as [[lon, lat], ...]."""

    edition = models.ForeignKey(NetworkEdition, on_delete=models.CASCADE, related_name="links")
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    start = models.CharField(max_length=64)
    end = models.CharField(max_length=64)
    length_m = models.FloatField(default=0)
    diameter_mm = models.FloatField(default=0)
    material = models.CharField(max_length=32, default="", blank=True)
    path = models.JSONField(default=list)
    attributes = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("edition", "code"), name="one_link_per_code")]


class City(models.Model):
    """The city this installation serves; one row. ``longitude`` and ``latitude`` are its middle, in degrees."""

    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    demonstration = models.BooleanField(default=False)
    longitude = models.FloatField()
    latitude = models.FloatField()
    district = models.CharField(max_length=6)
    """Administrative division code of its district: the first six digits of grid cells."""


class Street(models.Model):
    """A street's axis, as [[lon, lat], ...]."""

    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    path = models.JSONField()


class GridCell(models.Model):
    """A unit grid cell: 15 digits = district 6, street 3, community 3, cell 3; ``ring`` is [[lon, lat], ...]."""

    code = models.CharField(max_length=15, unique=True)
    name = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    ring = models.JSONField()
    west = models.FloatField(db_index=True)
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()


class CodeForm(models.TextChoices):
    """How a component's 16 digits divide: district 6, big class 2, then small class and serial 2+6 or 3+5."""

    TWO_TWO_SIX = "2-2-6"
    TWO_THREE_FIVE = "2-3-5"


class ComponentState(models.TextChoices):
    """How a component stands."""

    INTACT = "intact"
    DAMAGED = "damaged"
    LOST = "lost"
    ABANDONED = "abandoned"


class Component(models.Model):
    """A thing that stands in the city, such as a manhole cover or a lamp, with who answers for it; place in degrees."""

    code = models.CharField(max_length=16, unique=True)
    form = models.CharField(max_length=8, choices=CodeForm.choices)
    class_code = models.CharField(max_length=5)
    name = models.CharField(max_length=64, blank=True)
    charge_code = models.CharField(max_length=64, default="", blank=True)
    charge_name = models.CharField(max_length=64, default="", blank=True)
    owner_code = models.CharField(max_length=64, default="", blank=True)
    owner_name = models.CharField(max_length=64, default="", blank=True)
    maintainer_code = models.CharField(max_length=64, default="", blank=True)
    maintainer_name = models.CharField(max_length=64, default="", blank=True)
    cell = models.ForeignKey(GridCell, null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=12, choices=ComponentState.choices, default=ComponentState.INTACT)
    recorded_on = models.DateField(null=True)
    changed_on = models.DateField(null=True)
    source = models.CharField(max_length=128, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    accuracy = models.CharField(max_length=16, default="", blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=("class_code", "latitude", "longitude"))]
