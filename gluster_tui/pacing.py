"""Threads that have much to do let the screen go first."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress

__all__ = ["ScreenFirst"]

_EVERY = 0.004  # seconds of work
_AT_MOST = 0.06  # seconds that the screen's loop has to itself


class ScreenFirst:
    """Called time and again by a thread with much to do: waits until the screen's loop has come round.

    Two threads that both compute hold each other up, and the screen is what a user sees: at each paint it would stand
    still two or three times as long. A loop that has nothing to do comes round at once.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._due:
            return
        came_round = threading.Event()
        with suppress(RuntimeError):  # the program ends, and its loop is closed
            self._loop.call_soon_threadsafe(came_round.set)
            came_round.wait(_AT_MOST)
        self._due = time.monotonic() + _EVERY
