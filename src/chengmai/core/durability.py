"""What survives a loss of power: a file is synced by who writes it, its name by its folder."""

import os
from pathlib import Path

from chengmai.core.identity import new_id


def sync_folder(folder: Path) -> None:
    """Let names that were made or changed in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Put a file there whole or not at all; raises OSError when the disk refuses, with nothing left behind."""
    part = path.with_name(f"{path.name}.{new_id().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError:
        part.unlink(missing_ok=True)
        raise
