"""Heavy work in processes of their own, so that it takes no time from web requests and the ingest."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import ParamSpec, TypeVar

from chengmai.core.children import die_with_parent

P = ParamSpec("P")
T = TypeVar("T")

_pool: ProcessPoolExecutor | None = None


def open_pool(workers: int) -> list[int]:
    """Start the processes (spawned, never forked: threads and the telemetry engine do not survive a fork).

    Call it from the main thread; returns the processes' ids.
    """
    global _pool
    _pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(os.getpid(),),
    )
    _pool.submit(os.getpid).result()
    return sorted(_pool._processes or ())


def _begin(parent: int) -> None:
    """A worker's beginning: Ctrl-C at a terminal reaches it too, but it is its parent that ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent)


def close_pool() -> None:
    """Drop what is waiting and end the processes."""
    global _pool
    if _pool is not None:
        _pool.shutdown(wait=True, cancel_futures=True)
        _pool = None


def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Run a function of a module in the pool; here and at once where there is no pool (commands, tests)."""
    if _pool is not None:
        return _pool.submit(work, *args, **kwargs)
    done: Future[T] = Future()
    done.set_result(work(*args, **kwargs))
    return done
