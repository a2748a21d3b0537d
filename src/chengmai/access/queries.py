"""Reads on people, organisations and the audit trail."""

from django.db.models import QuerySet

from chengmai.access.models import AuditEntry, Organisation, User


def users(after: str = "", limit: int = 100) -> list[User]:
    """People in the order of their user names, those after ``after``."""
    found = User.objects.select_related("organisation").prefetch_related("role_assignments")
    return list(found.filter(username__gt=after).order_by("username")[:limit])


def organisations() -> QuerySet[Organisation]:
    """All organisations by code."""
    return Organisation.objects.select_related("parent").order_by("code")


def audit_entries(
    *, object_kind: str | None, object_id: str | None, actor: str | None, before: int | None, limit: int
) -> list[AuditEntry]:
    """Audit entries, newest first, those before a sequence number."""
    wanted = {"object_kind": object_kind, "object_id": object_id, "actor": actor, "sequence__lt": before}
    given = {name: value for name, value in wanted.items() if value is not None}
    return list(AuditEntry.objects.filter(**given).order_by("-sequence")[:limit])
