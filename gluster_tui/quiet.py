"""Looks for garbage when nothing happens, so that no key has to wait for it."""

from __future__ import annotations

import asyncio
import gc

__all__ = ["QuietCollector"]

_SOON, _LATER = 0.02, 1.0  # seconds of quiet


class QuietCollector:
    """What is painted leaves objects that refer to each other: 1,500 at each key (measured), and the collector would
    come in the middle of another key, for 6 to 30 ms. In a short quiet it looks at the newest, in a longer one at all.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._to_come: list[asyncio.TimerHandle] = []

    def stir(self) -> None:
        """Something was done: the quiet begins now."""
        self.close()
        self._to_come = [self._loop.call_later(_SOON, gc.collect, 0), self._loop.call_later(_LATER, gc.collect, 1)]

    def close(self) -> None:
        """Looks no more."""
        for handle in self._to_come:
            handle.cancel()
