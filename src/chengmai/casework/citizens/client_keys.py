"""Keys of programs that are not ours: made once, kept as a hash, revoked by their number."""

import hashlib
import secrets

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.casework.citizens.models import ClientKey, KeyPurpose
from chengmai.core.clock import now
from chengmai.core.errors import NotAllowed, NotFound


def add_key(user: User | None, name: str, purpose: KeyPurpose) -> tuple[ClientKey, str]:
    """A fresh key for a program; it is told here once."""
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        take_turn()
        made = ClientKey.objects.create(
            name=name.strip(), purpose=purpose.value, key_hash=_hash(key), added_at=now(), added_by=user
        )
        record(user, "client_key.add", "client_key", str(made.pk), after={"name": made.name, "purpose": made.purpose})
    return made, key


def revoke_key(user: User, key_id: int) -> ClientKey:
    """Let a key open nothing any more; raises NotFound."""
    with transaction.atomic():
        take_turn()
        found = ClientKey.objects.filter(pk=key_id).first()
        if found is None:
            raise NotFound("client_key.not_found", id=key_id)
        if found.revoked_at is None:
            found.revoked_at = now()
            found.save(update_fields=("revoked_at",))
            record(user, "client_key.revoke", "client_key", str(key_id), after={"name": found.name})
    return found


def client_of(key: str, purpose: KeyPurpose) -> ClientKey:
    """The program that a key belongs to; raises NotAllowed for one that is unknown, revoked, or for something else."""
    found = ClientKey.objects.filter(key_hash=_hash(key), purpose=purpose.value, revoked_at=None).first()
    if found is None:
        raise NotAllowed("client_key.refused")
    return found


def _hash(key: str) -> str:
    """The key has 256 random bits: a fast hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()
