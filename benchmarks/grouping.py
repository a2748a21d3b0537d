"""``python -m benchmarks.grouping``: 1,000 open alarms that one burst explains, gathered below it.

A network of L-Town's size, a low pressure at every stream of its main zone and one burst. Timed are: who explains whom,
from the alarms alone; doing it all again, when there is nothing to write; and the first time, when each is written.
"""

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.installation import installation
from benchmarks.tables import Line, show

SURVEY = Path(__file__).parent.parent / "src" / "chengmai" / "demo" / "data" / "survey"
BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def lay(count: int) -> tuple[Any, list[Any]]:
    """A published network and so many streams at nodes of its largest pressure zone."""
    import numpy as np

    from chengmai.access.models import Organisation
    from chengmai.assets.models import City, Network
    from chengmai.assets.queries import load_network
    from chengmai.assets.services import import_network
    from chengmai.network.pipe_network import NodeKind
    from chengmai.network.survey_files import pack_folder
    from chengmai.network.zones import pressure_zones
    from chengmai.sensing.models import Datastream, Gateway

    owner = Organisation.objects.get(code="BENCH")
    City.objects.create(name_zh="基准", name_en="Bench", longitude=112.85, latitude=35.5, district="140502")
    network = Network.objects.create(code="BENCH", name_zh="基准", name_en="Bench", utility="water", owner=owner)
    import_network(None, network, "survey.zip", pack_folder(SURVEY))
    network.refresh_from_db()
    arrays = load_network(network)
    zone = pressure_zones(arrays).node
    largest = np.bincount(zone).argmax()
    nodes = arrays.nodes.code[(zone == largest) & (arrays.nodes.kind == NodeKind.JUNCTION)].tolist()
    gateway = Gateway.objects.get()
    streams = [
        Datastream(
            code=f"P{number}",
            name="",
            gateway=gateway,
            owner=owner,
            network=network,
            quantity="pressure_head",
            element=str(nodes[number % len(nodes)]),
        )
        for number in range(count + 1)
    ]
    Datastream.objects.bulk_create(streams)
    return network, streams


def raise_alarms(network: Any, streams: list[Any]) -> None:
    """One burst, and a low pressure at every other stream within the half hour after it."""
    from chengmai.warning.models import Alarm, Rule

    def alarm(place: int, rule: Any, subject: str, minutes: float) -> Any:
        began = BEGAN + timedelta(minutes=minutes)
        return Alarm(
            code=f"A{place}",
            rule=rule,
            rule_code=rule.code,
            subject=subject,
            owner=network.owner,
            network=network,
            severity="yellow",
            began_at=began,
            raised_at=began,
            detected_at=began,
            evidence=[{"code": streams[place].code}],
            lineage_hash="",
        )

    def rule(kind: str) -> Any:
        return Rule.objects.create(code=kind, kind=kind, network=network, owner=network.owner, parameters={})

    limit, drop = rule("limit"), rule("pressure_drop")
    low = (alarm(place, limit, f"P{place}#low", place % 30) for place in range(1, len(streams)))
    Alarm.objects.bulk_create([alarm(0, drop, "DROP#1", 0), *low], 500)


def timed(work: Callable[[], object]) -> float:
    """How long something takes [ms]."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def measure(count: int) -> tuple[float, float, float]:
    """Who explains whom, grouping, and grouping again [ms], on an installation of its own."""
    from chengmai.detection.roots import consequences
    from chengmai.warning import grouping
    from chengmai.warning.models import Alarm

    raise_alarms(*lay(count))
    alarms = list(Alarm.objects.select_related("rule", "network__edition"))
    standings = grouping._standings(alarms)  # zones and networks are in memory from here on
    deciding = timed(lambda: consequences(standings))
    grouping_all = timed(grouping.regroup_open)
    grouped = Alarm.objects.exclude(root=None).count()
    if grouped != count:
        raise RuntimeError(f"{grouped} of {count} alarms have a root")
    return deciding, grouping_all, timed(grouping.regroup_open)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--alarms", type=int, default=1000)
    told = options.parse_args()
    with installation(0):
        deciding, all_of_them, again = measure(told.alarms)
    show(
        f"{told.alarms} alarms below one burst; load {os.getloadavg()[0]:.1f}",
        "ms",
        [
            Line("who explains whom, in memory", [deciding]),
            Line("grouped again, nothing to write", [again]),
            Line("grouped, every one written with its history", [all_of_them]),
        ],
    )


if __name__ == "__main__":
    main()
