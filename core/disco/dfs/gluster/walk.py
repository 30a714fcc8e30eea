"""A dataset's files, placed, in order; and what was met on the way."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple, cast

from .errors import Failure
from .filters import Filter, Substring
from .inputfs import Source, Start
from .placement import Placement
from .units import GONE, ListedDirectory, without
from .walker import Batch, Walker, placement_or_fault

__all__ = ["PlacedFiles", "Report", "WalkedDirectory", "missing_groups", "walk", "walk_directories"]


@dataclass
class Report:
    """What a walk met: filled while it runs, whole when it has ended.

    ``files``: placed and kept by the filter. ``vanished``: files and directories that were gone when their turn came.
    ``others``: sockets, pipes, devices and links that lead to no file; they are left out. ``by_cookie``: how many of
    the files were placed by their cookie; the others by their attribute. ``disproved``: the path of a file whose
    attribute contradicted its cookie, so that all were placed by attribute. ``lost``: units of work that ``executor``
    did not bring back (a worker was killed, or lacks this package), so that they were done in this process. ``late``:
    how many of the files came last and not in their order, since a brick was lost while their directory was listed.
    """

    files: int = 0
    directories: int = 0
    vanished: int = 0
    others: int = 0
    failures: list[Failure] = field(default_factory=list)
    by_cookie: int = 0
    disproved: bytes | None = None
    lost: int = 0
    late: int = 0

    def copy(self) -> Report:
        """What was counted until now."""
        return replace(self, failures=list(self.failures))

    def restore(self, earlier: Report) -> None:
        """Counts from an earlier copy again."""
        self.__dict__.update(earlier.copy().__dict__)


@dataclass(frozen=True, slots=True)
class PlacedFiles:
    """Some files of one directory, in order. ``directory``: below the mount point. ``sizes``: bytes, -1 unknown."""

    directory: bytes
    names: list[bytes]
    placements: list[Placement]
    sizes: list[int]


def walk(source: Source, start: Start, keep: Filter, *, report: Report, sizes: bool = False) -> Iterator[PlacedFiles]:
    """The files below ``start`` that ``keep`` keeps, placed, by path.

    Only the window is held in memory, besides the names of the directories on the way. Failures go to
    ``report.failures``, and the walk goes on.
    """
    walker, outages = Walker(source, keep, sizes=sizes, in_order=True), _Outages(source)
    for step in walker.run(start):
        if isinstance(step, ListedDirectory):
            _count_directory(step, source, report)
        else:
            placed = _placed(step, source, report)
            report.late += len(placed.names) if walker.known else 0
            yield placed
    report.lost += source.lost
    if start.name is None:
        report.failures.extend(outages.failures())


def walk_directories(source: Source, start: Start, *, report: Report) -> Iterator[WalkedDirectory]:
    """Every directory below ``start``, its files resolved with their sizes; a directory before those in it."""
    walker, outages = Walker(source, Substring(b""), sizes=True, in_order=False), _Outages(source)
    current: WalkedDirectory | None = None
    for step in walker.run(start):
        if isinstance(step, ListedDirectory):
            _count_directory(step, source, report)
            if current is not None:
                yield current
            current = WalkedDirectory(step, [])
        else:
            _placed(step, source, report)
            current = current or WalkedDirectory(ListedDirectory(step.directory, [], step.names), [])
            current.batches.append(step)
    if current is not None:
        yield current
    report.failures.extend(_left_out(source))
    report.failures.extend(outages.failures())


def _left_out(source: Source) -> Iterator[Failure]:
    """The directories of which something was left out, since a brick was lost while they were listed."""
    for doubtful in source.doubtful().result():
        again = source.list_directory(doubtful.directory, sizes=False).result()
        if again.error:
            yield _failure(source, doubtful.directory, *again.error)
        rest = without(again, {*doubtful.files, *doubtful.directories})
        if count := len(rest.files) + len(rest.directories):
            words = f"{count:,} of its entries were left out: a brick was lost while it was listed"
            yield _failure(source, doubtful.directory, 0, words)


class WalkedDirectory(NamedTuple):
    """A directory, with its files in batches that follow each other in the order of its listing."""

    listed: ListedDirectory
    batches: list[Batch]


def _count_directory(listed: ListedDirectory, source: Source, report: Report) -> None:
    if listed.gone:
        report.vanished += 1
    elif listed.error:
        report.failures.append(_failure(source, listed.directory, *listed.error))
    else:
        report.directories += 1
        report.others += listed.others


def _placed(batch: Batch, source: Source, report: Report) -> PlacedFiles:
    """The files of a batch that have a place; counts all of them."""
    placed = PlacedFiles(batch.directory, [], [], [])
    resolved = batch.resolved
    for index, number, words in resolved.failures:
        report.failures.append(_failure(source, os.path.join(batch.directory, batch.names[index]), number, words))
    report.vanished += resolved.placed.count(GONE)
    placements = [placement_or_fault(source, answer) for answer in resolved.answers]
    report.disproved = source.disproved or report.disproved
    if not resolved.failures and min(resolved.placed, default=0) >= 0 and not any(type(p) is str for p in placements):
        good = cast("list[Placement]", placements)
        placed = PlacedFiles(batch.directory, batch.names, [good[i] for i in resolved.placed], resolved.sizes)
        report.files += len(batch.names)
        report.by_cookie += sum(resolved.placed.count(i) for i, p in enumerate(good) if p.known_by == "cookie")
        return placed
    for name, answer, size in zip(batch.names, resolved.placed, resolved.sizes, strict=True):
        if answer < 0:
            continue
        placement = placements[answer]
        if isinstance(placement, str):
            report.failures.append(_failure(source, os.path.join(batch.directory, name), 0, placement))
            continue
        placed.names.append(name)
        placed.placements.append(placement)
        placed.sizes.append(size)
        report.by_cookie += placement.known_by == "cookie"
    report.files += len(placed.names)
    return placed


def missing_groups(source: Source) -> list[Failure]:
    """What no listing tells: that a group is down, and that its files are missing from every directory."""
    fact = "is down: too few of its bricks are online, and its files are in no listing"
    return [Failure(source.mount_point, errno.ENOTCONN, f"{name} {fact}") for name in source.cluster.down]


class _Outages:
    """The groups that are down when a walk begins, and those that go down before it ends."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._before = source.cluster.down, len(source.cluster.outages)

    def failures(self) -> list[Failure]:
        """What no listing tells, at the end."""
        at_first, known = self._before
        over = set(at_first).union(self._source.cluster.outages[known:]).difference(self._source.cluster.down)
        fact = "was down for a time, and its files are in no listing of then"
        mount_point = self._source.mount_point
        ended = [Failure(mount_point, errno.ENOTCONN, f"{name} {fact}") for name in sorted(over)]
        return [*missing_groups(self._source), *ended]


def _failure(source: Source, below: bytes, number: int, words: str) -> Failure:
    return Failure(os.path.join(source.mount_point, below), number, words)
