"""Saving the host map: what would change in the file first; and what to do where somebody else has changed it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from disco.dfs.gluster.errors import GlusterError, MapChangedError
from disco.dfs.gluster.map_saving import MapFile, diff_lines

from ..crash import outcome
from ..display import shown
from ..exporting import absolute
from ..map_desk import MapDesk
from ..messages import MapSaved
from ..widgets.line import Line
from ..widgets.toggles import Toggle
from .dialog import Dialog

__all__ = ["SaveMapScreen"]

_LOOKS = {"+": Style(bold=True), "-": Style(dim=True, strike=True), "@": Style(dim=True, italic=True)}
_CONFLICT = (
    "! the file was changed by someone else since it was read. Merge keeps both, Drop mine goes on with theirs, "
    "Overwrite drops what the difference takes away."
)


@dataclass
class _Read(Message):
    """What a target holds now, or why that cannot be told."""

    target: str
    found: MapFile | GlusterError


class SaveMapScreen(Dialog[None]):
    """``tell``: posts a message where it is heard although this dialog may have been left since."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(self, desk: MapDesk, tell: Callable[[Message], object]) -> None:
        super().__init__()
        self._desk, self._tell = desk, tell
        self._there: MapFile | None = None  # what the target holds, as it is shown; None until it was read
        self._is_wanted = False  # Enter was pressed before the target was read
        self._merged = ""  # what came of a merge, in words
        self._is_done = False  # the map is saved, and only what stands above keeps this dialog
        self._drawn: tuple[bytes | None, bytes, str] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide", id="save-map") as dialog:
            dialog.border_title = "Save the host map"
            with VerticalScroll(id="diff-box") as box:
                box.border_title = "What changes"
                yield Static("Looking at the file ...", id="diff")
            with Horizontal(classes="line"):
                yield Label("to", classes="name")
                yield Line(self._desk.path, id="map-target", select_on_focus=False)
            with Horizontal(classes="line"):
                yield Label("", classes="name")
                yield Toggle("keep the old file beside it, as .bak", id="backup", compact=True)
            yield Static("", id="outcome")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Drop mine", id="drop", compact=True)
                yield Button("Merge", id="merge", compact=True)
                yield Button("Overwrite", id="overwrite", variant="warning", compact=True)
                yield Button("Save", id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.look()
        self.query_one(Input).focus()

    @property
    def _target(self) -> str:
        return absolute(self.query_one("#map-target", Input).value.strip())

    @property
    def _is_own(self) -> bool:
        """The target is the file that the map is from."""
        return not self._desk.is_recorded and self._target == os.path.abspath(self._desk.path)

    def look(self) -> None:
        """Reads what the target holds; to be called again when it may hold something else."""
        self._there = None
        self._offer()
        target = self._target
        if not target:
            self._say("no file is named")
            return

        def read(future: Future[MapFile]) -> None:
            found = outcome(future)
            self.post_message(_Read(target, found))

        self._desk.read(target).add_done_callback(read)

    def on__read(self, message: _Read) -> None:
        if message.target != self._target or self._desk.saving:
            return
        if isinstance(message.found, GlusterError):
            self._is_wanted, self._drawn = False, None
            self.query_one("#diff", Static).update("What it holds cannot be read.")
            self._say(f"x {shown(str(message.found))}", failed=True)
            return
        self._there = message.found
        if self._conflicts and not self._desk.dirty:  # nothing of ours is at odds with it
            self._desk.found(self._there.content)
            self._desk.take_disk()  # and so it is read once more
            return
        self._say(self._words())
        self._draw(self._there.content)
        self._offer()
        wanted, self._is_wanted = self._is_wanted, False
        if wanted and self._can_save:
            self._save()

    @property
    def _can_save(self) -> bool:
        """There is something to save, and nothing to choose before."""
        save = self.query_one("#save", Button)
        return bool(save.display) and not save.disabled

    def _words(self) -> str:
        """What is to be known of the target before it is written."""
        assert self._there is not None
        refusal = self._desk.refusal
        refused = f"! jobs refuse this map: line {refusal.line}: {refusal.fact}" if refusal is not None else ""
        if self._conflicts:
            return _CONFLICT
        if self._merged:
            return self._merged
        if self._there.content is None:
            gone = self._is_own and self._desk.file is not None and self._desk.file.content is not None
            return "! the file is gone since it was read: Save writes it again" if gone else refused
        return refused if self._is_own else "! there is a file of that name already, and it is not this map's"

    @property
    def _conflicts(self) -> bool:
        """Somebody else has changed the map's file."""
        there, own = self._there, self._desk.file
        return self._is_own and there is not None and there.content not in (None, own.content if own else None)

    def _offer(self) -> None:
        """Shows the buttons that there is something to do for."""
        there, conflicts = self._there, self._conflicts
        exists = there is not None and there.content is not None
        self.query_one("#drop", Button).display = self.query_one("#merge", Button).display = conflicts
        self.query_one("#overwrite", Button).display = conflicts or (exists and not self._is_own)
        save = self.query_one("#save", Button)
        save.display = not self.query_one("#overwrite", Button).display
        save.disabled = there is None or there.content == self._desk.edits.text.text
        self.query_one("#save-map").border_subtitle = "enter saves, esc leaves" if self._can_save else "esc leaves"

    def _draw(self, before: bytes | None) -> None:
        what = before, self._desk.edits.text.text, self.query_one("#map-target", Input).value
        if what != self._drawn:
            self._drawn = what
            self.query_one("#diff", Static).update(_diff_text(diff_lines(*what)))

    def _say(self, words: str, *, failed: bool = False) -> None:
        label = self.query_one("#outcome", Static)
        label.update(Content(words))
        label.set_class(failed or words.startswith("!"), "-failed")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._is_wanted, self._merged = False, ""
        self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._is_wanted = self._there is None
        if self._can_save:
            self._save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "save" | "overwrite":
                self._save()
            case "drop":
                self._take_there()
                self._desk.drop_edits()
                self.dismiss()
            case "merge":
                self._merge()
            case _:
                self.dismiss()

    def _take_there(self) -> None:
        """What is shown is what the map's file holds."""
        if self._there is not None:
            self._desk.found(self._there.content)

    def _merge(self) -> None:
        self._take_there()
        conflicts = self._desk.take_disk()
        told = "; ".join(conflict.words for conflict in conflicts)
        self._merged = "Merged: this is what saving would change in the file as it is now."
        if conflicts:
            self._merged = f"! Merged. Both changed the same names, and the file's stand: {told}"
        self.look()

    def _save(self) -> None:
        if self._desk.saving or self._there is None:
            return
        self._say("Saving ... esc leaves; it goes on.")
        tell, target = self._tell, self._target
        backup = self.query_one("#backup", Toggle).value

        def saved(future: Future[MapFile]) -> None:
            file = outcome(future)
            tell(MapSaved(target, file))

        self._desk.save(target, self._there.content, backup=backup).add_done_callback(saved)

    def refused(self, error: GlusterError) -> None:
        """To be called when the save has failed."""
        if isinstance(error, MapChangedError):
            self.look()  # it has changed once more
        else:
            self._say(f"x {shown(str(error))}", failed=True)

    def close(self) -> None:
        """Leaves, now or when what stands above it has gone: only the uppermost screen can be left."""
        self._is_done = True
        if self.app.screen is self:
            self.dismiss()

    def on_screen_resume(self) -> None:
        if self._is_done:
            self.dismiss()

    def action_leave(self) -> None:
        """Saves nothing; a save that is under way goes on."""
        self.dismiss()


def _diff_text(lines: list[str]) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    for number, line in enumerate(lines or ["nothing: the file holds this already"]):
        look = Style(dim=True) if line.startswith(("---", "+++")) else _LOOKS.get(line[:1], Style.null())
        text.append("\n" if number else "").append(line, look)
    return text
