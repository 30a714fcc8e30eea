"""The files of the selection: name, size, the nodes of their replicas, and signs."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive

from disco.dfs.gluster.picture import Row, SelectionPicture
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.units import PENDING, UNSIZED

from ..display import NodeColours, cut_middle, name_text, shown, size_text
from ..session import Session
from ..updates import Update
from .rows import Rows

__all__ = ["DEGRADED", "FAILED_SIGN", "UNMAPPED", "FileList", "empty_words", "signs"]

UNMAPPED, DEGRADED, FAILED_SIGN = "!", "-", "x"
_SIGNS, _SIZE = 3, 9  # cells
_LEAST_NAME = 12
_DIM = Style(dim=True)


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
        return f"x {where} is gone. r looks again, R reads the whole inputfs."
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


class _Placed(NamedTuple):
    """Where a file lies, as it is shown. ``cells``: of the column of its nodes, which may have less."""

    sign: Segment
    nodes: list[Segment]
    cells: int


@lru_cache(maxsize=64)
def _prefix(below: bytes, width: int) -> Text:
    """The directory before a name: mostly that of the row above."""
    path = cut_middle(name_text(below + b"/", style=_DIM), max(width, 0))
    return Text(end="").append_text(path)  # a text's own style is not among its segments


class _Wanted(NamedTuple):
    """A file that the cursor is to go to once it is there. ``lasting``: whatever is selected meanwhile."""

    directory: bytes
    name: bytes
    lasting: bool = False


class FileList(Rows):
    """The files that a selection keeps, by path."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"files--warning", "files--failure"}

    picture: reactive[SelectionPicture | None] = reactive(None, repaint=False)

    def __init__(self, session: Session, colours: NodeColours, *, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self.colours = colours
        self._placements: dict[tuple[int, int], _Placed] = {}  # by the place, and the room for the nodes
        self._usual_nodes_width: int | None = None
        self._wanted: _Wanted | None = None

    def go(self, row: int) -> None:
        self._wanted = None
        super().go(row)

    def go_to_file(self, path: bytes, name: bytes) -> None:
        """Puts the cursor on a file of a directory once it is there, unless the user goes to another before."""
        self._wanted = _Wanted(path, name, lasting=True)

    def show(self, picture: SelectionPicture, *, complete: bool) -> None:
        """Shows a picture of a selection, which may be all that will come of it."""
        self.picture = picture
        if self._wanted is None:
            return
        row = picture.find(self._wanted.directory, self._wanted.name)
        if row is not None:
            self._move_with_view(row, len(picture))
            self._show_cursor()
        if row is not None or complete:
            self._wanted = None

    def forget_rows(self) -> None:
        self._placements.clear()
        self._usual_nodes_width = None
        super().forget_rows()

    @property
    def row_count(self) -> int:
        return len(self.picture) if self.picture is not None else 0

    def watch_picture(self, old: SelectionPicture | None, new: SelectionPicture | None) -> None:
        if old is not None and new is not None:
            if old.scope.path != new.scope.path or old.keep != new.keep:
                if self._wanted is not None and not self._wanted.lasting:
                    self._wanted = None
                self.cursor = 0
                self.scroll_home(animate=False, immediate=True)
            elif 0 < self.cursor < len(old):  # who looks at the first file, looks at whatever is first
                self._stay_at(old.row(self.cursor), new)
        self.rows_changed()

    def _stay_at(self, file: Row, new: SelectionPicture) -> None:
        """The cursor goes with its file where others come or go above it; where the file went, to the next."""
        number, is_there = new.place_of(file)
        directory = file.directory
        if not is_there and self._wanted is None and new.catalog.numbered[directory.number] is not directory:
            self._wanted = _Wanted(directory.path, file.name)  # it is read anew
        self._move_with_view(max(0, min(number, len(new) - 1)), len(new))

    def _move_with_view(self, number: int, rows: int) -> None:
        """Moves the cursor to a row of so many: what is in view goes with it, where it is in view itself."""
        top, before = round(self.scroll_y), self.cursor
        if number == before:
            return
        self.set_reactive(FileList.cursor, number)  # a cursor that is set comes into view
        if top <= before < top + max(self.scrollable_content_region.height, 1):
            self._set_virtual_size(Size(self.scrollable_content_region.width, rows))
            self.scroll_to(y=top + number - before, animate=False, force=True, immediate=True)

    def row_at_cursor(self) -> Row | None:
        """The file under the cursor."""
        return self.picture.row(self.cursor) if self.picture is not None and self.row_count else None

    def row_shows(self, row: int) -> Hashable:
        assert self.picture is not None
        file = self.picture.row(row)
        directory, index = file.directory, file.index
        where = (directory.number, index, directory.places[index], directory.sizes[index])
        return (*where, file.mark, self.picture.keep, self.picture.scope.path)

    def row_segments(self, row: int, width: int) -> list[Segment]:
        # Of parts that are made once, and no text of the whole row: all rows are new with each key of a filter.
        assert self.picture is not None
        file = self.picture.row(row)
        size = file.directory.sizes[file.index]
        pending = file.directory.places[file.index] == PENDING
        placed = self._placed(file, max(width - _SIGNS - _LEAST_NAME - _SIZE - 2, 0))
        segments = [
            placed.sign,
            *self._name_segments(file, max(width - _SIGNS - placed.cells - _SIZE - 2, 4)),
            Segment(f"{'' if size == UNSIZED or (pending and size < 0) else size_text(size):>{_SIZE}}  ", _DIM),
            *placed.nodes,
        ]
        return Segment.adjust_line_length(segments, width)

    def _usual_width(self) -> int:
        """So wide that the nodes of a whole group stand below each other in most rows."""
        if self._usual_nodes_width is None:
            cluster = self.session.source.cluster
            replicas = max((sum(not cluster.volumes[i].arbiter for i in g.volumes) for g in cluster.groups), default=1)
            widest = max((len(node) for node in self.session.nodes), default=8)
            self._usual_nodes_width = min(replicas, 3) * (widest + 3) - 1
        return self._usual_nodes_width

    def _name_segments(self, file: Row, width: int) -> list[Segment]:
        """The path below the selected directory; what the filter matched is marked. The name gives way last."""
        assert self.picture is not None
        below = file.directory.path[len(self.picture.scope.path) :].lstrip(b"/")
        marks = self.picture.spans(file, self.session.source.mount_point)
        name = cut_middle(name_text(file.name, marks=marks), width)
        prefix = _prefix(below, width - name.cell_len) if below else Text(end="")
        rest = Segment(" " * (width - prefix.cell_len - name.cell_len))
        return [*prefix.render(self.app.console), *name.render(self.app.console), rest]

    def _placed(self, file: Row, room: int) -> _Placed:
        """The signs and the nodes of a file's replicas, or why there are none. ``room``: cells for the nodes."""
        assert self.picture is not None
        place, usual = file.directory.places[file.index], min(self._usual_width(), room)
        if place == PENDING:
            return _Placed(Segment(" " * _SIGNS), [Segment("...", _DIM)], usual)
        if place < 0:
            _, words = file.directory.failures.get(file.index, (0, "not placed"))
            text = Text(end="").append(shown(words), self._look("failure"))
            return _Placed(Segment(f"{FAILED_SIGN:{_SIGNS}}", self._look("failure")), self._cut(text, usual), usual)
        if (place, room) not in self._placements:
            placement = self.picture.catalog.placements[place]
            sign = Segment(f"{signs(self.session, placement):{_SIGNS}}", self._look("warning"))
            nodes = self._nodes_text(placement)
            self._placements[place, room] = _Placed(sign, self._cut(nodes, room), max(min(nodes.cell_len, room), usual))
        return self._placements[place, room]

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"files--{name}", partial=True)

    def _cut(self, text: Text, width: int) -> list[Segment]:
        if not width:
            return []  # of which rich leaves all but one cell
        text.truncate(width, overflow="ellipsis")
        return list(text.render(self.app.console))

    def _nodes_text(self, placement: Placement) -> Text:
        text = Text(no_wrap=True, end="")
        volumes = self.session.source.cluster.volumes
        for number, index in enumerate(placement.usable):
            assignment = self.session.hostmap.assign(volumes[index])
            text.append(" " if number else "")
            text.append_text(self.colours.chip(assignment.node, mapped=not assignment.unmapped))
        return text
