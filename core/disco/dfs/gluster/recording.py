"""A dataset in a file: made on a real mount, opened anywhere.

A recording is text, JSON a line, UTF-8; it may be compressed by gzip. The first line is the header, then comes one
line a directory, a directory before those in it, and at last the line ``{"end": {"directories": N, "files": N}}``,
without which a recording is incomplete. Names that are not UTF-8 stand as ``{"b64": "..."}``.

Header:
    ``gluster_tui_recording``: 1, the version of the format; ``mount_point``; ``name``: of the GlusterFS volume;
    ``start``: the directory that was recorded, below the mount point; ``recorded``: when, RFC 3339;
    ``groups``: a list of {``name``, ``kind``: replicate, disperse or single, ``redundancy``};
    ``volumes``: a list of {``name``, ``host``, ``brick``, ``configured_host``, ``group``: index, ``arbiter``,
    ``online``: true, false or null}; ``shard_block_size``: bytes or null;
    ``hostname_map``: {``source``, ``text``} or null.
Directory:
    ``directory``: its path below the mount point; ``directories``, ``files``: names, sorted; ``sizes``: bytes of each
    file, -1 unknown; ``groups``: the group of each file, -1 where it could not be placed; and where there are any,
    ``absent``: {index of a file: [volumes of its group that lack it]}, ``failed``: {index of a file: [errno, words]},
    ``others``: entries that are no files. A directory that could not be read has ``directory`` and ``error``:
    [errno, words] alone.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from .cluster import Cluster, Group, Volume
from .errors import GlusterError, NoHostnameMapError, PathError, RecordingError
from .hostmap import HostnameMap
from .mount_facts import Start
from .placement import Placement, Placements
from .units import FAILED, PENDING, Answer, GroupAnswer, ListedDirectory, ResolvedFiles
from .workers import completed

__all__ = ["VERSION", "Recording", "is_recording", "open_recording"]

VERSION = 1
_MARK = "gluster_tui_recording"
_GZIP = b"\x1f\x8b"


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
        self.mount_point = _name(header["mount_point"])
        self.start = Start(_name(header.get("start", "")))
        self._map = header.get("hostname_map")
        self._placements = Placements(cluster)
        self._directories: dict[bytes, _Recorded] = {}
        self.disproved: bytes | None = None

    @property
    def label(self) -> str:
        """The volume's name."""
        return self.cluster.name

    def add(self, recorded: _Recorded) -> None:
        """Takes up one directory."""
        self._directories[recorded.listed.directory] = recorded

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        """One directory as it was recorded, with places and sizes; one that was not recorded is gone."""
        found = self._directories.get(directory)
        return completed(found.listed if found else ListedDirectory(directory, [], [], gone=True))

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        """Why files of one directory could not be placed: where the others lay, their listing tells."""
        failures = self._directories[directory].failures
        told = [(number, *failures.get(name, (0, "it could not be placed"))) for number, name in enumerate(names)]
        return completed(ResolvedFiles([], [FAILED] * len(names), [-1] * len(names), told))

    def placement(self, answer: Answer) -> Placement:
        """Where a file lies of which ``answer`` was said."""
        return self._placements.of(answer)

    def hostname_map(self) -> Future[HostnameMap]:
        """The host map as it was recorded; NoHostnameMapError from the future where there was none."""
        future: Future[HostnameMap] = Future()
        try:
            if not self._map:
                raise NoHostnameMapError((f"the recording {os.fsdecode(self.path)}",))
            future.set_result(HostnameMap.from_text(_bytes(self._map["text"]), str(self._map["source"])))
        except GlusterError as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Nothing is held open."""


def is_recording(path: bytes) -> bool:
    """Whether a file begins as a recording does."""
    try:
        with open(path, "rb") as file, _plain(file) as text:
            return text.read(200).lstrip().startswith(b'{"' + _MARK.encode())
    except (OSError, EOFError, zlib.error):
        return False


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
    directories = files = 0
    for number, line in lines:
        if "end" in line:
            told = line["end"]
            if not isinstance(told, dict) or told.get("directories") != directories or told.get("files") != files:
                fact = f"the end says {told}, but {directories:,} directories and {files:,} files stand before it"
                raise RecordingError(path, number, fact)
            return recording
        try:
            recorded = _recorded(line, recording.cluster)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise RecordingError(path, number, f"not the line of a directory ({_words(error)})") from error
        recording.add(recorded)
        directories += 1
        files += len(recorded.listed.files)
        progress(directories)
    raise RecordingError(path, 0, f"it is cut short after {directories:,} directories: its line 'end' is missing")


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
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise RecordingError(path, 1, f"not a header ({_words(error)})") from error


def _cluster(header: dict[str, Any]) -> Cluster:
    groups = [(str(g["name"]), g["kind"], int(g.get("redundancy", 0))) for g in header["groups"]]
    volumes = tuple(
        Volume(
            index,
            str(v["name"]),
            str(v["host"]),
            str(v["brick"]),
            str(v.get("configured_host", "")),
            range(len(groups))[v["group"]],
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
    return Cluster(volumes, made, name=str(header["name"]), shard_block_size=header.get("shard_block_size"))


def _recorded(line: dict[str, Any], cluster: Cluster) -> _Recorded:
    directory = _name(line["directory"])
    if "error" in line:
        number, words = line["error"]
        return _Recorded(ListedDirectory(directory, [], [], error=(int(number), str(words))), {})
    directories, names = [_name(n) for n in line["directories"]], [_name(n) for n in line["files"]]
    sizes, groups = [int(size) for size in line["sizes"]], line["groups"]
    if not len(names) == len(sizes) == len(groups):
        raise ValueError("files, sizes and groups are not of one length")
    absent = {int(i): tuple(int(volume) for volume in lacking) for i, lacking in line.get("absent", {}).items()}
    failures = {names[int(i)]: (int(number), str(words)) for i, (number, words) in line.get("failed", {}).items()}
    known = range(len(cluster.groups))
    numbers: dict[GroupAnswer, int] = {}
    files = []
    for index, (name, size, group) in enumerate(zip(names, sizes, groups, strict=True)):
        if group == -1:
            files.append((name, size, PENDING))
        else:
            answer = GroupAnswer("recording", known[group], absent.get(index, ()))
            files.append((name, size, numbers.setdefault(answer, len(numbers))))
    files.sort()
    listed = ListedDirectory(
        directory,
        directories,
        [name for name, _, _ in files],
        int(line.get("others", 0)),
        answers=list(numbers),
        placed=[placed for _, _, placed in files],
        sizes=[size for _, size, _ in files],
    )
    return _Recorded(listed, failures)


def _name(value: str | dict[str, str]) -> bytes:
    """A name as it stands in a recording, as bytes; ValueError for one that could not be a path."""
    name = _bytes(value)
    if b"\0" in name or (b".." in name and b".." in name.split(b"/")):
        raise ValueError(f"{name!r} is not a path")
    return name


def _bytes(value: str | dict[str, str]) -> bytes:
    return value.encode("utf-8") if isinstance(value, str) else base64.b64decode(value["b64"], validate=True)


def recorded_bytes(value: bytes) -> str | dict[str, str]:
    """Bytes as they stand in a recording: as text where they are UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode("ascii")}
