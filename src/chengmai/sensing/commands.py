"""The ``replay`` command."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from chengmai.core.errors import InvalidInput
from chengmai.core.identity import new_id
from chengmai.core.messages import choose_language, message
from chengmai.detection.recorded_table import read_series
from chengmai.secrets_file import load_secrets
from chengmai.settings import current


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--prefix", required=True, help="First part of the datastreams' codes, and the gateway that sends.")
@click.option("--gateway", help="Gateway that sends, when it is not called like the prefix.")
@click.option("--speed", type=click.FloatRange(min=0), default=0, help="Record time over real time; 0: at full speed.")
@click.option("--timezone", help="Zone of times without one (IANA name); default: the city's.")
@click.option("--host", help="Host of the broker's MQTT listener; default: this installation's.")
@click.option("--port", type=int, help="Port of the broker's MQTT listener; default: this installation's.")
@click.option("--token", help="Token of the gateway; without it this installation's own secret is used.")
def replay(
    file: Path,
    prefix: str,
    gateway: str | None,
    speed: float,
    timezone: str | None,
    host: str | None,
    port: int | None,
    token: str | None,
) -> None:
    """Send a recorded table FILE (CSV, may be gzipped: time and one column per meter) through MQTT."""
    import django

    django.setup()
    from chengmai.sensing.broker import INTERNAL_USER
    from chengmai.sensing.publishing import Publisher
    from chengmai.sensing.replay import Step, steps, streams_of
    from chengmai.sensing.replay import replay as send

    present = current()
    zone = _zone(timezone) if timezone else present.zone
    series = read_series(file, zone)
    codes = streams_of(prefix, series)
    sender = gateway or prefix
    user, password = (sender, token) if token else (INTERNAL_USER, load_secrets(present.data_dir).broker_password)
    total = sum(len(one.readings) for one in steps(series, codes))
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f}"))
    bar = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True))
    started = datetime.now(UTC)
    address = (host or present.mqtt_host, port or present.mqtt_port)
    with Publisher(*address, user, password, f"replay-{new_id()}") as publisher, bar:
        task = bar.add_task(file.name, total=total)

        def sent(step: Step, readings: int) -> None:
            moment = datetime.fromtimestamp(step.time_ms / 1000, UTC).astimezone(zone)
            bar.update(task, advance=readings, description=f"{file.name} {moment:%Y-%m-%d %H:%M}")

        acknowledged = send(steps(series, codes), publisher, f"chengmai/v1/{sender}/observations", speed, sent)
    seconds = (datetime.now(UTC) - started).total_seconds()
    params = {"readings": acknowledged, "messages": publisher.acknowledged, "seconds": f"{seconds:.1f}"}
    click.echo(message("replay.done", choose_language(present.language), params))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput("settings.invalid", name="--timezone", value=name, expected="Asia/Shanghai") from error
