"""The audit trail: every change, chained by keyed hashes, written in the change's own transaction.

Each entry's hash is an HMAC over all its fields and the hash before it, under a key that is not in the database.
``AuditHead`` holds the end of the chain in one row: locking it lets one transaction at a time append, on both
databases, and it shows when entries are cut off the end. Whoever takes down the database's protection, cuts the end and
sets the head back to an older, genuine one is found only by comparing with a head that was noted elsewhere: ``chengmai
audit verify`` prints it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

import msgspec
from django.db import transaction
from django.db.models import Subquery

from chengmai.access.models import AuditEntry, AuditHead, User
from chengmai.core.clock import now
from chengmai.secrets_file import load_secrets
from chengmai.settings import current

address: ContextVar[str] = ContextVar("address", default="")
"""Network address of the request being served; empty for what the platform does itself."""

GENESIS = "0" * 64
_SEALED = (
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
    """Append one entry to the chain; call it inside the transaction of the change itself, best as its last step.

    The end of the chain stays locked until that transaction ends: entries follow each other without gaps.
    """
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().get()
        entry = AuditEntry(
            sequence=head.sequence + 1,
            at=now(),
            actor=actor.username if actor else "",
            address=address.get(),
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            result=result,
            before=None if before is None else _plain(before),
            after=None if after is None else _plain(after),
            previous_hash=head.hash,
        )
        entry.hash = entry_hash(entry)
        entry.save(force_insert=True)
        AuditHead.objects.filter(pk=head.pk).update(sequence=entry.sequence, hash=entry.hash)
    return entry


def take_turn() -> None:
    """Lock the end of the chain before anything else; for services that go on to lock objects of their own.

    Whoever changes several objects in one transaction would otherwise hold the chain and wait for an object whose
    owner waits for the chain.
    """
    AuditHead.objects.select_for_update().get()


def entry_hash(entry: AuditEntry) -> str:
    """The hash an entry must have, over all its fields and the hash before it."""
    document = msgspec.json.encode({name: getattr(entry, name) for name in _SEALED}, order="deterministic")
    return hmac.new(_key(), document, hashlib.sha256).hexdigest()


@cache
def _key() -> bytes:
    return bytes.fromhex(load_secrets(current().data_dir).audit_key)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """Values as both databases give them back unchanged: text for what JSON or a database would write differently."""
    document: dict[str, object] = msgspec.json.decode(msgspec.json.encode(values, enc_hook=str))
    return cast(dict[str, object], _storable(document))


def _storable(value: object) -> object:
    match value:
        case str():
            return value.replace("\x00", "\ufffd")
        case float():
            text = repr(value)
            return text if "e" in text or "n" in text else value + 0.0  # PostgreSQL knows no negative zero
        case int() if not isinstance(value, bool):
            return value if abs(value) < 2**53 else str(value)
        case dict():
            return {str(name).replace("\x00", "\ufffd"): _storable(inner) for name, inner in value.items()}
        case list():
            return [_storable(inner) for inner in value]
    return value


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading the whole chain found; ``broken_at`` is the first entry that is not what it was."""

    entries: int
    intact: bool
    head_sequence: int
    head_hash: str
    broken_at: int | None = None
    reason: str = ""


def verify() -> Verification:
    """Read the whole chain and compare every hash, every link and the end of the chain.

    It locks nothing: entries up to the end of the chain as it was at the beginning cannot change any more.
    """
    head = AuditHead.objects.first()
    if head is None:
        return Verification(AuditEntry.objects.count(), False, 0, "", None, "audit.head_missing")
    entries = AuditEntry.objects.filter(sequence__lte=head.sequence).order_by("sequence")
    found = _follow(entries.iterator(chunk_size=2000), head)
    beyond = AuditEntry.objects.filter(sequence__gt=Subquery(AuditHead.objects.values("sequence")[:1]))
    if found.intact and beyond.exists():
        return replace(found, intact=False, broken_at=head.sequence + 1, reason="audit.beyond_end")
    return found


def _follow(entries: Iterable[AuditEntry], head: AuditHead) -> Verification:
    previous, count = GENESIS, 0
    for entry in entries:
        count += 1
        reason = ""
        if entry.sequence != count:
            reason = "audit.entry_missing"
        elif entry.previous_hash != previous:
            reason = "audit.link_broken"
        elif not hmac.compare_digest(entry.hash, entry_hash(entry)):
            reason = "audit.entry_changed"
        if reason:
            return Verification(count, False, head.sequence, head.hash, min(count, entry.sequence), reason)
        previous = entry.hash
    if (head.sequence, head.hash) != (count, previous):
        return Verification(count, False, head.sequence, head.hash, count + 1, "audit.end_missing")
    return Verification(count, True, head.sequence, head.hash)
