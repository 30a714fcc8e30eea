"""Input lists for jobs: the formats, and writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import secrets
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import BinaryIO, ClassVar

from .addresses import Addresser, encoded
from .errors import AddressError, ExportError
from .placement import Placement
from .walk import PlacedFiles

__all__ = ["FORMATS", "CsvFormat", "Format", "JsonFormat", "LinesFormat", "Tally", "replacing", "target_fault"]


class Tally:
    """What a list's files add up to. ``unmapped``: files by the index of a volume that no map entry names.

    ``bytes``: of the files whose size is known; ``unsized``: how many files have none.
    """

    def __init__(self, addresser: Addresser) -> None:
        self._addresser = addresser
        self.files = 0
        self.bytes = 0
        self.unsized = 0
        self.by_placement: dict[Placement, int] = {}

    def add(self, placed: PlacedFiles) -> None:
        """Counts some files."""
        self.files += len(placed.names)
        for size in placed.sizes:
            if size >= 0:
                self.bytes += size
            else:
                self.unsized += 1
        for placement in placed.placements:
            self.by_placement[placement] = self.by_placement.get(placement, 0) + 1

    @property
    def unmapped(self) -> dict[int, int]:
        """How many files each unmapped volume holds, by volume index, in the order of the client graph."""
        return unmapped_files(self._addresser, self.by_placement)


def unmapped_files(addresser: Addresser, by_placement: dict[Placement, int]) -> dict[int, int]:
    """How many files each unmapped volume holds, by volume index, from the number of files by placement."""
    counts: dict[int, int] = {}
    for placement, files in by_placement.items():
        for index in addresser.unmapped(placement):
            counts[index] = counts.get(index, 0) + files
    return dict(sorted(counts.items()))


class Format(ABC):
    """A way to write a list. ``encode()`` gives the bytes of some files; ``begin`` and ``end`` stand around all."""

    name: ClassVar[str]
    extension: ClassVar[str]
    words: ClassVar[str]
    needs_sizes: ClassVar[bool] = False

    def __init__(self, addresser: Addresser, *, percent_encode: bool = False) -> None:
        self.addresser = addresser
        self.percent_encode = percent_encode

    begin: bytes = b""
    end: bytes = b""

    @abstractmethod
    def encode(self, placed: PlacedFiles) -> bytes:
        """The files as bytes; AddressError for a name that the format cannot carry."""

    def tails(self, placed: PlacedFiles) -> list[bytes]:
        """What stands behind ``dfs://NODE/`` for each file."""
        folder = placed.directory + b"/" if placed.directory else b""
        if self.percent_encode:
            return [encoded(folder + name) for name in placed.names]
        return [folder + name for name in placed.names]


class LinesFormat(Format):
    """One file a line, its addresses separated by a tab."""

    name, extension = "lines", "txt"
    words = "a file a line, addresses separated by tabs (disco run)"

    def encode(self, placed: PlacedFiles) -> bytes:
        """Lines of raw bytes; AddressError where an address holds a tab or a line break."""
        lines = []
        for tail, placement in zip(self.tails(placed), placed.placements, strict=True):
            lines.append(b"\t".join([prefix + tail for prefix in self.addresser.prefixes(placement)]))
        text = b"\n".join(lines) + b"\n" if lines else b""
        replicas = sum(len(placement.usable) for placement in placed.placements)
        if text.count(b"\n") != len(lines) or text.count(b"\t") != replicas - len(lines) or b"\r" in text:
            self._name_fault(placed)
        return text

    def _name_fault(self, placed: PlacedFiles) -> None:
        for tail, placement in zip(self.tails(placed), placed.placements, strict=True):
            for prefix in self.addresser.prefixes(placement):
                for byte, words in ((b"\n", "a newline"), (b"\t", "a tab"), (b"\r", "a carriage return")):
                    if byte in prefix + tail:
                        raise AddressError(
                            prefix + tail,
                            f"holds {words}, which the format 'lines' cannot carry: percent-encode the addresses, "
                            "or choose json or csv",
                        )


class JsonFormat(Format):
    """What ``files()`` returns: a list of lists of addresses, one file a line."""

    name, extension = "json", "json"
    words = "a list of lists of addresses, as files() returns it"
    begin, end = b"[", b"\n]\n"

    def __init__(self, addresser: Addresser, *, percent_encode: bool = False) -> None:
        super().__init__(addresser, percent_encode=percent_encode)
        self._separator = b"\n"

    def encode(self, placed: PlacedFiles) -> bytes:
        """Elements in ASCII; bytes that are not UTF-8 as the surrogate escapes that ``files()`` gives."""
        parts = []
        for tail, placement in zip(self.tails(placed), placed.placements, strict=True):
            addresses = [
                (prefix + tail).decode("utf-8", "surrogateescape") for prefix in self.addresser.prefixes(placement)
            ]
            parts.append(self._separator + json.dumps(addresses).encode("ascii"))
            self._separator = b",\n"
        return b"".join(parts)


class CsvFormat(Format):
    """One replica a row, with all that is known of it."""

    name, extension = "csv", "csv"
    words = "a replica a row: path, size, replica, volume, host, brick, node, address"
    needs_sizes = True
    begin = b"path,size,replica,volume,host,brick,node,address\n"

    def encode(self, placed: PlacedFiles) -> bytes:
        """Rows of RFC 4180 in raw bytes; an empty size is one that could not be read."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        volumes = self.addresser.cluster.volumes
        folder = placed.directory + b"/" if placed.directory else b""
        rows = zip(placed.names, self.tails(placed), placed.placements, placed.sizes, strict=True)
        for name, tail, placement, size in rows:
            path = (folder + name).decode("utf-8", "surrogateescape")
            addresses = [prefix + tail for prefix in self.addresser.prefixes(placement)]
            for number, (index, address) in enumerate(zip(placement.usable, addresses, strict=True), 1):
                volume = volumes[index]
                node = self.addresser.assignment(volume).node
                shown_size = size if size >= 0 else ""
                where = (volume.name, volume.host, volume.brick, node)
                writer.writerow((path, shown_size, number, *where, address.decode("utf-8", "surrogateescape")))
        return buffer.getvalue().encode("utf-8", "surrogateescape")


FORMATS: dict[str, type[Format]] = {kind.name: kind for kind in (JsonFormat, LinesFormat, CsvFormat)}


def encode_all(format: Format, batches: Iterable[PlacedFiles]) -> Iterator[bytes]:
    """The whole list in pieces."""
    yield format.begin
    for placed in batches:
        yield format.encode(placed)
    yield format.end


def target_fault(target: bytes) -> str | None:
    """Why a list cannot be written to ``target``, as far as looking can tell; None where it can."""
    if not target:
        return "no file is named"
    real = os.path.realpath(target)
    folder = os.path.dirname(real)
    try:
        if not os.path.isdir(folder):
            return f"the directory {os.fsdecode(folder)} does not exist"
        if os.path.isdir(real) or target.endswith(b"/"):
            return "it is a directory"
        if os.path.lexists(real) and not stat.S_ISREG(os.stat(real).st_mode):
            return "it is not a regular file"
    except OSError as error:
        return error.strerror or str(error)
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"no permission to write in {os.fsdecode(folder)}"
    return None


@contextlib.contextmanager
def replacing(target: bytes) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of ``target`` when the block ends without an error.

    It is written beside the target under a name that nobody can have planted, synced, and renamed; the mode of a
    file that it replaces is kept. After an error nothing of it is left. ExportError where the system refuses.
    """
    fault = target_fault(target)
    if fault:
        raise ExportError(target, fault)
    real = os.path.realpath(target)
    temporary = os.path.join(os.path.dirname(real), b".gluster-tui-" + secrets.token_hex(8).encode())
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise ExportError(target, error.strerror or str(error)) from error
    try:
        with os.fdopen(fd, "wb") as file:
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(fd, stat.S_IMODE(os.stat(real).st_mode))
            yield file
            file.flush()
            os.fsync(fd)
        os.rename(temporary, real)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise ExportError(target, error.strerror or str(error)) from error
        raise
    _sync_folder(os.path.dirname(real))


def _sync_folder(folder: bytes) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
