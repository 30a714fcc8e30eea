"""The volumes of a cluster as a table: what each is, its node, and what gave it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import Static

from ..display import NodeColours, cut_middle, name_text, size_text
from ..map_analysis import VolumeRow
from .rows import Rows

__all__ = ["VolumeHeads", "VolumeTable"]

_WIDEST = 30  # cells of a column
_GAP = 2
_SIGNS = 2


@dataclass(frozen=True)
class _Column:
    """One column. ``text``: what it shows; ``key``: what it is sorted by; ``rank``: which goes first where room is
    short, the greatest.
    """

    title: str
    rank: int
    text: Callable[[VolumeTable, VolumeRow], Text]
    key: Callable[[VolumeRow], object]
    right: bool = False


def _dim(words: str) -> Text:
    return Text(words, Style(dim=True), no_wrap=True, end="")


def _files(table: VolumeTable, row: VolumeRow) -> Text:
    if row.volume.arbiter:
        return _dim("-")
    return Text(f"{row.share.files:,}", end="") if row.share is not None else _dim("...")


def _bytes(table: VolumeTable, row: VolumeRow) -> Text:
    if row.volume.arbiter:
        return _dim("-")
    return Text(size_text(row.share.bytes), end="") if row.share is not None else _dim("...")


_COLUMNS = (
    _Column("volume", 0, lambda table, row: name_text(row.volume.name), lambda row: row.volume.name),
    _Column("host", 3, lambda table, row: name_text(row.volume.host), lambda row: row.volume.host),
    _Column(
        "configured",
        8,
        lambda table, row: name_text(row.volume.configured_host),
        lambda row: row.volume.configured_host,
    ),
    _Column("brick", 7, lambda table, row: name_text(row.volume.brick), lambda row: row.volume.brick),
    _Column("group", 6, lambda table, row: name_text(row.group), lambda row: row.volume.group),
    _Column("state", 4, lambda table, row: table.state_text(row), lambda row: row.state),
    _Column("node", 0, lambda table, row: table.node_text(row), lambda row: row.trace.assignment.node),
    _Column("from", 1, lambda table, row: table.from_text(row), lambda row: _from_key(row)),
    _Column("files", 2, _files, lambda row: -row.share.files if row.share else 0, right=True),
    _Column("size", 5, _bytes, lambda row: -row.share.bytes if row.share else 0, right=True),
)


def _from_key(row: VolumeRow) -> tuple[bool, int, str]:
    entry = row.trace.assignment.entry
    return (entry is not None, (entry.line or 0) if entry else 0, entry.source if entry else "")


class VolumeTable(Rows):
    """A row a volume; the cursor stays on its volume however rows are sorted."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"volumes--warning", "volumes--failure"}

    class Arranged(Message):
        """The columns, their widths or the order of rows have changed."""

    def __init__(self, colours: NodeColours, *, id: str) -> None:
        super().__init__(id=id)
        self.colours = colours
        self.rows: Sequence[VolumeRow] = ()
        self.sorted_by: int | None = None  # a column; None for the order of the client graph
        self.reverse = False
        self._widths: list[tuple[_Column, int]] = []

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def at_cursor(self) -> VolumeRow | None:
        """The volume under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[VolumeRow]) -> None:
        """Shows these volumes, given in the order of the client graph."""
        before = self.at_cursor.volume.index if self.at_cursor is not None else None
        ordered = sorted(rows, key=lambda row: row.volume.index)
        if self.sorted_by is not None:
            key = _COLUMNS[self.sorted_by].key
            ordered.sort(key=lambda row: key(row), reverse=self.reverse)  # type: ignore[arg-type,return-value]
        self.rows = ordered
        self._arrange()
        self.rows_changed()
        if before is not None:
            self.go_to(before)

    def go_to(self, volume: int) -> None:
        """Puts the cursor on a volume, by its index."""
        for number, row in enumerate(self.rows):
            if row.volume.index == volume:
                self.cursor = number

    @property
    def sorted_words(self) -> str | None:
        """What rows are sorted by, in words; None for the order of the client graph."""
        return None if self.sorted_by is None else _COLUMNS[self.sorted_by].title

    def sort_by_next(self) -> None:
        """Sorts by the next column that is shown, after the last by the client graph."""
        shown = [_COLUMNS.index(column) for column, _ in self._widths]
        later = [number for number in shown if self.sorted_by is None or number > self.sorted_by]
        self.sort_by(later[0] if later else None)

    def sort_by(self, column: int | None) -> None:
        """Sorts by a column, the other way round where it is sorted by that already."""
        self.reverse = column is not None and column == self.sorted_by and not self.reverse
        self.sorted_by = column
        self.show(self.rows)

    def reverse_order(self) -> None:
        """Sorts the other way round."""
        if self.sorted_by is not None:
            self.reverse = not self.reverse
            self.show(self.rows)

    def on_resize(self) -> None:
        self._arrange()
        super().on_resize()

    def _arrange(self) -> None:
        """Gives columns their widths; those that there is no room for go."""
        room = self.scrollable_content_region.width - _SIGNS
        widths: dict[str, int] = {}
        for column in _COLUMNS:
            cells = [len(column.title) + 1, *(column.text(self, row).cell_len for row in self.rows)]
            widths[column.title] = min(max(cells), _WIDEST)
        if not any(row.volume.configured_host not in ("", row.volume.host) for row in self.rows):
            widths.pop("configured")
        for column in sorted(_COLUMNS, key=lambda column: -column.rank):
            if column.rank and sum(widths.values()) + _GAP * len(widths) > room:
                widths.pop(column.title, None)
        self._widths = [(column, widths[column.title]) for column in _COLUMNS if column.title in widths]
        self._strips.clear()
        self.post_message(self.Arranged())

    def heads(self) -> Text:
        """The titles of the columns, as they stand above them."""
        text = Text(" " * _SIGNS, no_wrap=True, end="")
        for column, width in self._widths:
            title = column.title
            if self.sorted_by is not None and _COLUMNS[self.sorted_by] is column:
                title += "▴" if self.reverse else "▾"
            text.append(f"{title:>{width}}" if column.right else f"{title:<{width}}", Style(dim=True))
            text.append(" " * _GAP)
        return text

    def column_at(self, x: int) -> int | None:
        """The number of the column at a cell of the heads."""
        at = _SIGNS
        for column, width in self._widths:
            at += width + _GAP
            if x < at:
                return _COLUMNS.index(column)
        return None

    def row_text(self, row: int, width: int) -> Text:
        facts = self.rows[row]
        text = self._sign(facts)
        for column, cells in self._widths:
            value = cut_middle(column.text(self, facts), cells)
            pad = cells - value.cell_len
            text.append(" " * (pad if column.right else 0)).append_text(value)
            text.append(" " * ((0 if column.right else pad) + _GAP))
        return text

    def _sign(self, row: VolumeRow) -> Text:
        text = Text(no_wrap=True, end="")
        if row.unmapped:
            return text.append("! ", self.get_component_rich_style("volumes--warning", partial=True))
        if row.state == "offline":
            return text.append("x ", self.get_component_rich_style("volumes--failure", partial=True))
        return text.append("  ")

    def state_text(self, row: VolumeRow) -> Text:
        """Online, offline or arbiter."""
        if row.state == "offline":
            return Text("offline", self.get_component_rich_style("volumes--failure", partial=True), end="")
        return _dim(row.state)

    def node_text(self, row: VolumeRow) -> Text:
        """The node, and while there is none what is suggested."""
        assignment = row.trace.assignment
        if row.volume.arbiter and assignment.entry is None:
            return _dim("- holds no data")
        mapped = assignment.entry is not None or not assignment.wanted
        text = Text(no_wrap=True, end="").append_text(self.colours.chip(assignment.node, mapped=mapped))
        if row.suggestion is not None and assignment.wanted:
            text.append("  ? ", Style(dim=True)).append_text(name_text(row.suggestion.node, style=Style(italic=True)))
        return text

    def from_text(self, row: VolumeRow) -> Text:
        """What gave the node."""
        assignment = row.trace.assignment
        if assignment.entry is not None:
            return _dim(f"{assignment.entry.place}, {assignment.matched}")
        if row.unmapped:
            return Text("unmapped", self.get_component_rich_style("volumes--warning", partial=True), end="")
        return _dim("" if row.volume.arbiter else "not known yet" if assignment.wanted else "its host")


class VolumeHeads(Static):
    """The titles of a table's columns; a click on one sorts."""

    def __init__(self, table: VolumeTable) -> None:
        super().__init__(id="volume-heads")
        self._table = table

    def render(self) -> Text:
        return self._table.heads()

    def on_click(self, event: events.Click) -> None:
        column = self._table.column_at(event.x)
        if column is not None:
            self._table.sort_by(column)
