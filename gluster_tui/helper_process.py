"""Work that may never end, in a process of its own: all that touches a mount, and a user's expressions.

A thread that waits in a FUSE request cannot be killed before the mount's client answers, and a process ends only when
all its threads have: with a brick that hangs, a program that reads the mount itself is not left within a minute, even
though its threads are daemons (measured: GlusterFS 10.3, a stopped brick, ``os._exit`` returned when the brick did).
Nor can a thread that matches an expression be stopped. So both live in a helper process, which is killed and not waited
for.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from disco.dfs.gluster.errors import GlusterError

from .helper import READING, HelperWork, packed, receive

__all__ = ["HelperEndedError", "HelperProcess"]

P = ParamSpec("P")
T = TypeVar("T")


class HelperEndedError(GlusterError):
    """A helper process has ended, and what it was asked for is lost."""

    def __init__(self, work: HelperWork) -> None:
        self.work = work
        super().__init__(f"the process that {work.words} has ended: {work.hint}")


class HelperProcess(Executor):
    """A ``concurrent.futures.Executor`` whose threads live in a helper process.

    ``process``: one that was started for this work.
    """

    def __init__(self, process: subprocess.Popen[bytes], work: HelperWork = READING) -> None:
        self._process, self._work = process, work
        self._lock = threading.Lock()
        assert process.stdin is not None
        self._pipe = process.stdin.fileno()
        os.set_blocking(self._pipe, False)
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._waiting = 0  # requests
        self._futures: dict[int, Future[Any]] = {}
        self._number = 0
        self._ended = False
        threading.Thread(target=self._send_waiting, name="helper-requests", daemon=True).start()
        threading.Thread(target=self._take_results, name="helper-results", daemon=True).start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs ``fn`` on one of the helper's threads. It and its arguments and result must be picklable.

        It is not waited until the helper has read it: while it matches an expression, it reads nothing.
        """
        if kwargs:
            raise TypeError("units of work take positional arguments")
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            if self._ended:
                future.set_exception(HelperEndedError(self._work))
                return future
            self._number += 1
            self._send(packed((self._number, fn, args)))
            self._futures[self._number] = future
        return future

    @property
    def ended(self) -> bool:
        """Whether it is known that the helper is there no more."""
        return self._ended

    def _send(self, request: bytes) -> None:
        """At once where it can be, which is with most; else by the thread that waits for the helper to read."""
        if not self._sent_at_once(request):
            self._waiting += 1
            self._requests.put(request)

    def _sent_at_once(self, request: bytes) -> bool:
        if self._waiting or len(request) > select.PIPE_BUF:  # so much is written as a whole, or not at all
            return False
        try:
            os.write(self._pipe, request)
        except BlockingIOError:
            return False
        except OSError:  # a helper that ended: the reader of its results says so
            pass
        return True

    def _send_waiting(self) -> None:
        poll = select.poll()
        poll.register(self._pipe, select.POLLOUT)
        with contextlib.suppress(OSError):
            while (request := self._requests.get()) is not None:
                left = memoryview(request)
                while left:
                    poll.poll()
                    with contextlib.suppress(BlockingIOError):
                        left = left[os.write(self._pipe, left) :]
                with self._lock:
                    self._waiting -= 1

    def _take_results(self) -> None:
        assert self._process.stdout is not None
        # Whatever the pipe brings, nobody is to wait for ever: what cannot be read is the helper's end.
        with contextlib.suppress(Exception):
            while True:
                number, well, result = receive(self._process.stdout)
                with self._lock:
                    future = self._futures.pop(number)
                if well:
                    future.set_result(result)
                else:
                    future.set_exception(result)
        with self._lock:
            self._ended = True
            lost, self._futures = list(self._futures.values()), {}
        self._requests.put(None)
        for future in lost:
            future.set_exception(HelperEndedError(self._work))
        self._process.kill()
        self._process.wait()  # its pipe closes when its last thread has ended: this is at once

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """Kills the helper. It is not waited for, whatever ``wait`` says: it may hang in the mount."""
        self._process.kill()
