"""Identifiers: time-ordered UUIDs, so that a client can make them offline and a PUT is idempotent."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562)."""
    return uuid7()
