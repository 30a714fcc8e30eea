"""The edits of one on the map that another has saved meanwhile: name by name, and where both changed one, told."""

from __future__ import annotations

import os
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


def merge(base: MapText, mine: MapText, theirs: MapText) -> Merge:
    """The edits that made ``mine`` of ``base``, made again on ``theirs``, whose comments and order stay."""
    text = _lines_mended(base, mine, theirs)
    before, here, there = base.nodes(), mine.nodes(), text.nodes()
    conflicts = []
    nodes: dict[str, str] = {}
    for name in {**before, **here}:
        was, wanted, found = (nodes_of.get(name, ()) for nodes_of in (before, here, there))
        if wanted in (was, found):
            continue
        if found != was:
            conflicts.append(Conflict(name, *(given[0] if given else None for given in (was, wanted, found))))
            continue
        if wanted:
            nodes[name] = wanted[0]
        surplus = [line.number for line in text.entries if line.name == name][len(wanted) :]
        for number in reversed(surplus):
            text = text.without_line(number)
    return Merge(text.with_nodes(nodes), tuple(conflicts))


def _lines_mended(base: MapText, mine: MapText, theirs: MapText) -> MapText:
    """``theirs``, with those lines that could not be used as they were mended here, where they stand unchanged."""
    from difflib import SequenceMatcher  # it takes long to load, and is seldom needed

    mended: dict[bytes, list[bytes]] = {}
    before, here = ([line.raw.rstrip(b"\r\n") for line in text.lines] for text in (base, mine))
    faulty = {line.number - 1 for line in base.faulty}
    for kind, start, end, first, last in SequenceMatcher(None, before, here, autojunk=False).get_opcodes():
        if kind in ("replace", "delete"):
            for offset, index in enumerate(range(start, end)):
                if index in faulty:
                    mended[before[index]] = here[first + offset : min(first + offset + 1, last)]
    for line in reversed(theirs.faulty):
        replacement = mended.get(line.raw.rstrip(b"\r\n"))
        if replacement is not None:
            words = os.fsdecode(replacement[0]) if replacement else None
            theirs = theirs.without_line(line.number) if words is None else theirs.with_line(line.number, words)
    return theirs


def _told(node: str | None) -> str:
    return "no entry" if node is None else shown(node)
