"""How much the screen's loop does in one go, counted in calls of functions: a time would say more of the machine."""

from __future__ import annotations

import asyncio.events
import sys
from types import FrameType, TracebackType
from typing import Any

__all__ = ["StallMeter"]

_ONE_GO = asyncio.events.Handle._run.__code__  # what the loop runs of one callback, before it comes round


class StallMeter:
    """Counts the calls in each callback of the loop on this thread, while it is entered. ``most``: in one callback."""

    def __init__(self) -> None:
        self.most = 0
        self._calls = 0

    def __enter__(self) -> StallMeter:
        sys.setprofile(self._see)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        sys.setprofile(None)

    def _see(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is _ONE_GO:
            self._calls = 0
        elif event in ("call", "c_call"):
            self._calls += 1
            self.most = max(self.most, self._calls)
