"""The part of a dataset that a filter keeps.

Which files, how many, how many bytes, on which volumes: the list, the marks, the counts and the export all ask the
same selection. One thread updates it; what it gives out are pictures that do not change.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import compress

from .branches import Branch, grown
from .catalog import Catalog, CatalogDirectory, Part
from .filters import Filter, Substring
from .names import Span
from .picture import SelectionPicture, Totals
from .units import GONE

__all__ = ["Selection"]


_NOTHING: Part = (0, 0, ())


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
