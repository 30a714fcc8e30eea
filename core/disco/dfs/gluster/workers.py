"""Threads that may be left behind.

A call on a mount can hang for as long as a brick does. ``ThreadPoolExecutor`` joins its threads when the interpreter
ends, so one call that hangs would keep the whole program; these threads are daemons, and nobody waits for them.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, InvalidStateError
from typing import Any, ParamSpec, TypeVar

from .errors import GlusterError

__all__ = ["DaemonExecutor", "ImmediateExecutor", "SureExecutor", "completed", "then"]

P = ParamSpec("P")
T = TypeVar("T")
_Task = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def completed(value: T) -> Future[T]:
    """A future that has its result already."""
    future: Future[T] = Future()
    future.set_result(value)
    return future


def then(future: Future[T], outer: Future[Any], take: Callable[[T], None]) -> None:
    """Calls ``take`` with the result when it is there; an error, and one of ``take``'s own, goes to ``outer``."""

    def done(future: Future[T]) -> None:
        if outer.cancelled():
            return
        with contextlib.suppress(InvalidStateError):  # outer was cancelled meanwhile
            try:
                take(future.result())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for outer
                outer.set_exception(error)

    future.add_done_callback(done)
    outer.add_done_callback(lambda outer: future.cancel() and None if outer.cancelled() else None)


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


class ImmediateExecutor(Executor):
    """Does the work where it is asked for."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs ``fn`` before it returns."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asks for the result
            future.set_exception(error)
        return future


class SureExecutor(Executor):
    """A caller's executor, with threads of our own for the units that it loses: a unit of work itself never raises
    but a ``GlusterError``, so any other error is a worker's that was killed, or a pool's that broke. ``lost``: whether
    a result is none, since the worker could not see what it was to work on.

    The caller's executor is not shut down with this one.
    """

    def __init__(self, executor: Executor, lost: Callable[[object], bool] = lambda result: False) -> None:
        self._executor, self._is_lost = executor, lost
        self._own = DaemonExecutor()
        self.lost = 0  # units that the caller's executor did not bring back

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs ``fn`` on the caller's executor; where that loses it, on a thread here."""
        outer: Future[T] = Future()
        try:
            future = self._executor.submit(fn, *args, **kwargs)
        except BrokenExecutor:
            self.lost += 1
            return self._own.submit(fn, *args, **kwargs)

        def done(future: Future[T]) -> None:
            if outer.cancelled():
                return
            error = CancelledError() if future.cancelled() else future.exception()
            if isinstance(error, GlusterError | TypeError) or (error is None and not self._is_lost(future.result())):
                _settle(outer, future)
            else:
                self.lost += 1
                self._own.submit(fn, *args, **kwargs).add_done_callback(lambda again: _settle(outer, again))

        future.add_done_callback(done)
        outer.add_done_callback(lambda outer: future.cancel() if outer.cancelled() else None)
        return outer

    def submit_here(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs ``fn`` on a thread of this process."""
        return self._own.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """Takes no more work of its own."""
        self._own.shutdown(wait, cancel_futures=cancel_futures)


def _settle(outer: Future[T], future: Future[T]) -> None:
    """Hands on what came of a future, unless nobody waits for it any more."""
    if future.cancelled():
        outer.cancel()
        return
    with contextlib.suppress(InvalidStateError):
        error = future.exception()
        if error is None:
            outer.set_result(future.result())
        else:
            outer.set_exception(error)
