"""``gluster-tui [PATH]``: the explorer on a terminal, the same facts as plain tables elsewhere."""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import TYPE_CHECKING

from ..exits import CRASHED, DONE, Exit
from ..helper import READING, end_helpers, start_helper
from ..map_choice import MapChoice

if TYPE_CHECKING:
    from ..session import Session

__all__ = ["PAINTS_A_SECOND", "SWITCH_EVERY", "explore"]

# Seconds after which a thread that works lets the screen's go on: by default 5 ms, of which a key meets several.
SWITCH_EVERY = 0.001
PAINTS_A_SECOND = "120"  # by default 60: what a key has brought would wait for up to 17 ms before it is painted


def explore(path: str | None, choice: MapChoice) -> int:
    """Runs the command; returns its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        from .tables import print_path

        return print_path(path, choice)
    os.environ.setdefault("TEXTUAL_FPS", PAINTS_A_SECOND)
    gc.disable()  # it would look through all that is being loaded, time and again
    opener = None if path is None else _Opener(path, choice)
    from ..app import GlusterTui
    from ..hangup import leave_on_hangup

    app = GlusterTui(opener, path or "", choice)
    leave_on_hangup()
    threading.excepthook = app.thread_failed
    sys.setswitchinterval(SWITCH_EVERY)
    try:
        app.run()
    finally:
        end_helpers()
    from disco.dfs.gluster.export import discard_unfinished

    discard_unfinished()
    if app.crash_words is not None:
        raise Exit(CRASHED, app.crash_words)
    return app.return_code or DONE


class _Opener:
    """Opens a path; the first time in a helper that is started while the screen's library is being loaded."""

    def __init__(self, path: str, choice: MapChoice) -> None:
        self._path, self._choice = path, choice
        self._reader = [start_helper(READING)]

    def __call__(self) -> Session:
        from ..session import open_path

        return open_path(self._path, self._choice, self._reader.pop() if self._reader else None)
