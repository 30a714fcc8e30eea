"""Where the panels stand, that none of them is ever blank, and what the lines above and below them tell."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from gluster_tui.session import Session
from gluster_tui.widgets.rows import Rows

from .driving import enter_filter, explorer, in_view, on_screen, running, settled, until
from .sources import HeldSource, dataset, everything, no_map_session, session_of

NARROW, WIDE = (80, 24), (100, 24)


def first_line(pilot: Pilot[None]) -> str:
    return on_screen(pilot).split("\n")[0]


async def test_on_a_wide_terminal_the_replicas_stand_beside_the_files() -> None:
    async with running(session_of(dataset()), WIDE) as pilot:
        files, replicas = explorer(pilot).files.region, explorer(pilot).replicas.region
        assert files.right <= replicas.x
        assert (files.y, files.height) == (replicas.y, replicas.height)


async def test_on_a_narrow_terminal_the_replicas_stand_below_the_files() -> None:
    async with running(session_of(dataset()), NARROW) as pilot:
        files, replicas = explorer(pilot).files.region, explorer(pilot).replicas.region
        assert files.bottom <= replicas.y
        assert (files.x, files.width) == (replicas.x, replicas.width)


async def test_the_layout_follows_the_size_of_the_terminal_and_keeps_the_file() -> None:
    async with running(session_of(dataset()), WIDE) as pilot:
        await pilot.press("down", "down")
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: explorer(pilot).replicas.region.y > 10, "the panel is below")
        assert in_view(pilot, explorer(pilot).replicas)[0] == "/genomes/chr2"


STATES: dict[str, Callable[[], Session]] = {
    "opening": lambda: session_of(HeldSource(dataset(), hold_listings=everything)),
    "empty": lambda: session_of(dataset([b"empty/"])),
    "unreadable": lambda: session_of(HeldSource(dataset(), faults={b"": errno.EACCES})),
    "unplaced": lambda: session_of(HeldSource(dataset(), hold_files=everything)),
    "failed": lambda: session_of(HeldSource(dataset([b"a"]), faults={b"a": errno.EIO})),
    "no map": lambda: no_map_session(dataset()),
}


@pytest.mark.parametrize("state", STATES)
async def test_no_panel_is_ever_blank(state: str) -> None:
    async with running(STATES[state](), NARROW, settle=False) as pilot:
        await pilot.pause()
        for panel in explorer(pilot).query(Rows):
            assert any(in_view(pilot, panel)), panel.id


async def test_no_panel_is_blank_where_the_filter_keeps_nothing() -> None:
    async with running(session_of(dataset()), NARROW) as pilot:
        await enter_filter(pilot, "zz")
        for panel in explorer(pilot).query(Rows):
            assert any(in_view(pilot, panel)), panel.id


async def test_an_empty_directory_says_that_it_is() -> None:
    async with running(session_of(dataset([b"empty/"]))) as pilot:
        assert "/inputfs holds no files." in on_screen(pilot)


async def test_the_first_line_says_which_inputfs_which_volumes_and_which_map() -> None:
    async with running(session_of(dataset()), (120, 24)) as pilot:
        words = " ".join(first_line(pilot).split())
        assert (
            words == "gluster-tui /inputfs web: 2x2 replicate, 4 volumes (recorded) map: /inputfs/.hostname_map, 3 of 4"
        )


async def test_on_a_narrow_terminal_the_first_line_keeps_how_many_volumes_are_mapped() -> None:
    async with running(session_of(dataset()), (60, 24)) as pilot:
        assert first_line(pilot).rstrip().endswith("map: 3 of 4")


async def test_unmapped_volumes_are_named_with_the_number_of_files_shown_that_they_touch() -> None:
    async with running(session_of(dataset([b"a", b"b", b"c", b"d"]))) as pilot:
        touched = sum("nx04" in line for line in in_view(pilot, explorer(pilot).files))
        assert touched
        assert f"! nx04-vol1 is unmapped: {touched} files lose locality" in on_screen(pilot)


async def test_without_a_host_map_it_says_where_it_looked() -> None:
    async with running(no_map_session(dataset()), (140, 24)) as pilot:
        assert "! no host map: looked at $DISCO_HOSTNAME_MAP (not set) and /inputfs/.hostname_map" in on_screen(pilot)


async def test_a_volume_that_is_unmapped_has_a_hollow_chip_and_a_sign_in_the_list() -> None:
    async with running(session_of(dataset([b"README"])), (140, 24)) as pilot:
        row = in_view(pilot, explorer(pilot).files)[0]
        assert row.startswith("!  README")
        assert row.endswith("● node-3 ○ nx04")


async def test_a_file_whose_replica_is_offline_has_a_sign_and_the_panel_says_why() -> None:
    offline = {"online": False}
    hosts = ("nx01", "nx02", "nx03", "nx04")
    volumes = [
        {"name": f"{host}-vol1", "host": host, "brick": "/b", "group": i // 2} | (offline if i == 2 else {})
        for i, host in enumerate(hosts)
    ]
    async with running(session_of(dataset([b"README"], volumes=volumes)), (140, 24)) as pilot:
        assert in_view(pilot, explorer(pilot).files)[0].startswith("!- README")
        assert "x offline" in " ".join(in_view(pilot, explorer(pilot).replicas))
        assert "(1 offline)" in first_line(pilot)


async def test_two_replicas_on_one_node_are_flagged() -> None:
    async with running(session_of(dataset([b"README"], hostmap="nx03 one\nnx04 one\n")), (140, 24)) as pilot:
        assert "! another replica is on one too" in " ".join(in_view(pilot, explorer(pilot).replicas))


async def test_every_theme_can_be_used() -> None:
    async with running(session_of(dataset()), NARROW) as pilot:
        for theme in sorted(pilot.app.available_themes)[:6]:
            pilot.app.theme = theme
            await pilot.pause()
            assert "README" in on_screen(pilot)


async def test_nodes_have_darker_colours_on_a_light_theme() -> None:
    """Else they could hardly be read there."""
    async with running(session_of(dataset())) as pilot:
        colours = explorer(pilot).colours

        def brightness() -> float:
            colour = colours.style("node-1").color
            assert colour is not None
            assert colour.triplet is not None
            return sum(colour.triplet)

        dark = brightness()
        pilot.app.theme = "textual-light"
        await until(pilot, lambda: brightness() < dark, "the colours have changed")
        pilot.app.theme = "textual-dark"
        await until(pilot, lambda: brightness() == dark, "and back")
        await settled(pilot)
