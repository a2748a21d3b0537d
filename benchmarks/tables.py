"""How every benchmark prints: one table, each line with its ratio to the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Line:
    """One measured thing: its name and the values of its repetitions, all in the table's unit."""

    name: str
    values: Sequence[float]


def show(title: str, unit: str, lines: Sequence[Line]) -> None:
    """Print median, least and most of every line, and how its median compares with the first line's."""
    table = Table("", f"median [{unit}]", "least", "most", "times the first", title=title)
    first = median(lines[0].values)
    for line in lines:
        middle = median(line.values)
        figures = (middle, min(line.values), max(line.values))
        table.add_row(line.name, *(f"{figure:,.2f}" for figure in figures), f"{middle / first:.2f}")
    Console().print(table)
