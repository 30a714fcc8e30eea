"""Which directory stands in which row of the tree: no row is made that nobody looks at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from disco.dfs.gluster.catalog import Catalog, CatalogDirectory, child_index

__all__ = ["TreeLayout", "TreeRow"]


class TreeRow(NamedTuple):
    """A row: a directory, and how deep below the root it stands."""

    directory: CatalogDirectory
    depth: int


class TreeLayout:
    """The rows of the tree in which the directories at some paths are open. It does not change: when the catalog has
    learned more, another is made.
    """

    def __init__(self, catalog: Catalog, opened: Collection[bytes]) -> None:
        self._root = catalog.root
        self._children: dict[int, Sequence[CatalogDirectory]] = {}  # of open directories, by number
        self._open_below: dict[int, list[int]] = {}  # of open directories: which of their children are open
        self._rows: dict[int, int] = {}  # of open directories: how many rows they take with all that shows below
        found = [directory for path in opened if (directory := catalog.directories.get(path)) is not None]
        for directory in found:
            self._children[directory.number] = directory.children
            self._open_below.setdefault(directory.number, [])
        for directory in found:
            index = self._index_of(directory)
            if directory.parent is not None and index is not None:
                self._open_below[directory.parent.number].append(index)
        for directory in sorted(found, key=lambda directory: len(directory.path), reverse=True):  # what is below first
            indexes = self._open_below[directory.number]
            indexes.sort()
            children = self._children[directory.number]
            inside = sum(self._rows[children[index].number] - 1 for index in indexes)
            self._rows[directory.number] = 1 + len(children) + inside

    def _index_of(self, directory: CatalogDirectory) -> int | None:
        """Which of the children of its parent a directory is, as they were when this was made: the loader's thread may
        have changed them since. None where it is none of them, and where its parent is not open.
        """
        children = self._children.get(directory.parent.number, ()) if directory.parent is not None else ()
        index = child_index(children, directory)
        return index if index < len(children) and children[index] is directory else None

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._rows.get(self._root.number, 1)

    def at(self, row: int) -> TreeRow:
        """What stands in a row, from 0."""
        directory, depth = self._root, 0
        while row > 0:
            children = self._children[directory.number]
            row, depth, others = row - 1, depth + 1, 0  # others: rows below open children that stand before
            for index in self._open_below[directory.number]:
                rows = self._rows[children[index].number]
                if row < index + others + rows:
                    break
                others += rows - 1
            else:
                index = len(children)
            if row < index + others or index == len(children):
                return TreeRow(children[row - others], depth)
            directory, row = children[index], row - index - others
        return TreeRow(directory, depth)

    def row_of(self, directory: CatalogDirectory) -> int | None:
        """The row in which a directory stands, None where one that holds it is not open."""
        row = 0
        for below in directory.above:
            if below.parent is None:
                return row if below is self._root else None
            index = self._index_of(below)
            if index is None:
                return None
            children = self._children[below.parent.number]
            before = (i for i in self._open_below[below.parent.number] if i < index)
            row += 1 + index + sum(self._rows[children[i].number] - 1 for i in before)
        return None
