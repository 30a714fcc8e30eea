"""The cursor of the list while the dataset under it changes: it stays on its file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from gluster_tui.screens.explorer import _FoundOn

from .driving import explorer, in_view, running, settled, until
from .sources import HeldSource, dataset, everything, session_of

EARLY, LATE = [b"b/%02d" % number for number in range(60)], [b"a/%02d" % number for number in range(40)]
SMALL = (80, 24)


@asynccontextmanager
async def half_there(*keys: str) -> AsyncIterator[tuple[Pilot[None], HeldSource]]:
    """The explorer when the second of two directories is listed, after some keys."""
    source = HeldSource(dataset([*LATE, *EARLY]), hold_listings=lambda path: path == b"a")
    async with running(session_of(source), SMALL, settle=False) as pilot:
        await until(pilot, lambda: explorer(pilot).files.row_count == len(EARLY), "the first files are listed")
        await pilot.press(*keys)
        yield pilot, source


def file_at_cursor(pilot: Pilot[None]) -> bytes:
    row = explorer(pilot).files.row_at_cursor()
    assert row is not None
    return row.directory.path + b"/" + row.name


async def come_above(pilot: Pilot[None], source: HeldSource) -> None:
    source.release()
    await settled(pilot)
    assert explorer(pilot).files.row_count == len(LATE) + len(EARLY)


@pytest.mark.parametrize("presses", [1, 30, 59])
async def test_the_cursor_stays_on_its_file_when_others_come_above_it(presses: int) -> None:
    async with half_there(*["down"] * presses) as (pilot, source):
        await come_above(pilot, source)
        assert file_at_cursor(pilot) == EARLY[presses]


async def test_a_cursor_on_the_first_row_stays_there() -> None:
    async with half_there() as (pilot, source):
        await come_above(pilot, source)
        assert file_at_cursor(pilot) == LATE[0]


async def test_what_is_in_view_stays_there_when_others_come_above_it() -> None:
    async with half_there(*["down"] * 30) as (pilot, source):
        before = [line.split()[0] for line in in_view(pilot, explorer(pilot).files)]
        await come_above(pilot, source)
        assert [line.split()[0] for line in in_view(pilot, explorer(pilot).files)] == before


async def test_a_view_that_was_scrolled_away_from_the_cursor_does_not_go_back_to_it() -> None:
    async with half_there(*["down"] * 59) as (pilot, source):
        files = explorer(pilot).files
        files.scroll_to(y=0, animate=False, immediate=True)
        await come_above(pilot, source)
        assert (files.scroll_y, file_at_cursor(pilot)) == (0, EARLY[59])


async def test_the_cursor_stays_on_its_file_in_a_filtered_list() -> None:
    async with half_there() as (pilot, source):
        await pilot.press("slash", "5", "enter")
        await until(pilot, lambda: explorer(pilot).files.row_count == 15, "what is there is filtered")
        await pilot.press("down", "down")
        before = file_at_cursor(pilot)
        source.release()
        await until(pilot, lambda: explorer(pilot).files.row_count == 15 + 4, "the others come")
        assert file_at_cursor(pilot) == before


async def test_a_directory_that_is_read_anew_keeps_the_cursor_on_its_file() -> None:
    async with half_there(*["down"] * 7) as (pilot, source):
        explorer(pilot).ticket = explorer(pilot).loader.refresh(b"b")
        await until(pilot, lambda: source.asked.count(b"b") == 2, "it is read anew")
        await come_above(pilot, source)
        assert file_at_cursor(pilot) == EARLY[7]


@asynccontextmanager
async def losing(gone: set[bytes], at: int) -> AsyncIterator[Pilot[None]]:
    """The explorer after files went away, of all; ``at``: the row that the cursor was on."""
    source = HeldSource(dataset([*LATE, *EARLY]), hold_files=everything, gone=gone)
    async with running(session_of(source), SMALL, settle=False) as pilot:
        await until(pilot, lambda: explorer(pilot).files.row_count == len(LATE) + len(EARLY), "all files are listed")
        explorer(pilot).files.cursor = at
        await pilot.pause()
        source.release()
        await settled(pilot)
        yield pilot


def is_in_view(pilot: Pilot[None]) -> bool:
    return any(file_at_cursor(pilot).split(b"/")[1].decode() in line for line in in_view(pilot, explorer(pilot).files))


@pytest.mark.parametrize("at", [45, 70, 99])
async def test_the_cursor_stays_on_its_file_and_in_view_when_files_above_it_go_away(at: int) -> None:
    async with losing(set(LATE[1:]), at) as pilot:
        assert (file_at_cursor(pilot), is_in_view(pilot)) == (EARLY[at - len(LATE)], True)


async def test_where_the_file_at_the_cursor_goes_away_with_others_above_it_the_cursor_is_on_the_next() -> None:
    async with losing({*LATE, EARLY[30]}, len(LATE) + 30) as pilot:
        assert (file_at_cursor(pilot), is_in_view(pilot)) == (EARLY[31], True)


async def test_where_all_files_from_the_cursor_on_go_away_it_is_on_the_last_that_is_left() -> None:
    async with losing(set(EARLY), len(LATE) + 30) as pilot:
        assert (file_at_cursor(pilot), is_in_view(pilot)) == (LATE[-1], True)


async def test_where_every_file_goes_away_the_list_is_empty() -> None:
    async with losing({*LATE, *EARLY}, 70) as pilot:
        assert (explorer(pilot).files.cursor, explorer(pilot).files.row_at_cursor()) == (0, None)


@asynccontextmanager
async def reading_anew() -> AsyncIterator[tuple[Pilot[None], HeldSource]]:
    """The explorer while the directory of the file under the cursor, the last of all, is read anew."""
    async with half_there() as (pilot, source):
        await come_above(pilot, source)
        await pilot.press("end")
        source.hold_listings = lambda path: path == b"b"
        await pilot.press("r")
        await until(pilot, lambda: explorer(pilot).files.row_count == len(LATE), "its files are gone")
        yield pilot, source


async def test_a_user_who_goes_elsewhere_while_a_directory_is_read_anew_stays_there() -> None:
    async with reading_anew() as (pilot, source):
        await pilot.press("home", "down")
        await come_above(pilot, source)
        assert file_at_cursor(pilot) == LATE[1]


async def test_a_filter_that_is_typed_while_a_directory_is_read_anew_begins_at_its_first_file() -> None:
    async with reading_anew() as (pilot, source):
        await pilot.press("slash", "9")
        await until(pilot, lambda: explorer(pilot).files.row_count == 4, "it is filtered")
        source.release()
        await settled(pilot)
        assert file_at_cursor(pilot) == b"a/09"


async def test_who_goes_to_a_volume_while_a_directory_is_read_anew_stays_there() -> None:
    async with reading_anew() as (pilot, source):
        screen = explorer(pilot)
        assert screen.files.picture is not None
        row = screen.files.picture.next_on(0, 0)
        screen.go_to_volume(0)
        await until(pilot, lambda: screen.files.cursor == row, "it is gone to")
        await come_above(pilot, source)
        assert screen.files.cursor == row


async def test_a_file_on_a_volume_that_was_looked_for_in_an_earlier_picture_is_gone_to() -> None:
    async with half_there() as (pilot, source):
        screen = explorer(pilot)
        await until(pilot, lambda: screen.files.picture and screen.files.picture.next_on(0, 1), "its files are placed")
        picture = screen.files.picture
        assert picture is not None
        number = picture.next_on(0, 1)
        assert number is not None
        await come_above(pilot, source)
        screen.post_message(_FoundOn(picture, 0, number))
        await until(pilot, lambda: screen.files.cursor, "it is gone to")
        assert file_at_cursor(pilot) == EARLY[number]
