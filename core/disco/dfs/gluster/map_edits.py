"""The editing of a host map: what it was, what it is now, and every step between, to go back and forth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .errors import shown
from .hostmap import HostnameMap
from .map_text import MapText

__all__ = ["MapEdits", "Step"]


class Step(NamedTuple):
    """One step of an editing. ``words``: what it did, as ``nx02-vol1 -> disco-02``; ``text``: what came of it."""

    words: str
    text: MapText


class MapEdits:
    """A map under edit; nothing reaches a file from here. For one thread.

    ``read``: the text as it was read or last saved, None where there is no file yet. ``source``: the file's path, or
    words.
    """

    def __init__(self, read: MapText | None, source: str) -> None:
        self.read = read
        self.source = source
        self._steps = [Step("", read or MapText())]
        self._at = 0

    @property
    def text(self) -> MapText:
        """The text as it is now."""
        return self._steps[self._at].text

    @property
    def dirty(self) -> bool:
        """It is not what was read or last saved."""
        return self.text != (self.read or MapText())

    @property
    def undoable(self) -> str | None:
        """What ``undo()`` would take back, in words; None where there is nothing."""
        return self._steps[self._at].words if self._at else None

    @property
    def redoable(self) -> str | None:
        """What ``redo()`` would do again, in words; None where there is nothing."""
        return self._steps[self._at + 1].words if self._at + 1 < len(self._steps) else None

    def hostname_map(self) -> HostnameMap:
        """The map as it is now: the lines that can be used. A map that is empty misses every volume."""
        return self.text.to_hostname_map(self.source)

    def set_nodes(self, nodes: Mapping[str, str], words: str) -> None:
        """Gives names their nodes, as one step; HostnameMapError for words that a map cannot hold."""
        self.change(self.text.with_nodes(nodes), words)

    def remove(self, name: str) -> None:
        """Takes every entry of a name away."""
        self.change(self.text.without(name), f"{shown(name)} removed")

    def change(self, text: MapText, words: str) -> None:
        """Takes any other text as one step; what is the same is none. Steps that were undone are forgotten."""
        if text != self.text:
            self._steps[self._at + 1 :] = [Step(words, text)]
            self._at += 1

    def undo(self) -> bool:
        """Takes the last step back; whether there was one."""
        self._at -= bool(moved := self._at > 0)
        return moved

    def redo(self) -> bool:
        """Does the step again that was taken back last; whether there was one."""
        self._at += bool(moved := self._at + 1 < len(self._steps))
        return moved

    def saved(self, text: MapText) -> None:
        """That text is in the file now; the steps stay."""
        self.read = text

    def reread(self, read: MapText, now: MapText) -> None:
        """The file is another one now: ``read``; what is edited goes on with ``now``: the file itself, or what
        ``merge()`` made of both. The steps before are forgotten: undoing them would undo what others did.
        """
        self.read = read
        self._steps = [Step("", read)] + ([Step("the edits on the file as it is now", now)] if now != read else [])
        self._at = len(self._steps) - 1
