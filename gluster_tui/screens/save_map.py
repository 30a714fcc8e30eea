"""Saving the host map: what would change in the file first; and what to do where somebody else has changed it."""

from __future__ import annotations

import os
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
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from disco.dfs.gluster.errors import GlusterError, MapChangedError
from disco.dfs.gluster.map_saving import MapFile, diff_lines

from ..crash import UnexpectedError
from ..display import shown
from ..map_desk import MapDesk
from ..widgets.line import Line
from ..widgets.toggles import Toggle

__all__ = ["SaveMapScreen"]

_LOOKS = {"+": Style(bold=True), "-": Style(dim=True, strike=True), "@": Style(dim=True, italic=True)}


@dataclass
class _Saved(Message):
    """A save has ended: with the file, or with an error."""

    file: MapFile | None
    error: GlusterError | None


class SaveMapScreen(ModalScreen[MapFile | None]):
    """Gives the file as it was saved, None where it was not."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(self, desk: MapDesk) -> None:
        super().__init__()
        self._desk = desk
        self._saving = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide", id="save-map") as dialog:
            dialog.border_title = "Save the host map"
            with VerticalScroll(id="diff-box") as box:
                box.border_title = "What changes"
                yield Static(id="diff")
            with Horizontal(classes="line"):
                yield Label("to", classes="name")
                yield Line(self._desk.path, id="map-target", select_on_focus=False)
            with Horizontal(classes="line"):
                yield Label("", classes="name")
                yield Toggle("keep the old file beside it, as .bak", id="backup", compact=True)
            yield Static("", id="outcome")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Reload", id="reload", compact=True)
                yield Button("Merge", id="merge", compact=True)
                yield Button("Overwrite", id="overwrite", variant="warning", compact=True)
                yield Button("Save", id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        self._show()
        self.query_one(Input).focus()

    @property
    def _target(self) -> str:
        typed = self.query_one("#map-target", Input).value.strip()
        return os.path.abspath(os.path.expanduser(typed)) if typed else ""

    def _show(self) -> None:
        """The difference to the file, and the choices that there are."""
        desk = self._desk
        same_file = self._target == os.path.abspath(desk.path)
        before = desk.file.content if desk.file is not None and same_file else None
        if desk.on_disk is not None and same_file:
            before = desk.on_disk.content
        lines = diff_lines(before, desk.edits.text.text, self.query_one("#map-target", Input).value)
        self.query_one("#diff", Static).update(_diff_text(lines))
        conflict = desk.on_disk is not None and same_file
        for name in ("reload", "merge", "overwrite"):
            self.query_one(f"#{name}", Button).display = conflict
        self.query_one("#save", Button).display = not conflict
        self.query_one("#save-map").border_subtitle = "esc leaves" if conflict else "enter saves, esc leaves"
        self.query_one("#save", Button).disabled = not self._target or (same_file and not desk.dirty and bool(before))
        if conflict:
            words = (
                "! the file was changed by someone else since it was read. Merge keeps both, Reload drops your edits, "
            )
            self._say(words + "Overwrite drops theirs.", "-failed")

    def _say(self, words: str, look: str = "") -> None:
        label = self.query_one("#outcome", Static)
        label.update(Content(words))
        label.set_class(look == "-failed", "-failed")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._say("")
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.query_one("#save", Button).display and not self.query_one("#save", Button).disabled:
            self._save(overwrite=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "save":
                self._save(overwrite=False)
            case "overwrite":
                self._save(overwrite=True)
            case "reload":
                self._desk.drop_edits()
                self.dismiss(None)
            case "merge":
                self._merge()
            case _:
                self.action_leave()

    def _merge(self) -> None:
        conflicts = self._desk.take_disk()
        self._show()
        words = "Merged: this is what saving would change in the file as it is now."
        if conflicts:
            told = "; ".join(conflict.words for conflict in conflicts)
            words = f"! Merged. Both changed the same names, and the file's stand: {told}"
        self._say(words, "-failed" if conflicts else "")

    def _save(self, *, overwrite: bool) -> None:
        if self._saving:
            return
        self._saving = True
        self._say("Saving ...")
        future = self._desk.save(self._target, overwrite=overwrite, backup=self.query_one("#backup", Toggle).value)
        future.add_done_callback(self._tell)

    def _tell(self, future: Future[MapFile]) -> None:
        """On the thread that saved."""
        try:
            self.post_message(_Saved(future.result(), None))
        except GlusterError as error:
            self.post_message(_Saved(None, error))
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            self.post_message(_Saved(None, UnexpectedError(error)))

    def on__saved(self, message: _Saved) -> None:
        self._saving = False
        if message.file is not None:
            self._desk.saved(message.file)
            self.dismiss(message.file)
        elif isinstance(message.error, MapChangedError) and self._target == os.path.abspath(self._desk.path):
            self._desk.found(message.error.found)
            self._show()
        elif isinstance(message.error, MapChangedError):
            self._say("x there is a file of that name already: choose another", "-failed")
        else:
            self._say(f"x {shown(str(message.error))}", "-failed")

    def action_leave(self) -> None:
        """Saves nothing; a save that is under way comes to its end."""
        if not self._saving:
            self.dismiss(None)


def _diff_text(lines: list[str]) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    for number, line in enumerate(lines or ["nothing: the file holds this already"]):
        head = line.startswith(("---", "+++"))
        text.append("\n" if number else "").append(
            line, Style(dim=True) if head else _LOOKS.get(line[:1], Style.null())
        )
    return text
