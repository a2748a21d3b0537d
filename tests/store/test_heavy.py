"""Heavy work: in other processes, ended with them, and going on after one of them was killed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor

import pytest

from chengmai.core import heavy
from tests.platform_process import gone

pytestmark = pytest.mark.kills


@pytest.fixture
def _pool() -> Iterator[None]:
    heavy.open_pool(2)
    yield
    heavy.close_pool()


def test_without_a_pool_work_is_done_here_and_at_once() -> None:
    assert heavy.run(os.getpid).result() == os.getpid()


@pytest.mark.usefixtures("_pool")
def test_work_is_done_elsewhere_and_its_error_comes_back() -> None:
    assert heavy.run(os.getpid).result() != os.getpid()
    with pytest.raises(ZeroDivisionError):
        heavy.run(divmod, 1, 0).result()


@pytest.mark.usefixtures("_pool")
def test_a_killed_worker_ends_its_work_but_not_the_work_that_comes_after() -> None:
    worker = heavy.run(os.getpid).result()
    lost = [heavy.run(time.sleep, 60) for _ in range(2)]
    os.kill(worker, signal.SIGKILL)
    for work in lost:
        with pytest.raises(BrokenExecutor):
            work.result(30)
    assert heavy.run(os.getpid).result() != worker


def test_no_process_outlives_the_pool_nor_depends_on_the_thread_that_asked_first() -> None:
    heavy.open_pool(2)
    found: list[int] = []
    asker = threading.Thread(target=lambda: found.append(heavy.run(os.getpid).result()))
    asker.start()
    asker.join()
    assert heavy.run(os.getpid).result() == found[0]
    heavy.close_pool()
    assert gone(found)
