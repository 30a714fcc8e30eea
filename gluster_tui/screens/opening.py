"""The screens before a dataset is open: opening, and what went wrong."""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from disco.dfs.gluster.errors import GlusterError, GraphError, NotInputfsError, PathError, RecordingError

from ..display import shown
from ..messages import MountsWanted, ReopenWanted
from ..widgets.keys import Keys

__all__ = ["OpeningScreen", "ProblemScreen"]


class OpeningScreen(Screen[None]):
    """Shown while a path or a recording is being opened. A mount that hangs can be left at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,o", "mounts", "other mounts", key_display="esc"),
    ]

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self._since = time.monotonic()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(id="box-text")
        yield Keys()

    def on_mount(self) -> None:
        self._show()
        self.set_interval(1, self._show)

    def _show(self) -> None:
        seconds = int(time.monotonic() - self._since)
        lines = f"Opening {shown(self._words)} ..."
        if seconds >= 2:
            lines += f"\n\nIt has not answered for {seconds} s: a brick or the network may hang. q leaves at once."
        self.query_one("#box-text", Static).update(Content(lines))

    def action_mounts(self) -> None:
        """Leaves what is being opened for the list of mounts."""
        self.post_message(MountsWanted())


class ProblemScreen(Screen[None]):
    """Says why a path or a recording cannot be opened, and what helps."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "try again"),
        Binding("o,escape", "mounts", "other mounts", key_display="o"),
    ]

    def __init__(self, words: str, error: GlusterError) -> None:
        super().__init__()
        self._words, self._error = words, error

    def compose(self) -> ComposeResult:
        with Vertical(classes="box -failed") as box:
            box.border_title = "x cannot open"
            yield Static(Content(shown(str(self._error))), classes="fact")
            yield Static(Content(_way_out(self._error)), classes="help")
        yield Keys()

    def action_again(self) -> None:
        """Tries once more."""
        self.post_message(ReopenWanted())

    def action_mounts(self) -> None:
        """Goes to the list of mounts."""
        self.post_message(MountsWanted())


def _way_out(error: GlusterError) -> str:
    match error:
        case NotInputfsError():
            return "Only files on a GlusterFS mount have a placement. o lists the GlusterFS mounts of this machine."
        case PathError(errno=107):
            return "Mount it again (umount, then mount), or start its bricks; then r tries again."
        case PathError(errno=13):
            return "Ask its owner for the right to read it, or start as a user who has it; then r tries again."
        case PathError():
            return "Check the path; r tries again, o lists the GlusterFS mounts of this machine."
        case RecordingError():
            return "Record it again: gluster-tui record PATH -o FILE."
        case GraphError():
            return "The mount's client graph makes no sense to this program: please report it, with that file."
        case _:
            return "r tries again, o lists the GlusterFS mounts of this machine."
