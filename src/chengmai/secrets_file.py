"""Secrets made on first use and kept in one file with tight rights, never in the repository."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec

from chengmai.core.durability import sync_folder
from chengmai.core.errors import Unavailable

FILE_NAME = "secrets.json"


class Secrets(msgspec.Struct, frozen=True):
    """What this installation alone knows."""

    django_key: str
    broker_password: str
    audit_key: str


def load_secrets(data_dir: Path) -> Secrets:
    """Read the secrets of a data folder, making folder and file (mode 0600) when they are missing.

    Raises Unavailable when the folder cannot be written or the file does not hold what it should.
    """
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except (OSError, msgspec.DecodeError) as error:
        raise Unavailable("secrets.unreadable", path=str(path), reason=str(error)) from error


def _make(path: Path) -> None:
    """Write the file beside its place and link it there when it is whole: a full disk must not leave half of one."""
    fresh = Secrets(secrets.token_urlsafe(48), secrets.token_urlsafe(32), secrets.token_hex(32))
    descriptor, name = tempfile.mkstemp(prefix=f"{FILE_NAME}.", dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(fresh))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secrets count
            os.link(name, path)
        sync_folder(path.parent)
    finally:
        os.unlink(name)
