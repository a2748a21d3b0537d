"""Commands about the platform as a whole."""

import json
import logging
import re
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chengmai import settings as settings_table
from chengmai.core.messages import message
from chengmai.portal.start import demand_space, log_to_stderr

PASSWORD = re.compile(r"(://[^:/@]*:).*@")
"""The password in an address: addresses are shown without it."""


@click.command()
def settings() -> None:
    """Show every setting: environment name, present value, meaning."""
    table = Table("environment", "value", "meaning")
    present = settings_table.current()
    for row in settings_table.rows():
        table.add_row(row.env, PASSWORD.sub(r"\1***@", str(getattr(present, row.name))), row.doc)
    Console().print(table)


@click.command()
def serve() -> None:
    """Run the platform until SIGTERM or Ctrl-C."""
    import django

    log_to_stderr()
    demand_space(settings_table.current())  # before anything is written, and Django's settings write secrets
    django.setup()

    from chengmai.portal.parts import compose, live_feed
    from chengmai.portal.server import Platform

    present = settings_table.current()

    def ready(address: str) -> None:
        print(message("serve.ready", present.language, {"address": address}), flush=True)

    Platform(present, compose(present), live_feed, ready).run()
    print(message("serve.stopped", present.language, {}), flush=True)


@click.command()
def doctor() -> None:
    """Look at everything the platform stands on; exit code 1 when something keeps it from running."""
    import django

    logging.basicConfig(level=logging.ERROR)
    django.setup()
    from chengmai.portal.doctor import Outcome, examine

    present = settings_table.current()
    styles = {Outcome.OK: "green", Outcome.WARNING: "yellow", Outcome.FAILED: "red"}
    failed = False
    console = Console(soft_wrap=True)
    for check in examine(present):
        subject = message(f"doctor.subject.{check.subject}", present.language, {})
        state = message(f"doctor.state.{check.state}", present.language, {})
        console.print(state, style=styles[check.state], end=" ", markup=False)
        console.print(
            f"{subject}: {message(check.code, present.language, check.params)}", markup=False, highlight=False
        )
        failed = failed or check.state is Outcome.FAILED
    sys.exit(1 if failed else 0)


@click.command()
def defaults() -> None:
    """Load what a city starts from where it is missing: classes of cases, kinds of devices, contingency plans."""
    import django

    django.setup()
    from django.core.management import call_command

    from chengmai.portal.defaults import load_defaults

    call_command("migrate", verbosity=0, interactive=False)
    print(message("defaults.loaded", settings_table.current().language, asdict(load_defaults())))


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="File to write; without it the document is printed.")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 when the file is not what would be written.")
def openapi(output: Path | None, check: bool) -> None:
    """Write the API's OpenAPI document."""
    import django

    django.setup()
    from chengmai.portal.api import api

    text = json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"
    if output is None:
        click.echo(text, nl=False)
    elif not check:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    elif not output.is_file() or output.read_text(encoding="utf-8") != text:
        Console(stderr=True).print(message("openapi.drifted", settings_table.current().language, {"path": str(output)}))
        sys.exit(1)
