"""A panel of lines that say in whole what a list has to cut."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Iterator
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text

from ..display import by_words, shown, wrapped
from .rows import Rows

__all__ = ["Line", "TextPanel"]

_INDENT = 2
_LABEL = 9


class Line(NamedTuple):
    """One line of a panel. ``copied``: what the copy command takes from it, as the bytes it is. ``about``: the index of
    the volume that it speaks of.
    """

    text: Text
    copied: bytes
    about: int | None = None


class TextPanel(Rows):
    """Lines as a subclass makes them, for the width that there is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"panel--warning", "panel--failure", "panel--heading"}

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []

    def make_lines(self, width: int) -> Iterable[Line]:
        """All lines, in at most ``width`` cells."""
        raise NotImplementedError

    def lines_changed(self) -> None:
        """To be called when the lines say something else."""
        width, height = self.scrollable_content_region.size
        self._lines = list(self.make_lines(width)) if width else []
        if len(self._lines) > height and not self.show_vertical_scrollbar:  # it will take a cell
            self._lines = list(self.make_lines(width - 1)) if width > 1 else []
        self.rows_changed()

    def on_resize(self) -> None:
        self.lines_changed()

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def row_shows(self, row: int) -> Hashable:
        text = self._lines[row].text
        return (text.plain, tuple(text.spans))

    def row_text(self, row: int, width: int) -> Text:
        return self._lines[row].text.copy()

    @property
    def line_at_cursor(self) -> Line | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    @property
    def copied(self) -> bytes | None:
        """What the line under the cursor stands for."""
        return self.line_at_cursor.copied if self.line_at_cursor is not None else None

    def look(self, name: str) -> Style:
        """The style of a warning, a failure or a heading."""
        return self.get_component_rich_style(f"panel--{name}", partial=True)

    def fact(self, label: str, value: Text, copied: bytes, width: int, indent: int = _INDENT) -> Iterator[Line]:
        """A labelled value, whole, over as many lines as it takes."""
        lead = indent + (_LABEL if label else 0)
        for number, part in enumerate(wrapped(value, width - lead)):
            text = Text(" " * indent, no_wrap=True, end="")
            if label:
                text.append(f"{label if number == 0 else '':<{_LABEL}}", Style(dim=True))
            yield Line(text.append_text(part), copied)

    def sentence(self, words: str, look: str, width: int, indent: int = _INDENT) -> Iterator[Line]:
        """Words, broken between them, in the style of a warning, a failure or a heading, or in none."""
        style = self.look(look) if look else Style.null()
        for line in by_words(shown(words), width - indent):
            yield Line(Text(" " * indent + line, style=style, end=""), os.fsencode(words))
