"""One finding about a host map, and what is looked at to make it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .cluster import Cluster, Volume
from .errors import shown
from .hostmap import Assignment, HostnameMap, MapEntry
from .map_grammar import EntryLine, Line, lines_of
from .near_misses import NearMiss
from .nodes import KnownNodes
from .volume_tally import VolumeTally

__all__ = ["Finding", "FindingCode", "Severity", "Subject", "near_words"]

Severity = Literal["error", "warning", "note"]
FindingCode = Literal[
    "no-map",  # there is none, or it cannot be read
    "malformed-line",
    "conflicting-entry",  # a name that an earlier line gives another node
    "repeated-entry",  # a name that an earlier line gives the same node
    "unmapped-volume",
    "unknown-host",  # a volume that no entry names as far as is known, and whose host is not known yet
    "unused-entry",  # it names nothing here
    "shadowed-entry",  # all that it names is named by entries that are looked up before it
    "shared-node",  # volumes of one group are on one node
    "unknown-node",  # the cluster does not know it
    "writable-map",  # others may write the file
]


@dataclass(frozen=True)
class Finding:
    """One finding. ``code``: stays the same in later versions; ``words``: a sentence, harmless to a terminal.

    ``source``: the map's file, ``line`` and ``column`` in it, from 1: None where it has no such place. ``name``: the
    entry's, as it stands. ``volumes``: indexes of those it is about; ``node``: the node it is about. ``files``,
    ``bytes``: what loses locality, or would be lost: None where nobody counted. ``near``: what may have been meant.
    """

    severity: Severity
    code: FindingCode
    words: str
    source: str | None = None
    line: int | None = None
    column: int | None = None
    name: str | None = None
    volumes: tuple[int, ...] = ()
    node: str | None = None
    files: int | None = None
    bytes: int | None = None
    near: tuple[NearMiss, ...] = ()

    @property
    def place(self) -> str:
        """Where it stands, as ``/inputfs/.hostname_map:3:7``, harmless to a terminal; "" where it stands nowhere."""
        if self.source is None:
            return ""
        return shown(self.source) + "".join(f":{number}" for number in (self.line, self.column) if number is not None)


@dataclass(frozen=True)
class Subject:
    """What findings are made from. ``tally``, ``nodes``: None where nobody counted, or named the nodes."""

    cluster: Cluster
    volumes: tuple[Volume, ...]  # of one moment: the cluster learns meanwhile
    hostmap: HostnameMap
    tally: VolumeTally | None = None
    nodes: KnownNodes | None = None

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """The node of each volume."""
        return tuple(map(self.hostmap.assign, self.volumes))

    @cached_property
    def unmapped(self) -> tuple[Volume, ...]:
        """The volumes with data that no entry names, whether their hosts are known or not."""
        return tuple(v for v in self.volumes if not v.arbiter and self.assignments[v.index].unmapped)

    @cached_property
    def hidden(self) -> tuple[Volume, ...]:
        """The volumes whose hosts no file has shown yet, so that an entry may name what nobody knows."""
        return tuple(volume for volume in self.volumes if not self.cluster.host_known(volume))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the map's file; none of a mapping that a caller passed."""
        by_caller = any(entry.line is None for entry in self.hostmap.entries.values())
        return () if by_caller else tuple(lines_of(self.hostmap.text))

    @cached_property
    def _entry_lines(self) -> dict[int, EntryLine]:
        return {line.number: line for line in self.lines if isinstance(line, EntryLine)}

    def place(self, entry: MapEntry | None, *, of_node: bool = False) -> tuple[str | None, int | None, int | None]:
        """The file, the line and the column of an entry, or of its node; None: of the map as a whole."""
        if entry is None:
            return (self.hostmap.source if self.hostmap.wanted else None), None, None
        line = self._entry_lines.get(entry.line) if entry.line is not None else None
        column = None if line is None else line.node_column if of_node else line.column
        return entry.source, entry.line, column


def near_words(near: tuple[NearMiss, ...], what: str) -> str:
    """The nearest of some near misses as the end of a sentence; "" where there is none."""
    if not near:
        return ""
    return f"; {what} {shown(near[0].other)} is almost the same: {near[0].words}"
