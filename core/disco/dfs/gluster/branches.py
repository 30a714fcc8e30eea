"""A selection's files by path, as a tree that does not change: what is taken up later makes new branches, and shares
all others.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress, takewhile
from operator import add
from typing import NamedTuple

from .catalog import CatalogDirectory, child_index

__all__ = ["Branch", "Kept", "Segment"]


class Segment(NamedTuple):
    """Files of one directory that follow each other by path. ``indexes``: into the directory's files."""

    directory: CatalogDirectory
    indexes: Sequence[int]


class Branch:
    """The files that a selection keeps in a directory and below it.

    ``marks``: for each of the directory's files 0 where it is not kept; None where all are, b"" where none is.
    ``below``: which of the directories in it, ``among``, have files that are kept; for each of them ``children``, what
    that is, and ``starts`` and ``stops``, the numbers that its files have among all. ``count``: files in all.

    The garbage collector looks at whatever refers to objects, time and again, and there are many directories: so these
    are indexes into what the directory has anyway, and a tuple of which it sees that only bytes are in it.
    """

    __slots__ = ("among", "before", "below", "children", "count", "directory", "marks", "starts", "stops")

    def __init__(
        self,
        directory: CatalogDirectory,
        marks: bytes | None,
        below: Sequence[int] = (),
        children: tuple[Kept, ...] = (),
        own: int | None = None,
    ) -> None:
        """``own``: how many of the directory's own files are kept, where that is known."""
        self.directory, self.marks, self.below, self.children = directory, marks, below, children
        self.among = directory.children  # when it is read anew, it will have others
        self.starts: Sequence[int] = ()
        self.stops: Sequence[int] = ()
        self.before: Sequence[int] = ()  # for each child, how many files of the directory's own stand before it
        self.count = _kept_count(directory, marks) if own is None else own
        if below:
            self._place_children()

    def _place_children(self) -> None:
        counts = [_kept_count(self.among[i], kept) for i, kept in zip(self.below, self.children, strict=True)]
        self.before = self._own_before() if self.count else array("q", bytes(8 * len(counts)))
        self.starts = array("q", map(add, self.before, accumulate(counts, initial=0)))
        self.stops = array("q", map(add, self.starts, counts))
        self.count += sum(counts)

    def _own_before(self) -> array[int]:
        before, own, last = array("q"), 0, 0
        for child in self.below:
            cut = self.directory.cuts[child]
            own += cut - last - (self.marks.count(0, last, cut) if self.marks is not None else 0)
            last = cut
            before.append(own)
        return before

    def _child(self, at: int) -> Branch:
        kept = self.children[at]
        if isinstance(kept, Branch):
            return kept
        # At each look at a row: they are not to be counted again.
        return Branch(self.among[self.below[at]], kept, own=self.stops[at] - self.starts[at])

    def indexes(self) -> Sequence[int]:
        """The directory's own files that are kept."""
        everything = range(len(self.directory.places))
        return everything if self.marks is None else list(compress(everything, self.marks))

    def locate(self, number: int) -> tuple[Branch, int]:
        """Where the file at ``number`` is: the branch that holds it as its own, and its place among the kept there."""
        branch = self
        while branch.below:
            at = bisect_right(branch.starts, number) - 1
            if at < 0:
                return branch, number
            if number >= branch.stops[at]:
                return branch, branch.before[at] + number - branch.stops[at]
            branch, number = branch._child(at), number - branch.starts[at]
        return branch, number

    def place_of(self, directory: CatalogDirectory, index: int) -> tuple[int, bool]:
        """The number of the file at ``index`` of a directory, and whether it is kept: else it is the number of those
        that stand before it.
        """
        branch, number = self, 0
        for towards in reversed(list(takewhile(lambda above: above is not self.directory, directory.above))):
            child = child_index(branch.among, towards)
            at = bisect_left(branch.below, child)
            if at == len(branch.below) or branch.below[at] != child or branch.among[child] is not towards:
                cuts = branch.directory.cuts
                own = cuts[child] if child < len(cuts) else len(branch.directory.places)
                return number + branch._own_kept(own) + branch._kept_below(at), False
            number += branch.starts[at]
            branch = branch._child(at)
        is_kept = branch.marks is None or bool(branch.marks and branch.marks[index])
        before = bisect_left(branch.below, bisect_right(branch.directory.cuts, index))
        return number + branch._own_kept(index) + branch._kept_below(before), is_kept

    def _own_kept(self, stop: int) -> int:
        """How many of the directory's own files are kept, of the first ``stop``."""
        if self.marks is None:
            return stop
        return stop - self.marks.count(0, 0, stop) if self.marks else 0

    def _kept_below(self, stop: int) -> int:
        """How many files are kept in the first ``stop`` of ``below``."""
        return self.stops[stop - 1] - self.before[stop - 1] if stop else 0

    def directories(self) -> Iterator[CatalogDirectory]:
        """The directories that hold the files, those above before those below."""
        stack: list[Branch | CatalogDirectory] = [self]
        while stack:
            item = stack.pop()
            if not isinstance(item, Branch):
                yield item
                continue
            if item.marks != b"" and item.directory.places:
                yield item.directory
            below = zip(item.below, item.children, strict=True)
            stack.extend(reversed([kept if isinstance(kept, Branch) else item.among[i] for i, kept in below]))

    def segments(self) -> Iterator[Segment]:
        """All files, by path."""
        stack: list[Branch | Segment] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, Segment):
                yield item
                continue
            kept, start = item.indexes(), 0
            parts: list[Branch | Segment] = []
            for at, stop in enumerate(item.before):
                if stop > start:
                    parts.append(Segment(item.directory, kept[start:stop]))
                parts.append(item._child(at))
                start = stop
            if start < len(kept):
                parts.append(Segment(item.directory, kept[start:]))
            stack.extend(reversed(parts))


# What is kept in a directory and below it. Of one without directories in it, which nearly all are, only its marks.
Kept = Branch | bytes | None


def _kept_count(directory: CatalogDirectory, kept: Kept) -> int:
    """How many files are kept in a directory and below it."""
    if isinstance(kept, Branch):
        return kept.count
    return len(directory.places) if kept is None else len(kept) - kept.count(0)
