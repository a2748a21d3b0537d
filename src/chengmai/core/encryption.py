"""Short texts kept so that a copy of the database alone does not tell them: encrypted, then authenticated.

HMAC-SHA256 in counter mode makes the key stream (a pseudo-random function over nonce and counter), a second HMAC under
a key of its own covers nonce and cipher text; both keys are derived from one secret and a purpose. The standard library
holds no cipher, and a few hundred bytes a person need no fast one.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import count

from chengmai.core.errors import Unavailable

NONCE_BYTES, TAG_BYTES = 16, 32


def derived_key(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose: keys of two purposes tell nothing of each other."""
    return hmac.new(secret.encode(), f"chengmai/{purpose}".encode(), hashlib.sha256).digest()


def encrypt(key: bytes, text: str) -> str:
    """A text encrypted under a key, as URL-safe base64; twice the same text gives two different results."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    body = _masked(key, nonce, text.encode())
    return urlsafe_b64encode(nonce + body + _tag(key, nonce + body)).decode()


def decrypt(key: bytes, sealed: str) -> str:
    """The text again; raises Unavailable when it was changed or encrypted under another key."""
    try:
        raw = urlsafe_b64decode(sealed.encode())
    except ValueError as error:
        raise Unavailable("encryption.unreadable") from error
    told, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
    if len(raw) < NONCE_BYTES + TAG_BYTES or not hmac.compare_digest(tag, _tag(key, told)):
        raise Unavailable("encryption.unreadable")
    return _masked(key, told[:NONCE_BYTES], told[NONCE_BYTES:]).decode()


def _masked(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """The data combined with the key stream: encrypts and decrypts."""
    stream = b""
    for number in count():
        if len(stream) >= len(data):
            break
        stream += hmac.new(key, b"stream" + nonce + number.to_bytes(8, "big"), hashlib.sha256).digest()
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))


def _tag(key: bytes, told: bytes) -> bytes:
    own = hmac.new(key, b"tag", hashlib.sha256).digest()
    return hmac.new(own, told, hashlib.sha256).digest()
