"""The audit trail: every change, chained by hashes, written in the change's own transaction."""

from collections.abc import Mapping
from contextvars import ContextVar

from django.db import transaction

from chengmai.access.models import AuditEntry, User
from chengmai.core.clock import now
from chengmai.core.lineage import seal

address: ContextVar[str] = ContextVar("address", default="")
"""Network address of the request being served; empty for what the platform does itself."""

GENESIS = "0" * 64


def record(
    actor: User | None,
    action: str,
    object_kind: str,
    object_id: str,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    result: str = "done",
) -> AuditEntry:
    """Append one entry to the chain; call it inside the transaction of the change itself."""
    with transaction.atomic():
        last = AuditEntry.objects.select_for_update().order_by("-sequence").first()
        entry = AuditEntry(
            sequence=last.sequence + 1 if last else 1,
            at=now(),
            actor=actor.username if actor else "",
            address=address.get(),
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            result=result,
            before=before,
            after=after,
            previous_hash=last.hash if last else GENESIS,
        )
        entry.hash = entry_hash(entry)
        entry.save(force_insert=True)
    return entry


def entry_hash(entry: AuditEntry) -> str:
    """The hash an entry must have, over all its fields and the hash before it."""
    return seal(
        {
            name: getattr(entry, name)
            for name in (
                "sequence",
                "at",
                "actor",
                "address",
                "action",
                "object_kind",
                "object_id",
                "result",
                "before",
                "after",
                "previous_hash",
            )
        }
    )
