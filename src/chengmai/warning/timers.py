"""What happens by the clock alone: shelvings that end, and whatever the packages above hand in."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection

from chengmai.core.clock import now
from chengmai.warning.services import end_due_shelvings

log = logging.getLogger(__name__)


class Timers:
    """A thread that looks at the clock every ``interval_s`` seconds; a busy database delays it to the next look."""

    def __init__(self, interval_s: float = 5.0, more: Sequence[Callable[[datetime], int]] = ()) -> None:
        """``more`` are looked at beside the shelvings, each with the present moment."""
        self._interval_s = interval_s
        self._more = more
        self._stopping = threading.Event()
        self.failure: BaseException | None = None
        """What ended the thread before its time, for whoever watches over the parts."""
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._interval_s):
                try:
                    end_due_shelvings(now())
                    for look in self._more:
                        look(now())
                except (DatabaseError, InterfaceError):
                    log.exception("what is due could not be done; trying again in %s s", self._interval_s)
        except Exception as error:  # noqa: BLE001 - told to whoever watches; a thread has nobody above it
            self.failure = error
        finally:
            connection.close()
