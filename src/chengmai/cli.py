"""The ``chengmai`` command."""

import click
from rich.console import Console
from rich.table import Table

from chengmai import settings as settings_table


@click.group()
@click.version_option(package_name="chengmai")
def main() -> None:
    """Chengmai 城脉: the platform a city management bureau runs on."""


@main.command()
def settings() -> None:
    """Show every setting: environment name, present value, meaning."""
    table = Table("setting", "environment", "value", "meaning")
    present = settings_table.current()
    for row in settings_table.rows():
        table.add_row(row.name, row.env, str(getattr(present, row.name)), row.doc)
    Console().print(table)
