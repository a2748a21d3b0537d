"""People, organisations, roles and the audit trail."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from chengmai.access.roles import PERMISSIONS, Permission, Role


class OrganisationKind(models.TextChoices):
    """What an organisation is; a city-wide one sees every department's objects."""

    BUREAU = "bureau"
    DEPARTMENT = "department"
    UTILITY = "utility"
    CONTRACTOR = "contractor"


class Organisation(models.Model):
    """A bureau, one of its departments, a utility company or a contractor."""

    code = models.CharField(max_length=32, unique=True)
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=OrganisationKind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    contact = models.CharField(max_length=128, default="", blank=True)
    """How outsiders reach it, such as a telephone number at which digging near its pipes is told."""

    def __str__(self) -> str:
        return self.code


class User(AbstractBaseUser):
    """One account for one person, of one organisation."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="users")
    language = models.CharField(max_length=8, default="", blank=True)
    is_active = models.BooleanField(default=True)
    failed_logins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "username"

    @property
    def roles(self) -> frozenset[Role]:
        """The roles this person holds."""
        return frozenset(Role(held.role) for held in self.role_assignments.all())

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything this person's roles allow."""
        return frozenset().union(*(PERMISSIONS[role] for role in self.roles))

    @property
    def sees_whole_city(self) -> bool:
        """True for people of the bureau itself; all others see their own organisation's objects."""
        return self.organisation.kind == OrganisationKind.BUREAU


class RoleAssignment(models.Model):
    """A role held by a person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "role"), name="one_assignment_per_role")]


class AuditEntry(models.Model):
    """One change or attempt: who, when, from where, on what, before and after; chained to the entry before it."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    address = models.CharField(max_length=64, default="", blank=True)
    action = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64, db_index=True)
    result = models.CharField(max_length=16, default="done")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("sequence",)
        indexes = [models.Index(fields=("action", "at"))]


class AuditHead(models.Model):
    """The end of the audit chain: one row, locked by whoever appends; database triggers let it only move on."""

    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)
