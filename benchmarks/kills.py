"""``python -m benchmarks.kills``: kill the way in and the evaluation again and again, then count what was promised.

The tests do this some fifty times; here as often as is asked. Exit code 1 when a promise was broken.
"""

import argparse
import sys
import time
from collections import Counter

from rich.console import Console
from rich.table import Table
from tests.store.kills.harness import kill_many


def main() -> int:
    """Kill, count and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=500)
    options.add_argument("--seed", type=int, default=1, help="the same seed picks the same points")
    options.add_argument("--lanes", type=int, default=2, help="installations that are killed beside each other")
    told = options.parse_args()
    started = time.monotonic()
    lanes = kill_many(told.kills, told.seed, told.lanes)
    killed: Counter[str] = sum((lane.killed for lane in lanes), Counter())
    table = Table("killed at", "times", title=f"{killed.total()} kills in {time.monotonic() - started:.0f} s")
    for point, times in sorted(killed.items()):
        table.add_row(point, str(times))
    console = Console()
    console.print(table)
    rows = sum(len(lane.outcome["rows"]) for lane in lanes)
    acknowledged = sum(len(device.done) for lane in lanes for device in (lane.mqtt, lane.http))
    alarms = sum(len(lane.outcome["alarms"]) for lane in lanes)
    refused = sum(len(lane.outcome["refused"]) for lane in lanes)
    console.print(f"{acknowledged} messages acknowledged, {rows} rows stored, {alarms} alarms, {refused} refused")
    broken = [promise for lane in lanes for promise in lane.check()]
    console.print(f"broken promises: {len(broken)}")
    for promise in broken[:50]:
        console.print(promise, markup=False)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
