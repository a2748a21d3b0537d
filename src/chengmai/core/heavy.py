"""Heavy work in processes of their own, so that it takes no time from web requests and the ingest."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from chengmai.core.children import die_with_parent

P = ParamSpec("P")
T = TypeVar("T")

_workers = 0
_pool: ProcessPoolExecutor | None = None
_keeper: ThreadPoolExecutor | None = None
"""The one thread that speaks to the pool: processes die with the thread that started them, so it lives as long."""


def open_pool(workers: int) -> None:
    """Begin to use processes (spawned, never forked: threads and the telemetry engine do not survive a fork)."""
    global _workers, _keeper
    _workers, _keeper = workers, ThreadPoolExecutor(1, "heavy-keeper")
    _keeper.submit(_renew).result()


def _renew() -> ProcessPoolExecutor:
    """A new pool with its first process; the others start when there is work for them."""
    global _pool
    _pool = ProcessPoolExecutor(
        _workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(os.getpid(),)
    )
    _pool.submit(os.getpid).result()
    return _pool


def _begin(parent: int) -> None:
    """A worker's beginning: Ctrl-C at a terminal reaches it too, but it is its parent that ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent)


def close_pool() -> None:
    """Drop what is waiting and end the processes."""
    global _pool, _keeper
    if _keeper is not None:
        _keeper.shutdown()
    if _pool is not None:
        _pool.shutdown(wait=True, cancel_futures=True)
    _pool = _keeper = None


def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Run a function of a module in the pool; here and at once where there is no pool (commands, tests).

    What a process was doing when it was killed ends in BrokenExecutor; what comes after finds new processes.
    """
    if _keeper is not None:
        return _keeper.submit(_hand_over, partial(work, *args, **kwargs)).result()
    done: Future[T] = Future()
    done.set_result(work(*args, **kwargs))
    return done


def _hand_over(work: Callable[[], T]) -> Future[T]:
    pool = _pool or _renew()
    try:
        return pool.submit(work)
    except BrokenExecutor:
        return _renew().submit(work)
