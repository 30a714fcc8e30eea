"""What the source was asked for, until its answer is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from disco.dfs.gluster.catalog import CatalogDirectory

from .updates import Waiting

__all__ = ["Job", "Jobs"]

T = TypeVar("T")


@dataclass(eq=False)
class Job:
    """What the source was asked for. ``indexes``: of the files asked for, None for a listing. ``awaited``: nothing is
    complete before its answer is there, although no file and no listing waits for it.
    """

    directory: CatalogDirectory
    indexes: Sequence[int] | None
    awaited: bool = False
    since: float = field(default_factory=time.monotonic)


class Jobs:
    """Those whose answers are not there yet. On the loader's thread only; ``tell``: gives a call to that thread."""

    def __init__(self, tell: Callable[[Callable[[], None]], None]) -> None:
        self._tell = tell
        self._under_way: dict[Job, None] = {}  # in the order in which they were begun

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def listings(self) -> int:
        """How many are listings."""
        return sum(job.indexes is None for job in self._under_way)

    @property
    def awaited(self) -> bool:
        """Whether there is one before whose answer nothing is complete."""
        return any(job.awaited for job in self._under_way)

    def waiting(self) -> tuple[Waiting, ...]:
        """The directories that they are about, those that have waited longest first."""
        return tuple(Waiting(job.directory.path, job.since, job.indexes is None) for job in self._under_way)

    def begin(self, job: Job, future: Future[T], take: Callable[[Job, Future[T]], None]) -> None:
        """``take``: called on the loader's thread when the answer is there."""
        self._under_way[job] = None

        def end() -> None:
            del self._under_way[job]
            take(job, future)

        future.add_done_callback(lambda _: self._tell(end))
