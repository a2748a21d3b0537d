"""Gateway tokens: long random strings, kept as a bcrypt hash that the broker and the HTTP door both understand."""

import secrets

import bcrypt

_COST = 6
"""The token has 256 random bits, so the hash need not be slow; a broker checks it at every connection."""


def new_token() -> str:
    """A fresh token of 43 characters; shown once, never kept."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """The hash to keep; ``$2a$`` is the form the broker reads."""
    return bcrypt.hashpw(token.encode(), bcrypt.gensalt(_COST, prefix=b"2a")).decode()


def token_fits(token: str, token_hash: str) -> bool:
    """True when the hash was made of this token."""
    try:
        return bcrypt.checkpw(token.encode()[:72], token_hash.encode())
    except ValueError:
        return False
