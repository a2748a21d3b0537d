"""Who has gone silent: a stream while others of its gateway speak, or a whole gateway, which is one finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """A stream to be heard of: its gateway, how often it reports [ms], and since when that is expected [ms]."""

    stream: int
    gateway: str
    interval_ms: int
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """A gateway (``stream`` is None) or one stream of it was last heard of at ``since_ms``; 0 is never."""

    gateway: str
    stream: int | None
    since_ms: int
    quiet: int
    """How many streams are quiet."""


def silences(
    now_ms: int, heard: Mapping[int, int], listening_ms: int, expected: Sequence[Expected], intervals: float
) -> list[Silence]:
    """Who was not heard of for more than ``intervals`` of the own reporting interval, by gateway and stream.

    ``heard`` tells when each stream was last heard of [ms]; nobody is missed for the time before ``listening_ms``, no
    stream for the time before its own ``since_ms``.
    A gateway is silent when none of its streams was heard of for that many of its shortest interval; then its streams
    are not told one by one.
    """
    found = []
    for gateway in sorted({one.gateway for one in expected}):
        mine = [one for one in expected if one.gateway == gateway]
        last = max(heard.get(one.stream, 0) for one in mine)
        begun = max(listening_ms, *(one.since_ms for one in mine))
        if now_ms - max(last, begun) > intervals * min(one.interval_ms for one in mine):
            found.append(Silence(gateway, None, last, len(mine)))
            continue
        for one in sorted(mine, key=lambda each: each.stream):
            since = heard.get(one.stream, 0)
            if now_ms - max(since, listening_ms, one.since_ms) > intervals * one.interval_ms:
                found.append(Silence(gateway, one.stream, since, 1))
    return found
