"""The host map: which compute node stands for a volume.

The file holds ``volume node`` a line, white space between; blank lines are skipped, and what follows a ``#`` that
begins a word. The first word may name a volume, a brick as ``host:/brick``, or a host; the names of a volume
are looked up in that order, and the first hit wins.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from .cluster import Volume
from .errors import HostnameMapError, NoHostnameMapError, PathError, shown
from .map_grammar import EntryLine, FaultyLine, PlainLine, clash, lines_of, word_fault
from .near_misses import NameIndex, NearMiss

__all__ = [
    "MAP_FILE_NAME",
    "MAP_VARIABLE",
    "Assignment",
    "HostnameMap",
    "HostnameMapArgument",
    "LookupStep",
    "LookupTrace",
    "MapEntry",
    "NameKind",
    "find_hostname_map",
    "names_of",
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


@dataclass(frozen=True, slots=True)
class LookupStep:
    """One name of a volume, as it was looked up. ``entry``: what names it, None where nothing does; ``reached``: no
    earlier name gave an entry, so that this one was looked up; ``near``: entries that almost name it, the nearest
    first (none where an entry names it, or the volume was found by another name).
    """

    kind: NameKind
    name: str
    entry: MapEntry | None
    reached: bool
    near: tuple[NearMiss, ...] = ()

    @property
    def hit(self) -> bool:
        """This is the name that gave the volume its node."""
        return self.reached and self.entry is not None

    @property
    def words(self) -> str:
        """What came of it, as ``no entry``, ``disco-02 (line 3)`` or ``not reached``."""
        if self.entry is None:
            return "no entry" if self.reached else "not reached"
        told = f"{shown(self.entry.node)} ({self.entry.place})"
        return told if self.reached else f"not reached; an entry names it too: {told}"


@dataclass(frozen=True, slots=True)
class LookupTrace:
    """How a volume came to its node: its four names in the order of look-up. ``assignment``: the outcome."""

    volume: Volume
    steps: tuple[LookupStep, ...]
    assignment: Assignment

    @property
    def near(self) -> tuple[NearMiss, ...]:
        """The entries that almost name the volume, by whatever name, each once."""
        return tuple({miss.other: miss for step in reversed(self.steps) for miss in reversed(step.near)}.values())[::-1]


class HostnameMap:
    """Entries by name. ``source``: the file's path, or words; ``text``: the file's content. An empty mapping passed
    by a caller means that hosts are used as they are named; an empty file is a map that misses every volume.
    """

    def __init__(self, entries: Mapping[str, MapEntry], source: str, *, text: bytes = b"", wanted: bool = True) -> None:
        self.entries = dict(entries)
        self.source = source
        self.text = text
        self.wanted = wanted
        self._near: tuple[tuple[Volume, ...], NameIndex] | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, str]) -> HostnameMap:
        """A dictionary's entries; TypeError for other types, HostnameMapError for names that cannot be used."""
        entries: dict[str, MapEntry] = {}
        for name, node in mapping.items():
            if not isinstance(name, str) or not isinstance(node, str):
                raise TypeError(f"hostname_map must map str to str, not {name!r} to {node!r}")
            fault = word_fault(name, node)
            if fault:
                raise HostnameMapError(_BY_CALLER, None, fault.fact)
            entries[name] = MapEntry(name, node, _BY_CALLER)
        text = os.fsencode("".join(f"{entry.name} {entry.node}\n" for entry in entries.values()))
        return cls(entries, _BY_CALLER, text=text, wanted=bool(entries))

    @classmethod
    def none(cls) -> HostnameMap:
        """The map that was asked not to be there: every volume goes by its host."""
        return cls({}, "none", wanted=False)

    @classmethod
    def from_text(cls, text: bytes, source: str, *, lenient: bool = False) -> HostnameMap:
        """A file's entries; HostnameMapError with the line that cannot be used. ``lenient``: such lines are left out,
        and of a name with two nodes the first counts.
        """
        entries: dict[str, MapEntry] = {}
        first: dict[str, EntryLine] = {}
        for line in lines_of(text):
            if isinstance(line, PlainLine):
                continue
            earlier = first.setdefault(line.name, line) if isinstance(line, EntryLine) else None
            fact = line.fact if isinstance(line, FaultyLine) else clash(earlier, line) if earlier else None
            if fact and not lenient:
                raise HostnameMapError(source, line.number, fact)
            if earlier is line:
                entries[line.name] = MapEntry(line.name, line.node, source, line.number)
        return cls(entries, source, text=text)

    def assign(self, volume: Volume) -> Assignment:
        """The node of a volume, and the entry that gave it."""
        for kind, name in names_of(volume):
            entry = self.entries.get(name)
            if entry:
                return Assignment(entry.node, entry, kind, self.wanted)
        return Assignment(volume.host, None, None, self.wanted)

    def explain(self, volume: Volume, volumes: tuple[Volume, ...] = ()) -> LookupTrace:
        """How a volume comes to its node, name by name, and which entries almost name it.

        ``volumes``: all of the cluster's. An entry that names one of them is nobody's near miss: in a row of hosts
        every name is a digit apart from the next.
        """
        assignment = self.assign(volume)
        steps: list[LookupStep] = []
        for kind, name in names_of(volume):
            if not name:  # a mount without a graph knows no configured host
                continue
            reached = not any(step.entry for step in steps)
            entry = self.entries.get(name)
            near = self._index(volumes).near(name) if assignment.entry is None else ()
            steps.append(LookupStep(kind, name, entry, reached, near))
        return LookupTrace(volume, tuple(steps), assignment)

    def _index(self, volumes: tuple[Volume, ...]) -> NameIndex:
        """The names of the entries that name none of these volumes."""
        if self._near is None or self._near[0] is not volumes:
            self._near = volumes, NameIndex(self.unused(volumes))
        return self._near[1]

    def unused(self, volumes: Iterable[Volume]) -> list[str]:
        """The names of the entries that name none of these volumes, in the order of the file."""
        named = {name for volume in volumes for _, name in names_of(volume)}
        return [name for name in self.entries if name not in named]


def names_of(volume: Volume) -> tuple[tuple[NameKind, str], ...]:
    """The names by which an entry may name a volume, in the order in which they are looked up."""
    return (
        ("volume", volume.name),
        ("brick", f"{volume.host}:{volume.brick}"),
        ("host", volume.host),
        ("configured host", volume.configured_host),
    )


HostnameMapArgument = Mapping[str, str] | HostnameMap | None


def read_hostname_map(path: str | bytes, *, lenient: bool = False) -> HostnameMap:
    """The map in a file; PathError where it cannot be read, HostnameMapError where a line cannot be used: ``lenient``
    leaves such lines out.
    """
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise PathError(os.fsencode(path), error.errno or 0) from error
    return HostnameMap.from_text(text, os.fsdecode(path), lenient=lenient)


def find_hostname_map(mount_point: bytes, named: str | None, lenient: bool = False) -> HostnameMap:
    """The map in the file ``named``, else that at the root of the inputfs. ``named``: what ``DISCO_HOSTNAME_MAP``
    says where the caller runs, which need not be where this does; ``lenient``: as for ``read_hostname_map()``.

    NoHostnameMapError where neither is there. A variable that names a missing file is an error of its own.
    """
    if named:
        return read_hostname_map(named, lenient=lenient)
    default = os.path.join(mount_point, MAP_FILE_NAME.encode())
    try:
        return read_hostname_map(default, lenient=lenient)
    except PathError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        raise NoHostnameMapError((f"${MAP_VARIABLE} (not set)", os.fsdecode(default))) from error
