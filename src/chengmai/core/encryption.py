"""Short texts kept so that a copy of the database alone does not tell them: AES-256 in GCM, which notices changes."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chengmai.core.errors import Unavailable

NONCE_BYTES = 12


def derived_key(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose: keys of two purposes tell nothing of each other."""
    return HKDF(SHA256(), 32, salt=None, info=f"chengmai/{purpose}".encode()).derive(secret.encode())


def encrypt(key: bytes, text: str) -> str:
    """A text encrypted under a key, as URL-safe base64; twice the same text gives two different results."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), None)).decode()


def decrypt(key: bytes, sealed: str) -> str:
    """The text again; raises Unavailable when it was changed or encrypted under another key."""
    try:
        raw = urlsafe_b64decode(sealed.encode())
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
    except (ValueError, InvalidTag) as error:
        raise Unavailable("encryption.unreadable") from error
