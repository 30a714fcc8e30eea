"""Datasets to explore without a mount, and a source that answers when a test lets it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from disco.dfs.gluster.cluster import Cluster
from disco.dfs.gluster.errors import NoHostnameMapError, meaning
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.map_saving import MapFile, read_map_file
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.recording import Recording
from disco.dfs.gluster.units import FAILED, GONE, PENDING, UNSIZED, Answer, FileSizes, ListedDirectory, ResolvedFiles
from disco.dfs.gluster.workers import ImmediateExecutor, completed
from gluster_tui.session import Session
from tests.core.samples import opened, recording_text, tree_lines

__all__ = [
    "FILES",
    "MAP",
    "HeldSource",
    "dataset",
    "dataset_text",
    "everything",
    "no_map_session",
    "nothing",
    "session_of",
]

# Four volumes in two groups (see tests/core/samples.py); nx04-vol1 is in no entry.
MAP = "nx01-vol1 node-1\nnx02 node-2\nnx03:/data/b1 node-3\n"

FILES = (
    b"README",
    *(b"genomes/chr%d" % number for number in (1, 2, 3)),
    *(b"web_logs/2006-06/access-%02d" % day for day in range(1, 6)),
    *(b"web_logs/2006-07/access-%02d" % day for day in range(1, 13)),
)

Line = dict[str, Any]


def dataset_text(
    paths: Iterable[bytes] = FILES,
    *,
    hostmap: str | None = MAP,
    change: Mapping[str, Line] | None = None,
    **header: Any,
) -> bytes:
    """A recording's text. ``change``: by directory, what its line holds besides or instead."""
    lines = tree_lines(paths)
    for directory, more in (change or {}).items():
        (line,) = (line for line in lines if line["directory"] == directory)
        if "error" in more:
            line.clear()
            line["directory"] = directory
        line.update(more)
    recorded = {"source": "/inputfs/.hostname_map", "text": hostmap} if hostmap is not None else None
    return recording_text(lines, hostname_map=recorded, **header)


def dataset(paths: Iterable[bytes] = FILES, **how: Any) -> Recording:
    """A dataset that holds these files; ``how``: as for ``dataset_text``."""
    return opened(dataset_text(paths, **how))


def session_of(source: Recording | HeldSource) -> Session:
    """What opening a source gives, with the host map that it has."""
    hostmap = source.hostname_map().result()
    reader = MapReader(hostmap.text) if isinstance(source, HeldSource) else None
    return Session(source, source.start, hostmap, executor=reader)  # type: ignore[arg-type]


class MapReader(ImmediateExecutor):
    """Reads the host map of a mount that is not there."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return (
            completed(MapFile(os.fsencode(args[0]), self._text)) if fn is read_map_file else super().submit(fn, *args)
        )


def no_map_session(source: Recording | HeldSource) -> Session:
    """The same where no host map was found."""
    error = NoHostnameMapError(("$DISCO_HOSTNAME_MAP (not set)", "/inputfs/.hostname_map"))
    return Session(source, source.start, HostnameMap.none(), map_error=error)


def everything(_: bytes) -> bool:
    """Every directory, where a ``HeldSource`` is told which to hold."""
    return True


def nothing(_: bytes) -> bool:
    """No directory."""
    return False


class HeldSource:
    """A recording that answers as a mount does: late, with errors, or never.

    ``hold_listings``, ``hold_files``: for which directories answers are kept back, until ``release()``. ``faults``:
    error numbers of directories and files, by path. ``gone``: files that vanished since they were listed. ``delay``:
    seconds that each answer takes. ``placed``: listings say where files lie; ``sized``: they say of how many files at
    most how large they are. ``asked``, ``asked_files``, ``asked_sizes``: the directories whose listing and the files
    whose place and size was asked for, in order.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        hold_listings: Callable[[bytes], bool] = nothing,
        hold_files: Callable[[bytes], bool] = nothing,
        faults: Mapping[bytes, int] | None = None,
        gone: Iterable[bytes] = (),
        delay: float = 0,
        placed: bool = False,
        sized: int | None = None,
    ) -> None:
        self._placed, self._sized = placed, sized
        self._delay = delay
        self.recording = recording
        self.start = recording.start
        self.hold_listings, self.hold_files = hold_listings, hold_files
        self.faults, self.gone = dict(faults or {}), set(gone)
        self.asked: list[bytes] = []
        self.asked_files: list[bytes] = []
        self.asked_sizes: list[bytes] = []
        self.closed = self.stale = False
        self._held: list[tuple[Future[Any], Any]] = []

    @property
    def mount_point(self) -> bytes:
        return self.recording.mount_point

    lost = 0
    listings_ahead = 32

    @property
    def disproved(self) -> bytes | None:
        return None

    @property
    def cluster(self) -> Cluster:
        return self.recording.cluster

    @property
    def held(self) -> int:
        """How many answers are kept back."""
        return len(self._held)

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        self.asked.append(directory)
        listed = self.recording.list_directory(directory, sizes=sizes, ask=ask).result()
        if not self._placed:
            listed = listed._replace(answers=(), placed=[PENDING] * len(listed.files), sizes=())
        elif self._sized is not None:
            unsized = max(len(listed.files) - self._sized, 0)
            sizes = [*list(listed.sizes)[: self._sized], *[UNSIZED] * unsized]
            listed = listed._replace(sizes=sizes, unsized=unsized)
        if directory in self.faults:
            number = self.faults[directory]
            listed = ListedDirectory(directory, [], [], error=(number, meaning(number)))
        return self._answer(listed, self.hold_listings(directory))

    def is_stale(self) -> Future[bool]:
        """Whether a test says so."""
        return completed(self.stale)

    def doubtful(self) -> Future[list[ListedDirectory]]:
        return self.recording.doubtful()

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        self.asked_files.extend(os.path.join(directory, name) for name in names)
        resolved = self.recording.resolve_files(directory, names, sizes=sizes).result()
        for index, name in enumerate(names):
            path = os.path.join(directory, name)
            if path in self.gone:
                resolved.placed[index] = GONE
            if (number := self.faults.get(path)) is not None:
                resolved.placed[index] = FAILED
                resolved.sizes[index] = -1
                resolved.failures.append((index, number, meaning(number)))
        return self._answer(resolved, self.hold_files(directory))

    def ask_sizes(self, directory: bytes, names: list[bytes]) -> Future[FileSizes]:
        self.asked_sizes.extend(os.path.join(directory, name) for name in names)
        listed = self.recording.list_directory(directory, sizes=True).result()
        known = dict(zip(listed.files, listed.sizes, strict=True))
        return self._answer(FileSizes([known[name] for name in names]), self.hold_files(directory))

    def _answer(self, value: Any, hold: bool) -> Future[Any]:
        future: Future[Any] = Future()
        if hold:
            self._held.append((future, value))
        elif self._delay:
            threading.Timer(self._delay, future.set_result, [value]).start()
        else:
            future.set_result(value)
        return future

    def release(self) -> None:
        """Gives every answer that was kept back, and keeps back no more."""
        self.hold_listings = self.hold_files = nothing
        self.answer_held()

    def answer_held(self) -> None:
        """Gives every answer that was kept back; what is asked from now on may be kept back again."""
        held, self._held = self._held, []
        for future, value in held:
            future.set_result(value)

    def end(self, error: Exception) -> None:
        """Gives an error in place of every answer that was kept back."""
        held, self._held = self._held, []
        for future, _ in held:
            future.set_exception(error)

    def placement(self, answer: Answer) -> Placement:
        return self.recording.placement(answer)

    def hostname_map(self, *, lenient: bool = False) -> Future[HostnameMap]:
        return self.recording.hostname_map(lenient=lenient)

    def close(self) -> None:
        self.closed = True
