"""``python -m benchmarks.postings``: kill a process that pays again and again, and count what was promised.

A payment is a booking in the budget, a row, and a balanced posting, in one transaction. The tests kill five times;
here as often as is asked, on SQLite or on the database that ``CHENGMAI_DATABASE_URL`` names, which must be empty.
Exit code 1 when a promise was broken.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table


def main() -> int:
    """Kill, count and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=1, help="the same seed picks the same points")
    told = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengmai-postings-") as folder:
        os.environ["CHENGMAI_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "chengmai.django_settings"
        return _kill(Path(folder), told.kills, told.seed)


def _kill(folder: Path, kills: int, seed: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from chengmai.secrets_file import load_secrets

    load_secrets(folder)
    call_command("migrate", verbosity=0)
    from tests.settling import JANUARY, approved, frozen, settling
    from tests.store.posting_kills import kill_payments

    made = settling()
    frozen(made, JANUARY, "100000")
    statement = approved(made, JANUARY)
    started = time.monotonic()
    killed, broken = kill_payments(statement, made.clerk.username, kills, seed, {})
    title = f"{killed.total()} kills on {connection.vendor} in {time.monotonic() - started:.0f} s"
    table = Table("killed at", "times", title=title)
    for point, times in sorted(killed.items()):
        table.add_row(point, str(times))
    console = Console()
    console.print(table)
    console.print(f"{statement.payments.count()} payments stored; broken promises: {len(broken)}")
    for one in broken[:50]:
        console.print(one, markup=False)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
