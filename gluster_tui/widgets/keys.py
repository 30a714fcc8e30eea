"""The keys at the foot of a screen, each with its word; a click on one presses it."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.widget import Widget

__all__ = ["Keys", "ShownKey"]

_STAY = 2  # keys at the end of the line, in any case


class ShownKey(NamedTuple):
    """A key that stands there. ``sign``: how it is written; ``title``: a word for what it does; ``words``: more of it;
    ``applies``: whether it does something now.
    """

    key: str
    sign: str
    title: str
    words: str
    applies: bool

    @property
    def width(self) -> int:
        """In cells, with the space behind it."""
        return cell_len(self.sign) + cell_len(self.title) + 2


class Keys(Widget):
    """One line. Textual's footer is a widget for each key, all made anew whenever another of them applies: that takes
    longer than to paint all else, and comes three times while the first files are shown.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--title"}

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[ShownKey] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self._bindings_changed(self.screen)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        """Called when keys, or what applies of them, may have changed."""
        if not screen.app.app_focus:
            return
        keys: dict[str, ShownKey] = {}
        for _, binding, applies, words in screen.active_bindings.values():
            if binding.show and binding.action not in keys:
                sign = self.app.get_key_display(binding)
                keys[binding.action] = ShownKey(binding.key, sign, binding.description, words, applies)
        if list(keys.values()) != self.keys:
            self.keys = list(keys.values())
            self.refresh()

    @property
    def fitting(self) -> list[ShownKey]:
        """Those that the line has room for. Quit and help are the last, and stay: help tells of all others."""
        fitting = list(self.keys)
        while len(fitting) > _STAY and sum(key.width for key in fitting) > self.size.width + 1:
            del fitting[-_STAY - 1]
        return fitting

    def render(self) -> Text:
        key_look, title_look = self.get_component_rich_style("keys--key"), self.get_component_rich_style("keys--title")
        text = Text(no_wrap=True, end="")
        for key in self.fitting:
            look = Style(dim=not key.applies)
            text.append(key.sign, key_look + look).append(f" {key.title}", title_look + look).append(" ")
        return text

    def key_at(self, x: int) -> ShownKey | None:
        """The key that stands at a cell of the line."""
        for key in self.fitting:
            if 0 <= x < key.width - 1:
                return key
            x -= key.width
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        key = self.key_at(event.x)
        self.tooltip = key.words if key is not None else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        key = self.key_at(event.x)
        if key is not None and key.applies:
            self.app.simulate_key(key.key)
        elif key is not None:
            self.app.bell()
