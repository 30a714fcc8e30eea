"""A dataset held in memory, filled while it is walked and read while it grows.

One thread fills a catalog; others may read it at any time. What has been told of a directory's entries never
changes afterwards, except that placements and sizes are filled in.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .placement import Placement, WayKnown
from .units import FAILED, GONE, PENDING, ListedDirectory, ResolvedFiles

__all__ = ["Catalog", "CatalogDirectory", "DirectoryState"]

DirectoryState = Literal["waiting", "listed", "failed", "gone"]


class CatalogDirectory:
    """One directory of the dataset.

    ``path``: below the mount point. ``directories``: names in the order of ``name/``; ``cuts``: for each of them,
    before which file it stands by path. ``places``: for each file an index into ``Catalog.placements``, or PENDING,
    FAILED, GONE. ``sizes``: bytes of each file, -1 unknown. ``files_below``: files listed here and below so far.
    ``unlisted``: directories here and below that are known but not listed yet.
    """

    __slots__ = (
        "_names",
        "cuts",
        "directories",
        "error",
        "failures",
        "files_below",
        "path",
        "places",
        "sizes",
        "state",
        "unlisted",
    )

    def __init__(self, path: bytes) -> None:
        self.path = path
        self.state: DirectoryState = "waiting"
        self.error: tuple[int, str] | None = None
        self.directories: Sequence[bytes] = ()
        self.cuts: Sequence[int] = ()
        self._names = b""
        self.places = array("i")
        self.sizes = array("q")
        self.failures: dict[int, tuple[int, str]] = {}
        self.files_below = 0
        self.unlisted = 1

    @property
    def names(self) -> list[bytes]:
        """The names of its files, sorted; made at each call."""
        return self._names.split(b"\0") if self.places else []

    def fill(self, listed: ListedDirectory) -> None:
        """Takes up what a listing said."""
        files = listed.files
        keys = sorted(name + b"/" for name in listed.directories)
        self._names = b"\0".join(files)
        self.directories = [key[:-1] for key in keys]
        self.cuts = array("l", [bisect_left(files, key) for key in keys])
        self.sizes = array("q", listed.sizes or [-1] * len(files))
        self.places = array("i", [PENDING]) * len(files)
        self.error = listed.error
        self.state = "gone" if listed.gone else "failed" if listed.error else "listed"


@dataclass(slots=True)
class Progress:
    """How far a walk has come, in numbers of directories and files."""

    directories_known: int = 0
    directories_listed: int = 0
    files: int = 0
    files_resolved: int = 0
    vanished: int = 0
    others: int = 0

    @property
    def fraction(self) -> float:
        """How much of what is known so far is done, from 0 to 1; listing and resolving count alike."""
        known = self.directories_known + self.files
        return (self.directories_listed + self.files_resolved) / known if known else 0.0

    @property
    def complete(self) -> bool:
        """Whether everything known is done."""
        return self.directories_known == self.directories_listed and self.files == self.files_resolved


class Catalog:
    """The dataset below ``root``: its directories by path, and the placements that its files share."""

    def __init__(self, root: bytes) -> None:
        self.root = root
        self.directories: dict[bytes, CatalogDirectory] = {root: CatalogDirectory(root)}
        self.placements: list[Placement] = []
        self._numbers: dict[Placement, int] = {}
        self.progress = Progress(directories_known=1)

    def parents(self, path: bytes) -> list[CatalogDirectory]:
        """The directory at ``path`` and those above it, up to the root of the catalog."""
        found = []
        while True:
            found.append(self.directories[path])
            if path == self.root:
                return found
            path = os.path.dirname(path)

    def add_listing(self, listed: ListedDirectory, placements: Sequence[Placement | str]) -> list[bytes]:
        """Takes up a listing; returns the paths of the directories in it, which are now known and waiting.

        ``placements``: what each of ``listed.answers`` means, or in words why it is no place for a job.
        """
        directory = self.directories[listed.directory]
        directory.fill(listed)
        self._place(directory, range(len(directory.places)), listed.placed, placements)
        found = [os.path.join(listed.directory, name) for name in directory.directories]
        for path in found:
            self.directories[path] = CatalogDirectory(path)
        for above in self.parents(listed.directory):
            above.files_below += len(directory.places)
            above.unlisted += len(found) - 1
        self.progress.directories_known += len(found)
        self.progress.directories_listed += 1
        self.progress.files += len(directory.places)
        self.progress.files_resolved += len(directory.places) - directory.places.count(PENDING)
        self.progress.others += listed.others
        self.progress.vanished += listed.gone
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
        for index, size in zip(indexes, resolved.sizes, strict=True):
            directory.sizes[index] = size
        for number, code, words in resolved.failures:
            directory.failures[indexes[number]] = (code, words)
        self.progress.vanished += resolved.placed.count(GONE)

    def _place(
        self,
        directory: CatalogDirectory,
        indexes: Sequence[int],
        placed: Sequence[int],
        placements: Sequence[Placement | str],
    ) -> None:
        numbers = [self._number(placement) for placement in placements]
        for index, place in zip(indexes, placed, strict=True):
            directory.places[index] = numbers[place] if place >= 0 else place
        for number, words in enumerate(placements):
            if isinstance(words, str):
                lost = [index for index, place in zip(indexes, placed, strict=True) if place == number]
                directory.failures.update(dict.fromkeys(lost, (0, words)))

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
                    self.progress.files_resolved -= 1
            for index in failed:
                del directory.failures[index]

    def _number(self, placement: Placement | str) -> int:
        if isinstance(placement, str):
            return FAILED
        number = self._numbers.get(placement)
        if number is None:
            number = self._numbers[placement] = len(self.placements)
            self.placements.append(placement)
        return number
