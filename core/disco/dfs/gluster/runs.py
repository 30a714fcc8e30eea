"""Directories whose names stand one behind the other in memory: one search finds the names of all of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter

from .catalog import CatalogDirectory, Part
from .filters import Substring
from .names import NameStore, Span
from .units import FAILED, GONE, PENDING

__all__ = ["MatchedRun", "names_of_run", "runs"]

_UNSETTLED = (PENDING, FAILED, GONE)


def runs(directories: Sequence[CatalogDirectory]) -> Iterator[list[CatalogDirectory]]:
    """The directories, in runs whose names follow each other in memory; one without files is a run of its own."""
    run: list[CatalogDirectory] = []
    end = -1
    for directory in directories:
        start, length = directory.span
        if start != end or not length:
            if run:
                yield run
            run = []
        run.append(directory)
        end = start + length + 1 if length else -1
    if run:
        yield run


def names_of_run(store: NameStore, run: Sequence[CatalogDirectory]) -> bytes:
    """The names of a run's files, with a NUL between two."""
    first, last = run[0].span, run[-1].span
    return store.read(Span(first.start, last.start + last.length - first.start))


class MatchedRun:
    """The directories of a run, and which of their files hold a string in their names. ``first``: where it stands first
    in them, where that is known.
    """

    def __init__(self, directories: Sequence[CatalogDirectory], names: bytes, keep: Substring, first: int = 0) -> None:
        self.directories = directories
        self._starts = list(accumulate([len(directory.places) for directory in directories], initial=0))
        kept = keep.holders(names, self._starts[-1], first)
        # Numbers counted through all directories; a name may hold the string more than once.
        self._kept = kept if len(set(kept)) == len(kept) else list(dict.fromkeys(kept))

    def marks(self) -> Iterator[tuple[CatalogDirectory, bytes | None]]:
        """The directories with files that are kept, each with its marks (see ``Substring.marks``)."""
        marked = bytearray(self._starts[-1])
        for number in self._kept:
            marked[number] = 1
        every = bytes(marked)
        for directory, (start, stop) in zip(self.directories, pairwise(self._starts), strict=True):
            marks = every[start:stop]
            if 1 in marks:
                yield directory, marks if 0 in marks else None

    def settled_part(self) -> Part | None:
        """What the files add up to that are kept; None where that may change, or is not told at once."""
        places = b"".join([directory.places for directory in self.directories])
        sizes = array("i", b"".join([directory.sizes for directory in self.directories]))
        if not self._starts[-1] == len(places) == len(sizes) or any(place & 255 in places for place in _UNSETTLED):
            return None
        at_kept = itemgetter(*self._kept, 0, 0)  # with a single one, it would give no tuple
        kept = bytes(at_kept(places)[:-2])
        known = at_kept(sizes)[:-2]
        by_place = tuple((place, kept.count(place)) for place in set(kept))
        return len(known), sum(known) + known.count(-1), by_place
