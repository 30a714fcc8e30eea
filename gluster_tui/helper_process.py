"""Work that may never end, in a process of its own: all that touches a mount, and a user's expressions.

A thread that waits in a FUSE request cannot be killed before the mount's client answers, and a process ends only when
all its threads have: with a brick that hangs, a program that reads the mount itself is not left within a minute, even
though its threads are daemons (measured: GlusterFS 10.3, a stopped brick, ``os._exit`` returned when the brick did).
Nor can a thread that matches an expression be stopped. So both live in a helper process, which is killed and not waited
for.

Both ways on the helper's pipes: 8 bytes of length, then a pickle. To it (number, function, arguments); from it (number,
whether it went well, result or error).
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from importlib import import_module
from typing import IO, Any, NamedTuple, ParamSpec, TypeVar

from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.workers import DaemonExecutor

__all__ = ["MATCHING", "READING", "HelperEndedError", "HelperProcess", "HelperWork"]


class HelperWork(NamedTuple):
    """What a helper is for. ``modules``: those of its units, so that nothing is left to import when one comes in: the
    helper may have fewer rights by then. ``hint``: what helps when it has ended.
    """

    words: str
    modules: tuple[str, ...]
    hint: str


READING = HelperWork(
    "reads the mount",
    ("disco.dfs.gluster.inputfs", "disco.dfs.gluster.recording", "disco.dfs.gluster.map_saving"),
    "press R, or start again",
)
MATCHING = HelperWork("runs the expression", ("disco.dfs.gluster.matching",), "type it again")

P = ParamSpec("P")
T = TypeVar("T")
_LENGTH = struct.Struct("!Q")


class HelperEndedError(GlusterError):
    """A helper process has ended, and what it was asked for is lost."""

    def __init__(self, work: HelperWork) -> None:
        self.work = work
        super().__init__(f"the process that {work.words} has ended: {work.hint}")


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """The next value; EOFError where the other side has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (size,) = _LENGTH.unpack(head)
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)


class HelperProcess(Executor):
    """A ``concurrent.futures.Executor`` whose threads live in a helper process.

    ``descriptors``: of files that it shares.
    """

    def __init__(self, work: HelperWork = READING, descriptors: Sequence[int] = ()) -> None:
        self._work = work
        self._process = subprocess.Popen(
            # -P: a queue.py where the user stands is not ours to run
            [sys.executable, "-P", "-m", __name__, *work.modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=descriptors,
            start_new_session=True,  # Ctrl-C and a lost terminal are for the program to handle
        )
        self._lock = threading.Lock()
        # Not the same: who writes may have to wait until results are taken, and they are taken under the other.
        self._sending = threading.Lock()
        self._futures: dict[int, Future[Any]] = {}
        self._number = 0
        self._ended = False
        threading.Thread(target=self._take_results, name="helper-results", daemon=True).start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs ``fn`` on one of the helper's threads. It and its arguments and result must be picklable."""
        if kwargs:
            raise TypeError("units of work take positional arguments")
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            if self._ended:
                future.set_exception(HelperEndedError(self._work))
                return future
            self._number += 1
            number = self._number
            self._futures[number] = future
        assert self._process.stdin is not None
        with self._sending, contextlib.suppress(OSError):  # a helper that ended: the reader of its results says so
            _send(self._process.stdin, (number, fn, args))
        return future

    def _take_results(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(EOFError, OSError, ValueError):
            while True:
                number, well, result = _receive(self._process.stdout)
                with self._lock:
                    future = self._futures.pop(number)
                if well:
                    future.set_result(result)
                else:
                    future.set_exception(result)
        with self._lock:
            self._ended = True
            lost, self._futures = list(self._futures.values()), {}
        for future in lost:
            future.set_exception(HelperEndedError(self._work))
        self._process.wait()  # its pipe closes when its last thread has ended: this is at once

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """Kills the helper. It is not waited for, whatever ``wait`` says: it may hang in the mount."""
        self._process.kill()


def _work() -> None:
    """The helper: runs what comes in on its threads until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, results = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not reach the results
    for module in sys.argv[1:]:
        import_module(module)
    executor, lock = DaemonExecutor(), threading.Lock()

    def answer(future: Future[Any], number: int) -> None:
        error = future.exception()
        value = (number, True, future.result()) if error is None else (number, False, error)
        with lock, contextlib.suppress(OSError):
            _send(results, value)

    with contextlib.suppress(EOFError, OSError):
        while True:
            number, fn, args = _receive(requests)
            executor.submit(fn, *args).add_done_callback(partial(answer, number=number))
    os._exit(0)


if __name__ == "__main__":
    _work()
