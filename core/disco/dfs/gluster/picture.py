"""A selection at one moment: its rows by path, what they add up to, and what is known of each."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress

from .addresses import Addresser
from .branches import Branch, Segment
from .catalog import Catalog, CatalogDirectory, Part
from .errors import Failure
from .export import unmapped_files
from .filters import Filter
from .placement import Placement
from .units import FAILED, PENDING
from .volume_tally import VolumeTally
from .walk import PlacedFiles
from .walker import BATCH

__all__ = ["Row", "SelectionPicture", "Totals"]

_OPENED = 64  # directories whose names a picture holds at hand


@dataclass
class Totals:
    """What a selection adds up to. ``bytes``: of the files whose size is known; ``unsized``: files whose size nobody
    has asked for yet; ``by_place``: files by index into ``Catalog.placements``, and by FAILED and PENDING;
    ``unreadable``: directories that could not be read.
    """

    files: int = 0
    bytes: int = 0
    unsized: int = 0
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

    def change(self, part: Part, sign: int) -> None:
        """Adds (1) or takes away (-1) what the files of a directory add up to."""
        files, size, unsized, by_place = part
        self.files += sign * files
        self.bytes += sign * size
        self.unsized += sign * unsized
        for place, count in by_place:
            self.by_place[place] += sign * count


@dataclass(frozen=True, slots=True)
class Row:
    """One file of a selection, as it stands in the catalog. ``index``: into the directory's files. ``mark``: that of
    the filter (see ``filters.py``).
    """

    directory: CatalogDirectory
    index: int
    name: bytes
    mark: int = 1


class SelectionPicture:
    """A selection at one moment: its rows by path. Its order and number of rows never change; what the catalog
    learns of a row's file shows in it.
    """

    def __init__(
        self,
        catalog: Catalog,
        scope: CatalogDirectory,
        keep: Filter,
        branch: Branch | None,
        totals: Totals,
        unreadable: Sequence[CatalogDirectory] = (),
    ) -> None:
        self.catalog, self.scope, self.keep, self.totals = catalog, scope, keep, totals
        self._branch = branch
        self._unreadable = unreadable
        self._opened: dict[int, tuple[list[bytes], Sequence[int]]] = {}

    def __len__(self) -> int:
        return self._branch.count if self._branch is not None else 0

    def row(self, number: int) -> Row:
        """The row at ``number``, from 0."""
        if self._branch is None or not 0 <= number < self._branch.count:
            raise IndexError(number)
        branch, own = self._branch.locate(number)
        directory = branch.directory
        opened = self._opened.get(directory.number)
        if opened is None:
            if len(self._opened) > _OPENED:
                self._opened.clear()
            opened = self._opened[directory.number] = directory.names, branch.indexes()
        names, indexes = opened
        index = indexes[own]
        return Row(directory, index, names[index], branch.marks[index] if branch.marks is not None else 1)

    def find(self, path: bytes, name: bytes) -> int | None:
        """The number of the row of a file, None where it is not among them."""
        directory = self.catalog.directories.get(path)
        if directory is None or self._branch is None or self.scope not in directory.above:
            return None
        names = directory.names
        index = bisect_left(names, name)
        if names[index : index + 1] != [name]:
            return None
        number, is_there = self._branch.place_of(directory, index)
        return number if is_there else None

    def let_go(self) -> None:
        """Has no rows any more, and takes no memory: nobody looks at it."""
        self._branch = None
        self._opened.clear()

    def place_of(self, row: Row) -> tuple[int, bool]:
        """The number here of a row of an earlier picture of the same selection, and whether it is among them still:
        else it is the number of those that stand before it.
        """
        return self._branch.place_of(row.directory, row.index) if self._branch is not None else (0, False)

    def next_on(self, volume: int, after: int) -> int | None:
        """The number of the next row whose file lies on a volume, by its index; the first such where none follows."""
        wanted = {place for place, placed in enumerate(self.catalog.placements) if volume in placed.usable}
        first, number = None, 0
        for directory, indexes in self._segments():
            if wanted.intersection(directory.count_places()):
                for offset, index in enumerate(indexes):
                    if directory.places[index] in wanted:
                        if number + offset > after:
                            return number + offset
                        first = number + offset if first is None else first
            number += len(indexes)
        return first

    def spans(self, row: Row, mount_point: bytes) -> list[tuple[int, int]]:
        """Where a row's name matches the filter, as (start, end) in its bytes."""
        return self.keep.spans(os.path.join(mount_point, row.directory.path), row.name, row.mark)

    def _segments(self) -> Iterator[Segment]:
        return self._branch.segments() if self._branch is not None else iter(())

    def placement(self, row: Row) -> Placement | None:
        """Where a row's file lies; None while that is not known, and where it cannot be."""
        place = row.directory.places[row.index]
        return self.catalog.placements[place] if place >= 0 else None

    def batches(self) -> Iterator[PlacedFiles]:
        """The placed files, by path, a batch at a time."""
        placements = self.catalog.placements
        for directory, indexes in self._segments():
            names = directory.names
            for start in range(0, len(indexes), BATCH):
                kept = [i for i in indexes[start : start + BATCH] if directory.places[i] >= 0]
                yield PlacedFiles(
                    directory.path,
                    [names[i] for i in kept],
                    [placements[directory.places[i]] for i in kept],
                    [directory.sizes[i] for i in kept],
                )

    def tally(self) -> VolumeTally:
        """How many of the files, and how many bytes, each volume holds."""
        tally = VolumeTally()
        for directory, indexes in self._segments():
            places, sizes = [directory.places[i] for i in indexes], [max(directory.sizes[i], 0) for i in indexes]
            for place in set(places):
                if place >= 0:
                    placement = self.catalog.placements[place]
                    tally.files[placement] += places.count(place)
                    tally.bytes[placement] += sum(compress(sizes, map(place.__eq__, places)))
        return tally

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
        for directory, indexes in self._segments():
            if directory.failures:
                names = directory.names
                for index in indexes:
                    if directory.places[index] == FAILED:
                        number, words = directory.failures[index]
                        path = os.path.join(mount_point, directory.path, names[index])
                        found.append(Failure(path, number, words))
        return sorted(found)
