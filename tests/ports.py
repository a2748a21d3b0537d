"""Ports for servers that tests start."""

import random
import socket
from contextlib import suppress

OFFERED = range(18_000, 32_000)
"""Below what the system gives to outgoing connections: a start lasts, and until then the port must stay free."""


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on, all different."""
    found: list[int] = []
    while len(found) < count:
        port = random.SystemRandom().choice(OFFERED)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in found:
                found.append(port)
    return found


def free_port() -> int:
    """One such port."""
    return free_ports(1)[0]
