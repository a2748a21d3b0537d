"""Lineage: what a derived value was made from, under which rule, sealed by a hash."""

import hashlib
from collections.abc import Mapping

import msgspec


def seal(document: Mapping[str, object]) -> str:
    """SHA-256 over the canonical JSON of a document (sorted keys, UTF-8), as 64 hex digits."""
    return hashlib.sha256(msgspec.json.encode(document, order="deterministic")).hexdigest()
