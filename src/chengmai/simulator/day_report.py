"""The report of a day that was played in the demonstration: kept beside its data, told at a door."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from chengmai.core.durability import write_whole

FILE = "day.json"


@dataclass
class DayReport:
    """A day as it was played; times are UTC, durations in seconds."""

    seed: int
    began_at: datetime
    ended_at: datetime
    people: int
    reports: int
    cases: dict[str, int]
    """How many of the day's cases stand in each state."""
    leaks: list[dict[str, Any]] = field(default_factory=list)
    trips: dict[str, Any] | None = None
    calls: dict[str, Any] | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    """What went wrong and should not have: one sentence each."""


def keep(report: DayReport, data_dir: Path) -> Path:
    """Write the report where the platform looks for it, whole or not at all."""
    path = data_dir / FILE
    plain = asdict(report) | {"began_at": report.began_at.isoformat(), "ended_at": report.ended_at.isoformat()}
    write_whole(path, json.dumps(plain, ensure_ascii=False).encode())
    return path


def last_day(data_dir: Path) -> dict[str, Any] | None:
    """The last day that was played, as plain values; None before the first."""
    path = data_dir / FILE
    found: dict[str, Any] | None = json.loads(path.read_bytes()) if path.exists() else None
    return found
