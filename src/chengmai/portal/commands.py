"""Commands about the platform as a whole."""

import click
from rich.console import Console
from rich.table import Table

from chengmai import settings as settings_table


@click.command()
def settings() -> None:
    """Show every setting: environment name, present value, meaning."""
    table = Table("environment", "value", "meaning")
    present = settings_table.current()
    for row in settings_table.rows():
        table.add_row(row.env, str(getattr(present, row.name)), row.doc)
    Console().print(table)
