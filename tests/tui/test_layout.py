"""Where the panels stand, that none of them is ever blank, and what the lines above and below them tell."""

from __future__ import annotations

from textual.pilot import Pilot

from .driving import explorer, in_view, on_screen, running, settled, until
from .sources import HeldSource, dataset, no_map_session, session_of

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
        places = "$DISCO_HOSTNAME_MAP (not set) and /inputfs/.hostname_map"
        assert f"! no host map, hosts stand in: looked at {places}" in on_screen(pilot)


async def test_that_a_list_is_incomplete_shows_on_a_narrow_terminal_whatever_else_has_no_room() -> None:
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs/2006-07")
    async with running(session_of(source), NARROW, settle=False) as pilot:
        await until(pilot, lambda: "walking... 80%" in on_screen(pilot), "the rest is listed")
        await pilot.press("escape")
        await until(pilot, lambda: "9 of 9 files   stopped at 80%: incomplete" in on_screen(pilot), "it says so")


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
