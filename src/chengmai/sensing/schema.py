"""Tables of the telemetry store: one SQL for the embedded engine and for a server.

Every insert is on disk (part and folder synced) before it returns. One insert is one batch, written by one writer.
"""

OBSERVATIONS = """
CREATE TABLE IF NOT EXISTS {database}.observations (
    stream UInt32,
    time DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    value Float64 CODEC(ZSTD),
    revision UInt32 CODEC(ZSTD),
    batch UInt64 CODEC(Delta, ZSTD),
    message UInt64 CODEC(Delta, ZSTD),
    received DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    INDEX by_batch batch TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYear(time)
ORDER BY (stream, time, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
"""

QUARANTINE = """
CREATE TABLE IF NOT EXISTS {database}.quarantine (
    received DateTime64(3, 'UTC'),
    gateway LowCardinality(String),
    door LowCardinality(String),
    reason LowCardinality(String),
    detail String,
    payload String,
    size UInt64,
    message UInt64,
    ordinal UInt64
)
ENGINE = MergeTree
ORDER BY (received, reason)
TTL toDateTime(received) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
"""

QUARANTINE_ORDINAL = "ALTER TABLE {database}.quarantine ADD COLUMN IF NOT EXISTS ordinal UInt64"
"""For stores made before refused parts had a number of their own."""

TABLES = (OBSERVATIONS, QUARANTINE, QUARANTINE_ORDINAL)
