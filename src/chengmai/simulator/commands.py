"""``chengmai simulate sensors``: the simulated town by hand, against any running platform."""

import time
from datetime import timedelta

import click

from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.settings import current


@click.command()
@click.option("--gateway", default="SIM", show_default=True, help="Gateway whose datastreams are simulated.")
@click.option("--token", envvar="CHENGMAI_GATEWAY_TOKEN", required=True, help="The gateway's token.")
@click.option("--interval", default=5.0, show_default=True, help="Seconds between two reports.")
@click.option(
    "--history", "days", default=0.0, show_default=True, help="Days of history sent first, a reading in 5 min."
)
@click.option("--seed", default=20260, show_default=True, help="Draws the hidden network and all noise.")
@click.option(
    "--break", "breaks", multiple=True, metavar="PIPE:M3H:AFTER_S", help="Break a pipe some time after start."
)
@click.option("--seconds", default=0.0, help="Stop after so long; 0: never.")
def sensors(
    gateway: str, token: str, interval: float, days: float, seed: int, breaks: tuple[str, ...], seconds: float
) -> None:
    """Simulate the town behind a gateway's datastreams and publish its readings by MQTT."""
    import django

    django.setup()
    from chengmai.simulator.process import plan_towns
    from chengmai.simulator.run import Plan, Senders, Simulation, start_town
    from chengmai.simulator.towns import FaultKind

    broken = FaultKind.PIPE_BREAK
    due = sorted((_break(text) for text in breaks), key=lambda one: one[2])
    settings = current()
    towns = plan_towns(settings, [gateway], seed, interval, now(), {}, timedelta(days=days))
    if not towns:
        raise InvalidInput("simulator.no_streams", gateway=gateway)
    host = "127.0.0.1" if settings.mqtt_host == "0.0.0.0" else settings.mqtt_host  # noqa: S104
    plan = Plan(tuple(towns), {gateway: token}, host, settings.mqtt_port)
    senders = Senders(plan)
    simulation = Simulation(plan, [start_town(plan, one) for one in plan.towns], senders)
    try:
        for one in simulation.runs:
            while one.catch_up(now()):
                senders.flush()
                click.echo(f"{one.plan.kind} {one.town.now:%Y-%m-%d %H:%M}Z")
        started = time.monotonic()
        while not seconds or time.monotonic() - started < seconds:
            while due and time.monotonic() - started >= due[0][2]:
                pipe, size, _ = due.pop(0)
                simulation.town_for("", broken).begin_fault("", broken, pipe, size)
                click.echo(f"{pipe}: {size} m3/h")
            for one in simulation.runs:
                one.report(now())
            time.sleep(interval)
        senders.flush()
    except KeyboardInterrupt:
        click.echo("")
    finally:
        senders.close()
        simulation.close()


def _break(text: str) -> tuple[str, float, float]:
    try:
        pipe, size, after = text.split(":")
        return pipe, float(size), float(after)
    except ValueError as error:
        raise InvalidInput("simulator.break_option", value=text) from error
