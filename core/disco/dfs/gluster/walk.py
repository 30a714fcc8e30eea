"""A dataset, in order, in parallel, in batches.

Order is by path: as if the whole paths were sorted as bytes. Within a directory that means files and the contents
of sub-directories interleave, a sub-directory standing where its name with a ``/`` behind it belongs.
"""

from __future__ import annotations

import errno
import os
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import NamedTuple, cast

from .errors import CookiesDisprovedError, Failure, PathinfoError
from .filters import Filter, Substring
from .inputfs import Source, Start
from .placement import Placement
from .units import GONE, PENDING, Answer, GroupAnswer, ListedDirectory, ResolvedFiles
from .workers import completed

__all__ = [
    "ATTEMPTS_TO_TEACH",
    "BATCH",
    "PlacedFiles",
    "Report",
    "in_path_order",
    "missing_groups",
    "walk",
    "walk_directories",
]

ATTEMPTS_TO_TEACH = 3  # files that are asked for the hosts of one group: one may be lacking on a volume
BATCH = 250  # files in a unit of work
_LOOK_EVERY = 8  # steps after which new units are begun
_WINDOW = 64  # units that are under way or wait to be yielded


@dataclass
class Report:
    """What a walk met: filled while it runs, whole when it has ended.

    ``files``: placed and kept by the filter. ``vanished``: files and directories that were gone when their turn came.
    ``others``: sockets, pipes, devices and links that lead to no file; they are left out. ``by_cookie``: how many of
    the files were placed by their cookie; the others by their attribute. ``disproved``: the path of a file whose
    attribute contradicted its cookie, so that all were placed by attribute.
    """

    files: int = 0
    directories: int = 0
    vanished: int = 0
    others: int = 0
    failures: list[Failure] = field(default_factory=list)
    by_cookie: int = 0
    disproved: bytes | None = None

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


def in_path_order(listed: ListedDirectory) -> Iterator[bytes | list[bytes]]:
    """A directory's contents by path: a sub-directory's name, or a run of files that stand between two such."""
    run: list[bytes] = []
    keys = sorted([name + b"/" for name in listed.directories], reverse=True)
    for name in listed.files:
        while keys and keys[-1] < name:
            if run:
                yield run
                run = []
            yield keys.pop()[:-1]
        run.append(name)
    if run:
        yield run
    while keys:
        yield keys.pop()[:-1]


@dataclass(slots=True)
class _Directory:
    path: bytes
    listing: Future[ListedDirectory] | None = None


@dataclass(slots=True)
class _Files:
    """``said``: what the listing said of the files; PENDING ones wait for ``resolving``."""

    directory: bytes
    names: list[bytes]
    said: ResolvedFiles
    resolving: Future[ResolvedFiles] | None = None


@dataclass(slots=True)
class _Listed:
    listed: ListedDirectory


_Item = _Directory | _Files | _Listed


def _is_begun(item: _Item) -> bool:
    """Whether there is a result to wait for."""
    if isinstance(item, _Listed):
        return True
    return (item.listing if isinstance(item, _Directory) else item.resolving) is not None


def walk(source: Source, start: Start, keep: Filter, *, report: Report, sizes: bool = False) -> Iterator[PlacedFiles]:
    """The files below ``start`` that ``keep`` keeps, placed, by path.

    Only the window is held in memory, besides the names of the directories on the way. Failures go to
    ``report.failures``, and the walk goes on.
    """
    walker = _Walker(source, keep, sizes=sizes, in_order=True)
    for step in walker.run(start):
        if isinstance(step, ListedDirectory):
            _count_directory(step, source, report)
        else:
            yield _placed(step, source, report)
    if start.name is None:
        report.failures.extend(missing_groups(source))


def walk_directories(source: Source, start: Start, *, report: Report) -> Iterator[WalkedDirectory]:
    """Every directory below ``start``, its files resolved with their sizes; a directory before those in it."""
    walker = _Walker(source, Substring(b""), sizes=True, in_order=False)
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
    report.failures.extend(missing_groups(source))


class Batch(NamedTuple):
    """Some files of one directory, with what was said of them."""

    directory: bytes
    names: list[bytes]
    resolved: ResolvedFiles


class WalkedDirectory(NamedTuple):
    """A directory, with its files in batches that follow each other in the order of its listing."""

    listed: ListedDirectory
    batches: list[Batch]


class _Walker:
    """``plan`` is what is still to do, the next item last, so that the front can be replaced by what it holds.

    ``in_order``: whether files come by path, between the contents of sub-directories, or right behind their directory.
    """

    def __init__(self, source: Source, keep: Filter, *, sizes: bool, in_order: bool) -> None:
        self.source, self.keep, self.sizes, self.in_order = source, keep, sizes, in_order
        self.plan: list[_Item] = []
        self.yielded_by_cookie = 0
        self.attempts_to_teach: dict[int, int] = {}

    def run(self, start: Start) -> Iterator[ListedDirectory | Batch]:
        """Each directory as it is reached, and each batch of the files that are kept."""
        if start.name is None:
            self.plan = [_Directory(start.directory)]
        else:
            alone = ListedDirectory(start.directory, [], [start.name], placed=[PENDING])
            self.plan = self._batches(alone, [start.name])
        try:
            steps = 0
            while self.plan:
                if steps % _LOOK_EVERY == 0 or not _is_begun(self.plan[-1]):
                    self._look_ahead()
                steps += 1
                item = self.plan.pop()
                if isinstance(item, _Listed):
                    yield item.listed
                elif isinstance(item, _Directory):
                    assert item.listing is not None
                    self.plan.extend(reversed(self._contents(item.listing.result())))
                else:
                    yield self._resolved(item)
            self._believe_cookies()
        finally:
            self._cancel()

    def _cancel(self) -> None:
        for item in reversed(self.plan):
            future = item.listing if isinstance(item, _Directory) else getattr(item, "resolving", None)
            if future is not None:
                future.cancel()

    def _look_ahead(self) -> None:
        """Starts the next units in order, and opens directories whose listing is there."""
        at, ahead = len(self.plan) - 1, 0
        while at >= 0 and ahead < _WINDOW:
            item = self.plan[at]
            if isinstance(item, _Files):
                if item.resolving is None:
                    item.resolving = self._ask(item)
            elif isinstance(item, _Directory):
                if item.listing is None:
                    item.listing = self.source.list_directory(item.path, sizes=self.sizes, ask=self.keep.keeps_all)
                if item.listing.done():
                    contents = self._contents(item.listing.result())
                    self.plan[at : at + 1] = reversed(contents)
                    at += len(contents) - 1
                    continue
            at, ahead = at - 1, ahead + 1

    def _contents(self, listed: ListedDirectory) -> list[_Item]:
        """What a listed directory adds to the plan, in order."""
        items: list[_Item] = [_Listed(listed)]
        if not self.in_order:
            items.extend(self._batches(listed, listed.files))
            items.extend(_Directory(os.path.join(listed.directory, name)) for name in listed.directories)
            return items
        for part in in_path_order(listed):
            if isinstance(part, bytes):
                items.append(_Directory(os.path.join(listed.directory, part)))
            else:
                items.extend(self._batches(listed, part))
        return items

    def _batches(self, listed: ListedDirectory, names: list[bytes]) -> list[_Item]:
        """The kept of some files of one directory that follow each other in its listing, as units of work."""
        first = bisect_left(listed.files, names[0]) if names else 0
        absolute = os.path.join(self.source.mount_point, listed.directory)
        kept = self.keep.kept(absolute, names)
        items: list[_Item] = []
        for start in range(0, len(kept), BATCH):
            indexes = [first + i for i in kept[start : start + BATCH]]
            said = ResolvedFiles(
                list(listed.answers),
                [listed.placed[i] for i in indexes],
                [listed.sizes[i] for i in indexes] if listed.sizes else [-1] * len(indexes),
                [],
            )
            items.append(_Files(listed.directory, [listed.files[i] for i in indexes], said))
        return items

    def _ask(self, item: _Files) -> Future[ResolvedFiles]:
        """Asks for the attribute of those files of which the listing said nothing."""
        pending = [name for name, placed in zip(item.names, item.said.placed, strict=True) if placed == PENDING]
        if not pending:
            return completed(ResolvedFiles([], [], [], []))
        return self.source.resolve_files(item.directory, pending, sizes=self.sizes)

    def _resolved(self, item: _Files) -> Batch:
        """A batch with what was said of all its files, at the latest now."""
        answers, placed = item.said.answers, item.said.placed
        if any(isinstance(a, GroupAnswer) and a.way == "cookie" for a in answers) and max(placed, default=PENDING) >= 0:
            self._believe_cookies()
            if self.source.disproved is not None:
                item.said = ResolvedFiles([], [PENDING] * len(item.names), item.said.sizes, [])
                item.resolving = self._ask(item)
            else:
                self._teach(item)
                self.yielded_by_cookie += len(placed) - placed.count(PENDING)
        assert item.resolving is not None
        return Batch(item.directory, item.names, _merged(item.said, item.resolving.result()))

    def _believe_cookies(self) -> None:
        """Raises CookiesDisprovedError where what was given already may be wrong."""
        if self.source.disproved is not None and self.yielded_by_cookie:
            raise CookiesDisprovedError(self.source.disproved, self.yielded_by_cookie)

    def _teach(self, item: _Files) -> None:
        """Sees to it that the hosts of the batch's groups are known before an address is made of them: one file's
        attribute teaches them for its whole group.
        """
        cluster, attempts = self.source.cluster, self.attempts_to_teach
        for number, answer in enumerate(item.said.answers):
            if not isinstance(answer, GroupAnswer) or number not in item.said.placed or cluster.taught(answer.group):
                continue
            if attempts.get(answer.group, 0) < ATTEMPTS_TO_TEACH:
                attempts[answer.group] = attempts.get(answer.group, 0) + 1
                name = item.names[item.said.placed.index(number)]
                resolved = self.source.resolve_files(item.directory, [name], sizes=False).result()
                for told in resolved.answers:
                    placement_or_fault(self.source, told)


def _merged(said: ResolvedFiles, resolved: ResolvedFiles) -> ResolvedFiles:
    """What a listing said, its pending files replaced by what their attributes said, in their order."""
    if not resolved.placed:
        return said
    offset = len(said.answers)
    merged = ResolvedFiles([*said.answers, *resolved.answers], list(said.placed), list(said.sizes), [])
    pending = [index for index, placed in enumerate(said.placed) if placed == PENDING]
    for index, placed, size in zip(pending, resolved.placed, resolved.sizes, strict=True):
        merged.placed[index] = placed + offset if placed >= 0 else placed
        merged.sizes[index] = size
    merged.failures.extend((pending[number], code, words) for number, code, words in resolved.failures)
    return merged


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
        report.by_cookie += sum(placement.known_by == "cookie" for placement in placed.placements)
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


def placement_or_fault(source: Source, answer: Answer) -> Placement | str:
    """Where a file lies, or in words why there is no place that a job could use."""
    try:
        placement = source.placement(answer)
    except PathinfoError as error:
        return str(error)
    return placement if placement.usable else "no replica of it can be used: all its volumes are offline"


def missing_groups(source: Source) -> list[Failure]:
    """What no listing tells: that a group is down, and that its files are missing from every directory."""
    fact = "is down: too few of its bricks are online, and its files are in no listing"
    return [Failure(source.mount_point, errno.ENOTCONN, f"{name} {fact}") for name in source.cluster.down]


def _failure(source: Source, below: bytes, number: int, words: str) -> Failure:
    return Failure(os.path.join(source.mount_point, below), number, words)
