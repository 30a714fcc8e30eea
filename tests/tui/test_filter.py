"""The filter: every keystroke narrows the list, and what is wrong with an expression shows while it is typed."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from gluster_tui.widgets.bars import FilterBar

from .driving import enter_filter, explorer, files_shown, in_view, on_screen, running, settled, strips, until
from .sources import FILES, dataset, session_of


def kind_shown(pilot: Pilot[None]) -> str:
    """What stands behind the line that is typed into: the kind of filter, or what is wrong."""
    return in_view(pilot, explorer(pilot).query_one("#filter-kind"))[0].strip()


def substring(text: bytes) -> list[bytes]:
    return [path for path in FILES if text in b"/inputfs/" + path]


async def test_each_keystroke_narrows_the_list() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("slash", "0")
        await settled(pilot)
        assert files_shown(pilot) == substring(b"0")
        await pilot.press("7")
        await settled(pilot)
        assert files_shown(pilot) == substring(b"07")
        await pilot.press("backspace")
        await settled(pilot)
        assert files_shown(pilot) == substring(b"0")


async def test_a_substring_may_span_directories_and_the_mount_point() -> None:
    async with running(session_of(dataset())) as pilot:
        explorer(pilot).query_one(FilterBar).input.value = "/inputfs/web_logs/2006-07/access-1"
        await settled(pilot)
        assert files_shown(pilot) == [b"web_logs/2006-07/access-%d" % day for day in (10, 11, 12)]


async def test_what_matched_is_marked_and_nothing_else() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "ss-1")
        region = explorer(pilot).files.content_region
        for line in strips(pilot)[region.y : region.y + 3]:
            name = line.crop(region.x, region.right)
            marked = "".join(s.text if s.style and s.style.underline else " " * len(s.text) for s in name)
            assert marked.strip() == "ss-1"
            assert name.text[marked.index("ss-1") :].startswith("ss-1")


async def test_the_counts_say_how_many_files_the_filter_keeps_of_how_many() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "chr")
        assert "3 of 21 files, 12 B" in on_screen(pilot)


async def test_ctrl_r_switches_between_substring_and_expression() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "access.*1$")
        assert kind_shown(pilot) == "[substring]"
        assert files_shown(pilot) == []
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert kind_shown(pilot) == "[regex]"
        assert files_shown(pilot) == [p for p in FILES if p.startswith(b"web_logs") and p.endswith(b"1")]


async def test_an_expression_sees_names_from_their_beginning_and_no_directories() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("ctrl+r")
        await enter_filter(pilot, ".*0")
        assert files_shown(pilot) == [path for path in FILES if b"0" in path.rpartition(b"/")[2]]


async def test_a_bad_expression_shows_its_fault_in_place_and_leaves_the_list_unchanged() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("ctrl+r")
        await enter_filter(pilot, "chr")
        await pilot.press("[")
        assert kind_shown(pilot) == "x unterminated character set at 4"
        assert files_shown(pilot) == substring(b"chr")


async def test_the_fault_goes_when_the_expression_is_whole() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("ctrl+r")
        await enter_filter(pilot, "chr[2")
        await pilot.press("]")
        await settled(pilot)
        assert kind_shown(pilot) == "[regex]"
        assert files_shown(pilot) == [b"genomes/chr2"]


async def test_switching_back_to_substring_takes_the_fault_away() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("ctrl+r")
        await enter_filter(pilot, "(")
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert kind_shown(pilot) == "[substring]"
        assert files_shown(pilot) == []


async def test_where_nothing_matches_the_list_says_so_and_which_key_helps() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "zz")
        words = " ".join(" ".join(in_view(pilot, explorer(pilot).files)).split())
        assert words == "None of the 21 files below /inputfs matches the filter. ^l clears it."


async def test_ctrl_l_shows_all_files_again() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "zz")
        await pilot.press("ctrl+l")
        await settled(pilot)
        assert files_shown(pilot) == list(FILES)


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_enter_and_escape_go_back_to_the_list_and_keep_the_filter(key: str) -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "07")
        await pilot.press(key)
        assert explorer(pilot).focused is explorer(pilot).files
        assert files_shown(pilot) == substring(b"07")


async def test_letters_that_are_commands_are_only_typed_in_the_filter_line() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("slash", *"qerc?")
        assert explorer(pilot).query_one(FilterBar).input.value == "qerc?"
        assert len(pilot.app.screen_stack) == 2


async def test_the_filter_is_kept_when_another_directory_is_selected() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "-02")
        explorer(pilot).tree_panel.focus()
        await pilot.press("end")
        await settled(pilot)
        assert files_shown(pilot) == substring(b"-02")


async def test_the_cursor_begins_at_the_first_file_of_a_new_selection() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("end")
        assert explorer(pilot).files.cursor == 20
        await enter_filter(pilot, "0")
        await until(pilot, lambda: explorer(pilot).files.cursor == 0, "the cursor is on the first row")
