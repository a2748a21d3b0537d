"""Fewer points of a curve that looks the same: of every slice its lowest and its highest."""

import numpy as np

from chengmai.detection.observations import Observations


def thin(rows: Observations, max_points: int) -> Observations:
    """At most ``max_points`` rows of one stream: of every slice of time its lowest and its highest, in order."""
    count = len(rows)
    if count <= max_points:
        return rows
    slices = max(1, max_points // 2)
    edges = np.linspace(0, count, slices + 1).astype(np.int64)
    kept: set[int] = set()
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = rows.value[start:end]
        kept |= {start + int(part.argmin()), start + int(part.argmax())}
    return rows.take(np.array(sorted(kept), dtype=np.int64))


def extremes_query(table: str, condition: str, first: int, width: int) -> str:
    """SQL for the newest revisions of one stream: of every slice of ``width`` ms after ``first`` the two extremes.

    Rows come in the order of the table's key, so that the engine holds one slice at a time, not the span.
    """
    newest = (
        "SELECT stream, time, argMax(value, o.revision) AS newest, max(o.revision) AS last, "
        f"argMax(batch, o.revision) AS stored FROM {table} AS o WHERE {condition} GROUP BY stream, time"
    )
    slices = (
        "SELECT argMin(tuple(stream, time, newest, last, stored), newest) AS low, "
        f"argMax(tuple(stream, time, newest, last, stored), newest) AS high FROM ({newest}) "
        f"GROUP BY intDiv(toUnixTimestamp64Milli(time) - {first}, {width})"
    )
    return (
        "SELECT DISTINCT one.1 AS stream, one.2 AS time, one.3 AS value, one.4 AS revision, one.5 AS batch "
        f"FROM ({slices}) ARRAY JOIN [low, high] AS one ORDER BY time SETTINGS optimize_aggregation_in_order = 1"
    )
