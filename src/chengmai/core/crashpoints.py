"""Named points at which a test may kill the process, so that promises about kills are proven, not hoped.

``CHENGMAI_CRASH_AT=ingest.after_insert:3`` ends the process by SIGKILL the third time that point is reached.
Unset (always, outside such tests) a point costs one comparison.
"""

import os
import signal
import threading

_name, _, _count = os.environ.get("CHENGMAI_CRASH_AT", "").partition(":")
_left = int(_count or 1)
_lock = threading.Lock()


def reach(name: str) -> None:
    """Pass the named point, or die here if the environment says so."""
    global _left
    if name != _name:
        return
    with _lock:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
