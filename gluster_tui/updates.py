"""What the loader tells the screen."""

from __future__ import annotations

from dataclasses import dataclass

from disco.dfs.gluster.catalog import Progress
from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.picture import SelectionPicture

__all__ = ["Update", "Waiting"]


@dataclass(frozen=True)
class Waiting:
    """A call on the mount that has not come back. ``since``: as ``time.monotonic()``. ``listing``: of a directory,
    which may be large.
    """

    path: bytes
    since: float
    listing: bool = True


@dataclass(frozen=True)
class Update:
    """What the screen shows, at one moment. ``ticket``: that of the ``select`` whose picture it holds.

    ``filtering``: the picture does not show all yet that is in memory; ``filtered``: how much of it was filtered,
    from 0 to 1; ``filter_fault``: why an expression was given up. ``asking_hosts``: hosts of a group are still
    being asked for, or whether listings lack a part. ``unlisted``: directories of its scope that were known and
    not listed when it was made; the catalog, which goes on, cannot tell. ``stopped``: the walk was stopped before
    its end. ``stale``: the client graph has changed since.
    """

    ticket: int
    picture: SelectionPicture
    unlisted: int
    progress: Progress
    waiting: tuple[Waiting, ...]
    filtering: bool
    stopped: bool
    error: GlusterError | None = None
    asking_hosts: bool = False
    filter_fault: str | None = None
    filtered: float = 1.0
    stale: bool = False

    @property
    def complete(self) -> bool:
        """Whether the picture holds all there is below its scope, where each file of it lies, and how large it is."""
        return self.placed and not self.picture.totals.unsized

    @property
    def placed(self) -> bool:
        """Whether it holds all there is below its scope, and where each file of it lies."""
        return not (
            self.filtering or self.filter_fault or self.unlisted or self.picture.totals.pending or self.asking_hosts
        )

    @property
    def settled(self) -> bool:
        """Whether nothing but sizes will come by itself: all is placed, or it was stopped and what was found is."""
        ended = self.stopped or bool(self.filter_fault and not self.unlisted)
        return self.placed or (ended and not self.filtering and not self.picture.totals.pending)
