"""Asks for a word or a line of the host map, and says while it is typed whether a map can hold it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from ..display import shown
from ..widgets.line import Line
from .dialog import Dialog

__all__ = ["EditScreen"]


class EditScreen(Dialog[str | None]):
    """Gives what was typed, None where nothing is to be changed. ``fault``: why a map cannot hold it, None where it
    can; ``notes``: what else is to be known.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(self, title: str, words: str, value: str, fault: Callable[[str], str | None], notes: Sequence[str]):
        super().__init__()
        self._heading, self._words, self._value, self._fault, self._notes = title, words, value, fault, notes

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._heading
            dialog.border_subtitle = "enter takes it, esc leaves"
            yield Static(Content(shown(self._words)))
            yield Line(self._value, id="edited")
            yield Label("", id="edit-check", classes="help")
            for note in self._notes:
                yield Static(Content(shown(note)), classes="help")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button("Take it", id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._look()

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value.rstrip()

    def _look(self) -> bool:
        fault = self._fault(self._typed)
        label = self.query_one("#edit-check", Label)
        label.update(Content(f"x {shown(fault)}" if fault else ""))
        label.set_class(fault is not None, "-failed")
        self.query_one("#yes", Button).disabled = fault is not None
        return fault is None

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._look():
            self.dismiss(self._typed)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(self._typed if event.button.id == "yes" else None)

    def action_leave(self) -> None:
        """Changes nothing."""
        self.dismiss(None)
