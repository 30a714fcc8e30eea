"""The files of the selection: name, size, the nodes of their replicas, and signs."""

from __future__ import annotations

import os
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive

from disco.dfs.gluster.catalog import PENDING
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.selection import Row, SelectionPicture

from ..display import NodeColours, cut_middle, name_text, size_text
from ..session import Session
from .rows import Rows

__all__ = ["DEGRADED", "FAILED_SIGN", "UNMAPPED", "FileList", "signs"]

UNMAPPED, DEGRADED, FAILED_SIGN = "!", "-", "x"
_SIZE_WIDTH = 9
_LEAST_NAME = 12


def signs(session: Session, placement: Placement) -> str:
    """``!`` where a replica's volume is unmapped, ``-`` where a replica cannot be used; two cells."""
    unmapped = UNMAPPED if session.addresser.unmapped(placement) else " "
    return unmapped + (DEGRADED if placement.degraded else " ")


class FileList(Rows):
    """The files that a selection keeps, by path."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"files--warning", "files--failure"}

    picture: reactive[SelectionPicture | None] = reactive(None, repaint=False)

    def __init__(self, session: Session, colours: NodeColours, *, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self.colours = colours

    @property
    def row_count(self) -> int:
        return len(self.picture) if self.picture is not None else 0

    def watch_picture(self, old: SelectionPicture | None, new: SelectionPicture | None) -> None:
        if old is not None and new is not None and (old.scope != new.scope or old.keep != new.keep):
            self.cursor = 0
            self.scroll_home(animate=False, immediate=True)
        self.rows_changed()

    def row_at_cursor(self) -> Row | None:
        """The file under the cursor."""
        return self.picture.row(self.cursor) if self.picture is not None and self.row_count else None

    def row_text(self, row: int, width: int) -> Text:
        assert self.picture is not None
        file = self.picture.row(row)
        nodes = self._nodes_text(file)
        nodes_width = min(max(nodes.cell_len, self._usual_nodes_width()), max(width - _LEAST_NAME - _SIZE_WIDTH - 6, 0))
        name_width = max(width - nodes_width - _SIZE_WIDTH - 5, 4)
        text = Text(no_wrap=True, end="")
        text.append_text(self._sign_text(file))
        text.append_text(_padded(cut_middle(self._name_text(file), name_width), name_width))
        size = file.directory.sizes[file.index]
        pending = file.directory.places[file.index] == PENDING
        text.append(f"{'' if pending and size < 0 else size_text(size):>{_SIZE_WIDTH}}", Style(dim=True))
        text.append("  ")
        nodes.truncate(nodes_width)
        text.append_text(nodes)
        return text

    def _usual_nodes_width(self) -> int:
        """So wide that the nodes of a whole group stand below each other in most rows."""
        cluster = self.session.source.cluster
        replicas = max((sum(not cluster.volumes[i].arbiter for i in g.volumes) for g in cluster.groups), default=1)
        widest = max((len(node) for node in self.session.nodes), default=8)
        return min(replicas, 3) * (widest + 3)

    def _name_text(self, file: Row) -> Text:
        """The path below the selected directory; what the filter matched is marked."""
        assert self.picture is not None
        scope, folder = self.picture.scope, file.directory.path
        below = folder[len(scope) :].lstrip(b"/")
        prefix = name_text(below + b"/", style=Style(dim=True)) if below else Text(no_wrap=True, end="")
        absolute = os.path.join(self.session.source.mount_point, folder)
        return prefix.append_text(name_text(file.name, marks=self.picture.keep.spans(absolute, file.name)))

    def _sign_text(self, file: Row) -> Text:
        assert self.picture is not None
        place = file.directory.places[file.index]
        if place >= 0:
            sign = signs(self.session, self.picture.catalog.placements[place])
            style = self.get_component_rich_style("files--warning", partial=True)
        else:
            sign = f"{' ' if place == PENDING else FAILED_SIGN} "
            style = self.get_component_rich_style("files--failure", partial=True)
        return Text(sign, style=style, no_wrap=True, end="").append(" ")

    def _nodes_text(self, file: Row) -> Text:
        assert self.picture is not None
        text = Text(no_wrap=True, end="")
        placement = self.picture.placement(file)
        if placement is None:
            if file.directory.places[file.index] == PENDING:
                return text.append("...", Style(dim=True))
            _, words = file.directory.failures.get(file.index, (0, "not placed"))
            return text.append(words, self.get_component_rich_style("files--failure", partial=True))
        volumes = self.session.source.cluster.volumes
        for index in placement.usable:
            assignment = self.session.hostmap.assign(volumes[index])
            text.append_text(self.colours.chip(assignment.node, mapped=not assignment.unmapped)).append("  ")
        return text


def _padded(text: Text, width: int) -> Text:
    text.pad_right(max(width - text.cell_len, 0))
    return text
