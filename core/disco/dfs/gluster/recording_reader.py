"""Reads a recording, line by line, as far as it is asked for: it may be larger than memory.

A recording may have been edited, cut short, or made to do harm, so that every line is checked before it is used.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import tempfile
import threading
import zlib
from array import array
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, NamedTuple

from .errors import GlusterError, PathError, RecordingError
from .recorded import failure_of, names_of, number_of, numbers_of, path_of
from .units import FAILED, GroupAnswer, ListedDirectory

__all__ = [
    "MALFORMED",
    "MARK",
    "Packed",
    "RecordingReader",
    "close_recording_unit",
    "is_recording_unit",
    "list_recorded_unit",
    "read_header_unit",
    "read_on_unit",
    "words_of",
]

MARK = "gluster_tui_recording"
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
_FILES_A_DIRECTORY = 10  # so many take as long to read as what else there is of one
_SPOOLED = 1 << 25  # bytes of what was passed over that are held in memory
_GZIP = b"\x1f\x8b"
_LOOKED_AT = 1 << 16  # bytes of a first line in which the mark is looked for
_LONGEST_LINE = 1 << 30  # bytes: a directory of some 30,000,000 files
_PIECE = 1 << 24  # bytes of a line that are read at once
# What names and numbers compress to; 1,000 and more is what a bomb does.
_LARGEST_RATIO, _RATIO_FROM = 250, 1 << 28


class RecordingReader:
    """One recording, open; ``header`` is its first line.

    Raises RecordingError with the line that is wrong, and PathError where the file cannot be read.
    """

    def __init__(self, path: bytes) -> None:
        self.path = path
        self._line, self._number = b"", 0
        self._passed: dict[bytes, int] = {}  # where in the spool stands what was passed over
        self._spool = tempfile.SpooledTemporaryFile(_SPOOLED)  # noqa: SIM115 - it stays open between two calls
        self._announced: set[bytes] | None = None  # held by a directory that was read, but not read yet
        self._directories = self._files = 0
        self._ended = False
        try:
            self._file = open(path, "rb")  # noqa: SIM115 - it stays open between two calls
        except OSError as error:
            raise PathError(path, error.errno or 0) from error
        try:
            self._text = _plain(self._file)
            self.header = self._next_object() or {}
        except OSError as error:
            self._file.close()
            raise self._fault(error) from error
        except BaseException:
            self._file.close()
            raise
        volumes, groups = self.header.get("volumes"), self.header.get("groups")
        self._volumes = len(volumes) if isinstance(volumes, list) else 0
        self._groups = len(groups) if isinstance(groups, list) else 0

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
        self._spool.close()

    def next_directories(self) -> Iterator[ListedDirectory]:
        """What is left, in the order of the file."""
        while (listed := self._next_directory()) is not None:
            yield listed

    def listing(self, directory: bytes) -> ListedDirectory:
        """A directory that is among what is left, or was passed over; one that was not recorded is gone. What stands
        before it in the file is passed over.
        """
        if directory in self._passed:
            self._spool.seek(self._passed.pop(directory))
            return _listed(json.loads(self._spool.readline()), self._groups, self._volumes)
        for listed in self.next_directories():
            if listed.directory == directory:
                return listed
            self._passed[listed.directory] = self._spool.seek(0, os.SEEK_END)
            self._spool.write(self._line)
        return ListedDirectory(directory, [], [], gone=True)

    def _next_directory(self) -> ListedDirectory | None:
        if self._ended:
            return None
        if self._announced is None:
            self._announced = {path_of(self.header.get("start", ""))}
        line = self._next_object()
        if line is None:
            fact = f"it is cut short after {self._directories:,} directories: its line 'end' is missing"
            raise RecordingError(self.path, 0, fact)
        if "end" in line:
            self._check_end(line["end"])
            return None
        try:
            listed = _listed(line, self._groups, self._volumes)
            self._take_from_announced(listed)
        except MALFORMED as error:
            raise RecordingError(self.path, self._number, f"not the line of a directory ({words_of(error)})") from error
        self._directories += 1
        self._files += len(listed.files)
        if not self._announced:  # nobody will ask for more: so what stands behind it is looked at now
            last, self._line = self._line, b""
            self._next_directory()
            self._line = last
        return listed

    def _take_from_announced(self, listed: ListedDirectory) -> None:
        assert self._announced is not None
        if listed.directory not in self._announced:
            raise ValueError("it was there before, or no directory before it holds it")
        self._announced.remove(listed.directory)
        self._announced.update(os.path.join(listed.directory, name) for name in listed.directories)

    def _check_end(self, told: object) -> None:
        if not isinstance(told, dict) or (told.get("directories"), told.get("files")) != (
            self._directories,
            self._files,
        ):
            fact = (
                f"the end says {told}, but {self._directories:,} directories and {self._files:,} files stand before it"
            )
            raise RecordingError(self.path, self._number, fact)
        if self._next_object() is not None:  # also reads to the end of the file, where gzip keeps its checksum
            raise RecordingError(self.path, self._number, "it stands behind the line 'end'")
        self._ended = True

    def _next_object(self) -> dict[str, Any] | None:
        try:
            while line := self._next_line():
                if not line.isspace():
                    self._line = line
                    return self._object(line)
        except (OSError, EOFError, zlib.error) as error:
            raise self._fault(error) from error
        return None

    def _next_line(self) -> bytes:
        """In pieces: else one that never ends would fill the memory before that is known."""
        pieces: list[bytes] = []
        length = 0
        while piece := self._text.readline(_PIECE):
            self._number += not pieces
            pieces.append(piece)
            length += len(piece)
            if length > _LONGEST_LINE:
                raise RecordingError(self.path, self._number, f"longer than {_LONGEST_LINE:,} bytes")
            self._check_ratio()
            if piece.endswith(b"\n"):
                break
        return b"".join(pieces)

    def _object(self, line: bytes) -> dict[str, Any]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RecordingError(self.path, self._number, f"not a line of JSON ({words_of(error)})") from error
        if not isinstance(value, dict):
            raise RecordingError(self.path, self._number, "not a JSON object")
        return value

    def _check_ratio(self) -> None:
        if isinstance(self._text, gzip.GzipFile):
            told = self._text.tell()
            if told > _RATIO_FROM and told > _LARGEST_RATIO * max(self._file.tell(), 1):
                fact = f"the compressed data grows to more than {_LARGEST_RATIO} times its size: no dataset does"
                raise RecordingError(self.path, self._number, fact)

    def _fault(self, error: Exception) -> GlusterError:
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            return PathError(self.path, error.errno or 0)
        return RecordingError(self.path, 0, f"the compressed data is damaged or cut short ({error})")


def _plain(file: BinaryIO) -> IO[bytes]:
    reader = io.BufferedReader(file, 1 << 17)  # type: ignore[type-var]
    if reader.peek(2)[:2] != _GZIP:
        return reader
    return gzip.GzipFile(fileobj=reader)  # type: ignore[return-value]


def words_of(error: Exception) -> str:
    """What is wrong with a value, in words."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _listed(line: dict[str, Any], groups: int, volumes: int) -> ListedDirectory:
    directory = path_of(line["directory"])
    if "error" in line:
        return ListedDirectory(directory, [], [], error=failure_of(line["error"]))
    directories, names = names_of(line["directories"]), names_of(line["files"])
    sizes = numbers_of(line["sizes"], least=-1)
    placed = numbers_of(line["groups"], least=-1, most=groups - 1)
    if not len(names) == len(sizes) == len(placed):
        raise ValueError("files, sizes and groups are not of one length")
    last = len(names) - 1
    absent = {
        number_of(int(index), most=last): tuple(number_of(volume, most=volumes - 1) for volume in lacking)
        for index, lacking in line.get("absent", {}).items()
    }
    failed = {
        number_of(int(index), most=last): failure_of(failure) for index, failure in line.get("failed", {}).items()
    }
    answers = [GroupAnswer("recording", group) for group in sorted(set(placed) - {-1})]
    numbers = {answer.group: number for number, answer in enumerate(answers)} | {-1: FAILED}
    said = array("b" if len(answers) < 128 else "i", map(numbers.__getitem__, placed))
    for index, lacking in absent.items():
        if placed[index] != -1:
            answer = GroupAnswer("recording", placed[index], lacking)
            if answer not in answers:
                answers.append(answer)
            said[index] = answers.index(answer)
    unknown = (0, "it could not be placed")
    return ListedDirectory(
        directory,
        directories,
        names,
        number_of(line.get("others", 0)),
        answers=answers,
        placed=said,
        sizes=array("i" if max(sizes, default=0) < 1 << 31 else "q", sizes),
        failures=[(i, *failed.get(i, unknown)) for i, group in enumerate(placed) if group == -1]
        if -1 in placed
        else (),
    )


# As units of work: the file may lie on a mount that hangs. Errors come as values.

_open: dict[int, RecordingReader] = {}
_lock = threading.Lock()


def is_recording_unit(path: bytes) -> bool | GlusterError:
    """Whether a file begins as a recording does; PathError where it cannot be read. What is no file is none."""
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file, _plain(file) as text:
            line = text.read(_LOOKED_AT).partition(b"\n")[0].lstrip()
            return line.startswith(b"{") and b'"' + MARK.encode() + b'"' in line
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return False
    except OSError as error:
        return PathError(path, error.errno or 0)


def read_header_unit(path: bytes, key: int) -> dict[str, Any] | GlusterError:
    """Opens a recording, to be asked under ``key``; returns its first line."""
    try:
        reader = RecordingReader(path)
    except GlusterError as error:
        return error
    with _lock:
        _open[key] = reader
    return reader.header


class Packed(NamedTuple):
    """A listing on its way from one process to another: names one by one would take longer than all the rest."""

    names: bytes
    listed: ListedDirectory

    def unpacked(self) -> ListedDirectory:
        """The listing."""
        return self.listed._replace(files=self.names.split(b"\0")) if self.names else self.listed


def _packed(listed: ListedDirectory) -> Packed:
    return Packed(b"\0".join(listed.files), listed._replace(files=[]))


def read_on_unit(key: int, files: int) -> tuple[list[Packed], bool | GlusterError]:
    """The next directories of an open recording, with so many files together; and whether those were the last, or what
    is wrong behind them.
    """
    found: list[Packed] = []
    with _lock:
        try:
            for listed in _open[key].next_directories():
                found.append(_packed(listed))
                files -= len(listed.files) + _FILES_A_DIRECTORY
                if files < 0:
                    return found, False
        except GlusterError as error:
            return found, error
    return found, True


def list_recorded_unit(key: int, directory: bytes) -> Packed | GlusterError:
    """A directory of an open recording, wherever it stands."""
    with _lock:
        try:
            return _packed(_open[key].listing(directory))
        except GlusterError as error:
            return error


def close_recording_unit(key: int) -> None:
    """Closes an open recording."""
    with _lock:
        if (reader := _open.pop(key, None)) is not None:
            reader.close()
