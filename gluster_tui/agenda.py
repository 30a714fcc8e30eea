"""What the loader does next: the rows on the screen, then listings, then what is selected, then the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from disco.dfs.gluster.catalog import Catalog, CatalogDirectory
from disco.dfs.gluster.units import PENDING
from disco.dfs.gluster.walker import BATCH

__all__ = ["Agenda", "Work"]

Work = tuple[CatalogDirectory, Sequence[int]]  # a directory, and the indexes of files of it


class Agenda:
    """Directories that wait to be listed, and such in which files wait to be resolved; on the loader's thread only.

    ``looked_at``: files on the screen. ``selected``, ``rest``: directories with files of the selection, and all others.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.to_list: deque[CatalogDirectory] = deque([catalog.root])
        self.looked_at: list[Work] = []
        self.selected: deque[CatalogDirectory] = deque()
        self.rest: deque[CatalogDirectory] = deque()
        self._catalog = catalog
        self._in_flight: dict[int, set[int]] = {}
        self._scanned: dict[tuple[int, int], int] = {}  # (queue, directory) -> files that need no second look

    def select_anew(self) -> None:
        """Forgets what was selected: it is another selection now."""
        self.selected.clear()
        self._scanned.clear()

    def next_to_list(self) -> CatalogDirectory | None:
        """The next directory that was not listed yet."""
        while self.to_list:
            directory = self.to_list.popleft()
            if self._is_known(directory):
                return directory
        return None

    def begun(self, directory: CatalogDirectory, indexes: Sequence[int]) -> None:
        """These files of a directory were asked for."""
        self._in_flight.setdefault(directory.number, set()).update(indexes)

    def done(self, directory: CatalogDirectory, indexes: Sequence[int]) -> None:
        """The answer for these files is there."""
        asked = self._in_flight[directory.number]
        asked.difference_update(indexes)
        if not asked:
            del self._in_flight[directory.number]

    def next_looked_at(self) -> Work | None:
        """The next files on the screen that were not asked for yet."""
        while self.looked_at:
            directory, indexes = self.looked_at.pop()
            waiting = self._unresolved(directory, indexes)
            if waiting:
                return directory, waiting
        return None

    def next_selected(self, kept: Callable[[CatalogDirectory], Sequence[int]]) -> Work | None:
        """The next files of the selection that were not asked for yet. ``kept``: those of a directory."""
        return self._next_of(self.selected, kept)

    def next_of_rest(self) -> Work | None:
        """The next files at all that were not asked for yet."""
        return self._next_of(self.rest, lambda directory: range(len(directory.places)))

    def _next_of(
        self, directories: deque[CatalogDirectory], wanted: Callable[[CatalogDirectory], Sequence[int]]
    ) -> Work | None:
        """The next files in these directories; directories without such are dropped."""
        while directories:
            directory, key = directories[0], (id(directories), directories[0].number)
            files = wanted(directory)
            start = self._scanned.get(key, 0)
            indexes = self._unresolved(directory, files[start : start + BATCH])
            self._scanned[key] = start + BATCH
            if indexes:
                return directory, indexes
            if start + BATCH >= len(files):
                self._scanned.pop(key)
                directories.popleft()
        return None

    def _unresolved(self, directory: CatalogDirectory, indexes: Sequence[int]) -> Sequence[int]:
        """Those of these files that were not asked for yet."""
        if not self._is_known(directory):
            return ()
        places, asked = directory.places, self._in_flight.get(directory.number, ())
        return [index for index in indexes if places[index] == PENDING and index not in asked]

    def _is_known(self, directory: CatalogDirectory) -> bool:
        """Whether it was not forgotten since."""
        return self._catalog.numbered[directory.number] is directory
