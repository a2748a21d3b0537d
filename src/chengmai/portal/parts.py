"""What the platform consists of, in the order in which it starts."""

from chengmai.core import heavy
from chengmai.portal.server import Asgi, Part
from chengmai.settings import Settings


class Pool:
    """The processes for heavy work."""

    workers = 1

    def __init__(self) -> None:
        self.pids: list[int] = []

    def start(self) -> None:
        """Start them."""
        self.pids = heavy.open_pool(self.workers)

    def stop(self) -> None:
        """End them."""
        heavy.close_pool()


def compose(settings: Settings) -> list[tuple[str, Part]]:
    """The parts by name; each stands on those before it."""
    return [("pool", Pool())]


def live_feed() -> Asgi | None:
    """What answers WebSockets, once the parts have started."""
    return None
