"""The order and the pace of a walk: what comes next, what is asked ahead, and how much is held.

Order is by path: as if the whole paths were sorted as bytes. Within a directory that means files and the contents
of sub-directories interleave, a sub-directory standing where its name with a ``/`` behind it belongs.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple

from .errors import CookiesDisprovedError, PathinfoError
from .filters import Filter
from .inputfs import Source, Start
from .placement import Placement
from .units import PENDING, UNSIZED, Answer, FileSizes, GroupAnswer, ListedDirectory, ResolvedFiles, without
from .workers import completed

__all__ = ["BATCH", "FEW_TEACHERS", "Batch", "Walker", "in_path_order", "placement_or_fault"]

FEW_TEACHERS = 3  # files that are asked for the hosts of one group: one may be lacking on a volume
BATCH = 250  # files in a unit of work
_LOOK_EVERY = 8  # steps after which new units are begun
_WINDOW = 64  # units that are under way or wait to be yielded


class Batch(NamedTuple):
    """Some files of one directory, with what was said of them."""

    directory: bytes
    names: list[bytes]
    resolved: ResolvedFiles


def in_path_order(listed: ListedDirectory) -> Iterator[bytes | list[bytes]]:
    """A directory's contents by path: a sub-directory's name, or a run of files that stand between two such."""
    if not listed.directories:  # as most that hold files
        if listed.files:
            yield listed.files
        return
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


def placement_or_fault(source: Source, answer: Answer) -> Placement | str:
    """Where a file lies, or in words why there is no place that a job could use."""
    try:
        placement = source.placement(answer)
    except PathinfoError as error:
        return str(error)
    return placement if placement.usable else "no replica of it can be used: all its volumes are offline"


@dataclass(slots=True)
class _Directory:
    path: bytes
    listing: Future[ListedDirectory] | None = None


@dataclass(slots=True)
class _Files:
    """``said``: what the listing said of the files; PENDING ones wait for ``resolving``, UNSIZED for ``sizing``."""

    directory: bytes
    names: list[bytes]
    said: ResolvedFiles
    resolving: Future[ResolvedFiles] | None = None
    sizing: Future[FileSizes] | None = None


@dataclass(slots=True)
class _Listed:
    listed: ListedDirectory


_Item = _Directory | _Files | _Listed


def _is_begun(item: _Item) -> bool:
    """Whether there is a result to wait for."""
    if isinstance(item, _Listed):
        return True
    return (item.listing if isinstance(item, _Directory) else item.resolving) is not None


class Walker:
    """``plan`` is what is still to do, the next item last, so that the front can be replaced by what it holds.

    ``in_order``: whether files come by path, between the contents of sub-directories, or right behind their directory.
    """

    def __init__(self, source: Source, keep: Filter, *, sizes: bool, in_order: bool) -> None:
        self.source, self.keep, self.sizes, self.in_order = source, keep, sizes, in_order
        self.plan: list[_Item] = []
        self.yielded_by_cookie = 0
        self.asked_thoroughly: set[int] = set()  # groups of which several files were asked for their hosts
        self.known: dict[bytes, set[bytes]] = {}  # what was listed before of directories that are listed again

    def run(self, start: Start) -> Iterator[ListedDirectory | Batch]:
        """Each directory as it is reached, and each batch of the files that are kept."""
        if start.name is None:
            self.plan = [_Directory(start.directory)]
        else:
            alone = ListedDirectory(start.directory, [], [start.name], placed=[PENDING])
            self.plan = self._batches(alone, [start.name])
        try:
            steps = 0
            while self.plan or (self.in_order and self._plan_again()):
                if steps % _LOOK_EVERY == 0 or not _is_begun(self.plan[-1]):
                    self._look_ahead()
                steps += 1
                if not self.plan:  # what was listed again was whole
                    continue
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

    def _plan_again(self) -> bool:
        """Plans what was left out of listings that were made while a brick was lost: it comes behind all else, and out
        of its order.
        """
        for doubtful in self.source.doubtful().result():
            known = self.known.setdefault(doubtful.directory, set())
            known.update(doubtful.files, doubtful.directories)
            self.plan.append(_Directory(doubtful.directory))
        return bool(self.plan)

    def _cancel(self) -> None:
        for item in reversed(self.plan):
            for future in [getattr(item, name, None) for name in ("listing", "resolving", "sizing")]:
                if future is not None:
                    future.cancel()

    def _look_ahead(self) -> None:
        """Starts the next units in order, and opens directories whose listing is there."""
        at, ahead = len(self.plan) - 1, 0
        while at >= 0 and ahead < _WINDOW:
            item = self.plan[at]
            if isinstance(item, _Files):
                if item.resolving is None:
                    item.resolving, item.sizing = self._ask(item), self._ask_sizes(item)
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
        if listed.directory in self.known and not (listed.error or listed.gone):
            listed, items = without(listed, self.known[listed.directory]), []
        if not self.in_order:
            items.extend(self._batches(listed, listed.files))
            # In the order of whole paths, as a recording is read: "a-b/" stands before "a/".
            names = sorted(listed.directories, key=lambda name: name + b"/")
            items.extend(_Directory(os.path.join(listed.directory, name)) for name in names)
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
                _failures_of(listed, indexes),
            )
            items.append(_Files(listed.directory, [listed.files[i] for i in indexes], said))
        return items

    def _ask(self, item: _Files) -> Future[ResolvedFiles]:
        """Asks for the attribute of those files of which the listing said nothing."""
        pending = [name for name, placed in zip(item.names, item.said.placed, strict=True) if placed == PENDING]
        if not pending:
            return completed(ResolvedFiles([], [], [], []))
        return self.source.resolve_files(item.directory, pending, sizes=self.sizes)

    def _ask_sizes(self, item: _Files) -> Future[FileSizes] | None:
        unsized = [name for name, size in zip(item.names, item.said.sizes, strict=True) if size == UNSIZED]
        return self.source.ask_sizes(item.directory, unsized) if unsized else None

    def _resolved(self, item: _Files) -> Batch:
        """A batch with what was said of all its files, at the latest now."""
        self._believe_cookies()
        answers, placed = item.said.answers, item.said.placed
        if any(isinstance(a, GroupAnswer) and a.way == "cookie" for a in answers) and max(placed, default=PENDING) >= 0:
            if self.source.disproved is not None:
                item.said = ResolvedFiles([], [PENDING] * len(item.names), item.said.sizes, [])
                item.resolving = self._ask(item)
            else:
                self._teach(item)
                self.yielded_by_cookie += len(placed) - placed.count(PENDING)
        assert item.resolving is not None
        if item.sizing is not None:
            asked = iter(item.sizing.result().sizes)
            sizes = [next(asked) if size == UNSIZED else size for size in item.said.sizes]
            item.said = item.said._replace(sizes=sizes)
        return Batch(item.directory, item.names, _merged(item.said, item.resolving.result()))

    def _believe_cookies(self) -> None:
        """Raises CookiesDisprovedError where what was given already may be wrong."""
        if self.source.disproved is not None and self.yielded_by_cookie:
            raise CookiesDisprovedError(self.source.disproved, self.yielded_by_cookie)

    def _teach(self, item: _Files) -> None:
        """Sees to it that the hosts of the batch's groups are known before an address is made of them: one file's
        attribute tells them for its whole group. Where no file of a group may be asked, each of them is, and says why.
        """
        cluster = self.source.cluster
        for number, answer in enumerate(item.said.answers):
            if not isinstance(answer, GroupAnswer) or number not in item.said.placed or cluster.taught(answer.group):
                continue
            if answer.group not in self.asked_thoroughly:  # else, a volume of it lacks what was asked for
                self._teach_group(item, number, answer)
            if not cluster.shown(answer.group):
                placed = [PENDING if place == number else place for place in item.said.placed]
                item.said = item.said._replace(placed=placed)
                item.resolving = self._ask(item)

    def _teach_group(self, item: _Files, number: int, answer: GroupAnswer) -> None:
        cluster = self.source.cluster
        for directory, names in self._teachers(item, number, answer):
            resolved = self.source.resolve_files(directory, names, sizes=False).result()
            for told in resolved.answers:
                placement_or_fault(self.source, told)
            if cluster.taught(answer.group):
                return
        self.asked_thoroughly.add(answer.group)

    def _teachers(self, item: _Files, number: int, answer: GroupAnswer) -> Iterator[tuple[bytes, list[bytes]]]:
        """Files of a group to be asked for its hosts: a first, some more in case that a volume lacks it, and while none
        has answered, all others of the batch and of some batches behind it.
        """
        names = _names_at(item, number)
        yield item.directory, names[:1]
        if len(names) > 1:
            yield item.directory, names[1:FEW_TEACHERS]
        if not self.source.cluster.shown(answer.group) and len(names) > FEW_TEACHERS:
            yield item.directory, names[FEW_TEACHERS:]
        for other in reversed(self.plan[-_WINDOW:]):
            if self.source.cluster.shown(answer.group):
                return
            if isinstance(other, _Files) and answer in other.said.answers:
                names = _names_at(other, other.said.answers.index(answer))
                if names:
                    yield other.directory, names


def _failures_of(listed: ListedDirectory, indexes: list[int]) -> list[tuple[int, int, str]]:
    """What a listing says of why some of its files could not be placed, by their number among these."""
    if not listed.failures:
        return []
    numbers = {index: number for number, index in enumerate(indexes)}
    return [(numbers[index], code, words) for index, code, words in listed.failures if index in numbers]


def _names_at(item: _Files, number: int) -> list[bytes]:
    """The files of a batch of which an answer was said."""
    return [name for name, place in zip(item.names, item.said.placed, strict=True) if place == number]


def _merged(said: ResolvedFiles, resolved: ResolvedFiles) -> ResolvedFiles:
    """What a listing said, its pending files replaced by what their attributes said, in their order."""
    if not resolved.placed:
        return said
    offset = len(said.answers)
    merged = ResolvedFiles([*said.answers, *resolved.answers], list(said.placed), list(said.sizes), list(said.failures))
    pending = [index for index, placed in enumerate(said.placed) if placed == PENDING]
    for index, placed, size in zip(pending, resolved.placed, resolved.sizes, strict=True):
        merged.placed[index] = placed + offset if placed >= 0 else placed
        merged.sizes[index] = size
    merged.failures.extend((pending[number], code, words) for number, code, words in resolved.failures)
    return merged
