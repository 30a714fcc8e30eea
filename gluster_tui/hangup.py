"""Leaving when the terminal goes away: nobody is there any more to press a key.

A terminal that closes sends SIGHUP to the programs that it controls; others only find that their standard input has
hung up. Textual reacts to neither, and its input thread would go on reading the end of the file.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading

from .helper import end_helpers

__all__ = ["leave_on_hangup"]

_PATIENCE = 0.5  # seconds

_CODE = 128 + signal.SIGHUP  # as shells say it


def leave_on_hangup() -> None:
    """From now on, ends the process at once when its terminal goes away, and its helpers."""
    signal.signal(signal.SIGHUP, lambda number, frame: _leave())
    threading.Thread(target=_watch, args=(sys.stdin.fileno(),), name="hangup", daemon=True).start()


def _watch(fd: int) -> None:
    poll = select.poll()
    poll.register(fd, 0)  # a hang-up is told without being asked for
    while True:
        if any(happened & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, happened in poll.poll()):
            _leave()


def _leave() -> None:
    # On a thread: what is written may lie on a mount that hangs.
    discarding = threading.Thread(target=_discard, daemon=True)
    discarding.start()
    discarding.join(_PATIENCE)
    end_helpers()
    os._exit(_CODE)


def _discard() -> None:
    from disco.dfs.gluster.export import discard_unfinished  # it would hold up the first screen

    discard_unfinished()
