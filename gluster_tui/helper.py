"""The helper process: it runs what the program asks for on threads of its own, until it is killed.

Here is what both sides need, and the helper's own side. Nothing heavy is imported, so that it starts before all else.

Both ways on its pipes: 8 bytes of length, then a pickle. To it (number, function, arguments); from it (number,
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
import weakref
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["MATCHING", "READING", "HelperWork", "end_helpers", "packed", "receive", "start_helper"]


class HelperWork(NamedTuple):
    """What a helper is for. ``modules``: those of its units, so that nothing is left to import when one comes in: the
    helper may have fewer rights by then. ``hint``: what helps when it has ended. ``seconds``: of computing after the
    last unit came in, at which the kernel ends it; 0 for no such end.
    """

    words: str
    modules: tuple[str, ...]
    hint: str
    seconds: float = 0


READING = HelperWork(
    "reads the mount",
    ("disco.dfs.gluster.inputfs", "disco.dfs.gluster.recording", "disco.dfs.gluster.map_saving"),
    "press R, or start again",
)
# While an expression is matched no other thread runs: nobody would see that the program was killed.
MATCHING = HelperWork("runs the expression", ("disco.dfs.gluster.matching",), "type it again", seconds=20)

_LENGTH = struct.Struct("!Q")
_started: weakref.WeakSet[subprocess.Popen[bytes]] = weakref.WeakSet()


def start_helper(work: HelperWork, descriptors: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Starts a helper. ``descriptors``: of files that it shares."""
    process = subprocess.Popen(
        # -P: a queue.py where the user stands is not ours to run
        [sys.executable, "-P", "-m", __name__, str(work.seconds), *work.modules],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=descriptors,
        start_new_session=True,  # Ctrl-C and a lost terminal are for the program to handle
    )
    _started.add(process)
    return process


def end_helpers() -> None:
    """Kills all helpers of this program: it ends."""
    for process in list(_started):
        process.kill()


def packed(value: object) -> bytes:
    """A value that can be pickled, as the pipes carry it."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def receive(pipe: IO[bytes]) -> Any:
    """The next value; EOFError where the other side has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (size,) = _LENGTH.unpack(head)
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)


def _work() -> None:
    """The helper: runs what comes in on its threads until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, results = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not reach the results
    from disco.dfs.gluster.workers import DaemonExecutor

    seconds = float(sys.argv[1])
    for module in sys.argv[2:]:
        import_module(module)
    executor, lock = DaemonExecutor(), threading.Lock()

    def answer(future: Future[Any], number: int) -> None:
        error = future.exception()
        value = (number, True, future.result()) if error is None else (number, False, error)
        try:
            data = packed(value)
        except Exception as fault:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            data = packed((number, False, RuntimeError(f"what came of it cannot be carried: {fault!r}")))
        with lock, contextlib.suppress(OSError):
            results.write(data)
            results.flush()

    with contextlib.suppress(EOFError, OSError):
        while True:
            number, fn, args = receive(requests)
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
            executor.submit(fn, *args).add_done_callback(partial(answer, number=number))
    os._exit(0)


if __name__ == "__main__":
    _work()
