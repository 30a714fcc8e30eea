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
        self._scanned: dict[tuple[int, bytes], int] = {}  # (queue, directory) -> files that need no second look

    def select_anew(self) -> None:
        """Forgets what was selected: it is another selection now."""
        self.selected.clear()
        self._scanned.clear()

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
            path, key = paths[0], (id(paths), paths[0])
            files = wanted(path)
            start = self._scanned.get(key, 0)
            indexes = self._unresolved(path, files[start : start + BATCH])
            self._scanned[key] = start + BATCH
            if indexes:
                return path, indexes
            if start + BATCH >= len(files):
                self._scanned.pop(key)
                paths.popleft()
        return None

    def _unresolved(self, path: bytes, indexes: Sequence[int]) -> Sequence[int]:
        """Those of these files that were not asked for yet."""
        places, asked = self._catalog.directories[path].places, self._in_flight.get(path, ())
        return [index for index in indexes if places[index] == PENDING and index not in asked]
