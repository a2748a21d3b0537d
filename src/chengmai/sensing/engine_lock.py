"""Who holds the embedded telemetry engine's folder: it admits one process, and says so only on its own output."""

import fcntl
import re
from pathlib import Path


def holder(path: Path) -> str | None:
    """Process number of whoever holds the embedded store's lock; None when nobody does."""
    try:
        with (path / "status").open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                found = re.search(rb"PID: (\d+)", file.read(200))
                return found[1].decode() if found else "?"
    except OSError:
        return None
    return None
