"""The directories of the dataset, with the number of files in and below each as it becomes known."""

from __future__ import annotations

import os
from collections.abc import Hashable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message

from disco.dfs.gluster.catalog import Catalog, CatalogDirectory

from ..display import cut_middle, name_text
from .rows import Rows
from .tree_layout import TreeLayout

__all__ = ["DatasetTree"]

_NAME_ROOM = 8  # cells of a name that are shown before a count is


class DatasetTree(Rows):
    """Directories as rows; those that are open show what is in them. The cursor selects."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "open", "Open", show=False),
        Binding("left,h", "close", "Close", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tree--failure"}

    class Selected(Message):
        """Another directory is under the cursor."""

        def __init__(self, tree: DatasetTree, path: bytes) -> None:
            super().__init__()
            self.tree, self.path = tree, path

        @property
        def control(self) -> DatasetTree:
            return self.tree

    def __init__(self, catalog: Catalog, root_label: bytes, *, id: str) -> None:
        super().__init__(id=id)
        self.catalog = catalog
        self._root_label = root_label
        self._open: set[bytes] = {catalog.root.path}
        self._layout = TreeLayout(catalog, self._open)

    @property
    def row_count(self) -> int:
        return self._layout.count

    @property
    def _at_cursor(self) -> CatalogDirectory:
        return self._layout.at(min(self.cursor, self._layout.count - 1)).directory

    @property
    def selected(self) -> bytes:
        """The path of the directory under the cursor."""
        return self._at_cursor.path

    def catalog_changed(self) -> None:
        """Shows what the catalog has learned; the cursor stays on its directory."""
        before = self.selected
        self._layout = TreeLayout(self.catalog, self._open)
        directory = self.catalog.directories.get(before)
        row = self._layout.row_of(directory) if directory is not None else None
        self.set_reactive(Rows.cursor, row or 0)
        self.rows_changed()

    def row_shows(self, row: int) -> Hashable:
        directory, depth = self._layout.at(row)
        is_open = directory.path in self._open
        counted = (directory.state, directory.files_below, bool(directory.unlisted), bool(directory.children))
        return (directory.number, depth, is_open, *counted)

    def row_text(self, row: int, width: int) -> Text:
        directory, depth = self._layout.at(row)
        count = self._count_text(directory)
        name = self._root_label if directory.parent is None else os.path.basename(directory.path)
        text = Text("  " * depth + self._arrow(directory), no_wrap=True, end="")
        shown_name = name_text(name)
        room = width - text.cell_len - 1
        if directory.state == "failed" and room - count.cell_len < min(shown_name.cell_len, _NAME_ROOM):
            count.truncate(1)  # the sign is enough: the list says the rest
        text.append_text(cut_middle(shown_name, max(room - count.cell_len, 1)))
        text = cut_middle(text, max(width - count.cell_len - 1, 3))
        text.pad_right(max(width - text.cell_len - count.cell_len, 1))
        return text.append_text(count)

    def _arrow(self, directory: CatalogDirectory) -> str:
        if directory.state != "waiting" and not directory.children:
            return "  "
        return "▾ " if directory.path in self._open else "▸ "

    def _count_text(self, directory: CatalogDirectory) -> Text:
        if directory.state == "failed":
            return Text("x unreadable", style=self.get_component_rich_style("tree--failure", partial=True), end="")
        if directory.state == "gone":
            return Text("gone", style=Style(dim=True), end="")
        if directory.state == "waiting":
            return Text("...", style=Style(dim=True), end="")
        more = "+" if directory.unlisted else ""
        return Text(f"{directory.files_below:,}{more}", style=Style(dim=True), end="")

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        if old != new:
            self.post_message(self.Selected(self, self.selected))

    def action_open(self) -> None:
        """Opens the directory under the cursor, or goes to the first in it."""
        directory = self._at_cursor
        if directory.path in self._open and directory.children:
            self.action_move(1)
        else:
            self._open.add(directory.path)
            self.catalog_changed()

    def action_close(self) -> None:
        """Closes the directory under the cursor, or goes to the one that holds it."""
        directory = self._at_cursor
        if directory.path in self._open and directory.children:
            self._open.discard(directory.path)
            self.catalog_changed()
        elif directory.parent is not None:
            self.cursor = self._layout.row_of(directory.parent) or 0

    def action_choose(self) -> None:
        """Opens or closes the directory under the cursor."""
        self._open ^= {self.selected}
        self.catalog_changed()

    def clicked(self, row: int, x: int, times: int) -> None:
        """A click on the arrow, or a double click, opens or closes."""
        if times > 1 or x in range(self._layout.at(row).depth * 2, self._layout.at(row).depth * 2 + 2):
            self.action_choose()
