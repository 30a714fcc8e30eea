"""What the source was asked for, until its answer is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from disco.dfs.gluster.catalog import CatalogDirectory

from .updates import Waiting

__all__ = ["Request", "Requests"]

T = TypeVar("T")


@dataclass(eq=False)
class Request:
    """What the source was asked for. ``indexes``: of the files asked for, None for a listing. ``awaited``: nothing is
    complete before its answer is there, although no file and no listing waits for it. ``sizes``: nothing but these.
    """

    directory: CatalogDirectory
    indexes: Sequence[int] | None
    awaited: bool = False
    sizes: bool = False
    since: float = field(default_factory=time.monotonic)


class Requests:
    """Those whose answers are not there yet. On the loader's thread only; ``tell``: gives a call to that thread."""

    def __init__(self, tell: Callable[[Callable[[], None]], None]) -> None:
        self._tell = tell
        self._under_way: dict[Request, None] = {}  # in the order in which they were begun

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def listings(self) -> int:
        """How many are listings."""
        return sum(request.indexes is None for request in self._under_way)

    @property
    def awaited(self) -> bool:
        """Whether there is one before whose answer nothing is complete."""
        return any(request.awaited for request in self._under_way)

    @property
    def only_sizes(self) -> bool:
        """Whether nothing is asked for but sizes."""
        return all(request.sizes for request in self._under_way)

    def waiting(self) -> tuple[Waiting, ...]:
        """The directories that they are about, those that have waited longest first."""
        return tuple(
            Waiting(request.directory.path, request.since, request.indexes is None) for request in self._under_way
        )

    def begin(self, request: Request, future: Future[T], take: Callable[[Request, Future[T]], None]) -> None:
        """``take``: called on the loader's thread when the answer is there."""
        self._under_way[request] = None

        def end() -> None:
            del self._under_way[request]
            take(request, future)

        future.add_done_callback(lambda _: self._tell(end))
