"""The text of a host map's file, to be changed a word at a time: what is not changed stays as it is, to the byte."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import HostnameMapError, shown
from .hostmap import HostnameMap
from .map_grammar import BOM, EntryLine, FaultyLine, Line, PlainLine, lines_of, word_fault

__all__ = ["MapText", "written_fault"]

_EDITED = "the entry as it was edited"


@dataclass(frozen=True)
class MapText:
    """A map's lines; never changed, only replaced. ``mark``: the byte order mark that it begins with, or nothing.

    Made by ``MapText.parse()``. ``lines``: entries, lines that are blank or comments, and lines that cannot be used.
    """

    lines: tuple[Line, ...] = ()
    mark: bytes = b""

    @classmethod
    def parse(cls, text: bytes) -> MapText:
        """Any bytes, line by line; what cannot be used is kept, and is no error."""
        return cls(tuple(lines_of(text)), BOM if text.startswith(BOM) else b"")

    @property
    def text(self) -> bytes:
        """The bytes of the file."""
        return self.mark + b"".join(line.raw for line in self.lines)

    @property
    def entries(self) -> tuple[EntryLine, ...]:
        """The lines that can be used, in order; a name may stand twice."""
        return tuple(line for line in self.lines if isinstance(line, EntryLine))

    @property
    def faulty(self) -> tuple[FaultyLine, ...]:
        """The lines that cannot be used."""
        return tuple(line for line in self.lines if isinstance(line, FaultyLine))

    def nodes(self) -> dict[str, tuple[str, ...]]:
        """The nodes of each name, in the order of the file: more than one where the name stands more than once."""
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.entries:
            found[entry.name] = (*found.get(entry.name, ()), entry.node)
        return found

    def to_hostname_map(self, source: str) -> HostnameMap:
        """The map of the lines that can be used; of a name with two nodes the first counts."""
        return HostnameMap.from_text(self.text, source, lenient=True)

    def with_nodes(self, nodes: Mapping[str, str]) -> MapText:
        """The same with other nodes for some names: in every line that gives one a node, else in a new line at the end.
        HostnameMapError for words that a map cannot hold.
        """
        known = {entry.name for entry in self.entries}
        for name, node in nodes.items():
            fault = written_fault(name, node)
            if fault:
                raise HostnameMapError(_EDITED, None, fault)
        raws = [
            _with_node(line, nodes[line.name]) if isinstance(line, EntryLine) and line.name in nodes else line.raw
            for line in self.lines
        ]
        added = [f"{name} {node}" for name, node in nodes.items() if name not in known]
        if added:
            if raws and not raws[-1].endswith(b"\n"):
                raws[-1] += self._ending
            raws += [os.fsencode(words) + self._ending for words in added]
        return self._of(raws)

    def without(self, name: str) -> MapText:
        """The same less every line that gives a name a node."""
        return self._of(line.raw for line in self.lines if not (isinstance(line, EntryLine) and line.name == name))

    def without_line(self, number: int) -> MapText:
        """The same less one line, whatever it holds."""
        return self._of(line.raw for line in self.lines if line.number != number)

    def with_line(self, number: int, words: str) -> MapText:
        """The same with other words in one line, which keeps its line ending. HostnameMapError for words that are two
        lines, or no text.
        """
        try:
            written = os.fsencode(words)
        except UnicodeEncodeError:
            written = b"\n"
        if b"\n" in written or (number == 1 and written.startswith(BOM)):
            raise HostnameMapError(_EDITED, None, f"'{shown(words)}' is not one line of a map")
        return self._of(written + _ending_of(line.raw) if line.number == number else line.raw for line in self.lines)

    def without_faults(self) -> MapText:
        """The same, with those lines as comments that cannot be used, or that give a name another node than an earlier
        line did: every reader takes what is left.
        """
        nodes: dict[str, str] = {}
        raws = []
        for line in self.lines:
            usable = isinstance(line, PlainLine) or (
                isinstance(line, EntryLine) and nodes.setdefault(line.name, line.node) == line.node
            )
            raws.append(line.raw if usable else b"# " + line.raw)
        return self._of(raws)

    @property
    def _ending(self) -> bytes:
        """The line ending of the file: that of its last line that has one."""
        return next((found for line in reversed(self.lines) if (found := _ending_of(line.raw))), b"\n")

    def _of(self, raws: Iterable[bytes]) -> MapText:
        return MapText.parse(self.mark + b"".join(raws))


def written_fault(name: str, node: str) -> str | None:
    """Why a map's file cannot hold an entry, in words; None where it can. A mapping holds more: a name with a ``#`` at
    its beginning would be a comment in a file.
    """
    fault = word_fault(name, node)
    if fault:
        return fault.fact
    try:
        (line,) = lines_of(os.fsencode(f"{name} {node}"))
    except (UnicodeEncodeError, ValueError):
        line = PlainLine(1, b"")
    if not isinstance(line, EntryLine) or (line.name, line.node) != (name, node):
        return f"'{shown(name)} {shown(node)}' would be read as something else"
    return None


def _with_node(line: EntryLine, node: str) -> bytes:
    """The line's bytes with another node word."""
    decoded = os.fsdecode(line.raw)
    start = line.node_column - 1
    return os.fsencode(decoded[:start] + node + decoded[start + len(line.node) :])


def _ending_of(raw: bytes) -> bytes:
    if not raw.endswith(b"\n"):
        return b""
    return b"\r\n" if raw.endswith(b"\r\n") else b"\n"
