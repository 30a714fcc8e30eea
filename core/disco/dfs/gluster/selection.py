"""The part of a dataset that a filter keeps.

Which files, how many, how many bytes, on which volumes: the list, the marks, the counts and the export all ask the
same selection. One thread updates it; what it gives out are pictures that do not change.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import compress

from .branches import Branch, Kept
from .catalog import Catalog, CatalogDirectory, Part
from .filters import Filter, Substring
from .picture import SelectionPicture, Totals
from .runs import MatchedRun, Run, all_runs, runs
from .units import FAILED, GONE, PENDING

__all__ = ["Selection"]

_NOTHING: Part = (0, 0, 0, ())


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
        # What the files of each directory add up to; None where that does not change while this is selected,
        # and may be added up again.
        self._parts: dict[int, Part | None] = {}
        # Of those with files that are kept. The garbage collector looks through no dictionary of bytes, so that the
        # few branches have one of their own; and so have the marks of directories that are not in these yet.
        self._leaves: dict[int, bytes | None] = {}
        self._branches: dict[int, Branch] = {}
        self._grown_from: dict[int, bytes | None] = {}
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
        if self._narrows is None:
            return self.scope.with_all_below()
        narrows, self._narrows = self._narrows, None
        return narrows.with_files()

    def runs_to_match(self) -> Iterator[Run]:
        """As ``to_match``, in runs."""
        everything = self._narrows is None and self.scope is self.catalog.root
        return all_runs(self.catalog) if everything else runs(self.catalog, self.to_match())

    def with_files(self) -> Iterator[CatalogDirectory]:
        """The directories with files that are kept, and those that could not be read."""
        if branch := self._branch():
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

    def match(self, run: Run) -> list[CatalogDirectory]:
        """Takes up directories of the scope whose files were not matched yet. Returns those that may have files
        that are kept and not resolved. Where a block of names does not hold the string, none of its directories is
        looked at.
        """
        assert isinstance(self.keep, Substring)
        needle = self.keep.needle
        in_names_only = needle and b"/" not in needle and b"\0" not in needle and needle not in self.mount_point
        if not in_names_only or needle in run.paths or not run.span.length:
            directories = run.directories
            for directory in directories:
                self.update(directory)
            return directories
        names = self.catalog.names.read(run.span)
        # In a long block, a byte that is not there is found out many times faster than a string that is not.
        return self._match_run(run, names, self.keep) if all(byte in names for byte in set(needle)) else []

    def _match_run(self, run: Run, names: bytes, keep: Substring) -> list[CatalogDirectory]:
        """Takes up those directories of a run that have names which hold the string."""
        at = keep.first(names)
        if at < 0:
            return []
        starts, directories = run.name_starts, run.directories
        if keep.needle not in directories[bisect_right(starts, at) - 1].common:
            return self._take_run(run, MatchedRun(run, names, keep, at))
        found = []
        while at >= 0:
            number = bisect_right(starts, at) - 1
            directory = directories[number]
            in_all = keep.needle in directory.common
            self.take(directory, None if in_all else keep.name_marks(directory.joined_names))
            found.append(directory)
            at = keep.first(names, starts[number + 1]) if number + 1 < len(starts) else -1
        return found

    def _take_run(self, run: Run, matched: MatchedRun) -> list[CatalogDirectory]:
        marks = matched.marks()
        part = matched.settled_part() if self._parts.keys().isdisjoint(run.numbers) else None
        if part is None:
            found = [directory for directory in run.directories if directory.number in marks]
            for directory in found:
                self.take(directory, marks[directory.number])
            return found
        self.totals.change(part, 1)
        self._parts.update(dict.fromkeys(marks))
        self._grown_from.update(marks)
        return []

    def take(self, directory: CatalogDirectory, marks: bytes | None) -> None:
        """Takes up which files of a directory are kept: for each a mark, b"" for none, None for all."""
        if directory.count_at(GONE):
            every = marks if marks is not None else bytes([1]) * len(directory.places)
            marks = bytes([mark * (place != GONE) for mark, place in zip(every, directory.places, strict=False)])
        part = directory.part(marks) if marks is None or any(marks) else _NOTHING
        earlier = self._parts.get(directory.number, _NOTHING)
        if earlier is None:
            earlier = directory.part(self.marks(directory))
        self.totals.change(earlier, -1)
        self.totals.change(part, 1)
        changes = directory.unsized or directory.count_at(PENDING) or directory.count_at(FAILED)
        self._parts[directory.number] = part if changes else None
        if part[0] or earlier[0]:
            self._grown_from[directory.number] = marks if part[0] else b""

    def marks(self, directory: CatalogDirectory) -> bytes | None:
        """Which files of a directory are kept, as far as it is known."""
        for marks in (self._grown_from, self._leaves):
            if directory.number in marks:
                return marks[directory.number]
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
        branch = self._branch()
        totals = replace(self.totals, by_place=self.totals.by_place.copy())
        return SelectionPicture(self.catalog, self.scope, self.keep, branch, totals, tuple(self._unreadable.values()))

    def _branch(self) -> Branch | None:
        """All that is kept, as it is now."""
        self._grow()
        if self.scope.number in self._leaves:
            return Branch(self.scope, self._leaves[self.scope.number])
        return self._branches.get(self.scope.number)

    def _grow(self) -> None:
        """Makes the branches of what was taken up, and of all directories above."""
        levels: defaultdict[int, dict[int, CatalogDirectory]] = defaultdict(dict)
        above = None
        for number, marks in self._grown_from.items():
            directory = self.catalog.numbered[number]
            if directory is None:  # forgotten meanwhile
                continue
            if directory.children:
                levels[_depth(directory)][number] = directory
                continue
            if marks != b"":
                self._leaves[number] = marks
            else:
                self._leaves.pop(number, None)
            if directory is not self.scope and directory.parent is not above and directory.parent is not None:
                above = directory.parent
                levels[_depth(above)][above.number] = above
        while levels:
            level = max(levels)
            for directory in levels.pop(level).values():
                branch = self._make_branch(directory)
                if branch.count:
                    self._branches[directory.number] = branch
                else:
                    self._branches.pop(directory.number, None)
                if directory is not self.scope and directory.parent is not None:
                    levels[level - 1][directory.parent.number] = directory.parent
        self._grown_from.clear()

    def _make_branch(self, directory: CatalogDirectory) -> Branch:
        leaves, branches = self._leaves, self._branches
        below, children = array("l"), list[Kept]()
        for index, child in enumerate(directory.children):
            number = child.number
            if number in leaves:
                children.append(leaves[number])
            elif number in branches:
                children.append(branches[number])
            else:
                continue
            below.append(index)
        return Branch(directory, self.marks(directory), below, tuple(children))


def _depth(directory: CatalogDirectory) -> int:
    return directory.path.count(b"/") + bool(directory.path)
