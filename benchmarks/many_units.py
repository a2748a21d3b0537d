"""A whole city's disclosures at once: units that do not exist, some with a fault, some late, some broken or missing.

``python -m benchmarks.many_units write FOLDER``: documents, a ZIP of them and the list of units, to try the page with.
``python -m benchmarks.many_units``: seconds from the upload of a ZIP to the whole table, with and without processes.
"""

import io
import random
import tempfile
import time
import zipfile
from datetime import date, timedelta
from pathlib import Path

import click

from benchmarks.disclosure_checks import FAULTS, plain, with_fault
from benchmarks.disclosure_documents import CITIES, UNITS, Generator
from chengmai.budget.units.command import check_many

YEAR = 2025
DUE = date(2025, 2, 20)
BROKEN = {7: b"\x00\xff" * 400, 11: b"PK\x03\x04 no workbook", 13: b"\xd0\xcf\x11\xe0" * 50}
"""Numbers of the units whose files are no documents, and what they hold."""


class UnitGenerator(Generator):
    """Writes the document of one of many units: each with a name of its own, all of one year."""

    def __init__(self, number: int) -> None:
        seed = number
        while random.Random(seed).choice((2024, 2025, 2026)) != YEAR:
            seed += 10_007
        super().__init__(seed, projects=8)
        self.unit = unit_name(number)


def unit_name(number: int) -> str:
    """The name of a unit; no two are alike."""
    district = "东西南北中"[number // len(UNITS) // len(CITIES) % 5]
    part = number // (5 * len(UNITS) * len(CITIES)) + 1
    return f"{CITIES[number % len(CITIES)]}市{district}{part}区{UNITS[number // len(CITIES) % len(UNITS)]}"


def document(number: int) -> bytes:
    """A unit's document: every fourth with one fault, a few no documents at all."""
    if number in BROKEN:
        return BROKEN[number]
    marked = UnitGenerator(number).write()
    chance = random.Random(number)
    fault = with_fault(chance, marked, chance.choice(list(FAULTS))) if number % 4 == 0 else None
    return (plain(marked) if fault is None else fault[0]).encode()


def listed(units: int) -> str:
    """The list of units: every twentieth is late, every thirtieth is missing (its row stands, its file does not)."""
    rows = ["单位编码,单位名称,截止日期,报送日期"]
    for number in range(units):
        came = "" if number % 30 == 29 else str(DUE + timedelta(days=3 if number % 20 == 19 else -(number % 10)))
        rows.append(f"{100001 + number},{unit_name(number)},{DUE},{came}")
    return "\n".join(rows) + "\n"


def files(units: int) -> list[tuple[str, bytes]]:
    """Name and bytes of each document that comes."""
    found = []
    for number in range(units):
        if number % 30 != 29:
            kind = "xlsx" if number == 11 else "xls" if number == 13 else "txt"
            found.append((f"{100001 + number}-2025年预算公开.{kind}", document(number)))
    return found


def packed(units: int) -> bytes:
    """The documents as a ZIP."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(units):
            archive.writestr(name, content)
    return data.getvalue()


@click.group(invoke_without_command=True)
@click.option("--units", default=500, show_default=True)
@click.pass_context
def main(context: click.Context, units: int) -> None:
    """Measure, or write the documents."""
    context.obj = units
    if context.invoked_subcommand is None:
        measure(units)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def write(units: int, folder: Path) -> None:
    """Write the documents, a ZIP of them and the list into FOLDER."""
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    for name, data in files(units):
        (folder / "documents" / name).write_bytes(data)
    (folder / "documents.zip").write_bytes(packed(units))
    (folder / "units.csv").write_text(listed(units))


def measure(units: int) -> None:
    """Seconds for the whole table by the command."""
    with tempfile.TemporaryDirectory() as folder:
        archive, names, table = (Path(folder) / name for name in ("all.zip", "units.csv", "table.xlsx"))
        archive.write_bytes(packed(units))
        names.write_text(listed(units))
        lines = sum(data.count(b"\n") for _, data in files(units))
        started = time.perf_counter()
        check_many(archive, names, YEAR, "xlsx", table, "zh-CN")
        seconds = time.perf_counter() - started
        print("| units | lines | ZIP [MB] | all findings [s] | workbook [MB] |\n| --- | --- | --- | --- | --- |")
        sizes = (archive.stat().st_size / 1e6, table.stat().st_size / 1e6)
        print(f"| {units} | {lines} | {sizes[0]:.1f} | {seconds:.1f} | {sizes[1]:.1f} |")


if __name__ == "__main__":
    main()
