"""The list of which only the rows on the screen are ever made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.text import Text
from textual.pilot import Pilot

from gluster_tui.widgets.rows import Rows

from .driving import Alone, alone, in_view, until

HEIGHT = 20
MILLION = 1_000_000


class Numbers(Rows):
    """Rows that tell their number, and remember which of them were made."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.made = count, set[int]()
        self.empty_words = "There are no rows. a key helps."

    @property
    def row_count(self) -> int:
        return self.count

    def row_text(self, row: int, width: int) -> Text:
        self.made.add(row)
        return Text(f"row {row}", end="")


def chosen(app: Alone) -> list[int]:
    return [message.row for message in app.told if isinstance(message, Rows.Chosen)]


@asynccontextmanager
async def rows_of(count: int) -> AsyncIterator[tuple[Pilot[None], Numbers, Alone]]:
    rows = Numbers(count)
    async with alone(rows, size=(32, HEIGHT + 2)) as (pilot, app):
        yield pilot, rows, app


async def test_of_a_million_rows_only_those_on_the_screen_are_made() -> None:
    async with rows_of(MILLION) as (_, rows, _):
        assert rows.made == set(range(HEIGHT))


async def test_going_to_the_last_of_a_million_rows_makes_one_more_screen() -> None:
    async with rows_of(MILLION) as (pilot, rows, _):
        rows.made.clear()
        await pilot.press("end")
        assert in_view(pilot, rows)[-1] == f"row {MILLION - 1}"
        assert rows.made <= set(range(HEIGHT)) | set(range(MILLION - HEIGHT, MILLION))


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (("down", "j", "up"), 1),
        (("k",), 0),
        (("pagedown",), HEIGHT - 1),
        (("pagedown", "pageup"), 0),
        (("G",), 99),
        (("G", "down"), 99),
        (("end", "home"), 0),
    ],
)
async def test_keys_move_the_cursor_and_it_stays_in_the_list(keys: tuple[str, ...], row: int) -> None:
    async with rows_of(100) as (pilot, rows, _):
        await pilot.press(*keys)
        assert rows.cursor == row


async def test_the_row_under_the_cursor_is_always_on_the_screen() -> None:
    async with rows_of(100) as (pilot, rows, _):
        await pilot.press("pagedown", "pagedown", "up", "pageup", "pageup")
        assert rows.cursor in rows.rows_on_screen()


async def test_the_cursor_goes_to_the_last_row_when_rows_go_away() -> None:
    async with rows_of(100) as (pilot, rows, _):
        await pilot.press("end")
        rows.count = 3
        rows.rows_changed()
        await pilot.pause()
        assert rows.cursor == 2
        assert in_view(pilot, rows)[:4] == ["row 0", "row 1", "row 2", ""]


async def test_the_cursor_shows_without_colours() -> None:
    async with rows_of(3) as (pilot, rows, _):
        await pilot.press("down")
        styles = [next(iter(rows.render_line(y))).style for y in range(3)]
        assert [bool(style and (style.bold or style.reverse)) for style in styles] == [False, True, False]


async def test_enter_chooses_the_row_under_the_cursor() -> None:
    async with rows_of(3) as (pilot, _, app):
        await pilot.press("down", "enter")
        await until(pilot, lambda: chosen(app) == [1], "it is chosen")


async def test_a_click_moves_the_cursor_and_a_double_click_chooses() -> None:
    async with rows_of(100) as (pilot, rows, app):
        await pilot.click(rows, offset=(3, 6))  # below the border
        assert (rows.cursor, chosen(app)) == (5, [])
        await pilot.double_click(rows, offset=(3, 8))
        await until(pilot, lambda: chosen(app) == [7], "it is chosen")


async def test_a_list_without_rows_says_why() -> None:
    async with rows_of(0) as (pilot, rows, app):
        assert in_view(pilot, rows)[1:3] == [" There are no rows. a key", " helps."]
        await pilot.press("down", "end", "enter")
        assert (rows.cursor, chosen(app)) == (0, [])
