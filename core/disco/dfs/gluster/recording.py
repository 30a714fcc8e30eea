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

import gzip
import io
import json
import os
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from .cluster import Cluster, Group, Volume
from .errors import GlusterError, NoHostnameMapError, PathError, RecordingError
from .hostmap import HostnameMap
from .mount_facts import Start
from .placement import Placement, Placements
from .recorded import bytes_of, failure_of, mount_point_of, names_of, number_of, path_of, text_of
from .units import FAILED, GONE, PENDING, Answer, GroupAnswer, ListedDirectory, ResolvedFiles
from .workers import completed

__all__ = ["VERSION", "Recording", "is_recording", "is_recording_unit", "open_recording"]

VERSION = 1
_MARK = "gluster_tui_recording"
_GZIP = b"\x1f\x8b"
_LOOKED_AT = 1 << 16  # bytes of a first line in which the mark is looked for
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class _Recorded:
    """One directory of a recording. ``failures``: (errno, words) of the files that could not be placed, by name."""

    listed: ListedDirectory
    failures: dict[bytes, tuple[int, str]]


class Recording:
    """A recording as a ``Source``; made by ``open_recording()``."""

    def __init__(self, header: dict[str, Any], cluster: Cluster, path: bytes) -> None:
        self.path = path
        self.cluster = cluster
        self.recorded = str(header.get("recorded", ""))
        self.mount_point = mount_point_of(header["mount_point"])
        self.start = Start(path_of(header.get("start", "")))
        given = header.get("hostname_map")
        self._map = None if given is None else (bytes_of(given["text"]), text_of(given["source"]))
        self._placements = Placements(cluster)
        self._directories: dict[bytes, _Recorded] = {}
        self.disproved: bytes | None = None
        self.lost = 0

    def add(self, recorded: _Recorded) -> None:
        """Takes up one directory."""
        self._directories[recorded.listed.directory] = recorded

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        """One directory as it was recorded, with places and sizes; one that was not recorded is gone."""
        found = self._directories.get(directory)
        return completed(found.listed if found else ListedDirectory(directory, [], [], gone=True))

    def doubtful(self) -> Future[list[ListedDirectory]]:
        """No listing lacks a part of what was recorded."""
        return completed([])

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        """Where files of one directory lay, and why those that could not be placed were not; sizes come in any case."""
        recorded = self._directories.get(directory)
        result = ResolvedFiles([], [], [], [])
        if recorded is None:
            return completed(ResolvedFiles([], [GONE] * len(names), [-1] * len(names), []))
        listed = recorded.listed
        result.answers.extend(listed.answers)
        for number, name in enumerate(names):
            index = bisect_left(listed.files, name)
            if index == len(listed.files) or listed.files[index] != name:
                result.placed.append(GONE)
                result.sizes.append(-1)
                continue
            result.sizes.append(listed.sizes[index])
            if listed.placed[index] == PENDING:
                result.placed.append(FAILED)
                result.failures.append((number, *recorded.failures.get(name, (0, "it could not be placed"))))
            else:
                result.placed.append(listed.placed[index])
        return completed(result)

    def placement(self, answer: Answer) -> Placement:
        """Where a file lies of which ``answer`` was said."""
        return self._placements.of(answer)

    def hostname_map(self) -> Future[HostnameMap]:
        """The host map as it was recorded; NoHostnameMapError from the future where there was none."""
        future: Future[HostnameMap] = Future()
        try:
            if not self._map:
                raise NoHostnameMapError((f"the recording {os.fsdecode(self.path)}",))
            future.set_result(HostnameMap.from_text(*self._map))
        except GlusterError as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Nothing is held open."""


def is_recording(path: bytes) -> bool:
    """Whether a file begins as a recording does; PathError where it cannot be read. What is no file is none."""
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file, _plain(file) as text:
            line = text.read(_LOOKED_AT).partition(b"\n")[0].lstrip()
            return line.startswith(b"{") and b'"' + _MARK.encode() + b'"' in line
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return False
    except OSError as error:
        raise PathError(path, error.errno or 0) from error


def is_recording_unit(path: bytes) -> bool | GlusterError:
    """The same as a unit of work, with the error as a value: the file may lie on a mount that hangs."""
    try:
        return is_recording(path)
    except GlusterError as error:
        return error


def open_recording(path: str | bytes, progress: Callable[[int], None] = lambda directories: None) -> Recording:
    """Reads a recording. PathError where the file cannot be read, RecordingError with the line that is wrong."""
    where = os.fsencode(path)
    try:
        with open(where, "rb") as file, _plain(file) as text:
            return _read(where, text, progress)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RecordingError(where, 0, f"the compressed data is damaged or cut short ({error})") from error
    except OSError as error:
        raise PathError(where, error.errno or 0) from error


def _plain(file: BinaryIO) -> IO[bytes]:
    reader = io.BufferedReader(file)  # type: ignore[type-var]
    return gzip.GzipFile(fileobj=reader) if reader.peek(2)[:2] == _GZIP else reader  # type: ignore[return-value]


def _read(path: bytes, text: IO[bytes], progress: Callable[[int], None]) -> Recording:
    lines = _objects(path, text)
    _, header = next(lines, (1, {}))
    recording = _begun(path, header)
    announced = {recording.start.directory}  # held by a directory that was read, but not read yet
    directories = files = 0
    for number, line in lines:
        if "end" in line:
            told = line["end"]
            if not isinstance(told, dict) or told.get("directories") != directories or told.get("files") != files:
                fact = f"the end says {told}, but {directories:,} directories and {files:,} files stand before it"
                raise RecordingError(path, number, fact)
            for extra, _ in lines:  # to the end of the file, where gzip keeps its checksum
                raise RecordingError(path, extra, "it stands behind the line 'end'")
            return recording
        try:
            recorded = _recorded(line, recording.cluster)
            _take_from(announced, recorded.listed)
        except _MALFORMED as error:
            raise RecordingError(path, number, f"not the line of a directory ({_words(error)})") from error
        recording.add(recorded)
        directories += 1
        files += len(recorded.listed.files)
        progress(directories)
    raise RecordingError(path, 0, f"it is cut short after {directories:,} directories: its line 'end' is missing")


def _take_from(announced: set[bytes], listed: ListedDirectory) -> None:
    if listed.directory not in announced:
        raise ValueError("it was there before, or no directory before it holds it")
    announced.remove(listed.directory)
    announced.update(os.path.join(listed.directory, name) for name in listed.directories)


def _objects(path: bytes, text: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text, 1):
        if line.isspace():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RecordingError(path, number, f"not a line of JSON ({_words(error)})") from error
        if not isinstance(value, dict):
            raise RecordingError(path, number, "not a JSON object")
        yield number, value


def _words(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _begun(path: bytes, header: dict[str, Any]) -> Recording:
    version = header.get(_MARK)
    if version is None:
        raise RecordingError(path, 1, f"not a recording: its first line has no {_MARK!r}")
    if version != VERSION:
        fact = f"its format is version {version}, and this program reads version {VERSION}: a newer one may read it"
        raise RecordingError(path, 1, fact)
    try:
        return Recording(header, _cluster(header), path)
    except _MALFORMED as error:
        raise RecordingError(path, 1, f"not a header ({_words(error)})") from error


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


def _recorded(line: dict[str, Any], cluster: Cluster) -> _Recorded:
    directory = path_of(line["directory"])
    if "error" in line:
        return _Recorded(ListedDirectory(directory, [], [], error=failure_of(line["error"])), {})
    directories, names = names_of(line["directories"]), names_of(line["files"])
    sizes = [number_of(size, least=-1) for size in line["sizes"]]
    groups = [number_of(group, least=-1, most=len(cluster.groups) - 1) for group in line["groups"]]
    if not len(names) == len(sizes) == len(groups):
        raise ValueError("files, sizes and groups are not of one length")
    last_file, last_volume = len(names) - 1, len(cluster.volumes) - 1
    absent = {
        number_of(int(index), most=last_file): tuple(number_of(volume, most=last_volume) for volume in lacking)
        for index, lacking in line.get("absent", {}).items()
    }
    failures = {
        names[number_of(int(index), most=last_file)]: failure_of(failure)
        for index, failure in line.get("failed", {}).items()
    }
    numbers: dict[GroupAnswer, int] = {}
    files = []
    for index, (name, size, group) in enumerate(zip(names, sizes, groups, strict=True)):
        if group == -1:
            files.append((name, size, PENDING))
        else:
            answer = GroupAnswer("recording", group, absent.get(index, ()))
            files.append((name, size, numbers.setdefault(answer, len(numbers))))
    files.sort()
    listed = ListedDirectory(
        directory,
        directories,
        [name for name, _, _ in files],
        number_of(line.get("others", 0)),
        answers=list(numbers),
        placed=[placed for _, _, placed in files],
        sizes=[size for _, size, _ in files],
    )
    return _Recorded(listed, failures)
