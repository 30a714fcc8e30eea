"""The units of work on a mount: what a worker does, wherever it runs.

A unit is a directory, or a batch of a directory's files, never one file. Arguments and results are plain tuples of
plain values, and an error travels as data: so that any ``concurrent.futures.Executor`` can carry them, in
threads, in processes, or on other machines that have the mount at the same path.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple, TypeVar

from .attributes import RawPlacement, ask_placement
from .cookies import UNKNOWN, groups_of
from .errors import GraphError, PathinfoError, meaning
from .listing import Listing, list_directory
from .meta import graph_shape, states_of
from .mounts import gluster_mounts

__all__ = [
    "FAILED",
    "GONE",
    "PENDING",
    "UNSIZED",
    "Answer",
    "FileSizes",
    "GroupAnswer",
    "ListTask",
    "ListedDirectory",
    "ResolvedFiles",
    "joined",
    "lacks_mount",
    "list_unit",
    "resolve_unit",
    "size_unit",
    "without",
    "without_cookies",
]


class GroupAnswer(NamedTuple):
    """That a file lies on a group, by its index, and on which of the group's volumes it is lacking."""

    way: Literal["cookie", "recording"]
    group: int
    absent: tuple[int, ...] = ()


Answer = RawPlacement | GroupAnswer

GONE = -1  # in the place of an index into answers: the file vanished since it was listed
FAILED = -2  # the file is there, but its placement is not to be had
PENDING = -3  # nothing was said of it yet
UNSIZED = -2  # in the place of a size: nobody has asked for it yet

T = TypeVar("T")
_OF_A_LOSS = (errno.ENOTCONN, errno.EIO, errno.EBADF, errno.EBADFD)  # seen where a brick was lost (GlusterFS 10.3)
_ATTEMPTS = 3
_LOOK_EVERY = 1.0  # seconds
_NO_MOUNT = (errno.ENODEV, "no GlusterFS mount is there where this was asked: a worker without it?")

_ASKED_AT_ONCE = 1000  # files of one directory; those behind them can be asked for by others at the same time


class ListTask(NamedTuple):
    """A directory to be listed. ``leaf_groups``: for each leaf of the client graph its group's index (see
    ``cookies.py``); None to leave placements to the attribute. ``graph``: where the active graph's link stands, and
    what it has to say for ``leaf_groups`` to hold. ``check``: groups of which one file each is asked for its
    attribute too. ``watched``: volumes and groups to look after, by name, at once where ``look`` is set, and in any
    case while a listing goes on for long. ``sizes``: whether sizes are wanted. ``ask``:
    where cookies are not used, to ask for the attributes right behind the listing.
    """

    mount_point: bytes
    directory: bytes
    leaf_groups: tuple[int, ...] | None = None
    graph: tuple[bytes, bytes] | None = None
    check: frozenset[int] = frozenset()
    watched: tuple[str, ...] = ()
    look: bool = False
    sizes: bool = False
    disperse: bool = False
    ask: bool = False


class ListedDirectory(NamedTuple):
    """One directory, listed. ``directory``: below the mount point, without a leading slash, "" for its root.

    Names sorted as bytes. ``others``: entries that are no files. ``error``: (errno, words) where it could not be
    listed; ``gone``: it vanished. ``answers``: what the cookies say, each once; ``placed``: for each file an index into
    it, PENDING where the attribute has to be asked, or FAILED; ``failures``: (index of the file, errno, words) of such.
    ``sizes``: of each file, -1 unknown, UNSIZED where it is to be asked for, as ``unsized`` are; empty where none was
    wanted. ``checks``: (index of a file, what its attribute says). ``stale``: the client graph is another by now, so
    that what cookies said means nothing, and volumes may be there that nobody knows. ``states``: of what was watched,
    by name.
    """

    directory: bytes
    directories: list[bytes]
    files: list[bytes]
    others: int = 0
    error: tuple[int, str] | None = None
    gone: bool = False
    answers: Sequence[Answer] = ()
    placed: Sequence[int] = ()
    sizes: Sequence[int] = ()
    checks: Sequence[tuple[int, RawPlacement]] = ()
    stale: bool = False
    states: dict[str, bool] | None = None
    failures: Sequence[tuple[int, int, str]] = ()
    unsized: int = 0


def without_cookies(listed: ListedDirectory) -> ListedDirectory:
    """The listing, with every file pending that its cookie placed."""
    told = [number for number, answer in enumerate(listed.answers) if getattr(answer, "way", "") == "cookie"]
    if not told:
        return listed
    return listed._replace(placed=[PENDING if place in told else place for place in listed.placed])


def joined(earlier: ListedDirectory, again: ListedDirectory) -> ListedDirectory:
    """A directory that was listed again, with what only the earlier listing had: a client whose graph has just got more
    bricks leaves out sub-directories that are not on them yet (measured: GlusterFS 10.3).
    """
    if again.gone or again.error:
        return again
    known = {*again.files, *again.directories}
    directories = [name for name in earlier.directories if name not in known]
    lost = {name for name in earlier.files if name not in known}
    if not lost:
        return again._replace(directories=sorted([*again.directories, *directories]))
    sizes = again.sizes or [-1] * len(again.files)
    placed = {name: (place, size) for name, place, size in zip(again.files, again.placed, sizes, strict=True)}
    placed |= dict.fromkeys(lost, (PENDING, -1))
    files = sorted(placed)
    return again._replace(
        directories=sorted([*again.directories, *directories]),
        files=files,
        placed=[placed[name][0] for name in files],
        sizes=[placed[name][1] for name in files] if again.sizes else (),
        checks=[(files.index(again.files[index]), raw) for index, raw in again.checks],
    )


def without(listed: ListedDirectory, known: set[bytes]) -> ListedDirectory:
    """The rest of a listing, where some entries are known."""
    indexes = [index for index, name in enumerate(listed.files) if name not in known]
    sizes = [listed.sizes[index] for index in indexes] if listed.sizes else []
    return listed._replace(
        directories=[name for name in listed.directories if name not in known],
        files=[listed.files[index] for index in indexes],
        placed=[listed.placed[index] for index in indexes],
        sizes=sizes,
        checks=(),
        unsized=sizes.count(UNSIZED),
    )


class ResolvedFiles(NamedTuple):
    """Where a batch of files of one directory lie.

    ``answers``: the distinct ones; ``placed``: for each file an index into it, GONE or FAILED. ``sizes``: bytes of each
    file, -1 where not asked for or not to be had. ``failures``: (index of the file, errno, words).
    """

    answers: list[Answer]
    placed: list[int]
    sizes: list[int]
    failures: list[tuple[int, int, str]]


class FileSizes(NamedTuple):
    """``sizes``: bytes of each of some files, -1 where they are not to be had. ``mounted``: was there a mount."""

    sizes: list[int]
    mounted: bool = True


def list_unit(task: ListTask) -> ListedDirectory:
    """Lists one directory, and says where its files lie as far as their cookies tell."""
    looks = _Looks(task)
    listed = _listed(task, looks)
    if task.graph is None:
        return listed
    looks.end()
    link, shape = task.graph
    states = looks.states or None
    try:
        return listed._replace(stale=graph_shape(link) != shape, states=states)
    except (FileNotFoundError, NotADirectoryError):
        return ListedDirectory(task.directory, [], [], error=_NO_MOUNT)
    except (OSError, GraphError):  # a graph that is just being replaced
        return listed._replace(stale=True, states=states)


class _Looks:
    """Looks at the volumes while a directory is listed: a client is back three seconds after it lost a brick, and a
    longer listing would hide that it ever was. ``states``: what each look found, a loss before what came after it.
    """

    def __init__(self, task: ListTask) -> None:
        self._task = task
        self._since = time.monotonic()
        self._long = task.look
        self.states: dict[str, bool] = {}

    def between(self) -> None:
        """Looks where it is time to."""
        if self._task.graph is not None and time.monotonic() > self._since + _LOOK_EVERY:
            self._long = True
            self._look()

    def end(self) -> None:
        """Looks at the end of a long listing, or where it was asked for."""
        self.between()
        if self._long:
            self._look()

    def _look(self) -> None:
        assert self._task.graph is not None
        for name, online in states_of(self._task.graph[0], self._task.watched).items():
            self.states[name] = self.states.get(name, True) and online
        self._since = time.monotonic()


def lacks_mount(result: object) -> bool:
    """Whether a unit of work found no mount where it ran."""
    if isinstance(result, ListedDirectory):
        return result.error == _NO_MOUNT
    if isinstance(result, FileSizes):
        return not result.mounted
    return isinstance(result, ResolvedFiles) and any(tuple(failure) == _NO_MOUNT for _, *failure in result.failures)


def _is_mounted(mount_point: bytes) -> bool:
    return any(mount.mount_point == mount_point for mount in gluster_mounts())


def _listed(task: ListTask, looks: _Looks) -> ListedDirectory:
    path = os.path.join(task.mount_point, task.directory)
    try:
        listing = _insisting(lambda: list_directory(path, looks.between))
    except (FileNotFoundError, NotADirectoryError):
        if not _is_mounted(task.mount_point):
            return ListedDirectory(task.directory, [], [], error=_NO_MOUNT)
        return ListedDirectory(task.directory, [], [], gone=True)
    except OSError as error:  # while the graph changes, EINVAL and EBADF are met too
        return ListedDirectory(task.directory, [], [], error=_as_data(error))
    if task.leaf_groups is None:
        return _placed_by_attribute(task, listing)
    answers, placed = _placed_by_cookie(task.leaf_groups, listing)
    sizes = _first_sizes(path, listing.files, looks) if task.sizes else []
    return ListedDirectory(
        task.directory,
        listing.directories,
        listing.files,
        listing.others,
        answers=answers,
        placed=placed,
        sizes=sizes,
        checks=_checks(task, listing.files, answers, placed),
        unsized=sizes.count(UNSIZED),
    )


def _insisting(call: Callable[[], T]) -> T:
    """What a call on the mount returns, in the end: what is under way when a brick dies fails, and the same asked again
    is answered by the others.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return call()
        except OSError as error:
            if error.errno not in _OF_A_LOSS:
                raise
    return call()


def _placed_by_attribute(task: ListTask, listing: Listing) -> ListedDirectory:
    """Asks while the kernel still knows the entries: a little later, each would have to be looked up again first."""
    names = listing.files[:_ASKED_AT_ONCE] if task.ask else []
    said = resolve_unit(task.mount_point, task.directory, names, task.disperse, task.sizes)
    left = len(listing.files) - len(names)
    # A file that failed is asked again with its batch, which can say why.
    placed = [PENDING if place == FAILED else place for place in said.placed] + [PENDING] * left
    sizes = [*said.sizes, *[-1] * left] if task.sizes else []
    return ListedDirectory(
        task.directory,
        listing.directories,
        listing.files,
        listing.others,
        answers=said.answers,
        placed=placed,
        sizes=sizes,
    )


def _placed_by_cookie(leaf_groups: tuple[int, ...], listing: Listing) -> tuple[list[GroupAnswer], list[int]]:
    groups = groups_of(listing.cookies, leaf_groups)
    found = sorted(set(groups) - {UNKNOWN})
    numbers = {group: number for number, group in enumerate(found)} | {UNKNOWN: PENDING}
    return [GroupAnswer("cookie", group) for group in found], [numbers[group] for group in groups]


def _checks(
    task: ListTask, files: list[bytes], answers: list[GroupAnswer], placed: list[int]
) -> list[tuple[int, RawPlacement]]:
    """What the attribute says of the first file of each group to be checked; files that cannot be asked say nothing."""
    checks = []
    for number, answer in enumerate(answers):
        if answer.group in task.check:
            index = placed.index(number)
            below = os.path.join(task.directory, files[index])
            path = os.path.join(task.mount_point, below)
            with contextlib.suppress(OSError, PathinfoError):
                checks.append((index, ask_placement(path, disperse=task.disperse, below_mount=b"/" + below)))
    return checks


def _first_sizes(path: bytes, files: list[bytes], looks: _Looks) -> list[int]:
    """Sizes right after the listing, while the kernel still has what came with it."""
    sizes = _sizes(path, files[:_ASKED_AT_ONCE])
    looks.between()
    return [*sizes, *[UNSIZED] * (len(files) - len(sizes))]


def _sizes(path: bytes, files: list[bytes]) -> list[int]:
    sizes = []
    for name in files:
        try:
            sizes.append(os.stat(os.path.join(path, name)).st_size)
        except OSError:
            sizes.append(-1)
    return sizes


def size_unit(mount_point: bytes, directory: bytes, names: list[bytes]) -> FileSizes:
    """Asks for the size of each named file of a directory."""
    sizes = _sizes(os.path.join(mount_point, directory), names)
    return FileSizes(sizes, max(sizes, default=0) >= 0 or _is_mounted(mount_point))


def resolve_unit(
    mount_point: bytes, directory: bytes, names: list[bytes], disperse: bool, sizes: bool
) -> ResolvedFiles:
    """Asks for the placement of each named file, and its size where that is wanted.

    A link may lead to a file elsewhere that has such attributes too: on another inputfs, or in a brick on this
    machine. They would be taken for this inputfs's own, so that what is not on its device is not asked.
    """
    result = ResolvedFiles([], [], [], [])
    numbers: dict[RawPlacement, int] = {}
    device: int | None = None
    mounted = False  # known to be; it is looked at where a file is not there
    for index, name in enumerate(names):
        below = os.path.join(directory, name)
        path = os.path.join(mount_point, below)
        try:
            if device is None:
                device = os.stat(mount_point).st_dev
            status = os.stat(path)
            if status.st_dev != device:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            raw = _insisting(partial(ask_placement, path, disperse=disperse, below_mount=b"/" + below))
            size = status.st_size if sizes else -1
        except (FileNotFoundError, NotADirectoryError):
            mounted = mounted or _is_mounted(mount_point)
            result.placed.append(GONE if mounted else FAILED)
            result.sizes.append(-1)
            if not mounted:
                result.failures.append((index, *_NO_MOUNT))
        except (OSError, PathinfoError) as error:
            result.placed.append(FAILED)
            result.sizes.append(-1)
            result.failures.append((index, *_as_data(error)))
        else:
            result.placed.append(numbers.setdefault(raw, len(numbers)))
            result.sizes.append(size)
    result.answers.extend(numbers)
    return result


def _as_data(error: OSError | PathinfoError) -> tuple[int, str]:
    if isinstance(error, OSError) and error.errno:
        return error.errno, meaning(error.errno)
    return 0, str(error)
