"""What happens by the clock alone: what was set aside comes back, works start and end, silence is noticed, and more."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection

from chengmai.core.clock import now
from chengmai.core.errors import Conflict, Unavailable
from chengmai.warning import planned_works, setting_aside
from chengmai.warning.silence_watch import SilenceWatch

log = logging.getLogger(__name__)


class Timers:
    """A thread that looks at the clock every ``interval_s`` seconds; a busy database delays it to the next look."""

    def __init__(self, interval_s: float = 5.0, more: Sequence[Callable[[datetime], int]] = ()) -> None:
        """``more`` is what packages above hand in; each is called with the present moment."""
        self._interval_s = interval_s
        self.works: tuple[Callable[[datetime], int], ...] = (
            setting_aside.end_due,
            planned_works.advance_due,
            SilenceWatch().look,
            *more,
        )
        """What is due is done by each, as of a moment; each may be called again for the same moment."""
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
                for work in self.works:
                    self._do(work)
        except Exception as error:  # noqa: BLE001 - told to whoever watches; a thread has nobody above it
            self.failure = error
        finally:
            connection.close()

    def _do(self, work: Callable[[datetime], int]) -> None:
        try:
            work(now())
        except (DatabaseError, InterfaceError, Unavailable, Conflict):
            log.exception("what is due could not be done; trying again in %s s", self._interval_s)
