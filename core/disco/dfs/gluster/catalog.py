"""A dataset held in memory, filled while it is walked and read while it grows.

One thread fills a catalog; others may read it at any time. What has been told of a directory's entries never
changes afterwards, except that placements and sizes are filled in, and that a directory which is forgotten lets go of
those below it.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from .names import NameStore, Span
from .placement import Placement, WayKnown
from .units import FAILED, GONE, PENDING, UNSIZED, ListedDirectory, ResolvedFiles

if TYPE_CHECKING:
    from .runs import Run

__all__ = ["Catalog", "CatalogDirectory", "DirectoryState", "Part", "child_index"]

Part = tuple[int, int, int, tuple[tuple[int, int], ...]]  # files, bytes, files of UNSIZED, (place, files)
DirectoryState = Literal["waiting", "listed", "failed", "gone"]

_NO_FAILURES: Mapping[int, tuple[int, str]] = MappingProxyType({})
_PLACE_CODES, _SIZE_CODES = "bhi", "iq"  # arrays of 1, 2 and 4 bytes a file; of 4 and 8


class CatalogDirectory:
    """One directory of the dataset.

    ``number``: its own in the catalog, from 0. ``path``: below the mount point. ``children``: in the order of
    ``name/``; ``cuts``: for each of them, before which file it stands by path. ``places``: for each file an index into
    ``Catalog.placements``, or PENDING, FAILED, GONE. ``sizes``: bytes of each file, -1 unknown, or UNSIZED, which
    ``unsized`` of them are. ``failures``: (errno, words) by index of a file. ``common``: what all names begin with, a
    NUL, and what all end with. ``files_below``: files listed here and below so far. ``unlisted``: directories here and
    below that are known but not listed yet.
    """

    __slots__ = (
        "_store",
        "children",
        "common",
        "cuts",
        "error",
        "failures",
        "files_below",
        "number",
        "parent",
        "path",
        "places",
        "sizes",
        "span",
        "state",
        "unlisted",
        "unsized",
        "whole",
    )

    def __init__(self, number: int, path: bytes, parent: CatalogDirectory | None, store: NameStore) -> None:
        self.number = number
        self.path = path
        self.parent = parent
        self._store = store
        self.state: DirectoryState = "waiting"
        self.error: tuple[int, str] | None = None
        self.children: Sequence[CatalogDirectory] = ()
        self.cuts: Sequence[int] = ()
        self.span = Span(0, 0)
        self.common = b""
        self.places = array("b")
        self.sizes = array("i")
        self.unsized = 0
        self.failures: Mapping[int, tuple[int, str]] = _NO_FAILURES
        self.whole: Part | None = None  # what all its files add up to, once that was asked
        self.files_below = 0
        self.unlisted = 1

    def __del__(self) -> None:
        self._store.free(self.span)

    @property
    def joined_names(self) -> bytes:
        """The names of its files, sorted, with a NUL between two."""
        return self._store.read(self.span)

    @property
    def names(self) -> list[bytes]:
        """The names of its files, sorted; made at each call."""
        return self.joined_names.split(b"\0") if self.places else []

    @property
    def above(self) -> Iterator[CatalogDirectory]:
        """This directory, and those that hold it, up to the root of the catalog."""
        directory: CatalogDirectory | None = self
        while directory is not None:
            yield directory
            directory = directory.parent

    def with_all_below(self) -> Iterator[CatalogDirectory]:
        """This directory and all below it, by path."""
        stack = [self]
        while stack:
            directory = stack.pop()
            yield directory
            stack.extend(reversed(directory.children))

    def fill(self, listed: ListedDirectory, children: Sequence[CatalogDirectory]) -> None:
        """Takes up what a listing said. ``children``: in the order of ``name/``."""
        files = listed.files
        if files:
            joined = b"\0".join(files)
            self.span = self._store.add(joined)
            self.common = _common(files, joined)
            self.sizes = _smallest(_SIZE_CODES, listed.sizes or [-1] * len(files))
            self.unsized = listed.unsized
            self.places = array("b", [PENDING]) * len(files)  # until put_places() says more
        if children:
            self.children = tuple(children)
            self.cuts = array("l", [bisect_left(files, os.path.basename(c.path) + b"/") for c in children])
        self.error = listed.error
        self.state = "gone" if listed.gone else "failed" if listed.error else "listed"

    def count_at(self, place: int) -> int:
        """How many of its files have a place: an index into ``Catalog.placements``, PENDING, FAILED or GONE."""
        if self.places.typecode == "b":
            return self.places.tobytes().count(place & 255) if place < 128 else 0
        return self.places.count(place)

    def count_places(self) -> dict[int, int]:
        """How many of its files have each place."""
        if self.places.typecode != "b":
            return Counter(self.places)
        raw = self.places.tobytes()
        return {byte - 256 if byte > 127 else byte: raw.count(byte) for byte in set(raw)}

    def part(self, marks: bytes | None) -> Part:
        """What those files add up to that have a mark; all of them where ``marks`` is None."""
        if marks is None:
            if self.whole is None:
                self.whole = len(self.sizes), *self._known(self.sizes), tuple(self.count_places().items())
            return self.whole
        indexes = list(compress(range(len(marks)), marks))
        places, sizes = [self.places[index] for index in indexes], [self.sizes[index] for index in indexes]
        by_place = tuple((place, places.count(place)) for place in set(places))
        return len(sizes), *self._known(sizes), by_place

    def _known(self, sizes: Sequence[int]) -> tuple[int, int]:
        """The bytes of some of its files, as far as they are known, and how many are UNSIZED."""
        unsized = sizes.count(UNSIZED) if self.unsized else 0
        return sum(sizes) + sizes.count(-1) - UNSIZED * unsized, unsized

    def put_places(self, indexes: Sequence[int], places: Sequence[int]) -> None:
        """Sets the places of some files."""
        self.whole = None
        if len(indexes) == len(self.places):
            self.places = _smallest(_PLACE_CODES, places)
            return
        if max(places, default=0) >= 1 << (8 * self.places.itemsize - 1):
            self.places = _smallest(_PLACE_CODES, [*self.places, max(places)])[:-1]
        for index, place in zip(indexes, places, strict=True):
            self.places[index] = place

    def put_sizes(self, indexes: Sequence[int], sizes: Sequence[int]) -> None:
        """Sets the sizes of some files."""
        self.whole = None
        if max(sizes, default=0) >= 1 << (8 * self.sizes.itemsize - 1):
            self.sizes = array("q", self.sizes)
        if self.unsized:
            self.unsized -= sum(self.sizes[index] == UNSIZED for index in indexes)
        for index, size in zip(indexes, sizes, strict=True):
            self.sizes[index] = size

    def put_failures(self, failures: Mapping[int, tuple[int, str]]) -> None:
        """Adds why files could not be placed, by their index."""
        if failures:
            self.failures = {**self.failures, **failures}


def child_index(children: Sequence[CatalogDirectory], child: CatalogDirectory) -> int:
    """Where a directory stands among the children of another, or would stand."""
    return bisect_left(children, child.path + b"/", key=lambda other: other.path + b"/")


def _common(names: Sequence[bytes], joined: bytes) -> bytes:
    """What sorted names all begin with, a NUL, and what they all end with, as far as a few of them tell that."""
    first, last = names[0], names[-1]
    ending = _beginning(first[::-1], last[::-1])[::-1]
    for name in (names[len(names) // 3], names[2 * len(names) // 3]):
        ending = _beginning(ending[::-1], name[::-1])[::-1]
    if joined.count(ending + b"\0") != len(names) - 1:
        ending = b""
    return _beginning(first, last) + b"\0" + ending


def _beginning(one: bytes, other: bytes) -> bytes:
    """What two names both begin with."""
    differ = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:differ]


def _smallest(codes: str, values: Sequence[int]) -> array[int]:
    """The values in the smallest array that holds them."""
    if isinstance(values, array) and values.typecode == codes[0]:
        return values
    for code in codes[:-1]:
        try:
            return array(code, values)
        except OverflowError:
            continue
    return array(codes[-1], values)


@dataclass(slots=True)
class Progress:
    """How far a walk has come, in numbers of directories and files."""

    directories_known: int = 0
    directories_listed: int = 0
    files: int = 0
    files_resolved: int = 0

    @property
    def fraction(self) -> float:
        """How much of what is known so far is done, from 0 to 1: of the directories those that are listed, and of their
        files those that are resolved.
        """
        resolved = self.files_resolved / self.files if self.files else 1.0
        return resolved * self.directories_listed / self.directories_known if self.directories_known else 0.0

    @property
    def complete(self) -> bool:
        """Whether everything known is done."""
        return self.directories_known == self.directories_listed and self.files == self.files_resolved


class Catalog:
    """The dataset below ``root``: its directories by path, and the placements that its files share.

    ``unsized``: files whose size nobody has asked for yet. ``numbered``: directories by their number; None of those
    that were forgotten. ``runs``: see ``runs.py``; with the ``state`` that the directories were in when they were made.
    """

    def __init__(self, root: bytes) -> None:
        self.names = NameStore()
        self.directories: dict[bytes, CatalogDirectory] = {}
        self.numbered: list[CatalogDirectory | None] = []
        self.root = self._add(root, None)
        self.placements: list[Placement] = []
        self._numbers: dict[Placement, int] = {}
        self.progress = Progress(directories_known=1)
        self.unsized = 0
        self.runs: tuple[tuple[int, int], list[Run]] | None = None

    @property
    def state(self) -> tuple[int, int]:
        """Other numbers for other directories, always: the first grows with what is forgotten."""
        return len(self.numbered), self.progress.directories_listed

    def _add(self, path: bytes, parent: CatalogDirectory | None) -> CatalogDirectory:
        directory = CatalogDirectory(len(self.numbered), path, parent, self.names)
        self.numbered.append(directory)
        self.directories[path] = directory
        return directory

    def add_listing(self, listed: ListedDirectory, placements: Sequence[Placement | str]) -> Sequence[CatalogDirectory]:
        """Takes up a listing; returns the directories in it, which are now known and waiting.

        ``placements``: what each of ``listed.answers`` means, or in words why it is no place for a job.
        """
        directory = self.directories[listed.directory]
        keys = sorted([name + b"/" for name in listed.directories])
        found = [self._add(os.path.join(listed.directory, key[:-1]), directory) for key in keys]
        directory.fill(listed, found)
        count = len(listed.files)
        self._place(directory, range(count), listed.placed, placements)
        directory.put_failures({index: (code, words) for index, code, words in listed.failures})
        for above in directory.above:
            above.files_below += count
            above.unlisted += len(found) - 1
        self.progress.directories_known += len(found)
        self.progress.directories_listed += 1
        self.progress.files += count
        self.progress.files_resolved += count - directory.count_at(PENDING)
        self.unsized += directory.unsized
        return found

    def add_resolved(
        self, path: bytes, indexes: Sequence[int], resolved: ResolvedFiles, placements: Sequence[Placement | str]
    ) -> None:
        """Takes up where the files at ``indexes`` of a directory lie.

        ``placements``: what each of ``resolved.answers`` means, or in words why it is no place for a job.
        """
        directory = self.directories[path]
        self.progress.files_resolved += sum(directory.places[index] == PENDING for index in indexes)
        self._place(directory, indexes, resolved.placed, placements)
        self.add_sizes(path, indexes, resolved.sizes)
        directory.put_failures({indexes[number]: (code, words) for number, code, words in resolved.failures})

    def add_sizes(self, path: bytes, indexes: Sequence[int], sizes: Sequence[int]) -> None:
        """Takes up how many bytes the files at ``indexes`` of a directory have."""
        directory = self.directories[path]
        before = directory.unsized
        directory.put_sizes(indexes, sizes)
        self.unsized += directory.unsized - before

    def _place(
        self,
        directory: CatalogDirectory,
        indexes: Sequence[int],
        placed: Sequence[int],
        placements: Sequence[Placement | str],
    ) -> None:
        numbers = [self._number(placement) for placement in placements]
        # Read from its end for what is no index: GONE is -1, and so on.
        numbers += [PENDING, FAILED, GONE]
        directory.put_places(indexes, list(map(numbers.__getitem__, placed)))
        for number, words in enumerate(placements):
            if isinstance(words, str):
                lost = [index for index, place in zip(indexes, placed, strict=True) if place == number]
                directory.put_failures(dict.fromkeys(lost, (0, words)))

    def forget_places(self, known_by: WayKnown) -> None:
        """Makes the places pending again that were known in this way: it was found wrong. So too of files that failed
        for no error of the system's, but for the place that was known.
        """
        wrong = {number for number, placement in enumerate(self.placements) if placement.known_by == known_by}
        for directory in self.directories.values():
            failed = {index for index, (code, _) in directory.failures.items() if code == 0}
            for index, place in enumerate(directory.places):
                if place in wrong or index in failed:
                    directory.places[index] = PENDING
                    directory.whole = None
                    self.progress.files_resolved -= 1
            if failed:
                directory.failures = {i: failure for i, failure in directory.failures.items() if i not in failed}

    def forget(self, path: bytes) -> None:
        """Forgets what was listed at and below a directory, which is known and waiting again, as another object."""
        old = self.directories[path]
        stack, known = [old], 0
        while stack:
            directory = stack.pop()
            stack.extend(directory.children)
            known += 1
            self.numbered[directory.number] = None
            del self.directories[directory.path]
            if directory.state != "waiting":
                self.progress.directories_listed -= 1
            # Else they hold each other, and their names, until the collector comes: to most of them it never does.
            directory.children = ()
            self.progress.files -= len(directory.places)
            self.progress.files_resolved -= len(directory.places) - directory.count_at(PENDING)
            self.unsized -= directory.unsized
        self.progress.directories_known -= known - 1
        new = self._add(path, old.parent)
        if old.parent is None:
            self.root = new
            return
        old.parent.children = tuple(new if child is old else child for child in old.parent.children)
        for above in old.parent.above:
            above.files_below -= old.files_below
            above.unlisted += 1 - old.unlisted

    def let_go(self) -> None:
        """Forgets everything, and gives its memory back: nobody looks at it any more."""
        self.names.let_go()
        self.forget(self.root.path)

    def _number(self, placement: Placement | str) -> int:
        if isinstance(placement, str):
            return FAILED
        number = self._numbers.get(placement)
        if number is None:
            number = self._numbers[placement] = len(self.placements)
            self.placements.append(placement)
        return number
