"""A dataset, in order, in parallel, in batches.

Order is by path: as if the whole paths were sorted as bytes. Within a directory that means files and the contents
of sub-directories interleave, a sub-directory standing where its name with a ``/`` behind it belongs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from .errors import Failure, PathinfoError
from .filters import Filter
from .inputfs import Source, Start
from .placement import Placement
from .units import GONE, ListedDirectory, ResolvedFiles

__all__ = ["BATCH", "PlacedFiles", "Report", "in_path_order", "walk"]

BATCH = 250  # files in a unit of work
_WINDOW = 64  # units that are under way or wait to be yielded


@dataclass
class Report:
    """What a walk met: filled while it runs, whole when it has ended.

    ``files``: placed and kept by the filter. ``vanished``: files and directories that were gone when their turn came.
    ``others``: sockets, pipes, devices and links that lead to no file; they are left out.
    """

    files: int = 0
    directories: int = 0
    vanished: int = 0
    others: int = 0
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlacedFiles:
    """Some files of one directory, in order. ``directory``: below the mount point. ``sizes``: bytes, -1 unknown."""

    directory: bytes
    names: list[bytes]
    placements: list[Placement]
    sizes: list[int]


def in_path_order(listed: ListedDirectory) -> Iterator[bytes | list[bytes]]:
    """A directory's contents by path: a sub-directory's name, or a run of files that stand between two such."""
    run: list[bytes] = []
    pending = iter([(name + b"/", name) for name in listed.directories])
    key, directory = next(pending, (None, b""))
    for name in listed.files:
        while key is not None and key < name:
            if run:
                yield run
                run = []
            yield directory
            key, directory = next(pending, (None, b""))
        run.append(name)
    if run:
        yield run
    while key is not None:
        yield directory
        key, directory = next(pending, (None, b""))


@dataclass(slots=True)
class _Directory:
    path: bytes
    listing: Future[ListedDirectory] | None = None


@dataclass(slots=True)
class _Files:
    directory: bytes
    names: list[bytes]
    resolving: Future[ResolvedFiles] | None = None


_Item = _Directory | _Files


def walk(source: Source, start: Start, keep: Filter, *, report: Report, sizes: bool = False) -> Iterator[PlacedFiles]:
    """The files below ``start`` that ``keep`` keeps, placed, by path.

    Only the window is held in memory, besides the names of the directories on the way. Failures go to
    ``report.failures``, and the walk goes on.
    """
    walker = _Walker(source, keep, report, sizes)
    if start.name is None:
        return walker.run([_Directory(start.directory)])
    return walker.run(walker.batches(start.directory, [start.name]))


class _Walker:
    """``plan`` is what is still to do, the next item last, so that the front can be replaced by what it holds."""

    def __init__(self, source: Source, keep: Filter, report: Report, sizes: bool) -> None:
        self.source, self.keep, self.report, self.sizes = source, keep, report, sizes
        self.plan: list[_Item] = []

    def run(self, plan: list[_Item]) -> Iterator[PlacedFiles]:
        self.plan = plan
        try:
            while self.plan:
                self._look_ahead()
                item = self.plan.pop()
                if isinstance(item, _Directory):
                    assert item.listing is not None
                    self.plan.extend(reversed(self._contents(item.listing.result())))
                else:
                    assert item.resolving is not None
                    yield self._placed(item, item.resolving.result())
        finally:
            for item in self.plan:
                future = item.listing if isinstance(item, _Directory) else item.resolving
                if future is None:
                    break  # what is deeper in the plan was never begun
                future.cancel()

    def _look_ahead(self) -> None:
        """Starts the next units in order, and opens directories whose listing is there."""
        at, ahead = len(self.plan) - 1, 0
        while at >= 0 and ahead < _WINDOW:
            item = self.plan[at]
            if isinstance(item, _Files):
                if item.resolving is None:
                    item.resolving = self.source.resolve_files(item.directory, item.names, sizes=self.sizes)
            elif item.listing is None:
                item.listing = self.source.list_directory(item.path)
            elif item.listing.done():
                contents = self._contents(item.listing.result())
                self.plan[at : at + 1] = reversed(contents)
                at += len(contents) - 1
                continue
            at, ahead = at - 1, ahead + 1

    def _contents(self, listed: ListedDirectory) -> list[_Item]:
        """What a listed directory adds to the plan, in order; counts it."""
        if listed.gone:
            self.report.vanished += 1
            return []
        if listed.error:
            self._fail(listed.directory, *listed.error)
            return []
        self.report.directories += 1
        self.report.others += listed.others
        items: list[_Item] = []
        for part in in_path_order(listed):
            if isinstance(part, bytes):
                items.append(_Directory(os.path.join(listed.directory, part)))
            else:
                items.extend(self.batches(listed.directory, part))
        return items

    def batches(self, directory: bytes, names: list[bytes]) -> list[_Item]:
        """The kept of some files of one directory, as units of work."""
        absolute = os.path.join(self.source.mount_point, directory)
        kept = [names[i] for i in self.keep.kept(absolute, names)]
        return [_Files(directory, kept[i : i + BATCH]) for i in range(0, len(kept), BATCH)]

    def _placed(self, item: _Files, resolved: ResolvedFiles) -> PlacedFiles:
        for index, number, words in resolved.failures:
            self._fail(os.path.join(item.directory, item.names[index]), number, words)
        self.report.vanished += resolved.placed.count(GONE)
        try:
            placements = self.source.placements(resolved)
        except PathinfoError as error:
            for name in item.names:
                self._fail(os.path.join(item.directory, name), 0, str(error))
            return PlacedFiles(item.directory, [], [], [])
        placed = PlacedFiles(item.directory, [], [], [])
        for name, answer, size in zip(item.names, resolved.placed, resolved.sizes, strict=True):
            if answer >= 0:
                placed.names.append(name)
                placed.placements.append(placements[answer])
                placed.sizes.append(size)
        self.report.files += len(placed.names)
        return placed

    def _fail(self, below: bytes, number: int, words: str) -> None:
        self.report.failures.append(Failure(os.path.join(self.source.mount_point, below), number, words))
