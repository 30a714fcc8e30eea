"""What all dialogs have in common."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, ScreenResultType

__all__ = ["Dialog"]


class Dialog(ModalScreen[ScreenResultType]):
    """A dialog hides the app's keys, but one: the program can always be left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "app.quit", show=False, priority=True)]
