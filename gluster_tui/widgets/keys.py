"""The keys at the foot of a screen."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer

__all__ = ["Keys"]


class Keys(Footer):
    """Textual's footer, made again only where it would show something else: it takes long, and every move of the focus
    asks for it.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: list[tuple[str, str, bool]] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Called when keys, or what applies of them, may have changed."""
        active = screen.active_bindings.values()
        shown = [(key.key, key.description, enabled) for _, key, enabled, _ in active if key.show]
        if shown != self._shown and screen.app.app_focus:
            self._shown = shown
            super().bindings_changed(screen)
