"""Ports for servers that tests start: each process of tests has a block of its own, so that none takes another's."""

import fcntl
import random
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import cycle
from pathlib import Path
from threading import Lock
from typing import IO

OFFERED = range(18_000, 32_000)
"""Below what the system gives to outgoing connections: a start lasts, and until then the port must stay free."""
BLOCK = 1000
"""More than are asked for in the minute in which the system keeps the port of an ended connection."""
_asking = Lock()


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on, all different, and none that was given away a moment ago."""
    found: list[int] = []
    with _asking:
        while len(found) < count:
            port = next(_block()[1])
            with socket.socket() as probe, suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
    return found


def free_port() -> int:
    """One such port."""
    return free_ports(1)[0]


@cache
def _block() -> tuple[IO[bytes], Iterator[int]]:
    """The block of this process, held by a lock that ends with it, and its ports in turn."""
    starts = list(OFFERED)[::BLOCK]
    for start in random.SystemRandom().sample(starts, len(starts)):
        held = (Path(tempfile.gettempdir()) / f"chengmai-ports-{start}").open("ab")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
        else:
            return held, cycle(range(start, start + BLOCK))
    raise RuntimeError("every block of ports is in use")
