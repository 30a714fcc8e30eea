"""Threads that may be left behind.

A call on a mount can hang for as long as a brick does. ``ThreadPoolExecutor`` joins its threads when the interpreter
ends, so one call that hangs would keep the whole program; these threads are daemons, and nobody waits for them.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

__all__ = ["DaemonExecutor", "completed"]

P = ParamSpec("P")
T = TypeVar("T")
_Task = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def completed(value: T) -> Future[T]:
    """A future that has its result already."""
    future: Future[T] = Future()
    future.set_result(value)
    return future


class DaemonExecutor(Executor):
    """A ``concurrent.futures.Executor`` over daemon threads, started as work comes in."""

    def __init__(self, threads: int = 16, name: str = "inputfs") -> None:
        self._threads, self._name = threads, name
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0
        self._unfinished = 0
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs ``fn`` on one of the threads."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot submit to an executor that was shut down")
            self._unfinished += 1
            if self._started < min(self._threads, self._unfinished):
                self._started += 1
                threading.Thread(target=self._run, name=f"{self._name}-{self._started}", daemon=True).start()
            self._tasks.put((future, fn, args, kwargs))  # within the lock: before the end that shutdown() puts
        return future

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, fn, args, kwargs = task
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                    future.set_exception(error)
            with self._lock:
                self._unfinished -= 1
            del task, future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """Takes no more work. ``wait`` is not honoured: a thread may hang in the mount."""
        with self._lock:
            self._closed = True
            started = self._started
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while True:
                    task = self._tasks.get_nowait()  # never get(): a thread may have taken the last
                    if task is not None:
                        task[0].cancel()
        for _ in range(started):
            self._tasks.put(None)
