"""The tree of directories: what it shows of each, and opening and closing."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from disco.dfs.gluster.catalog import Catalog
from gluster_tui.widgets.dataset_tree import DatasetTree

from .driving import Alone, alone, explorer, files_shown, in_view, on_screen, running, settled
from .sources import FILES, HeldSource, dataset, session_of


def catalog_of(source: HeldSource, *, but: bytes | None = None) -> Catalog:
    """A catalog in which every directory was listed, except one."""
    catalog = Catalog(b"")
    to_list = [b""]
    while to_list:
        path = to_list.pop()
        if path != but:
            to_list += add(catalog, source, path)
    return catalog


def add(catalog: Catalog, source: HeldSource, path: bytes) -> list[bytes]:
    """Lists a directory into a catalog; none of its files is placed."""
    found = catalog.add_listing(source.list_directory(path, sizes=False).result(), [])
    return [directory.path for directory in found]


def rows(pilot: Pilot[None], tree: DatasetTree) -> list[str]:
    """The rows of the tree as they stand on the screen: arrow, name, count."""
    return [" ".join(line.split()) for line in in_view(pilot, tree) if line]


@asynccontextmanager
async def tree_of(
    source: HeldSource | None = None, *, but: bytes | None = None
) -> AsyncIterator[tuple[Pilot[None], DatasetTree, Callable[[], list[str]], Alone]]:
    tree = DatasetTree(catalog_of(source or HeldSource(dataset()), but=but), b"/inputfs", id="alone")
    async with alone(tree) as (pilot, app):
        tree.catalog_changed()
        await pilot.pause()
        yield pilot, tree, lambda: rows(pilot, tree), app


async def test_each_directory_shows_how_many_files_are_in_it_and_below() -> None:
    async with tree_of() as (_, _, shown, _):
        assert shown() == ["▾ /inputfs 21", "genomes 3", "▸ web_logs 17"]


async def test_a_directory_that_was_not_listed_yet_shows_dots_and_those_above_it_a_plus() -> None:
    async with tree_of(but=b"web_logs") as (_, _, shown, _):
        assert shown() == ["▾ /inputfs 4+", "genomes 3", "▸ web_logs ..."]


async def test_counts_grow_as_listings_come_in() -> None:
    source = HeldSource(dataset())
    async with tree_of(source, but=b"web_logs/2006-07") as (pilot, tree, shown, _):
        assert shown()[-1] == "▸ web_logs 5+"
        add(tree.catalog, source, b"web_logs/2006-07")
        tree.catalog_changed()
        await pilot.pause()
        assert shown()[-1] == "▸ web_logs 17"


async def test_a_directory_that_cannot_be_read_says_so_instead_of_a_count() -> None:
    async with tree_of(HeldSource(dataset(), faults={b"genomes": errno.EACCES})) as (_, _, shown, _):
        assert shown()[1] == "genomes x unreadable"


async def test_where_that_leaves_no_room_for_the_name_its_sign_is_enough() -> None:
    tree = DatasetTree(catalog_of(HeldSource(dataset(), faults={b"genomes": errno.EACCES})), b"/inputfs", id="alone")
    async with alone(tree, size=(22, 10)) as (pilot, _):
        tree.catalog_changed()
        await pilot.pause()
        assert rows(pilot, tree)[1] == "genomes x"


async def test_right_opens_a_directory_and_left_closes_it() -> None:
    async with tree_of() as (pilot, _, shown, _):
        await pilot.press("end", "right")
        assert shown()[2:] == ["▾ web_logs 17", "2006-06 5", "2006-07 12"]
        await pilot.press("left")
        assert shown()[2:] == ["▸ web_logs 17"]


async def test_right_on_an_open_directory_goes_into_it_and_left_comes_back() -> None:
    async with tree_of() as (pilot, tree, _, _):
        await pilot.press("end", "right", "right")
        assert tree.selected == b"web_logs/2006-06"
        await pilot.press("left")
        assert tree.selected == b"web_logs"


async def test_enter_opens_and_closes() -> None:
    async with tree_of() as (pilot, _, shown, _):
        await pilot.press("end", "enter")
        assert len(shown()) == 5
        await pilot.press("enter")
        assert len(shown()) == 3


async def test_moving_the_cursor_selects_and_opening_does_not() -> None:
    async with tree_of() as (pilot, _, _, app):
        await pilot.press("down", "enter", "down", "right")
        assert [m.path for m in app.told if isinstance(m, DatasetTree.Selected)] == [b"genomes", b"web_logs"]


async def test_the_cursor_stays_on_its_directory_when_directories_appear_above_it() -> None:
    source = HeldSource(dataset([*FILES, b"genomes/old/chr1"]))
    async with tree_of(source, but=b"genomes") as (pilot, tree, shown, _):
        await pilot.press("down", "right", "down")
        assert tree.selected == b"web_logs"
        for path in (b"genomes", b"genomes/old"):
            add(tree.catalog, source, path)
        tree.catalog_changed()
        await pilot.pause()
        assert shown()[:4] == ["▾ /inputfs 22", "▾ genomes 4", "old 1", "▸ web_logs 17"]
        assert tree.selected == b"web_logs"


async def test_a_click_on_the_arrow_of_a_directory_opens_it() -> None:
    async with tree_of() as (pilot, tree, shown, _):
        await pilot.click(tree, offset=(3, 3))
        assert len(shown()) == 5


async def test_a_click_on_the_name_of_a_directory_selects_it_and_leaves_it_closed() -> None:
    async with tree_of() as (pilot, tree, shown, _):
        await pilot.click(tree, offset=(8, 3))
        assert tree.selected == b"web_logs"
        assert len(shown()) == 3


async def test_selecting_a_directory_narrows_the_list_to_what_is_below_it_and_the_root_shows_all() -> None:
    async with running(session_of(dataset())) as pilot:
        explorer(pilot).tree_panel.focus()
        await pilot.press("down")
        await settled(pilot)
        assert files_shown(pilot) == [path for path in FILES if os.path.dirname(path) == b"genomes"]
        assert "3 of 3 files" in on_screen(pilot)
        await pilot.press("up")
        await settled(pilot)
        assert files_shown(pilot) == list(FILES)
