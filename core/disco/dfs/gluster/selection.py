"""The part of a dataset that a filter keeps.

Which files, how many, how many bytes, on which volumes: the list, the marks, the counts and the export all ask the
same selection. One thread updates it; what it gives out are pictures that do not change.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

from .addresses import Addresser
from .branches import Branch, Segment, grown
from .catalog import Catalog, CatalogDirectory, Part
from .errors import Failure
from .export import unmapped_files
from .filters import Filter, Substring
from .names import Span
from .placement import Placement
from .units import FAILED, GONE, PENDING
from .volume_tally import VolumeTally
from .walk import PlacedFiles
from .walker import BATCH

__all__ = ["Row", "Selection", "SelectionPicture", "Totals"]


_OPENED = 64  # directories whose names a picture holds at hand
_NOTHING: Part = (0, 0, ())


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

    def change(self, part: Part, sign: int) -> None:
        """Adds (1) or takes away (-1) what the files of a directory add up to."""
        files, size, by_place = part
        self.files += sign * files
        self.bytes += sign * size
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
        return self._branch.number_of(directory, index) if names[index : index + 1] == [name] else None

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


class Selection:
    """The files at and below ``scope`` that ``keep`` keeps. ``mount_point``: filters match against absolute paths.

    ``narrows``: an earlier selection that keeps whatever this one does, of all that was listed by then.
    """

    def __init__(
        self,
        catalog: Catalog,
        mount_point: bytes,
        scope: CatalogDirectory,
        keep: Filter,
        narrows: Selection | None = None,
    ) -> None:
        self.catalog, self.mount_point, self.scope, self.keep = catalog, mount_point, scope, keep
        self.totals = Totals()
        self._parts: dict[int, Part] = {}
        self._branches: dict[int, Branch] = {}
        self._grown_from: dict[int, tuple[CatalogDirectory, bytes | None]] = {}  # what no branch shows yet
        self._unreadable: dict[int, CatalogDirectory] = {}
        self._narrows = narrows

    def covers(self, directory: CatalogDirectory) -> bool:
        """Whether a directory lies at or below the scope."""
        return not self.scope.path or self.scope in directory.above

    def knows(self, directory: CatalogDirectory) -> bool:
        """Whether it is known which files of a directory are kept."""
        return directory.number in self._parts

    def to_match(self) -> Iterator[CatalogDirectory]:
        """The directories, by path, of which it has to be found out which files are kept."""
        if self._narrows is not None:
            yield from self._narrows.with_files()
            self._narrows = None
            return
        stack = [self.scope]
        while stack:
            directory = stack.pop()
            yield directory
            stack.extend(reversed(directory.children))

    def with_files(self) -> Iterator[CatalogDirectory]:
        """The directories with files that are kept, and those that could not be read."""
        self._grow()
        if branch := self._branches.get(self.scope.number):
            yield from branch.directories()
        yield from self._unreadable.values()

    def update(self, directory: CatalogDirectory) -> None:
        """Takes up a directory that was listed, or some of whose files were resolved, since the last time. Its files
        are matched here where that was not done yet, so that the filter must be none of a user's expressions then.
        """
        if not self.covers(directory):
            return
        if directory.state == "failed" and directory.number not in self._unreadable:
            self._unreadable[directory.number] = directory
            self.totals.unreadable += 1
        if directory.state == "listed" and directory.places:
            self.take(directory, self.marks(directory) if self.knows(directory) else self._match(directory))

    def match(self, directories: Sequence[CatalogDirectory]) -> list[CatalogDirectory]:
        """Takes up directories of the scope whose files were not matched yet. Returns those that may have files that
        are kept: where a block of names does not hold the string, none of its directories is looked at.
        """
        assert isinstance(self.keep, Substring)
        needle, found = self.keep.needle, list[CatalogDirectory]()
        in_names_only = needle and b"/" not in needle and b"\0" not in needle
        for run in _runs(directories):
            paths = b"\0".join([directory.path for directory in run])
            first, last = run[0].span, run[-1].span
            if not in_names_only or needle in self.mount_point or needle in paths or not last.length:
                for directory in run:
                    self.update(directory)
                found.extend(run)
                continue
            # In a long block, a byte that is not there is found out many times faster than a string that is not.
            block = self.catalog.names.read(Span(first.start, last.start + last.length - first.start))
            at = block.find(needle) if all(byte in block for byte in set(needle)) else -1
            starts = [directory.span.start - first.start for directory in run] if at >= 0 else []
            while at >= 0:
                number = bisect_right(starts, at) - 1
                directory = run[number]
                in_all = needle in directory.common
                self.take(directory, None if in_all else self.keep.name_marks(directory.joined_names))
                found.append(directory)
                at = block.find(needle, starts[number + 1]) if number + 1 < len(run) else -1
        return found

    def take(self, directory: CatalogDirectory, marks: bytes | None) -> None:
        """Takes up which files of a directory are kept: for each a mark, b"" for none, None for all."""
        if directory.count_at(GONE):
            every = marks if marks is not None else bytes([1]) * len(directory.places)
            marks = bytes([mark * (place != GONE) for mark, place in zip(every, directory.places, strict=False)])
        part = directory.part(marks) if marks is None or any(marks) else _NOTHING
        earlier = self._parts.get(directory.number)
        if earlier:
            self.totals.change(earlier, -1)
        self.totals.change(part, 1)
        self._parts[directory.number] = part
        if part[0] or earlier:
            self._grown_from[directory.number] = directory, marks

    def marks(self, directory: CatalogDirectory) -> bytes | None:
        """Which files of a directory are kept, as far as it is known."""
        if directory.number in self._grown_from:
            return self._grown_from[directory.number][1]
        branch = self._branches.get(directory.number)
        return branch.marks if branch is not None else b""

    def kept(self, directory: CatalogDirectory) -> Sequence[int]:
        """The files of a directory that are kept, as far as it is known."""
        every = range(len(directory.places))
        marks = self.marks(directory)
        return every if marks is None else list(compress(every, marks))

    def _match(self, directory: CatalogDirectory) -> bytes | None:
        assert isinstance(self.keep, Substring)
        return self.keep.marks(os.path.join(self.mount_point, directory.path), directory.joined_names)

    def picture(self) -> SelectionPicture:
        """The selection as it is now."""
        self._grow()
        totals = replace(self.totals, by_place=self.totals.by_place.copy())
        branch = self._branches.get(self.scope.number)
        return SelectionPicture(self.catalog, self.scope, self.keep, branch, totals, tuple(self._unreadable.values()))

    def _grow(self) -> None:
        """Makes the branches of what was taken up, and of all directories above."""
        levels: defaultdict[int, dict[int, CatalogDirectory]] = defaultdict(dict)
        for directory, _ in self._grown_from.values():
            levels[_depth(directory)][directory.number] = directory
        while levels:
            level = max(levels)
            for number, directory in levels.pop(level).items():
                branch = grown(directory, self.marks(directory), self._branches)
                if branch is not None:
                    self._branches[number] = branch
                else:
                    self._branches.pop(number, None)
                if directory is not self.scope and directory.parent is not None:
                    levels[level - 1][directory.parent.number] = directory.parent
        self._grown_from.clear()


def _runs(directories: Sequence[CatalogDirectory]) -> Iterator[list[CatalogDirectory]]:
    """The directories, in runs whose names follow each other in memory; one without files is a run of its own."""
    run: list[CatalogDirectory] = []
    end = -1
    for directory in directories:
        if directory.span.start != end or not directory.span.length:
            if run:
                yield run
            run = []
        run.append(directory)
        end = directory.span.start + directory.span.length if directory.span.length else -1
    if run:
        yield run


def _depth(directory: CatalogDirectory) -> int:
    return directory.path.count(b"/") + bool(directory.path)
