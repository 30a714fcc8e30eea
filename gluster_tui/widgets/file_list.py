"""The files of the selection: name, size, the nodes of their replicas, and signs."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive

from disco.dfs.gluster.picture import Row, SelectionPicture
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.units import PENDING

from ..display import NodeColours, cut_middle, name_text, shown, size_text
from ..session import Session
from ..updates import Update
from .rows import Rows

__all__ = ["DEGRADED", "FAILED_SIGN", "UNMAPPED", "FileList", "empty_words", "signs"]

UNMAPPED, DEGRADED, FAILED_SIGN = "!", "-", "x"
_SIGNS, _SIZE = 3, 9  # cells
_LEAST_NAME = 12


def signs(session: Session, placement: Placement) -> str:
    """``!`` where a replica's volume is unmapped, ``-`` where a replica cannot be used; two cells."""
    unmapped = UNMAPPED if session.addresser.unmapped(placement) else " "
    return unmapped + (DEGRADED if placement.degraded else " ")


def empty_words(update: Update, path: bytes) -> str:
    """Why there are no files in the list, and what helps. ``path``: that of the selection's directory."""
    directory = update.picture.scope
    where = shown(path)
    if directory.error is not None:
        return f"x {where} cannot be read: {directory.error[1]}. r tries again."
    if directory.state == "gone":
        return f"x {where} is gone. R reads the inputfs again."
    if directory.files_below and update.complete:
        return f"None of the {directory.files_below:,} files below {where} matches the filter. ^l clears it."
    if update.complete:
        return f"{where} holds no files."
    if update.stopped:
        return "No file was found before the walk was stopped. g goes on."
    if update.filter_fault is not None:
        return "No match was found before the expression was stopped."
    if update.progress.complete and update.filtering:
        return "No match yet: still filtering ..."
    return "No match yet: still walking ..." if directory.files_below else "Listing ..."


class FileList(Rows):
    """The files that a selection keeps, by path."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"files--warning", "files--failure"}

    picture: reactive[SelectionPicture | None] = reactive(None, repaint=False)

    def __init__(self, session: Session, colours: NodeColours, *, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self.colours = colours
        self._placed_texts: dict[int, Text] = {}  # the nodes of a placement, as they are shown
        self._usual_nodes_width: int | None = None

    def forget_rows(self) -> None:
        self._placed_texts.clear()
        self._usual_nodes_width = None
        super().forget_rows()

    @property
    def row_count(self) -> int:
        return len(self.picture) if self.picture is not None else 0

    def watch_picture(self, old: SelectionPicture | None, new: SelectionPicture | None) -> None:
        if old is not None and new is not None and (old.scope.path != new.scope.path or old.keep != new.keep):
            self.cursor = 0
            self.scroll_home(animate=False, immediate=True)
        self.rows_changed()

    def row_at_cursor(self) -> Row | None:
        """The file under the cursor."""
        return self.picture.row(self.cursor) if self.picture is not None and self.row_count else None

    def row_shows(self, row: int) -> Hashable:
        assert self.picture is not None
        file = self.picture.row(row)
        directory, index = file.directory, file.index
        where = (directory.number, index, directory.places[index], directory.sizes[index])
        return (*where, file.mark, self.picture.keep, self.picture.scope.path)

    def row_text(self, row: int, width: int) -> Text:
        assert self.picture is not None
        file = self.picture.row(row)
        nodes = self._nodes_text(file)
        room = max(width - _SIGNS - _LEAST_NAME - _SIZE - 2, 0)
        placed = file.directory.places[file.index] >= 0
        nodes_width = min(max(nodes.cell_len if placed else 0, self._usual_width()), room)
        name_width = max(width - _SIGNS - nodes_width - _SIZE - 2, 4)
        text = self._sign_text(file)
        text.append_text(self._name_text(file, name_width))
        text.pad_right(max(_SIGNS + name_width - text.cell_len, 0))
        size = file.directory.sizes[file.index]
        pending = file.directory.places[file.index] == PENDING
        text.append(f"{'' if pending and size < 0 else size_text(size):>{_SIZE}}", Style(dim=True))
        text.append("  ")
        nodes.truncate(nodes_width, overflow="ellipsis")
        return text.append_text(nodes)

    def _usual_width(self) -> int:
        """So wide that the nodes of a whole group stand below each other in most rows."""
        if self._usual_nodes_width is None:
            cluster = self.session.source.cluster
            replicas = max((sum(not cluster.volumes[i].arbiter for i in g.volumes) for g in cluster.groups), default=1)
            widest = max((len(node) for node in self.session.nodes), default=8)
            self._usual_nodes_width = min(replicas, 3) * (widest + 3) - 1
        return self._usual_nodes_width

    def _name_text(self, file: Row, width: int) -> Text:
        """The path below the selected directory; what the filter matched is marked. The name gives way last."""
        assert self.picture is not None
        below = file.directory.path[len(self.picture.scope.path) :].lstrip(b"/")
        marks = self.picture.spans(file, self.session.source.mount_point)
        name = cut_middle(name_text(file.name, marks=marks), width)
        if not below:
            return name
        prefix = cut_middle(name_text(below + b"/", style=Style(dim=True)), max(width - name.cell_len, 0))
        # Into a text of its own: what is appended to a text takes on that text's style.
        return Text(no_wrap=True, end="").append_text(prefix).append_text(name)

    def _sign_text(self, file: Row) -> Text:
        assert self.picture is not None
        place = file.directory.places[file.index]
        if place >= 0:
            sign = signs(self.session, self.picture.catalog.placements[place])
            style = self.get_component_rich_style("files--warning", partial=True)
        else:
            sign = f"{' ' if place == PENDING else FAILED_SIGN} "
            style = self.get_component_rich_style("files--failure", partial=True)
        return Text(no_wrap=True, end="").append(sign, style).append(" ")

    def _nodes_text(self, file: Row) -> Text:
        """The nodes of a file's replicas, or why there are none."""
        assert self.picture is not None
        text = Text(no_wrap=True, end="")
        place = file.directory.places[file.index]
        if place == PENDING:
            return text.append("...", Style(dim=True))
        if place < 0:
            _, words = file.directory.failures.get(file.index, (0, "not placed"))
            return text.append(shown(words), self.get_component_rich_style("files--failure", partial=True))
        if place not in self._placed_texts:
            self._placed_texts[place] = self._placed_text(self.picture.catalog.placements[place])
        return self._placed_texts[place].copy()

    def _placed_text(self, placement: Placement) -> Text:
        text = Text(no_wrap=True, end="")
        volumes = self.session.source.cluster.volumes
        for number, index in enumerate(placement.usable):
            assignment = self.session.hostmap.assign(volumes[index])
            text.append(" " if number else "")
            text.append_text(self.colours.chip(assignment.node, mapped=not assignment.unmapped))
        return text
