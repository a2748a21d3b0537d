"""The instance lock: one platform on one data folder; a second start says who holds it."""

import fcntl
import os
from pathlib import Path

import msgspec

from chengmai.core.clock import now
from chengmai.core.errors import Unavailable


class Holder(msgspec.Struct, frozen=True):
    """Who holds a data folder."""

    pid: int
    since: str


class InstanceLock:
    """An exclusive lock on a data folder that the kernel releases when its holder dies, however it dies."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "lock"
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, if we do not hold it already; raises Unavailable naming the process that holds it."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            holder = self.holder()
            raise Unavailable(
                "serve.already_running",
                pid=holder.pid if holder else "?",
                since=holder.since if holder else "?",
                path=str(self.path.parent),
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(Holder(os.getpid(), now().isoformat(timespec="seconds"))), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_held(self) -> bool:
        """True when another process holds the folder; asks without keeping anything."""
        try:
            descriptor = os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def holder(self) -> Holder | None:
        """What the present or last holder wrote; None when that cannot be read."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Holder)
        except (OSError, msgspec.DecodeError):
            return None
