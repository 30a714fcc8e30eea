"""The host map: which compute node stands for a volume.

The file holds ``volume node`` a line, white space between; blank lines are skipped, and what follows a ``#`` that
begins a word. The first word may name a volume, a brick as ``host:/brick``, or a host; the names of a volume
are looked up in that order, and the first hit wins.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .cluster import Volume
from .errors import HostnameMapError, NoHostnameMapError, PathError, shown

__all__ = [
    "MAP_FILE_NAME",
    "MAP_VARIABLE",
    "Assignment",
    "HostnameMap",
    "HostnameMapArgument",
    "MapEntry",
    "find_hostname_map",
    "read_hostname_map",
]

MAP_VARIABLE = "DISCO_HOSTNAME_MAP"
MAP_FILE_NAME = ".hostname_map"
_BY_CALLER = "the mapping passed by the caller"

NameKind = Literal["volume", "brick", "host", "configured host"]


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One entry. ``source``: the file's path, or words; ``line``: counted from 1, None outside a file."""

    name: str
    node: str
    source: str
    line: int | None = None

    @property
    def place(self) -> str:
        """Where the entry stands, as ``line 3`` or ``passed by the caller``."""
        return "passed by the caller" if self.line is None else f"line {self.line}"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The node of one volume. ``entry``: what gave it, None where no entry names the volume and its host
    stands in; ``matched``: which of its names the entry names; ``wanted``: whether a map is in use at all.
    """

    node: str
    entry: MapEntry | None
    matched: NameKind | None
    wanted: bool

    @property
    def unmapped(self) -> bool:
        """No entry names the volume, although there is a map: jobs lose locality on it."""
        return self.wanted and self.entry is None


class HostnameMap:
    """Entries by name. ``source``: the file's path, or words; ``text``: the file's content. An empty mapping passed
    by a caller means that hosts are used as they are named; an empty file is a map that misses every volume.
    """

    def __init__(self, entries: Mapping[str, MapEntry], source: str, *, text: bytes = b"", wanted: bool = True) -> None:
        self.entries = dict(entries)
        self.source = source
        self.text = text
        self.wanted = wanted

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, str]) -> HostnameMap:
        """A dictionary's entries; TypeError for other types, HostnameMapError for names that cannot be used."""
        entries: dict[str, MapEntry] = {}
        for name, node in mapping.items():
            if not isinstance(name, str) or not isinstance(node, str):
                raise TypeError(f"hostname_map must map str to str, not {name!r} to {node!r}")
            fact = _fault(name, node)
            if fact:
                raise HostnameMapError(_BY_CALLER, None, fact)
            entries[name] = MapEntry(name, node, _BY_CALLER)
        text = os.fsencode("".join(f"{entry.name} {entry.node}\n" for entry in entries.values()))
        return cls(entries, _BY_CALLER, text=text, wanted=bool(entries))

    @classmethod
    def none(cls) -> HostnameMap:
        """The map that was asked not to be there: every volume goes by its host."""
        return cls({}, "none", wanted=False)

    @classmethod
    def from_text(cls, text: bytes, source: str) -> HostnameMap:
        """A file's entries; HostnameMapError with the line that cannot be used."""
        entries: dict[str, MapEntry] = {}
        for number, words in _lines(text):
            if len(words) != 2:
                found = "one word" if len(words) == 1 else f"{len(words)} words"
                raise HostnameMapError(source, number, f"expected 'volume node', found {found}")
            name, node = words
            fact = _fault(name, node)
            if fact:
                raise HostnameMapError(source, number, fact)
            earlier = entries.get(name)
            if earlier and earlier.node != node:
                fact = f"{shown(name)} is {shown(node)} here and {shown(earlier.node)} in line {earlier.line}"
                raise HostnameMapError(source, number, fact)
            entries.setdefault(name, MapEntry(name, node, source, number))
        return cls(entries, source, text=text)

    def assign(self, volume: Volume) -> Assignment:
        """The node of a volume, and the entry that gave it."""
        for kind, name in names_of(volume):
            entry = self.entries.get(name)
            if entry:
                return Assignment(entry.node, entry, kind, self.wanted)
        return Assignment(volume.host, None, None, self.wanted)


def names_of(volume: Volume) -> tuple[tuple[NameKind, str], ...]:
    """The names by which an entry may name a volume, in the order in which they are looked up."""
    return (
        ("volume", volume.name),
        ("brick", f"{volume.host}:{volume.brick}"),
        ("host", volume.host),
        ("configured host", volume.configured_host),
    )


HostnameMapArgument = Mapping[str, str] | HostnameMap | None


def read_hostname_map(path: str | bytes) -> HostnameMap:
    """The map in a file; PathError where it cannot be read, HostnameMapError where a line cannot be used."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise PathError(os.fsencode(path), error.errno or 0) from error
    return HostnameMap.from_text(text, os.fsdecode(path))


def find_hostname_map(mount_point: bytes, named: str | None) -> HostnameMap:
    """The map in the file ``named``, else that at the root of the inputfs. ``named``: what ``DISCO_HOSTNAME_MAP``
    says where the caller runs, which need not be where this does.

    NoHostnameMapError where neither is there. A variable that names a missing file is an error of its own.
    """
    if named:
        return read_hostname_map(named)
    default = os.path.join(mount_point, MAP_FILE_NAME.encode())
    try:
        return read_hostname_map(default)
    except PathError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        raise NoHostnameMapError((f"${MAP_VARIABLE} (not set)", os.fsdecode(default))) from error


def _lines(text: bytes) -> Iterator[tuple[int, list[str]]]:
    """The words of each line that has any, comments left out, with its number."""
    for number, line in enumerate(text.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        words = os.fsdecode(line).split()
        comment = next((i for i, word in enumerate(words) if word.startswith("#")), len(words))
        if words[:comment]:
            yield number, words[:comment]


def _fault(name: str, node: str) -> str | None:
    """Why an entry cannot be used; None where it can."""
    for word, what in ((name, "volume"), (node, "node")):
        if not word:
            return f"the {what} name is empty"
        if any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in word):
            return f"the {what} name '{shown(word)}' holds a control character"
        if any(c.isspace() for c in word):
            return f"the {what} name '{shown(word)}' holds white space"
    if "/" in node:
        return f"the node name '{shown(node)}' holds a '/'"
    host, brick, _ = name.partition(":/")  # the host may be an IPv6 address
    if "/" in name and ("/" in host or not host or not brick):
        return f"the name '{shown(name)}' holds a '/' and is not of the form host:/brick"
    return None
