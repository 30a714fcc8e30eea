"""Asks for the node of an entry."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from disco.dfs.gluster.map_text import written_fault

from ..display import counted, shown
from ..widgets.line import Line

__all__ = ["EditNodeScreen"]


class EditNodeScreen(ModalScreen[str | None]):
    """Gives the node that was typed, None where nothing is to be changed. ``names``: how many volumes the entry names;
    ``reason``: why ``node`` is proposed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(self, name: str, node: str, *, names: int, reason: str = "") -> None:
        super().__init__()
        self._entry, self._node, self._entrys, self._reason = name, node, names, reason

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Node"
            dialog.border_subtitle = "enter takes it, esc leaves"
            yield Static(Content(f"The entry of {shown(self._entry)}:"))
            yield Line(self._node, placeholder="the node as the job's scheduler knows it", id="node")
            yield Label("", id="node-check", classes="help")
            if self._entrys > 1:
                yield Static(Content(f"It names {counted(self._entrys, 'volume', 'volumes')}, and changes for all."))
            if self._reason:
                yield Static(Content(f"Proposed: {shown(self._reason)}"), classes="help")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button("Take it", id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._look()

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value.strip()

    def _look(self) -> str | None:
        fault = written_fault(self._entry, self._typed)
        label = self.query_one("#node-check", Label)
        label.update(Content(f"x {fault}" if fault else ""))
        label.set_class(fault is not None, "-failed")
        self.query_one("#yes", Button).disabled = fault is not None
        return fault

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._look() is None:
            self.dismiss(self._typed)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(self._typed if event.button.id == "yes" else None)

    def action_leave(self) -> None:
        """Changes nothing."""
        self.dismiss(None)
