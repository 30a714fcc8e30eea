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

from .placement import Placement
from .units import FAILED, GONE, ListedDirectory, ResolvedFiles

__all__ = ["PENDING", "Catalog", "CatalogDirectory", "DirectoryState"]

PENDING = -3  # besides FAILED and GONE of units.py: not resolved yet

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
        files = sorted(listed.files)
        keys = sorted(name + b"/" for name in listed.directories)
        self._names = b"\0".join(files)
        self.directories = [key[:-1] for key in keys]
        self.cuts = array("l", [bisect_left(files, key) for key in keys])
        self.sizes = array("q", [-1]) * len(files)
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

    def add_listing(self, listed: ListedDirectory) -> list[bytes]:
        """Takes up a listing; returns the paths of the directories in it, which are now known and waiting."""
        directory = self.directories[listed.directory]
        directory.fill(listed)
        found = [os.path.join(listed.directory, name) for name in directory.directories]
        for path in found:
            self.directories[path] = CatalogDirectory(path)
        for above in self.parents(listed.directory):
            above.files_below += len(directory.places)
            above.unlisted += len(found) - 1
        self.progress.directories_known += len(found)
        self.progress.directories_listed += 1
        self.progress.files += len(directory.places)
        self.progress.others += listed.others
        self.progress.vanished += listed.gone
        return found

    def add_resolved(
        self, path: bytes, indexes: Sequence[int], resolved: ResolvedFiles, placements: list[Placement | str]
    ) -> None:
        """Takes up where the files at ``indexes`` of a directory lie.

        ``placements``: what each of ``resolved.answers`` means, or in words why it is no place for a job.
        """
        directory = self.directories[path]
        numbers = [self._number(placement) for placement in placements]
        for index, placed, size in zip(indexes, resolved.placed, resolved.sizes, strict=True):
            self.progress.files_resolved += directory.places[index] == PENDING
            directory.places[index] = numbers[placed] if placed >= 0 else placed
            directory.sizes[index] = size
            if placed >= 0 and numbers[placed] == FAILED:
                directory.failures[index] = (0, str(placements[placed]))
            self.progress.vanished += placed == GONE
        for number, code, words in resolved.failures:
            directory.failures[indexes[number]] = (code, words)

    def _number(self, placement: Placement | str) -> int:
        if isinstance(placement, str):
            return FAILED
        number = self._numbers.get(placement)
        if number is None:
            number = self._numbers[placement] = len(self.placements)
            self.placements.append(placement)
        return number
