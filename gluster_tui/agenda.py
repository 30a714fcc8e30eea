"""What the loader does next: the rows on the screen, then listings, then what is selected, then the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from disco.dfs.gluster.catalog import Catalog
from disco.dfs.gluster.units import PENDING
from disco.dfs.gluster.walker import BATCH

__all__ = ["Agenda", "Work"]

Work = tuple[bytes, Sequence[int]]  # a directory, and the indexes of files of it


class Agenda:
    """Directories that wait to be listed, and such in which files may wait to be resolved; on the loader's thread only.

    ``looked_at``: files on the screen. ``selected``, ``rest``: directories with files of the selection, and all others.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.to_list: deque[bytes] = deque([catalog.root])
        self.looked_at: list[tuple[bytes, list[int]]] = []
        self.selected: deque[bytes] = deque()
        self.rest: deque[bytes] = deque()
        self._catalog = catalog
        self._in_flight: dict[bytes, set[int]] = {}

    def begun(self, path: bytes, indexes: Sequence[int]) -> None:
        """These files of a directory were asked for."""
        self._in_flight.setdefault(path, set()).update(indexes)

    def done(self, path: bytes, indexes: Sequence[int]) -> None:
        """The answer for these files is there."""
        asked = self._in_flight[path]
        asked.difference_update(indexes)
        if not asked:
            del self._in_flight[path]

    def next_looked_at(self) -> Work | None:
        """The next files on the screen that were not asked for yet."""
        while self.looked_at:
            path, indexes = self.looked_at.pop()
            waiting = self._unresolved(path, indexes)
            if waiting:
                return path, waiting
        return None

    def next_selected(self, kept: Callable[[bytes], Sequence[int]]) -> Work | None:
        """The next files of the selection that were not asked for yet. ``kept``: those of a directory."""
        return self._next_of(self.selected, kept)

    def next_of_rest(self) -> Work | None:
        """The next files at all that were not asked for yet."""
        return self._next_of(self.rest, lambda path: range(len(self._catalog.directories[path].places)))

    def _next_of(self, paths: deque[bytes], wanted: Callable[[bytes], Sequence[int]]) -> Work | None:
        """The next files in these directories; directories without such are dropped."""
        while paths:
            indexes = self._unresolved(paths[0], wanted(paths[0]))
            if indexes:
                return paths[0], indexes
            paths.popleft()
        return None

    def _unresolved(self, path: bytes, indexes: Sequence[int]) -> Sequence[int]:
        """The first of these files that were not asked for yet, a batch at most."""
        places, asked = self._catalog.directories[path].places, self._in_flight.get(path, ())
        found = []
        for index in indexes:
            if places[index] == PENDING and index not in asked:
                found.append(index)
                if len(found) == BATCH:
                    break
        return found
