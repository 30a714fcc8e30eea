"""Progress on a terminal's standard error, and nowhere else."""

from __future__ import annotations

import sys
import time

__all__ = ["ProgressLine"]

_EVERY = 0.2  # seconds


class ProgressLine:
    """One line that is written over; nothing at all where standard error is not a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._last = 0.0
        self._width = 0

    def show(self, words: str) -> None:
        """Shows how far it is, at most some times a second."""
        now = time.monotonic()
        if self._shown and now - self._last > _EVERY:
            self._last = now
            print(f"\r{words:<{self._width}}", end="", file=sys.stderr, flush=True)
            self._width = len(words)

    def clear(self) -> None:
        """Takes the line away, before other words are written."""
        if self._shown and self._width:
            print("\r" + " " * self._width, end="\r", file=sys.stderr, flush=True)
            self._width = 0
