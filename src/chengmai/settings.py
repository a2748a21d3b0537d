"""The one table of settings: name, type, default and meaning; environment names and docs follow from it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import get_type_hints
from zoneinfo import ZoneInfo

from chengmai.core.errors import InvalidInput

PREFIX = "CHENGMAI_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the platform; each is read from ``CHENGMAI_<NAME>``."""

    data_dir: Path = field(
        default=Path("var"),
        metadata={"doc": "folder of everything the platform keeps: databases, streams, photos"},
    )
    database_url: str = field(
        default="", metadata={"doc": "postgresql://user:password@host:port/name; empty: SQLite in data_dir"}
    )
    telemetry_url: str = field(
        default="", metadata={"doc": "clickhouse://user:password@host:port/database; empty: chDB in data_dir"}
    )
    host: str = field(default="127.0.0.1", metadata={"doc": "address the web server listens on"})
    port: int = field(default=8620, metadata={"doc": "port of the web server"})
    mqtt_host: str = field(default="127.0.0.1", metadata={"doc": "address the embedded broker's MQTT listens on"})
    mqtt_port: int = field(default=8621, metadata={"doc": "port of the embedded broker's MQTT listener"})
    nats_port: int = field(default=8622, metadata={"doc": "loopback port of the embedded broker's own protocol"})
    broker_sync: str = field(
        default="always",
        metadata={"doc": "when the broker syncs to disk: always (survives power loss) or an interval such as 2s"},
    )
    foreign_mqtt_url: str = field(
        default="",
        metadata={"doc": "mqtt://user:password@host:port of a broker that the city has already; empty: none"},
    )
    foreign_mqtt_topic: str = field(
        default="", metadata={"doc": "topic filter there whose messages are readings, such as plant/+/readings"}
    )
    foreign_mqtt_gateway: str = field(
        default="", metadata={"doc": "code of the gateway whose datastreams these readings may be of"}
    )
    foreign_mqtt_client: str = field(
        default="chengmai", metadata={"doc": "client id there; its session keeps what we have not yet taken"}
    )
    hotline_seats: int = field(default=12, metadata={"doc": "seats of the hotline"})
    open311_jurisdiction: str = field(
        default="", metadata={"doc": "jurisdiction_id of the Open311 door; empty: the code of the city's district"}
    )
    open311_contact: str = field(
        default="", metadata={"doc": "whom developers of Open311 clients ask; empty: the bureau's hotline"}
    )
    open311_tokens: bool = field(
        default=False, metadata={"doc": "answer an Open311 report with a token in place of its number"}
    )
    public_origins: str = field(
        default="",
        metadata={"doc": "comma-separated origins (https://host) browsers may come from, besides host:port"},
    )
    trusted_proxies: str = field(
        default="", metadata={"doc": "comma-separated addresses of proxies whose X-Forwarded-For is believed"}
    )
    web_threads: int = field(default=8, metadata={"doc": "threads that answer web requests"})
    least_free_bytes: int = field(
        default=200_000_000, metadata={"doc": "free bytes the disk of data_dir must have for the platform to start"}
    )
    secure_cookies: bool = field(default=False, metadata={"doc": "true behind TLS: cookies are sent over https only"})
    time_zone: str = field(default="Asia/Shanghai", metadata={"doc": "the city's time zone (IANA name)"})
    working_hours: str = field(
        default="08:00-12:00 14:00-18:00",
        metadata={"doc": "the bureau's hours of a working day, local, in order: clocks of working time run in them"},
    )
    division_code: str = field(
        default="1405",
        metadata={"doc": "province and city, the first four digits of the division code: part of manifests' numbers"},
    )
    language: str = field(default="zh-CN", metadata={"doc": "language when a user has chosen none: zh-CN or en"})
    demo: bool = field(default=False, metadata={"doc": "true in the demonstration: simulator controls are open"})
    simulator_interval_s: int = field(
        default=5, metadata={"doc": "seconds between two reports of the demonstration's simulator"}
    )
    session_idle_minutes: int = field(default=20, metadata={"doc": "minutes without a request until a log-out"})
    login_failures: int = field(default=5, metadata={"doc": "failed log-ins until an account is locked"})
    database_wait_s: int = field(default=20, metadata={"doc": "seconds to wait for a locked database"})
    login_failures_per_minute: int = field(
        default=30, metadata={"doc": "failed log-ins within a minute after which an address must wait"}
    )
    lockout_minutes: int = field(default=20, metadata={"doc": "minutes an account stays locked"})
    password_days: int = field(default=90, metadata={"doc": "days until a password must be changed; 0: never"})
    ingest_batch_rows: int = field(default=10_000, metadata={"doc": "rows at which the store's writer flushes at once"})
    ingest_flush_ms: int = field(default=200, metadata={"doc": "least milliseconds between two flushes of the writer"})
    max_message_bytes: int = field(default=1_000_000, metadata={"doc": "size over which a message is quarantined"})
    patrol_days: int = field(
        default=90, metadata={"doc": "days that positions of collectors on shift are kept; what was visited stays"}
    )
    max_future_s: int = field(default=300, metadata={"doc": "seconds ahead of our clock a reading may claim"})
    max_body_bytes: int = field(default=1_000_000, metadata={"doc": "size limit of a request that brings no file"})
    max_upload_bytes: int = field(default=12_000_000, metadata={"doc": "size limit of an uploaded file"})

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def day_hours(self) -> tuple[tuple[time, time], ...]:
        """The hours of a working day; raises InvalidInput when they cannot be read or do not follow one another."""
        told = self.working_hours
        wrong = InvalidInput(
            "settings.invalid", name=f"{PREFIX}WORKING_HOURS", value=told, expected="08:00-12:00 14:00-18:00"
        )
        try:
            spans = [[time.fromisoformat(edge) for edge in span.split("-")] for span in told.split()]
            edges = [edge for start, end in spans for edge in (start, end)]
        except ValueError as error:
            raise wrong from error
        if not edges or any(first >= then for first, then in pairwise(edges)):
            raise wrong
        return tuple(zip(edges[::2], edges[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the settings table, as docs and ``chengmai settings`` show it."""

    name: str
    env: str
    type: str
    default: str
    doc: str


def rows() -> list[Row]:
    """The table itself, in order."""
    hints = get_type_hints(Settings)
    return [
        Row(f.name, PREFIX + f.name.upper(), hints[f.name].__name__, str(f.default), f.metadata["doc"])
        for f in fields(Settings)
    ]


def _parse(kind: type, env: str, raw: str) -> object:
    if kind is bool:
        if raw.lower() in {"1", "true", "yes", "on"}:
            return True
        if raw.lower() in {"0", "false", "no", "off", ""}:
            return False
        raise InvalidInput("settings.invalid", name=env, value=raw, expected="true / false")
    try:
        return kind(raw)
    except ValueError as error:
        raise InvalidInput("settings.invalid", name=env, value=raw, expected=kind.__name__) from error


def load(environ: Mapping[str, str]) -> Settings:
    """Read settings from an environment; raises InvalidInput naming the variable, its value and what is expected."""
    hints = get_type_hints(Settings)
    known = {PREFIX + f.name.upper(): f.name for f in fields(Settings)}
    return Settings(
        **{  # type: ignore[arg-type]
            name: _parse(hints[name], env, environ[env]) for env, name in known.items() if env in environ
        }
    )


@cache
def current() -> Settings:
    """The settings of this process, read once."""
    return load(os.environ)
