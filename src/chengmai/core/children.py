"""Child processes that never outlive their parent, however it dies."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends; call it in the child with the parent's process id.

    The kernel watches the parent's *thread* that started the child, so children are started from a thread that lives
    as long as the process. A parent that is gone already ends this process at once.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(1)


def guarded(command: list[str]) -> list[str]:
    """A command that runs another program under ``die_with_parent``; needs nothing but this Python."""
    return [sys.executable, "-I", "-m", "chengmai.core.children", str(os.getpid()), *command]


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
