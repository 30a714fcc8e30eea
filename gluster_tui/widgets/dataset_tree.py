"""The directories of the dataset, with the number of files in and below each as it becomes known."""

from __future__ import annotations

import os
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message

from disco.dfs.gluster.catalog import Catalog, CatalogDirectory

from ..display import cut_middle, name_text
from .rows import Rows

__all__ = ["DatasetTree"]

_NAME_ROOM = 8  # cells of a name that are shown before a count is


class _Node(NamedTuple):
    path: bytes
    depth: int


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
        self._open: set[bytes] = {catalog.root}
        self._shown: list[_Node] = [_Node(catalog.root, 0)]

    @property
    def row_count(self) -> int:
        return len(self._shown)

    @property
    def selected(self) -> bytes:
        """The path of the directory under the cursor."""
        return self._shown[min(self.cursor, len(self._shown) - 1)].path

    def catalog_changed(self) -> None:
        """Shows what the catalog has learned; the cursor stays on its directory."""
        before = self.selected
        self._shown = self._visible()
        places = {node.path: row for row, node in enumerate(self._shown)}
        self.set_reactive(Rows.cursor, places.get(before, 0))
        self.rows_changed()

    def _visible(self) -> list[_Node]:
        nodes: list[_Node] = []
        stack = [_Node(self.catalog.root, 0)]
        while stack:
            node = stack.pop()
            nodes.append(node)
            if node.path in self._open:
                names = self.catalog.directories[node.path].directories
                stack.extend(_Node(os.path.join(node.path, name), node.depth + 1) for name in reversed(names))
        return nodes

    def row_text(self, row: int, width: int) -> Text:
        node = self._shown[row]
        directory = self.catalog.directories[node.path]
        count = self._count_text(directory)
        name = self._root_label if node.path == self.catalog.root else os.path.basename(node.path)
        text = Text("  " * node.depth + self._arrow(directory), no_wrap=True, end="")
        shown_name = name_text(name)
        room = width - text.cell_len - 1
        if directory.state == "failed" and room - count.cell_len < min(shown_name.cell_len, _NAME_ROOM):
            count.truncate(1)  # the sign is enough: the list says the rest
        text.append_text(cut_middle(shown_name, max(room - count.cell_len, 1)))
        text = cut_middle(text, max(width - count.cell_len - 1, 3))
        text.pad_right(max(width - text.cell_len - count.cell_len, 1))
        return text.append_text(count)

    def _arrow(self, directory: CatalogDirectory) -> str:
        if directory.state == "listed" and not directory.directories:
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
        directory = self.catalog.directories[self.selected]
        if directory.path in self._open and directory.directories:
            self.action_move(1)
        else:
            self._open.add(directory.path)
            self.catalog_changed()

    def action_close(self) -> None:
        """Closes the directory under the cursor, or goes to the one that holds it."""
        path = self.selected
        if path in self._open and self.catalog.directories[path].directories:
            self._open.discard(path)
            self.catalog_changed()
        elif path != self.catalog.root:
            above = os.path.dirname(path)
            self.cursor = next(row for row, node in enumerate(self._shown) if node.path == above)

    def action_choose(self) -> None:
        """Opens or closes the directory under the cursor."""
        path = self.selected
        if path in self._open:
            self._open.discard(path)
        else:
            self._open.add(path)
        self.catalog_changed()

    def clicked(self, row: int, x: int, times: int) -> None:
        """A click on the arrow, or a double click, opens or closes."""
        if times > 1 or x in range(self._shown[row].depth * 2, self._shown[row].depth * 2 + 2):
            self.action_choose()
