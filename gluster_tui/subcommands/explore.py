"""``gluster-tui [PATH]``: the explorer on a terminal, the same facts as plain tables elsewhere."""

from __future__ import annotations

import os
import sys
from concurrent.futures import Future

from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.export import discard_unfinished
from disco.dfs.gluster.mounts import gluster_mounts
from disco.dfs.gluster.workers import DaemonExecutor

from ..display import shown
from ..exits import BAD_INPUT, DONE, FAILED, Exit
from ..session import MapChoice, Session, open_path
from .opening import opened
from .tables import print_dataset, print_mounts

__all__ = ["explore"]

# Seconds after which a thread that works lets the screen's go on: by default 5 ms, of which a key meets several.
_SWITCH_EVERY = 0.001


def explore(path: str | None, choice: MapChoice) -> int:
    """Runs the command; returns its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        try:
            if path is None:
                mounts = gluster_mounts()
                if len(mounts) != 1:
                    print_mounts(mounts)
                    return DONE
                path = mounts[0].mount_point.decode("utf-8", "surrogateescape")
            session = opened(path, choice, map_needed=False)
            failed = print_dataset(session)
        except GlusterError as error:
            raise Exit(BAD_INPUT, shown(str(error))) from error
        session.close()
        return FAILED if failed else DONE
    opener = None if path is None else _OpenedAhead(path, choice)
    from ..app import GlusterTui
    from ..hangup import leave_on_hangup

    app = GlusterTui(opener, path or "", choice)
    leave_on_hangup()
    sys.setswitchinterval(_SWITCH_EVERY)
    app.run()
    discard_unfinished()
    return app.return_code or DONE


class _OpenedAhead:
    """Opens a path; the first time while the screen's library is still being loaded, which takes about as long."""

    def __init__(self, path: str, choice: MapChoice) -> None:
        self._path, self._choice = path, choice
        self._first: Future[Session] | None = DaemonExecutor(1, "opening").submit(open_path, path, choice)

    def __call__(self) -> Session:
        first, self._first = self._first, None
        return first.result() if first is not None else open_path(self._path, self._choice)
