"""What the loader does next: the rows on the screen, then listings, then what is selected, then the rest; then sizes
that no listing told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from disco.dfs.gluster.catalog import Catalog, CatalogDirectory
from disco.dfs.gluster.units import PENDING, UNSIZED
from disco.dfs.gluster.walker import BATCH

__all__ = ["Agenda", "Work"]

Work = tuple[CatalogDirectory, Sequence[int]]  # a directory, and the indexes of files of it


class Agenda:
    """Directories that wait to be listed, and such in which files wait to be resolved, or asked for their size; on the
    loader's thread only.

    ``selected``, ``rest``: directories with files of the selection, and all others; ``unsized``: those with files whose
    size is to be asked for.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.to_list: deque[CatalogDirectory] = deque([catalog.root])
        self._looked_at: list[Work] = []
        self._looked_at_sizes: list[Work] = []
        self.selected: deque[CatalogDirectory] = deque()
        self.rest: deque[CatalogDirectory] = deque()
        self._catalog = catalog
        self.unsized: deque[CatalogDirectory] = deque()
        self._in_flight: dict[int, set[int]] = {}
        self._sizes_in_flight: dict[int, set[int]] = {}
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

    def look_at(self, files: list[Work]) -> None:
        """Files that are on the screen: before all others."""
        self._looked_at, self._looked_at_sizes = list(files), list(files)

    def begun(self, directory: CatalogDirectory, indexes: Sequence[int]) -> None:
        """These files of a directory were asked for."""
        _add(self._in_flight, directory, indexes)

    def done(self, directory: CatalogDirectory, indexes: Sequence[int]) -> None:
        """The answer for these files is there."""
        _take_away(self._in_flight, directory, indexes)

    def sizes_begun(self, directory: CatalogDirectory, indexes: Sequence[int]) -> None:
        """These files of a directory were asked for their sizes."""
        _add(self._sizes_in_flight, directory, indexes)

    def sizes_done(self, directory: CatalogDirectory, indexes: Sequence[int]) -> None:
        """The sizes of these files are there."""
        _take_away(self._sizes_in_flight, directory, indexes)

    def next_looked_at(self) -> Work | None:
        """The next files on the screen that were not asked for yet."""
        return _first(self._looked_at, self._unresolved)

    def next_looked_at_unsized(self) -> Work | None:
        """The next files on the screen that were not asked for their sizes yet."""
        return _first(self._looked_at_sizes, self._unsized)

    def next_selected(self, kept: Callable[[CatalogDirectory], Sequence[int]]) -> Work | None:
        """The next files of the selection that were not asked for yet. ``kept``: those of a directory."""
        return self._next_of(self.selected, kept, self._unresolved)

    def next_of_rest(self) -> Work | None:
        """The next files at all that were not asked for yet."""
        return self._next_of(self.rest, _every, self._unresolved)

    def next_unsized(self) -> Work | None:
        """The next files at all that were not asked for their sizes yet."""
        return self._next_of(self.unsized, _every, self._unsized)

    def _next_of(
        self,
        directories: deque[CatalogDirectory],
        wanted: Callable[[CatalogDirectory], Sequence[int]],
        waiting: Callable[[CatalogDirectory, Sequence[int]], Sequence[int]],
    ) -> Work | None:
        """The next files in these directories; directories without such are dropped."""
        while directories:
            directory, key = directories[0], (id(directories), directories[0].number)
            files = wanted(directory)
            start = self._scanned.get(key, 0)
            indexes = waiting(directory, files[start : start + BATCH])
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

    def _unsized(self, directory: CatalogDirectory, indexes: Sequence[int]) -> Sequence[int]:
        """Those of these files that were not asked for their sizes yet."""
        if not directory.unsized or not self._is_known(directory):
            return ()
        sizes, asked = directory.sizes, self._sizes_in_flight.get(directory.number, ())
        return [index for index in indexes if sizes[index] == UNSIZED and index not in asked]

    def _is_known(self, directory: CatalogDirectory) -> bool:
        """Whether it was not forgotten since."""
        return self._catalog.numbered[directory.number] is directory


def _every(directory: CatalogDirectory) -> Sequence[int]:
    return range(len(directory.places))


def _first(looked_at: list[Work], waiting: Callable[[CatalogDirectory, Sequence[int]], Sequence[int]]) -> Work | None:
    while looked_at:
        directory, indexes = looked_at.pop()
        if left := waiting(directory, indexes):
            return directory, left
    return None


def _add(in_flight: dict[int, set[int]], directory: CatalogDirectory, indexes: Sequence[int]) -> None:
    in_flight.setdefault(directory.number, set()).update(indexes)


def _take_away(in_flight: dict[int, set[int]], directory: CatalogDirectory, indexes: Sequence[int]) -> None:
    asked = in_flight[directory.number]
    asked.difference_update(indexes)
    if not asked:
        del in_flight[directory.number]
