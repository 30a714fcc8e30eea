"""The start screen: the GlusterFS mounts of this machine."""

from __future__ import annotations

import os
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from disco.dfs.gluster.mounts import Mount

from ..display import cut_middle, name_text
from ..messages import MountsWanted, OpenWanted
from ..widgets.keys import Keys
from ..widgets.rows import Rows

__all__ = ["MountsScreen"]

_WORDS = (
    "No GlusterFS mount on this machine. Mount a volume (mount -t glusterfs SERVER:/VOLUME /inputfs) and press r, "
    "or see what this program does with a recorded cluster: gluster-tui demo."
)


class _MountRows(Rows):
    """One mount a row: its mount point, and what is mounted there."""

    def __init__(self, mounts: list[Mount]) -> None:
        super().__init__(id="mounts")
        self.mounts = mounts
        self.empty_words = _WORDS

    @property
    def row_count(self) -> int:
        return len(self.mounts)

    def row_text(self, row: int, width: int) -> Text:
        mount = self.mounts[row]
        # Into a text of its own: what is appended to a text takes on that text's style.
        text = Text(no_wrap=True, end="")
        text.append_text(cut_middle(name_text(mount.mount_point, style=Style(bold=True)), width * 2 // 3))
        text.pad_right(max(width * 2 // 5 - text.cell_len, 2))
        source = mount.source if mount.root == b"/" else mount.source + b" (" + mount.root + b")"
        return text.append_text(name_text(source, style=Style(dim=True)))

    def clicked(self, row: int, x: int, times: int) -> None:
        self.action_choose()


class MountsScreen(Screen[None]):
    """Lists the mounts; Enter opens one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "again", "look again")]

    def __init__(self, mounts: list[Mount]) -> None:
        super().__init__()
        self._mounts = mounts

    def compose(self) -> ComposeResult:
        with Vertical(classes="wide-box") as box:
            box.border_title = "GlusterFS mounts"
            yield _MountRows(self._mounts)
            if self._mounts:
                yield Static("Enter opens one.", classes="help")
        yield Keys()

    def on_mount(self) -> None:
        self.query_one(_MountRows).focus()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        self.post_message(OpenWanted(os.fsdecode(self._mounts[event.row].mount_point)))

    def action_again(self) -> None:
        """Looks for mounts again."""
        self.post_message(MountsWanted())
