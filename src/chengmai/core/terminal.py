"""What commands print: a terminal as wide as it is, a file or a pipe as wide as a table needs."""

from typing import TextIO

from rich.console import Console
from rich.table import Table

from chengmai.core.messages import message

WIDTH_IN_FILES = 160
"""Columns of text when the output goes into a file or a pipe."""


def terminal(file: TextIO | None = None) -> Console:
    """Where a command prints: the standard output, or a file."""
    console = Console(file=file)
    if not console.is_terminal:
        console.width = WIDTH_IN_FILES
    return console


def headed(language: str, prefix: str, *names: str) -> Table:
    """An empty table whose headings are the catalogue's ``prefix.name``."""
    shown = Table()
    for name in names:
        shown.add_column(message(f"{prefix}.{name}", language, {}), overflow="fold")
    return shown
