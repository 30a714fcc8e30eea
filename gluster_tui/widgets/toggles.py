"""Switches whose state shows without colour: Textual's own draw the same sign, on or off."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox, RadioButton

__all__ = ["Option", "Toggle"]


class Toggle(Checkbox):
    """On or off."""

    @property
    def _button(self) -> Content:
        return Content("[x]" if self.value else "[ ]")


class Option(RadioButton):
    """One of several."""

    @property
    def _button(self) -> Content:
        return Content("(•)" if self.value else "( )")
