"""The tree of directories: what it shows of each, opening and closing, and that its cursor narrows the list."""

from __future__ import annotations

import errno

from textual.pilot import Pilot

from .driving import explorer, files_shown, in_view, on_screen, running, settled, until
from .sources import FILES, HeldSource, dataset, session_of


def tree_lines(pilot: Pilot[None]) -> list[str]:
    """The rows of the tree as they stand on the screen: arrow, name, count."""
    return [" ".join(line.split()) for line in in_view(pilot, explorer(pilot).tree_panel) if line]


async def to_tree(pilot: Pilot[None]) -> None:
    explorer(pilot).tree_panel.focus()
    await pilot.pause()


async def test_each_directory_shows_how_many_files_are_in_it_and_below() -> None:
    async with running(session_of(dataset())) as pilot:
        assert tree_lines(pilot) == ["▾ /inputfs 21", "genomes 3", "▸ web_logs 17"]


async def test_a_directory_that_was_not_listed_yet_shows_dots_and_those_above_it_a_plus() -> None:
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs")
    async with running(session_of(source), settle=False) as pilot:
        await until(pilot, lambda: "genomes 3" in tree_lines(pilot), "genomes is listed")
        assert tree_lines(pilot) == ["▾ /inputfs 4+", "genomes 3", "▸ web_logs ..."]


async def test_counts_grow_as_listings_come_in() -> None:
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs/2006-07")
    async with running(session_of(source), settle=False) as pilot:
        await until(pilot, lambda: "▸ web_logs 5+" in tree_lines(pilot), "what is listed below is counted")
        source.release()
        await until(pilot, lambda: "▸ web_logs 17" in tree_lines(pilot), "the rest is counted")


async def test_a_directory_that_cannot_be_read_says_so_instead_of_a_count() -> None:
    source = HeldSource(dataset(), faults={b"genomes": errno.EACCES})
    async with running(session_of(source)) as pilot:
        assert tree_lines(pilot)[1].endswith("x unreadable")


async def test_right_opens_a_directory_and_left_closes_it() -> None:
    async with running(session_of(dataset())) as pilot:
        await to_tree(pilot)
        await pilot.press("end", "right")
        assert tree_lines(pilot)[2:] == ["▾ web_logs 17", "2006-06 5", "2006-07 12"]
        await pilot.press("left")
        assert tree_lines(pilot)[2:] == ["▸ web_logs 17"]


async def test_right_on_an_open_directory_goes_into_it_and_left_comes_back() -> None:
    async with running(session_of(dataset())) as pilot:
        await to_tree(pilot)
        await pilot.press("end", "right", "right")
        assert explorer(pilot).tree_panel.selected == b"web_logs/2006-06"
        await pilot.press("left")
        assert explorer(pilot).tree_panel.selected == b"web_logs"


async def test_enter_opens_and_closes() -> None:
    async with running(session_of(dataset())) as pilot:
        await to_tree(pilot)
        await pilot.press("end", "enter")
        assert len(tree_lines(pilot)) == 5
        await pilot.press("enter")
        assert len(tree_lines(pilot)) == 3


async def test_selecting_a_directory_narrows_the_list_to_what_is_below_it() -> None:
    async with running(session_of(dataset())) as pilot:
        await to_tree(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert files_shown(pilot) == [path for path in FILES if path.startswith(b"genomes/")]


async def test_the_counts_follow_the_directory_that_is_selected() -> None:
    async with running(session_of(dataset())) as pilot:
        await to_tree(pilot)
        await pilot.press("end")
        await settled(pilot)
        assert "17 of 17 files" in on_screen(pilot)


async def test_selecting_the_root_shows_all_files_again() -> None:
    async with running(session_of(dataset())) as pilot:
        await to_tree(pilot)
        await pilot.press("end", "home")
        await settled(pilot)
        assert files_shown(pilot) == list(FILES)


async def test_the_cursor_stays_on_its_directory_when_directories_appear_above_it() -> None:
    source = HeldSource(dataset([*FILES, b"genomes/old/chr1"]), hold_listings=lambda path: path == b"genomes")
    async with running(session_of(source), settle=False) as pilot:
        await until(pilot, lambda: "▸ web_logs 17" in tree_lines(pilot), "web_logs is listed")
        await to_tree(pilot)
        await pilot.press("down", "right", "down")
        assert explorer(pilot).tree_panel.selected == b"web_logs"
        source.release()
        await settled(pilot)
        assert tree_lines(pilot)[:4] == ["▾ /inputfs 22", "▾ genomes 4", "old 1", "▸ web_logs 17"]
        assert explorer(pilot).tree_panel.selected == b"web_logs"
