"""The names of a dataset's files in memory that other processes can share: nothing is copied for whoever searches it.

The names of one directory stand together, a NUL between two, and one before those of the next. What was added never
changes.
"""

from __future__ import annotations

import mmap
import os
from collections import deque
from typing import NamedTuple

__all__ = ["NameStore", "SharedNames", "Span"]

_SMALLEST = 1 << 20
_AT_ONCE = 256  # spans that are given back together: memory can be given back in whole pages only


class Span(NamedTuple):
    """Where the names of a directory stand, in bytes."""

    start: int
    length: int


class NameStore:
    """Names, added by one thread; others may read what was added at any time.

    ``file``: the memory as an open file, for other processes.
    """

    def __init__(self) -> None:
        self.file = os.fdopen(os.memfd_create("names"), "r+b", buffering=0)
        self.file.truncate(_SMALLEST)
        self._memory = mmap.mmap(self.file.fileno(), _SMALLEST)
        self._end = 0
        self._freed: deque[Span] = deque()

    def add(self, names: bytes) -> Span:
        """Adds the names of a directory."""
        if len(self._freed) >= _AT_ONCE:
            self._give_back(sorted([self._freed.popleft() for _ in range(len(self._freed))]))
        span = Span(self._end, len(names))
        end = self._end + len(names) + 1  # all is NUL that nobody has written: so one follows
        if end > len(self._memory):
            self._memory.resize(max(2 * len(self._memory), end))  # pages that nobody has written take no memory
        self._memory[span.start : end - 1] = names
        self._end = end
        return span

    def read(self, span: Span) -> bytes:
        """The names of a directory."""
        return self._memory[span.start : span.start + span.length]

    def free(self, span: Span) -> None:
        """Gives back the memory of names that nobody reads any more, soon; from any thread. Its place stays empty."""
        if span.length and self._end:
            self._freed.append(span)

    def let_go(self) -> None:
        """Gives back all memory: nobody will read anything any more."""
        self._end = 0
        self._memory = mmap.mmap(-1, _SMALLEST)
        self.file.close()
        self._freed.clear()

    def _give_back(self, spans: list[Span]) -> None:
        start = end = 0
        for span in (*spans, Span(self._end + 2, 0)):
            if span.start > end + 1:
                first, last = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE, end // mmap.PAGESIZE * mmap.PAGESIZE
                if first < last:
                    self._memory.madvise(mmap.MADV_REMOVE, first, last - first)
                start = span.start
            end = span.start + span.length


class SharedNames:
    """What a ``NameStore`` of another process holds by now, by the descriptor of its file."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, 0, prot=mmap.PROT_READ)

    def read(self, span: Span) -> bytes:
        """The names of a directory."""
        return self._memory[span.start : span.start + span.length]
