"""How our own moments, numbers and conditions are written in the telemetry engine's SQL; others' go as parameters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from chengmai.sensing.quarantine import QuarantinePlace


def to_numpy(moment: datetime) -> np.datetime64:
    """A moment in UTC to the millisecond."""
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "ms")


def written(time_ms: int) -> str:
    """Milliseconds since 1970 as the engine writes a time."""
    return str(np.datetime64(time_ms, "ms")).replace("T", " ")


def moment_of(moment: datetime) -> str:
    """A moment as an expression of the engine."""
    return f"toDateTime64('{str(to_numpy(moment)).replace('T', ' ')}', 3, 'UTC')"


def number_list(streams: Sequence[int]) -> str:
    """Numbers of streams as a list."""
    return ",".join(str(int(stream)) for stream in streams)


def refused_by(
    reason: str | None, before: QuarantinePlace | None, gateways: Sequence[str] | None
) -> tuple[str, dict[str, Any]]:
    """The condition on refused messages, and its parameters."""
    conditions = ["1"]
    parameters: dict[str, Any] = {}
    if reason is not None:
        conditions.append("reason = {reason:String}")
        parameters["reason"] = reason
    if before is not None:
        moment = f"fromUnixTimestamp64Milli(toInt64({before.received}), 'UTC')"
        conditions.append(f"(received < {moment} OR received = {moment} AND ordinal < {before.ordinal})")
    if gateways is not None:
        conditions.append("gateway IN {gateways:Array(String)}")
        parameters["gateways"] = list(gateways)
    return f"WHERE {' AND '.join(conditions)}", parameters
