"""The formats of input lists: what a file becomes in each."""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from typing import ClassVar

from .addresses import Addresser, encoded
from .errors import AddressError
from .walk import PlacedFiles

__all__ = ["FORMATS", "CsvFormat", "Format", "JsonFormat", "LinesFormat"]


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

    def __init__(self, addresser: Addresser, *, percent_encode: bool = False) -> None:
        super().__init__(addresser, percent_encode=percent_encode)
        self.with_spaces = 0  # files so far at whose addresses a reader that splits at any white space goes wrong

    def encode(self, placed: PlacedFiles) -> bytes:
        """Lines of raw bytes; AddressError where an address holds a tab or a line break."""
        prefixes = {placement: self.addresser.prefixes(placement) for placement in set(placed.placements)}
        # What stands around a tail in its line, so that one join writes the line.
        around = {
            placement: [first, *(b"\t" + prefix for prefix in rest), b"\n"]
            for placement, (first, *rest) in prefixes.items()
        }
        lines = [
            tail.join(around[placement]) for tail, placement in zip(self.tails(placed), placed.placements, strict=True)
        ]
        text = b"".join(lines)
        replicas = sum(map(len, map(prefixes.__getitem__, placed.placements)))
        if text.count(b"\n") != len(lines) or text.count(b"\t") != replicas - len(lines) or b"\r" in text:
            self._name_fault(placed)
        if b" " in text:
            self.with_spaces += sum(b" " in line for line in lines)
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
        quoting = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
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
                row = (path, shown_size, number, *where, address.decode("utf-8", "surrogateescape"))
                # Before Python 3.13, csv leaves a carriage return bare, which ends a row for whoever reads it.
                (quoting if "\r" in "".join((path, *where)) else writer).writerow(row)
        return buffer.getvalue().encode("utf-8", "surrogateescape")


FORMATS: dict[str, type[Format]] = {kind.name: kind for kind in (JsonFormat, LinesFormat, CsvFormat)}
