"""A line to type into: it takes nothing a terminal acts on, whatever is pasted, and its keys in the order they come."""

from __future__ import annotations

from textual.binding import Binding
from textual.events import Key
from textual.widgets import Input

__all__ = ["Line"]

# Controls, line separators, and the marks that turn the direction of writing.
_HARMLESS = "[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*"
_ACTIONS = {binding.key: binding.action for binding in Binding.make_bindings(Input.BINDINGS)}


class Line(Input):
    """Textual's own line writes an ESC that was pasted to the terminal as it is, and has the app look for what a key
    like backspace does: letters that are typed right behind it come first then.
    """

    def __init__(self, value: str = "", *, placeholder: str = "", select_on_focus: bool = True, id: str) -> None:
        super().__init__(value, placeholder, select_on_focus=select_on_focus, restrict=_HARMLESS, compact=True, id=id)

    async def on_key(self, event: Key) -> None:
        """Does what one of its own keys does, before the next key is looked at."""
        if event.key in _ACTIONS and await self.app.run_action(_ACTIONS[event.key], self):
            event.stop()
            event.prevent_default()
