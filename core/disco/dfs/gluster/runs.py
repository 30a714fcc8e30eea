"""Directories whose names stand one behind the other in memory: one search finds the names of all of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import cast

from .catalog import Catalog, CatalogDirectory, Part
from .filters import Substring
from .names import Span
from .units import FAILED, GONE, PENDING

__all__ = ["MatchedRun", "Run", "all_runs", "runs"]

_UNSETTLED = (PENDING, FAILED, GONE)
_MOST = 64  # directories in a run


class Run:
    """Directories whose names stand one behind the other in memory: no more than some; one without files by itself.

    ``numbers``: the directories' own in the catalog; ``paths``: theirs, with a NUL between two; ``span``: where the
    names of all their files stand, with a NUL between two; ``name_starts``: for each directory where its names stand in
    those; ``starts``: for each directory the number of files before it, and for all in the end.
    """

    # Numbers rather than objects, which the garbage collector would look through time and again.
    __slots__ = ("_catalog", "name_starts", "numbers", "paths", "span", "starts")

    def __init__(self, catalog: Catalog, directories: list[CatalogDirectory]) -> None:
        first, last = directories[0].span, directories[-1].span
        self._catalog = catalog
        self.numbers = array("l", [directory.number for directory in directories])
        self.span = Span(first.start, last.start + last.length - first.start)
        self.name_starts = array("q", [directory.span.start - first.start for directory in directories])
        self.paths = b"\0".join([directory.path for directory in directories])
        self.starts = array("q", accumulate([len(directory.places) for directory in directories], initial=0))

    @property
    def directories(self) -> list[CatalogDirectory]:
        """The directories, none of which was forgotten since the run was made."""
        return cast("list[CatalogDirectory]", list(map(self._catalog.numbered.__getitem__, self.numbers)))


def runs(catalog: Catalog, directories: Iterable[CatalogDirectory]) -> Iterator[Run]:
    """Directories of a catalog, in their order, in runs."""
    run: list[CatalogDirectory] = []
    end = -1
    for directory in directories:
        start, length = directory.span
        if start != end or not length or len(run) >= _MOST:
            if run:
                yield Run(catalog, run)
            run = []
        run.append(directory)
        end = start + length + 1 if length else -1
    if run:
        yield Run(catalog, run)


def all_runs(catalog: Catalog) -> Iterator[Run]:
    """All directories of a catalog, by path, in runs; they are kept for the next time, when there may be no others."""
    state = catalog.state
    if catalog.runs is not None and catalog.runs[0] == state:
        yield from catalog.runs[1]
        return
    made = []
    for run in runs(catalog, catalog.root.with_all_below()):
        made.append(run)
        yield run
    if state == catalog.state:
        catalog.runs = state, made


class MatchedRun:
    """A run, and which of its files hold a string in their names. ``first``: where it stands first in them, where that
    is known.
    """

    def __init__(self, run: Run, names: bytes, keep: Substring, first: int = 0) -> None:
        self._run = run
        # Numbers counted through all directories.
        kept = keep.holders(names, run.starts[-1], first)
        marked = bytearray(run.starts[-1])
        for number in kept:
            marked[number] = 1
        self._marked = bytes(marked)
        # A name may hold the string more than once.
        self._kept = kept if self._marked.count(1) == len(kept) else list(dict.fromkeys(kept))

    def marks(self) -> dict[int, bytes | None]:
        """By the number of each directory with files that are kept, its marks (see ``Substring.marks``)."""
        by_directory = [self._marked[start:stop] for start, stop in pairwise(self._run.starts)]
        numbered = zip(self._run.numbers, by_directory, strict=True)
        return {number: marks if 0 in marks else None for number, marks in numbered if 1 in marks}

    def settled_part(self) -> Part | None:
        """What the files add up to that are kept; None where that may change, or is not told at once."""
        directories = self._run.directories
        places = b"".join([directory.places for directory in directories])
        sizes = array("i", b"".join([directory.sizes for directory in directories]))
        if not len(self._marked) == len(places) == len(sizes) or any(place & 255 in places for place in _UNSETTLED):
            return None
        if any(directory.unsized for directory in directories):
            return None
        at_kept = itemgetter(*self._kept, 0, 0)  # with a single one, it would give no tuple
        kept = bytes(at_kept(places)[:-2])
        known = at_kept(sizes)[:-2]
        return len(known), sum(known) + known.count(-1), 0, tuple(_counts(kept))


def _counts(places: bytes) -> Iterator[tuple[int, int]]:
    """Each place, and how often it is there."""
    while places:
        others = places.translate(None, places[:1])
        yield places[0], len(places) - len(others)
        places = others
