"""A line to type into that takes nothing a terminal acts on, whatever is pasted."""

from __future__ import annotations

from textual.widgets import Input

__all__ = ["Line"]

# Controls, line separators, and the marks that turn the direction of writing.
_HARMLESS = "[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*"


class Line(Input):
    """Textual's own line writes an ESC that was pasted to the terminal as it is."""

    def __init__(self, value: str = "", *, placeholder: str = "", select_on_focus: bool = True, id: str) -> None:
        super().__init__(value, placeholder, select_on_focus=select_on_focus, restrict=_HARMLESS, compact=True, id=id)
