"""A list of rows of which only those on the screen are ever made."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..display import by_words, shown

__all__ = ["Rows"]

_STRIPS = 500  # rows that are kept as they were shown


class Rows(ScrollView, can_focus=True):
    """Rows of one line, with a cursor. What a row is, a subclass says: ``row_count``, and ``row_text()`` or, where many
    rows are new at once, ``row_segments()``.

    Where there are no rows, ``empty_words`` says why and what helps.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "move_page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f,space", "move_page(1)", "Page down", show=False),
        Binding("home", "move_to(0)", "First", show=False),
        Binding("end,G", "move_to(-1)", "Last", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor", "rows--dim"}

    cursor: reactive[int] = reactive(0, repaint=False)
    empty_words: reactive[str] = reactive("")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: dict[Hashable, Strip] = {}
        self._painted: Hashable = None
        self._base, self._width = Style.null(), 0

    class Moved(Message):
        """The cursor stands on another row, or on the same one after the rows have changed."""

        def __init__(self, rows: Rows, row: int) -> None:
            super().__init__()
            self.rows, self.row = rows, row

        @property
        def control(self) -> Rows:
            return self.rows

    class Chosen(Moved):
        """A row was chosen, by Enter or by a click."""

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def row_text(self, row: int, width: int) -> Text:
        """One row, in at most ``width`` cells; longer text is cut at its end."""
        raise NotImplementedError

    def row_segments(self, row: int, width: int) -> list[Segment]:
        """One row, of exactly ``width`` cells."""
        text = self.row_text(row, width)
        text.truncate(width, pad=True)
        return list(text.render(self.app.console))

    def row_shows(self, row: int) -> Hashable | None:
        """All that decides what is shown of a row, so that it is made once; None to make it each time."""
        return None

    def forget_rows(self) -> None:
        """To be called when rows look otherwise although ``row_shows()`` says the same."""
        self._strips.clear()
        self.refresh()

    def rows_changed(self) -> None:
        """To be called when the number of rows or what they show has changed."""
        self._set_virtual_size(Size(self.scrollable_content_region.width, self.row_count))
        self.cursor = max(0, min(self.cursor, self.row_count - 1))
        if self.scroll_y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)
        rows = self.rows_on_screen()
        shows = [self.row_shows(row) for row in rows]
        painted = (rows, tuple(shows)) if shows and None not in shows else None
        if painted is None or painted != self._painted:  # while a dataset loads, most of it is below the screen
            self._painted = painted
            self.refresh()

    def _set_virtual_size(self, size: Size) -> None:
        """Without a new layout of the whole screen where the scroll bar is there already, and stays."""
        height = self.scrollable_content_region.height
        if size.width == self.virtual_size.width and height < min(size.height, self.virtual_size.height):
            self.set_reactive(Rows.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size

    def rows_on_screen(self) -> range:
        """The numbers of the rows that can be seen."""
        first = round(self.scroll_y)
        return range(first, min(self.row_count, first + max(self.scrollable_content_region.height, 1)))

    def render_lines(self, crop: Region) -> list[Strip]:
        # They take longer to find out than a row to paint.
        self._base, self._width = self.rich_style, self.scrollable_content_region.width
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width, base = self._width, self._base
        if not self.row_count:
            return self._empty_line(y, width, base)
        row = y + round(self.scroll_y)
        if row >= self.row_count:
            return Strip.blank(width, base)
        style = base
        if row == self.cursor:
            # Where colours are off, the cursor still shows: reversed where the list has the keys.
            style += self.get_component_rich_style("rows--cursor", partial=True)
        shows = self.row_shows(row)
        key = (shows, width, style)
        strip = self._strips.get(key) if shows is not None else None
        if strip is None:
            strip = Strip(Segment.apply_style(self.row_segments(row, width), style), width)
            if len(self._strips) >= _STRIPS:
                self._strips.clear()
            if shows is not None:
                self._strips[key] = strip
        return strip

    def _empty_line(self, y: int, width: int, base: Style) -> Strip:
        lines = by_words(shown(self.empty_words), max(width - 2, 1))
        if 0 <= y - 1 < len(lines):
            text = Text(" " + lines[y - 1], style=self.get_component_rich_style("rows--dim", partial=True), end="")
            text.truncate(width, pad=True)
            return Strip(text.render(self.app.console), width).apply_style(base)
        return Strip.blank(width, base)

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh()
        self._show_cursor()
        if old != new:
            self.post_message(self.Moved(self, new))

    def _show_cursor(self) -> None:
        if self.row_count:
            self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True, immediate=True)

    def go(self, row: int) -> None:
        """The user goes to a row."""
        self.cursor = row

    def action_move(self, rows: int) -> None:
        """Moves the cursor by some rows."""
        self.go(max(0, min(self.cursor + rows, self.row_count - 1)))

    def action_move_page(self, pages: int) -> None:
        """Moves the cursor by some screens."""
        self.action_move(pages * max(self.scrollable_content_region.height - 1, 1))

    def action_move_to(self, row: int) -> None:
        """Moves the cursor to a row; -1 is the last."""
        self.go(max(self.row_count - 1, 0) if row < 0 else row)

    def action_choose(self) -> None:
        """Chooses the row under the cursor."""
        if self.row_count:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        row = round(self.scroll_y) + offset.y if offset is not None else self.row_count
        if row < self.row_count:
            event.stop()
            self.go(row)
            self.clicked(row, offset.x if offset is not None else 0, event.chain)

    def clicked(self, row: int, x: int, times: int) -> None:
        """A row was clicked; a subclass may do more than to choose it at a double click."""
        if times > 1:
            self.action_choose()

    def on_resize(self) -> None:
        self.rows_changed()
