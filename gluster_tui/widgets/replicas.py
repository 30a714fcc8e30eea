"""Where one file lies: every volume of its group, its state, its node and what gave it, its address."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text

from disco.dfs.gluster.cluster import Volume
from disco.dfs.gluster.hostmap import Assignment
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.selection import Row, SelectionPicture
from disco.dfs.gluster.units import GONE, PENDING

from ..display import NodeColours, by_words, name_text, shown, size_text, wrapped
from ..session import Session
from .rows import Rows

__all__ = ["Replicas"]

_INDENT = 2
_LABEL = 9


class _Line(NamedTuple):
    """One line of the panel. ``copied``: what the copy command takes from it, as the bytes it is."""

    text: Text
    copied: bytes


class Replicas(Rows):
    """The panel of the file under the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"replicas--warning", "replicas--failure", "replicas--heading"}

    def __init__(self, session: Session, colours: NodeColours, *, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self.colours = colours
        self._picture: SelectionPicture | None = None
        self._file: Row | None = None
        self._lines: list[_Line] = []
        self._made_for = 0

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def row_shows(self, row: int) -> Hashable:
        text = self._lines[row].text
        return (text.plain, tuple(text.spans))

    def row_text(self, row: int, width: int) -> Text:
        return self._lines[row].text.copy()

    @property
    def copied(self) -> bytes | None:
        """What the line under the cursor stands for."""
        return self._lines[self.cursor].copied if self._lines else None

    def show(self, picture: SelectionPicture, file: Row | None) -> None:
        """Shows a file, or what is new of it."""
        same = file is not None and self._file is not None and file.index == self._file.index
        same = same and file is not None and self._file is not None and file.directory is self._file.directory
        self._picture, self._file = picture, file
        if not same:
            self.cursor = 0
        self._make_lines()

    def on_resize(self) -> None:
        self._make_lines()

    def _make_lines(self) -> None:
        width = self.scrollable_content_region.width
        self._lines = list(self._all_lines(width)) if self._file is not None and width else []
        self.rows_changed()

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"replicas--{name}", partial=True)

    def _all_lines(self, width: int) -> Iterator[_Line]:
        assert self._picture is not None
        assert self._file is not None
        directory, index = self._file.directory, self._file.index
        below = os.path.join(directory.path, self._file.name)
        absolute = os.path.join(self.session.source.mount_point, below)
        yield from self._fact("", name_text(b"/" + below, style=Style(bold=True)), absolute, width, indent=0)
        size = directory.sizes[index]
        exact = f"{size:,} bytes" if size >= 0 else "size not known"
        words = exact if size < 1000 else f"{size_text(size)} ({exact})"
        yield _Line(Text(words, style=Style(dim=True), end=""), str(size).encode())
        placement = self._picture.placement(self._file)
        if placement is not None:
            yield from self._placement_lines(placement, below, width)
        elif directory.places[index] == PENDING:
            yield from self._sentence("asking GlusterFS where it lies ...", "heading", width)
        elif directory.places[index] == GONE:
            yield from self._sentence("it vanished since it was listed; r refreshes", "failure", width)
        else:
            _, fact = directory.failures.get(index, (0, "it could not be placed"))
            yield from self._sentence(f"x {fact}", "failure", width)

    def _placement_lines(self, placement: Placement, below: bytes, width: int) -> Iterator[_Line]:
        cluster = self.session.source.cluster
        group = cluster.groups[placement.group]
        words = f"group {group.name}, {group.kind}, known by {placement.known_by}"
        for line in by_words(shown(words), width):
            yield _Line(Text(line, style=Style(dim=True), end=""), os.fsencode(group.name))
        if cluster.shard_block_size:
            shards = f"sharded by {size_text(cluster.shard_block_size)}: this is the place of the first block only"
            yield from self._sentence(shards, "heading", width)
        nodes = [self.session.hostmap.assign(cluster.volumes[i]).node for i in placement.usable]
        for number, volume in enumerate(cluster.group_volumes(placement.group), 1):
            yield _Line(Text("", end=""), b"")
            yield from self._volume_lines(number, volume, placement, nodes, below, width)

    def _volume_lines(
        self, number: int, volume: Volume, placement: Placement, nodes: list[str], below: bytes, width: int
    ) -> Iterator[_Line]:
        usable = volume.index in placement.usable
        state, look = self._state(volume, placement)
        head = Text(f"{number} ", end="").append_text(name_text(volume.name, style=Style(bold=True)))
        head.append(f"  {state}", self._style(look) if look else Style(dim=True))
        yield _Line(head, os.fsencode(volume.name))
        yield from self._fact("host", name_text(volume.host), os.fsencode(volume.host), width)
        if volume.configured_host not in ("", volume.host):
            host = volume.configured_host
            yield from self._fact("config", name_text(host), os.fsencode(host), width)
        yield from self._fact("brick", name_text(volume.brick), os.fsencode(volume.location), width)
        if volume.arbiter:
            return
        assignment = self.session.hostmap.assign(volume)
        yield from self._node_lines(assignment, width)
        if not usable:
            return
        if nodes.count(assignment.node) > 1:
            yield from self._sentence(f"! another replica is on {assignment.node} too", "warning", width)
        (prefix,) = (
            prefix
            for index, prefix in zip(placement.usable, self.session.addresser.prefixes(placement), strict=True)
            if index == volume.index
        )
        address = prefix + below
        yield from self._fact("address", name_text(address), address, width)

    def _node_lines(self, assignment: Assignment, width: int) -> Iterator[_Line]:
        chip = self.colours.chip(assignment.node, mapped=not assignment.unmapped)
        yield from self._fact("node", chip, os.fsencode(assignment.node), width)
        if assignment.unmapped:
            yield from self._sentence("! unmapped: no entry names it, so it goes by its host", "warning", width)
        elif assignment.entry is None:
            yield from self._fact("by", Text("its host (no map)", style=Style(dim=True)), b"", width)
        else:
            words = f"{assignment.entry.place}, by {assignment.matched}"
            source = f"{assignment.entry.source} {assignment.entry.place}"
            yield from self._fact("by", Text(words, style=Style(dim=True)), os.fsencode(source), width)

    def _state(self, volume: Volume, placement: Placement) -> tuple[str, str]:
        """The state of a volume for this file, in words, and the style of it."""
        if volume.online is False and volume.index not in placement.usable:
            return ("x offline", "failure")
        if volume.arbiter:
            return ("arbiter, no data", "")
        if volume.index in placement.absent:
            return ("- lacks the file, waits for healing", "warning")
        return ("online" if volume.online else "answers", "")

    def _fact(self, label: str, value: Text, copied: bytes, width: int, indent: int = _INDENT) -> Iterator[_Line]:
        """A labelled value, whole, over as many lines as it takes."""
        lead = indent + (_LABEL if label else 0)
        for number, part in enumerate(wrapped(value, width - lead)):
            text = Text(" " * indent, no_wrap=True, end="")
            if label:
                text.append(f"{label if number == 0 else '':<{_LABEL}}", Style(dim=True))
            yield _Line(text.append_text(part), copied)

    def _sentence(self, words: str, look: str, width: int) -> Iterator[_Line]:
        for line in by_words(shown(words), width - _INDENT):
            yield _Line(Text(" " * _INDENT + line, style=self._style(look), end=""), os.fsencode(words))
