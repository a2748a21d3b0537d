"""The ``simulate`` command: the simulated town by hand, against any running platform."""

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
def simulate(
    gateway: str, token: str, interval: float, days: float, seed: int, breaks: tuple[str, ...], seconds: float
) -> None:
    """Simulate the town behind a gateway's datastreams and publish its readings by MQTT."""
    import django

    django.setup()
    from chengmai.simulator.process import plan_for
    from chengmai.simulator.publisher import Publisher
    from chengmai.simulator.run import Simulation, start_town

    due = sorted((_break(text) for text in breaks), key=lambda one: one[2])
    plan = plan_for(current(), gateway, seed, now() - timedelta(days=days), interval, token)
    if plan is None:
        raise InvalidInput("simulator.no_streams", gateway=gateway)
    publisher = Publisher(plan.gateway, plan.token, plan.host, plan.port)
    simulation = Simulation(plan, start_town(plan), publisher)
    try:
        while simulation.catch_up(now()):
            publisher.flush()
            click.echo(f"{simulation.town.now:%Y-%m-%d %H:%M}Z")
        started = time.monotonic()
        while not seconds or time.monotonic() - started < seconds:
            while due and time.monotonic() - started >= due[0][2]:
                pipe, size, _ = due.pop(0)
                simulation.town.break_pipe(pipe, size)
                click.echo(f"{pipe}: {size} m3/h")
            simulation.report(now())
            time.sleep(interval)
        publisher.flush()
    except KeyboardInterrupt:
        click.echo("")
    finally:
        publisher.close()
        simulation.town.close()


def _break(text: str) -> tuple[str, float, float]:
    try:
        pipe, size, after = text.split(":")
        return pipe, float(size), float(after)
    except ValueError as error:
        raise InvalidInput("simulator.break_option", value=text) from error
