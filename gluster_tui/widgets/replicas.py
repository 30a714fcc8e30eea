"""Where one file lies: every volume of its group, its state, its node and what gave it, its address."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator

from rich.style import Style
from rich.text import Text

from disco.dfs.gluster.cluster import Volume
from disco.dfs.gluster.hostmap import Assignment
from disco.dfs.gluster.picture import Row, SelectionPicture
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.units import GONE, PENDING, UNSIZED

from ..display import NodeColours, by_words, counted, name_text, shown, size_text
from ..session import Session
from .text_panel import Line, TextPanel

__all__ = ["Replicas"]


class Replicas(TextPanel):
    """The panel of the file under the cursor."""

    def __init__(self, session: Session, colours: NodeColours, *, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self.colours = colours
        self._picture: SelectionPicture | None = None
        self._file: Row | None = None
        self._known: Hashable = None

    @property
    def volume(self) -> int | None:
        """The volume that the line under the cursor is about, by its index; None outside of one's lines."""
        return self.line_at_cursor.about if self.line_at_cursor is not None else None

    def show(self, picture: SelectionPicture, file: Row | None) -> None:
        """Shows a file, or what is new of it."""
        same = file is not None and self._file is not None and file.index == self._file.index
        same = same and file is not None and self._file is not None and file.directory is self._file.directory
        self._picture, self._file = picture, file
        if not same:
            self.cursor = 0
        known = self._what_is_known()
        if known != self._known or not same:  # mostly it is the same: an update comes with each key of the filter
            self._known = known
            self.lines_changed()

    def _what_is_known(self) -> Hashable:
        """All that decides what is shown."""
        if self._file is None:
            return None
        directory, index = self._file.directory, self._file.index
        cluster = self.session.source.cluster
        known = (directory.places[index], directory.sizes[index], directory.failures.get(index))
        return (*known, self.session.hostmap, cluster.volumes)

    def make_lines(self, width: int) -> Iterator[Line]:
        if self._file is not None:
            yield from self._all_lines(width)

    def _all_lines(self, width: int) -> Iterator[Line]:
        assert self._picture is not None
        assert self._file is not None
        directory, index = self._file.directory, self._file.index
        below = os.path.join(directory.path, self._file.name)
        absolute = os.path.join(self.session.source.mount_point, below)
        yield from self.fact("", name_text(b"/" + below, style=Style(bold=True)), absolute, width, indent=0)
        size = directory.sizes[index]
        unknown = "size not known yet" if size == UNSIZED else "size not known"
        exact = counted(size, "byte", "bytes") if size >= 0 else unknown
        words = exact if size < 1000 else f"{size_text(size)} ({exact})"
        yield Line(Text(words, style=Style(dim=True), end=""), str(size).encode())
        placement = self._picture.placement(self._file)
        if placement is not None:
            yield from self._placement_lines(placement, below, width)
        elif directory.places[index] == PENDING:
            yield from self.sentence("asking GlusterFS where it lies ...", "heading", width)
        elif directory.places[index] == GONE:
            yield from self.sentence("it vanished since it was listed; r refreshes", "failure", width)
        else:
            _, fact = directory.failures.get(index, (0, "it could not be placed"))
            yield from self.sentence(f"x {fact}", "failure", width)

    def _placement_lines(self, placement: Placement, below: bytes, width: int) -> Iterator[Line]:
        cluster = self.session.source.cluster
        group = cluster.groups[placement.group]
        words = f"group {group.name}, {group.kind}, known by {placement.known_by}"
        for line in by_words(shown(words), width):
            yield Line(Text(line, style=Style(dim=True), end=""), os.fsencode(group.name))
        if cluster.shard_block_size:
            shards = f"sharded by {size_text(cluster.shard_block_size)}: this is the place of the first block only"
            yield from self.sentence(shards, "heading", width)
        nodes = [self.session.hostmap.assign(cluster.volumes[i]).node for i in placement.usable]
        for number, volume in enumerate(cluster.group_volumes(placement.group), 1):
            yield Line(Text("", end=""), b"")
            for told in self._volume_lines(number, volume, placement, nodes, below, width):
                yield told._replace(about=volume.index)

    def _volume_lines(
        self, number: int, volume: Volume, placement: Placement, nodes: list[str], below: bytes, width: int
    ) -> Iterator[Line]:
        usable = volume.index in placement.usable
        state, look = self._state(volume, placement)
        head = Text(f"{number} ", end="").append_text(name_text(volume.name, style=Style(bold=True)))
        head.append(f"  {state}", self.look(look) if look else Style(dim=True))
        yield Line(head, os.fsencode(volume.name))
        yield from self.fact("host", name_text(volume.host), os.fsencode(volume.host), width)
        if volume.configured_host not in ("", volume.host):
            host = volume.configured_host
            yield from self.fact("config", name_text(host), os.fsencode(host), width)
        yield from self.fact("brick", name_text(volume.brick), os.fsencode(volume.location), width)
        if volume.arbiter:
            return
        assignment = self.session.hostmap.assign(volume)
        yield from self._node_lines(assignment, width)
        if not usable:
            return
        if nodes.count(assignment.node) > 1:
            yield from self.sentence(f"! another replica is on {assignment.node} too", "warning", width)
        (prefix,) = (
            prefix
            for index, prefix in zip(placement.usable, self.session.addresser.prefixes(placement), strict=True)
            if index == volume.index
        )
        address = prefix + below
        yield from self.fact("address", name_text(address), address, width)

    def _node_lines(self, assignment: Assignment, width: int) -> Iterator[Line]:
        chip = self.colours.chip(assignment.node, mapped=not assignment.unmapped)
        yield from self.fact("node", chip, os.fsencode(assignment.node), width)
        if assignment.unmapped:
            yield from self.sentence("! unmapped: no entry names it, so it goes by its host", "warning", width)
        elif assignment.entry is None:
            yield from self.fact("by", Text("its host (no map)", style=Style(dim=True)), b"", width)
        else:
            words = f"{assignment.entry.place}, by {assignment.matched}"
            source = f"{assignment.entry.source} {assignment.entry.place}"
            yield from self.fact("by", Text(words, style=Style(dim=True)), os.fsencode(source), width)

    def _state(self, volume: Volume, placement: Placement) -> tuple[str, str]:
        """The state of a volume for this file, in words, and the style of it."""
        if volume.online is False and volume.index not in placement.usable:
            return ("x offline", "failure")
        if volume.arbiter:
            return ("arbiter, no data", "")
        if volume.index in placement.absent:
            return ("- lacks the file, waits for healing", "warning")
        return ("online" if volume.online else "answers", "")
