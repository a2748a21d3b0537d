"""What processes use, out of ``/proc``: time of a core and memory, with all their children."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (told := _stat(int(folder.name))):
            children.setdefault(int(told[1]), []).append(int(folder.name))
    found, waiting = [pid], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def core_seconds(pids: list[int]) -> float:
    """Time of a core that processes have used so far [s]; one that is gone counts as nothing."""
    return sum((int(told[11]) + int(told[12])) / _TICKS for pid in pids if (told := _stat(pid)))


def resident_mb(pids: list[int]) -> float:
    """Memory that processes hold at present [MB]; what they share is counted for each."""
    return sum(int(told[21]) * _PAGE / 1e6 for pid in pids if (told := _stat(pid)))


def _stat(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` after the name, from the state on; none once it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
