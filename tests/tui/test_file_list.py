"""The cursor of the list while the dataset under it changes: it stays on its file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from .driving import explorer, in_view, running, settled, until
from .sources import HeldSource, dataset, session_of

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


async def test_a_user_who_goes_elsewhere_while_a_directory_is_read_anew_stays_there() -> None:
    async with half_there() as (pilot, source):
        await come_above(pilot, source)
        await pilot.press("end")
        source.hold_listings = lambda path: path == b"b"
        await pilot.press("r")
        await until(pilot, lambda: explorer(pilot).files.row_count == len(LATE), "its files are gone")
        await pilot.press("home", "down")
        await come_above(pilot, source)
        assert file_at_cursor(pilot) == LATE[1]
