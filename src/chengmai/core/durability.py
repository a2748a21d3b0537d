"""What survives a loss of power: a file is synced by who writes it, its name by its folder."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Let names that were made or changed in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
