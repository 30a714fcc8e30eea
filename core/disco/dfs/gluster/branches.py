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

from .catalog import CatalogDirectory

__all__ = ["Branch", "Segment", "grown"]


class Segment(NamedTuple):
    """Files of one directory that follow each other by path. ``indexes``: into the directory's files."""

    directory: CatalogDirectory
    indexes: Sequence[int]


class Branch:
    """The files that a selection keeps in a directory and below it.

    ``marks``: for each of the directory's files 0 where it is not kept; None where all are, b"" where none is.
    ``children``: branches with files, by path; ``starts``: for each the number of files before it. ``count``: files in
    all.
    """

    __slots__ = ("before", "children", "count", "directory", "marks", "starts")

    def __init__(self, directory: CatalogDirectory, marks: bytes | None, children: Sequence[Branch]) -> None:
        self.directory, self.marks, self.children = directory, marks, children
        self.starts: Sequence[int] = ()
        self.before: Sequence[int] = ()  # for each child, how many files of the directory's own stand before it
        own = _kept_count(directory, marks)
        self.count = own
        if children:
            self._place_children()

    def _place_children(self) -> None:
        counts = [child.count for child in self.children]
        self.before = self._own_before() if self.count else array("q", bytes(8 * len(counts)))
        below = accumulate(counts, initial=0)
        self.starts = array("q", map(add, self.before, below))
        self.count += sum(counts)

    def _own_before(self) -> array[int]:
        before, own, last = array("q"), 0, 0
        for child in self.children:
            cut = self.directory.cuts[self.directory.index_of(child.directory)]
            own += cut - last - (self.marks.count(0, last, cut) if self.marks is not None else 0)
            last = cut
            before.append(own)
        return before

    def indexes(self) -> Sequence[int]:
        """The directory's own files that are kept."""
        everything = range(len(self.directory.places))
        return everything if self.marks is None else list(compress(everything, self.marks))

    def locate(self, number: int) -> tuple[Branch, int]:
        """Where the file at ``number`` is: the branch that holds it as its own, and its place among the kept there."""
        branch = self
        while branch.children:
            at = bisect_right(branch.starts, number) - 1
            if at < 0:
                return branch, number
            child = branch.children[at]
            inside = number - branch.starts[at]
            if inside >= child.count:
                return branch, branch.before[at] + inside - child.count
            branch, number = child, inside
        return branch, number

    def number_of(self, directory: CatalogDirectory, index: int) -> int | None:
        """The number of the file at ``index`` of a directory, None where it is not kept."""
        branch, number = self, 0
        for towards in reversed(list(takewhile(lambda above: above is not self.directory, directory.above))):
            at = bisect_left(branch.children, towards.path + b"/", key=lambda child: child.directory.path + b"/")
            if at == len(branch.children) or branch.children[at].directory is not towards:
                return None
            number += branch.starts[at]
            branch = branch.children[at]
        kept = branch.indexes()
        own = bisect_left(kept, index)
        if own == len(kept) or kept[own] != index:
            return None
        at = bisect_right(branch.before, own) - 1  # the last child that stands before it
        below = branch.starts[at] - branch.before[at] + branch.children[at].count if at >= 0 else 0
        return number + own + below

    def directories(self) -> Iterator[CatalogDirectory]:
        """The directories that hold the files, those above before those below."""
        stack = [self]
        while stack:
            branch = stack.pop()
            if branch.marks != b"" and branch.directory.places:
                yield branch.directory
            stack.extend(reversed(branch.children))

    def segments(self) -> Iterator[Segment]:
        """All files, by path."""
        stack: list[Branch | Segment] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, Segment):
                yield item
                continue
            if not item.children:
                if item.count:
                    yield Segment(item.directory, item.indexes())
                continue
            kept, start = item.indexes(), 0
            parts: list[Branch | Segment] = []
            for child, stop in zip(item.children, item.before, strict=True):
                if stop > start:
                    parts.append(Segment(item.directory, kept[start:stop]))
                parts.append(child)
                start = stop
            if start < len(kept):
                parts.append(Segment(item.directory, kept[start:]))
            stack.extend(reversed(parts))


def _kept_count(directory: CatalogDirectory, marks: bytes | None) -> int:
    """How many of a directory's own files are kept."""
    return len(directory.places) if marks is None else len(marks) - marks.count(0)


def grown(directory: CatalogDirectory, marks: bytes | None, branches: dict[int, Branch]) -> Branch | None:
    """The branch of a directory from those of its children; None where nothing is kept at or below it."""
    children = [branch for child in directory.children if (branch := branches.get(child.number))]
    branch = Branch(directory, marks, children)
    return branch if branch.count else None
