"""Recorded tables: a column of local times and one column for each stream, as CSV, plain or gzipped."""

import csv
import gzip
import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from chengmai.core.errors import InvalidInput
from chengmai.detection.leak_matching import KnownLeak
from chengmai.detection.night_balance import Series


def read_series(path: Path, zone: ZoneInfo) -> dict[str, Series]:
    """The columns of a table as series; times without a zone are local, empty cells are holes.

    Raises InvalidInput naming file, row, field and value of the first cell that cannot be read.
    """
    rows = list(csv.reader(io.StringIO(_text(path))))
    if len(rows) < 2 or len(rows[0]) < 2 or rows[0][0] != "time":
        raise InvalidInput("table.header", file=path.name, expected="time,<stream>,...")
    header, body = rows[0], [row for row in rows[1:] if row]
    times = np.empty(len(body), dtype="datetime64[ms]")
    values = np.full((len(body), len(header) - 1), np.nan)
    for place, row in enumerate(body):
        if len(row) != len(header):
            raise InvalidInput("table.columns", file=path.name, row=place + 2, found=len(row), expected=len(header))
        times[place] = np.datetime64(_moment(row[0], zone, path, place + 2, "time").replace(tzinfo=None), "ms")
        for column, cell in enumerate(row[1:]):
            if cell.strip():
                values[place, column] = _number(cell, path, place + 2, header[column + 1])
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    fresh = np.append(times[1:] != times[:-1], True)
    return {code: Series(times[fresh], values[fresh, column]) for column, code in enumerate(header[1:])}


def read_known_leaks(path: Path, zone: ZoneInfo) -> list[KnownLeak]:
    """Published leaks from a table with columns pipe, start, end, kind, peak (local times)."""
    rows = csv.DictReader(io.StringIO(_text(path)))
    needed = ("pipe", "start", "end", "kind", "peak")
    if not set(needed) <= set(rows.fieldnames or ()):
        raise InvalidInput("table.header", file=path.name, expected=",".join(needed))
    return [
        KnownLeak(
            row["pipe"],
            _moment(row["start"], zone, path, number, "start"),
            _moment(row["end"], zone, path, number, "end"),
            row["kind"],
            _moment(row["peak"], zone, path, number, "peak"),
        )
        for number, row in enumerate(rows, start=2)
    ]


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InvalidInput("table.missing", file=str(path)) from error
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InvalidInput("table.unreadable", file=path.name, reason=str(error)) from error


def _moment(cell: str, zone: ZoneInfo, path: Path, row: int, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError as error:
        raise InvalidInput("table.cell", file=path.name, row=row, field=field, value=cell, rule="ISO 8601") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _number(cell: str, path: Path, row: int, field: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise InvalidInput("table.cell", file=path.name, row=row, field=field, value=cell, rule="number") from error
