"""The part of a dataset that a filter keeps.

Which files, how many, how many bytes, on which volumes: the list, the marks, the counts and the export all ask the
same selection. One thread updates it; what it gives out are pictures that do not change.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .addresses import Addresser
from .catalog import Catalog, CatalogDirectory
from .errors import Failure
from .export import unmapped_files
from .filters import Filter
from .placement import Placement
from .units import FAILED, GONE, PENDING
from .walk import PlacedFiles
from .walker import BATCH

__all__ = ["Row", "Selection", "SelectionPicture", "Totals"]


@dataclass
class Totals:
    """What a selection adds up to. ``bytes``: of the files whose size is known; ``by_place``: files by index into
    ``Catalog.placements``, and by FAILED and PENDING; ``unreadable``: directories that could not be read.
    """

    files: int = 0
    bytes: int = 0
    unreadable: int = 0
    by_place: Counter[int] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        """Files that could not be placed."""
        return self.by_place[FAILED]

    @property
    def pending(self) -> int:
        """Files whose placement is not known yet."""
        return self.by_place[PENDING]

    def change(self, other: Totals, sign: int) -> None:
        """Adds (1) or takes away (-1) the totals of a part."""
        self.files += sign * other.files
        self.bytes += sign * other.bytes
        for place, files in other.by_place.items():
            self.by_place[place] += sign * files


@dataclass(frozen=True, slots=True)
class Row:
    """One file of a selection, as it stands in the catalog. ``index``: into the directory's files."""

    directory: CatalogDirectory
    index: int
    name: bytes


class _Segment(NamedTuple):
    """Files of one directory that follow each other by path. ``indexes``: into the directory's files."""

    directory: CatalogDirectory
    indexes: Sequence[int]


class SelectionPicture:
    """A selection at one moment: its rows by path. Its order and number of rows never change; what the catalog
    learns of a row's file shows in it.
    """

    def __init__(
        self,
        catalog: Catalog,
        scope: bytes,
        keep: Filter,
        segments: list[_Segment],
        totals: Totals,
        unreadable: Sequence[CatalogDirectory] = (),
    ) -> None:
        self.catalog, self.scope, self.keep, self.totals = catalog, scope, keep, totals
        self._segments = segments
        self._unreadable = unreadable
        self._starts: list[int] = []
        count = 0
        for segment in segments:
            self._starts.append(count)
            count += len(segment.indexes)
        self._count = count
        self._named: dict[bytes, list[bytes]] = {}

    def __len__(self) -> int:
        return self._count

    def row(self, number: int) -> Row:
        """The row at ``number``, from 0."""
        at = bisect_right(self._starts, number) - 1
        directory, indexes = self._segments[at]
        index = indexes[number - self._starts[at]]
        names = self._named.get(directory.path)
        if names is None:
            if len(self._named) > 64:
                self._named.clear()
            names = self._named[directory.path] = directory.names
        return Row(directory, index, names[index])

    def find(self, path: bytes, name: bytes) -> int | None:
        """The number of the row of a file, None where it is not among them."""
        for start, (directory, indexes) in zip(self._starts, self._segments, strict=True):
            if directory.path == path:
                names = directory.names
                index = bisect_left(names, name)
                if index < len(names) and names[index] == name:
                    at = bisect_left(indexes, index)
                    if at < len(indexes) and indexes[at] == index:
                        return start + at
        return None

    def placement(self, row: Row) -> Placement | None:
        """Where a row's file lies; None while that is not known, and where it cannot be."""
        place = row.directory.places[row.index]
        return self.catalog.placements[place] if place >= 0 else None

    def batches(self) -> Iterator[PlacedFiles]:
        """The placed files, by path, a batch at a time."""
        placements = self.catalog.placements
        for directory, indexes in self._segments:
            names = directory.names
            for start in range(0, len(indexes), BATCH):
                kept = [i for i in indexes[start : start + BATCH] if directory.places[i] >= 0]
                yield PlacedFiles(
                    directory.path,
                    [names[i] for i in kept],
                    [placements[directory.places[i]] for i in kept],
                    [directory.sizes[i] for i in kept],
                )

    def unmapped_files(self, addresser: Addresser) -> dict[int, int]:
        """How many of the files each unmapped volume holds, by volume index."""
        placements = self.catalog.placements
        return unmapped_files(
            addresser, {placements[place]: files for place, files in self.totals.by_place.items() if place >= 0}
        )

    def failures(self, mount_point: bytes) -> list[Failure]:
        """The files that could not be placed and the directories that could not be read, by path, and why."""
        found = [
            Failure(os.path.join(mount_point, directory.path), *directory.error)
            for directory in self._unreadable
            if directory.error is not None
        ]
        for directory, indexes in self._segments:
            if directory.failures:
                names = directory.names
                for index in indexes:
                    if directory.places[index] == FAILED:
                        number, words = directory.failures[index]
                        path = os.path.join(mount_point, directory.path, names[index])
                        found.append(Failure(path, number, words))
        return sorted(found)


class Selection:
    """The files below ``scope`` that ``keep`` keeps. ``mount_point``: filters match against absolute paths."""

    def __init__(self, catalog: Catalog, mount_point: bytes, scope: bytes, keep: Filter) -> None:
        self.catalog, self.mount_point, self.scope, self.keep = catalog, mount_point, scope, keep
        self.totals = Totals()
        self._kept: dict[bytes, Sequence[int]] = {}
        self._parts: dict[bytes, Totals] = {}
        self._unreadable: dict[bytes, CatalogDirectory] = {}

    def covers(self, path: bytes) -> bool:
        """Whether a directory lies at or below the scope."""
        return not self.scope or path == self.scope or path.startswith(self.scope + b"/")

    def update(self, path: bytes) -> None:
        """Takes up a directory that was listed, or some of whose files were resolved, since the last time."""
        directory = self.catalog.directories[path]
        if not self.covers(path):
            return
        if directory.state == "failed" and path not in self._unreadable:
            self._unreadable[path] = directory
            self.totals.unreadable += 1
        if directory.state != "listed":
            return
        kept = self._kept.get(path)
        if kept is None:
            kept = self._matching(directory)
        if GONE in directory.places:
            kept = [i for i in kept if directory.places[i] != GONE]
        self._kept[path] = kept
        part = _totals_of(directory, kept)
        earlier = self._parts.get(path)
        if earlier:
            self.totals.change(earlier, -1)
        self.totals.change(part, 1)
        self._parts[path] = part

    def kept(self, path: bytes) -> Sequence[int]:
        """The files of a directory that are kept, as far as the selection was updated."""
        return self._kept.get(path, ())

    def _matching(self, directory: CatalogDirectory) -> Sequence[int]:
        if self.keep.keeps_all:
            return range(len(directory.places))
        return self.keep.kept(os.path.join(self.mount_point, directory.path), directory.names)

    def below(self, path: bytes) -> list[bytes]:
        """The directories of the catalog at and below ``path``, by path."""
        found, stack = [], [path]
        while stack:
            at = stack.pop()
            found.append(at)
            directory = self.catalog.directories[at]
            stack.extend(os.path.join(at, name) for name in reversed(directory.directories))
        return found

    def picture(self) -> SelectionPicture:
        """The selection as it is now."""
        totals = replace(self.totals, by_place=self.totals.by_place.copy())
        unreadable = tuple(self._unreadable.values())
        return SelectionPicture(self.catalog, self.scope, self.keep, list(self._segments()), totals, unreadable)

    def _segments(self) -> Iterator[_Segment]:
        stack: list[bytes | _Segment] = [self.scope]
        while stack:
            item = stack.pop()
            if isinstance(item, _Segment):
                if item.indexes:
                    yield item
                continue
            directory = self.catalog.directories[item]
            kept = self._kept.get(item, ())
            parts: list[bytes | _Segment] = []
            start = 0
            for name, cut in zip(directory.directories, directory.cuts, strict=True):
                stop = bisect_left(kept, cut)
                if stop > start:
                    parts.append(_Segment(directory, kept[start:stop]))
                parts.append(os.path.join(item, name))
                start = stop
            parts.append(_Segment(directory, kept[start:]))
            stack.extend(reversed(parts))


def _totals_of(directory: CatalogDirectory, kept: Sequence[int]) -> Totals:
    if len(kept) == len(directory.places):
        places, sizes = Counter(directory.places), sum(size for size in directory.sizes if size > 0)
    else:
        places = Counter(directory.places[i] for i in kept)
        sizes = sum(size for size in (directory.sizes[i] for i in kept) if size > 0)
    return Totals(len(kept), sizes, by_place=places)
