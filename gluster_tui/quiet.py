"""Looks for garbage when nothing happens, so that no key has to wait for it."""

from __future__ import annotations

import asyncio
import gc
from contextvars import Context

__all__ = ["QuietCollector", "give_back"]

_SOON, _LATER = 0.02, 1.0  # seconds of quiet
_OLDER_EVERY, _ALL_EVERY = 3, 3  # times that it looks at the newest; at the older
_MANY = 100_000  # files


def give_back() -> None:
    """Looks for garbage among all there is, even what was not to be looked at any more: a dataset was closed."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class QuietCollector:
    """What is painted leaves objects that refer to each other, 1,500 at each key (measured), and the collector would
    come in the middle of a key, for up to 100 ms. In a short quiet it looks at the newest, and sometimes at what they
    have left; in a longer one, when that was done often, at all: with 10,000,000 files this takes 10 to 40 ms.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._to_come: list[asyncio.TimerHandle] = []
        self._frozen_files = 0

    def catalog_grew(self, files: int) -> None:
        """The catalog holds so many files by now: what they take is never looked at again. From any thread."""
        if files > self._frozen_files + _MANY:
            # Nothing else goes on while it is looked at (measured: 80 ms with 1,000,000 files), and it stays as long as
            # its screen. Not at each update: what is painted leaves cycles, which would stay too.
            gc.freeze()
            self._frozen_files = files

    def stir(self) -> None:
        """Something was done: the quiet begins now."""
        self.close()
        nothing = Context()  # else a screen that was closed would be held until then, though it is cancelled
        self._to_come = [
            self._loop.call_later(_SOON, self._look, context=nothing),
            self._loop.call_later(_LATER, self._look_at_all, context=nothing),
        ]

    def close(self) -> None:
        """Looks no more."""
        for handle in self._to_come:
            handle.cancel()

    def _look(self) -> None:
        _, looked_at_newest, _ = gc.get_count()
        gc.collect(1 if looked_at_newest >= _OLDER_EVERY else 0)

    def _look_at_all(self) -> None:
        _, _, looked_at_older = gc.get_count()
        if looked_at_older >= _ALL_EVERY:
            gc.collect()
