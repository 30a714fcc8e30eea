"""A dataset in a file: made on a real mount, opened anywhere.

A recording is text, JSON a line, UTF-8; it may be compressed by gzip. The first line is the header, then comes one
line a directory, a directory before those in it, and at last the line ``{"end": {"directories": N, "files": N}}``,
without which a recording is incomplete. Names that are not UTF-8 stand as ``{"b64": "..."}``.

Header:
    ``gluster_tui_recording``: 1, the version of the format; ``mount_point``; ``name``: of the GlusterFS volume;
    ``start``: the directory that was recorded, below the mount point; ``recorded``: when, RFC 3339;
    ``groups``: a list of {``name``, ``kind``: replicate, disperse or single, ``redundancy``};
    ``volumes``: a list of {``name``, ``host``, ``brick``, ``configured_host``, ``group``: index, ``arbiter``,
    ``online``: true, false or null}; ``down``: names of the groups that are lost; ``shard_block_size``: bytes or null;
    ``hostname_map``: {``source``, ``text``: as a name} or null.
Directory:
    ``directory``: its path below the mount point; ``directories``, ``files``: names, sorted; ``sizes``: bytes of each
    file, -1 unknown; ``groups``: the group of each file, -1 where it could not be placed; and where there are any,
    ``absent``: {index of a file: [volumes of its group that lack it]}, ``failed``: {index of a file: [errno, words]},
    ``others``: entries that are no files. A directory that could not be read has ``directory`` and ``error``:
    [errno, words] alone.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from concurrent.futures import Executor, Future, InvalidStateError
from functools import partial
from typing import Any

from .cluster import Cluster, Group, Volume
from .errors import GlusterError, NoHostnameMapError, RecordingError
from .hostmap import HostnameMap
from .mount_facts import Start
from .placement import Placement, Placements
from .recorded import bytes_of, mount_point_of, number_of, path_of, text_of
from .recording_reader import (
    MALFORMED,
    MARK,
    Packed,
    close_recording_unit,
    is_recording_unit,
    list_recorded_unit,
    read_header_unit,
    read_on_unit,
    words_of,
)
from .units import GONE, Answer, FileSizes, ListedDirectory, ResolvedFiles
from .workers import ImmediateExecutor, completed

__all__ = ["VERSION", "Recording", "is_recording_unit", "open_recording"]

VERSION = 1
_FILES, _UNITS = 10_000, 2  # files in a unit of work; units under way
_AHEAD = 1_000  # directories that are read before they are asked for
_keys = itertools.count()


class Recording:
    """A recording as a ``Source``; made by ``open_recording()``. Its directories are read as they are asked for, each
    once, and not held.
    """

    listings_ahead = 1  # in the order of the file, one after the other

    def __init__(self, header: dict[str, Any], cluster: Cluster, path: bytes, executor: Executor, key: int) -> None:
        self.path = path
        self.cluster = cluster
        self.recorded = str(header.get("recorded", ""))
        self.mount_point = mount_point_of(header["mount_point"])
        self.start = Start(path_of(header.get("start", "")))
        given = header.get("hostname_map")
        self._map = None if given is None else (bytes_of(given["text"]), text_of(given["source"]))
        self._placements = Placements(cluster)
        self._executor, self._key = executor, key
        self._reads_ahead = not isinstance(executor, ImmediateExecutor)
        self._lock = threading.RLock()
        self._wanted: dict[bytes, Future[ListedDirectory]] = {}
        self._read: dict[bytes, Packed] = {}  # and not asked for yet
        self._under_way = 0
        self._end: bool | BaseException = False  # whether all of it was read, or what is wrong behind what was
        self.disproved: bytes | None = None
        self.lost = 0

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        """One directory as it was recorded, with places, sizes and failures; RecordingError from the future."""
        listing: Future[ListedDirectory] = Future()
        with self._lock:
            self._wanted[directory] = listing
            self._go_on()
        return listing

    def _go_on(self) -> None:
        """Answers what can be answered, and reads on: whoever asks in the order of the file finds it read already."""
        for directory in [directory for directory in self._wanted if directory in self._read]:
            _settle(self._wanted.pop(directory), self._read.pop(directory))
        if self._end is False:
            if self._under_way < _UNITS and len(self._read) < _AHEAD and (self._wanted or self._reads_ahead):
                self._under_way += 1
                self._executor.submit(read_on_unit, self._key, _FILES).add_done_callback(self._take)
                return
        elif self._end is not True:
            while self._wanted:
                _settle(self._wanted.popitem()[1], self._end)
        if self._wanted and not self._under_way:  # it stands elsewhere
            directory = next(iter(self._wanted))
            self._under_way += 1
            future = self._executor.submit(list_recorded_unit, self._key, directory)
            future.add_done_callback(partial(self._take_one, directory))

    def _take(self, future: Future[tuple[list[Packed], bool | GlusterError]]) -> None:
        with self._lock:
            self._under_way -= 1
            error = future.exception()
            if error is not None:
                self._end = error
            else:
                found, end = future.result()
                self._read.update((packed.listed.directory, packed) for packed in found)
                self._end = self._end or end
            self._go_on()

    def _take_one(self, directory: bytes, future: Future[Packed | GlusterError]) -> None:
        with self._lock:
            self._under_way -= 1
            _settle(self._wanted.pop(directory), future.exception() or future.result())
            self._go_on()

    def doubtful(self) -> Future[list[ListedDirectory]]:
        """No listing lacks a part of what was recorded."""
        return completed([])

    def is_stale(self) -> Future[bool]:
        """A recording tells of its moment."""
        return completed(False)

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        """All that was recorded of a file came with its listing: there is no more of it."""
        return completed(ResolvedFiles([], [GONE] * len(names), [-1] * len(names), []))

    def ask_sizes(self, directory: bytes, names: list[bytes]) -> Future[FileSizes]:
        """As ``resolve_files``."""
        return completed(FileSizes([-1] * len(names)))

    def placement(self, answer: Answer) -> Placement:
        """Where a file lies of which ``answer`` was said."""
        return self._placements.of(answer)

    def hostname_map(self, *, lenient: bool = False) -> Future[HostnameMap]:
        """The host map as it was recorded; NoHostnameMapError from the future where there was none."""
        future: Future[HostnameMap] = Future()
        try:
            if not self._map:
                raise NoHostnameMapError((f"the recording {os.fsdecode(self.path)}",))
            future.set_result(HostnameMap.from_text(*self._map, lenient=lenient))
        except GlusterError as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Closes the file, unless that hangs."""
        self._executor.submit(close_recording_unit, self._key)


def _settle(listing: Future[ListedDirectory], answer: Packed | BaseException) -> None:
    with contextlib.suppress(InvalidStateError):  # nobody waits for it any more
        if isinstance(answer, Packed):
            listing.set_result(answer.unpacked())
        else:
            listing.set_exception(answer)


def open_recording(path: str | bytes, executor: Executor | None = None) -> Recording:
    """Opens a recording, and reads its header. ``executor``: where its file is read; by default where it is asked for.

    PathError where the file cannot be read, RecordingError with the line that is wrong.
    """
    where, key = os.fsencode(path), next(_keys)
    used = executor if executor is not None else ImmediateExecutor()
    header = used.submit(read_header_unit, where, key).result()
    if isinstance(header, GlusterError):
        raise header
    try:
        return _begun(where, header, used, key)
    except BaseException:
        used.submit(close_recording_unit, key)
        raise


def _begun(path: bytes, header: dict[str, Any], executor: Executor, key: int) -> Recording:
    version = header.get(MARK)
    if version is None:
        raise RecordingError(path, 1, f"not a recording: its first line has no {MARK!r}")
    if version != VERSION:
        fact = f"its format is version {version}, and this program reads version {VERSION}: a newer one may read it"
        raise RecordingError(path, 1, fact)
    try:
        return Recording(header, _cluster(header), path, executor, key)
    except MALFORMED as error:
        raise RecordingError(path, 1, f"not a header ({words_of(error)})") from error


def _cluster(header: dict[str, Any]) -> Cluster:
    groups = [(text_of(g["name"]), g["kind"], number_of(g.get("redundancy", 0))) for g in header["groups"]]
    volumes = tuple(
        Volume(
            index,
            text_of(v["name"]),
            text_of(v["host"]),
            text_of(v["brick"]),
            text_of(v.get("configured_host", "")),
            number_of(v["group"], most=len(groups) - 1),
            arbiter=bool(v.get("arbiter", False)),
            online=None if v.get("online") is None else bool(v["online"]),
        )
        for index, v in enumerate(header["volumes"])
    )
    for name, kind, _ in groups:
        if kind not in ("replicate", "disperse", "single"):
            raise ValueError(f"group {name} is of the kind {kind!r}")
    made = tuple(
        Group(index, name, kind, tuple(v.index for v in volumes if v.group == index), redundancy)
        for index, (name, kind, redundancy) in enumerate(groups)
    )
    block = header.get("shard_block_size")
    block_size = None if block is None else number_of(block)
    cluster = Cluster(volumes, made, name=text_of(header["name"]), shard_block_size=block_size)
    cluster.hosts_known = True
    cluster.down = tuple(text_of(name) for name in header.get("down", []))
    return cluster
