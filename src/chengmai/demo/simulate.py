"""``chengmai simulate``: what the simulated city does, by hand: its sensors, or a whole day of its people."""

import click
from rich.console import Console
from rich.progress import Progress

from chengmai.core.errors import Conflict, Unavailable
from chengmai.core.messages import message
from chengmai.settings import current
from chengmai.simulator.commands import sensors

STEPS = ("people", "reports", "calls", "called", "trips")


@click.group()
def simulate() -> None:
    """Simulate a city's sensors, or a day of its people."""


simulate.add_command(sensors)


@simulate.command()
@click.option("--address", default="", help="The running demonstration; that of this machine by default.")
@click.option("--seed", default=2026, show_default=True, help="Draws what happens.")
@click.option("--reports", default=1_500, show_default=True, help="Reports of the 60 collectors.")
@click.option("--calls", default=240, show_default=True, help="Calls at the 12 seats.")
@click.option("--trips", default=500, show_default=True, help="Trips of waste, 38 mistakes among them; 0: none.")
@click.option("--leaks/--no-leaks", default=True, help="Whether three leaks happen beside them.")
def day(address: str, seed: int, reports: int, calls: int, trips: int, leaks: bool) -> None:
    """Play a day of the demonstration city: its crew acts through the running platform's doors, each as itself."""
    import django

    django.setup()
    from chengmai.assets.models import City
    from chengmai.demo.crew import let_in, let_scales_in
    from chengmai.demo.day.play import Keys, WantedDay, play
    from chengmai.portal.lock import InstanceLock
    from chengmai.simulator.day_report import keep

    settings, console = current(), Console(soft_wrap=True)
    city = City.objects.first()
    if city is None or not city.demonstration:
        raise Conflict("day.no_demonstration")
    if not address and not InstanceLock(settings.data_dir).is_held():
        raise Unavailable("day.not_running")
    with Progress(console=console) as bar:
        tasks = {what: bar.add_task(message(f"day.{what}", settings.language, {})) for what in STEPS}

        def tell(what: str, done: int, of: int) -> None:
            bar.update(tasks[what], completed=done, total=of)

        wanted = WantedDay(seed, reports, calls, trips, leaks)
        keys = Keys(let_in(), let_scales_in())
        found = play(address or f"http://127.0.0.1:{settings.port}", keys, wanted, tell)
    path = keep(found, settings.data_dir)
    params = {
        "reports": found.reports,
        "closed": found.cases.get("closed", 0),
        "void": found.cases.get("void", 0),
        "failed": len(found.failed),
        "leaks": sum(one["found_after_s"] is not None for one in found.leaks),
        "of": len(found.leaks),
        "seconds": f"{(found.ended_at - found.began_at).total_seconds():.0f}",
        "path": path,
    }
    console.print(message("day.done", settings.language, params), markup=False, highlight=False)
    for sentence in found.failed[:20]:
        console.print(sentence, markup=False, highlight=False)
