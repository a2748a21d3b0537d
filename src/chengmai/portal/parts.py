"""What the platform consists of, in the order in which it starts."""

from chengmai.casework.clocks import escalation
from chengmai.connectors.mqtt.foreign_broker import ForeignBroker
from chengmai.core import heavy
from chengmai.custody import tickets
from chengmai.disposal import timers
from chengmai.events.delivery import OutboxWorker
from chengmai.portal.bodies import Asgi
from chengmai.portal.server import Part
from chengmai.reactions import REACTIONS
from chengmai.sensing import runtime
from chengmai.sensing.live_socket import LiveSocket
from chengmai.sensing.runtime import Sensing
from chengmai.settings import Settings, current
from chengmai.simulator.process import Simulator
from chengmai.warning.evaluation import Evaluator
from chengmai.warning.timers import Timers


class Pool:
    """The processes for heavy work."""

    workers = 2

    def start(self) -> None:
        """Start them."""
        heavy.open_pool(self.workers)

    def stop(self) -> None:
        """End them."""
        heavy.close_pool()


def compose(settings: Settings) -> list[tuple[str, Part]]:
    """The parts by name; each stands on those before it."""
    return [
        ("pool", Pool()),
        ("sensing", Sensing(settings, {tickets.TOPIC: tickets.take_in})),
        ("outbox", OutboxWorker(REACTIONS)),
        ("evaluation", Evaluator()),
        ("timers", Timers(more=(timers.escalate_due, escalation.escalate_due))),
        ("foreign_mqtt", ForeignBroker(settings)),
        ("simulator", Simulator(settings)),
    ]


def live_feed() -> Asgi | None:
    """What answers WebSockets, once the parts have started."""
    return LiveSocket(runtime.current().hub, current())
