"""The part of the platform that is killed: broker, store, writer, evaluation and the HTTP door, without the web.

``prepare``, ``run`` or ``report FILE``; settings come from the environment.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import msgspec

django.setup()

import uvicorn  # noqa: E402

from chengmai.access.models import Organisation  # noqa: E402
from chengmai.connectors.mqtt.foreign_broker import ForeignBroker  # noqa: E402
from chengmai.core.errors import Unavailable  # noqa: E402
from chengmai.detection.observations import Observations  # noqa: E402
from chengmai.detection.signals import Condition, Reason, Signal, Span  # noqa: E402
from chengmai.events.models import OutboxEvent  # noqa: E402
from chengmai.portal.failures import as_error  # noqa: E402
from chengmai.sensing import runtime  # noqa: E402
from chengmai.sensing.door import ObservationsDoor  # noqa: E402
from chengmai.sensing.models import Datastream, Gateway  # noqa: E402
from chengmai.sensing.runtime import Sensing  # noqa: E402
from chengmai.sensing.store import open_store  # noqa: E402
from chengmai.sensing.tokens import hash_token  # noqa: E402
from chengmai.settings import current  # noqa: E402
from chengmai.warning.evaluation import Evaluator, lag  # noqa: E402
from chengmai.warning.models import Alarm, AlarmEvent, EvaluationCursor, Rule  # noqa: E402
from chengmai.warning.rule_facts import Read, RuleFacts  # noqa: E402

STREAMS = 20
CALM_S = 4.0
"""Nothing new stored and nothing left to evaluate for so long: what the broker gives again comes after a second."""
ALARMING = 1000.0
"""Readings from here on raise an alarm each."""
Tell = Callable[[str], None]
"""How the station speaks to who started it."""


class EveryRow:
    """A detector that adds up all rows it sees, and raises an alarm for each alarming one."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        signals = []
        memory["rows"] = memory.get("rows", 0) + len(rows)
        times = rows.time.astype("int64")
        for stream, time, value, revision in zip(
            rows.stream.tolist(), times.tolist(), rows.value.tolist(), rows.revision.tolist(), strict=True
        ):
            memory["sum"] = (memory.get("sum", 0) + fingerprint(stream, time, value, revision)) % 2**62
            if value >= ALARMING:
                moment = datetime.fromtimestamp(time / 1000, UTC)
                signals.append(
                    Signal(
                        subject=f"{stream}@{time}@{revision}",
                        condition=Condition.BEGIN,
                        severity="red",
                        began_at=moment,
                        raised_at=moment,
                        reasons=(Reason("limit_high", {"value": value}),),
                        evidence=(Span(stream, moment, moment),),
                    )
                )
        return signals


def fingerprint(stream: int, time_ms: int, value: float, revision: int) -> int:
    """A number that differs for different rows, to be added up in any order."""
    return hash((stream, time_ms, value, revision)) % 2**62


def prepare() -> None:
    """Make the database: one gateway whose token is in the environment, streams and a rule."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    owner = Organisation.objects.create(code="CO", name_zh="公司", name_en="Company", kind="utility")
    gateway = Gateway.objects.create(code="G", name="G", owner=owner, token_hash=hash_token(os.environ["KILLS_TOKEN"]))
    Datastream.objects.bulk_create(
        Datastream(code=f"S{number}", name="S", gateway=gateway, owner=owner, quantity="pressure_head")
        for number in range(STREAMS)
    )
    Rule.objects.create(code="every-row", kind="limit", owner=owner)


def run(tell: Tell) -> None:
    """Serve until SIGTERM, or until a part fails; says ``ready`` and the number of its broker."""
    settings = current()
    sensing, evaluator = Sensing(settings), Evaluator(detector_for=lambda kind: EveryRow())
    foreign = ForeignBroker(settings)
    try:
        sensing.start()
        evaluator.start()
        foreign.start()
        asyncio.run(_serve(sensing, tell))
    finally:
        foreign.stop()
        evaluator.stop()
        sensing.stop()


async def _serve(sensing: Sensing, tell: Tell) -> None:
    settings = current()
    config = uvicorn.Config(
        ObservationsDoor(settings, as_error),
        port=settings.port,
        log_config=None,
        lifespan="off",
        ws="none",
        access_log=False,
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign]
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: setattr(server, "should_exit", True))
    task = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, asked.set)
    telling = asyncio.ensure_future(_tell_calm(asked, tell))
    tell(f"ready {sensing.broker_pid}")
    while not task.done():
        await asyncio.sleep(0.1)
        if sensing.failure is not None:
            os._exit(3)
    telling.cancel()
    await task


async def _tell_calm(asked: asyncio.Event, tell: Tell) -> None:
    """Once asked by SIGUSR1: say ``calm`` when for CALM_S nothing was stored and nothing was left to evaluate."""
    await asked.wait()
    calm, seen = 0.0, -1
    while calm < CALM_S:
        await asyncio.sleep(0.2)
        batch = runtime.current().store.batch
        behind = max((await asyncio.to_thread(lag)).values())
        calm, seen = (calm + 0.2 if batch == seen and behind == 0 else 0.0), batch
    tell("calm")


def report(path: Path) -> None:
    """Write what is stored, evaluated, alarmed and refused as JSON."""
    try:
        store = open_store(current())
    except Unavailable as error:
        sys.exit(str(error))
    rows = store._select("ORDER BY stream, time, revision")
    codes = dict(Datastream.objects.values_list("pk", "code"))
    cursor = EvaluationCursor.objects.filter(name="every-row").first()
    memory = msgspec.msgpack.decode(bytes(cursor.memory)) if cursor and cursor.memory else {}
    columns = zip(
        rows.stream.tolist(),
        rows.time.astype("int64").tolist(),
        rows.value.tolist(),
        rows.revision.tolist(),
        strict=True,
    )
    told = list(columns)
    document = {
        "rows": [(codes[stream], time, value, revision) for stream, time, value, revision in told],
        "sum": sum(fingerprint(*row) for row in told) % 2**62,
        "batch": store.batch,
        "evaluated": {
            "batch": cursor.batch if cursor else 0,
            "rows": memory.get("rows", 0),
            "sum": memory.get("sum", 0),
        },
        "alarming": [f"{stream}@{time}@{revision}" for stream, time, value, revision in told if value >= ALARMING],
        "alarms": list(Alarm.objects.values_list("subject", flat=True)),
        "raised_steps": AlarmEvent.objects.filter(action="raise").count(),
        "raised_events": OutboxEvent.objects.filter(name="alarm.raised").count(),
        "other_steps": AlarmEvent.objects.exclude(action="raise").count(),
        "refused": [row["payload"] for row in store.quarantined(limit=100_000)],
    }
    path.write_bytes(msgspec.json.encode(document))
    store.close()


def main(arguments: Sequence[str], tell: Tell) -> None:
    """Do what the arguments say."""
    match arguments:
        case ["prepare"]:
            prepare()
        case ["run"]:
            run(tell)
        case ["report", path]:
            report(Path(path))
        case _:
            raise ValueError(arguments)
