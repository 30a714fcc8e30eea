"""The edits of one on the map that another has saved meanwhile: name by name, and where both changed one, told."""

from __future__ import annotations

from typing import NamedTuple

from .errors import shown
from .map_text import MapText

__all__ = ["Conflict", "Merge", "merge"]


class Conflict(NamedTuple):
    """A name that was given different nodes here and in the file. Nodes: None where there is no entry (any more)."""

    name: str
    base: str | None
    mine: str | None
    theirs: str | None

    @property
    def words(self) -> str:
        """What is at odds, harmless to a terminal."""
        mine, theirs = (_told(node) for node in (self.mine, self.theirs))
        return f"{shown(self.name)}: {mine} here, {theirs} in the file, and {_told(self.base)} before"


class Merge(NamedTuple):
    """``text``: the file as it is now with the edits made here; where both changed a name, the file's stands."""

    text: MapText
    conflicts: tuple[Conflict, ...]

    def with_mine(self, conflict: Conflict) -> Merge:
        """The same with what was edited here for one name."""
        text = self.text.without(conflict.name)
        if conflict.mine is not None:
            text = self.text.with_node(conflict.name, conflict.mine)
        return Merge(text, tuple(other for other in self.conflicts if other != conflict))


def merge(base: MapText, mine: MapText, theirs: MapText) -> Merge:
    """The edits that made ``mine`` of ``base``, made again on ``theirs``, whose comments and order stay."""
    before, here, there = base.nodes(), mine.nodes(), theirs.nodes()
    text, conflicts = theirs, []
    nodes: dict[str, str] = {}
    for name in {**before, **here}:
        was, wanted, found = (nodes_of.get(name, ()) for nodes_of in (before, here, there))
        if wanted in (was, found):
            continue
        if found != was:
            conflicts.append(Conflict(name, *(given[0] if given else None for given in (was, wanted, found))))
        elif wanted:
            nodes[name] = wanted[0]
        else:
            text = text.without(name)
    text = text.with_nodes(nodes)
    mended = {line.raw.rstrip() for line in base.faulty} - {line.raw.rstrip() for line in mine.lines}
    for line in reversed(text.faulty):
        if line.raw.rstrip() in mended:
            text = text.without_line(line.number)
    return Merge(text, tuple(conflicts))


def _told(node: str | None) -> str:
    return "no entry" if node is None else shown(node)
